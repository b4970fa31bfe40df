"""Answers that somebody must look at now (CARE B4): the alert stands in the transaction of its answer, with its messages.

It goes to the worker and the deputy of the case at once, and to whoever leads safeguarding after one working hour unless
somebody has written down by then what was done: who only opened it, and may be the danger, silences nobody. Until then whoever
leads sees nothing of it, except where neither of the two is there: then it is theirs at once. That somebody saw no concern they
are told too, that evening.
It depends on no score and on no finished form: an answer raises it when it is chosen, when it comes with a form that has to
be put right, and when it comes with a whole form; for one submission it is one alert. The same answer sent again and again
joins the alerts of it that nobody has opened yet: nobody with a code can bury what waits under letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, cast

from sqlalchemy import ColumnElement, Connection, Table, and_, bindparam, func, insert, or_, select
from sqlalchemy.orm import Session

from questionnaires.answers import alerts
from questionnaires.codebook import Answers
from questionnaires.instrument import Instrument
from survey import outbox
from survey.clock import PLACE, UTC, now
from survey.models import SAFEGUARDING_READER, Account, Alert, Case, Grant, Programme
from survey.working_hours import CLOSES, is_working, working_hours_after

LEAD = SAFEGUARDING_READER
WORKER = "worker"
HOURS_UNDECIDED = 1
MOST_UNSEEN = 3
"""So many alerts of one answer wait at a time; what more there is of the very same answer joins them."""
SEEN_HOLDS = timedelta(hours=24)
"""So long after a worker was last here they count as on duty, within working hours."""
SEEN_WITHOUT_MAIL = timedelta(hours=1)
"""The same where no letter calls them: they see an alert when they are here."""

_CASES, _ALERTS = cast(Table, Case.__table__), cast(Table, Alert.__table__)
_CASE = (
    select(_CASES.c.id, _CASES.c.programme_id, _CASES.c.worker_id, _CASES.c.deputy_id, _CASES.c.withdrawn_at)
    .where(_CASES.c.sitting_id == bindparam("sitting_id"))
    .with_for_update()  # two forms of one case come one after the other
)


class CaseWithdrawn(Exception):
    """The young person's answers were taken out: nothing more of theirs is kept."""


class Telling(NamedTuple):
    """An answer that raises an alert."""

    item_key: str
    option_code: int


class HeldCase(NamedTuple):
    """A case as its answers need it."""

    id: int
    programme_id: int
    worker_id: int
    deputy_id: int


def tellings(instrument: Instrument, answers: Answers) -> tuple[Telling, ...]:
    """The answers among these that raise an alert."""
    return tuple(Telling(item.key, option.code) for item, option in alerts(instrument, answers))


def held_case(connection: Connection, sitting_id: int) -> HeldCase:
    """The case that a sitting belongs to, held until the end of the transaction.

    Raises
    ------
    CaseWithdrawn
        When its answers were taken out.
    """
    found = connection.execute(_CASE, {"sitting_id": sitting_id}).one()
    if found.withdrawn_at is not None:
        raise CaseWithdrawn(found.id)
    return HeldCase(found.id, found.programme_id, found.worker_id, found.deputy_id)


def raise_alerts(connection: Connection, case: HeldCase, opening_id: int, mark: bytes, told: Sequence[Telling]) -> None:
    """Write the alerts of one submission that are not there yet, each with its messages."""
    known = select(_ALERTS.c.item_key, _ALERTS.c.option_code).where(
        _ALERTS.c.opening_id == opening_id, _ALERTS.c.mark == mark
    )
    there = {tuple(row) for row in connection.execute(known)} if told else set()
    for one in told:
        if tuple(one) in there or _is_waiting(connection, opening_id, one):
            continue
        moment = now()
        late = _lead_called_at(connection, case, moment)
        values = {"case_id": case.id, "opening_id": opening_id, "mark": mark, **one._asdict()}
        made = insert(_ALERTS).values(**values, raised_at=moment, lead_at=late, state="new").returning(_ALERTS.c.id)
        _tell(connection, case, f"alert {connection.scalar(made)}", late)


