"""What was answered: rows of codes, receipts, declines, bodies kept aside; and how often the questions were opened.

None of it carries a time, an address or an order: a row's key is random, its day belongs to its sitting, and a receipt
cannot be joined to a row. A private programme cannot hold a row that belongs to a case.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from survey.models.base import Base, one_of

OUTCOMES = ("stored", "held", "declined")
NOT_HELD = "outcome <> 'held'"
OF_A_CASE = "case_id IS NOT NULL"


class Response(Base):
    """One respondent's answers in one wave: a row of codes under a random key. No time, no place, no order."""

    __tablename__ = "responses"
    __table_args__ = (
        ForeignKeyConstraint(
            ["opening_id", "programme_id", "wave", "mode"],
            ["openings.id", "openings.programme_id", "openings.wave", "openings.mode"],
        ),
        ForeignKeyConstraint(["case_id", "programme_id"], ["cases.id", "cases.programme_id"]),
        UniqueConstraint("programme_id", "wave", "pair_key"),
        CheckConstraint("(mode = 'linked') = (case_id IS NOT NULL)", name="only_linked_rows_belong_to_a_case"),
        CheckConstraint("length(id) = 16", name="id_is_whole"),
        CheckConstraint("pair_key IS NULL OR length(pair_key) = 16", name="pair_key_is_a_hash"),
        Index("ix_responses_case_id", "case_id", sqlite_where=text(OF_A_CASE), postgresql_where=text(OF_A_CASE)),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    opening_id: Mapped[int] = mapped_column(index=True)
    programme_id: Mapped[int]
    wave: Mapped[str] = mapped_column(String(30))
    mode: Mapped[str] = mapped_column(String(20))
    codes: Mapped[bytes]
    pair_key: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    case_id: Mapped[int | None]
    is_second: Mapped[bool] = mapped_column(default=False)
    is_late: Mapped[bool] = mapped_column(default=False)


class Decline(Base):
    """Somebody chose "No thanks": counted, nothing else."""

    __tablename__ = "declines"
    __table_args__ = (CheckConstraint("length(id) = 16", name="id_is_whole"), {"sqlite_with_rowid": False})

    id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    opening_id: Mapped[int] = mapped_column(ForeignKey("openings.id"), index=True)


class Receipt(Base):
    """That a submission was taken, so that sending it again stores nothing twice. It cannot be joined to a row."""

    __tablename__ = "receipts"
    __table_args__ = (
        one_of("outcome", OUTCOMES),
        CheckConstraint("length(id_mac) = 32 AND length(body_mac) = 32", name="macs_are_whole"),
        # Two different bodies under one id can race: only one of them may be the stored one.
        Index(
            "one_row_a_submission", "id_mac", unique=True, sqlite_where=text(NOT_HELD), postgresql_where=text(NOT_HELD)
        ),
        {"sqlite_with_rowid": False},
    )

    id_mac: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    body_mac: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    opening_id: Mapped[int] = mapped_column(ForeignKey("openings.id"), index=True)
    outcome: Mapped[str] = mapped_column(String(10))


class Held(Base):
    """A body kept for a person to look at and counted nowhere; sealed with the installation's key."""

    __tablename__ = "held"
    __table_args__ = (CheckConstraint("length(id) = 16", name="id_is_whole"), {"sqlite_with_rowid": False})

    id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    opening_id: Mapped[int] = mapped_column(ForeignKey("openings.id"), index=True)
    body: Mapped[bytes]


class OpenedCount(Base):
    """How often the questions of an opening were given out: a number, and nothing that leads to anybody."""

    __tablename__ = "opened_counts"

    opening_id: Mapped[int] = mapped_column(ForeignKey("openings.id"), primary_key=True)
    opened: Mapped[int]
