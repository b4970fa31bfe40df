"""Who takes part: schools added one by one or pasted, with the number on roll that every response rate rests on."""

from __future__ import annotations

from collections.abc import Iterable

from flask import abort, g, redirect, render_template, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Reply

from survey import audit
from survey.access import reached_programme, staff
from survey.installation import database, keys
from survey.languages import gettext
from survey.models import Participation, Programme, Setting, Sitting
from survey.programmes.forms import PasteForm, RollForm, SchoolForm
from survey.programmes.pasting import School, read_lines
from survey.programmes.places import ROLE, blueprint, locked_programme, prints_in_a_service

CHANGEABLE = ("draft", "open")


@blueprint.get("/<int:programme_id>/schools/")
@staff(ROLE)
def schools(programme_id: int) -> str:
    """Two ways to add schools."""
    return _page(programme_id, SchoolForm(), PasteForm())


def _page(programme_id: int, one: SchoolForm, many: PasteForm) -> str:
    with database().reading() as session:
        programme = reached_programme(session, programme_id, ROLE)
        if programme.status not in CHANGEABLE:
            abort(409)
        names = _names(session, programme)
    return render_template("programmes/schools.html", programme=programme, one=one, many=many, count=len(names))


def _names(session: Session, programme: Programme) -> list[str]:
    """The names of the schools that take part."""
    found = select(Setting.name).join(Participation, Participation.setting_id == Setting.id)
    return list(session.scalars(found.where(Participation.programme_id == programme.id)))


@blueprint.post("/<int:programme_id>/schools/")
@staff(ROLE)
def add_school(programme_id: int) -> Reply | tuple[str, int]:
    """One school."""
    form = SchoolForm(request.form)
    with database().reading() as session:
        programme = reached_programme(session, programme_id, ROLE)
        taken = {name.casefold() for name in _names(session, programme)}
        printed = prints_in_a_service(programme, [form.kind.data])
    valid = form.validate()
    if valid and printed:
        form.kind.errors = [_no_printing()]
        valid = False
    if valid and (form.name.data or "").casefold() in taken:
        form.name.errors = [gettext("This school takes part already.")]
        valid = False
    if not valid:
        return _page(programme_id, form, PasteForm()), 422
    _add(programme_id, [School(form.name.data or "", form.kind.data, form.on_roll.data or 0)])
    return redirect(url_for("programmes.show", programme_id=programme_id), 303)


@blueprint.post("/<int:programme_id>/schools/paste")
@staff(ROLE)
def paste_schools(programme_id: int) -> Reply | tuple[str, int]:
    """Many schools; none is added while a line has a fault."""
    form = PasteForm(request.form)
    with database().reading() as session:
        programme = reached_programme(session, programme_id, ROLE)
        pasted = read_lines(form.lines.data or "", _names(session, programme))
        printed = prints_in_a_service(programme, [one.kind for one in pasted.schools])
    if pasted.faults or printed:
        form.lines.errors = [*pasted.faults, *([_no_printing()] if printed else [])]
        return _page(programme_id, SchoolForm(), form), 422
    _add(programme_id, pasted.schools)
    return redirect(url_for("programmes.show", programme_id=programme_id), 303)


def _no_printing() -> str:
    return gettext("A service cannot take part: the questionnaire asks whether words may be printed.")


def _add(programme_id: int, schools: Iterable[School]) -> None:
    with database().writing() as session:
        programme = locked_programme(session, programme_id, *CHANGEABLE)
        own = select(Setting).where(Setting.organisation_id == programme.organisation_id)
        known = {setting.name.casefold(): setting for setting in session.scalars(own)}
        # Chance has drawn already: who comes later was not drawn.
        drawn = select(Participation.in_sample).where(Participation.programme_id == programme.id)
        asked = all(session.scalars(drawn))
        for school in schools:
            setting = known.get(school.name.casefold())
            if setting is None:
                setting = Setting(organisation_id=programme.organisation_id, name=school.name, kind=school.kind)
                session.add(setting)
                session.flush()
            if session.get(Participation, (programme.id, setting.id)) is None:
                part = {"programme_id": programme.id, "setting_id": setting.id, "in_sample": asked}
                session.add(Participation(**part, on_roll=school.on_roll))
            subject = f"programme {programme.id}, setting {setting.id}"
            audit.record(session, keys(), g.account.id, "programme.school_added", subject, f"on roll {school.on_roll}")


@blueprint.route("/<int:programme_id>/schools/<int:setting_id>/roll", methods=["GET", "POST"])
@staff(ROLE)
def put_roll_right(programme_id: int, setting_id: int) -> Reply | str | tuple[str, int]:
    """Put a school's number on roll right."""
    with database().reading() as session:
        programme = reached_programme(session, programme_id, ROLE)
        taking_part = _taking_part(session, programme_id, setting_id)
        name, count = taking_part.setting.name, _sittings(session, programme_id, setting_id)
    form = RollForm(request.form, data={"on_roll": taking_part.on_roll})
    page = {"programme": programme, "setting_id": setting_id, "name": name, "form": form, "can_remove": count == 0}
    if programme.status not in CHANGEABLE:
        abort(409)
    if request.method == "GET":
        return render_template("programmes/school.html", **page)
    if not form.validate():
        return render_template("programmes/school.html", **page), 422
    with database().writing() as session:
        locked_programme(session, programme_id, *CHANGEABLE)
        row = _taking_part(session, programme_id, setting_id)
        change = f"on roll {row.on_roll} -> {form.on_roll.data}"
        row.on_roll = form.on_roll.data or 0
        subject = f"programme {programme_id}, setting {setting_id}"
        audit.record(session, keys(), g.account.id, "programme.on_roll_put_right", subject, change)
    return redirect(url_for("programmes.show", programme_id=programme_id), 303)


@blueprint.post("/<int:programme_id>/schools/<int:setting_id>/remove")
@staff(ROLE)
def remove_school(programme_id: int, setting_id: int) -> Reply:
    """Take a school out that has no session in this programme."""
    with database().writing() as session:
        locked_programme(session, programme_id, *CHANGEABLE)
        row = _taking_part(session, programme_id, setting_id)
        if _sittings(session, programme_id, setting_id):
            abort(409)
        session.delete(row)
        subject = f"programme {programme_id}, setting {setting_id}"
        audit.record(session, keys(), g.account.id, "programme.school_removed", subject)
    return redirect(url_for("programmes.show", programme_id=programme_id), 303)


def _taking_part(session: Session, programme_id: int, setting_id: int) -> Participation:
    return session.get(Participation, (programme_id, setting_id)) or abort(404)


def _sittings(session: Session, programme_id: int, setting_id: int) -> int:
    held = select(func.count()).where(Sitting.programme_id == programme_id, Sitting.setting_id == setting_id)
    return session.scalar(held) or 0
