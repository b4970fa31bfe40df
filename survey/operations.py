"""What machines ask: is the process alive, and can it take answers.

Anybody may ask, so the answer says no more than ready or not, and asking often costs nothing: the store is tried once a second
at most, by one request at a time. What those who run the computer should see to, such as letters that are overdue, goes to the
log, once each time that it changes.
"""

from __future__ import annotations

import logging
import threading
import time

from flask import Blueprint, current_app
from sqlalchemy import text

from survey.access import everyone
from survey.daily import unkept
from survey.installation import config, database
from survey.outbox import is_overdue
from survey.schema import is_current
from survey.troubles import BUSY, RETRY_AFTER, describe

blueprint = Blueprint("operations", __name__)

FRESH = 1.0
"""Seconds for which an answer is given again without another look."""
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}

log = logging.getLogger("heard.ready")


class Readiness:
    """What was found at the last look at the store, and when."""

    def __init__(self) -> None:
        self._looking = threading.Lock()
        self._is_ready, self._until, self._said = False, 0.0, ""

    def look(self) -> bool:
        """Whether answers can be taken; whoever asks while another looks is told what was found before."""
        if time.monotonic() < self._until or not self._looking.acquire(blocking=False):
            return self._is_ready
        try:
            found = _fault()
            self._is_ready, said = not found, found or _warning()
            if said and said != self._said:
                log.warning("%s", said)
            self._said, self._until = said, time.monotonic() + FRESH
        finally:
            self._looking.release()
        return self._is_ready


def _fault() -> str:
    """Why answers cannot be taken; empty when the store can be written and has the newest shape."""
    try:
        with database().writing() as session:
            session.execute(text("SELECT 1"))
        return "" if is_current(database()) else "not ready: the store has an older shape, migrate first"
    except BUSY as fault:
        return f"not ready: the store cannot be written ({describe(fault)})"


def _warning() -> str:
    """What does not keep answers from being taken, and wants somebody all the same."""
    with database().reading() as session:
        late, kinds = is_overdue(session), unkept(session)
    said = [f"daily work was given up: {', '.join(kinds)}"] if kinds else []
    if not config().mail_server:
        said.append("no mail server is set (HEARD_MAIL): staff see messages only when they sign in")
    elif late:
        said.append("messages to staff are overdue: look at the mail server and at 'heard work'")
    return "; ".join(said)


@blueprint.get("/healthz")
@everyone
def healthz() -> tuple[str, dict[str, str]]:
    """The process answers."""
    return "ok\n", PLAIN


@blueprint.get("/readyz")
@everyone
def readyz() -> tuple[str, int, dict[str, str]]:
    """Whether answers can be taken. That staff cannot be told by mail is no reason to stop the service: answers are safe."""
    readiness: Readiness = current_app.extensions.setdefault("readiness", Readiness())
    if readiness.look():
        return "ready\n", 200, PLAIN
    return "not ready\n", 503, PLAIN | {"Retry-After": RETRY_AFTER}
