"""Where everything stands still because somebody whose job is safeguarding stopped it, and who agreed to go on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.models.base import Base
from survey.models.people import Account
from survey.models.programmes import Programme, Setting

STILL = "ended_at IS NULL"


class Pause(Base):
    """A school, or a programme everywhere, stands still. Two different people end it: one asks, another agrees."""

    __tablename__ = "pauses"
    __table_args__ = (
        CheckConstraint("(programme_id IS NULL) <> (setting_id IS NULL)", name="a_programme_or_a_setting"),
        CheckConstraint("(asked_by IS NULL) = (asked_because IS NULL)", name="who_asks_says_why"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="who_ended_is_known"),
        CheckConstraint(
            "ended_by IS NULL OR (asked_by IS NOT NULL AND asked_by <> ended_by)", name="two_people_reopen"
        ),
        *(
            Index(
                f"one_pause_a_{name}",
                f"{name}_id",
                unique=True,
                sqlite_where=text(STILL),
                postgresql_where=text(STILL),
            )
            for name in ("programme", "setting")
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programmes.id"))
    setting_id: Mapped[int | None] = mapped_column(ForeignKey("settings.id"))
    reason: Mapped[str] = mapped_column(String(300))
    started_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    started_at: Mapped[datetime]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    asked_because: Mapped[str | None] = mapped_column(String(300))
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    ended_at: Mapped[datetime | None]

    programme: Mapped[Programme | None] = relationship()
    setting: Mapped[Setting | None] = relationship()
    starter: Mapped[Account] = relationship(foreign_keys=[started_by])
    asker: Mapped[Account | None] = relationship(foreign_keys=[asked_by])
