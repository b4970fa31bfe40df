"""Who would like somebody to talk with them: slips sorted with the reader's key, opened one by one, and seen to.

Until they are sorted nobody can tell a slip that asks from one that says "No thanks", with words beside it or without. They are
not counted by school.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flask import abort, g, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from werkzeug.wrappers import Response as Reply
from wtforms import TextAreaField

from survey import audit
from survey.access import reach, staff
from survey.clock import now, today
from survey.duty import ROLE
from survey.forms import Longest, Needed, StaffForm
from survey.installation import database, keys
from survey.languages import N_, gettext
from survey.models import Programme, ReaderKey, TalkEnvelope, TalkSlip
from survey.reading_room.places import Unlocked, blueprint, my_key, read_id
from survey.retention import MONTHS
from survey.sealing import SealBroken
from survey.talks import Asked, await_help, help_was_given, open_slip, sort_slips


class SeenToForm(StaffForm):
    """What was done, for colleagues."""

    done = TextAreaField(
        N_("What did you do?"),
        [Needed(N_("Say in a few words what you did.")), Longest(300)],
        description=N_("Such as: talked with them today, told the safeguarding lead. No names here."),
    )


class TalkLine(NamedTuple):
    """One slip in the list; until it is sorted nobody sees more of it than that something waits."""

    id: str
    slip: TalkSlip
    can_open: bool
    is_sorted: bool


def _mine(session: Session, slip_id: bytes | None = None) -> list[TalkLine]:
    """The slips that were sealed to this person, or one of them, within the programmes that they may read for now."""
    only = [TalkSlip.id == slip_id] if slip_id is not None else []
    found = session.execute(
        select(TalkSlip, ReaderKey.ended_at.is_(None), TalkEnvelope.is_sorted)
        .join(TalkEnvelope, TalkEnvelope.slip_id == TalkSlip.id)
        .join(ReaderKey, TalkEnvelope.key_id == ReaderKey.id)
        .join(Programme, TalkSlip.programme_id == Programme.id)
        .where(ReaderKey.account_id == g.account.id, reach(ROLE), *only)
        .options(*(joinedload(one) for one in (TalkSlip.programme, TalkSlip.setting, TalkSlip.opener, TalkSlip.seer)))
        .order_by(TalkSlip.held_on.desc(), TalkSlip.id)
    )
    return [TalkLine(slip.id.hex(), slip, bool(can_open), is_sorted) for slip, can_open, is_sorted in found]


@blueprint.get("/talks")
@staff(ROLE)
def talks() -> str:
    """What waits to be sorted, what asks for somebody, and what was seen to."""
    with database().reading() as session:
        mine, lines = my_key(session), _mine(session)
    groups: Sequence[tuple[str, list[TalkLine]]] = [
        (title, [one for one in lines if one.is_sorted and one.slip.state == state])
        for state, title in (
            ("new", gettext("New")),
            ("opened", gettext("Opened, to be seen to")),
            ("seen_to", gettext("Seen to")),
        )
    ]
    return render_template(
        "reading_room/talks.html",
        mine=mine,
        groups=groups,
        waiting=any(one.can_open and not one.is_sorted for one in lines),
    )


@blueprint.post("/talks/sort")
@staff(ROLE)
def sort_talks() -> Reply:
    """Sort the sealed slips: those that say nothing to this reader are gone afterwards."""
    with database().reading() as session:
        mine = my_key(session)
    if mine is None or mine.private is None:
        return redirect(url_for("reading_room.index"), 303)
    sort_slips(database(), mine.key, mine.private)
    with database().writing() as session:
        audit.record(session, keys(), g.account.id, "talks.sorted", f"key {mine.key.id}")
    return redirect(url_for("reading_room.talks"), 303)


def _one(session: Session, slip_id: str) -> TalkSlip:
    found = [one.slip for one in _mine(session, read_id(slip_id)) if one.can_open and one.is_sorted]
    return found[0] if found else abort(404)


@blueprint.post("/talks/<slip_id>/open")
@staff(ROLE)
def open_talk(slip_id: str) -> Reply | str:
    """Open one slip; who did stands in the record of acts."""
    with database().writing() as session:
        mine = my_key(session)
        if mine is None or mine.private is None:
            return redirect(url_for("reading_room.index"), 303)
        session.execute(select(TalkSlip.id).where(TalkSlip.id == read_id(slip_id)).with_for_update())
        slip = _one(session, slip_id)
        if _words(session, slip, mine) is None:  # nobody has read it: the clock goes on for the others
            audit.record(session, keys(), g.account.id, "talk.did_not_open", f"talk {slip_id}")
            return render_template("reading_room/planted.html", proved=None)
        if slip.state == "new":
            slip.state, slip.opened_by = "opened", g.account.id
            session.flush()
            await_help(session, slip, now())
        audit.record(session, keys(), g.account.id, "talk.opened", f"talk {slip_id}")
    return redirect(url_for("reading_room.show_talk", slip_id=slip_id), 303)


@blueprint.get("/talks/<slip_id>/")
@staff(ROLE)
def show_talk(slip_id: str) -> Reply | str:
    """What stands on a slip; each look stands in the record of acts."""
    return _page(slip_id, SeenToForm())


def _page(slip_id: str, form: SeenToForm) -> Reply | str:
    with database().reading() as session:
        mine, slip = my_key(session), _one(session, slip_id)
        asked = _words(session, slip, mine)
    locked = mine is None or mine.private is None
    if slip.state == "new" or (locked and not form.done.data):  # opening is an act of its own
        return redirect(url_for("reading_room.talks"), 303)
    if asked is not None:
        with database().writing() as session:
            audit.record(session, keys(), g.account.id, "talk.read", f"talk {slip_id}")
    return render_template(
        "reading_room/talk.html", slip=slip, asked=asked, locked=locked, form=form, ask=_ask(asked), months=MONTHS
    )


def _words(session: Session, slip: TalkSlip, mine: Unlocked | None) -> Asked | None:
    envelope = session.get(TalkEnvelope, (slip.id, mine.key.id)) if mine is not None else None
    if mine is None or mine.private is None or envelope is None:
        return None
    try:
        return open_slip(slip, envelope, mine.private)
    except SealBroken:
        return None


def _ask(asked: Asked | None) -> str:
    match asked.asks if asked is not None else "":
        case "self":
            return gettext("Yes, about me")
        case "else":
            return gettext("Yes, I’m worried about someone else")
        case "know":
            return gettext("I just want to ask something")
        case "none":
            return gettext("No thanks")
        case _:
            return ""


@blueprint.post("/talks/<slip_id>/")
@staff(ROLE, keeps_typed=True)
def see_to_talk(slip_id: str) -> Reply | str | tuple[Reply | str, int]:
    """Say that it was seen to, and how."""
    form = SeenToForm(request.form)
    with database().writing() as session:
        slip = _one(session, slip_id)
        if slip.state == "new":
            abort(404)
        if form.validate() and not g.only_shown:
            slip.state, slip.seen_by, slip.seen_on, slip.done = "seen_to", g.account.id, today(), form.done.data
            help_was_given(session, slip)
            audit.record(session, keys(), g.account.id, "talk.seen_to", f"talk {slip_id}")
            return redirect(url_for("reading_room.talks"), 303)
    return _page(slip_id, form), 422
