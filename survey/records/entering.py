"""The page of a programme's counts: paste, look over, keep, take back what was not released, and ask for a release."""

from __future__ import annotations

from dataclasses import asdict

from flask import abort, g, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Reply
from wtforms import TextAreaField

from survey import audit, jobs
from survey.access import reached_programme, staff
from survey.clock import today
from survey.forms import Longest, Needed, StaffForm
from survey.installation import database, keys
from survey.languages import N_, gettext
from survey.models import Observation, Programme
from survey.records.pasting import Counted, Pasted, key_of, read_lines
from survey.records.places import ROLES, blueprint
from survey.records_kept import countable, newest_release, too_soon

LONGEST_PASTE = 60_000
MOST_KEPT = 5000


class CountsForm(StaffForm):
    """Lines of a spreadsheet."""

    lines = TextAreaField(
        N_("Counts, a line each"),
        [Needed(N_("Paste at least one line.")), Longest(LONGEST_PASTE)],
        description=N_("indicator, place, first day, last day, count, days at risk, people"),
        render_kw={"rows": "8", "spellcheck": "false"},
    )


def _rows(session: Session, programme_id: int) -> list[Observation]:
    query = select(Observation).where(Observation.programme_id == programme_id)
    return list(session.scalars(query.order_by(Observation.indicator, Observation.first_day, Observation.place)))


def _page(programme_id: int, form: CountsForm, looked_over: tuple[Counted, ...] = ()) -> str:
    with database().reading() as session:
        programme = reached_programme(session, programme_id, *ROLES)
        rows = _rows(session, programme.id)
        last = newest_release(session, programme.id)
    return render_template(
        "records/show.html",
        programme=programme,
        form=form,
        rows=rows,
        looked_over=looked_over,
        indicators=countable(),
        last=last,
        can_release=any(not row.is_released for row in rows) and not too_soon(last, today()),
    )


@blueprint.get("/<int:programme_id>/")
@staff(*ROLES)
def show(programme_id: int) -> str:
    """What was counted, and a place to paste more."""
    return _page(programme_id, CountsForm())


@blueprint.post("/<int:programme_id>/")
@staff(*ROLES)
def add(programme_id: int) -> Reply | str | tuple[str, int]:
    """Look the lines over first; keep them when they are sent again as seen."""
    form = CountsForm(request.form)
    with database().reading() as session:
        reached_programme(session, programme_id, *ROLES)
    if not form.validate():
        return _page(programme_id, form), 422
    with database().writing() as session:
        programme = reached_programme(session, programme_id, *ROLES)
        session.refresh(programme, with_for_update=True)
        pasted = _read(session, programme, form)
        if not pasted.faults and request.form.get("seen") == "yes":
            session.add_all(Observation(programme_id=programme.id, **asdict(one)) for one in pasted.counts)
            said = f"{len(pasted.counts)} lines"
            audit.record(session, keys(), g.account.id, "records.added", f"programme {programme.id}", said)
            return redirect(url_for("records.show", programme_id=programme_id), 303)
    if pasted.faults:
        form.lines.errors = list(pasted.faults)
        return _page(programme_id, form), 422
    return _page(programme_id, form, pasted.counts)


def _read(session: Session, programme: Programme, form: CountsForm) -> Pasted:
    """The lines that may be kept: none for a period that was released, or its place would show by subtraction."""
    rows = _rows(session, programme.id)
    taken = {key_of(row.indicator, row.place, row.first_day) for row in rows}
    pasted = read_lines(form.lines.data or "", countable(), taken, today())
    released = [(row.indicator, row.first_day, row.last_day) for row in rows if row.is_released]
    kept = [(row.indicator, row.first_day, row.last_day) for row in rows]
    faults = list(pasted.faults)
    for n, one in enumerate(pasted.counts, 1):
        period = (one.indicator, one.first_day, one.last_day)
        others = [*kept, *((two.indicator, two.first_day, two.last_day) for two in pasted.counts)]
        if period in released:
            faults.append(gettext("Line %(n)s: this period was released already and takes no more.", n=n))
        elif any(
            name == period[0] and (a, b) != period[1:] and a <= period[2] and period[1] <= b for name, a, b in others
        ):
            faults.append(gettext("Line %(n)s: the period overlaps another one of this indicator.", n=n))
    if len(rows) + len(pasted.counts) > MOST_KEPT:
        faults.append(gettext("A programme holds at most %(most)s lines.", most=MOST_KEPT))
    return Pasted(() if faults else pasted.counts, tuple(faults))


@blueprint.post("/<int:programme_id>/remove")
@staff(*ROLES)
def remove(programme_id: int) -> Reply:
    """Take a line back that was not released."""
    wanted = request.form.get("line", "")
    with database().writing() as session:
        programme = reached_programme(session, programme_id, *ROLES)
        row = session.get(Observation, int(wanted)) if wanted.isdecimal() and len(wanted) < 10 else None
        if row is None or row.programme_id != programme.id:
            abort(404)
        if row.is_released:
            abort(409)
        session.delete(row)
        audit.record(session, keys(), g.account.id, "records.removed", f"programme {programme.id}")
    return redirect(url_for("records.show", programme_id=programme_id), 303)


@blueprint.post("/<int:programme_id>/release")
@staff(*ROLES)
def ask(programme_id: int) -> Reply:
    """Ask the worker for a release of the periods that are over."""
    with database().writing() as session:
        programme = reached_programme(session, programme_id, *ROLES)
        if too_soon(newest_release(session, programme.id), today()):
            abort(409)
        jobs.add(session, "records", {"programme": programme.id})
        audit.record(session, keys(), g.account.id, "records.release_asked", f"programme {programme.id}")
    return redirect(url_for("scorecard.show", programme=programme_id), 303)
