"""Who may do what: organisations and their notices, accounts, grants, sign-ins, budgets for failures, the record of acts."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, LargeBinary, Select, String, and_, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from survey.models.base import Asked, Base, one_of

if TYPE_CHECKING:
    from survey.models.programmes import Programme

SAFEGUARDING_READER = "safeguarding_reader"
"""Reads what young people write, and leads safeguarding where alerts are raised: no other role opens a word of theirs."""
ROLES = ("facilitator", "worker", SAFEGUARDING_READER, "analyst", "commissioner", "administrator")
BASES = ("public_task", "legitimate_interests", "recognised_legitimate_interests")


class Organisation(Base):
    """A council, partnership, school trust, charity or tour company."""

    __tablename__ = "organisations"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)


class Account(Base):
    """A member of staff, last seen signed in. What they may do is in grants, never here. Respondents have no account."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(300))
    is_active: Mapped[bool] = mapped_column(default=True)
    seen_at: Mapped[datetime | None]


class Grant(Base):
    """One account may act in one role for one organisation or one programme, for a time and a reason."""

    __tablename__ = "grants"
    __table_args__ = (
        one_of("role", ROLES),
        CheckConstraint("(organisation_id IS NULL) <> (programme_id IS NULL)", name="organisation_or_programme"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    role: Mapped[str] = mapped_column(String(30))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programmes.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(300))

    @classmethod
    def in_force(cls, moment: Asked[datetime]) -> ColumnElement[bool]:
        """The grants that hold at a moment: begun, and not ended."""
        return and_(cls.starts_at <= moment, or_(cls.ends_at.is_(None), cls.ends_at > moment))

    @classmethod
    def held(cls, role: str, programme: Programme, moment: datetime) -> Select[int]:
        """The active accounts that hold a role for a programme at a moment, by it or by its organisation."""
        return cls.held_within(role, programme.id, programme.organisation_id, moment)

    @classmethod
    def held_within(
        cls, role: str, programme_id: Asked[int], organisation_id: Asked[int], moment: Asked[datetime]
    ) -> Select[int]:
        """The same for a programme of an organisation, for statements that are made once too."""
        return (
            select(cls.account_id)
            .join(Account, cls.account_id == Account.id)
            .where(
                Account.is_active,
                cls.role == role,
                or_(cls.programme_id == programme_id, cls.organisation_id == organisation_id),
                cls.in_force(moment),
            )
        )


class SignIn(Base):
    """A signed-in browser: the hash of its token, so that the table is of no use to a thief."""

    __tablename__ = "sign_ins"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class Budget(Base):
    """How much of a kind came in the current window: failed tries (right codes are never counted), or words from one page."""

    __tablename__ = "budgets"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    window_start: Mapped[datetime]
    spent: Mapped[int]


class AuditEntry(Base):
    """One act of staff or of the service, chained to the one before; a trigger refuses change and deletion."""

    __tablename__ = "audit"

    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(300), default="")
    mac: Mapped[bytes] = mapped_column(LargeBinary(32))


class Notice(Base):
    """What an organisation must tell those whose answers it keeps: who it is, why it may, for how long, who hears complaints."""

    __tablename__ = "notices"
    __table_args__ = (one_of("basis", BASES),)

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    controller: Mapped[str] = mapped_column(String(300))
    contact: Mapped[str] = mapped_column(String(300))
    officer: Mapped[str] = mapped_column(String(300))
    basis: Mapped[str] = mapped_column(String(30))
    kept_for: Mapped[str] = mapped_column(String(300))
    complaints: Mapped[str] = mapped_column(String(600))
    language: Mapped[str] = mapped_column(String(12), default="en")
    accessibility: Mapped[str] = mapped_column(String(600), default="")


class NoticeTranslation(Base):
    """The same notice in another language, in the organisation's own words; the lawful basis is that of the notice."""

    __tablename__ = "notice_translations"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("notices.organisation_id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(12), primary_key=True)
    controller: Mapped[str] = mapped_column(String(300))
    contact: Mapped[str] = mapped_column(String(300))
    officer: Mapped[str] = mapped_column(String(300))
    kept_for: Mapped[str] = mapped_column(String(300))
    complaints: Mapped[str] = mapped_column(String(600))
    accessibility: Mapped[str] = mapped_column(String(600), default="")


class HelplineCheck(Base):
    """On which day an organisation last checked a helpline against the service itself, who did, and who answers for the row."""

    __tablename__ = "helpline_checks"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    checked_on: Mapped[date]
    checked_by: Mapped[str] = mapped_column(String(200))
    owner: Mapped[str] = mapped_column(String(200))
