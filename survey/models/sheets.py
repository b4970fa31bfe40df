"""Sheets of paper while they are typed in: sealed, and gone as soon as their answers are stored or their time is over.

A sheet has a place in its batch, because it is typed twice and compared; the answers that come of it have none. Nobody who
typed is named here, and no moment.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, false
from sqlalchemy.orm import Mapped, mapped_column

from survey.models.base import Base


class PaperBatch(Base):
    """A pile of sheets of one wave in one language. Its id is random and never used again: receipts lean on it."""

    __tablename__ = "paper_batches"
    __table_args__ = (
        CheckConstraint("length(id) = 32", name="id_is_whole"),
        CheckConstraint("number > 0 AND sheets > 0", name="counts_are_counts"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    ticket_id: Mapped[str] = mapped_column(ForeignKey("tickets.id"), index=True)
    number: Mapped[int]
    sheets: Mapped[int]
    is_settled: Mapped[bool] = mapped_column(default=False, server_default=false())


class PaperSheet(Base):
    """What was typed of one sheet in one turn (1 or 2; 0 once both were settled), sealed with the installation's key."""

    __tablename__ = "paper_sheets"
    __table_args__ = (CheckConstraint("turn IN (0, 1, 2)", name="turn_is_known"),)

    batch_id: Mapped[str] = mapped_column(ForeignKey("paper_batches.id"), primary_key=True)
    turn: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    typed: Mapped[bytes] = mapped_column(LargeBinary)
