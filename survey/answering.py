"""A young person's way through: a code, one page of questions, a thank-you. And out at any moment.

`GET /answer` is the whole questionnaire as one form; script shows it a step at a time. What is the same for everybody at
an opening is rendered once and kept; only the envelope (ticket and submission id) differs. No cookie is needed to have an
answer stored; the one there is says where to go on, and is replaced after every send so that the browser's back-forward
cache cannot bring the last pupil's answers back.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

from flask import Blueprint, Response, abort, current_app, g, redirect, render_template, request
from werkzeug.wrappers import Response as Reply

from questionnaires.answers import parse
from questionnaires.codebook import Head
from questionnaires.files import load_library
from questionnaires.instrument import PRIMARY_AGE, Instrument
from survey import cookies
from survey.access import everyone, respondent
from survey.budgets import is_spent, spend
from survey.database import Database
from survey.forms import JoinForm
from survey.helplines import helplines
from survey.joining import Visit, is_closed, join_with, tickets_by_language
from survey.languages import catalogue, current, gettext
from survey.pairing import CODE_LENGTH, is_code, read_card, tidy
from survey.publishing import codebook_of, instrument_of
from survey.responses import BodyRefused, Outcome, Place, Submission, decline, place_of, read_submission, store
from survey.sealing import Keys
from survey.sheets import CardField, LanguageLink, Sheet, Typed, error_lines, first_questions, make_pages
from survey.troubles import BUSY, RETRY_AFTER, report_busy, report_fault

blueprint = Blueprint("answering", __name__)

TICKET_HERE = "ticket-goes-here"
SUBMISSION_HERE = "submission-goes-here"
MOST_KEPT_PAGES = 200
OWN_DEVICE_SECONDS = 12 * 60 * 60

GUESSES = "wrong codes"
MOST_GUESSES = 300
GUESS_WINDOW = timedelta(minutes=1)


@blueprint.before_request
def speak_their_language() -> None:
    """Pages follow the language in which the questions are being answered."""
    place = place_of(_database(), Visit.read().ticket)
    if place is not None and not request.args.get("lang"):  # an empty one asks for nothing
        g.language = place.language


def _database() -> Database:
    database: Database = current_app.extensions["database"]
    return database


def _keys() -> Keys:
    keys: Keys = current_app.extensions["keys"]
    return keys


@blueprint.get("/")
@respondent
def home() -> str:
    """The page with one field: the code."""
    return _home()


def _home(code: str = "", card: str = "", message: str | None = None) -> str:
    form = JoinForm(data={"code": code, "card": card})
    return render_template("answering/home.html", form=form, message=message)


@blueprint.post("/join")
@respondent
def join() -> Reply | tuple[str, int]:
    """From a code to the questions that are open there; a refused code comes back with kind words."""
    typed, card = request.form.get("code", "")[:60], read_card(request.form.get("card", "")[:60])
    code = tidy(typed)
    if not code:
        return _home(card=card or "", message=gettext("Type the code from the board or the poster.")), 400
    if len(code) != CODE_LENGTH and (card_typed := read_card(typed)) is not None:
        message = gettext("That is the code of your card. We have kept it. Now type the code from the board.")
        return _home(card=card_typed, message=message), 400
    visit = join_with(_database(), code, Visit.read()) if is_code(code) else None
    if visit is None and is_code(code) and not _may_guess_on():
        message = gettext("Too many wrong codes were typed here just now. Wait a minute, then try again.")
        return _home(typed, card or "", message), 429
    if visit is None:
        message = gettext(
            "We don’t know this code. Look at the board again: it has 8 letters and numbers, like 7N4Q-K2WD."
        )
        return _home(typed, card or "", message), 404
    if visit.ticket == "":
        message = gettext("These questions are not open right now. Ask the adult who is running the session.")
        return _home(typed, card or "", message), 409
    return _with_cookie(redirect(f"/answer#{card}" if card else "/answer", 303), visit)


def _may_guess_on() -> bool:
    """Count a wrong code; False when too many were tried. A right code always passes, whatever was spent."""
    with _database().reading() as session:
        if is_spent(session, GUESSES, MOST_GUESSES, GUESS_WINDOW):
            return False
    with _database().writing() as session:
        return spend(session, GUESSES, MOST_GUESSES, GUESS_WINDOW)


@blueprint.get("/answer")
@respondent
def questions() -> Reply:
    """The whole questionnaire as one form."""
    visit = Visit.read()
    place = place_of(_database(), visit.ticket)
    if place is None:
        return redirect("/", 303)
    if wanted := request.args.get("lang"):
        return _change_language(visit, place, wanted)
    if is_closed(_database(), place):
        message = gettext(
            "These questions are closed now. Thank you for coming. If there are more later, type the code again."
        )
        return Response(_home(message=message), 409)
    page = _blank_page(place)
    return Response(page.replace(TICKET_HERE, visit.ticket).replace(SUBMISSION_HERE, secrets.token_hex(16)))


def _change_language(visit: Visit, place: Place, wanted: str) -> Reply:
    ticket = tickets_by_language(_database(), place).get(wanted)
    return _with_cookie(redirect("/answer", 303), replace(visit, ticket=ticket or visit.ticket))


def _blank_page(place: Place) -> str:
    """The questionnaire with nothing filled in; the same for everybody here, so it is rendered once."""
    kept: dict[object, str] = current_app.extensions.setdefault("blank_pages", {})
    key = (place.version.sha256, place.opening_id, place.language)
    if key not in kept:
        if len(kept) >= MOST_KEPT_PAGES:
            kept.clear()
        kept[key] = _page(_sheet(place, Typed()), place, TICKET_HERE, SUBMISSION_HERE)
    return kept[key]


def _page(sheet: Sheet, place: Place | None, ticket: str, submission: str) -> str:
    return render_template(
        "answering/questionnaire.html", sheet=sheet, ticket=ticket, submission=submission, **_help_for(place)
    )


def _sheet(place: Place, typed: Typed) -> Sheet:
    instrument = instrument_of(place.version)
    has_cards = place.devices != "own" and len(instrument.waves) > 1
    return Sheet(
        title=instrument.title,
        intro=instrument.intro,
        pages=make_pages(instrument, place.wave, typed),
        card=CardField(typed.card) if has_cards else None,
        languages=_language_links(place),
        quiet=place.devices == "shared",
    )


def _language_links(place: Place) -> tuple[LanguageLink, ...]:
    known = (catalogue(code) for code in tickets_by_language(_database(), place))
    return tuple(LanguageLink(one.code, one.name, one.direction, f"/answer?lang={one.code}") for one in known)


@blueprint.post("/answer")
@respondent
def answer() -> Reply:
    """Take a questionnaire: store it once, or give it back with everything that was typed."""
    submission = _submission()
    place = place_of(_database(), submission.ticket)
    if place is None:
        abort(400)
    g.language = place.language
    try:
        return _take(submission, place)
    except BUSY as fault:
        report_busy(fault)
        return _not_saved(submission, place, 503)
    except Exception as fault:  # whatever broke, the answers go back to the child
        report_fault(fault)
        return _not_saved(submission, place, 500)


def _not_saved(submission: Submission, place: Place, status: int) -> Reply:
    """The page again with all the answers in it, to be sent once more under the same submission."""
    message = gettext(
        "We could not save your answers just now. They are still on this page. Wait a moment, then press Send again."
    )
    reply = Response(_given_back(submission, place, waiting_message=message), status)
    reply.headers["Retry-After"] = RETRY_AFTER
    return _with_cookie(reply, Visit.read())


def _submission() -> Submission:
    try:
        return read_submission(request.content_type or "", request.get_data(cache=False))
    except BodyRefused as refused:
        abort(refused.status)


def _take(submission: Submission, place: Place) -> Reply:
    instrument = instrument_of(place.version)
    parsed = parse(instrument, place.wave, submission.fields)
    card = read_card(submission.card)
    visit = Visit.read()
    if parsed.faults or parsed.unknown or (submission.card and card is None):
        return _with_cookie(Response(_given_back(submission, place), 422), visit)
    head = Head(language=place.language, mode=place.devices, respondent=place.respondent)
    codes = codebook_of(place.version).encode(parsed.answers, head)
    device = visit.device if place.devices == "own" else None
    outcome = store(_database(), _keys(), place, submission, codes, card=card, device=device)
    if place.wave == instrument.waves[-1]:
        visit = replace(visit, device="")
    if outcome is Outcome.HELD:
        return _with_cookie(
            Response(render_template("answering/kept.html", next_person=False, arrived=True, **_help_for(place)), 409),
            visit,
        )
    return _with_cookie(redirect("/thanks", 303), visit)


def _given_back(submission: Submission, place: Place, waiting_message: str | None = None) -> str:
    """The same page with what was typed, and what to do about it."""
    instrument = instrument_of(place.version)
    typed = Typed(submission.fields, submission.card[:60])
    parsed = parse(instrument, place.wave, submission.fields)
    sheet = _sheet(place, typed)
    pages = make_pages(instrument, place.wave, typed, parsed.faults)
    card = _card_field(sheet.card, submission.card)
    if parsed.unknown and waiting_message is None:
        waiting_message = gettext(
            "Something on this page was out of date. Your answers are still here. Look them over and press Send again."
        )
    errors = error_lines(pages, card)
    return _page(
        replace(sheet, pages=pages, card=card, errors=errors, waiting_message=waiting_message),
        place,
        submission.ticket,
        submission.id,
    )


def _card_field(field: CardField | None, typed: str) -> CardField | None:
    if field is None or not typed or read_card(typed) is not None:
        return field
    if is_code(tidy(typed)):
        error = gettext("That is the code from the board. Here goes the code of your own card, or leave it empty.")
    else:
        error = gettext(
            "This is not the code of a card. Look at it again: 7 letters and numbers, like 7N4Q-K2W. Or leave it empty."
        )
    return CardField(typed[:60], (error,))


@blueprint.post("/decline")
@respondent
def no_thanks() -> Reply:
    """Somebody would rather not: counted, then something ordinary to do that looks the same from the next desk."""
    submission = _submission()
    place = place_of(_database(), submission.ticket)
    if place is None:
        abort(400)
    decline(_database(), _keys(), place, submission)
    return _with_cookie(redirect("/activity", 303), Visit.read())


@cache
def _activity() -> Instrument:
    return load_library("ordinary_activity")


@blueprint.get("/activity")
@respondent
def activity() -> str:
    """A few ordinary questions; nothing of them is stored."""
    instrument = _activity()
    place = place_of(_database(), Visit.read().ticket)
    quiet = place is not None and place.devices == "shared"
    pages = make_pages(instrument, instrument.waves[0], Typed())
    if place is not None:  # as many screens as at the next desk
        pages = first_questions(pages, len(instrument_of(place.version).items_in(place.wave)))
    sheet = Sheet(instrument.title, instrument.intro, pages, card=None, activity=True, quiet=quiet)
    return _page(sheet, place, "", "")


@blueprint.post("/activity")
@respondent
def finish_activity() -> Reply:
    """The end of the ordinary questions, which looks like the end of the others."""
    return _with_cookie(redirect("/finished", 303), Visit.read())


@blueprint.get("/finished")
@respondent
def finished() -> str:
    """The same end for those who sent no answers, without saying that any arrived."""
    return _thanks(arrived=False)


@blueprint.get("/thanks")
@respondent
def thanks() -> str:
    """The answers are safe; what happens next, and where help is."""
    return _thanks(arrived=True)


def _thanks(*, arrived: bool) -> str:
    place = place_of(_database(), Visit.read().ticket)
    is_shared = place is not None and place.devices == "shared"
    kept: dict[object, str] = current_app.extensions.setdefault("thanks_pages", {})
    key = (current(), is_shared, arrived, _is_young(place))
    if key not in kept:
        kept[key] = render_template("answering/thanks.html", next_person=is_shared, arrived=arrived, **_help_for(place))
    return kept[key]


@blueprint.get("/help")
@respondent
def get_help() -> str:
    """Helplines, with numbers in words too."""
    return render_template("answering/help.html", **_help_for(place_of(_database(), Visit.read().ticket)))


def _help_for(place: Place | None) -> dict[str, Any]:
    """The help that fits the ages of whoever is answering; without a questionnaire, that for everybody."""
    young = _is_young(place)
    return {"helplines": helplines(young=young), "young": young}


def _is_young(place: Place | None) -> bool:
    return place is not None and instrument_of(place.version).ages[1] <= PRIMARY_AGE


@blueprint.get("/leave")
@everyone
def leave() -> Reply:
    """Out at once: the visit ends, the browser forgets these pages, and something dull is shown."""
    # Another site could ask for this address in an image: only a person's own step may clear anything.
    mode, site = request.headers.get("Sec-Fetch-Mode", ""), request.headers.get("Sec-Fetch-Site", "")
    if mode not in ("", "navigate") or site == "cross-site":
        return redirect(current_app.extensions["config"].exit_url, 303)
    if mode and Visit.read().ticket and "out" not in request.args:
        # Chromium lets go of the kept page, and of what is ticked on it, when its cookie changes; that the cookie goes
        # away is not enough (tried without script). So first it changes, then everything goes.
        return _with_cookie(redirect("/leave?out", 303), Visit.read())
    reply = redirect(current_app.extensions["config"].exit_url, 303)
    cookies.drop(reply, cookies.RESPONDENT)
    reply.headers["Clear-Site-Data"] = '"cache", "cookies"'
    return reply


def _with_cookie(reply: Reply, visit: Visit) -> Reply:
    """Send the visit along under a new value: a changed cookie keeps old pages out of the back-forward cache."""
    if visit.ticket:
        cookies.put(reply, cookies.RESPONDENT, visit.value(), seconds=OWN_DEVICE_SECONDS if visit.device else None)
    return reply
