"""A reader's own key: made with a passphrase, kept on paper too, unlocked for a quarter of an hour, locked again."""

from __future__ import annotations

from flask import abort, g, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Reply
from wtforms import PasswordField, StringField, ValidationError
from wtforms.widgets import PasswordInput

from survey import audit, cookies, outbox
from survey.access import staff
from survey.budgets import is_spent, spend
from survey.clock import now
from survey.duty import ROLE, can_confirm, programmes_of
from survey.forms import Longest, Needed, StaffForm
from survey.installation import database, keys
from survey.languages import N_, gettext
from survey.models import ReaderKey
from survey.planting import plant
from survey.readers import (
    PROOF_HOLDS,
    SHORTEST_PASSPHRASE,
    UNLOCKED_FOR,
    change_passphrase,
    key_in_use,
    lend_to_browser,
    lock_keys,
    new_reader_key,
    put_in_use,
    unlock,
)
from survey.reading_room.places import blueprint, my_key
from survey.sealing import SealBroken
from survey.signing_in import MOST_FAILURES, WINDOW, password_fault


class UnlockForm(StaffForm):
    """The passphrase of the key in use."""

    passphrase = PasswordField(N_("Your passphrase"), [Needed(N_("Give your passphrase.")), Longest(300)])


class NewKeyForm(StaffForm):
    """A passphrase for a new key; it may be looked at while it is typed."""

    passphrase = PasswordField(
        N_("A new passphrase"),
        [Needed(N_("Think of a passphrase.")), Longest(300)],
        description=N_("Five or more ordinary words that do not belong together. Use it for nothing else."),
        widget=PasswordInput(hide_value=False),
    )
    again = PasswordField(N_("The same once more"), [Needed(N_("Type the passphrase once more.")), Longest(300)])

    def validate_passphrase(self, field: PasswordField) -> None:
        """Long enough that nobody can try them all."""
        typed = field.data or ""
        if len(typed) < SHORTEST_PASSPHRASE or len(set(typed)) < 6:
            raise ValidationError(gettext("Make it longer: at least %(count)s characters.", count=SHORTEST_PASSPHRASE))

    def validate_again(self, field: PasswordField) -> None:
        """Typed the same twice: nobody can look it up later."""
        if field.data != self.passphrase.data:
            raise ValidationError(gettext("These two are not the same. Type both again."))


class ReplaceKeyForm(NewKeyForm):
    """The same for somebody who has a key already: a slip of the hand must not lock them out of what waits."""

    password = PasswordField(
        N_("Your password, with which you sign in"), [Needed(N_("Give your password.")), Longest(1000)]
    )

    def validate_password(self, field: PasswordField) -> None:
        """Whoever sits at an open browser is not enough."""
        if fault := password_fault(database(), g.account, field.data or ""):
            raise ValidationError(fault)


class RecoverForm(NewKeyForm):
    """The recovery key from paper, and another passphrase."""

    recovery = StringField(
        N_("The recovery key from your paper"),
        [Needed(N_("Type the recovery key.")), Longest(100)],
        description=N_("28 letters and numbers. Hyphens and small letters do not matter."),
    )


@blueprint.route("/key", methods=["GET", "POST"])
@staff(ROLE)
def key() -> Reply | str | tuple[str, int]:
    """Make a key, or see how it stands. What was sealed to an older one is read by the other readers."""
    with database().reading() as session:
        mine = my_key(session)
    form = ReplaceKeyForm(request.form) if mine is not None else NewKeyForm(request.form)
    if request.method == "GET" or not form.validate():
        page = render_template(
            "reading_room/key.html", form=form, mine=mine, proved_until=_proved_until(mine), new="new" in request.args
        )
        return page if request.method == "GET" else (page, 422)
    made = new_reader_key(
        g.account.id, form.passphrase.data or "", now()
    )  # costly, so not while a writer's turn is held
    with database().writing() as session:
        if put_in_use(session, made.key):
            _ask_colleagues(session, made.key)
        plant(session, made.key, now())
        audit.record(session, keys(), g.account.id, "reader_key.made", f"key {made.key.id}")
        waits = not made.key.is_confirmed
    # Shown in this reply and nowhere else: after it the recovery key exists on paper only.
    return make_response(render_template("reading_room/recovery.html", recovery=made.recovery, waits=waits))


