"""Staff come and go: signing in and out, the first page, one's own password and language.

Nobody is signed in when the sign-in form is sent, so it carries its own anti-forgery pair: a random cookie and its keyed
hash in the form. Failures are budgeted for each address and overall; a browser that signed in before has a budget of its
own, so that nobody can lock a colleague out by typing wrong passwords under their address.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from werkzeug.wrappers import Response as Reply
from wtforms import EmailField, PasswordField, ValidationError
from wtforms.widgets import PasswordInput

from survey import audit, cookies, outbox, signing_in
from survey.access import everyone, organisations_of, reach, staff
from survey.budgets import is_spent, spend
from survey.clock import today
from survey.daily import in_words, unkept
from survey.forms import Longest, Needed, StaffForm
from survey.helplines import State, unchecked
from survey.installation import config, database, keys
from survey.kept_words import kept_words, read_words
from survey.languages import N_, catalogues, gettext
from survey.models import SAFEGUARDING_READER, Account, Organisation, Programme, Sitting
from survey.signing_in import MOST_FAILURES, WINDOW

blueprint = Blueprint("accounts", __name__, url_prefix="/staff")

FORM_COOKIE = "heard_sign_in"
KNOWN_COOKIE = "heard_known"
LANGUAGE_COOKIE = "heard_staff_language"
KNOWN_SECONDS = 90 * 24 * 60 * 60
LANGUAGE_SECONDS = 365 * 24 * 60 * 60
STAFF_LANGUAGES = ("en", "cy")

MOST_FAILURES_OVERALL = 1000
SHORTEST_PASSWORD = 12
LOCAL_PATH = re.compile(r"/staff/[A-Za-z0-9/_-]{0,200}")


class SignInForm(StaffForm):
    """Address and password."""

    email = EmailField(N_("Email address"), [Needed(N_("Give your email address.")), Longest(254)])
    password = PasswordField(N_("Password"), [Needed(N_("Give your password.")), Longest(1000)])


class PasswordForm(StaffForm):
    """The old password and a new one, which may be looked at while it is typed."""

    current = PasswordField(N_("Your password now"), [Needed(N_("Give the password that you use now.")), Longest(1000)])
    new = PasswordField(
        N_("New password"),
        [Needed(N_("Give a new password.")), Longest(200)],
        description=N_("At least 12 characters. Four or more ordinary words that do not belong together are good."),
        widget=PasswordInput(hide_value=False),
    )

    def validate_new(self, field: PasswordField) -> None:
        """Long enough, and not what anybody would try first."""
        typed = (field.data or "").lower()
        if len(typed) < SHORTEST_PASSWORD:
            raise ValidationError(gettext("Make it longer: at least 12 characters."))
        if len(set(typed)) < 5 or g.account.email.partition("@")[0] in typed:
            raise ValidationError(gettext("That is easy to guess. Choose words that have nothing to do with you."))


@blueprint.before_app_request
def speak_their_language() -> None:
    """Staff pages stay in the language that was chosen last."""
    kept = cookies.read(LANGUAGE_COOKIE)
    if request.path.startswith("/staff") and "language" not in g and kept in STAFF_LANGUAGES:
        g.language = kept


@blueprint.after_app_request
def keep_their_language(reply: Reply) -> Reply:
    """Remember the language that a staff page was asked for."""
    wanted = request.args.get("lang", "")
    if wanted in STAFF_LANGUAGES and request.path in (url_for("accounts.home"), url_for("accounts.sign_in")):
        cookies.put(reply, LANGUAGE_COOKIE, wanted, seconds=LANGUAGE_SECONDS)
    return reply


def _languages() -> list[tuple[str, str]]:
    return [(code, catalogues()[code].name) for code in STAFF_LANGUAGES if code in catalogues()]


@blueprint.route("/sign-in", methods=["GET", "POST"])
@everyone
def sign_in() -> Reply:
    """Address and password; the same page whether or not the address is known."""
    form = SignInForm(request.form)
    if request.method == "GET":
        with database().reading() as session:
            if signing_in.signed_in_account(session, cookies.read(cookies.STAFF)):
                return redirect(_next(), 303)
        return _sign_in_form(form)
    if not _is_own_form():
        return _sign_in_form(form, gettext("This page was open for a long time. Please sign in again."), 400)
    if not form.validate():
        return _sign_in_form(form, status=422)
    return _try(form)


def _sign_in_form(form: SignInForm, message: str | None = None, status: int = 200) -> Reply:
    """The sign-in page with a new anti-forgery pair."""
    value = secrets.token_hex(16)
    if message is not None:
        form.email.errors = [message]
    page = render_template(
        "accounts/sign_in.html",
        form=form,
        proof=_form_proof(value),
        next_path=request.values.get("next", ""),
        kept=kept_words(),
        languages=_languages(),
    )
    reply = current_app.make_response((page, status))
    cookies.put(reply, FORM_COOKIE, value, strict=True)
    return reply


def _is_own_form() -> bool:
    value = cookies.read(FORM_COOKIE)
    return bool(value) and hmac.compare_digest(request.form.get("csrf_token", "").encode(), _form_proof(value).encode())


def _form_proof(value: str) -> str:
    return keys().mac("sign-in form", value.encode()).hex()


def _next() -> str:
    """Where to go on: only to a plain path of our own staff pages."""
    wanted = request.values.get("next", "")
    return wanted if LOCAL_PATH.fullmatch(wanted) else url_for("accounts.home")


def _known(email: str) -> str:
    return keys().mac("known browser", email.strip().lower().encode()).hex()


def _budgets(email: str) -> tuple[tuple[str, int], ...]:
    """What a wrong password under this address is counted against."""
    mark = _known(email)
    if hmac.compare_digest(cookies.read(KNOWN_COOKIE).encode(), mark.encode()):
        return ((f"sign-in known {mark[:32]}", MOST_FAILURES),)
    return (("sign-in", MOST_FAILURES_OVERALL), (f"sign-in {mark[:32]}", MOST_FAILURES))


def _try(form: SignInForm) -> Reply:
    email, typed = form.email.data or "", form.password.data or ""
    budgets = _budgets(email)
    with database().reading() as session:
        if any(is_spent(session, name, limit, WINDOW) for name, limit in budgets):
            wait = gettext("There were too many wrong passwords. Wait 15 minutes, then try again.")
            return _sign_in_form(form, wait, 429)
        account = signing_in.checked_account(session, email, typed)
    if account is None:
        with database().writing() as session:
            all(spend(session, name, limit, WINDOW) for name, limit in budgets)
        return _sign_in_form(form, gettext("We do not know this address with this password. Try again."), 422)
    with database().writing() as session:
        signing_in.sign_out(session, cookies.read(cookies.STAFF))  # nothing that was there before goes on
        token = signing_in.sign_in(session, account)
        audit.record(session, keys(), account.id, "account.signed_in", f"account {account.id}")
    fields = read_words(kept_words())
    reply = (
        current_app.make_response(render_template("accounts/kept.html", fields=fields, next_path=_next()))
        if fields
        else redirect(_next(), 303)
    )
    cookies.put(reply, cookies.STAFF, token, strict=True)
    cookies.put(reply, KNOWN_COOKIE, _known(account.email), seconds=KNOWN_SECONDS, strict=True)
    return reply


@blueprint.post("/sign-out")
@staff()
def sign_out() -> Reply:
    """End this sign-in at once."""
    with database().writing() as session:
        signing_in.sign_out(session, g.token)
        audit.record(session, keys(), g.account.id, "account.signed_out", f"account {g.account.id}")
    reply = redirect(url_for("accounts.sign_in"), 303)
    for one in (cookies.STAFF, cookies.READING):
        cookies.drop(reply, one)
    return reply


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one thing that this person will most likely want to do now."""

    title: str
    text: str
    button: str
    href: str


