"""What can be done to a sitting, each act in the transaction of whoever calls it and with its entry in the audit.

An act that is out of order changes nothing and says so by `OutOfOrder`. Opening a wave pins the programme's questionnaire
version and makes one ticket for each language that may be opened to children; closing the last wave finishes the sitting.
"""

from __future__ import annotations

import secrets
from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey import audit, jobs
from survey.clock import now
from survey.models import (
    Decline,
    Entry,
    Opening,
    Programme,
    ReleasedSitting,
    Response,
    Sitting,
)
from survey.openings import open_wave
from survey.sealed_answers import make_key
from survey.sealing import Keys
from survey.separation import asks_the_harmed
from survey.sittings.stages import ALLOWED, BEFORE, Act, Moments, Stage, stage_of
from survey.waves import openings_of, waves_of


class OutOfOrder(Exception):
    """The sitting does not stand where this act is allowed."""


def draw_wave(session: Session, programme: Programme, setting_id: int) -> str | None:
    """Whether the next class of a school answers before or after, by chance and balanced within the school.

    None where the design asks everybody. Two classes are a pair: the first of them is drawn, the second takes the other side.
    """
    if programme.design != "split":
        return None
    waves = [wave.wave for wave in programme.waves]
    of_school = select(Sitting.only_wave).where(Sitting.programme_id == programme.id, Sitting.setting_id == setting_id)
    drawn = Counter(session.scalars(of_school))
    fewest = min(drawn[wave] for wave in waves)
    return secrets.choice([wave for wave in waves if drawn[wave] == fewest])


def current_stage(session: Session, sitting: Sitting) -> Stage:
    """Where the sitting stands now."""
    programme = session.get_one(Programme, sitting.programme_id)
    moments = {wave: Moments(one.opened_at, one.closed_at) for wave, one in openings_of(session, sitting.id).items()}
    return stage_of(programme.status, waves_of(programme, sitting), moments, sitting.play_started_at)


def perform(session: Session, keys: Keys, account_id: int | None, sitting: Sitting, act: Act) -> None:
    """Do one act to a sitting.

    Raises
    ------
    OutOfOrder
        When the sitting does not stand where the act is allowed; nothing was changed.
    """
    session.refresh(sitting, with_for_update=True)  # two people may press at the same moment
    if act not in ALLOWED[current_stage(session, sitting)] or session.get(ReleasedSitting, sitting.id) is not None:
        raise OutOfOrder(act.value)  # what entered a release is frozen, whatever is left to be asked there
    last = waves_of(session.get_one(Programme, sitting.programme_id), sitting)[-1]
    match act:
        case Act.OPEN_BEFORE:
            _open(session, keys, sitting, BEFORE)
        case Act.CLOSE_BEFORE:
            _close(session, sitting, BEFORE)
        case Act.START_PLAY:
            _start_play(session, sitting)
            if last == BEFORE:  # nothing is asked of this class afterwards
                _finish(session, sitting, last)
        case Act.OPEN_AFTER:
            _open(session, keys, sitting, last)
        case Act.CLOSE_AFTER:
            _finish(session, sitting, last)
    audit.record(session, keys, account_id, f"sitting.{act.value}", f"sitting {sitting.id}")


def _open(session: Session, keys: Keys, sitting: Sitting, wave: str) -> None:
    make_key(session, keys, sitting.id)
    opening = openings_of(session, sitting.id).get(wave)
    if opening is not None:  # opened again: the same tickets hold
        opening.closed_at = None
        return
    entry = session.scalars(select(Entry).where(Entry.sitting_id == sitting.id)).one()
    open_wave(session, entry, wave)


def _close(session: Session, sitting: Sitting, wave: str) -> Opening | None:
    opening = openings_of(session, sitting.id).get(wave)
    if opening is not None and opening.closed_at is None:
        opening.closed_at = now()
    return opening


def _start_play(session: Session, sitting: Sitting) -> None:
    """Lock the before questions for good; their rows lose their order now rather than later."""
    opening = _close(session, sitting, BEFORE)
    sitting.play_started_at = now()
    if opening is not None:
        jobs.add(session, "shuffle", {"opening": opening.id})


def _finish(session: Session, sitting: Sitting, last: str) -> None:
    _close(session, sitting, last)
    for opening in openings_of(session, sitting.id).values():
        jobs.add(session, "shuffle", {"opening": opening.id})
    if not asks_the_harmed(session.get_one(Programme, sitting.programme_id)):
        jobs.add(session, "school_page", {"sitting": sitting.id})


def finished_count(session: Session, opening: Opening) -> int:
    """How many have come to the end of the questions: answered or said "No thanks", together and never apart."""
    answered = session.scalar(select(func.count()).select_from(Response).where(Response.opening_id == opening.id))
    declined = session.scalar(select(func.count()).select_from(Decline).where(Decline.opening_id == opening.id))
    return (answered or 0) + (declined or 0)