def _ask_colleagues(session: Session, made: ReaderKey) -> None:
    """A key took the place of another: everybody who reads there is told, its owner at their address too, and it waits for the
    word of one of them where there is one."""
    moment = now()
    made.is_confirmed = not can_confirm(session, made.account_id, moment)
    theirs = programmes_of(session, made.account_id, moment)
    told = {account_id for one in theirs for account_id in outbox.holders(session, ROLE, one.id, moment)}
    for account_id in sorted(told | {made.account_id}):
        outbox.add(session, "key_replaced", f"key {made.id}", account_id=account_id)


@blueprint.post("/keys/<key_id>/confirm")
@staff(ROLE)
def confirm_key(key_id: str) -> Reply:
    """Say of a colleague's new key that they made it: for that, one's own is proved, and unlocked."""
    with database().writing() as session:
        mine, asked = my_key(session), session.get(ReaderKey, key_id, with_for_update=True)
        if asked is None or asked.is_confirmed or asked.ended_at is not None:
            abort(404)
        if g.account.id not in can_confirm(session, asked.account_id, now()):
            abort(404)
        if mine is None or mine.private is None:
            return redirect(url_for("reading_room.index"), 303)
        asked.is_confirmed = True
        audit.record(session, keys(), g.account.id, "reader_key.confirmed", f"key {key_id}: account {asked.account_id}")
    return redirect(url_for("reading_room.index", _anchor="readers"), 303)


def _proved_until(mine: object) -> object:
    proved = getattr(getattr(mine, "key", None), "proved_at", None)
    return (proved + PROOF_HOLDS).date() if proved is not None else None


@blueprint.route("/recover", methods=["GET", "POST"])
@staff(ROLE)
def recover() -> Reply | str | tuple[str, int]:
    """Another passphrase for the same key, by the recovery key; wrong ones are counted."""
    form = RecoverForm(request.form)
    if request.method == "GET":
        return render_template("reading_room/recover.html", form=form)
    if not form.validate() or _is_spent():
        return render_template("reading_room/recover.html", form=form, spent=_is_spent()), 422
    with database().reading() as session:
        found = key_in_use(session, g.account.id)
    try:
        if found is None:
            raise SealBroken("no key")
        change_passphrase(found, form.recovery.data or "", form.passphrase.data or "")
    except SealBroken:
        _count_failure()
        form.recovery.errors = [gettext("This is not the recovery key of your key. Look at the paper again.")]
        return render_template("reading_room/recover.html", form=form), 422
    with database().writing() as session:
        stored = session.get_one(type(found), found.id)
        stored.by_passphrase, stored.by_browser = found.by_passphrase, None
        audit.record(session, keys(), g.account.id, "reader_key.passphrase_changed", f"key {found.id}")
    return redirect(url_for("reading_room.index"), 303)


@blueprint.post("/unlock")
@staff(ROLE)
def open_key() -> Reply | tuple[str, int]:
    """Unlock the key for this browser and a quarter of an hour."""
    form = UnlockForm(request.form)
    with database().reading() as session:
        found = key_in_use(session, g.account.id)
    if found is None:
        return redirect(url_for("reading_room.key"), 303)
    if not form.validate():
        return render_template("reading_room/unlock.html", form=form), 422
    if _is_spent():
        form.passphrase.errors = [gettext("There were too many wrong ones. Wait 15 minutes, then try again.")]
        return render_template("reading_room/unlock.html", form=form), 429
    try:
        private = unlock(found, form.passphrase.data or "")  # costly, so not while a writer's turn is held
    except SealBroken:
        _count_failure()
        form.passphrase.errors = [gettext("This is not the passphrase of your key. Try again.")]
        return render_template("reading_room/unlock.html", form=form), 422
    with database().writing() as session:
        cookie = lend_to_browser(session.get_one(type(found), found.id), private, g.token, now())
        audit.record(session, keys(), g.account.id, "reader_key.unlocked", f"key {found.id}")
    reply = redirect(url_for("reading_room.index"), 303)
    cookies.put(reply, cookies.READING, cookie, seconds=int(UNLOCKED_FOR.total_seconds()), strict=True)
    return reply


@blueprint.post("/lock")
@staff(ROLE)
def lock_key() -> Reply:
    """Lock the key at once."""
    with database().writing() as session:
        lock_keys(session, g.account.id)
    reply = redirect(url_for("reading_room.index"), 303)
    cookies.drop(reply, cookies.READING)
    return reply


def _is_spent() -> bool:
    with database().reading() as session:
        return is_spent(session, f"reader key {g.account.id}", MOST_FAILURES, WINDOW)


def _count_failure() -> None:
    with database().writing() as session:
        spend(session, f"reader key {g.account.id}", MOST_FAILURES, WINDOW)
