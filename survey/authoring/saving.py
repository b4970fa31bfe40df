"""Saving a draft: one at a time, with a number that grows, and never over what somebody else has written meanwhile.

A form carries the mark of the part that it shows. If that part is still the same, it is saved, whatever else has changed
in the draft since; if not, nothing is saved and both texts are shown side by side. Saving a proposed draft takes the
proposal back: what is published is what two people saw.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass

from flask import g
from sqlalchemy.orm import Session

from survey import audit
from survey.authoring.following import follow
from survey.authoring.places import organisation_ids, reached_draft
from survey.authoring.recorded import mark_all
from survey.authoring.trees import Plain, Tree, fingerprint, is_too_large
from survey.clock import now
from survey.installation import database, keys
from survey.models import Account, Draft, InstrumentVersion, Publication


class Changed(Exception):
    """Somebody else has changed this part meanwhile: nothing was saved."""


class TooLarge(Exception):
    """The draft would be larger than a questionnaire can be: nothing was saved."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A draft as it stands now, and who changed it last."""

    draft: Draft
    changer: str


def load(draft_id: int) -> Saved:
    """One draft of one's own organisations."""
    with database().reading() as session:
        draft = reached_draft(session, draft_id)
        return Saved(draft, session.get_one(Account, draft.changed_by).name)


def save(draft_id: int, change: Callable[[Tree], None], *, revision: str | None = None) -> Draft:
    """Change a draft and count it. Raises Changed or TooLarge, and whatever `change` raises; then nothing is saved.

    Parameters
    ----------
    revision : for a change that hangs on where things stand (moving, removing): the revision that was looked at
    """
    with database().writing() as session:
        return save_in(session, draft_id, change, revision=revision)


def save_in(session: Session, draft_id: int, change: Callable[[Tree], None], *, revision: str | None = None) -> Draft:
    """The same within a transaction that changes more than the draft."""
    draft = reached_draft(session, draft_id, locked=True)
    if revision is not None and revision != str(draft.revision):
        raise Changed
    document = copy.deepcopy(draft.document)
    change(document)
    if document == draft.document:
        return draft
    follow(document, draft.document["source"])
    if is_too_large(document):
        raise TooLarge
    store(session, draft, document)
    return draft


def store(session: Session, draft: Draft, document: Tree) -> None:
    """Put another content into a draft; a proposal is taken back by it."""
    if draft.state == "proposed":
        audit.record(session, keys(), g.account.id, "draft.changed_after_proposal", f"draft {draft.id}")
    draft.document = document
    draft.revision += 1
    draft.state, draft.proposed_by = "draft", None
    draft.changed_by, draft.changed_at = g.account.id, now()


def begin(session: Session, organisation_id: int, document: Tree, *, base: str | None, findings: list[str]) -> Draft:
    """A new draft."""
    mark_all(document)
    draft = Draft(
        organisation_id=organisation_id,
        made_by=g.account.id,
        changed_by=g.account.id,
        made_at=now(),
        changed_at=now(),
        document=document,
        base=base,
        findings=findings,
    )
    session.add(draft)
    session.flush()
    audit.record(session, keys(), g.account.id, "draft.made", f"draft {draft.id} of organisation {organisation_id}")
    return draft


def same(part: Plain, mark: str) -> bool:
    """Whether a part is still as the form showed it."""
    return fingerprint(part) == mark


def is_own(session: Session, version: InstrumentVersion, organisation_id: int) -> bool:
    """Whether this organisation published it."""
    publication = session.get(Publication, version.id)
    return publication is not None and publication.organisation_id == organisation_id


def may_approve(draft: Draft) -> bool:
    """Whether whoever is signed in may publish what was proposed: another person, with the role for it."""
    return draft.organisation_id in organisation_ids("administrator") and draft.proposed_by not in (None, g.account.id)
