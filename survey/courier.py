"""Brings what staff must be told out of the house, and looks first who is to be told of what falls due.

Letters on what waits for readers are written when it comes, to those who will be next in line then; days later somebody may be
ill, off duty or gone. So their recipients are chosen again in the moment in which they fall due, each subject in a transaction
of its own (`survey.escalation`).
"""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime

from sqlalchemy import func, select

from survey import remarks, talks
from survey.clock import now
from survey.config import Config
from survey.database import Database
from survey.escalation import Line, choose_again
from survey.mail import MailServerAway
from survey.models import Message
from survey.outbox import deliver
from survey.troubles import describe

LOOK_EVERY = 2.0
LONGEST_WAIT = 60.0
"""The mail server is tried again after 2 seconds, then twice as long each time, but never longer than this."""
CHOSEN_AGAIN = frozenset(kind for kinds in (*remarks.KINDS, *talks.KINDS) for kind in kinds)

log = logging.getLogger("heard.outbox")


def choose_due(database: Database, since: datetime, moment: datetime) -> None:
    """Choose again who is told of what fell due between two moments and has not gone out."""
    due = (
        select(Message.subject, func.min(Message.due_at))
        .where(Message.kind.in_(CHOSEN_AGAIN), Message.sent_at.is_(None), Message.settled_at.is_(None))
        .where(Message.due_at > since, Message.due_at <= moment)
        .group_by(Message.subject)
    )
    with database.reading() as session:
        found = session.execute(due).all()
    for subject, due_at in found:
        with database.writing() as session:
            line: Line | None = remarks.line_of(session, subject) or talks.line_of(session, subject)
            if line is not None:
                choose_again(session, subject, line, due_at, moment)


class Courier:
    """Delivers for as long as the worker runs, on a thread of its own: an alert must not wait behind a release."""

    def __init__(self, database: Database, config: Config) -> None:
        self._database, self._config = database, config
        self._chosen_until = datetime.min.replace(tzinfo=UTC)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def go_once(self) -> None:
        """One round: choose again whom to tell of what fell due since the last, then send."""
        moment = now()
        try:
            choose_due(self._database, self._chosen_until, moment)
            self._chosen_until = moment
        except Exception as fault:  # those who were foreseen are told all the same
            log.error("the next in line could not be chosen again: %s", describe(fault))
        deliver(self._database, self._config)

    def _run(self) -> None:
        wait = LOOK_EVERY
        while not self._stopping.wait(wait):
            try:
                self.go_once()
                wait = LOOK_EVERY
            except MailServerAway as away:
                wait = min(wait * 2, LONGEST_WAIT)
                log.warning("the mail server is away (%s); trying again in %d seconds", away, wait)
            except Exception as fault:  # whatever broke, the next message must still go
                wait = min(wait * 2, LONGEST_WAIT)
                log.error("the outbox failed: %s", describe(fault))
