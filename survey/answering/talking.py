"""The last page, the same for everybody: would you like someone to talk with you? Everybody sends it, "No thanks" too.

It comes between the questions and the thank-you wherever a named reader is on duty. Script seals it to those who read it; what
comes openly is sealed here before it is stored. It is never kept on a device: what cannot be sent stays on the page, which
says so and names the paper slip and help. The page carries a random id, so that sending again keeps one slip, and its own
ticket: a cookie may have gone by then, or be that of another school's questions in another tab.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from flask import Response, g, redirect, render_template, request
from werkzeug.wrappers import Response as Reply

from survey.access import respondent
from survey.answering.places import blueprint, help_for, with_cookie
from survey.answering.wording import packed_readers, when_read
from survey.clock import now
from survey.envelopes import WordsRefused
from survey.installation import database, keys
from survey.joining import Visit
from survey.publishing import instrument_of
from survey.remarks import desk_here
from survey.responses import HEX_ID, Place, place_of
from survey.talks import (
    ASKS,
    LONGEST,
    SIZE,
    Asked,
    bound_here,
    keep_slip,
    names_of,
    read_slip,
    seal_slip,
    talk_is_offered,
)
from survey.troubles import BUSY, report_busy

ENDS = {"a": "/thanks?talked", "b": "/finished?talked", "c": "/thanks?talked&twice"}
"""Where everybody goes on: those who sent answers, those who rather did not, and those whose answers came a second time and
differed. Their letters are of one length."""

EMPTY = Asked("")


@dataclass(frozen=True, slots=True)
class Form:
    """The page as it was sent, or an empty one."""

    end: str
    ticket: str
    slip: str = field(default_factory=lambda: secrets.token_hex(16))
    asked: Asked = EMPTY
    chosen: str = ""

    @classmethod
    def sent(cls) -> Form:
        """What came; a page without an id of its own is given one."""
        slip = request.form.get("slip", "")
        asked = Asked(request.form.get("asks", ""), *(_line(name) for name in ("child", "person", "when")))
        chosen = "school" if request.form.get("reader") == "school" else "outside"
        end = _end(request.form.get("end", ""))
        return cls(end, _line("ticket"), slip if HEX_ID.fullmatch(slip) else secrets.token_hex(16), asked, chosen)


@blueprint.get("/talk")
@respondent
def talk() -> Reply | str:
    """The page with one question and three lines to fill in."""
    ticket = Visit.read().ticket
    place = place_of(database(), ticket)
    end = _end(request.args.get("end", ""))
    if place is None or not talk_is_offered(database(), place, now()):
        return redirect(ENDS[end], 303)
    return _page(place, Form(end, ticket))


def _end(given: str) -> str:
    return given if given in ENDS else "a"


def _page(place: Place | None, form: Form, *, fault: bool = False, unsent: bool = False) -> str:
    desk = desk_here(database(), place, now(), arriving=True) if place is not None else None
    with database().reading() as session:
        names = names_of(session, desk) if desk is not None else ((), ())
    return render_template(
        "answering/talk.html",
        form=form,
        fault=fault,
        unsent=unsent,
        names=names,
        when=when_read(desk, instrument_of(place.version).ages) if desk is not None and place is not None else (),
        has_school=desk is not None and desk.has_school,
        readers=packed_readers(desk) if desk is not None else "",
        bound_to=bound_here(database(), place) if place is not None else "",
        size=SIZE,
        quiet=place is None or place.devices == "shared",
        longest=LONGEST,
        **help_for(place),
    )


@blueprint.post("/talk")
@respondent
def send_talk() -> Reply:
    """Keep the slip, whatever it says, and go on to the same thanks; what cannot be kept now stays on the page.

    Nobody is led on without a slip that is kept: script would take that for a receipt and wipe what was typed.
    """
    visit = Visit.read()
    form = Form.sent()
    place = place_of(database(), form.ticket)
    if place is None:
        return Response(_page(place, form, unsent=True), 503)
    g.language = place.language
    sealed = request.form.get("sealed-slip", "")
    if not sealed and form.asked.asks not in ASKS:
        return with_cookie(Response(_page(place, form, fault=True), 422), visit)
    try:
        if not (_keep_sealed(place, form, sealed) if sealed else _keep_open(place, form)):
            return with_cookie(Response(_page(place, form, unsent=True), 503), visit)
    except WordsRefused:  # readers have changed since the page was made: its script sends it openly
        return with_cookie(Response("Heard asks again", 422, mimetype="text/plain"), visit)
    except BUSY as fault:
        report_busy(fault)
        return with_cookie(Response(_page(place, form, unsent=True), 503), visit)
    return with_cookie(redirect(ENDS[form.end], 303), visit)


def _keep_sealed(place: Place, form: Form, sealed: str) -> bool:
    if request.form.get("bound-to") != bound_here(database(), place):
        raise WordsRefused("bound")  # the day of the session was put right meanwhile: nobody could open it
    moment = now()
    envelopes = read_slip(database(), place, sealed, moment)
    keep_slip(database(), keys(), place, form.slip, envelopes, sealed.encode(), moment)
    return True


def _keep_open(place: Place, form: Form) -> bool:
    """Whether it was kept: somebody is there to whom it can be sealed, and it comes neither too late nor among too many."""
    moment = now()
    desk = desk_here(database(), place, moment, arriving=True)
    if desk is None:
        return False
    envelopes = seal_slip(database(), place, desk, form.asked, form.chosen)
    try:
        keep_slip(database(), keys(), place, form.slip, envelopes, repr((form.asked, form.chosen)).encode(), moment)
    except WordsRefused:
        return False
    return True


def _line(field: str) -> str:
    return request.form.get(field, "").replace("\0", "").strip()[:LONGEST]
