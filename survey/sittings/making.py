"""Setting a session up: the programme, then the school, the day and who is there; and putting numbers right later."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort, g, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from werkzeug.wrappers import Response as Reply

from survey import audit
from survey.access import reach, reached_programme, staff
from survey.clock import today
from survey.installation import database, keys
from survey.models import Participation, Programme, Setting, Sitting
from survey.openings import add_entry
from survey.sittings.acts import draw_wave
from survey.sittings.forms import CountsForm, SittingForm
from survey.sittings.places import ROLES, blueprint
from survey.waves import openings_of, reached_sitting


@blueprint.get("/")
@staff(*ROLES)
def index() -> str:
    """The sessions of this person's programmes, the nearest ones first."""
    with database().reading() as session:
        found = session.scalars(
            select(Sitting)
            .join(Programme, Sitting.programme_id == Programme.id)
            .where(reach(*ROLES), Sitting.mode == "private")
            .options(joinedload(Sitting.setting), joinedload(Sitting.programme))
            .order_by(Sitting.held_on, Sitting.id)
        ).all()
        programmes = _open_programmes(session)
    day = today()
    coming = [sitting for sitting in found if sitting.held_on >= day]
    past = [sitting for sitting in reversed(found) if sitting.held_on < day]
    return render_template("sittings/index.html", coming=coming, past=past, can_make=bool(programmes))


def _open_programmes(session: Session) -> Sequence[Programme]:
    return session.scalars(
        select(Programme)
        .where(reach(*ROLES), Programme.status == "open", Programme.mode == "private")
        .order_by(Programme.name)
    ).all()


@blueprint.get("/new")
@staff(*ROLES)
def choose() -> Reply | str:
    """Which programme the session belongs to; not asked where there is only one."""
    with database().reading() as session:
        programmes = _open_programmes(session)
    if len(programmes) == 1:
        return redirect(url_for("sittings.make", programme_id=programmes[0].id), 303)
    return render_template("sittings/choose.html", programmes=programmes)


@blueprint.route("/new/<int:programme_id>", methods=["GET", "POST"])
@staff(*ROLES)
def make(programme_id: int) -> Reply | str | tuple[str, int]:
    """A new session of a programme."""
    with database().reading() as session:
        programme = reached_programme(session, programme_id, *ROLES)
        schools = _schools(session, programme.id)
    if programme.status != "open" or programme.mode != "private" or not schools:
        return render_template("sittings/not_yet.html", programme=programme), 409
    form = SittingForm(request.form, schools=schools, data={"held_on": today(), "devices": "shared"})
    if request.method == "GET":
        return render_template("sittings/form.html", form=form, programme=programme, sitting=None)
    if not form.validate():
        return render_template("sittings/form.html", form=form, programme=programme, sitting=None), 422
    with database().writing() as session:
        sitting = Sitting(programme_id=programme.id, mode=programme.mode)
        form.fill(sitting)
        sitting.only_wave = draw_wave(session, session.get_one(Programme, programme.id), sitting.setting_id)
        session.add(sitting)
        session.flush()
        if sitting.only_wave:
            audit.record(session, keys(), g.account.id, "sitting.drawn", f"sitting {sitting.id}", sitting.only_wave)
        add_entry(session, sitting)
        audit.record(session, keys(), g.account.id, "sitting.made", f"sitting {sitting.id}")
    return redirect(url_for("sittings.show", sitting_id=sitting.id), 303)


def _schools(session: Session, programme_id: int) -> Sequence[Participation]:
    return session.scalars(
        select(Participation)
        .join(Setting, Participation.setting_id == Setting.id)
        .where(Participation.programme_id == programme_id, Participation.in_sample)
        .options(joinedload(Participation.setting))
        .order_by(Setting.name)
    ).all()


@blueprint.route("/<int:sitting_id>/edit", methods=["GET", "POST"])
@staff(*ROLES)
def edit(sitting_id: int) -> Reply | str | tuple[str, int]:
    """Put a session right: everything until the first questions are opened, the numbers for ever."""
    with database().reading() as session:
        sitting = reached_sitting(session, sitting_id)
        schools = _schools(session, sitting.programme_id)
        is_begun = bool(openings_of(session, sitting.id)) or sitting.play_started_at is not None
    typed = {"setting": sitting.setting_id, **{name: getattr(sitting, name) for name in FIELDS}}
    form = CountsForm(request.form, data=typed) if is_begun else SittingForm(request.form, schools=schools, data=typed)
    if request.method == "GET":
        return render_template("sittings/form.html", form=form, programme=sitting.programme, sitting=sitting)
    if not form.validate():
        return render_template("sittings/form.html", form=form, programme=sitting.programme, sitting=sitting), 422
    with database().writing() as session:
        _put_right(session, sitting.id, form)
    return redirect(url_for("sittings.show", sitting_id=sitting.id, said="saved"), 303)


FIELDS = ("held_on", "year_groups", "place", "devices", "present", "absent", "opted_out", "safe_person")


def _put_right(session: Session, sitting_id: int, form: CountsForm) -> None:
    """Store the correction and keep in the audit what the numbers were."""
    sitting = session.get(Sitting, sitting_id, with_for_update=True) or abort(404)
    was = f"{sitting.present}/{sitting.absent}/{sitting.opted_out}"
    if isinstance(form, SittingForm):
        if openings_of(session, sitting_id):
            abort(409)
        form.fill(sitting)
    else:
        form.fill_counts(sitting)
    counts = f"present/absent/opted out {was} -> {sitting.present}/{sitting.absent}/{sitting.opted_out}"
    audit.record(session, keys(), g.account.id, "sitting.put_right", f"sitting {sitting_id}", counts)
