"""A small tour to try things on: one school, one sitting, and waves that open and close."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from questionnaires.files import load_library
from questionnaires.instrument import Instrument
from survey.clock import now, today
from survey.database import Database
from survey.models import (
    Entry,
    Opening,
    Organisation,
    Participation,
    Programme,
    ProgrammeWave,
    Response,
    Setting,
    Sitting,
    Ticket,
)
from survey.pairing import new_code, new_pairing_key
from survey.publishing import publish
from survey.sealing import Keys


@dataclass
class Tour:
    """A programme with one sitting, and a way to open its waves."""

    database: Database
    instrument: Instrument
    programme_id: int
    setting_id: int
    organisation_id: int
    sitting_id: int
    entry_id: int
    code: str
    version_id: int
    tickets: dict[str, str] = field(default_factory=dict)

    def open(self, wave: str, language: str = "en") -> str:
        """Open a wave; returns its ticket."""
        ticket = secrets.token_hex(16)
        with self.database.writing() as session:
            opening = Opening(
                entry_id=self.entry_id,
                programme_id=self.programme_id,
                mode="private",
                wave=wave,
                instrument_version_id=self.version_id,
                opened_at=now(),
            )
            session.add(opening)
            session.flush()
            session.add(Ticket(id=ticket, opening_id=opening.id, language=language))
        self.tickets[wave] = ticket
        return ticket

    def close(self, wave: str) -> None:
        """Close a wave."""
        with self.database.writing() as session:
            opening = session.scalars(
                select(Opening).where(Opening.entry_id == self.entry_id, Opening.wave == wave)
            ).one()
            opening.closed_at = now()

    def responses(self, wave: str = "before") -> list[Response]:
        """The stored rows of a wave."""
        with self.database.reading() as session:
            return list(session.scalars(select(Response).where(Response.wave == wave)))

    def body(self, wave: str = "before", submission: str | None = None, **answers: str | list[str]) -> bytes:
        """The bytes that a browser would send."""
        envelope = {"ticket": self.tickets[wave], "submission": submission or secrets.token_hex(16)}
        return urlencode({**envelope, **answers}, doseq=True).encode()


@pytest.fixture
def tour(database: Database, keys: Keys) -> Tour:
    """A private, paired tour of the secondary questionnaire at one school, on shared devices."""
    instrument = load_library("staying_safe")
    with database.writing() as session:
        organisation = Organisation(name="North Council")
        session.add(organisation)
        session.flush()
        version = publish(session, instrument)
        programme = Programme(
            organisation_id=organisation.id,
            key="tour",
            name="The tour",
            status="open",
            pairing_key=new_pairing_key(keys),
        )
        setting = Setting(organisation_id=organisation.id, name="Northfield School", kind="secondary")
        session.add_all([programme, setting])
        session.flush()
        for position, wave in enumerate(("before", "after")):
            session.add(
                ProgrammeWave(programme_id=programme.id, wave=wave, position=position, instrument_version_id=version.id)
            )
        session.add(Participation(programme_id=programme.id, setting_id=setting.id, on_roll=180))
        session.flush()
        sitting = Sitting(
            programme_id=programme.id,
            setting_id=setting.id,
            mode="private",
            held_on=today(),
            year_groups="Year 8",
            present=30,
        )
        session.add(sitting)
        session.flush()
        entry = Entry(sitting_id=sitting.id, programme_id=programme.id, mode="private", code=new_code())
        session.add(entry)
        session.flush()
        return Tour(
            database,
            instrument,
            programme.id,
            setting.id,
            organisation.id,
            sitting.id,
            entry.id,
            entry.code,
            version.id,
        )
