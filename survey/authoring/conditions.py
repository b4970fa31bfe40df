"""Who decides whether a question is asked: the questions that may, their answers, and one that no longer fits.

A question that is meant for a few must never come to be asked of all because its form cannot show what stands in the
draft. So whatever stands there is always among the choices, with what is the matter with it, until somebody chooses anew.
"""

from __future__ import annotations

from questionnaires.kinds import STEPS, nature
from survey.authoring.trees import Tree, entries, fields, items, words
from survey.languages import gettext

Place = tuple[int, int]
Choices = list[tuple[str, str]]


def _may_decide(document: Tree, one: Tree, held: Tree) -> bool:
    """Whether the rules let this question decide: answers are chosen in it, and in a group nobody learns anything by it."""
    is_seen = document["source"].get("sitting", "group") == "group"
    kind = nature(words(held.get("kind")))
    return kind.answering in ("one", "several") and not (is_seen and (held.get("sensitive") or one.get("sensitive")))


def deciders(document: Tree, one: Tree, place: Place) -> Choices:
    """The questions that may decide about this one, and the one that stands there although it may not."""
    asked = [(p, i, held) for p, i, held in items(document) if (p, i) < place and _may_decide(document, one, held)]
    found = [(words(held.get("key")), words(held.get("text"))) for _, _, held in asked]
    return _with_stored(document, place, words(fields(one.get("condition")).get("item")), found)


def pairs(document: Tree, one: Tree, place: Place) -> Choices:
    """The questions with which this one may be a pair, and the one that stands there although it is gone."""
    others = [(words(held.get("key")), words(held.get("text"))) for p, i, held in items(document) if (p, i) != place]
    return _with_stored(document, place, words(one.get("same_as")), others)


def _with_stored(document: Tree, place: Place, stored: str, found: Choices) -> Choices:
    if not stored or stored in (key for key, _ in found):
        return found
    there = next(((p, i, held) for p, i, held in items(document) if held.get("key") == stored), None)
    if there is None:
        said = gettext("a question that is gone (%(key)s)", key=stored)
    elif there[:2] >= place:
        said = gettext("a question that now stands below: %(text)s", text=words(there[2].get("text")) or stored)
    else:
        said = gettext("a question that cannot decide: %(text)s", text=words(there[2].get("text")) or stored)
    return [*found, (stored, said)]


def answers_of(document: Tree, one: Tree) -> Choices:
    """The answers of the question that decides, and chosen ones that it no longer has."""
    condition = fields(one.get("condition"))
    source = next((held for _, _, held in items(document) if held.get("key") == condition.get("item")), {})
    if nature(words(source.get("kind"))).steps:
        found = [(f"step_{n}", str(n)) for n in range(STEPS)]
    else:
        found = [
            (words(one.get("key")), words(one.get("label"))) for one in map(fields, entries(source.get("options")))
        ]
    known = {key for key, _ in found}
    gone = [key for key in map(words, entries(condition.get("options"))) if key and key not in known]
    return [*found, *((key, gettext("an answer that is gone (%(key)s)", key=key)) for key in gone)]
