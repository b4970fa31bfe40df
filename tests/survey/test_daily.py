"""Daily promises: a fault in one ends neither it nor another, and who administers is told until it is kept again."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from survey import batches, chores, daily, jobs
from survey.bounds import KEPT_AFTER_CLOSING
from survey.clock import now
from survey.models import Job, Opening, PaperBatch, Receipt, SealingKey
from survey.sealed_answers import make_key
from survey.sealing import Keys
from tests.conftest import Staff
from tests.survey.conftest import Tour

FORM = "application/x-www-form-urlencoded"


def run_all(tour: Tour, keys: Keys) -> None:
    """Let the worker run until every job of today is done or given up."""
    for _ in range(jobs.MOST_ATTEMPTS):
        jobs.work(tour.database, keys, chores.WORK, once=True)
        with tour.database.writing() as session:
            session.execute(update(Job).where(Job.state == "waiting", Job.fault != "").values(run_after=now()))


def states(tour: Tour, kind: str) -> list[str]:
    with tour.database.reading() as session:
        return list(session.scalars(select(Job.state).where(Job.kind == kind).order_by(Job.id)))


def fail(*_: object) -> None:
    raise ValueError("damaged")


def test_a_fault_ends_neither_a_promise_nor_another(
    staff: Staff, tour: Tour, keys: Keys, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tour.open("before")
    governs = staff.client("administrator", organisation_id=tour.organisation_id)
    with tour.database.writing() as session:
        make_key(session, keys, tour.sitting_id)
        session.execute(update(Opening).values(closed_at=now() - KEPT_AFTER_CLOSING - timedelta(hours=1)))
    monkeypatch.setattr(batches, "forget", fail)
    chores.begin(tour.database)
    with caplog.at_level(logging.ERROR):
        run_all(tour, keys)
    assert states(tour, "forget_sheets") == ["failed", "waiting"], "given up for today, and asked for tomorrow"
    assert "forget_sheets) failed and was given up" in caplog.text
    with tour.database.reading() as session:
        assert session.scalars(select(SealingKey.private_key)).one() is None, "keys die all the same"
    page = governs.get("/staff/").text
    assert "could not keep what it promises" in page
    assert "typed from paper" in page
    assert "keys of sessions" not in page
    assert "could not keep" not in staff.client("facilitator", organisation_id=tour.organisation_id).get("/staff/").text
    monkeypatch.undo()
    with tour.database.writing() as session:  # the next morning
        session.execute(update(Job).where(Job.state == "waiting").values(run_after=now()))
    jobs.work(tour.database, keys, chores.WORK, once=True)
    assert "could not keep" not in governs.get("/staff/").text


@pytest.mark.parametrize("kind", daily.PROMISES)
def test_every_promise_is_asked_for_again_whatever_happens(
    tour: Tour, keys: Keys, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set(daily.PROMISES) == set(chores.EVERY_DAY)
    with tour.database.writing() as session:
        jobs.add(session, kind, {})
    jobs.work(tour.database, keys, {kind: chores._every_day(kind, fail)}, once=True)
    with tour.database.reading() as session:
        waiting = session.scalars(select(Job).where(Job.kind == kind, Job.fault == "")).one()
    assert waiting.run_after > now()


def test_receipts_stay_while_sheets_lean_on_them(app: Flask, tour: Tour, keys: Keys) -> None:
    """Sheets could not be forgotten: were their receipts dropped, storing them once more would count them twice."""
    ticket = tour.open("before")
    assert app.test_client().post("/answer", data=tour.body(), content_type=FORM).status_code == 303
    with tour.database.writing() as session:
        session.add(PaperBatch(id="a" * 32, ticket_id=ticket, number=1, sheets=1))
        session.execute(update(Opening).values(closed_at=now() - KEPT_AFTER_CLOSING - timedelta(hours=1)))
    for left in (1, 0):
        chores.drop_receipts(tour.database, keys, {})
        with tour.database.reading() as session:
            assert len(session.scalars(select(Receipt)).all()) == left
        batches.forget(tour.database, now())
