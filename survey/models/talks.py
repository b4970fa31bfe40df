"""Who would like somebody to talk with them: one sealed slip for each child who came to the last page, wanted or not.

A slip names the school and the day of its session and nothing else; neither ticket nor submission leads to it. All are of one
size, "No thanks" as well, and only a reader can tell which is which; those that ask for nothing and hold no word go when they
are sorted.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, LargeBinary, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.models.base import Base, one_of
from survey.models.people import Account
from survey.models.programmes import Programme, Setting

TALK_STATES = ("sealed", "new", "opened", "seen_to")


class TalkSlip(Base):
    """One slip: sealed until a reader sorts it, then new, opened by somebody, seen to by somebody on a day."""

    __tablename__ = "talk_slips"
    __table_args__ = (
        ForeignKeyConstraint(
            ["programme_id", "setting_id"], ["participations.programme_id", "participations.setting_id"]
        ),
        CheckConstraint("length(id) = 16", name="id_is_whole"),
        one_of("state", TALK_STATES),
        CheckConstraint("(state IN ('sealed', 'new')) = (opened_by IS NULL)", name="who_opened_is_known"),
        CheckConstraint("(state = 'seen_to') = (seen_by IS NOT NULL)", name="who_saw_to_it_is_known"),
        CheckConstraint("(seen_by IS NULL) = (seen_on IS NULL)", name="when_it_was_seen_to_is_known"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    programme_id: Mapped[int] = mapped_column(index=True)
    setting_id: Mapped[int]
    held_on: Mapped[date]
    language: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(10), default="sealed")
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    seen_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    seen_on: Mapped[date | None]
    done: Mapped[str | None] = mapped_column(String(300))

    programme: Mapped[Programme] = relationship(
        primaryjoin="foreign(TalkSlip.programme_id) == Programme.id", viewonly=True
    )
    setting: Mapped[Setting] = relationship(primaryjoin="foreign(TalkSlip.setting_id) == Setting.id", viewonly=True)
    opener: Mapped[Account | None] = relationship(foreign_keys=[opened_by])
    seer: Mapped[Account | None] = relationship(foreign_keys=[seen_by])


class TalkEnvelope(Base):
    """A slip as it is sealed to one reader; who may not read it got one that says "No thanks".

    `is_sorted`: this reader has looked, and it says something to them."""

    __tablename__ = "talk_envelopes"
    __table_args__ = ({"sqlite_with_rowid": False},)

    slip_id: Mapped[bytes] = mapped_column(
        LargeBinary(16), ForeignKey("talk_slips.id", ondelete="CASCADE"), primary_key=True
    )
    key_id: Mapped[str] = mapped_column(String(16), ForeignKey("reader_keys.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    is_sorted: Mapped[bool] = mapped_column(default=False, server_default=false())
