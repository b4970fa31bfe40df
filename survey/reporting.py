"""Pages that read a stored release: a programme's report, an earlier release, a school's own page, the drawings.

No page here asks for an answer. Everything on it is in the release's snapshot, so a page costs the same whether ten children
answered or a million, and a figure can be found again by its release number.
"""

from __future__ import annotations

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload
from werkzeug.wrappers import Response as Reply
from wtforms import StringField

from survey import audit
from survey.access import READERS, organisations_of, reach, reached_programme, reaches, staff
from survey.forms import Longest, Needed, StaffForm
from survey.grounds import how_we_know, key_figures, lead, origin_words, summary, warnings
from survey.installation import database, keys
from survey.languages import N_
from survey.models import Participation, Programme, Release, Setting
from survey.releases import store
from survey.sections import grouped, overview, response, sections
from survey.separation import on_one_page

blueprint = Blueprint("reporting", __name__, url_prefix="/staff")

SCHOOL_READERS = ("facilitator", "administrator")


class WithdrawForm(StaffForm):
    """Why a release must no longer be used."""

    reason = StringField(N_("Why must nobody use this release?"), [Needed(N_("Give the reason.")), Longest(300)])


@blueprint.get("/reports")
@staff(*READERS)
def index() -> str:
    """The programmes whose reports one may read."""
    with database().reading() as session:
        programmes = session.scalars(
            select(Programme)
            .where(reach(*READERS))
            .options(joinedload(Programme.organisation))
            .order_by(Programme.name)
        ).all()
        here, has_others = on_one_page(session, programmes, apart="apart" in request.args)
        entries = [(programme, _standing(session, programme.id)) for programme in here]
    return render_template("reporting/index.html", entries=entries, origin_words=origin_words, has_others=has_others)


def _standing(session: Session, programme_id: int) -> Release | None:
    """The newest release that was not withdrawn."""
    releases = store.releases_of(session, programme_id)
    return next((release for release in releases if release.withdrawn_because is None), None)


@blueprint.get("/programmes/<int:programme_id>/report")
@staff(*READERS)
def report(programme_id: int) -> str:
    """The latest release of a programme."""
    with database().reading() as session:
        programme = reached_programme(session, programme_id, *READERS)
        release = _standing(session, programme.id)
        if release is None:
            return render_template("reporting/none.html", programme=programme)
        return _page(session, programme, release)


@blueprint.get("/programmes/<int:programme_id>/releases/<int:number>")
@staff(*READERS)
def release(programme_id: int, number: int) -> str:
    """One release of a programme, also an earlier one."""
    with database().reading() as session:
        programme = reached_programme(session, programme_id, *READERS)
        return _page(session, programme, _release(session, programme, number))


def _release(session: Session, programme: Programme, number: int) -> Release:
    """A programme's own release by its number; a school's page is found by its school only."""
    found = next((one for one in store.releases_of(session, programme.id) if one.number == number), None)
    return found if found is not None else abort(404)


@blueprint.get("/programmes/<int:programme_id>/schools/<int:setting_id>")
@staff(*SCHOOL_READERS)
def school(programme_id: int, setting_id: int) -> str:
    """A school's own page, for those who run its sessions; commissioners have no way here."""
    with database().reading() as session:
        programme = reached_programme(session, programme_id, *SCHOOL_READERS)
        setting = session.scalar(
            select(Setting)
            .join(Participation, Participation.setting_id == Setting.id)
            .where(Participation.programme_id == programme.id, Setting.id == setting_id, _is_own_school())
        )
        if setting is None:
            abort(404)
        found = store.latest_page(session, programme.id, setting.id)
        if found is None:
            return render_template("reporting/no_page.html", programme=programme, setting=setting)
        return _page(session, programme, found)


def _is_own_school() -> ColumnElement[bool]:
    return Setting.organisation_id.in_(organisations_of(*SCHOOL_READERS))


def _page(session: Session, programme: Programme, release: Release) -> str:
    kept = store.opened(session, release)
    snapshot = kept.snapshot
    earlier = [] if release.setting_id else store.releases_of(session, programme.id)
    return render_template(
        "reporting/report.html",
        programme=programme,
        release=release,
        snapshot=snapshot,
        mark=origin_words(snapshot.origin),
        figures=key_figures(snapshot),
        lead=lead(snapshot),
        warnings=warnings(snapshot),
        summary=summary(snapshot),
        sections=sections(snapshot, kept.charts),
        overview=overview(snapshot, kept.charts),
        grouped=grouped(snapshot, kept.charts),
        response=response(snapshot, kept.charts),
        grounds=how_we_know(snapshot),
        releases=earlier,
        may_withdraw=release.setting_id is None and reaches(programme, "administrator"),
    )


@blueprint.get("/programmes/<int:programme_id>/releases/<int:number>/charts/<name>.<language>.svg")
@staff(*READERS, *SCHOOL_READERS)
def chart(programme_id: int, number: int, name: str, language: str) -> Reply:
    """A drawing of a release, as it was stored."""
    with database().reading() as session:
        found = session.scalar(select(Release).where(Release.programme_id == programme_id, Release.number == number))
        readers = SCHOOL_READERS if found is not None and found.setting_id is not None else READERS
        reached_programme(session, programme_id, *readers)
        if found is not None and found.setting_id is not None:
            session.scalar(select(Setting.id).where(Setting.id == found.setting_id, _is_own_school())) or abort(404)
        svg = store.chart(session, found.id, name, language) if found is not None and name.isprintable() else None
    if svg is None:
        abort(404)
    return Reply(svg, mimetype="image/svg+xml")  # never kept by a browser that colleagues share


@blueprint.route("/programmes/<int:programme_id>/releases/<int:number>/withdraw", methods=["GET", "POST"])
@staff("administrator")
def withdraw(programme_id: int, number: int) -> str | Reply:
    """Say of a release, with the reason, that nobody must use it; it stays in the ledger and can still be read."""
    form = WithdrawForm(request.form)
    with database().reading() as session:
        programme = reached_programme(session, programme_id, "administrator")
        found = _release(session, programme, number)
    if found.withdrawn_because is None and request.method == "POST" and form.validate():
        with database().writing() as session:
            session.get_one(Release, found.id).withdrawn_because = form.reason.data
            subject = f"programme {programme_id}, release {number}"
            audit.record(
                session,
                keys(),
                g.account.id,
                "release.withdrawn",
                subject,
                form.reason.data or "",
            )
        return redirect(url_for("reporting.release", programme_id=programme_id, number=number), 303)
    return render_template("reporting/withdraw.html", programme=programme, release=found, form=form)
