"""The ground that tests stand on: a programme with a place that takes part, a sitting there, and a wave that is open.

Each kind of test says only what differs from a secondary school with a private programme. Rows are made past the pages, so
that a test of one page does not need all the others.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.orm import Session

from questionnaires.instrument import Instrument
from survey.clock import now, today
from survey.database import Database
from survey.models import (
    Account,
    Entry,
    Grant,
    Opening,
    Organisation,
    Participation,
    Programme,
    ProgrammeWave,
    Setting,
    Sitting,
    Ticket,
)
from survey.openings import add_entry
from survey.publishing import publish


class Ground(NamedTuple):
    """A programme, by the numbers of its rows."""

    organisation_id: int
    programme_id: int
    setting_id: int
    version_id: int
    mode: str


@dataclass
class OnGround:
    """What stands on a programme: its store, its questionnaire and where its rows are."""

    database: Database
    instrument: Instrument
    ground: Ground

    @property
    def organisation_id(self) -> int:
        return self.ground.organisation_id

    @property
    def programme_id(self) -> int:
        return self.ground.programme_id

    @property
    def setting_id(self) -> int:
        return self.ground.setting_id


def make_programme(
    session: Session,
    instrument: Instrument,
    key: str,
    *,
    organisation: str = "North Council",
    setting: tuple[str, str] = ("Northfield School", "secondary"),
    on_roll: int = 180,
    waves: Sequence[str] = (),
    **fields: object,
) -> Ground:
    """An open programme with a questionnaire in all its waves or in some, and one place that takes part: its name and kind."""
    council = Organisation(name=organisation)
    session.add(council)
    session.flush()
    version = publish(session, instrument)
    given = {"name": f"The {key}", "status": "open", "mode": "private", **fields}
    programme = Programme(organisation_id=council.id, key=key, **given)
    place = Setting(organisation_id=council.id, name=setting[0], kind=setting[1])
    session.add_all([programme, place])
    session.flush()
    for position, wave in enumerate(waves or instrument.waves):
        session.add(
            ProgrammeWave(programme_id=programme.id, wave=wave, position=position, instrument_version_id=version.id)
        )
    session.add(Participation(programme_id=programme.id, setting_id=place.id, on_roll=on_roll))
    session.flush()
    return Ground(council.id, programme.id, place.id, version.id, programme.mode)


def make_sitting(session: Session, ground: Ground, **fields: object) -> Entry:
    """A sitting of today, with its way in."""
    given = {"held_on": today(), "year_groups": "Year 8", "present": 30, **fields}
    sitting = Sitting(programme_id=ground.programme_id, setting_id=ground.setting_id, mode=ground.mode, **given)
    session.add(sitting)
    session.flush()
    return add_entry(session, sitting)


def make_opening(session: Session, ground: Ground, entry_id: int, wave: str, *languages: str) -> tuple[int, list[str]]:
    """A wave that is open in these languages, whoever has checked them: the opening, and the ticket of each."""
    opening = Opening(
        entry_id=entry_id,
        programme_id=ground.programme_id,
        mode=ground.mode,
        wave=wave,
        instrument_version_id=ground.version_id,
        opened_at=now(),
    )
    session.add(opening)
    session.flush()
    tickets = [Ticket(id=secrets.token_hex(16), opening_id=opening.id, language=code) for code in languages]
    session.add_all(tickets)
    session.flush()
    return opening.id, [ticket.id for ticket in tickets]


def make_account(session: Session, who: str, name: str, **grant: object) -> Account:
    """Somebody with one grant, who has no password to sign in with."""
    account = Account(email=f"{who}@example.org", name=name, password_hash="-")
    session.add(account)
    session.flush()
    session.add(Grant(account_id=account.id, **{"starts_at": now(), "reason": "test", **grant}))
    return account
