"""What others count: observations from records, the figures released of them, and the changes agreed as worth having."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey.models.base import Base


class AgreedChange(Base):
    """The smallest change of an indicator that is worth having, in every 100, agreed before the programme opened."""

    __tablename__ = "agreed_changes"
    __table_args__ = (CheckConstraint("smallest BETWEEN 1 AND 50", name="smallest_is_a_change"),)

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), primary_key=True)
    indicator: Mapped[str] = mapped_column(String(60), primary_key=True)
    smallest: Mapped[int]
    agreed_with: Mapped[str] = mapped_column(String(200))
    agreed_on: Mapped[date]


class Observation(Base):
    """So many events (or people) that records hold of an indicator, at a place, in a period. No row is about one child.

    `exposure` is the time at risk in days for events, and 0 for a share, of which `people` is the base. What was released
    never changes.
    """

    __tablename__ = "observations"
    __table_args__ = (
        UniqueConstraint("programme_id", "indicator", "place", "first_day"),
        CheckConstraint("count >= 0 AND exposure >= 0 AND people > 0", name="counts_are_counts"),
        CheckConstraint("first_day <= last_day", name="a_period_runs_forward"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), index=True)
    indicator: Mapped[str] = mapped_column(String(60))
    place: Mapped[str] = mapped_column(String(100))
    first_day: Mapped[date]
    last_day: Mapped[date]
    count: Mapped[int]
    exposure: Mapped[int]
    people: Mapped[int]
    is_released: Mapped[bool] = mapped_column(default=False)


class RecordRelease(Base):
    """What was released of a programme's records at one time: released values as canonical JSON, never edited."""

    __tablename__ = "record_releases"

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), primary_key=True)
    made_on: Mapped[date] = mapped_column(primary_key=True)
    document: Mapped[str]
    sha256: Mapped[str] = mapped_column(String(64))
