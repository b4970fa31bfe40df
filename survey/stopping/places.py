"""The addresses of the stop switch, and what each person may stop: within their grants, and the schools that take part there."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, abort
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.access import reach
from survey.models import Participation, Pause, Programme, Setting
from survey.pauses import STOPPERS, pauses_within

blueprint = Blueprint("stopping", __name__, url_prefix="/staff/stop")

ROLES = STOPPERS


def my_programmes(session: Session) -> Sequence[Programme]:
    """The programmes that this person may stop: all that are not over."""
    return session.scalars(
        select(Programme).where(reach(*ROLES), Programme.status != "closed").order_by(Programme.name, Programme.id)
    ).all()


def my_schools(session: Session) -> Sequence[Setting]:
    """The schools that this person may stop: a school may stand still in programmes of others too, because it is one place."""
    taking_part = (
        select(Participation.setting_id)
        .join(Programme, Participation.programme_id == Programme.id)
        .where(reach(*ROLES), Programme.status != "closed")
    )
    return session.scalars(select(Setting).where(Setting.id.in_(taking_part)).order_by(Setting.name, Setting.id)).all()


def my_pauses(session: Session) -> Sequence[Pause]:
    """What stands still within this person's grants, in programmes that are over too: somebody has to be able to end it."""
    return pauses_within(session, session.scalars(select(Programme.id).where(reach(*ROLES))))


def my_pause(session: Session, pause_id: int) -> Pause:
    """One of them, held until the end of the transaction; the same 404 for all others."""
    found = next((one for one in my_pauses(session) if one.id == pause_id), None) or abort(404)
    session.refresh(found, with_for_update={"of": Pause})
    return found if found.ended_at is None else abort(404)