@blueprint.get("/")
@staff()
def home() -> str:
    """What this person can do next."""
    with database().reading() as session:
        coming = _coming(session)
        has_open = session.scalar(
            select(Programme.id)
            .where(reach("facilitator", "administrator"), Programme.status == "open", Programme.mode == "private")
            .limit(1)
        )
        needs = outbox.needs_of(session, g.account.id, g.grants)
        sends_mail = bool(config().mail_server)
        trouble = outbox.mail_trouble(session, g.account.id) if sends_mail else ""
        governs = any(grant.role == "administrator" for grant in g.grants)
        checks = _helpline_checks(session)
        is_record_broken = governs and audit.was_found_broken(session)
        not_done = _not_done(session) if governs else []
    step = _next_step(coming, has_open=has_open is not None)
    return render_template(
        "accounts/home.html",
        step=step,
        coming=coming,
        account_name=g.account.name,
        languages=_languages(),
        governs=governs,
        needs=needs,
        sends_mail=sends_mail,
        mail_trouble=trouble,
        checks=checks,
        is_record_broken=is_record_broken,
        not_done=not_done,
    )


def _coming(session: Session) -> Sequence[Sitting]:
    """The next sessions that this person has to do with."""
    return session.scalars(
        select(Sitting)
        .join(Programme, Sitting.programme_id == Programme.id)
        .where(
            reach("facilitator", "administrator"),
            Programme.status == "open",
            Sitting.mode == "private",
            Sitting.held_on >= today(),
        )
        .options(joinedload(Sitting.setting), joinedload(Sitting.programme))
        .order_by(Sitting.held_on, Sitting.id)
        .limit(6)
    ).all()


