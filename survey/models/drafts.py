"""Questionnaires while they are written, and who published what an organisation made itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.models.base import Base, one_of
from survey.models.people import Account, Organisation
from survey.models.programmes import InstrumentVersion

DRAFT_STATES = ("brought_in", "draft", "proposed")


class Draft(Base):
    """A questionnaire that is being written, as the tree of its file: it may be full of faults.

    `revision` counts the saves; `base` is the canonical JSON of what it was made from; `findings` say what could not be
    kept of another tool's file. It belongs to the organisation and goes when it is published.
    """

    __tablename__ = "drafts"
    __table_args__ = (
        one_of("state", DRAFT_STATES),
        CheckConstraint("(state = 'proposed') = (proposed_by IS NOT NULL)", name="a_proposal_is_somebodys"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    changed_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(20), default="draft")
    revision: Mapped[int] = mapped_column(default=1)
    document: Mapped[dict[str, Any]]
    base: Mapped[str | None]
    findings: Mapped[list[str]] = mapped_column(default=list)

    organisation: Mapped[Organisation] = relationship()
    changer: Mapped[Account] = relationship(foreign_keys=[changed_by])

    @property
    def title(self) -> str:
        """Its title, as far as it has one."""
        held = self.document["source"].get("title")
        return held if isinstance(held, str) else ""


class Publication(Base):
    """An organisation published this version: one person proposed it, another agreed. A version without one (from the
    library, or published by whoever runs the installation) is open to every organisation."""

    __tablename__ = "publications"
    __table_args__ = (CheckConstraint("proposed_by <> agreed_by", name="two_people"),)

    instrument_version_id: Mapped[int] = mapped_column(ForeignKey("instrument_versions.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    proposed_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    agreed_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))

    instrument_version: Mapped[InstrumentVersion] = relationship()
