"""The whole questionnaire as one form; script shows it a step at a time.

What is the same for everybody at an opening is rendered once and kept; only the envelope (ticket and submission id) differs.
"""

from __future__ import annotations

import secrets
from dataclasses import replace

from flask import Response, current_app, redirect, render_template, request
from werkzeug.wrappers import Response as Reply

from survey.access import respondent
from survey.answering.entering import home_page
from survey.answering.places import blueprint, database, help_for, with_cookie
from survey.joining import Visit, is_closed, tickets_by_language
from survey.languages import catalogue, gettext
from survey.publishing import instrument_of
from survey.responses import Place, place_of
from survey.sealed_answers import public_key
from survey.sheets import CardField, LanguageLink, Sheet, Typed, make_pages

TICKET_HERE = "ticket-goes-here"
SUBMISSION_HERE = "submission-goes-here"
MOST_KEPT_PAGES = 200


@blueprint.get("/answer")
@respondent
def questions() -> Reply:
    """The whole questionnaire as one form."""
    visit = Visit.read()
    place = place_of(database(), visit.ticket)
    if place is None:
        return redirect("/", 303)
    if wanted := request.args.get("lang"):
        return _change_language(visit, place, wanted)
    if is_closed(database(), place):
        message = gettext(
            "These questions are closed now. Thank you for coming. If there are more later, type the code again."
        )
        return Response(home_page(message=message), 409)
    page = _blank_page(place)
    reply = Response(page.replace(TICKET_HERE, visit.ticket).replace(SUBMISSION_HERE, secrets.token_hex(16)))
    if place.devices == "shared":  # its service worker keeps the blank page for the next person; an own phone keeps no trace
        reply.headers["X-Shared-Device"] = "1"
    return reply


def _change_language(visit: Visit, place: Place, wanted: str) -> Reply:
    ticket = tickets_by_language(database(), place).get(wanted)
    return with_cookie(redirect("/answer", 303), replace(visit, ticket=ticket or visit.ticket))


def _blank_page(place: Place) -> str:
    """The questionnaire with nothing filled in; the same for everybody here, so it is rendered once."""
    kept: dict[object, str] = current_app.extensions.setdefault("blank_pages", {})
    key = (place.version.sha256, place.opening_id, place.language)
    if key not in kept:
        if len(kept) >= MOST_KEPT_PAGES:
            kept.clear()
        kept[key] = questions_page(sheet_of(place, Typed()), place, TICKET_HERE, SUBMISSION_HERE)
    return kept[key]


def questions_page(sheet: Sheet, place: Place | None, ticket: str, submission: str) -> str:
    """A sheet as the one form, with the help that fits."""
    return render_template(
        "answering/questionnaire.html", sheet=sheet, ticket=ticket, submission=submission, **help_for(place)
    )


def sheet_of(place: Place, typed: Typed) -> Sheet:
    """The questions of a place, with what was typed."""
    instrument = instrument_of(place.version)
    has_cards = place.devices != "own" and len(instrument.waves) > 1
    return Sheet(
        title=instrument.title,
        intro=instrument.intro,
        pages=make_pages(instrument, place.wave, typed),
        card=CardField(typed.card) if has_cards else None,
        languages=_language_links(place),
        quiet=place.devices == "shared",
        seal=public_key(database(), place),
    )


def _language_links(place: Place) -> tuple[LanguageLink, ...]:
    known = (catalogue(code) for code in tickets_by_language(database(), place))
    return tuple(LanguageLink(one.code, one.name, one.direction, f"/answer?lang={one.code}") for one in known)
