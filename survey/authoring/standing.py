"""Keys that stand: what was published under them is stored under them, so no other question may ever have them.

A draft knows what it was made from. The versions before that count as well: a question that one of them asked and a later
one dropped has answers under its key all the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from questionnaires.versions import from_json
from survey.authoring.saving import is_own
from survey.authoring.trees import words
from survey.installation import database
from survey.models import Draft, InstrumentVersion
from survey.publishing import instrument_of


@dataclass(frozen=True, slots=True)
class Standing:
    """`published` are the questions of this very questionnaire, with the keys of their answers and parts: these never
    change by themselves. `taken` are all keys that a new question cannot have."""

    published: dict[str, frozenset[str]]
    taken: frozenset[str]


def standing(draft: Draft) -> Standing:
    """The keys that stand for a draft."""
    key = words(draft.document["source"].get("key"))
    with database().reading() as session:
        stored = session.scalars(select(InstrumentVersion).where(InstrumentVersion.key == key)).all()
        earlier = [instrument_of(one) for one in stored if is_own(session, one, draft.organisation_id)]
    base = from_json(draft.base.encode()) if draft.base else None
    published: dict[str, frozenset[str]] = {}
    for instrument in [*earlier, *([base] if base is not None and base.key == key else [])]:
        for item in instrument.items:
            own = {one.key for one in item.options} | {one.key for one in item.parts}
            published[item.key] = published.get(item.key, frozenset()) | own
    return Standing(published, frozenset(published) | ({one.key for one in base.items} if base is not None else set()))