def _is_waiting(connection: Connection, opening_id: int, one: Telling) -> bool:
    """Whether as many alerts of this very answer wait unopened as may; the case is held, so no other is counted meanwhile."""
    same = select(func.count()).where(_ALERTS.c.opening_id == opening_id, _ALERTS.c.state == "new")
    same = same.where(_ALERTS.c.item_key == one.item_key, _ALERTS.c.option_code == one.option_code)
    return (connection.scalar(same) or 0) >= MOST_UNSEEN


def _lead_called_at(connection: Connection, case: HeldCase, moment: datetime) -> datetime:
    """From when on whoever leads safeguarding is called; at once where neither worker nor deputy is there."""
    there = select(Case.id).where(Case.id == case.id, is_there(moment, SEEN_HOLDS))
    return working_hours_after(moment, HOURS_UNDECIDED) if connection.scalar(there) is not None else moment


def _tell(connection: Connection, case: HeldCase, subject: str, late: datetime) -> None:
    for account_id in (case.worker_id, case.deputy_id):
        outbox.add(connection, "alert_new", subject, account_id=account_id)
    outbox.add(connection, "alert_undecided", subject, role=LEAD, programme_id=case.programme_id, due_at=late)


def is_on_duty(session: Session, case: Case, moment: datetime, seen_within: timedelta) -> bool:
    """Whether the worker or the deputy of a case is there to be told: in working hours, and seen here not long ago."""
    there = select(Case.id).where(Case.id == case.id, is_there(moment, seen_within))
    return is_working(moment) and session.scalar(there) is not None


def is_there(moment: datetime, seen_within: timedelta) -> ColumnElement[bool]:
    """Whether the worker or the deputy still works there and was here not long ago, as a condition on `Case`."""
    return (
        select(Account.id)
        .join(Grant, Grant.account_id == Account.id)
        .join(
            Programme,
            or_(Grant.programme_id == Programme.id, Grant.organisation_id == Programme.organisation_id),
        )
        .where(
            Programme.id == Case.programme_id,
            Account.id.in_([Case.worker_id, Case.deputy_id]),
            Account.is_active,
            Account.seen_at > moment - seen_within,
            Grant.role == WORKER,
            Grant.in_force(moment),
        )
        .correlate(Case)
        .exists()
    )


def is_the_leads(account_id: int, moment: datetime) -> ColumnElement[bool]:
    """Whether an alert is open to somebody who leads safeguarding, as a condition on `Alert` and `Case`.

    They are called for it or neither worker nor deputy is there, and it was not decided before; they took it up; or somebody
    saw no concern.
    """
    is_called = or_(Alert.lead_at <= moment, ~is_there(moment, SEEN_HOLDS))
    is_waiting = or_(Alert.decided_at.is_(None), Alert.decided_at >= Alert.lead_at)
    return or_(and_(is_called, is_waiting), Alert.opened_by == account_id, Alert.decision == "no_concern")


def tell_of_no_concern(session: Session, alert: Alert) -> None:
    """The worker or the deputy saw no concern: whoever else leads safeguarding looks again, this evening or when they are here.
    With nobody else there it waits for whoever comes to hold the role."""
    moment, kind, subject, programme_id = now(), "alert_no_concern", f"alert {alert.id}", alert.case.programme_id
    due = max(datetime.combine(moment.astimezone(PLACE), CLOSES, PLACE).astimezone(UTC), moment)
    leads = [one for one in outbox.holders(session, LEAD, programme_id, moment) if one != alert.decided_by]
    for account_id in leads:
        outbox.add(session, kind, subject, account_id=account_id, due_at=due)
    if not leads:
        outbox.add(session, kind, subject, role=LEAD, programme_id=programme_id, due_at=due)
