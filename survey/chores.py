"""What the worker does: makes the releases that are asked for, and keeps the promises about time and order.

Every function may run twice. What is promised for every day stands in `survey.daily`, each promise as a job of its own that is
asked for again before it is begun: a fault in one of them ends neither it nor another. SciPy and Matplotlib are loaded with
the first release: until then the worker starts at once and is small, and messages to staff do not wait for them.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from importlib import import_module

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import audit, batches, held, jobs, outbox, retention
from survey.clock import PLACE, UTC, now, today
from survey.daily import PROMISES
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


def forget_sheets(database: Database, _keys: Keys, _payload: Payload) -> None:
    """Drop what is left of batches of paper sheets whose wave closed long ago."""
    batches.forget(database, now())


def drop_receipts(database: Database, _keys: Keys, _payload: Payload) -> None:
    """Drop the receipts of waves that closed long ago."""
    forget_receipts(database)


def forget_put_aside(database: Database, keys: Keys, _payload: Payload) -> None:
    """Delete the sets of answers that were put aside in programmes closed long ago."""
    with database.writing() as session:
        held.forget(session, keys, now())


def forget_messages(database: Database, _keys: Keys, _payload: Payload) -> None:
    """Drop the messages to staff that went long ago."""
    with database.writing() as session:
        outbox.forget(session)


def end_keys(database: Database, _keys: Keys, _payload: Payload) -> None:
    """Destroy the keys of sittings closed long ago: nothing can be opened any more that still waits on a device."""
    destroy_keys(database, now())


def plant_notes(database: Database, _keys: Keys, _payload: Payload) -> None:
    """Plant the notes that prove readers' keys."""
    plant_where_due(database, now())


def delete_words(database: Database, keys: Keys, _payload: Payload) -> None:
    """Delete the words that have had their time."""
    retention.delete_old(database, keys, now())


def follow_acts(database: Database, keys: Keys, _payload: Payload) -> None:
    """Follow the record of acts; a job that ends in `RecordBroken` is told to administrators."""
    with database.reading() as session:
        audit.follow(session, keys)


def declared(database: Database, _keys: Keys, _payload: Payload) -> None:
    """Ask for the releases whose declared date has come."""
    with database.writing() as session:
        for programme in session.scalars(select(Programme).where(Programme.status == "open")):
            for day in _due(programme.release_dates, today()):
                _ask_once(session, {"programme": programme.id, "kind": "interim", "date": day})


def _due(dates: list[str], day: date) -> list[str]:
    return [one for one in dates if day - MISSED <= date.fromisoformat(one) <= day]


def _ask_once(session: Session, payload: Payload) -> None:
    asked = session.scalars(select(Job).where(Job.kind == "release"))
    if not any(job.payload == payload for job in asked):
        jobs.add(session, "release", payload)


def _every_day(kind: str, function: Work) -> Work:
    """Work that is asked for again, for tomorrow, before it is begun: no fault of today is the end of it."""

    def run(database: Database, keys: Keys, payload: Payload) -> None:
        tomorrow = datetime.combine(today() + timedelta(days=1), DAILY, tzinfo=PLACE)
        with database.writing() as session:
            jobs.add(session, kind, {}, tomorrow.astimezone(UTC))
        function(database, keys, payload)

    return run


def begin(database: Database) -> None:
    """Set the daily work going; done at every start of the worker, and the same waiting job is not added twice."""
    with database.writing() as session:
        for kind in PROMISES:
            jobs.add(session, kind, {})


def _loaded_when_due(module: str, name: str) -> Work:
    """Work whose module is loaded when there is some of it."""

    def run(database: Database, keys: Keys, payload: Payload) -> None:
        function: Work = getattr(import_module(module), name)
        function(database, keys, payload)

    return run


EVERY_DAY: dict[str, Work] = {
    "declared_dates": declared,
    "forget_sheets": forget_sheets,
    "destroy_keys": end_keys,
    "forget_receipts": drop_receipts,
    "forget_put_aside": forget_put_aside,
    "forget_messages": forget_messages,
    "plant_notes": plant_notes,
    "delete_words": delete_words,
    audit.DAILY_LOOK: follow_acts,
}
WORK: dict[str, Work] = {
    "release": _loaded_when_due("survey.releases.work", "release"),
    "school_page": _loaded_when_due("survey.releases.work", "page"),
    "records": _loaded_when_due("survey.releases.records", "release_records"),
    "shuffle": shuffle,
    "paper": store_paper,
    **{kind: _every_day(kind, function) for kind, function in EVERY_DAY.items()},
}
