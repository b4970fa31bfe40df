"""Work that no page waits for: a table of jobs and one worker that takes them in turn.

A job is added in the transaction that makes it needed, so it cannot be lost; it may run twice, so every worker function
can. Functions register by name in `WORK`; the worker process (`heard work`) alone imports SciPy and Matplotlib.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from survey.clock import now
from survey.database import Database
from survey.models import Job
from survey.sealing import Keys
from survey.troubles import describe

MOST_ATTEMPTS = 5
ABANDONED_AFTER = timedelta(minutes=30)
BACK_OFF = timedelta(seconds=20)

Work = Callable[[Database, Keys, dict[str, Any]], None]

log = logging.getLogger("heard.work")


def add(session: Session, kind: str, payload: dict[str, Any], run_after: datetime | None = None) -> None:
    """Ask for a job in this session's transaction; the same waiting job is not added twice."""
    waiting = session.scalars(select(Job).where(Job.kind == kind, Job.state == "waiting"))
    if not any(job.payload == payload for job in waiting):
        session.add(Job(kind=kind, payload=payload, run_after=run_after or now()))


def take(database: Database) -> Job | None:
    """Take the next job that is due, so that no other worker does."""
    moment = now()
    with database.reading() as session:  # an idle worker must not take the writers' turn
        if (
            session.scalar(
                select(Job.id).where(Job.state.in_(("waiting", "running")), Job.run_after <= moment).limit(1)
            )
            is None
        ):
            return None
    with database.writing() as session:
        session.execute(
            update(Job).where(Job.state == "running", Job.run_after < moment - ABANDONED_AFTER).values(state="waiting")
        )
        due = select(Job).where(Job.state == "waiting", Job.run_after <= moment).order_by(Job.run_after, Job.id)
        job = session.scalar(due.limit(1).with_for_update(skip_locked=True))
        if job is not None:
            job.state, job.attempts, job.run_after = "running", job.attempts + 1, moment
        return job


def finish(database: Database, job: Job, fault: BaseException | None) -> None:
    """Note how a job ended; a failed one waits longer each time and stops after `MOST_ATTEMPTS`."""
    with database.writing() as session:
        row = session.get_one(Job, job.id)
        if fault is None:
            row.state, row.fault = "done", ""
            return
        row.fault = describe(fault)[:300]
        row.state = "failed" if row.attempts >= MOST_ATTEMPTS else "waiting"
        row.run_after = now() + BACK_OFF * 2**row.attempts
        given_up = " and was given up" if row.state == "failed" else ""
        log.error("job %s (%s) failed%s: %s", row.id, row.kind, given_up, row.fault)


def work(database: Database, keys: Keys, functions: dict[str, Work], *, once: bool = False, pause: float = 1.0) -> int:
    """Run due jobs until there are none (`once`) or for ever; returns how many were run."""
    done = 0
    while True:
        job = take(database)
        if job is None:
            if once:
                return done
            time.sleep(pause)
            continue
        fault: BaseException | None = None
        try:
            functions[job.kind](database, keys, job.payload)
        except Exception as raised:  # a job must never end the worker
            fault = raised
        finish(database, job, fault)
        done += 1
