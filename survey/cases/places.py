"""The addresses of the cases journey, and the only two ways to a case: its own people, and the alerts of a programme."""

from __future__ import annotations

from flask import Blueprint, abort, g
from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from survey.access import reach
from survey.alerts import LEAD, WORKER, is_the_leads
from survey.clock import now
from survey.models import Alert, Case, Opening, Programme, Sitting

blueprint = Blueprint("cases", __name__, url_prefix="/staff/cases")


def is_mine() -> ColumnElement[bool]:
    """The cases of which this account is the worker or the deputy, while it holds the role there."""
    return and_(reach(WORKER), or_(Case.worker_id == g.account.id, Case.deputy_id == g.account.id))


def my_cases() -> Select[Case]:
    """The cases that this account holds or stands in for."""
    return (
        select(Case)
        .join(Programme, Case.programme_id == Programme.id)
        .where(is_mine())
        .options(
            joinedload(Case.worker),
            joinedload(Case.deputy),
            joinedload(Case.programme).selectinload(Programme.waves),
            joinedload(Case.sitting).joinedload(Sitting.setting),
            joinedload(Case.sitting).selectinload(Sitting.entries),
        )
    )


def reached_case(session: Session, case_id: int) -> Case:
    """One's own case; the same 404 for all others."""
    found = session.scalar(my_cases().where(Case.id == case_id))
    return found if found is not None else abort(404)


def locked_case(session: Session, case_id: int) -> Case:
    """One's own open case to change, held until the end of the transaction; 409 when it is closed."""
    session.execute(select(Case.id).where(Case.id == case_id).with_for_update())
    case = reached_case(session, case_id)
    if case.closed_at is not None or case.programme.status != "open":
        abort(409)
    return case


def my_alerts() -> Select[Alert]:
    """The alerts of one's own cases; and those for which one is called, leading safeguarding in their programme (CARE B4)."""
    return (
        select(Alert)
        .join(Case, Alert.case_id == Case.id)
        .join(Programme, Case.programme_id == Programme.id)
        .where(or_(is_mine(), and_(reach(LEAD), is_the_leads(g.account.id, now()))))
        .options(
            joinedload(Alert.case).joinedload(Case.worker),
            joinedload(Alert.case).joinedload(Case.programme),
            joinedload(Alert.opening).joinedload(Opening.instrument_version),
        )
    )


def reached_alert(session: Session, alert_id: int) -> Alert:
    """One alert within one's reach; the same 404 for all others."""
    found = session.scalar(my_alerts().where(Alert.id == alert_id))
    return found if found is not None else abort(404)


def openings_of(session: Session, case: Case) -> dict[str, Opening]:
    """The waves that were opened to the young person."""
    entries = [entry.id for entry in case.sitting.entries]
    found = session.scalars(
        select(Opening).where(Opening.entry_id.in_(entries)).options(joinedload(Opening.instrument_version))
    )
    return {opening.wave: opening for opening in found}
