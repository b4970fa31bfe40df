"""Two drafts of one published questionnaire: who begins a second one is told of the first, and a version that came after a
draft was begun is never taken back without somebody's word.

A version holds the whole questionnaire. So the draft that is published second undoes whatever the first one changed, and
nothing in it shows that there was anything to undo.
"""

from __future__ import annotations

import json

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from survey.authoring.saving import is_own
from survey.authoring.trees import words
from survey.models import Draft, InstrumentVersion
from survey.publishing import newest_version


def key_of_draft(draft: Draft) -> str:
    """The key of the questionnaire that a draft will be a version of."""
    return words(draft.document["source"].get("key"))


def drafts_of(session: Session, organisation_id: int, key: str) -> list[Draft]:
    """The drafts of one questionnaire, and who changed each of them last."""
    held = select(Draft).where(Draft.organisation_id == organisation_id).options(joinedload(Draft.changer))
    return [one for one in session.scalars(held.order_by(Draft.id)) if key_of_draft(one) == key]


def later_version(session: Session, draft: Draft) -> InstrumentVersion | None:
    """The newest version of the same questionnaire, if it was published after this draft was begun."""
    key = key_of_draft(draft)
    newest = newest_version(session, key, [draft.organisation_id]) if key else None
    if newest is None or not is_own(session, newest, draft.organisation_id):
        return None
    base = json.loads(draft.base) if draft.base else {}
    begun_with = base["version"] if base.get("key") == key else 0
    return newest if newest.version > begun_with else None
