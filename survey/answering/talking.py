"""The last page, the same for everybody: would you like someone to talk with you? Everybody sends it, "No thanks" too.

It comes between the questions and the thank-you wherever a named reader is on duty. It is never kept on a device: what
cannot be sent stays on the page, which says so and names the paper slip and help.
"""

from __future__ import annotations

from flask import Response, redirect, render_template, request
from werkzeug.wrappers import Response as Reply

from survey.access import respondent
from survey.answering.places import blueprint, database, help_for, with_cookie
from survey.clock import now
from survey.joining import Visit
from survey.languages import gettext
from survey.remarks import desk_here
from survey.responses import Place, place_of
from survey.talks import ASKS, LONGEST, Asked, keep_slip, names_of, talk_is_offered
from survey.troubles import BUSY, report_busy

ENDS = {"a": "/thanks", "b": "/finished"}
"""Where everybody goes on: those who sent answers and those who rather did not. Their letters are of one length."""


@blueprint.get("/talk")
@respondent
def talk() -> Reply | str:
    """The page with one question and three lines to fill in."""
    place = place_of(database(), Visit.read().ticket)
    end = _end(request.args.get("end", ""))
    if place is None or not talk_is_offered(database(), place, now()):
        return redirect(f"{ENDS[end]}?talked", 303)
    return _page(place, end, Asked(""))


def _end(given: str) -> str:
    return given if given in ENDS else "a"


def _page(place: Place, end: str, asked: Asked, chosen: str = "", fault: str = "", unsent: str = "") -> str:
    desk = desk_here(database(), place, now(), always=True)
    with database().reading() as session:
        names = names_of(session, desk) if desk is not None else ((), ())
    return render_template(
        "answering/talk.html",
        asked=asked,
        chosen=chosen,
        end=end,
        fault=fault,
        unsent=unsent,
        names=names,
        has_school=desk is not None and desk.has_school,
        quiet=place.devices == "shared",
        longest=LONGEST,
        **help_for(place),
    )


@blueprint.post("/talk")
@respondent
def send_talk() -> Reply:
    """Keep the slip, whatever it says, and go on to the same thanks; what cannot be kept now stays on the page."""
    visit = Visit.read()
    place = place_of(database(), visit.ticket)
    end = _end(request.form.get("end", ""))
    if place is None:
        return redirect(ENDS[end], 303)
    name, who, when = (_line(field) for field in ("child", "person", "when"))
    asked = Asked(request.form.get("asks", ""), name, who, when)
    chosen = "school" if request.form.get("reader") == "school" else "outside"
    if asked.asks not in ASKS:
        fault = gettext("Choose one answer. “No thanks” is fine.")
        return with_cookie(Response(_page(place, end, asked, chosen, fault), 422), visit)
    moment = now()
    desk = desk_here(database(), place, moment, always=True)
    try:
        if desk is None:
            return _unsent(visit, place, end, asked, chosen)
        keep_slip(database(), place, desk, asked, chosen, moment)
    except BUSY as fault:
        report_busy(fault)
        return _unsent(visit, place, end, asked, chosen)
    return with_cookie(redirect(f"{ENDS[end]}?talked", 303), visit)


def _line(field: str) -> str:
    return request.form.get(field, "").replace("\0", "").strip()[:LONGEST]


def _unsent(visit: Visit, place: Place, end: str, asked: Asked, chosen: str) -> Reply:
    unsent = gettext("This was not sent. Nothing of it is kept on this device.")
    return with_cookie(Response(_page(place, end, asked, chosen, unsent=unsent), 503), visit)
