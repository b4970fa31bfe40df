"""What was released, frozen, with its charts; and the work that no page waits for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.models.base import Base, one_of
from survey.models.programmes import Programme


class Release(Base):
    """A frozen, dated snapshot of everything a commissioner (or one school) may see; never edited, only withdrawn."""

    __tablename__ = "releases"
    __table_args__ = (
        UniqueConstraint("programme_id", "number"),
        one_of("kind", ("interim", "final", "school", "published")),
        CheckConstraint("(kind = 'school') = (setting_id IS NOT NULL)", name="a_school_page_is_of_a_school"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    setting_id: Mapped[int | None] = mapped_column(ForeignKey("settings.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    made_on: Mapped[date]
    snapshot: Mapped[str]
    sha256: Mapped[str] = mapped_column(String(64))
    ledger: Mapped[str]
    withdrawn_because: Mapped[str | None] = mapped_column(String(300))

    programme: Mapped[Programme] = relationship()
    charts: Mapped[list[Chart]] = relationship(back_populates="release")


class ReleasedSitting(Base):
    """A sitting entered a programme's releases: once, and frozen from then on."""

    __tablename__ = "released_sittings"

    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings.id"), primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("releases.id"), index=True)


class Chart(Base):
    """A drawing of a release in one language, made once by the worker."""

    __tablename__ = "charts"

    release_id: Mapped[int] = mapped_column(ForeignKey("releases.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    language: Mapped[str] = mapped_column(String(12), primary_key=True)
    svg: Mapped[bytes]

    release: Mapped[Release] = relationship(back_populates="charts")


class Job(Base):
    """Work that no page waits for. `payload` names things by id; it never holds an answer."""

    __tablename__ = "jobs"
    __table_args__ = (one_of("state", ("waiting", "running", "done", "failed")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(10), default="waiting", index=True)
    run_after: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    fault: Mapped[str] = mapped_column(String(300), default="")
