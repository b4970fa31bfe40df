"""What young people wrote, sealed to the people who may read it, and who those people are.

A remark stands in a table of its own, without any link to a row of codes: it carries programme, setting, wave and language,
and what became of it. Its words lie in one envelope a reader, each sealed to that reader's public key; the private keys are
locked with a passphrase and, a second time, with a recovery key that exists only on paper. Who reads where and when is a
duty. A planted note looks like a remark and proves once a month that its reader can still open what comes.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    and_,
    false,
    or_,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.models.base import Asked, Base, one_of
from survey.models.people import Account
from survey.models.programmes import Setting

DUTY_TASKS = ("reader", "deputy", "lead")
REMARK_STATES = ("new", "opened", "decided")
DECISIONS = ("no_concern", "handed_on")
CHOSEN_READERS = ("school", "outside")
IN_USE = "ended_at IS NULL"


class ReaderKey(Base):
    """A reader's pair of keys. The private one is here twice, locked: by the passphrase and by the recovery key on paper.

    While the reader works it also lies here locked by a random key that only the browser's cookie holds, for some minutes.
    `is_confirmed`: not while it has taken the place of another one and no colleague has said that its reader made it.
    """

    __tablename__ = "reader_keys"
    __table_args__ = (
        CheckConstraint("length(id) = 16", name="id_is_whole"),
        CheckConstraint("length(public_key) = 65", name="public_key_is_a_point"),
        Index(
            "one_key_in_use",
            "account_id",
            unique=True,
            sqlite_where=text(IN_USE),
            postgresql_where=text(IN_USE),
        ),
    )

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    by_passphrase: Mapped[bytes] = mapped_column(LargeBinary)
    by_recovery: Mapped[bytes] = mapped_column(LargeBinary)
    by_browser: Mapped[bytes | None] = mapped_column(LargeBinary)
    unlocked_until: Mapped[datetime | None]
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    proved_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    is_confirmed: Mapped[bool] = mapped_column(default=True, server_default=true())

    account: Mapped[Account] = relationship()


class Duty(Base):
    """Somebody reads for a programme, or for one school of it, on certain days of the week, at certain hours.

    `on_bank_holidays`: on those of these days that are bank holidays too. `away`: not on these, each as 2026-12-24."""

    __tablename__ = "duties"
    __table_args__ = (
        ForeignKeyConstraint(
            ["programme_id", "setting_id"], ["participations.programme_id", "participations.setting_id"]
        ),
        one_of("task", DUTY_TASKS),
        CheckConstraint("is_outside OR setting_id IS NOT NULL", name="who_is_inside_is_inside_one_setting"),
        CheckConstraint("starts < ends", name="hours_run_forward"),
        CheckConstraint("first_day <= last_day", name="days_run_forward"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), index=True)
    setting_id: Mapped[int | None]
    is_outside: Mapped[bool]
    task: Mapped[str] = mapped_column(String(10))
    weekdays: Mapped[str] = mapped_column(String(7))
    on_bank_holidays: Mapped[bool] = mapped_column(default=False, server_default=false())
    starts: Mapped[str] = mapped_column(String(5))
    ends: Mapped[str] = mapped_column(String(5))
    first_day: Mapped[date]
    last_day: Mapped[date]
    languages: Mapped[list[str]]
    away: Mapped[list[str]] = mapped_column(default=list, server_default="[]")

    account: Mapped[Account] = relationship()
    setting: Mapped[Setting | None] = relationship(primaryjoin="foreign(Duty.setting_id) == Setting.id", viewonly=True)

    @classmethod
    def runs_on(cls, day: Asked[date]) -> ColumnElement[bool]:
        """The duties that have begun by a day and are not over; who is away on it still has theirs."""
        return and_(cls.first_day <= day, cls.last_day >= day)

    @classmethod
    def in_force(cls, day: Asked[date], programme_id: Asked[int], setting_id: Asked[int]) -> ColumnElement[bool]:
        """The duties of a day at one place: for the whole programme, or for this setting of it."""
        here = or_(cls.setting_id.is_(None), cls.setting_id == setting_id)
        return and_(cls.programme_id == programme_id, here, cls.runs_on(day))


class Remark(Base):
    """What somebody wrote, and what became of it. Whose answers it came with is kept nowhere; its hour only while unread."""

    __tablename__ = "remarks"
    __table_args__ = (
        ForeignKeyConstraint(["programme_id", "mode"], ["programmes.id", "programmes.mode"]),
        ForeignKeyConstraint(
            ["programme_id", "setting_id"], ["participations.programme_id", "participations.setting_id"]
        ),
        CheckConstraint("(mode = 'linked') = (case_id IS NOT NULL)", name="only_linked_remarks_belong_to_a_case"),
        CheckConstraint("length(id) = 16", name="id_is_whole"),
        one_of("chosen", CHOSEN_READERS),
        one_of("state", REMARK_STATES),
        one_of("decision", DECISIONS),
        CheckConstraint("(state = 'new') = (opened_by IS NULL)", name="who_opened_is_known"),
        CheckConstraint("(state = 'decided') = (decision IS NOT NULL)", name="decided_says_what"),
        CheckConstraint(
            "(decision = 'handed_on') = (handed_to IS NOT NULL) OR decision IS NULL", name="handed_to_whom"
        ),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    programme_id: Mapped[int] = mapped_column(index=True)
    setting_id: Mapped[int]
    wave: Mapped[str] = mapped_column(String(30))
    language: Mapped[str] = mapped_column(String(12))
    mode: Mapped[str] = mapped_column(String(20))
    case_id: Mapped[int | None]
    chosen: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="new")
    due_at: Mapped[datetime | None]
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    decision: Mapped[str | None] = mapped_column(String(20))
    handed_to: Mapped[str | None] = mapped_column(String(200))
    handed_on: Mapped[date | None]
    reference: Mapped[str | None] = mapped_column(String(100))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))


class Envelope(Base):
    """A remark's words, sealed to one reader."""

    __tablename__ = "envelopes"
    __table_args__ = ({"sqlite_with_rowid": False},)

    remark_id: Mapped[bytes] = mapped_column(
        LargeBinary(16), ForeignKey("remarks.id", ondelete="CASCADE"), primary_key=True
    )
    key_id: Mapped[str] = mapped_column(String(16), ForeignKey("reader_keys.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class PlantedNote(Base):
    """A note that nobody wrote: it looks like a remark until it is opened, and proves that its reader's key works.

    `comes_at`: from then on it stands in the list; those of before this was kept stand there already."""

    __tablename__ = "planted_notes"
    __table_args__ = (
        CheckConstraint("length(id) = 16", name="id_is_whole"),
        UniqueConstraint("key_id", "planted_on"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    key_id: Mapped[str] = mapped_column(String(16), ForeignKey("reader_keys.id"), index=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    setting_id: Mapped[int] = mapped_column(ForeignKey("settings.id"))
    wave: Mapped[str] = mapped_column(String(30))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    planted_on: Mapped[date]
    language: Mapped[str] = mapped_column(String(12), default="en", server_default="en")
    comes_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
