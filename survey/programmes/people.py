"""Who may do what in a programme: roles given to colleagues for a reason and a time, and ended at once.

The one role that opens young people's words is given by somebody else, never to oneself.
"""

from __future__ import annotations

from datetime import date, timedelta

from flask import abort, g, redirect, render_template, request, url_for
from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Reply

from survey import audit
from survey.access import organisations_of, reached_programme, staff
from survey.clock import PLACE, now
from survey.installation import database, keys
from survey.languages import gettext
from survey.models import SAFEGUARDING_READER, Account, Grant, Programme
from survey.programmes.forms import GrantForm, role_words
from survey.programmes.places import ROLE, blueprint


@blueprint.route("/<int:programme_id>/people/", methods=["GET", "POST"])
@staff(ROLE)
def people(programme_id: int) -> Reply | str | tuple[str, int]:
    """Everybody who holds a role here; and a form to give one."""
    with database().reading() as session:
        programme = reached_programme(session, programme_id, ROLE)
        form = GrantForm(
            request.form, may_reach_all=_governs(programme), data={"role": "facilitator", "reach": "programme"}
        )
        holders = [
            (grant, account, role_words(grant.role), _last_day(grant)) for grant, account in _grants(session, programme)
        ]
        page = {
            "programme": programme,
            "form": form,
            "holders": holders,
            "governs": _governs(programme),
            "me": g.account.id,
        }
        if request.method == "GET":
            return render_template("programmes/people.html", **page)
        valid = form.validate()
        account = session.scalar(
            select(Account).where(Account.email == (form.email.data or "").lower(), Account.is_active)
        )
    if valid and account is None:
        form.email.errors = [
            gettext("Nobody has an account with this address. Whoever runs this installation can make one.")
        ]
    if valid and account is not None and _would_read_alone(account, form):
        form.email.errors = [
            gettext(
                "Nobody gives this role to themself: it opens what young people wrote. Ask another administrator to give it "
                "to you. Where there is none, whoever runs this installation can add one."
            )
        ]
        return render_template("programmes/people.html", **page), 409
    if not valid or account is None:
        return render_template("programmes/people.html", **page), 422
    with database().writing() as session:
        _give(session, programme, account, form)
    return redirect(url_for("programmes.people", programme_id=programme_id), 303)


def _would_read_alone(account: Account, form: GrantForm) -> bool:
    """Whether an administrator would make themself a reader of what young people write, with nobody else knowing."""
    return account.id == g.account.id and str(form.role.data) == SAFEGUARDING_READER


def _governs(programme: Programme) -> bool:
    """Whether this account administers the whole organisation, not only this programme."""
    return programme.organisation_id in organisations_of(ROLE)


def _grants(session: Session, programme: Programme) -> list[tuple[Grant, Account]]:
    """The grants in force that reach this programme, with their holders."""
    found = session.execute(
        select(Grant, Account)
        .join(Account, Grant.account_id == Account.id)
        .where(
            or_(Grant.programme_id == programme.id, Grant.organisation_id == programme.organisation_id),
            Grant.in_force(now()),
        )
        .order_by(Account.name, Grant.id)
    )
    return [(grant, account) for grant, account in found]


def _last_day(grant: Grant) -> date | None:
    """The last day on which a role holds, where the schools are."""
    return (grant.ends_at - timedelta(seconds=1)).astimezone(PLACE).date() if grant.ends_at is not None else None


def _give(session: Session, programme: Programme, account: Account, form: GrantForm) -> None:
    whole = form.reach.data == "organisation"
    grant = Grant(
        account_id=account.id,
        role=form.role.data,
        organisation_id=programme.organisation_id if whole else None,
        programme_id=None if whole else programme.id,
        starts_at=now(),
        ends_at=form.ends_at(),
        reason=form.reason.data or "",
    )
    session.add(grant)
    session.flush()
    place = f"organisation {programme.organisation_id}" if whole else f"programme {programme.id}"
    subject = f"grant {grant.id}: {grant.role} to account {account.id} for {place}"
    audit.record(session, keys(), g.account.id, "grant.given", subject, grant.reason)


@blueprint.post("/<int:programme_id>/people/<int:grant_id>/end")
@staff(ROLE)
def end_grant(programme_id: int, grant_id: int) -> Reply:
    """End a role at once; nobody ends their own administration, so that a programme is never left alone by a slip."""
    with database().writing() as session:
        programme = reached_programme(session, programme_id, ROLE)
        grant = session.get(Grant, grant_id) or abort(404)
        is_here = grant.programme_id == programme.id
        if not is_here and not (_governs(programme) and grant.organisation_id == programme.organisation_id):
            abort(404)
        if grant.account_id == g.account.id and grant.role == ROLE:
            abort(409)
        if grant.ends_at is None or grant.ends_at > now():
            grant.ends_at = now()
            subject = f"grant {grant.id}: {grant.role} of account {grant.account_id}"
            audit.record(session, keys(), g.account.id, "grant.ended", subject)
    return redirect(url_for("programmes.people", programme_id=programme_id), 303)
