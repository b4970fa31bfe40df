"""Ways in and what they open, for sessions and for cases alike: a code, and a wave of questions behind it.

Opening a wave pins the programme's questionnaire version and makes one ticket for each language that may be opened to
children.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from survey import languages
from survey.clock import now
from survey.models import Entry, InstrumentVersion, Opening, Programme, ReplacedTicket, Sitting, Ticket
from survey.pairing import new_code
from survey.publishing import instrument_of


def free_code(session: Session) -> str:
    """A code that no way in has."""
    code = new_code()
    while session.scalar(select(Entry.id).where(Entry.code == code)) is not None:
        code = new_code()
    return code


def add_entry(session: Session, sitting: Sitting) -> Entry:
    """A way in for those whom the programme's questionnaire asks, under a code that no other sitting has."""
    asked = instrument_of(session.get_one(Programme, sitting.programme_id).waves[0].instrument_version)
    entry = Entry(
        sitting_id=sitting.id,
        programme_id=sitting.programme_id,
        mode=sitting.mode,
        code=free_code(session),
        respondent=asked.respondent,
    )
    session.add(entry)
    session.flush()
    return entry


def open_wave(session: Session, entry: Entry, wave: str) -> Opening:
    """Open a wave at a way in for the first time."""
    programme = session.get_one(Programme, entry.programme_id)
    version = next(one.instrument_version for one in programme.waves if one.wave == wave)
    opening = Opening(
        entry_id=entry.id,
        programme_id=entry.programme_id,
        mode=entry.mode,
        wave=wave,
        instrument_version_id=version.id,
        opened_at=now(),
    )
    session.add(opening)
    session.flush()
    _add_tickets(session, opening, version)
    return opening


def renew_tickets(session: Session, opening: Opening) -> None:
    """Give an opening new tickets: who still has an old one came by another code.

    An old one opens nothing any more; the answers of somebody who began under it, and perhaps wait on their device for a
    network, are taken all the same.
    """
    old = select(Ticket.id, Ticket.opening_id, Ticket.language).where(Ticket.opening_id == opening.id)
    session.execute(insert(ReplacedTicket).from_select(["id", "opening_id", "language"], old))
    session.execute(delete(Ticket).where(Ticket.opening_id == opening.id))
    _add_tickets(session, opening, opening.instrument_version)


def _add_tickets(session: Session, opening: Opening, version: InstrumentVersion) -> None:
    session.add_all(
        Ticket(id=secrets.token_hex(16), opening_id=opening.id, language=code) for code in open_languages(version)
    )


def open_languages(version: InstrumentVersion) -> Iterator[str]:
    """The languages whose questions and whose interface were both confirmed by somebody who speaks them (CARE A5)."""
    for language in instrument_of(version).languages:
        if language.checked is not None and languages.is_open_to_children(language.code):
            yield language.code
