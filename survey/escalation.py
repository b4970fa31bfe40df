"""Who is told of what waits for readers, and when: typed words and last pages alike.

Readers on duty are told at once, without saying what came; deputies and leads when it still waits after two working hours,
and when it was opened and nobody has said after two more what is done about it. Where no lead is on duty then, or nobody but
whoever opened it, the administrators of the programme are told, so that somebody besides one person knows. Whoever is away on
the day on which a letter falls due does not get it, and nobody at a school is told of what was not meant for it. Each person
has one letter on the same subject until it has gone, however much comes meanwhile: a flood cannot bury them.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import outbox
from survey.clock import PLACE
from survey.duty import ROLE, insiders, is_away, on_duty
from survey.models import ReaderKey
from survey.working_hours import STEP, blurred, working_hours_after

HOURS_UNREAD = HOURS_UNDECIDED = 2


class Waits(NamedTuple):
    """Something that waits: where, the keys that open it, and whether people at the school may hear of it."""

    programme_id: int
    setting_id: int
    key_ids: Collection[str]
    at_school: bool


class Kinds(NamedTuple):
    """What deputies and leads are told, and what administrators are told where nobody else can be."""

    next: str
    administrators: str


def unread_until(moment: datetime) -> datetime:
    """When deputies and leads are told of what came at a moment and nobody has looked at: in half hours."""
    return blurred(working_hours_after(moment, HOURS_UNREAD))


def undecided_until(moment: datetime) -> datetime:
    """When they are told of what was opened at a moment and nobody has finished with."""
    return blurred(working_hours_after(moment, HOURS_UNDECIDED))


def tell_readers(
    session: Session, kind: str, subject: str, what: Waits, moment: datetime, *, tasks: Collection[str]
) -> None:
    """Tell those who can open it and have one of these tasks today, at once and once until they look. With none of them here,
    others who are on duty and can open it; with nobody here at all, everybody who can."""
    opening = _who_can_open(session, what, moment)
    here = [one for one in on_duty(session, what.programme_id, what.setting_id, moment) if one.account_id in opening]
    first = {one.account_id for one in here if one.task in tasks} or {one.account_id for one in here}
    for account_id in sorted(first or opening):
        if not outbox.waits_for(session, kind, subject, account_id):
            outbox.add(session, kind, subject, account_id=account_id, due_at=blurred(moment) - STEP)


def tell_next(
    session: Session, kinds: Kinds, subject: str, what: Waits, due_at: datetime, *, opened_by: int | None = None
) -> None:
    """Tell deputies, leads and whoever opened it when it falls due; and the administrators where no lead is on duty that day,
    or nobody besides the one who opened it."""
    opening = _who_can_open(session, what, due_at)
    lasting = on_duty(session, what.programme_id, what.setting_id, due_at, away_too=True)
    inside = insiders(lasting) if not what.at_school else set()
    duties = [one for one in lasting if not is_away(one, due_at.astimezone(PLACE).date())]
    leads = {one.account_id for one in duties if one.task == "lead"} - inside
    people = ({one.account_id for one in duties if one.task == "deputy"} & opening | leads) - inside
    opener = {opened_by} if opened_by is not None else set()
    for account_id in sorted(people | opener):
        if not outbox.waits_for(session, kinds.next, subject, account_id, is_unsent=True):
            outbox.add(session, kinds.next, subject, account_id=account_id, due_at=due_at)
    if leads and people - opener:
        return
    if not outbox.waits_for(session, kinds.administrators, subject, None, is_unsent=True):
        outbox.add(
            session,
            kinds.administrators,
            subject,
            role="administrator",
            programme_id=what.programme_id,
            due_at=due_at,
        )


def _who_can_open(session: Session, what: Waits, moment: datetime) -> set[int]:
    """Those who have one of the keys and hold the role, away or not."""
    owners = set(session.scalars(select(ReaderKey.account_id).where(ReaderKey.id.in_(what.key_ids))))
    return owners & set(outbox.holders(session, ROLE, what.programme_id, moment))
