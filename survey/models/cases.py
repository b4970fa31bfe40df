"""Linked mode: a young person's way through a service as a case that a worker holds, and the alerts that answers raised.

A case has no name, only a reference that the worker knows it by. It stands on a sitting of its own, so that its answers
arrive by the same way as everybody's; a response of linked mode belongs to exactly one case of its programme, by foreign key.
An alert is written in the transaction of its answer and goes from new to opened to decided, never back.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.models.base import Base, one_of
from survey.models.people import Account
from survey.models.programmes import Opening, Programme, Setting, Sitting
from survey.models.words import DECISIONS

ALERT_STATES = ("new", "opened", "decided")


class Case(Base):
    """One young person's time with a service: who works with them, who stands in, and since when."""

    __tablename__ = "cases"
    __table_args__ = (
        ForeignKeyConstraint(
            ["sitting_id", "programme_id", "mode"], ["sittings.id", "sittings.programme_id", "sittings.mode"]
        ),
        UniqueConstraint("id", "programme_id"),
        UniqueConstraint("sitting_id"),
        UniqueConstraint("programme_id", "reference"),
        CheckConstraint("mode = 'linked'", name="cases_are_linked"),
        CheckConstraint("worker_id <> deputy_id", name="a_deputy_is_somebody_else"),
        CheckConstraint("withdrawn_at IS NULL OR closed_at IS NOT NULL", name="what_is_withdrawn_is_closed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int]
    mode: Mapped[str] = mapped_column(String(20), default="linked")
    sitting_id: Mapped[int]
    reference: Mapped[str] = mapped_column(String(20))
    worker_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    deputy_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    worker: Mapped[Account] = relationship(foreign_keys=[worker_id])
    deputy: Mapped[Account] = relationship(foreign_keys=[deputy_id])
    sitting: Mapped[Sitting] = relationship(primaryjoin="foreign(Case.sitting_id) == Sitting.id", viewonly=True)
    programme: Mapped[Programme] = relationship(primaryjoin="foreign(Case.programme_id) == Programme.id", viewonly=True)

    @property
    def setting(self) -> Setting:
        """Where the support is given."""
        return self.sitting.setting


class Alert(Base):
    """An answer that somebody must look at now. One for each option that was chosen in a submission, however often it comes.

    `mark` is a keyed hash of the submission, so that the whole form later does not raise again what was sent at once.
    `lead_at`: from then on it is for whoever leads safeguarding too.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        UniqueConstraint("opening_id", "mark", "item_key", "option_code"),
        CheckConstraint("length(mark) = 16", name="mark_is_whole"),
        one_of("state", ALERT_STATES),
        one_of("decision", DECISIONS),
        CheckConstraint("(state = 'new') = (opened_by IS NULL)", name="who_opened_is_known"),
        CheckConstraint("(opened_by IS NULL) = (opened_at IS NULL)", name="when_it_was_opened_is_known"),
        CheckConstraint("(state = 'decided') = (decision IS NOT NULL)", name="decided_says_what"),
        CheckConstraint("(decided_by IS NULL) = (decision IS NULL)", name="who_decided_is_known"),
        CheckConstraint(
            "(decision = 'handed_on') = (handed_to IS NOT NULL) OR decision IS NULL", name="handed_to_whom"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    opening_id: Mapped[int] = mapped_column(ForeignKey("openings.id"))
    mark: Mapped[bytes] = mapped_column(LargeBinary(16))
    item_key: Mapped[str] = mapped_column(String(60))
    option_code: Mapped[int]
    raised_at: Mapped[datetime]
    lead_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="new")
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    opened_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None]
    decision: Mapped[str | None] = mapped_column(String(20))
    handed_to: Mapped[str | None] = mapped_column(String(200))
    handed_on: Mapped[date | None]
    reference: Mapped[str | None] = mapped_column(String(100))

    case: Mapped[Case] = relationship()
    opening: Mapped[Opening] = relationship()
