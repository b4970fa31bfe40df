"""From a draft to a published version: one person proposes, another agrees, and what was agreed never changes again.

The version's number is given here. What was published before stays as it was, and everything that differs from it is said
in words, with what it means for the figures.
"""

from __future__ import annotations

from dataclasses import replace

from flask import abort, g, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Reply

from questionnaires.differences import Difference, Trend, differences, trends
from questionnaires.instrument import Instrument
from questionnaires.versions import digest, from_json
from survey import audit, recordings
from survey.access import staff
from survey.authoring.choosing import free_key
from survey.authoring.judging import verdict
from survey.authoring.overtaken import later_version
from survey.authoring.places import APPROVER, WRITERS, blueprint, reached_draft
from survey.authoring.saving import is_own, load, may_approve
from survey.authoring.trees import words
from survey.installation import database, keys
from survey.models import Draft, InstrumentVersion, Publication
from survey.publishing import instrument_of, newest_version, publish


def _earlier(session: Session, draft: Draft) -> tuple[Instrument | None, bool]:
    """What a draft is compared with: the newest version of the same questionnaire of this organisation, or else what it
    was made from; and whether it is a new version of it."""
    key = words(draft.document["source"].get("key"))
    newest = newest_version(session, key, [draft.organisation_id]) if key else None
    if newest is not None and is_own(session, newest, draft.organisation_id):
        return instrument_of(newest), True
    return (from_json(draft.base.encode()) if draft.base else None), False


def _unlike(earlier: Instrument, now: Instrument) -> bool:
    return digest(replace(now, key=earlier.key, version=earlier.version, published=True)) != digest(earlier)


@blueprint.get("/drafts/<int:draft_id>/compare")
@staff(*WRITERS)
def compare(draft_id: int) -> str:
    """What differs from what was published before, and which figures go on."""
    draft = load(draft_id).draft
    with database().reading() as session:
        earlier, is_next = _earlier(session, draft)
    drawn = verdict(draft.document).drawn
    found: tuple[Difference, ...] = ()
    lines: tuple[Trend, ...] = ()
    if earlier is not None and drawn is not None:
        found, lines = differences(earlier, drawn), trends(earlier, drawn)
    asked = {one.key: one.text["en"] for held in (earlier, drawn) if held is not None for one in held.items}
    states = ("broken", "with_care", "begins", "ends", "comparable")
    return render_template(
        "authoring/compare.html",
        draft=draft,
        earlier=earlier,
        is_next=is_next,
        whole=[one for one in found if not one.item],
        changed=[(text, [one for one in found if one.item == key]) for key, text in asked.items()],
        trends=[(state, [(asked[one.item], one.words) for one in lines if one.state == state]) for state in states],
    )


@blueprint.route("/drafts/<int:draft_id>/propose", methods=["GET", "POST"])
@staff(*WRITERS)
def propose(draft_id: int) -> Reply | str | tuple[str, int]:
    """Say that it is ready. Somebody else publishes it."""
    found = load(draft_id)
    judged = verdict(found.draft.document)
    with database().reading() as session:
        earlier, _ = _earlier(session, found.draft)
        later = later_version(session, found.draft)
    if request.method == "GET" or judged.instrument is None or not _is_decided(later):
        same = earlier is not None and judged.instrument is not None and not _unlike(earlier, judged.instrument)
        page = render_template(
            "authoring/propose.html", draft=found.draft, judged=judged, nothing_new=same, later=later
        )
        return page if request.method == "GET" else (page, 422)
    with database().writing() as session:
        draft = reached_draft(session, draft_id, locked=True)
        if request.form.get("revision") != str(draft.revision):
            return redirect(url_for("authoring.draft", draft_id=draft_id, changed=1), 303)
        draft.state, draft.proposed_by = "proposed", g.account.id
        subject = f"draft {draft_id}, revision {draft.revision}"
        audit.record(session, keys(), g.account.id, "draft.proposed", subject)
    return redirect(url_for("authoring.draft", draft_id=draft_id), 303)


def _is_decided(later: InstrumentVersion | None) -> bool:
    """Whether nothing was published meanwhile, or somebody says that they know of it."""
    return later is None or request.form.get("over") == str(later.version)


@blueprint.post("/drafts/<int:draft_id>/take-back")
@staff(*WRITERS)
def take_back(draft_id: int) -> Reply:
    """Back to writing: by who proposed it, or by who was asked to agree and does not."""
    with database().writing() as session:
        draft = reached_draft(session, draft_id, locked=True)
        if draft.state == "proposed":
            draft.state, draft.proposed_by = "draft", None
            audit.record(session, keys(), g.account.id, "draft.taken_back", f"draft {draft_id}")
    return redirect(url_for("authoring.draft", draft_id=draft_id), 303)


@blueprint.post("/drafts/<int:draft_id>/publish")
@staff(APPROVER)
def agree_to_publish(draft_id: int) -> Reply:
    """Publish what somebody else proposed, exactly as it was looked at."""
    with database().writing() as session:
        recordings.hold(session)
        draft = reached_draft(session, draft_id, locked=True)
        if draft.state != "proposed" or request.form.get("revision") != str(draft.revision):
            return redirect(url_for("authoring.draft", draft_id=draft_id, changed=1), 303)
        if not may_approve(draft):
            abort(403)
        instrument = verdict(draft.document).instrument
        if instrument is None or not _is_decided(later_version(session, draft)):  # what came after the proposal
            return redirect(url_for("authoring.draft", draft_id=draft_id, changed=1), 303)
        version = _publish(session, draft, instrument)
        session.delete(draft)
        recordings.sweep(session)
    return redirect(url_for("authoring.index", published=f"{version.key} {version.version}"), 303)


def _publish(session: Session, draft: Draft, instrument: Instrument) -> InstrumentVersion:
    """Store the next version, under a key that belongs to this organisation."""
    newest = newest_version(session, instrument.key, None)
    number = 1
    if newest is not None and is_own(session, newest, draft.organisation_id):
        number = newest.version + 1
    elif newest is not None:
        instrument = replace(instrument, key=free_key(session, draft.organisation_id, instrument.key))
    version = publish(session, replace(instrument, version=number))
    session.add(
        Publication(
            instrument_version_id=version.id,
            organisation_id=draft.organisation_id,
            proposed_by=draft.proposed_by,
            agreed_by=g.account.id,
        )
    )
    subject = f"{version.key} version {version.version}, sha256 {version.sha256[:16]}"
    reason = f"proposed by account {draft.proposed_by}"
    audit.record(session, keys(), g.account.id, "questionnaire.published", subject, reason)
    return version
