"""What is kept, and the privacy promises as constraints.

Three families of tables stand here. *Who may do what*: organisations, accounts, grants, sign-ins, audit. *What is
evaluated*: programmes, settings, sittings, entries, openings, and the questionnaires they pin. *What was answered*:
responses, receipts, declines, held bodies. The last family carries no time, no address and no order: a row's key is random,
its day belongs to its sitting, and receipts cannot be joined to rows. `mode` travels down from the programme by composite
foreign keys, so that a private programme cannot hold a row that belongs to a case.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    String,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from survey.clock import UTC

ROLES = ("facilitator", "worker", "safeguarding_reader", "analyst", "commissioner", "administrator")
MODES = ("private", "linked")
DESIGNS = ("after_only", "split", "paired", "waiting", "repeated")
TIMINGS = ("straight_after", "within_a_week", "weeks_later")
ORIGINS = ("collected", "simulated", "published")
DEVICES = ("own", "shared", "paper")
OUTCOMES = ("stored", "held", "declined")
NOT_HELD = "outcome <> 'held'"


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """A constraint that a column holds one of these words."""
    return CheckConstraint(f"{column} IN ({', '.join(repr(value) for value in values)})", name=f"{column}_is_known")


class Moment(TypeDecorator[datetime]):
    """A point in time in UTC, on both engines (SQLite forgets the zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone: use survey.clock.now().")
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class Base(DeclarativeBase):
    """Tables with constraint names that migrations can rely on."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Moment, dict[str, Any]: JSON, list[str]: JSON, bytes: LargeBinary, str: String}


class Organisation(Base):
    """A council, partnership, school trust, charity or tour company."""

    __tablename__ = "organisations"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)


class Account(Base):
    """A member of staff. What they may do is in grants, never here. Respondents have no account."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(300))
    is_active: Mapped[bool] = mapped_column(default=True)


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


class SignIn(Base):
    """A signed-in browser: the hash of its token, so that the table is of no use to a thief."""

    __tablename__ = "sign_ins"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class Budget(Base):
    """How many failed attempts of a kind were made in the current window (right codes are never counted)."""

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


class InstrumentVersion(Base):
    """A questionnaire as published: canonical JSON and its hash; a trigger refuses change."""

    __tablename__ = "instrument_versions"
    __table_args__ = (UniqueConstraint("key", "version"), CheckConstraint("length(sha256) = 64", name="hash_is_whole"))

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    document: Mapped[str]
    published_at: Mapped[datetime]


class Programme(Base):
    """What is evaluated. Mode, design, timing and estimator are fixed when it opens; its pairing key dies when it closes."""

    __tablename__ = "programmes"
    __table_args__ = (
        UniqueConstraint("id", "mode"),
        one_of("mode", MODES),
        one_of("design", DESIGNS),
        one_of("timing", TIMINGS),
        one_of("origin", ORIGINS),
        one_of("status", ("draft", "open", "closed")),
        CheckConstraint("status <> 'closed' OR pairing_key IS NULL", name="pairing_key_dies_at_closing"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    key: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    origin: Mapped[str] = mapped_column(String(20), default="collected")
    mode: Mapped[str] = mapped_column(String(20), default="private")
    design: Mapped[str] = mapped_column(String(20), default="paired")
    timing: Mapped[str] = mapped_column(String(20), default="straight_after")
    status: Mapped[str] = mapped_column(String(20), default="draft")
    release_dates: Mapped[list[str]] = mapped_column(default=list)
    breakdowns: Mapped[list[str]] = mapped_column(default=list)
    pairing_key: Mapped[bytes | None] = mapped_column(LargeBinary)

    organisation: Mapped[Organisation] = relationship()
    waves: Mapped[list[ProgrammeWave]] = relationship(order_by="ProgrammeWave.position", back_populates="programme")


class ProgrammeWave(Base):
    """A wave of a programme and the questionnaire version that it pins."""

    __tablename__ = "programme_waves"

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), primary_key=True)
    wave: Mapped[str] = mapped_column(String(30), primary_key=True)
    position: Mapped[int]
    instrument_version_id: Mapped[int] = mapped_column(ForeignKey("instrument_versions.id"))

    programme: Mapped[Programme] = relationship(back_populates="waves")
    instrument_version: Mapped[InstrumentVersion] = relationship()


class Setting(Base):
    """A school, service, youth club or place."""

    __tablename__ = "settings"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(40))


class Participation(Base):
    """A setting takes part in a programme: its arm, and how many children are on roll there for it."""

    __tablename__ = "participations"
    __table_args__ = (CheckConstraint("on_roll >= 0", name="on_roll_is_a_count"),)

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), primary_key=True)
    setting_id: Mapped[int] = mapped_column(ForeignKey("settings.id"), primary_key=True)
    arm: Mapped[str] = mapped_column(String(20), default="tour")
    on_roll: Mapped[int]

    setting: Mapped[Setting] = relationship()


