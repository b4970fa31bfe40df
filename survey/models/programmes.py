"""What is evaluated: published questionnaires, programmes and their waves, settings, sittings, entries, openings, tickets.

A programme's `mode` travels down to its openings by composite foreign keys, and from there to every answer.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, LargeBinary, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.models.base import Base, one_of
from survey.models.people import Organisation

MODES = ("private", "linked")
DESIGNS = ("after_only", "split", "paired", "waiting", "repeated")
TIMINGS = ("straight_after", "within_a_week", "weeks_later")
ORIGINS = ("collected", "simulated", "published")
BETWEEN_RELEASES = timedelta(days=28)
"""Figures of a programme, and counts from records, are released at most monthly (CARE E6)."""
SMALL_SITTING = 10
"""Below this the answers of a sitting are counted together with its school's nearest one (CARE A2)."""
DEVICES = ("own", "shared", "paper")


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
    estimator: Mapped[str | None] = mapped_column(String(60))
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
    """A setting takes part in a programme: its arm, how many children are on roll there for it, and whether chance drew it."""

    __tablename__ = "participations"
    __table_args__ = (CheckConstraint("on_roll >= 0", name="on_roll_is_a_count"),)

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), primary_key=True)
    setting_id: Mapped[int] = mapped_column(ForeignKey("settings.id"), primary_key=True)
    arm: Mapped[str] = mapped_column(String(20), default="tour")
    on_roll: Mapped[int]
    in_sample: Mapped[bool] = mapped_column(default=True, server_default=true())

    setting: Mapped[Setting] = relationship()


class Sitting(Base):
    """One supervised occasion at a setting. It holds the day; answers do not. `only_wave` was drawn for it by chance.

    `safe_person`: who keeps children safe there that day and where to find them, in the words that children read."""

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
    only_wave: Mapped[str | None] = mapped_column(String(30))
    safe_person: Mapped[str] = mapped_column(String(200), default="", server_default="")

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


class ReplacedTicket(Base):
    """A ticket of which another took the place: it opens no questions any more, and answers given under it still arrive."""

    __tablename__ = "replaced_tickets"
    __table_args__ = (CheckConstraint("length(id) = 32", name="id_is_whole"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    opening_id: Mapped[int] = mapped_column(ForeignKey("openings.id"), index=True)
    language: Mapped[str] = mapped_column(String(12))
