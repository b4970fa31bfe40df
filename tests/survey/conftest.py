"""A small tour to try things on: one school, one sitting, and waves that open and close."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from questionnaires.files import load_library
from survey.clock import now
from survey.database import Database
from survey.models import Opening, Response
from survey.pairing import new_pairing_key
from survey.sealing import Keys
from tests.ground import OnGround, make_opening, make_programme, make_sitting


@dataclass
class Tour(OnGround):
    """A programme with one sitting, and a way to open its waves."""

    sitting_id: int
    entry_id: int
    code: str
    tickets: dict[str, str] = field(default_factory=dict)

    def open(self, wave: str, language: str = "en") -> str:
        """Open a wave; returns its ticket."""
        with self.database.writing() as session:
            _, (ticket,) = make_opening(session, self.ground, self.entry_id, wave, language)
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
        waves, pairing_key = ("before", "after"), new_pairing_key(keys)
        ground = make_programme(session, instrument, "tour", waves=waves, pairing_key=pairing_key)
        entry = make_sitting(session, ground)
        return Tour(database, instrument, ground, entry.sitting_id, entry.id, entry.code)
