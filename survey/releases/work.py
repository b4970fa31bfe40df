"""What the worker does: makes releases and school pages with their charts, and keeps the promises about time and order.

Every function may run twice. A release that may not be made is no failure: the refusal is written into the audit and
nothing is published. Once a day the declared release dates are looked at and old receipts are dropped.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import audit, batches, jobs, outbox, retention
from survey.clock import PLACE, UTC, now, today
from survey.database import Database
from survey.jobs import Work
from survey.languages import gettext
from survey.models import Job, Programme, Release, Sitting
from survey.planting import plant_where_due
from survey.releases.drawing import draw
from survey.releases.ledger import ReleaseRefused, read_ledger, write_ledger
from survey.releases.making import Draft, programme_release, school_page
from survey.releases.order import Payload, forget_receipts, shuffle
from survey.releases.records import release_records
from survey.releases.store import keep
from survey.sealed_answers import destroy_keys
from survey.sealing import Keys

DAILY = time(6, 30)
MISSED = timedelta(days=7)
"""A declared date that passed while no worker ran is still kept this long."""


class ReleaseOvertaken(Exception):
    """Another release of the programme was made meanwhile: what may be published has to be worked out again."""


def release_now(database: Database, keys: Keys, programme_id: int) -> str:
    """Make a programme's next release: the final one when it is closed, else an interim one; says what was made.

    Raises
    ------
    survey.releases.ledger.ReleaseRefused
        When none may be made; the message says why.
    """
    with database.reading() as session:
        closed = session.get_one(Programme, programme_id).status == "closed"
    made = make_release(database, keys, programme_id, "final" if closed else "interim")
    return gettext(
        "Release %(number)s was made. See it under /staff/programmes/%(programme)s/report.",
        number=made.number,
        programme=programme_id,
    )


def make_release(database: Database, keys: Keys, programme_id: int, kind: str) -> Release:
    """Make and store a programme's release with its charts; raises `ReleaseRefused`."""
    with database.reading() as session:
        expected = read_ledger(session, programme_id).last_number
        draft = programme_release(session, session.get_one(Programme, programme_id), kind, today())
    return _publish(database, keys, programme_id, draft, expected)


def _publish(database: Database, keys: Keys, programme_id: int, draft: Draft, expected: int) -> Release:
    drawings = draw(draft.snapshot)
    with database.writing() as session:
        if read_ledger(session, programme_id).last_number != expected:
            raise ReleaseOvertaken(f"programme {programme_id} after release {expected}")
        made = keep(session, programme_id, draft, write_ledger(draft.groups), drawings, today())
        audit.record(
            session, keys, None, f"release made: {draft.kind}", f"programme {programme_id}, release {made.number}"
        )
    return made


def release(database: Database, keys: Keys, payload: Payload) -> None:
    """Make the release that was asked for, or note why not."""
    try:
        make_release(database, keys, payload["programme"], payload["kind"])
    except ReleaseRefused as refused:
        _note(database, keys, f"programme {payload['programme']}", refused)


def page(database: Database, keys: Keys, payload: Payload) -> None:
    """Make the page of the school whose sitting has closed, or note why not."""
    try:
        with database.reading() as session:
            sitting = session.get_one(Sitting, payload["sitting"])
            expected = read_ledger(session, sitting.programme_id).last_number
            draft = school_page(session, sitting)
        _publish(database, keys, sitting.programme_id, draft, expected)
    except ReleaseRefused as refused:
        _note(database, keys, f"school page of sitting {payload['sitting']}", refused)


def _note(database: Database, keys: Keys, subject: str, refused: ReleaseRefused) -> None:
    with database.writing() as session:
        audit.record(session, keys, None, "release refused", subject, refused.reason)


def store_paper(database: Database, keys: Keys, payload: Payload) -> None:
    """Store what is left of a settled batch of sheets; mostly the page that settled it has done so already."""
    batches.store_settled(database, keys, payload["batch"])


def forget(database: Database, _keys: Keys, _payload: Payload) -> None:
    """Drop old sheets, receipts and messages and the keys of sittings long closed, and again tomorrow."""
    batches.forget(database, now())  # before the receipts on which their storing leans
    forget_receipts(database)
    with database.writing() as session:
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


WORK: dict[str, Work] = {
    "release": release,
    "school_page": page,
    "records": release_records,
    "shuffle": shuffle,
    "forget_receipts": forget,
    "declared_dates": declared,
    "plant_notes": plant_notes,
    "delete_words": delete_words,
    audit.DAILY_LOOK: follow_acts,
    "paper": store_paper,
}
