"""Jobs are run once each, again after a fault, and never end the worker."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from survey import jobs
from survey.clock import now
from survey.database import Database
from survey.models import Job


def test_a_job_is_added_with_its_act_and_not_twice(database: Database) -> None:
    with database.writing() as session:
        for _ in range(3):
            jobs.add(session, "draw", {"release": 1})
            session.flush()
    with database.reading() as session:
        assert len(session.scalars(select(Job)).all()) == 1


def test_jobs_run_in_turn_and_only_when_due(database: Database, keys) -> None:
    seen: list[int] = []
    with database.writing() as session:
        jobs.add(session, "note", {"n": 2}, now() - timedelta(minutes=1))
        jobs.add(session, "note", {"n": 1}, now() - timedelta(minutes=2))
        jobs.add(session, "note", {"n": 3}, now() + timedelta(hours=1))
    done = jobs.work(database, keys, {"note": lambda _db, _keys, payload: seen.append(payload["n"])}, once=True)
    assert (done, seen) == (2, [1, 2])


def test_a_failed_job_waits_and_in_the_end_stops(database: Database, keys) -> None:
    def fail(*_: object) -> None:
        raise ValueError("words of a child")

    with database.writing() as session:
        jobs.add(session, "fail", {})
    for _ in range(jobs.MOST_ATTEMPTS):
        assert jobs.work(database, keys, {"fail": fail}, once=True) == 1
        with database.writing() as session:
            job = session.scalars(select(Job)).one()
            assert "words of a child" not in job.fault
            assert "ValueError" in job.fault
            job.run_after = now() - timedelta(seconds=1)
    with database.reading() as session:
        assert session.scalars(select(Job)).one().state == "failed"
    assert jobs.work(database, keys, {"fail": fail}, once=True) == 0


def test_what_a_dead_worker_left_is_taken_again(database: Database, keys) -> None:
    with database.writing() as session:
        jobs.add(session, "note", {})
    taken = jobs.take(database)
    assert taken is not None
    assert jobs.take(database) is None, "nobody else gets it while it runs"
    with database.writing() as session:
        session.get_one(Job, taken.id).run_after = now() - jobs.ABANDONED_AFTER - timedelta(minutes=1)
    again = jobs.take(database)
    assert again is not None
    assert again.id == taken.id
