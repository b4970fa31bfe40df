"""A programme's life: draft, open, closed. Opening fixes what was declared; closing ends pairing and asks for the last report."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from datetime import date

from flask import abort, g, redirect, render_template, request, url_for
from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session, joinedload
from werkzeug.wrappers import Response as Reply

from questionnaires.files import library, load_library
from questionnaires.instrument import Instrument
from survey import audit, held, jobs
from survey.access import organisations_of, reach, reached_programme, staff
from survey.clock import now
from survey.estimators import ESTIMATORS
from survey.installation import database, keys
from survey.languages import gettext
from survey.manners import breakdown_words, breakdowns_of
from survey.models import (
    InstrumentVersion,
    Opening,
    Organisation,
    Participation,
    Programme,
    ProgrammeWave,
    Setting,
    Sitting,
)
from survey.pairing import new_pairing_key
from survey.pauses import notices_of, pauses_within
from survey.programmes.following import may_follow_up
from survey.programmes.forms import (
    KEPT_AS,
    WAVES,
    ProgrammeForm,
    declared_design,
    design_words,
    kind_words,
    timing_words,
)
from survey.programmes.places import (
    ROLE,
    blueprint,
    free_key,
    locked_programme,
    prints_in_a_service,
)
from survey.publishing import instrument_of, newest_version, open_to, pinned_version
from survey.separation import asks_the_harmed
from survey.waves import FOLLOW_UP

SMALLEST_SAMPLE, SMALLEST_ARM = 10, 4


@blueprint.get("/")
@staff(ROLE)
def index() -> str:
    """The programmes within one's grants."""
    with database().reading() as session:
        found = session.scalars(
            select(Programme)
            .where(reach(ROLE))
            .options(joinedload(Programme.organisation))
            .order_by(Programme.id.desc())
        ).all()
    by_status = [(status, [one for one in found if one.status == status]) for status in ("draft", "open", "closed")]
    return render_template("programmes/index.html", by_status=by_status, can_make=bool(organisations_of(ROLE)))


@blueprint.route("/new", methods=["GET", "POST"])
@staff(ROLE)
def make() -> Reply | str | tuple[str, int]:
    """A new programme, as a draft."""
    with database().reading() as session:
        form = _form(session, _organisations(session), {"design": "paired", "timing": "straight_after"})
    if request.method == "GET":
        return render_template("programmes/form.html", form=form, programme=None)
    if not form.validate() or not _is_theirs(form):
        return render_template("programmes/form.html", form=form, programme=None), 422
    with database().writing() as session:
        programme = Programme(organisation_id=form.organisation.data, key=free_key(session, form.name.data or ""))
        _fill(session, programme, form)
        audit.record(session, keys(), g.account.id, "programme.made", f"programme {programme.id}")
    return redirect(url_for("programmes.show", programme_id=programme.id), 303)


@blueprint.route("/<int:programme_id>/edit", methods=["GET", "POST"])
@staff(ROLE)
def edit(programme_id: int) -> Reply | str | tuple[str, int]:
    """Change a draft."""
    with database().reading() as session:
        programme = reached_programme(session, programme_id, ROLE)
        if programme.status != "draft":
            abort(409)
        typed = {
            "name": programme.name,
            "organisation": programme.organisation_id,
            "design": declared_design(programme),
            "timing": programme.timing,
            "release_dates": "\n".join(programme.release_dates),
            "questionnaire": programme.waves[0].instrument_version.key if programme.waves else "",
        }
        form = _form(session, [programme.organisation], typed)
    if request.method == "GET":
        return render_template("programmes/form.html", form=form, programme=programme)
    if not form.validate():
        return render_template("programmes/form.html", form=form, programme=programme), 422
    with database().writing() as session:
        programme = locked_programme(session, programme_id, "draft")
        _fill(session, programme, form)
        audit.record(session, keys(), g.account.id, "programme.changed", f"programme {programme.id}")
    return redirect(url_for("programmes.show", programme_id=programme.id), 303)


def _organisations(session: Session) -> Sequence[Organisation]:
    """Where this account may make programmes; a grant for one programme is not enough to make another."""
    ids = organisations_of(ROLE)
    return session.scalars(
        select(Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.name)
    ).all() or abort(404)


