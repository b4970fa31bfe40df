"""The whole questionnaire as one form; script shows it a step at a time.

What is the same for everybody at an opening is rendered once and kept; only the envelope (ticket and submission id) differs.
"""

from __future__ import annotations

import secrets
from dataclasses import replace

from flask import Response, current_app, g, redirect, render_template, request
from werkzeug.wrappers import Response as Reply

from questionnaires.looks import STANDARD, in_version
from survey.access import respondent
from survey.answering.entering import home_page
from survey.answering.keeping import is_kept_here, kept_note, with_hour
from survey.answering.linked import linked_note, waits_for_duty
from survey.answering.places import blueprint, help_for, near_person, with_cookie
from survey.answering.wording import HOLDS_HERE, note_here, with_holds
from survey.installation import database
from survey.joining import Visit, is_closed, next_ticket, tickets_by_language
from survey.languages import catalogue, gettext
from survey.looks import look_links, look_shown, sounds
from survey.manners import MAY_BE_HELPED
from survey.opened import OpenedTally
from survey.pauses import stands_still
from survey.publishing import instrument_of
from survey.responses import Place, place_of
from survey.sealed_answers import public_key
from survey.sheet_notes import BoxNote, KeptNote
from survey.sheets import CardField, LanguageLink, Sheet, Typed, make_pages

TICKET_HERE = "ticket-goes-here"
SUBMISSION_HERE = "submission-goes-here"
MOST_KEPT_PAGES = 200


@blueprint.get("/answer")
@respondent
def questions() -> Reply:
    """The whole questionnaire as one form."""
    visit = Visit.read()
    if {"joined", "next"} & set(request.args):
        return _begun(visit)
    place = place_of(database(), visit.ticket)
    if place is None:
        return redirect("/", 303)
    if is_closed(database(), visit.ticket):
        return _closed(visit, place)
    if wanted := request.args.get("lang"):
        return _change_language(visit, place, wanted)
    if stands_still(database(), place.programme_id, place.setting_id):
        return _paused(place)
    if waits_for_duty(place):
        message = gettext(
            "These questions open when your worker is there to be told of your answers: Monday to Friday, 9 to 5. Ask them "
            "when to come back. If you need help now, use Get help."
        )
        return Response(home_page(message=message), 409)
    look = look_of(place, request.args.get("look", ""))
    # The copy that a shared device keeps for the next person has no box: words are never typed without a network.
    note = note_here(place) if "kept" not in request.args else None
    kept = kept_note(place) if "kept" in request.args and is_kept_here(place) else None
    has_chosen = look != STANDARD or bool(visit.start)
    page = _blank_page(place, look, note, kept, has_chosen=has_chosen)
    page = page.replace(TICKET_HERE, visit.ticket).replace(SUBMISSION_HERE, secrets.token_hex(16))
    reply = Response(with_hour(page) if kept else with_holds(page, note))
    # A shared device's service worker keeps a blank page for the next person, in the words that everybody starts with.
    if not is_kept_here(place):
        reply.headers["X-Shared-Device"] = "over"  # what was kept here before belongs to other questions
    elif not has_chosen:
        reply.headers["X-Shared-Device"] = "1"
    if not {"kept", "look"} & set(request.args):  # other words for the same person, or a copy for later
        _count(reply, place, 1)
    return reply


def _begun(visit: Visit) -> Reply:
    """Just come in by a code, or the next person on this device: on to the questions, under their own address."""
    # Only one reply on the way to the questions sets a cookie: Chromium shows the ticked page again on Back where two have.
    if "joined" not in request.args:
        visit = visit.begun_again()
        return with_cookie(redirect("/answer", 303), _later(visit) or visit)
    if visit.ticket:
        return redirect("/answer", 303)
    # The code was right, and the browser has not kept where it leads.
    message = gettext(
        "This browser keeps no cookies. The questions need one. Ask the adult who is running the session."
    )
    return Response(home_page(message=message), 409)


def _closed(visit: Visit, place: Place) -> Reply:
    """These questions are over: on to what is open now on this device, or to the page for the next code, in the words that
    everybody here begins with."""
    begun = visit.begun_again()
    if later := _later(begun):
        return with_cookie(redirect("/answer", 303), later)
    g.language, g.is_spoken_anew = (place_of(database(), begun.ticket) or place).language, bool(visit.start)
    message = gettext(
        "These questions are closed now. Thank you for coming. If there are more later, type the code again."
    )
    reply = Response(home_page(message=message), 409)
    reply.headers["X-Shared-Device"] = "over"  # the copy that was kept here is not for whoever comes next
    return reply


