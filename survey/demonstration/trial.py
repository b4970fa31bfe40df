"""A small programme with two sessions open right now, so that a newcomer can answer at once: shared tablets, own phones."""

from __future__ import annotations

from sqlalchemy.orm import Session

from questionnaires.files import load_library
from survey.clock import today
from survey.database import Database
from survey.models import Participation, Programme, ProgrammeWave, Setting, Sitting
from survey.openings import add_entry
from survey.pairing import new_pairing_key
from survey.publishing import publish
from survey.sealing import Keys
from survey.sittings.acts import perform
from survey.sittings.stages import Act

SESSIONS = (
    ("Try-it school, shared tablets", "shared", "answer on shared tablets, paired by a printed card"),
    ("Try-it school, own phones", "own", "answer on your own phone, paired by the phone"),
)


def load_trial(database: Database, keys: Keys, organisation_id: int) -> tuple[tuple[str, str], ...]:
    """Store the programme and open the questions before; gives each code with what it leads to."""
    with database.writing() as session:
        programme = _programme(session, keys, organisation_id)
        return tuple(_open(session, keys, programme, *one) for one in SESSIONS)


def _programme(session: Session, keys: Keys, organisation_id: int) -> Programme:
    version = publish(session, load_library("staying_safe"))
    programme = Programme(
        organisation_id=organisation_id, key="demo_trial", name="Try it yourself", status="open",
        pairing_key=new_pairing_key(keys),
    )  # fmt: skip
    session.add(programme)
    session.flush()
    for position, wave in enumerate(("before", "after")):
        session.add(
            ProgrammeWave(programme_id=programme.id, wave=wave, position=position, instrument_version_id=version.id)
        )
    session.flush()
    return programme


def _open(session: Session, keys: Keys, programme: Programme, name: str, devices: str, words: str) -> tuple[str, str]:
    setting = Setting(organisation_id=programme.organisation_id, name=name, kind="secondary")
    session.add(setting)
    session.flush()
    session.add(Participation(programme_id=programme.id, setting_id=setting.id, on_roll=200))
    session.flush()
    sitting = Sitting(
        programme_id=programme.id, setting_id=setting.id, mode=programme.mode, held_on=today(), year_groups="Year 8",
        place="Hall", present=180, devices=devices,
    )  # fmt: skip
    session.add(sitting)
    session.flush()
    entry = add_entry(session, sitting)
    session.refresh(programme)
    perform(session, keys, None, sitting, Act.OPEN_BEFORE)
    return entry.code, words
