"""The addresses of the reading room, what may be seen there, and the reader's key while it is unlocked."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, g
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from survey import cookies
from survey.access import reach
from survey.clock import now, today
from survey.duty import ROLE
from survey.models import Duty, Envelope, PlantedNote, Programme, ReaderKey, Remark, Setting
from survey.readers import from_browser, key_in_use

blueprint = Blueprint("reading_room", __name__, url_prefix="/staff/reading")


@dataclass(frozen=True, slots=True)
class Unlocked:
    """The key of whoever reads, and its private part as long as this browser may use it."""

    key: ReaderKey
    private: bytes | None


def my_key(session: Session) -> Unlocked | None:
    """The key of whoever is signed in; None before they have made one."""
    key = key_in_use(session, g.account.id)
    return Unlocked(key, from_browser(key, cookies.read(cookies.READING), g.token, now())) if key else None


def visible_remarks(session: Session, remark_id: bytes | None = None) -> list[tuple[Remark, Programme, Setting, bool]]:
    """The remarks that this person has to do with, or one of them, and whether it is sealed to the key in use; in no order of
    arrival.

    Those that were sealed to them, and for who has a duty there those that wait for others as well, so that a deputy or lead
    without a key still sees that something waits, away that day or not. What was written to somebody outside stays unseen
    inside the school.
    """
    mine = select(Envelope.remark_id).join(ReaderKey, Envelope.key_id == ReaderKey.id)
    mine = mine.where(ReaderKey.account_id == g.account.id)
    day = today()
    here = (Duty.account_id == g.account.id, Duty.programme_id == Remark.programme_id)
    works_there = (
        select(Duty.id).where(*here, Duty.setting_id == Remark.setting_id, Duty.is_outside.is_(False)).exists()
    )
    on_duty = (
        select(Duty.id)
        .where(
            *here,
            Duty.in_force(day, Remark.programme_id, Remark.setting_id),
            or_(~works_there, Remark.chosen == "school"),
        )
        .exists()
    )
    opens = select(Envelope.remark_id).join(ReaderKey, Envelope.key_id == ReaderKey.id)
    opens = opens.where(ReaderKey.account_id == g.account.id, ReaderKey.ended_at.is_(None))
    only = [Remark.id == remark_id] if remark_id is not None else []
    found = session.execute(
        select(Remark, Programme, Setting, Remark.id.in_(opens))
        .join(Programme, Remark.programme_id == Programme.id)
        .join(Setting, Remark.setting_id == Setting.id)
        .where(reach(ROLE), or_(Remark.id.in_(mine), on_duty), *only)
        .order_by(Remark.id)
    )
    return [(remark, programme, setting, can_open) for remark, programme, setting, can_open in found]


def seen_remark(session: Session, remark_id: str) -> tuple[Remark, Programme, Setting, bool]:
    """One remark that this person has to do with; the same 404 for all others."""
    found = visible_remarks(session, read_id(remark_id))
    return found[0] if found else abort(404)


def planted_note(session: Session, note_id: str) -> PlantedNote | None:
    """A planted note for the key in use of whoever is signed in."""
    note = session.get(PlantedNote, read_id(note_id))
    key = key_in_use(session, g.account.id)
    return note if note is not None and key is not None and note.key_id == key.id else None


def read_id(written: str) -> bytes:
    """The id of a remark in an address; a 404 for what is none."""
    try:
        return bytes.fromhex(written) if len(written) == 32 else abort(404)
    except ValueError:
        abort(404)
