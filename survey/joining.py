"""Where a visit stands: what the respondents' cookie says, and what is open at a code right now."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

from sqlalchemy import Table, and_, bindparam, select

from survey import cookies
from survey.database import Database
from survey.languages import SOURCE, current
from survey.models import Entry, Opening, Sitting, Ticket
from survey.responses import Place

_ENTRIES, _SITTINGS = cast(Table, Entry.__table__), cast(Table, Sitting.__table__)
_OPENINGS, _TICKETS = cast(Table, Opening.__table__), cast(Table, Ticket.__table__)
_OPEN_HERE = (
    select(_SITTINGS.c.devices, _SITTINGS.c.mode, _TICKETS.c.language, _TICKETS.c.id)
    .select_from(_ENTRIES)
    .join(_SITTINGS, _ENTRIES.c.sitting_id == _SITTINGS.c.id)
    .outerjoin(_OPENINGS, and_(_OPENINGS.c.entry_id == _ENTRIES.c.id, _OPENINGS.c.closed_at.is_(None)))
    .outerjoin(_TICKETS, _TICKETS.c.opening_id == _OPENINGS.c.id)
    .where(_ENTRIES.c.code == bindparam("code"))
)
_IS_OPEN = (
    select(_TICKETS.c.id)
    .join(_OPENINGS, _TICKETS.c.opening_id == _OPENINGS.c.id)
    .where(_TICKETS.c.id == bindparam("ticket"), _OPENINGS.c.closed_at.is_(None))
)
_THIS = _OPENINGS.alias()
_OPEN_THERE = (
    select(_TICKETS.c.language, _TICKETS.c.id)
    .join(_OPENINGS, _TICKETS.c.opening_id == _OPENINGS.c.id)
    .join(_THIS, _THIS.c.entry_id == _OPENINGS.c.entry_id)
    .where(_THIS.c.id == bindparam("opening_id"), _OPENINGS.c.closed_at.is_(None))
)
_VALUE = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{32})?(?:\.([0-9a-f]{32}))?\.[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Visit:
    """The respondents' cookie: a ticket, which is everybody's, and on a pupil's own device a token to pair by.

    `start`: where a device goes from hand to hand, the ticket with which everybody there begins, while somebody answers
    in another language.
    """

    ticket: str = ""
    device: str = ""
    start: str = ""

    @classmethod
    def read(cls) -> Visit:
        """The visit that the browser says it is on; an empty one when it says nothing we know."""
        found = _VALUE.fullmatch(cookies.read(cookies.RESPONDENT))
        return cls(found[1], found[2] or "", found[3] or "") if found else cls()

    def value(self) -> str:
        """The cookie's next value; it differs each time."""
        start = f".{self.start}" if self.start else ""
        return f"{self.ticket}.{self.device}{start}.{secrets.token_hex(4)}"

    def begun_again(self) -> Visit:
        """The visit of the next person on this device."""
        return replace(self, ticket=self.start or self.ticket, start="")

    def turned_to(self, ticket: str) -> Visit:
        """The visit of one person in another language, from which the next one comes back."""
        start = self.start or self.ticket
        return replace(self, ticket=ticket, start="" if ticket == start else start)


def join_with(database: Database, code: str, visit: Visit) -> Visit | None:
    """The visit that a code opens: None for an unknown code, an empty ticket while nothing is open there."""
    with database.reader.connect() as connection:
        found = connection.execute(_OPEN_HERE, {"code": code}).all()
    if not found:
        return None
    by_language = {row.language: row.id for row in found if row.id is not None}
    ticket = by_language.get(current(), by_language.get(SOURCE, ""))
    if found[0].devices != "own" or found[0].mode == "linked":  # a case needs nothing to pair by
        return Visit(ticket)
    return Visit(ticket, visit.device or secrets.token_hex(16))


def is_closed(database: Database, ticket: str) -> bool:
    """Whether a ticket opens no questions now: its opening has been closed, or another took its place."""
    with database.reader.connect() as connection:
        return connection.scalar(_IS_OPEN, {"ticket": ticket}) is None


def next_ticket(database: Database, place: Place) -> str:
    """The ticket of what is open now where this opening was; empty where nothing is, or the device is not shared.

    A shared device's code is typed once, by an adult: it holds for the whole sitting.
    """
    if place.devices != "shared" or place.mode != "private":
        return ""
    with database.reader.connect() as connection:
        found = connection.execute(_OPEN_THERE, {"opening_id": place.opening_id}).all()
    by_language = {row.language: row.id for row in found}
    return str(by_language.get(place.language, by_language.get(SOURCE, "")))


def tickets_by_language(database: Database, place: Place) -> Mapping[str, str]:
    """The languages in which this opening can be answered, and the ticket of each."""
    with database.reading() as session:
        tickets = session.scalars(
            select(Ticket).where(Ticket.opening_id == place.opening_id).order_by(Ticket.language)
        ).all()
    return {ticket.language: ticket.id for ticket in tickets}
