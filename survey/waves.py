"""A sitting as several journeys know it: reached within one's grants, the waves that it answers, and where they were opened.

Running a session, printing its sheets and typing them in all begin here, so that they agree on who may and on what is asked.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from survey.access import reach
from survey.models import Entry, Opening, Programme, Sitting

FOLLOW_UP = "follow_up"
"""The wave that is asked once, weeks later, in a programme of its own: cards are not kept, so nothing pairs it."""

RUNNERS = ("facilitator", "administrator")
"""The roles that run sittings."""


def reached_sitting(session: Session, sitting_id: int) -> Sitting:
    """One session within one's grants, with its school, programme and code; the same 404 for all others, and for cases."""
    sitting = session.scalar(
        select(Sitting)
        .join(Programme, Sitting.programme_id == Programme.id)
        .where(Sitting.id == sitting_id, reach(*RUNNERS), Sitting.mode == "private")
        .options(
            joinedload(Sitting.setting),
            joinedload(Sitting.programme).selectinload(Programme.waves),
            selectinload(Sitting.entries),
        )
    )
    return sitting if sitting is not None else abort(404)


def openings_of(session: Session, sitting_id: int) -> dict[str, Opening]:
    """The waves that were opened at a sitting."""
    found = session.scalars(
        select(Opening).join(Entry, Opening.entry_id == Entry.id).where(Entry.sitting_id == sitting_id)
    )
    return {opening.wave: opening for opening in found}


def waves_of(programme: Programme, sitting: Sitting) -> tuple[str, ...]:
    """The waves that a sitting answers, in order: the programme's, or the one that chance drew for it."""
    return (sitting.only_wave,) if sitting.only_wave else tuple(wave.wave for wave in programme.waves)


def is_follow_up(waves: Sequence[str]) -> bool:
    """Whether these are asked once and weeks later: there is no play to wait for, and no before."""
    return tuple(waves) == (FOLLOW_UP,)


def has_cards(sitting: Sitting) -> bool:
    """Whether pupils draw a card: where there are two waves and no device of their own to pair by."""
    return len(waves_of(sitting.programme, sitting)) > 1 and sitting.devices != "own"
