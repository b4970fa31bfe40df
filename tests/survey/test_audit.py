"""A record of acts that was changed from outside: the worker finds it, and who administers is told."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import update

from survey import audit, jobs
from survey.chores import WORK
from survey.clock import now
from survey.models import AuditEntry, Job
from survey.sealing import Keys
from tests.conftest import Staff
from tests.survey.conftest import Tour

SAID = "was changed from outside"


def test_what_was_added_from_outside_is_found_and_told(app: Flask, staff: Staff, keys: Keys, tour: Tour) -> None:
    governs = staff.client("administrator", organisation_id=tour.organisation_id)
    with staff.database.writing() as session:
        known = audit.follow(session, keys)
        audit.record(session, keys, None, "one.act", "one thing")
        jobs.add(session, audit.DAILY_LOOK, {})
    jobs.work(staff.database, keys, {audit.DAILY_LOOK: WORK[audit.DAILY_LOOK]}, once=True)
    assert SAID not in governs.get("/staff/").text
    with staff.database.writing() as session:
        assert audit.follow(session, keys) == known + 1
        session.add(AuditEntry(n=known + 2, at=now(), action="forged", subject="somebody", mac=b"0" * 32))
    with staff.database.reading() as session, pytest.raises(audit.RecordBroken, match=f"at entry {known + 2}"):
        audit.follow(session, keys)
    with staff.database.writing() as session:
        session.execute(update(Job).where(Job.state == "waiting").values(run_after=now()))  # the next day has come
    jobs.work(staff.database, keys, {audit.DAILY_LOOK: WORK[audit.DAILY_LOOK]}, once=True)
    assert SAID in governs.get("/staff/").text
    assert SAID not in staff.client("facilitator", organisation_id=tour.organisation_id).get("/staff/").text
