"""The privacy promises hold in the store itself, on both engines: no code of ours is needed to keep them."""

from __future__ import annotations

import secrets
from datetime import datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Date, DateTime, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from survey import audit
from survey.database import Database
from survey.models import (
    AuditEntry,
    Base,
    Decline,
    Held,
    InstrumentVersion,
    Moment,
    Opening,
    Programme,
    Receipt,
    Response,
)

ANSWERS = (Response, Decline, Receipt, Held)
TELLING = (
    "time",
    "date",
    "address",
    "agent",
    "ip",
    "referrer",
    "created",
    "seen",
    "code_id",
    "entry",
    "card",
    "device",
)


def test_migrations_make_just_what_the_models_say(database: Database) -> None:
    with database.writer.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


@pytest.mark.parametrize("table", ANSWERS)
def test_what_was_answered_has_no_time_and_no_place(table: type[Base]) -> None:
    for column in table.__table__.columns:
        assert not isinstance(column.type, (Date, DateTime, Moment)), column
        assert not any(word in column.name.split("_") for word in TELLING), column


@pytest.mark.parametrize("table", ANSWERS)
def test_what_was_answered_has_no_order_of_arrival(table: type[Base], database: Database) -> None:
    keys = list(table.__table__.primary_key.columns)
    assert all(
        str(key.type).startswith(("BLOB", "LARGEBINARY", "VARBINARY")) or key.type.python_type is bytes for key in keys
    )
    if database.is_sqlite:
        with database.reading() as session, pytest.raises(DBAPIError):
            session.execute(text(f"SELECT rowid FROM {table.__tablename__}"))  # noqa: S608


def row(tour, of_wave: str = "before", **changes: object) -> Response:
    with tour.database.reading() as session:
        opening = session.query(Opening).filter_by(wave=of_wave).one()
    values = {
        "id": secrets.token_bytes(16),
        "opening_id": opening.id,
        "programme_id": tour.programme_id,
        "wave": of_wave,
        "mode": "private",
        "codes": b"\0",
    }
    return Response(**{**values, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"case_id": 7},
        {"mode": "linked"},
        {"mode": "linked", "case_id": 7},
        {"id": b"\0" * 8},
        {"pair_key": b"card 7N4QK2W"},
        {"wave": "after"},
        {"programme_id": 99},
    ],
)
def test_rows_that_break_a_promise_are_refused(tour, changes: dict[str, object]) -> None:
    tour.open("before")
    with tour.database.writing() as session:
        session.add(row(tour))
    with pytest.raises(IntegrityError), tour.database.writing() as session:
        session.add(row(tour, **changes))


def test_one_pair_key_a_wave(tour) -> None:
    tour.open("before")
    tour.open("after")
    key = secrets.token_bytes(16)
    with tour.database.writing() as session:
        session.add_all([row(tour, pair_key=key), row(tour, "after", pair_key=key), row(tour), row(tour)])
    with pytest.raises(IntegrityError), tour.database.writing() as session:
        session.add(row(tour, pair_key=key))


def test_a_closed_programme_has_no_pairing_key(tour) -> None:
    with pytest.raises(IntegrityError), tour.database.writing() as session:
        session.get_one(Programme, tour.programme_id).status = "closed"


def test_one_stored_row_a_submission_even_in_a_race(tour) -> None:
    tour.open("before")
    with tour.database.writing() as session:
        opening = session.query(Opening).one().id
        session.add(Receipt(id_mac=b"1" * 32, body_mac=b"2" * 32, opening_id=opening, outcome="stored"))
        session.add(Receipt(id_mac=b"1" * 32, body_mac=b"3" * 32, opening_id=opening, outcome="held"))
    with pytest.raises(IntegrityError), tour.database.writing() as session:
        session.add(Receipt(id_mac=b"1" * 32, body_mac=b"4" * 32, opening_id=opening, outcome="stored"))


def test_published_questionnaires_never_change(tour) -> None:
    for statement in (update(InstrumentVersion).values(document="{}"), text("DELETE FROM instrument_versions")):
        with pytest.raises(DBAPIError), tour.database.writing() as session:
            session.execute(statement)


def test_the_audit_cannot_be_changed_and_its_chain_shows_tampering(database: Database, keys) -> None:
    with database.writing() as session:
        for n in range(5):
            audit.record(session, keys, None, "tried", f"thing {n}")
    for statement in (update(AuditEntry).values(subject="other"), text("DELETE FROM audit")):
        with pytest.raises(DBAPIError), database.writing() as session:
            session.execute(statement)
    with database.reading() as session:
        entries = list(session.query(AuditEntry).order_by(AuditEntry.n))
        session.expunge_all()
    assert audit.first_broken(keys, entries) is None
    assert audit.first_broken(keys, entries[:2] + entries[3:]) == 3
    entries[3].reason = "changed"
    assert audit.first_broken(keys, entries) == 4


def test_a_moment_without_a_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Moment().process_bind_param(datetime(2026, 11, 20), None)  # type: ignore[arg-type]  # noqa: DTZ001
