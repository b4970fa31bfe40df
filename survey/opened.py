"""How many opened the questions and have not sent them: a bare count for each opening, which leads to nobody.

Each time the blank questions are given out the opening's count goes up by one, the same for whoever will press Start, "No
thanks" or nothing. It holds no time, no id and no order. What came in (answers, "No thanks", bodies kept aside) is taken
from it; the rest has given up, or waits on a device without a network. Whoever opens the page twice counts twice, so the
figure is said to be rough and moves in fives. It is written after the reply has gone, and what cannot be written just now
goes along with the next: no child waits for it.
"""

from __future__ import annotations

import threading
from collections import Counter

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from survey.database import Database, DatabaseBusy
from survey.models import Decline, Held, OpenedCount, Response

STEP = 5
_ADD = text(
    "INSERT INTO opened_counts (opening_id, opened) VALUES (:opening_id, :more) "
    "ON CONFLICT (opening_id) DO UPDATE SET opened = opened_counts.opened + excluded.opened"
)


class OpenedTally:
    """What this process has given out and not yet written."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._unwritten: Counter[int] = Counter()
        self._lock = threading.Lock()

    def add(self, opening_id: int, more: int) -> None:
        """Count one more, or take one back that would count twice."""
        with self._lock:
            self._unwritten[opening_id] += more

    def write(self) -> None:
        """Write what has come together; whatever cannot be written stays for the next time."""
        with self._lock:
            taken, self._unwritten = self._unwritten, Counter()
        # One order for all processes, so that no two wait for each other.
        rows = [{"opening_id": opening_id, "more": more} for opening_id, more in sorted(taken.items()) if more]
        if not rows:
            return
        try:
            with self._database.writer.begin() as connection:
                connection.execute(_ADD, rows)
        except (DatabaseBusy, SQLAlchemyError):
            with self._lock:
                self._unwritten.update(taken)


def unfinished(session: Session, opening_id: int) -> int:
    """Roughly how many opened the questions of this opening and have not come to their end; in fives, never below 0."""
    opened = session.scalar(select(OpenedCount.opened).where(OpenedCount.opening_id == opening_id)) or 0
    for model in (Response, Decline, Held):
        opened -= session.scalar(select(func.count()).select_from(model).where(model.opening_id == opening_id)) or 0
    left = max(0, opened)
    return left - left % STEP
