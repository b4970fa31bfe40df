"""Who else reads what young people write: nobody is put on duty without those who read already seeing it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from survey import outbox
from survey.access import reach
from survey.clock import today
from survey.duty import ROLE
from survey.languages import gettext
from survey.models import Duty, Programme
from survey.reading_room.duties import task_name


@dataclass(frozen=True, slots=True)
class Colleague:
    """A duty as the other readers see it; `is_new` until they have looked."""

    name: str
    task: str
    place: str
    programme: str
    is_new: bool


def colleagues(session: Session) -> list[Colleague]:
    """Everybody on duty, now or later, wherever this person holds the role."""
    found = session.execute(
        select(Duty, Programme)
        .join(Programme, Duty.programme_id == Programme.id)
        .where(reach(ROLE), Duty.last_day >= today())
        .options(joinedload(Duty.account), joinedload(Duty.setting))
        .order_by(Programme.name, Duty.id)
    )
    return [
        Colleague(
            duty.account.name,
            task_name(duty.task),
            duty.setting.name if duty.setting is not None else gettext("Outside the schools"),
            programme.name,
            is_new=outbox.waits_for(session, "duty_given", f"duty {duty.id}", g.account.id),
        )
        for duty, programme in found
    ]
