"""Where a questionnaire begins: with one of the library, with a published one, with nothing, or with a file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache

from flask import abort, g, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from werkzeug.wrappers import Response as Reply

from questionnaires.ages import BANDS, strictest
from questionnaires.drafting import key_of
from questionnaires.files import library, load_library
from questionnaires.imported import EFFECTS
from questionnaires.instrument import Instrument
from questionnaires.versions import canonical_json
from survey import audit, recordings
from survey.access import staff
from survey.authoring.arrived import head_of, questions_of
from survey.authoring.bringing import NotTaken, read_files
from survey.authoring.editing import begun, free
from survey.authoring.item_form import one_line
from survey.authoring.overtaken import drafts_of
from survey.authoring.places import WRITERS, blueprint, organisation_ids, organisations, reached_draft, reached_version
from survey.authoring.saving import begin, is_own, load
from survey.authoring.trees import document_of, words
from survey.installation import database, keys
from survey.languages import gettext
from survey.models import Draft, InstrumentVersion
from survey.publishing import instrument_of, open_to

TYPED = ("start", "title", "organisation", "youngest", "oldest")
USUAL_AGES, YOUNGEST = (11, 16), 5


@blueprint.get("/")
@staff(*WRITERS)
def index() -> str:
    """Drafts that wait, and every published questionnaire that one may use, newest version first."""
    with database().reading() as session:
        versions = session.scalars(
            select(InstrumentVersion)
            .where(open_to(organisation_ids(*WRITERS)))
            .order_by(InstrumentVersion.key, InstrumentVersion.version.desc())
        ).all()
        drafts = session.scalars(
            select(Draft)
            .where(Draft.organisation_id.in_(organisation_ids()))
            .options(joinedload(Draft.organisation), joinedload(Draft.changer))
            .order_by(Draft.changed_at.desc())
        ).all()
    return render_template(
        "authoring/index.html",
        instruments=[(version, instrument_of(version)) for version in versions],
        drafts=[(one, one.title) for one in drafts],
        published=request.args.get("published", "")[:60],
        thrown_away="gone" in request.args,
    )


def _starts(session: Session) -> list[tuple[str, Instrument]]:
    """What one can begin with: the library, and the newest published version of each questionnaire."""
    found = {f"library:{key}": one for key, one in _shipped().items()}
    versions = session.scalars(
        select(InstrumentVersion).where(open_to(organisation_ids())).order_by(InstrumentVersion.version)
    )
    newest = {version.key: version for version in versions}
    found |= {f"version:{one.id}": instrument_of(one) for one in newest.values() if f"library:{one.key}" not in found}
    return sorted(found.items(), key=lambda one: (one[1].ages, one[1].title["en"]))


def _shelves(starts: list[tuple[str, Instrument]]) -> list[tuple[str, list[tuple[str, Instrument]]]]:
    """What one can begin with under headings: young people by the band that the youngest are in, then everybody else."""
    young = {band: gettext("Young people from age %(age)s", age=band.low) for band in BANDS}
    others = {
        "parent": gettext("Parents and carers"),
        "practitioner": gettext("Workers"),
        "professional": gettext("Workers"),
    }
    rest = gettext("Other adults")
    shelves: dict[str, list[tuple[str, Instrument]]] = {one: [] for one in (*young.values(), *others.values(), rest)}
    for start in starts:
        instrument = start[1]
        of_age = young[strictest(instrument.ages)]
        heading = of_age if instrument.respondent == "young_person" else others.get(instrument.respondent, rest)
        shelves[heading].append(start)
    return [(heading, held) for heading, held in shelves.items() if held]


@cache
def _shipped() -> dict[str, Instrument]:
    """The library, read once: its files do not change while the service runs."""
    return {key: load_library(key) for key in library()}


@blueprint.route("/new", methods=["GET", "POST"])
@staff(*WRITERS, keeps_typed=True)
def make() -> Reply | str | tuple[str, int]:
    """A draft from what there is, or with nothing in it."""
    with database().reading() as session:
        starts = _starts(session)
    given = request.args if request.method == "GET" else request.form
    typed = {name: one_line(given.get(name, ""))[:300] for name in TYPED}
    if request.method == "GET":
        return _choosing(typed)
    if g.only_shown:
        return _choosing(typed, gettext("Your draft is not made yet. Look at it, then press the button again.")), 409
    if fault := _fault_of(typed, dict(starts)):
        return _choosing(typed, fault), 422
    organisation_id = _chosen_organisation()
    with database().reading() as session:
        others = _drafts_of_the_same(session, typed, organisation_id)
    if others and "another" not in request.form:
        return _choosing(typed, gettext("A draft of this questionnaire is being written already."), others=others), 422
    with database().writing() as session:
        draft = _begin_with(session, typed, organisation_id)
    return redirect(url_for("authoring.draft", draft_id=draft.id), 303)


def _drafts_of_the_same(session: Session, typed: dict[str, str], organisation_id: int) -> list[Draft]:
    where, _, name = typed["start"].partition(":")
    version = reached_version(session, int(name)) if where == "version" else None
    if version is None or not is_own(session, version, organisation_id):
        return []  # it gets a key of its own
    return drafts_of(session, organisation_id, version.key)


def _choosing(typed: dict[str, str], fault: str = "", *, of_file: bool = False, others: Sequence[Draft] = ()) -> str:
    with database().reading() as session:
        return render_template(
            "authoring/make.html",
            shelves=_shelves(_starts(session)),
            organisations=organisations(session) or abort(404),
            typed=typed,
            fault=fault,
            of_file=of_file,
            others=others,
        )


def refuse_file(said: str) -> str:
    """The page on which a file was chosen, with why it cannot be taken."""
    return _choosing(dict.fromkeys(TYPED, ""), said, of_file=True)


def _fault_of(typed: dict[str, str], starts: dict[str, Instrument]) -> str:
    if typed["start"] == "nothing" and not typed["title"]:
        return gettext("Give it a title. You can change it later.")
    if typed["start"] == "nothing" and not _ages(typed):
        return gettext("Give the youngest and the oldest age as whole numbers, such as 8 and 11.")
    if typed["start"] != "nothing" and typed["start"] not in starts:
        return gettext("Choose what to begin with.")
    return ""


def _ages(typed: dict[str, str]) -> tuple[int, int] | None:
    """The youngest and the oldest; those of a secondary school where nothing is said; None if they are no such thing."""
    found = [typed[name] or str(usual) for name, usual in zip(("youngest", "oldest"), USUAL_AGES, strict=True)]
    numbers = [int(one) for one in found if one.isascii() and one.isdigit() and len(one) < 3]
    return (numbers[0], numbers[1]) if len(numbers) == 2 and YOUNGEST <= numbers[0] <= numbers[1] else None


def _chosen_organisation() -> int:
    """For whom the draft is; who writes for one organisation only is not asked."""
    ids = organisation_ids()
    chosen = request.form.get("organisation", "")
    return next((one for one in ids if str(one) == chosen), ids[0] if len(ids) == 1 else 0) or abort(422)


def _begin_with(session: Session, typed: dict[str, str], organisation_id: int) -> Draft:
    where, _, name = typed["start"].partition(":")
    if where == "nothing":
        key = free_key(session, organisation_id, key_of(typed["title"], "questionnaire"))
        return begin(
            session, organisation_id, begun(key, typed["title"], _ages(typed) or USUAL_AGES), base=None, findings=[]
        )
    version = reached_version(session, int(name)) if where == "version" else None
    instrument = instrument_of(version) if version is not None else _shipped()[name]
    document = document_of(instrument)
    if version is None or not is_own(session, version, organisation_id):
        document["source"]["key"] = free_key(session, organisation_id, instrument.key)
        document["source"]["version"] = "1"
    return begin(session, organisation_id, document, base=canonical_json(instrument).decode(), findings=[])


def free_key(session: Session, organisation_id: int, wanted: str) -> str:
    """A key that no published questionnaire and no draft of the organisation has."""
    taken = {*library(), *session.scalars(select(InstrumentVersion.key).distinct())}
    drafts = session.scalars(select(Draft).where(Draft.organisation_id == organisation_id))
    return free(wanted, taken | {words(one.document["source"].get("key")) for one in drafts})


@blueprint.post("/file")
@staff(*WRITERS)
def bring_in() -> Reply | tuple[str, int]:
    """A draft from a file of ours or of another tool; what could not be kept of it is shown first."""
    organisation_id = _chosen_organisation()
    sent = [(one.filename, one.read()) for one in request.files.getlist("file") if one.filename]
    try:
        document, findings = read_files(sent)
    except NotTaken as refused:
        return refuse_file(str(refused)), 422
    with database().writing() as session:
        key = words(document["source"].get("key")) or "questionnaire"
        document["source"]["key"] = free_key(session, organisation_id, key_of(key, "questionnaire"))
        document["source"]["version"] = "1"
        draft = begin(session, organisation_id, document, base=None, findings=findings)
        draft.state = "brought_in"
    return redirect(url_for("authoring.brought_in", draft_id=draft.id), 303)


@blueprint.get("/drafts/<int:draft_id>/brought-in")
@staff(*WRITERS)
def brought_in(draft_id: int) -> str:
    """What came in from a file, and what did not, before it is kept."""
    found = load(draft_id)
    findings = [json.loads(one) for one in found.draft.findings]
    rest = {effect: count for what, effect, count, _ in findings if what == "more"}
    return render_template(
        "authoring/brought_in.html",
        draft=found.draft,
        head=head_of(found.draft.document),
        questions=questions_of(found.draft.document),
        groups=[(effect, [one for one in findings if one[0] == effect], rest.get(effect, "")) for effect in EFFECTS],
    )


@blueprint.post("/drafts/<int:draft_id>/keep")
@staff(*WRITERS)
def keep(draft_id: int) -> Reply:
    """Go on with what came in."""
    with database().writing() as session:
        draft = reached_draft(session, draft_id, locked=True)
        if draft.state == "brought_in":
            draft.state = "draft"
    return redirect(url_for("authoring.draft", draft_id=draft_id), 303)


@blueprint.route("/drafts/<int:draft_id>/throw-away", methods=["GET", "POST"])
@staff(*WRITERS)
def throw_away(draft_id: int) -> Reply | str:
    """Delete a draft, asked twice; what was published stays."""
    found = load(draft_id)
    if request.method == "GET":
        return render_template("authoring/throw_away.html", draft=found.draft, title=found.draft.title)
    with database().writing() as session:
        recordings.hold(session)
        draft = reached_draft(session, draft_id, locked=True)
        session.delete(draft)
        recordings.sweep(session)
        audit.record(session, keys(), g.account.id, "draft.thrown_away", f"draft {draft_id}")
    return redirect(url_for("authoring.index", gone=1), 303)
