"""Who is told of what waits for readers, and when: typed words and last pages alike.

Those of the readers who are at work are told at once, without saying what came; deputies and leads when it still waits after
two working hours, and when it was opened and nobody has said after two more what is done about it. Where no lead is at work
then, or nobody but whoever opened it, the administrators of the programme are told, so that somebody besides one person knows.
Whoever is away on the day on which a letter falls due does not get it, and nobody at a school is told of what was not meant for
it. Words that come on a Friday fall due on a Monday: so people are chosen again when a letter falls due. Each person has one
letter on the same subject until it has gone, however much comes meanwhile: a flood cannot bury them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import outbox
from survey.clock import PLACE
from survey.duty import READ, ROLE, insiders, is_away, next_at_work, on_duty
from survey.models import DUTY_TASKS, Duty, Message, ReaderKey
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


class Line(NamedTuple):
    """Who comes next for what waits: what they are told, of what, and who opened it."""

    kinds: Kinds
    what: Waits
    opened_by: int | None = None


def unread_until(moment: datetime) -> datetime:
    """When deputies and leads are told of what came at a moment and nobody has looked at: in half hours."""
    return blurred(working_hours_after(moment, HOURS_UNREAD))


def undecided_until(moment: datetime) -> datetime:
    """When they are told of what was opened at a moment and nobody has finished with."""
    return blurred(working_hours_after(moment, HOURS_UNDECIDED))


def tell_readers(
    session: Session, kind: str, subject: str, what: Waits, moment: datetime, *, tasks: Collection[str]
) -> None:
    """Tell those who can open it and are at work, at once and once until they look: whoever has one of these tasks, or else the
    other readers and deputies; of those outside the school somebody always, and somebody at it who can open it. While nobody of
    them is at work it is those who come first, as the child was told; with nobody left who comes, everybody who can open it."""
    opening = _who_can_open(session, what, moment)
    duties = on_duty(session, what.programme_id, what.setting_id, moment)
    inside, told = insiders(duties), set[int]()
    for is_inside in (False, True):
        theirs = [one for one in duties if one.account_id in opening and (one.account_id in inside) == is_inside]
        told |= _first_told(_first_at_work(theirs, moment), tasks)
    for account_id in sorted(told or opening):
        if not outbox.waits_for(session, kind, subject, account_id):
            outbox.add(session, kind, subject, account_id=account_id, due_at=blurred(moment) - STEP)


def _first_told(here: Sequence[Duty], tasks: Collection[str]) -> set[int]:
    for wanted in (tasks, READ, DUTY_TASKS):
        if found := {one.account_id for one in here if one.task in wanted}:
            return found
    return set()


def _first_at_work(duties: Sequence[Duty], moment: datetime) -> list[Duty]:
    """Those of some duties who are at work when the first of their readers and deputies is: now, or next. A lead who works
    earlier is no reason to tell nobody else."""
    coming = [(one, at) for one in duties if (at := next_at_work(one, moment)) is not None]
    first = min((at for one, at in coming if one.task in READ), default=None)
    return [one for one, at in coming if first is None or at <= first]


def tell_next(
    session: Session, kinds: Kinds, subject: str, what: Waits, due_at: datetime, *, opened_by: int | None = None
) -> None:
    """Tell deputies, leads and whoever opened it when it falls due; and the administrators where no lead is at work then, or
    nobody besides the one who opened it. Who that is is foreseen here, and looked at again when it falls due
    (`choose_again`)."""
    people, is_enough = _next_in_line(session, what, due_at, opened_by)
    for account_id in sorted(people):
        if not outbox.waits_for(session, kinds.next, subject, account_id, is_unsent=True):
            outbox.add(session, kinds.next, subject, account_id=account_id, due_at=due_at)
    if not is_enough and not outbox.waits_for(session, kinds.administrators, subject, None, is_unsent=True):
        _tell_administrators(session, kinds, subject, what, due_at)


def _tell_administrators(session: Session, kinds: Kinds, subject: str, what: Waits, due_at: datetime) -> None:
    programme = what.programme_id
    outbox.add(session, kinds.administrators, subject, role="administrator", programme_id=programme, due_at=due_at)


def _next_in_line(session: Session, what: Waits, moment: datetime, opened_by: int | None) -> tuple[set[int], bool]:
    """Who is told next at a moment, and whether that is enough: a lead who is at work, and somebody at work besides whoever
    opened it. Deputies and leads are told on a day on which they are not away, also before or after their hours; only those who
    work then count."""
    holders = set(outbox.holders(session, ROLE, what.programme_id, moment))
    opening = _who_can_open(session, what, moment)
    lasting = on_duty(session, what.programme_id, what.setting_id, moment)
    inside = insiders(lasting) if not what.at_school else set()
    day = moment.astimezone(PLACE).date()
    next_ones = [
        one
        for one in lasting
        if not is_away(one, day)
        and one.account_id not in inside
        and (one.task == "lead" or (one.task == "deputy" and one.account_id in opening))
    ]
    opener = {opened_by} & holders if opened_by is not None else set()
    at_work = [one for one in next_ones if next_at_work(one, moment) == moment]
    has_lead = any(one.task == "lead" for one in at_work)
    has_other = any(one.account_id not in opener for one in at_work)
    return {one.account_id for one in next_ones} | opener, has_lead and has_other


def choose_again(session: Session, subject: str, line: Line, due_at: datetime, moment: datetime) -> None:
    """Letters on a subject fall due: whoever left, is away or lost the role meanwhile gets none, and who came instead does. Those
    that have gone since `due_at` stand."""
    kinds, what = line.kinds, line.what
    people, is_enough = _next_in_line(session, what, moment, line.opened_by)
    is_due = (Message.settled_at.is_(None), Message.due_at >= due_at, Message.due_at <= moment)
    of_line = select(Message).where(Message.subject == subject, *is_due)
    # Two workers may choose at once: the second sees what the first has chosen.
    session.execute(of_line.with_for_update())
    letters = session.scalars(of_line.where(Message.kind == kinds.next)).all()
    for letter in letters:
        if letter.account_id not in people and letter.sent_at is None:
            session.delete(letter)
    for account_id in sorted(people - {letter.account_id for letter in letters}):
        outbox.add(session, kinds.next, subject, account_id=account_id, due_at=due_at)
    called = session.scalars(of_line.where(Message.kind == kinds.administrators)).all()
    if is_enough:
        for call in called:
            if call.role is not None and call.sent_at is None:
                session.delete(call)
    elif not called:
        _tell_administrators(session, kinds, subject, what, due_at)


def _who_can_open(session: Session, what: Waits, moment: datetime) -> set[int]:
    """Those who have one of the keys and hold the role, away or not."""
    owners = set(session.scalars(select(ReaderKey.account_id).where(ReaderKey.id.in_(what.key_ids))))
    return owners & set(outbox.holders(session, ROLE, what.programme_id, moment))
