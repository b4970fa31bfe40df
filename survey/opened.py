"""How many opened the questions and have not sent them: a bare count for each opening, which leads to nobody.

Each time the blank questions are given out the opening's count goes up by one, the same for whoever will press Start, "No
thanks" or nothing. It holds no time, no id and no order. What came in (answers, "No thanks", bodies kept aside) is taken
from it; the rest has given up, or waits on a device without a network. Whoever opens the page twice counts twice, so the
figure is said to be rough and moves in fives. It is written after the reply has gone, and what cannot be written just now
goes along with the next: no child waits for it. A hall that opens its questions at once costs each process a write a second,
so that the turns are those of the answers.
"""

from __future__ import annotations

import threading
import time
from collections import Counter

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from survey.database import Database, DatabaseBusy
from survey.models import Decline, Held, OpenedCount, Response

STEP = 5
PAUSE = 1.0
"""Seconds between two writes of a process."""
_ADD = text(
    "INSERT INTO opened_counts (opening_id, opened) VALUES (:opening_id, :more) "
    "ON CONFLICT (opening_id) DO UPDATE SET opened = opened_counts.opened + excluded.opened"
)


class OpenedTally:
    """What this process has given out and not yet written."""

    def __init__(self, database: Database, pause: float = PAUSE) -> None:
        self._database, self._pause = database, pause
        self._unwritten: Counter[int] = Counter()
        self._lock = threading.Lock()
        self._next = time.monotonic()
        self._is_planned = False

    def add(self, opening_id: int, more: int) -> None:
        """Count one more, or take one back that would count twice."""
        with self._lock:
            self._unwritten[opening_id] += more

    def write_soon(self) -> None:
        """Write now, or together with what else comes within the pause since the last time."""
        with self._lock:
            wait = self._next - time.monotonic()
            if self._is_planned:
                return
            self._is_planned = wait > 0
        if wait > 0:
            threading.Timer(wait, self.write).start()  # the end of the process waits for it
        else:
            self.write()

    def write(self) -> None:
        """Write what has come together; whatever cannot be written stays for the next time."""
        with self._lock:
            taken, self._unwritten = self._unwritten, Counter()
            self._next, self._is_planned = time.monotonic() + self._pause, False
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