class Sitting(Base):
    """One supervised occasion at a setting. It holds the day; answers do not."""

    __tablename__ = "sittings"
    __table_args__ = (
        ForeignKeyConstraint(["programme_id", "mode"], ["programmes.id", "programmes.mode"]),
        ForeignKeyConstraint(
            ["programme_id", "setting_id"], ["participations.programme_id", "participations.setting_id"]
        ),
        UniqueConstraint("id", "programme_id", "mode"),
        one_of("devices", DEVICES),
        CheckConstraint("present >= 0 AND absent >= 0 AND opted_out >= 0", name="counts_are_counts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int]
    setting_id: Mapped[int]
    mode: Mapped[str] = mapped_column(String(20))
    held_on: Mapped[date]
    year_groups: Mapped[str] = mapped_column(String(100))
    place: Mapped[str] = mapped_column(String(100), default="")
    present: Mapped[int]
    absent: Mapped[int] = mapped_column(default=0)
    opted_out: Mapped[int] = mapped_column(default=0)
    devices: Mapped[str] = mapped_column(String(20), default="shared")
    play_started_at: Mapped[datetime | None]

    programme: Mapped[Programme] = relationship(
        primaryjoin="foreign(Sitting.programme_id) == Programme.id", viewonly=True
    )
    setting: Mapped[Setting] = relationship(primaryjoin="foreign(Sitting.setting_id) == Setting.id", viewonly=True)
    entries: Mapped[list[Entry]] = relationship(back_populates="sitting", order_by="Entry.id")


class Entry(Base):
    """A way into a sitting: its code, for one kind of respondent."""

    __tablename__ = "entries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["sitting_id", "programme_id", "mode"], ["sittings.id", "sittings.programme_id", "sittings.mode"]
        ),
        UniqueConstraint("id", "programme_id", "mode"),
        CheckConstraint("length(code) = 8", name="code_has_8_signs"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sitting_id: Mapped[int] = mapped_column(index=True)
    programme_id: Mapped[int]
    mode: Mapped[str] = mapped_column(String(20))
    code: Mapped[str] = mapped_column(String(8), unique=True)
    respondent: Mapped[str] = mapped_column(String(30), default="young_person")

    sitting: Mapped[Sitting] = relationship(back_populates="entries")
    openings: Mapped[list[Opening]] = relationship(back_populates="entry", order_by="Opening.opened_at")


class Opening(Base):
    """A wave of questions open at an entry, from one moment to another; it pins the questionnaire version."""

    __tablename__ = "openings"
    __table_args__ = (
        ForeignKeyConstraint(
            ["entry_id", "programme_id", "mode"], ["entries.id", "entries.programme_id", "entries.mode"]
        ),
        UniqueConstraint("entry_id", "wave"),
        UniqueConstraint("id", "programme_id", "wave", "mode"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int]
    programme_id: Mapped[int]
    mode: Mapped[str] = mapped_column(String(20))
    wave: Mapped[str] = mapped_column(String(30))
    instrument_version_id: Mapped[int] = mapped_column(ForeignKey("instrument_versions.id"))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    entry: Mapped[Entry] = relationship(back_populates="openings")
    instrument_version: Mapped[InstrumentVersion] = relationship()
    tickets: Mapped[list[Ticket]] = relationship(back_populates="opening")


class Ticket(Base):
    """The same for everybody who answers an opening in a language; it proves nothing but that."""

    __tablename__ = "tickets"
    __table_args__ = (
        UniqueConstraint("opening_id", "language"),
        CheckConstraint("length(id) = 32", name="id_is_whole"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    opening_id: Mapped[int] = mapped_column(ForeignKey("openings.id"))
    language: Mapped[str] = mapped_column(String(12))

    opening: Mapped[Opening] = relationship(back_populates="tickets")


class Response(Base):
    """One respondent's answers in one wave: a row of codes under a random key. No time, no place, no order."""

    __tablename__ = "responses"
    __table_args__ = (
        ForeignKeyConstraint(
            ["opening_id", "programme_id", "wave", "mode"],
            ["openings.id", "openings.programme_id", "openings.wave", "openings.mode"],
        ),
        UniqueConstraint("programme_id", "wave", "pair_key"),
        CheckConstraint("(mode = 'linked') = (case_id IS NOT NULL)", name="only_linked_rows_belong_to_a_case"),
        CheckConstraint("length(id) = 16", name="id_is_whole"),
        CheckConstraint("pair_key IS NULL OR length(pair_key) = 16", name="pair_key_is_a_hash"),
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
