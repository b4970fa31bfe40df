"""How much is taken from one opening, and until when: a code proves nothing about who sends, and no disk is endless.

Whoever has seen a code could send made-up sets without end. So of each kind only so much is taken in an hour from one opening,
far more than any hall full of people sends; what is more is told to come again later, and devices keep it meanwhile. The count
stands under a keyed name that holds the hour, on the day alone, so that the store tells neither when something came nor at
which session. Two weeks after an opening was closed nothing sent openly is taken for it: its receipts may be gone, and it
could have come before.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import cast

from sqlalchemy import Connection, Table, bindparam, func, select
from sqlalchemy.orm import Session

from survey.budgets import KEPT, spend
from survey.clock import UTC, now
from survey.database import DatabaseBusy
from survey.models import Held, Opening
from survey.sealing import Keys

KEPT_AFTER_CLOSING = timedelta(days=14)
"""So long after a sitting's questions closed, late answers can still come in: keys, sheets and receipts are kept for them."""
MOST_ANSWERS = 20_000
"""Sets of answers and refusals that an opening may send in an hour: about five a second, without a pause."""
MOST_HELD_AN_HOUR, MOST_HELD = 500, 2000
"""Sets put aside, which are kept whole: in an hour, and until somebody has looked at some of them."""


_OPENINGS = cast(Table, Opening.__table__)
_CLOSED = select(_OPENINGS.c.closed_at).where(_OPENINGS.c.id == bindparam("of"))


class TooMany(DatabaseBusy):
    """More came from one opening than is taken at a time: what is refused comes again later."""


class TooLate(Exception):
    """The opening was closed so long ago that nobody could tell whether the same had come before."""


def within_the_hour(
    where: Session | Connection, keys: Keys, opening_id: int, what: str, most: int, moment: datetime
) -> bool:
    """Count one more of a kind from an opening; False when this hour has brought too many."""
    hour = moment.astimezone(UTC).strftime("%Y-%m-%d %H")
    name = keys.mac("intake", what.encode(), str(opening_id).encode(), hour.encode()).hex()
    day = datetime.combine(moment.astimezone(UTC).date(), time(), UTC)
    return spend(where, f"intake {name}", most, KEPT, began=day)


def count_answers(where: Session | Connection, keys: Keys, opening_id: int, *, aside: bool = False) -> None:
    """Count a set of answers, or a refusal, that is new; raises `TooMany`. `aside`: it is kept whole for somebody to look at."""
    moment = now()
    if not within_the_hour(where, keys, opening_id, "answers", MOST_ANSWERS, moment):
        raise TooMany
    if aside:
        waiting = where.scalar(select(func.count()).select_from(Held).where(Held.opening_id == opening_id)) or 0
        if waiting >= MOST_HELD or not within_the_hour(where, keys, opening_id, "aside", MOST_HELD_AN_HOUR, moment):
            raise TooMany


def is_too_late(closed_at: datetime | None, moment: datetime) -> bool:
    """Whether an opening was closed so long ago that nothing is taken any more."""
    return closed_at is not None and closed_at < moment - KEPT_AFTER_CLOSING


def refuse_too_late(where: Session | Connection, opening_id: int) -> None:
    """Raise `TooLate` for what is sent openly to an opening that was closed too long ago."""
    if is_too_late(where.scalar(_CLOSED, {"of": opening_id}), now()):
        raise TooLate