def _form(session: Session, organisations: Sequence[Organisation], typed: dict[str, object]) -> ProgrammeForm:
    if len(organisations) == 1:
        typed["organisation"] = organisations[0].id
    instruments = _instruments(session, [one.id for one in organisations])
    if len(instruments) == 1:
        typed.setdefault("questionnaire", next(iter(instruments)))
    return ProgrammeForm(request.form, organisations=organisations, instruments=instruments, data=typed)


def _is_theirs(form: ProgrammeForm) -> bool:
    """Whether the organisation that was chosen may use the questionnaire; who acts for two must not mix them up."""
    with database().reading() as session:
        if form.questionnaire.data in _instruments(session, [form.organisation.data]):
            return True
    form.questionnaire.errors = [gettext("This questionnaire belongs to another organisation. Choose another one.")]
    return False


def _instruments(session: Session, organisation_ids: Sequence[int]) -> dict[str, Instrument]:
    """The questionnaires to choose from, each in its newest version: published here for these, or shipped with Heard."""
    found = {key: load_library(key) for key in library()}
    for key in session.scalars(select(InstrumentVersion.key).where(open_to(organisation_ids)).distinct()):
        version = newest_version(session, key, organisation_ids)
        if version is not None and (key not in found or found[key].version <= version.version):
            found[key] = instrument_of(version)
    # One without measures (the ordinary activity) evaluates nothing.
    return {key: one for key, one in sorted(found.items()) if any(item.measures for item in one.items)}


def _fill(session: Session, programme: Programme, form: ProgrammeForm) -> None:
    """Put what was typed into a draft, with the version that each wave pins."""
    programme.name, programme.release_dates = form.name.data or "", form.days()
    chosen: str = form.design.data
    programme.design, programme.timing = KEPT_AS.get(chosen, chosen), form.timing.data
    instrument = form.instruments[form.questionnaire.data]
    programme.mode, programme.breakdowns = instrument.mode, breakdowns_of(instrument)
    session.add(programme)
    session.flush()
    version = pinned_version(session, instrument, programme.organisation_id)
    waves = WAVES.get(chosen, instrument.waves)
    session.execute(delete(ProgrammeWave).where(ProgrammeWave.programme_id == programme.id))
    for position, wave in enumerate(waves):
        pinned = {"programme_id": programme.id, "wave": wave, "position": position}
        session.add(ProgrammeWave(**pinned, instrument_version_id=version.id))


@blueprint.get("/<int:programme_id>/")
@staff(ROLE)
def show(programme_id: int) -> str:
    """Where the programme stands and what comes next."""
    return _page(programme_id)


def _page(programme_id: int, refusal: str | None = None) -> str:
    with database().reading() as session:
        programme = reached_programme(session, programme_id, ROLE)
        schools = session.scalars(
            select(Participation)
            .join(Setting, Participation.setting_id == Setting.id)
            .where(Participation.programme_id == programme.id)
            .options(joinedload(Participation.setting))
            .order_by(Setting.name)
        ).all()
        sittings = Counter(session.scalars(select(Sitting.setting_id).where(Sitting.programme_id == programme.id)))
        pauses = notices_of(pauses_within(session, [programme.id]))
        aside = held.waiting(session, programme.id)
        # A programme of published figures asked nothing here, so it has no waves.
        instrument = instrument_of(programme.waves[0].instrument_version) if programme.waves else None
    return render_template(
        "programmes/show.html",
        programme=programme,
        instrument=instrument,
        schools=schools,
        sittings=sittings,
        on_roll=sum(school.on_roll for school in schools),
        dates=[date.fromisoformat(day) for day in programme.release_dates],
        design=design_words(declared_design(programme)),
        breakdowns=breakdown_words(instrument, programme.breakdowns) if instrument else [],
        is_follow_up=declared_design(programme) == FOLLOW_UP,
        may_follow_up=instrument is not None and may_follow_up(programme, instrument),
        timing=timing_words(programme.timing),
        kind_words=kind_words,
        refusal=refusal,
        pauses=pauses,
        aside=aside,
    )