def _later(visit: Visit) -> Visit | None:
    """The same visit at the wave that is open now, where its own is closed."""
    place = place_of(database(), visit.ticket)
    if place is None or not is_closed(database(), visit.ticket):
        return None
    later = next_ticket(database(), place)
    return replace(visit, ticket=later) if later else None


def _paused(place: Place) -> Reply:
    """Somebody stopped everything here: a kind page, and shared devices let go of the questions that they keep."""
    reply = Response(render_template("answering/paused.html", **help_for(place)), 409)
    reply.headers["X-Shared-Device"] = "paused"
    return reply


def _count(reply: Reply, place: Place, more: int) -> None:
    """Count that the questions were given out, once the reply has gone."""
    tally: OpenedTally = current_app.extensions["opened"]
    tally.add(place.opening_id, more)
    reply.call_on_close(tally.write_soon)


def _change_language(visit: Visit, place: Place, wanted: str) -> Reply:
    ticket = tickets_by_language(database(), place).get(wanted, visit.ticket)
    reply = redirect("/answer", 303)
    _count(reply, place, -1)  # the same person gets the questions once more
    is_shared = place.devices == "shared"
    return with_cookie(reply, visit.turned_to(ticket) if is_shared else replace(visit, ticket=ticket))


def look_of(place: Place, wanted: str) -> str:
    """The version of the words that was asked for, if these questions have it."""
    return look_shown(instrument_of(place.version), place.language, wanted)


def _blank_page(place: Place, look: str, note: BoxNote | None, copy: KeptNote | None, *, has_chosen: bool) -> str:
    """The questionnaire with nothing filled in; the same for everybody here, so it is rendered once."""
    kept: dict[object, str] = current_app.extensions.setdefault("blank_pages", {})
    seal = public_key(database(), place)  # a wave that is opened again has another
    told = linked_note(place)  # who sees the answers, and how soon
    key = (
        place.version.sha256,
        place.opening_id,
        place.language,
        place.devices,  # of a case: the next start may be on the worker's own device
        look,
        has_chosen,
        note,
        copy,
        near_person(place),
        told,
        seal,
    )
    if key not in kept:
        if len(kept) >= MOST_KEPT_PAGES:
            kept.clear()
        sheet = replace(sheet_of(place, Typed(), look, note), has_chosen=has_chosen, kept=copy)
        kept[key] = questions_page(sheet, place, TICKET_HERE, SUBMISSION_HERE)
    return kept[key]


def questions_page(sheet: Sheet, place: Place | None, ticket: str, submission: str) -> str:
    """A sheet as the one form, with the help that fits."""
    return render_template(
        "answering/questionnaire.html",
        sheet=sheet,
        ticket=ticket,
        submission=submission,
        holds=HOLDS_HERE,
        **help_for(place),
    )


def sheet_of(place: Place, typed: Typed, look: str = STANDARD, box: BoxNote | None = None) -> Sheet:
    """The questions of a place in one version of their words, with what was typed."""
    instrument = instrument_of(place.version)
    has_cards = place.devices != "own" and place.is_paired
    return Sheet(
        title=instrument.title,
        intro=instrument.intro,
        pages=make_pages(
            in_version(instrument, look),
            place.wave,
            typed,
            boxes=box is not None,
            sounds=sounds(instrument, place.language, look),
        ),
        box=box,
        card=CardField(typed.card) if has_cards else None,
        languages=_language_links(place),
        looks=look_links(instrument, place.language, look, "/answer"),
        look=look,
        quiet=place.devices == "shared",
        seal=public_key(database(), place),
        linked=linked_note(place),
        helped=typed.helped if place.respondent in MAY_BE_HELPED else None,
        interruption=instrument.interruption,
        has_slips=place.mode == "private" and place.respondent == "young_person",
    )


def _language_links(place: Place) -> tuple[LanguageLink, ...]:
    known = (catalogue(code) for code in tickets_by_language(database(), place))
    return tuple(LanguageLink(one.code, one.name, one.direction, f"/answer?lang={one.code}") for one in known)
