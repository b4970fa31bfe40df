"""Days on which somebody who is on duty is away: nobody promises that they read then, and the next in line is told instead."""

from __future__ import annotations

from datetime import date, timedelta

from flask import abort, g, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Reply
from wtforms import DateField

from survey import audit
from survey.access import reached_programme, staff
from survey.clock import today
from survey.forms import StaffForm
from survey.installation import database, keys
from survey.languages import N_
from survey.models import Duty
from survey.reading_room.duties import ADMINISTRATOR, WithinAYear, stretches
from survey.reading_room.places import blueprint


class AwayForm(StaffForm):
    """From when to when somebody is away."""

    first_day = DateField(N_("First day away"))
    last_day = DateField(N_("Last day away"), [WithinAYear()])


@blueprint.route("/duties/<int:programme_id>/<int:duty_id>/away", methods=["GET", "POST"])
@staff(ADMINISTRATOR)
def away(programme_id: int, duty_id: int) -> Reply | str | tuple[str, int]:
    """The days on which somebody is away, and a form for more of them."""
    form = AwayForm(request.form)
    if request.method == "POST" and form.validate():
        first: date = form.first_day.data or today()
        last: date = form.last_day.data or first
        days = [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]
        with database().writing() as session:
            duty = _reached_duty(session, programme_id, duty_id)
            duty.away = sorted({*duty.away, *days})
            _record(session, "duty.away", duty, f"{first} to {last}")
        return redirect(url_for("reading_room.duties", programme_id=programme_id), 303)
    with database().reading() as session:
        duty = _reached_duty(session, programme_id, duty_id)
        page = {"duty": duty, "name": duty.account.name, "stretches": stretches(duty.away), "form": form}
    reply = render_template("reading_room/away.html", **page)
    return (reply, 422) if form.errors else reply


@blueprint.post("/duties/<int:programme_id>/<int:duty_id>/back")
@staff(ADMINISTRATOR)
def back(programme_id: int, duty_id: int) -> Reply:
    """They are here after all: no day from today on is one away."""
    with database().writing() as session:
        duty = _reached_duty(session, programme_id, duty_id)
        duty.away = [day for day in duty.away if day < today().isoformat()]
        _record(session, "duty.back", duty, "")
    return redirect(url_for("reading_room.duties", programme_id=programme_id), 303)


def _reached_duty(session: Session, programme_id: int, duty_id: int) -> Duty:
    programme = reached_programme(session, programme_id, ADMINISTRATOR)
    duty = session.get(Duty, duty_id)
    if duty is None or duty.programme_id != programme.id:
        abort(404)
    return duty


def _record(session: Session, act: str, duty: Duty, detail: str) -> None:
    audit.record(session, keys(), g.account.id, act, f"duty {duty.id}: account {duty.account_id}", detail)
