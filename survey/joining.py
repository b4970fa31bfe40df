"""Where a visit stands: what the respondents' cookie says, and what is open at a code right now."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from survey import cookies
from survey.database import Database
from survey.languages import SOURCE, current
from survey.models import Entry, Opening, Sitting, Ticket
from survey.responses import Place

_VALUE = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{32})?\.[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Visit:
    """The respondents' cookie: a ticket, which is everybody's, and on a pupil's own device a token to pair by."""

    ticket: str = ""
    device: str = ""

    @classmethod
    def read(cls) -> Visit:
        """The visit that the browser says it is on; an empty one when it says nothing we know."""
        found = _VALUE.fullmatch(cookies.read(cookies.RESPONDENT))
        return cls(found[1], found[2] or "") if found else cls()

    def value(self) -> str:
        """The cookie's next value; it differs each time."""
        return f"{self.ticket}.{self.device}.{secrets.token_hex(4)}"


def join_with(database: Database, code: str, visit: Visit) -> Visit | None:
    """The visit that a code opens: None for an unknown code, an empty ticket while nothing is open there."""
    with database.reading() as session:
        found = session.execute(
            select(Entry.id, Sitting.devices).join(Sitting, Entry.sitting_id == Sitting.id).where(Entry.code == code)
        ).first()
        if found is None:
            return None
        tickets = session.scalars(
            select(Ticket)
            .join(Opening, Ticket.opening_id == Opening.id)
            .where(Opening.entry_id == found.id, Opening.closed_at.is_(None))
        ).all()
    by_language = {ticket.language: ticket.id for ticket in tickets}
    ticket = by_language.get(current(), by_language.get(SOURCE, ""))
    if found.devices != "own":
        return Visit(ticket)
    return Visit(ticket, visit.device or secrets.token_hex(16))


def state_of(database: Database, place: Place) -> tuple[bool, str]:
    """Whether the opening is closed, and which devices its sitting uses."""
    with database.reading() as session:
        closed_at, devices = session.execute(
            select(Opening.closed_at, Sitting.devices)
            .join(Entry, Opening.entry_id == Entry.id)
            .join(Sitting, Entry.sitting_id == Sitting.id)
            .where(Opening.id == place.opening_id)
        ).one()
    return closed_at is not None, devices


def tickets_by_language(database: Database, place: Place) -> Mapping[str, str]:
    """The languages in which this opening can be answered, and the ticket of each."""
    with database.reading() as session:
        tickets = session.scalars(
            select(Ticket).where(Ticket.opening_id == place.opening_id).order_by(Ticket.language)
        ).all()
    return {ticket.language: ticket.id for ticket in tickets}
