"""How much of what children type is taken from one opening: as long as late answers are, and only so much an hour.

A ticket is the same for everybody who answers, and stands in every page: it proves nothing about who sends. So whoever has one
could send made-up words for as long as readers are on duty, until the real ones are buried. What comes too late or is too much
is not taken, and the page says so and names help: there is no receipt for what nobody will read. The count stands under a
keyed name that holds the hour, on the day alone, so that the store tells neither when words came nor at which session.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.bounds import is_too_late, within_the_hour
from survey.envelopes import WordsRefused
from survey.models import Opening, Sitting
from survey.responses import Place
from survey.sealing import Keys

FEWEST, A_HEAD = 60, 6
"""In an hour an opening may send this many, or this many for each who is present if that is more."""


def count_in(session: Session, keys: Keys, place: Place, what: str, moment: datetime) -> None:
    """Count something new from an opening.

    Raises
    ------
    WordsRefused
        When the opening was closed too long ago, or this hour has brought too much of the kind already.
    """
    closed_at = session.scalar(select(Opening.closed_at).where(Opening.id == place.opening_id))
    if is_too_late(closed_at, moment):
        raise WordsRefused("closed")
    present = session.scalar(select(Sitting.present).where(Sitting.id == place.sitting_id)) or 0
    most = max(FEWEST, A_HEAD * present)
    if not within_the_hour(session, keys, place.opening_id, what, most, moment):
        raise WordsRefused("too many")
