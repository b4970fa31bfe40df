"""What every step of a young person's way shares: the addresses, the store, the visit's cookie, and the help that fits."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from flask import Blueprint, Response, abort, g, request
from sqlalchemy import Table, bindparam, select
from werkzeug.wrappers import Response as Reply

from survey import borrowed, cookies
from survey.helplines import EVERYBODY, any_time, for_older, helplines, is_gentle
from survey.installation import database
from survey.joining import Visit
from survey.models import Sitting
from survey.publishing import instrument_of
from survey.responses import LARGEST_BODY, BodyRefused, Place, Submission, place_of, read_submission

blueprint = Blueprint("answering", __name__)
borrowed.init_blueprint(blueprint)

OWN_DEVICE_SECONDS = 12 * 60 * 60

# Asked for every page of questions, so it is made once and run without the object layer.
_SITTINGS = cast(Table, Sitting.__table__)
_SAFE_PERSON = select(_SITTINGS.c.safe_person).where(_SITTINGS.c.id == bindparam("sitting_id"))


@blueprint.before_request
def speak_their_language() -> None:
    """Pages follow the language in which the questions are being answered."""
    visit = Visit.read()
    # Whoever types a code next on a shared device does not begin in the words of the one before; nor do the pages from there.
    begins = request.path in ("/", "/join")
    g.is_spoken_anew = begins and bool(visit.start)
    place = place_of(database(), visit.begun_again().ticket if begins else visit.ticket)
    if place is not None and not request.args.get("lang"):  # an empty one asks for nothing
        g.language = place.language


def sent_form(largest: int = LARGEST_BODY) -> Submission:
    """The form that was sent; what cannot be read as one is refused."""
    try:
        return read_submission(request.content_type or "", request.get_data(cache=False), largest)
    except BodyRefused as refused:
        abort(refused.status)


def line(verb: str, submission: Submission, status: int) -> Reply:
    """A reply for script: one line that names the submission, so that no captive portal can say it."""
    return Response(f"Heard {verb} {submission.id}", status, mimetype="text/plain")


def with_cookie(reply: Reply, visit: Visit) -> Reply:
    """Send the visit along under a new value: a changed cookie keeps old pages out of the back-forward cache."""
    if visit.ticket:
        cookies.put(reply, cookies.RESPONDENT, visit.value(), seconds=OWN_DEVICE_SECONDS if visit.device else None)
    return reply


def help_for(place: Place | None, moment: datetime | None = None) -> dict[str, Any]:
    """The help that fits the ages of whoever is answering; without a questionnaire, that for everybody.

    Only a page that is read at once is given the moment: whatever is kept says no more than the hours.
    """
    ages = instrument_of(place.version).ages if place is not None else EVERYBODY
    return {
        "helplines": helplines(ages, moment),
        "for_older": for_older(ages, moment),
        "any_time": any_time(ages),
        "young": is_gentle(ages),
        "near": near_person(place),
    }


def near_person(place: Place | None) -> str:
    """Who keeps children safe at this sitting, as staff last said; empty where nobody is named."""
    if place is None:
        return ""
    with database().reader.connect() as connection:
        return str(connection.scalar(_SAFE_PERSON, {"sitting_id": place.sitting_id}) or "")
