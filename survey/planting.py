"""Planted notes: once a month each reader finds one among the remarks that nobody wrote, and opening it proves the key.

A note stands in the reader's list like any other: at a school of their own duty, in a language that they read, at a time at
which they work, and it is told to a reader and becomes overdue as words do; only once it is open does it say what it is. The
first one is planted when a key is made. A key whose note nobody opened within a month is trusted with no more words.
"""

from __future__ import annotations

import json
import secrets
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import outbox
from survey.clock import PLACE
from survey.database import Database
from survey.duty import next_stretch
from survey.envelopes import filled, open_with, seal_to
from survey.models import Duty, Participation, PlantedNote, ProgrammeWave, ReaderKey

EARLIEST, LATEST = timedelta(days=18), timedelta(days=24)
"""A new note comes between these days after the last one, on a day that nobody knows."""
A_DAY, SOON = timedelta(hours=7), timedelta(days=3)
"""So long after somebody begins to work a note comes at the latest; and whoever works only after so many days finds it now."""

_chance = secrets.SystemRandom()


def plant(session: Session, key: ReaderKey, moment: datetime, *, at_once: bool = True) -> PlantedNote | None:
    """Plant a note for a key at one of its reader's places; None while there is no such place, or one is unopened.

    Days away do not count: whoever is away finds it when they come back, and proves the key then. `at_once`: for who looks for
    it now; else it comes at some time at which they work, as words do.
    """
    day = moment.astimezone(PLACE).date()
    unopened = select(PlantedNote.id).where(PlantedNote.key_id == key.id, PlantedNote.opened_at.is_(None))
    if session.scalar(unopened.limit(1)) is not None:
        return None
    duties = session.scalars(select(Duty).where(Duty.account_id == key.account_id, Duty.runs_on(day))).all()
    for duty in _chance.sample(duties, len(duties)):
        settings = (
            [duty.setting_id]
            if duty.setting_id is not None
            else session.scalars(
                select(Participation.setting_id).where(Participation.programme_id == duty.programme_id)
            ).all()
        )
        waves = session.scalars(select(ProgrammeWave.wave).where(ProgrammeWave.programme_id == duty.programme_id)).all()
        if settings and waves:
            note = _note(session, key, duty, _chance.choice(settings), _chance.choice(waves), day)
            note.comes_at = moment if at_once else _some_time(duty, moment)
            if not at_once and duty.task == "reader":  # whoever is told of words is told of a note
                subject = f"note {note.id.hex()}"
                outbox.add(session, "remark_waiting", subject, account_id=key.account_id, due_at=note.comes_at)
            return note
    return None


def _some_time(duty: Duty, moment: datetime) -> datetime:
    """Some time in the first hours in which somebody works next; at once where that is far off, so that no proof runs out."""
    start, end = next_stretch(duty, moment) or (moment, moment)
    if start - moment > SOON:
        return moment
    return start + _chance.random() * (min(end, start + A_DAY) - start)


def _note(session: Session, key: ReaderKey, duty: Duty, setting_id: int, wave: str, day: date) -> PlantedNote:
    note_id = secrets.token_bytes(16)
    plain = json.dumps(secrets.token_hex(8)).encode()
    note = PlantedNote(
        id=note_id,
        key_id=key.id,
        programme_id=duty.programme_id,
        setting_id=setting_id,
        wave=wave,
        language=_chance.choice(duty.languages),
        sealed=seal_to(key.public_key, _bound_to(note_id, key.id), filled(plain)),
        planted_on=day,
    )
    session.add(note)
    session.flush()
    return note


def prove(note: PlantedNote, key: ReaderKey, private: bytes, moment: datetime) -> None:
    """Open a planted note: the key is proved from now on. Raises `SealBroken` when it does not open."""
    open_with(private, _bound_to(note.id, key.id), note.sealed)
    note.opened_at = key.proved_at = moment


def _bound_to(note_id: bytes, key_id: str) -> str:
    return f"heard-planted-1/{note_id.hex()}/{key_id}"


def plant_where_due(database: Database, moment: datetime) -> int:
    """Plant the notes that are due this day; returns how many. Run once a day."""
    day, planted = moment.astimezone(PLACE).date(), 0
    with database.writing() as session:
        for key in session.scalars(select(ReaderKey).where(ReaderKey.ended_at.is_(None)).order_by(ReaderKey.id)):
            last = session.scalar(
                select(PlantedNote).where(PlantedNote.key_id == key.id).order_by(PlantedNote.planted_on.desc()).limit(1)
            )
            if _is_due(last, day):
                planted += plant(session, key, moment, at_once=False) is not None
    return planted


def _is_due(last: PlantedNote | None, day: date) -> bool:
    if last is None:
        return True
    since = day - last.planted_on
    if last.opened_at is None or since < EARLIEST:
        return False
    return since >= LATEST or _chance.randrange((LATEST - since).days + 1) == 0
