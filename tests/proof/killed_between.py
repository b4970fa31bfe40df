"""`heard serve` that ends as by `kill -9` between an answer and its alert, at the very point that a file asks for.

Whichever process comes to that point first takes the file away and is gone, in the middle of its transaction or before its
reply. There are more processes than usual, so that others answer while one starts anew; nothing else is changed.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.pool import Pool

from survey.models import Alert, Response

ASKED = Path("killed_at")
"""In the service's folder: the point at which to end."""
POINTS = ("one is written", "both are written", "before the commit", "before the reply")
PROCESSES = 4
LAUNCHER = ("-m", "tests.proof.killed_between", "serve")
TWO = (Alert.__tablename__, Response.__tablename__)


def end_at(point: str) -> None:
    """End here if this is the point that is asked for, and nobody else has ended there yet."""
    try:
        if ASKED.read_text() != point:
            return
        ASKED.unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


def _written(connection: Connection, _cursor: Any, statement: str, *_more: Any) -> None:
    for table in TWO:
        if statement.startswith(f"INSERT INTO {table} "):
            written = connection.info.setdefault("written", set())
            written.add(table)
            end_at(POINTS[len(written) - 1])


def _committing(connection: Connection) -> None:
    if "written" in connection.info:
        end_at("before the commit")


def _committed(_connection: Any, record: Any) -> None:
    """Given back to the pool: what was written in it is safe now, or was rolled back."""
    if record.info.pop("written", None):
        end_at("before the reply")


def _rolled_back(connection: Connection) -> None:
    connection.info.pop("written", None)


def lie_in_wait() -> None:
    """Watch every connection that is made from now on."""
    event.listen(Engine, "after_cursor_execute", _written)
    event.listen(Engine, "commit", _committing)
    event.listen(Engine, "rollback", _rolled_back)
    event.listen(Pool, "checkin", _committed)


if __name__ == "__main__":
    lie_in_wait()
    from survey import serving
    from survey.commands import main

    serving.WORKERS = PROCESSES
    main()
