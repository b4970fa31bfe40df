"""What Heard promises to do every day, each promise by the name of its job, and which of them could not be kept.

Keys die after 14 days, words go after 12 months: nobody sees it happen, so nobody would miss it. A promise whose last run came
to nothing is therefore told, to administrators on their first page and in the log of the service, until a run of it succeeds.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.audit import DAILY_LOOK
from survey.languages import N_, gettext
from survey.models import Job

PROMISES: Mapping[str, str] = {
    "declared_dates": N_("to ask for the reports whose day has come"),
    "forget_sheets": N_("to delete what was typed from paper, two weeks after the questions were closed"),
    "destroy_keys": N_("to destroy the keys of sessions, two weeks after they were closed"),
    "forget_receipts": N_("to delete the receipts of answers, two weeks after the questions were closed"),
    "forget_put_aside": N_("to delete answers that were put aside, two weeks after a programme was closed"),
    "forget_messages": N_("to delete old messages to staff"),
    "plant_notes": N_("to plant the notes by which readers prove their keys"),
    "delete_words": N_("to delete what young people wrote, 12 months after somebody decided on it"),
    DAILY_LOOK: N_("to follow the record of who did what"),
}
"""The jobs of every day, and what each is there for, as it is told when it fails."""


def in_words(kind: str) -> str:
    """What a daily job is there for, in the language of whoever reads it."""
    return gettext(PROMISES[kind])


def unkept(session: Session) -> list[str]:
    """The promises whose last run was given up."""
    ended = select(func.max(Job.id)).where(Job.kind.in_(PROMISES), Job.state.in_(("done", "failed"))).group_by(Job.kind)
    failed = session.scalars(select(Job.kind).where(Job.id.in_(ended), Job.state == "failed")).all()
    return [kind for kind in PROMISES if kind in failed]
