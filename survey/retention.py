"""What is not needed any more is deleted, and only what a person has finished with.

Twelve months after a reader decided that nobody has to be told of what a child wrote, the words go, with their envelopes.
Twelve months after somebody saw to a last page on which a child asked for them, it goes. Never by this: what is new, sealed,
opened or undecided, and what was handed on. That is a safeguarding record, whose time others decide.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from survey import audit
from survey.clock import PLACE
from survey.database import Database
from survey.models import AuditEntry, Envelope, Remark, TalkEnvelope, TalkSlip
from survey.remarks import subject_of
from survey.sealing import Keys

MONTHS = 12
KEPT = timedelta(days=366)
"""Never less than the months that the notices promise, whatever year it is."""
DECIDING = ("remark.no_concern", "remark.handed_on")


def delete_old(database: Database, keys: Keys, moment: datetime) -> tuple[int, int]:
    """Delete what has had its time; returns how many remarks and how many last pages went. May run twice."""
    with database.writing() as session:
        remarks, slips = _old_remarks(session, moment), _old_slips(session, moment)
        if not remarks and not slips:
            return 0, 0
        session.execute(delete(Envelope).where(Envelope.remark_id.in_(remarks)))
        session.execute(delete(Remark).where(Remark.id.in_(remarks)))
        session.execute(delete(TalkEnvelope).where(TalkEnvelope.slip_id.in_(slips)))
        session.execute(delete(TalkSlip).where(TalkSlip.id.in_(slips)))
        counts = f"typed words: {len(remarks)}, last pages: {len(slips)}"
        audit.record(session, keys, None, "words.deleted", counts, f"{MONTHS} months after they were decided")
    database.forget_order()
    return len(remarks), len(slips)


def _old_remarks(session: Session, moment: datetime) -> list[bytes]:
    """The remarks of which a reader said long ago that nobody has to be told. The day stands in the record of acts alone;
    one whose day is not found there stays."""
    finished = select(Remark).where(Remark.state == "decided", Remark.decision == "no_concern")
    found = []
    for remark in session.scalars(finished.with_for_update()):
        last = select(func.max(AuditEntry.at)).where(
            AuditEntry.action.in_(DECIDING), AuditEntry.subject == subject_of(remark)
        )
        decided_at = session.scalar(last)
        if decided_at is not None and decided_at <= moment - KEPT:
            found.append(remark.id)
    return found


def _old_slips(session: Session, moment: datetime) -> list[bytes]:
    """The last pages that somebody saw to long ago."""
    latest = (moment - KEPT).astimezone(PLACE).date()
    seen = select(TalkSlip.id).where(TalkSlip.state == "seen_to", TalkSlip.seen_on <= latest)
    return list(session.scalars(seen.with_for_update()))