@blueprint.post("/<int:programme_id>/open")
@staff(ROLE)
def open_programme(programme_id: int) -> Reply | tuple[str, int]:
    """Fix what was declared and let sessions be made; from here on there is a pairing key."""
    with database().writing() as session:
        programme = locked_programme(session, programme_id, "draft")
        kinds = session.scalars(
            select(Setting.kind)
            .join(Participation, Participation.setting_id == Setting.id)
            .where(Participation.programme_id == programme.id)
        ).all()
        if not kinds:
            return _page(programme_id, "no_schools"), 409
        if prints_in_a_service(programme, kinds):
            return _page(programme_id, "no_printing"), 422
        wanted = request.form.get("sample", "").strip()
        if wanted and not _draw_sample(session, programme.id, wanted):
            return _page(programme_id, "no_sample"), 422
        if programme.design == "waiting" and not _draw_order(session, programme.id):
            return _page(programme_id, "too_few_to_wait"), 422
        programme.status, programme.pairing_key = "open", new_pairing_key(keys())
        programme.estimator = ESTIMATORS.get(programme.design)  # of linked answers nothing is released yet
        audit.record(session, keys(), g.account.id, "programme.opened", f"programme {programme.id}")
    return redirect(url_for("programmes.show", programme_id=programme_id), 303)


def _draw_sample(session: Session, programme_id: int, wanted: str) -> bool:
    """Draw so many of the schools by chance, once and for good; False where that is no number of them."""
    schools = session.scalars(select(Participation).where(Participation.programme_id == programme_id)).all()
    size = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 6 else 0
    if not SMALLEST_SAMPLE <= size <= len(schools):
        return False
    drawn = {school.setting_id for school in secrets.SystemRandom().sample(schools, size)}
    for school in schools:
        school.in_sample = school.setting_id in drawn
    audit.record(
        session,
        keys(),
        g.account.id,
        "programme.sample_drawn",
        f"programme {programme_id}",
        f"{size} of {len(schools)}",
    )
    return True


def _draw_order(session: Session, programme_id: int) -> bool:
    """Draw by chance, once and for good, which half of the schools comes first; False where there are too few for two arms."""
    asked = select(Participation).where(Participation.programme_id == programme_id, Participation.in_sample)
    schools = list(session.scalars(asked))
    if len(schools) < 2 * SMALLEST_ARM:
        return False
    secrets.SystemRandom().shuffle(schools)
    for place, school in enumerate(schools):
        school.arm = "first" if place < (len(schools) + 1) // 2 else "later"
    audit.record(
        session, keys(), g.account.id, "programme.order_drawn", f"programme {programme_id}", f"{len(schools)} schools"
    )
    return True


@blueprint.route("/<int:programme_id>/close", methods=["GET", "POST"])
@staff(ROLE)
def close(programme_id: int) -> Reply | str | tuple[str, int]:
    """Ask once more; then close for good: no questions are open, nothing new can be paired, the last report is made."""
    with database().reading() as session:
        programme = reached_programme(session, programme_id, ROLE)
        running = session.scalar(_open_questions(programme.id).with_only_columns(func.count()))
        aside = held.waiting(session, programme.id)
    if programme.status != "open":
        abort(409)
    if request.method == "GET":
        return render_template("programmes/close.html", programme=programme, running=running, aside=aside)
    with database().writing() as session:
        programme = locked_programme(session, programme_id, "open")
        _end(session, programme)
        audit.record(session, keys(), g.account.id, "programme.closed", f"programme {programme.id}")
    return redirect(url_for("programmes.show", programme_id=programme_id), 303)


def _end(session: Session, programme: Programme) -> None:
    """Close what is open, let the pairing key die, and ask for the last reports; of linked answers there are none."""
    ended = session.scalars(_open_questions(programme.id)).all()
    for opening in ended:
        opening.closed_at = now()
    programme.status, programme.pairing_key = "closed", None
    if programme.mode == "linked":
        return
    for opening in ended if not asks_the_harmed(programme) else ():
        jobs.add(session, "school_page", {"sitting": opening.entry.sitting_id})
    for opening_id in session.scalars(select(Opening.id).where(Opening.programme_id == programme.id)):
        jobs.add(session, "shuffle", {"opening": opening_id})
    jobs.add(session, "release", {"programme": programme.id, "kind": "final"})


def _open_questions(programme_id: int) -> Select[Opening]:
    return select(Opening).where(Opening.programme_id == programme_id, Opening.closed_at.is_(None))