def _not_done(session: Session) -> list[str]:
    """What is promised for every day and could not be done; a record that was changed has words of its own."""
    told = {audit.DAILY_LOOK} if audit.was_found_broken(session) else set()
    return [in_words(kind) for kind in unkept(session) if kind not in told]


def _helpline_checks(session: Session) -> list[tuple[Organisation, tuple[State, ...]]]:
    """Each organisation that this person administers as a whole, with the help numbers that it has to check."""
    theirs = select(Organisation).where(Organisation.id.in_(organisations_of("administrator")))
    return [
        (one, unchecked(session, one.id, today())) for one in session.scalars(theirs.order_by(Organisation.name)).all()
    ]


def _next_step(coming: Sequence[Sitting], *, has_open: bool) -> NextStep:
    roles = {grant.role for grant in g.grants}
    if coming and coming[0].held_on == today():
        first = coming[0]
        where = gettext("%(school)s, %(years)s", school=first.setting.name, years=first.year_groups)
        href = url_for("sittings.show", sitting_id=first.id)
        return NextStep(gettext("Today’s session"), where, gettext("Go to the session"), href)
    if has_open and "facilitator" in roles:
        text = gettext("You need the school, the day, the year groups and how many are there. It takes two minutes.")
        return NextStep(gettext("Make a session"), text, gettext("Make a session"), url_for("sittings.choose"))
    if "worker" in roles:
        text = gettext("The young people you work with, their questions, and what they answered.")
        return NextStep(gettext("Your cases"), text, gettext("Go to your cases"), url_for("cases.index"))
    if "administrator" in roles:
        text = gettext("A programme is what you want to learn about: a tour, a series of sessions, a service.")
        return NextStep(gettext("Programmes"), text, gettext("Go to programmes"), url_for("programmes.index"))
    if SAFEGUARDING_READER in roles:
        text = gettext("What young people wrote waits there for those who may read it.")
        return NextStep(gettext("Reading"), text, gettext("Go to reading"), url_for("reading_room.index"))
    if roles & {"commissioner", "analyst"}:
        text = gettext("What children and young people told us, and what we can and cannot say from it.")
        return NextStep(gettext("Reports"), text, gettext("Read the reports"), url_for("reporting.index"))
    text = gettext("Nothing is open to you yet. Ask the person who runs your programme to give you a role.")
    return NextStep(gettext("Welcome"), text, "", "")


@blueprint.route("/password", methods=["GET", "POST"])
@staff()
def password() -> Reply | tuple[str, int] | str:
    """Change one's own password; every other browser of this account is signed out."""
    form = PasswordForm(request.form)
    if request.method == "GET":
        return render_template("accounts/password.html", form=form, done="done" in request.args)
    valid = form.validate()
    if valid and (fault := signing_in.password_fault(database(), g.account, form.current.data or "")):
        form.current.errors, valid = [fault], False
    if not valid:
        return render_template("accounts/password.html", form=form, done=False), 422
    hashed = signing_in.password_hash(form.new.data or "")  # costly, so not while a writer's turn is held
    with database().writing() as session:
        account = session.get_one(Account, g.account.id)
        account.password_hash = hashed
        signing_in.end_sign_ins(session, account.id)
        token = signing_in.sign_in(session, account)
        audit.record(session, keys(), account.id, "account.password_changed", f"account {account.id}")
    reply = redirect(url_for("accounts.password", done=1), 303)
    cookies.put(reply, cookies.STAFF, token, strict=True)
    return reply
