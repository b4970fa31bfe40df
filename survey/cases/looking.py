"""An alert: new until somebody opens it, opened until somebody decides, decided for good. Each act stands in the audit.

Opening takes it off nobody: only a decision ends the clock after which whoever leads safeguarding is called (CARE B4).
"""

from __future__ import annotations

from flask import g, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Reply

from survey import audit, outbox
from survey.access import staff
from survey.alerts import LEAD, WORKER, tell_of_no_concern
from survey.cases.answers import option_words
from survey.cases.places import blueprint, reached_alert
from survey.cases.running import step_words
from survey.clock import PLACE, now
from survey.decisions import DecisionForm, decision_words, write_decision
from survey.installation import database, keys
from survey.models import DECISIONS, Account, Alert
from survey.publishing import instrument_of
from survey.sheets import words


@blueprint.get("/alerts/<int:alert_id>/")
@staff(WORKER, LEAD)
def alert(alert_id: int) -> str:
    """The alert: what was answered only once it has been opened."""
    return _page(alert_id, DecisionForm())


def _page(alert_id: int, form: DecisionForm) -> str:
    with database().reading() as session:
        found = reached_alert(session, alert_id)
        names = {account_id: _name(session, account_id) for account_id in (found.opened_by, found.decided_by)}
    item = instrument_of(found.opening.instrument_version).item(found.item_key)
    option = next(one for one in item.options if one.code == found.option_code)
    return render_template(
        "cases/alert.html",
        alert=found,
        raised_at=found.raised_at.astimezone(PLACE),
        opened_by=names[found.opened_by],
        decided_by=names[found.decided_by],
        question=words(item.text),
        answer=option_words(item, option.key),
        wave=step_words(found.opening.wave),
        form=form,
        typed=_typed(form) if found.state != "opened" else [],
        decision=decision_words(found.decision) if found.decision else "",
        is_mine=g.account.id in (found.case.worker_id, found.case.deputy_id),
    )


def _typed(form: DecisionForm) -> list[str]:
    """What somebody typed who cannot decide any more, or not yet, so that it is not lost to them."""
    decision = decision_words(form.decision.data) if form.decision.data in DECISIONS else ""
    handed_on = form.handed_on.data.isoformat() if form.handed_on.data else ""
    return [one for one in (decision, form.handed_to.data, handed_on, form.reference.data) if one]


def _name(session: Session, account_id: int | None) -> str:
    account = session.get(Account, account_id) if account_id is not None else None
    return account.name if account is not None else ""


@blueprint.post("/alerts/<int:alert_id>/open")
@staff(WORKER, LEAD)
def open_alert(alert_id: int) -> Reply:
    """Take an alert up: from now on it says who did. Whoever is called for it still is, until somebody decides."""
    with database().writing() as session:
        found = _locked(session, alert_id)
        if found.state == "new":
            found.state, found.opened_by, found.opened_at = "opened", g.account.id, now()
            audit.record(session, keys(), g.account.id, "alert.opened", f"alert {found.id} of case {found.case_id}")
    return redirect(url_for("cases.alert", alert_id=alert_id), 303)


@blueprint.post("/alerts/<int:alert_id>/decide")
@staff(WORKER, LEAD, keeps_typed=True)
def decide(alert_id: int) -> Reply | tuple[str, int]:
    """Say what was done; it cannot be changed afterwards. Whoever comes second sees what stands, and what they typed."""
    form = DecisionForm(request.form)
    if not form.validate() or g.only_shown:
        return _page(alert_id, form), 422
    with database().writing() as session:
        found = _locked(session, alert_id)
        is_mine = found.state == "opened"
        if is_mine:
            _decide(session, found, form)
    if not is_mine:
        return _page(alert_id, form), 409
    return redirect(url_for("cases.alert", alert_id=alert_id), 303)


def _decide(session: Session, found: Alert, form: DecisionForm) -> None:
    write_decision(found, form, g.account.id)
    found.decided_at = now()
    outbox.settle(session, f"alert {found.id}")
    if found.decision == "no_concern" and g.account.id in (found.case.worker_id, found.case.deputy_id):
        tell_of_no_concern(session, found)
    subject = f"alert {found.id} of case {found.case_id}"
    audit.record(session, keys(), g.account.id, "alert.decided", subject, found.decision or "")


def _locked(session: Session, alert_id: int) -> Alert:
    session.execute(select(Alert.id).where(Alert.id == alert_id).with_for_update())
    return reached_alert(session, alert_id)
