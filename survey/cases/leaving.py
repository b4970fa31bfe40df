"""How a case ends: closed when the support is over; or its answers taken out, because the young person wishes it.

Answers can be taken out until they have entered a release; what still waits on a device dies with its key. What was decided
on alerts stays: it is the safeguarding record, and the page says so. Until every alert is decided nothing can be taken out.
"""

from __future__ import annotations

from flask import abort, g, redirect, render_template, request, url_for
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Reply

from survey import audit
from survey.access import staff
from survey.alerts import WORKER
from survey.cases.places import blueprint, locked_case, openings_of, reached_case
from survey.clock import now
from survey.installation import database, keys
from survey.models import Alert, Case, Decline, Held, Receipt, ReleasedSitting, Response
from survey.sealed_answers import wipe_waiting


@blueprint.post("/<int:case_id>/end")
@staff(WORKER)
def end(case_id: int) -> Reply:
    """The support is over: nothing is asked any more, and the answers stay."""
    with database().writing() as session:
        case = locked_case(session, case_id)
        _close(session, case)
        audit.record(session, keys(), g.account.id, "case.ended", f"case {case.id}")
    return redirect(url_for("cases.show", case_id=case_id), 303)


def _close(session: Session, case: Case) -> None:
    case.closed_at = case.closed_at or now()
    for opening in openings_of(session, case).values():
        opening.closed_at = opening.closed_at or now()


@blueprint.route("/<int:case_id>/withdraw", methods=["GET", "POST"])
@staff(WORKER)
def withdraw(case_id: int) -> Reply | str:
    """Ask once more; then delete what the young person answered, and end the case."""
    with database().reading() as session:
        case = reached_case(session, case_id)
        refusal = _refusal(session, case)
    if request.method == "GET":
        return render_template("cases/withdraw.html", case=case, refusal=refusal)
    with database().writing() as session:
        session.execute(select(Case.id).where(Case.id == case.id).with_for_update())
        case = reached_case(session, case_id)
        if _refusal(session, case):
            abort(409)
        _take_out(session, case)
        audit.record(session, keys(), g.account.id, "case.withdrawn", f"case {case.id}")
    database().forget_order()
    return redirect(url_for("cases.show", case_id=case_id), 303)


def _refusal(session: Session, case: Case) -> str:
    """Why the answers cannot be taken out; empty where they can."""
    if case.withdrawn_at is not None:
        return "withdrawn"
    if session.get(ReleasedSitting, case.sitting_id) is not None:
        return "released"
    undecided = select(Alert.id).where(Alert.case_id == case.id, Alert.state != "decided")
    return "undecided" if session.scalar(undecided.limit(1)) is not None else ""


def _take_out(session: Session, case: Case) -> None:
    openings = [opening.id for opening in openings_of(session, case).values()]
    session.execute(delete(Response).where(Response.case_id == case.id))
    for kept in (Held, Receipt, Decline):  # the tickets stay: whoever still has one is told that nothing more is kept
        session.execute(delete(kept).where(kept.opening_id.in_(openings)))
    wipe_waiting(session, case.sitting_id)
    _close(session, case)
    case.withdrawn_at = now()
