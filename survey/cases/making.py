"""One's own cases in a list, alerts first; and making a case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flask import g, redirect, render_template, request, url_for
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload
from werkzeug.wrappers import Response as Reply

from survey import audit, outbox
from survey.access import reach, staff
from survey.alerts import LEAD, WORKER
from survey.cases.forms import CaseForm
from survey.cases.places import blueprint, my_alerts, my_cases
from survey.clock import now, today
from survey.installation import database, keys
from survey.languages import gettext
from survey.models import Account, Alert, Case, Grant, Participation, Programme, Sitting
from survey.openings import add_entry

SHOWN_AGAIN = timedelta(days=30)


@blueprint.get("/")
@staff(WORKER, LEAD)
def index() -> str:
    """What needs somebody now; then the open cases, then those that are over."""
    with database().reading() as session:
        alerts = session.scalars(my_alerts().where(Alert.state != "decided").order_by(Alert.raised_at)).all()
        cases = session.scalars(my_cases().order_by(Case.reference)).all()
        told = outbox.waiting_for(session, "alert_no_concern", g.account.id)
        unseen = session.scalars(_no_concern(told).order_by(Alert.decided_at)).all()
        can_make = bool(_places(session))
    if told:  # also what is no longer theirs to look at: nothing else would ever take it off their first page
        with database().writing() as session:
            outbox.settle_for(session, "alert_no_concern", g.account.id, subjects=told)
    return render_template(
        "cases/index.html",
        alerts=alerts,
        unseen=unseen,
        open_cases=[case for case in cases if case.closed_at is None],
        closed_cases=[case for case in cases if case.closed_at is not None],
        can_make=can_make,
        is_worker=any(grant.role == WORKER for grant in g.grants),
    )


def _no_concern(told: Sequence[str]) -> Select[Alert]:
    """What the worker or the deputy decided by themselves, for whoever leads safeguarding to look at again: lately, or however
    long ago while they have not come for what they were told."""
    lately = and_(Alert.decided_by.in_([Case.worker_id, Case.deputy_id]), Alert.decided_at > now() - SHOWN_AGAIN)
    return my_alerts().where(
        reach(LEAD),
        Alert.decision == "no_concern",
        Alert.decided_by != g.account.id,
        or_(lately, Alert.id.in_([int(subject.removeprefix("alert ")) for subject in told])),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@staff(WORKER)
def make() -> Reply | str | tuple[str, int]:
    """A new case of one's own."""
    with database().reading() as session:
        places = _places(session)
        deputies = _deputies(session, [programme for programme, _ in places])
    form = CaseForm(request.form, places=places, deputies=sorted(set().union(*deputies.values()), key=_name))
    if request.method == "GET":
        return render_template("cases/form.html", form=form)
    if form.validate():
        programme_id, _, setting_id = (form.place.data or "").partition("-")
        if form.deputy.data not in [one.id for one in deputies[int(programme_id)]]:
            form.deputy.errors = [gettext("Choose who stands in for you. It must be another worker of the programme.")]
        elif (case_id := _make(int(programme_id), int(setting_id), form)) is None:
            form.reference.errors = [gettext("There is a case with this reference. Give another one.")]
        else:
            return redirect(url_for("cases.show", case_id=case_id), 303)
    return render_template("cases/form.html", form=form), 422


def _name(account: Account) -> tuple[str, int]:
    return account.name, account.id


def _places(session: Session) -> list[tuple[Programme, Participation]]:
    """The open linked programmes in which this account is a worker, with their services."""
    found = session.execute(
        select(Programme, Participation)
        .join(Participation, Participation.programme_id == Programme.id)
        .where(reach(WORKER), Programme.status == "open", Programme.mode == "linked")
        .options(joinedload(Participation.setting))
        .order_by(Programme.name, Participation.setting_id)
    )
    return [(programme, participation) for programme, participation in found]


def _deputies(session: Session, programmes: Sequence[Programme]) -> dict[int, set[Account]]:
    """The other workers of each programme."""
    found = {}
    for programme in programmes:
        others = select(Account).where(Account.id.in_(Grant.held(WORKER, programme, now())), Account.id != g.account.id)
        found[programme.id] = set(session.scalars(others))
    return found


def _make(programme_id: int, setting_id: int, form: CaseForm) -> int | None:
    """Make a case with its way in; None when the reference is taken."""
    try:
        with database().writing() as session:
            sitting = Sitting(
                programme_id=programme_id,
                setting_id=setting_id,
                mode="linked",
                held_on=today(),
                year_groups="",
                present=1,
                devices="own",
            )
            session.add(sitting)
            session.flush()
            add_entry(session, sitting)
            case = Case(
                programme_id=programme_id,
                mode="linked",
                sitting_id=sitting.id,
                reference=form.reference.data,
                worker_id=g.account.id,
                deputy_id=form.deputy.data,
                opened_at=now(),
            )
            session.add(case)
            session.flush()
            audit.record(session, keys(), g.account.id, "case.made", f"case {case.id}, deputy {case.deputy_id}")
            return case.id
    except IntegrityError:
        return None
