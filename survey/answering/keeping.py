"""What the copy of the questions that a shared device keeps says of itself, before the first question.

It is shown without a network, to whoever comes next, and the device cannot know by then whether another class sits there or
another wave has begun. So the copy names what tells one session from another (the code on the board, when the questions are
for, since when the device has had them) and asks for an adult's word. No school stands there: the device may be found.
"""

from __future__ import annotations

from sqlalchemy import select

from survey.clock import PLACE, now
from survey.installation import database
from survey.languages import gettext
from survey.models import Entry, Opening
from survey.pairing import shown
from survey.responses import Place
from survey.sheet_notes import KeptNote

HOUR_HERE = "hour-goes-here"


def is_kept_here(place: Place) -> bool:
    """Whether a device keeps these questions for the next person: an own phone keeps no trace, nor is a case's next."""
    return place.devices == "shared" and place.mode == "private"


def kept_note(place: Place) -> KeptNote:
    """What tells this session and this time of asking from another; the hour is filled in for each copy."""
    with database().reading() as session:
        of_this = select(Entry.code).join(Opening, Opening.entry_id == Entry.id).where(Opening.id == place.opening_id)
        code = session.scalars(of_this).one()
    return KeptNote(shown(code), _when(place.wave), HOUR_HERE)


def _when(wave: str) -> str:
    return {
        "before": gettext("These are the questions for before the play or the lesson."),
        "after": gettext("These are the questions for after the play or the lesson."),
        "follow_up": gettext("These are the questions for some weeks later."),
    }.get(wave, "")


def with_hour(page: str) -> str:
    """A copy that says since when the device has had it."""
    return page.replace(HOUR_HERE, now().astimezone(PLACE).strftime("%H:%M"))
