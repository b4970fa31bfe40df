"""What the worker does: makes the releases that are asked for, and keeps the promises about time and order.

Every function may run twice. Once a day the declared release dates are looked at, notes are planted and what is old is
dropped. SciPy and Matplotlib are loaded with the first release: until then the worker starts at once and is small, and
messages to staff do not wait for them.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from importlib import import_module

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import audit, batches, held, jobs, outbox, retention
from survey.clock import PLACE, UTC, now, today
from survey.database import Database
from survey.jobs import Work
from survey.models import Job, Programme
from survey.planting import plant_where_due
from survey.releases.order import Payload, forget_receipts, shuffle
from survey.sealed_answers import destroy_keys
from survey.sealing import Keys

DAILY = time(6, 30)
MISSED = timedelta(days=7)
"""A declared date that passed while no worker ran is still kept this long."""


def store_paper(database: Database, keys: Keys, payload: Payload) -> None:
    """Store what is left of a settled batch of sheets; mostly the page that settled it has done so already."""
    batches.store_settled(database, keys, payload["batch"])


def forget(database: Database, keys: Keys, _payload: Payload) -> None:
    """Drop old sheets, receipts, sets put aside and messages and the keys of sittings long closed, and again tomorrow."""
    batches.forget(database, now())  # before the receipts on which their storing leans
    forget_receipts(database)
    with database.writing() as session:
        held.forget(session, keys, now())
        outbox.forget(session)
    destroy_keys(database, now())
    _again(database, "forget_receipts")


def plant_notes(database: Database, _keys: Keys, _payload: Payload) -> None:
    """Plant the notes that prove readers' keys, and again tomorrow."""
    plant_where_due(database, now())
    _again(database, "plant_notes")


def delete_words(database: Database, keys: Keys, _payload: Payload) -> None:
    """Delete the words that have had their time, and look again tomorrow."""
    retention.delete_old(database, keys, now())
    _again(database, "delete_words")


def follow_acts(database: Database, keys: Keys, _payload: Payload) -> None:
    """Follow the record of acts, and again tomorrow; a job that ends in `RecordBroken` is told to administrators."""
    _again(database, audit.DAILY_LOOK)
    with database.reading() as session:
        audit.follow(session, keys)


def declared(database: Database, _keys: Keys, _payload: Payload) -> None:
    """Ask for the releases whose declared date has come, and look again tomorrow."""
    with database.writing() as session:
        for programme in session.scalars(select(Programme).where(Programme.status == "open")):
            for day in _due(programme.release_dates, today()):
                _ask_once(session, {"programme": programme.id, "kind": "interim", "date": day})
    _again(database, "declared_dates")


def _due(dates: list[str], day: date) -> list[str]:
    return [one for one in dates if day - MISSED <= date.fromisoformat(one) <= day]


def _ask_once(session: Session, payload: Payload) -> None:
    asked = session.scalars(select(Job).where(Job.kind == "release"))
    if not any(job.payload == payload for job in asked):
        jobs.add(session, "release", payload)


def _again(database: Database, kind: str) -> None:
    tomorrow = datetime.combine(today() + timedelta(days=1), DAILY, tzinfo=PLACE)
    with database.writing() as session:
        jobs.add(session, kind, {}, tomorrow.astimezone(UTC))


def begin(database: Database) -> None:
    """Set the daily work going; done at every start of the worker, and the same waiting job is not added twice."""
    with database.writing() as session:
        for kind in ("declared_dates", "forget_receipts", "plant_notes", "delete_words", audit.DAILY_LOOK):
            jobs.add(session, kind, {})


def _loaded_when_due(module: str, name: str) -> Work:
    """Work whose module is loaded when there is some of it."""

    def run(database: Database, keys: Keys, payload: Payload) -> None:
        function: Work = getattr(import_module(module), name)
        function(database, keys, payload)

    return run


WORK: dict[str, Work] = {
    "release": _loaded_when_due("survey.releases.work", "release"),
    "school_page": _loaded_when_due("survey.releases.work", "page"),
    "records": _loaded_when_due("survey.releases.records", "release_records"),
    "shuffle": shuffle,
    "forget_receipts": forget,
    "declared_dates": declared,
    "plant_notes": plant_notes,
    "delete_words": delete_words,
    audit.DAILY_LOOK: follow_acts,
    "paper": store_paper,
}
