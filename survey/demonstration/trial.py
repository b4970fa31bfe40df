"""Small programmes with sessions open right now, so that a newcomer can answer at once: shared tablets, own phones, and one
that asks for words, with two readers on duty whose keys are made and proved as any reader's are."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from questionnaires.files import load_library
from survey.clock import now, today
from survey.database import Database
from survey.models import Duty, Participation, Programme, ProgrammeWave, Setting, Sitting
from survey.openings import add_entry
from survey.pairing import new_pairing_key
from survey.planting import plant, prove
from survey.publishing import publish
from survey.readers import make_reader_key, unlock
from survey.sealing import Keys
from survey.sittings.acts import perform
from survey.sittings.stages import Act

SESSIONS = (
    ("Try-it school, shared tablets", "shared", "answer on shared tablets, paired by a printed card"),
    ("Try-it school, own phones", "own", "answer on your own phone, paired by the phone"),
)


WORDS = ("Try-it college", "own", "type something for two readers, on your own phone")


@dataclass(frozen=True, slots=True)
class TrialReader:
    """A reader of the demonstration: what they are, and the passphrase of their key."""

    account_id: int
    passphrase: str


def load_trial(database: Database, keys: Keys, organisation_id: int) -> tuple[tuple[str, str], ...]:
    """Store the programme and open the questions before; gives each code with what it leads to."""
    with database.writing() as session:
        programme = _programme(session, keys, organisation_id)
        return tuple(_open(session, keys, programme, *one) for one in SESSIONS)


def load_words(database: Database, keys: Keys, organisation_id: int) -> tuple[int, tuple[str, str]]:
    """Store the programme that asks for words and open it: its number, and the code with what it leads to."""
    with database.writing() as session:
        programme = Programme(
            organisation_id=organisation_id, key="demo_words", name="Try it with words", status="open",
            design="after_only", pairing_key=new_pairing_key(keys),
        )  # fmt: skip
        _with_waves(session, programme, "picture_views", ("after",))
        return programme.id, _open(session, keys, programme, *WORDS)


def put_on_duty(session: Session, account_id: int, programme_id: int, task: str) -> TrialReader:
    """Give a reader a key, proved by a planted note, and a duty round the clock but for the hour in which no box is shown."""
    passphrase = "-".join(secrets.token_hex(2) for _ in range(5))
    key = make_reader_key(session, account_id, passphrase, now()).key
    duty = Duty(
        account_id=account_id, programme_id=programme_id, is_outside=True, task=task, weekdays="1234567",
        on_bank_holidays=True, starts="00:00", ends="23:59", first_day=today(), last_day=today() + timedelta(days=365),
        languages=["en"],
    )  # fmt: skip
    session.add(duty)
    session.flush()
    note = plant(session, key, now())
    if note is not None:
        prove(note, key, unlock(key, passphrase), now())
    return TrialReader(account_id, passphrase)


def _programme(session: Session, keys: Keys, organisation_id: int) -> Programme:
    programme = Programme(
        organisation_id=organisation_id, key="demo_trial", name="Try it yourself", status="open",
        pairing_key=new_pairing_key(keys),
    )  # fmt: skip
    _with_waves(session, programme, "staying_safe", ("before", "after"))
    return programme


def _with_waves(session: Session, programme: Programme, questionnaire: str, waves: tuple[str, ...]) -> None:
    """Store a programme with the waves of a library questionnaire."""
    version = publish(session, load_library(questionnaire))
    session.add(programme)
    session.flush()
    for position, wave in enumerate(waves):
        session.add(
            ProgrammeWave(programme_id=programme.id, wave=wave, position=position, instrument_version_id=version.id)
        )
    session.flush()


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
    first = Act.OPEN_AFTER if programme.design == "after_only" else Act.OPEN_BEFORE
    perform(session, keys, None, sitting, first)
    return entry.code, words
