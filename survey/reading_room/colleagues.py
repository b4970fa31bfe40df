"""Who else reads what young people write: nobody is put on duty without those who read already seeing it, and nobody's key is
replaced. One that was is confirmed here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from flask import g
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from survey import outbox
from survey.access import reach
from survey.clock import PLACE, now, today
from survey.duty import ROLE, can_confirm
from survey.languages import gettext
from survey.models import Duty, Programme, ReaderKey
from survey.readers import PROOF_HOLDS
from survey.reading_room.duties import task_name


@dataclass(frozen=True, slots=True)
class Colleague:
    """A duty as the other readers see it; `is_new` until they have looked. `new_key_on`: the day on which their key took the
    place of another, a month long; `waiting_key`: its id while nobody has confirmed it, as this person may or may not."""

    name: str
    task: str
    place: str
    programme: str
    is_new: bool
    new_key_on: date | None
    waiting_key: str
    may_confirm: bool


class NewKey(TypedDict):
    """What is said of a key that took the place of another."""

    new_key_on: date | None
    waiting_key: str
    may_confirm: bool


def colleagues(session: Session) -> list[Colleague]:
    """Everybody on duty, now or later, wherever this person holds the role."""
    found = session.execute(
        select(Duty, Programme)
        .join(Programme, Duty.programme_id == Programme.id)
        .where(reach(ROLE), Duty.last_day >= today())
        .options(joinedload(Duty.account), joinedload(Duty.setting))
        .order_by(Programme.name, Duty.id)
    )
    replaced = _replaced(session)
    return [
        Colleague(
            duty.account.name,
            task_name(duty.task),
            duty.setting.name if duty.setting is not None else gettext("Outside the schools"),
            programme.name,
            is_new=outbox.waits_for(session, "duty_given", f"duty {duty.id}", g.account.id),
            **_new_key(session, replaced.get(duty.account_id)),
        )
        for duty, programme in found
    ]


def _replaced(session: Session) -> dict[int, ReaderKey]:
    """The keys in use that took the place of another within a month, or still wait for a colleague's word, by account."""
    former = aliased(ReaderKey)
    theirs = select(former.id).where(former.account_id == ReaderKey.account_id, former.id != ReaderKey.id).exists()
    lately = or_(ReaderKey.made_at > now() - PROOF_HOLDS, ReaderKey.is_confirmed.is_(False))
    found = session.scalars(select(ReaderKey).where(ReaderKey.ended_at.is_(None), theirs, lately))
    return {key.account_id: key for key in found}


def _new_key(session: Session, key: ReaderKey | None) -> NewKey:
    if key is None:
        return {"new_key_on": None, "waiting_key": "", "may_confirm": False}
    may = not key.is_confirmed and g.account.id in can_confirm(session, key.account_id, now())
    made_on = key.made_at.astimezone(PLACE).date()
    return {"new_key_on": made_on, "waiting_key": "" if key.is_confirmed else key.id, "may_confirm": may}
