"""A question that was taken out, kept until the next one is: whoever pressed the wrong button puts it back.

With it go its words in other languages, what waits aside for it, and its place in a score: a score that names a question
which is gone, or has fewer questions than it needs, would be a fault that only the text of the file could mend.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

from survey.authoring.editing import free, remove_item
from survey.authoring.trees import Tree, entries, fields, items, pages, words
from survey.languages import gettext


@dataclass(frozen=True, slots=True)
class Removed:
    """What was taken out last: the words of the question, and what went with it."""

    text: str
    scores: tuple[str, ...]


def take_out(document: Tree, p: int, i: int) -> None:
    """Take a question out, and keep it."""
    page = pages(document)[p]
    item = fields(entries(page.get("items"))[i])
    key, scales = words(item.get("key")), copy.deepcopy(entries(document["source"].get("scales")))
    told = {code: fields(held.get("items")).get(key) for code, held in document["translations"].items()}
    document["removed"] = {
        "item": item,
        "place": [str(p), str(i)],
        "page": {"key": page.get("key"), "title": page.get("title")},
        "told": {code: copy.deepcopy(one) for code, one in told.items() if one},
        "aside": document["aside"].pop(key, None),
        "scales": scales if key in scored(document) else None,
    }
    unscore(document, key)
    remove_item(document, p, i)


def put_back(document: Tree) -> None:
    """Put it where it stood, or as near as there is a place; its words in other languages are current again."""
    removed = fields(document.pop("removed", None))
    if not removed:
        return
    item, (p, i) = removed["item"], map(int, removed["place"])
    key = words(item.get("key"))
    item["key"] = free(key, {words(one.get("key")) for _, _, one in items(document)})
    held = document["source"]["pages"]
    page = next((one for one in held if one.get("key") == removed["page"]["key"]), None)
    if page is None:
        page = {**removed["page"], "items": []}
        held.insert(min(p, len(held)), page)
    page["items"] = entries(page.get("items"))
    page["items"].insert(i, item)
    for code, told in removed["told"].items():
        if code in document["translations"]:
            document["translations"][code].setdefault("items", {})[item["key"]] = told
    if removed["aside"]:
        document["aside"][item["key"]] = removed["aside"]
    if removed["scales"] and item["key"] == key:
        _score_again(document, key, [fields(one) for one in entries(removed["scales"])])


def _score_again(document: Tree, key: str, before: list[Tree]) -> None:
    """Into the scores that still stand, at its old place; one that went with it comes back if its questions are all here."""
    stand = {words(one.get("key")): one for one in _scales(document)}
    here = {words(one.get("key")) for _, _, one in items(document)}
    for scale in before:
        if key not in entries(scale.get("items")):
            continue
        score = stand.get(words(scale.get("key")))
        if score is not None:
            for name in ("items", "reversed"):
                if key in entries(scale.get(name)):
                    score[name] = entries(score.get(name))
                    score[name].insert(entries(scale[name]).index(key), key)
        elif {words(one) for one in entries(scale.get("items"))} <= here:
            document["source"]["scales"] = [*_scales(document), scale]


def removed(document: Tree) -> Removed | None:
    """What can be put back."""
    held = fields(document.get("removed"))
    if not held:
        return None
    key = words(held["item"].get("key"))
    stand = {words(fields(one).get("key")): entries(fields(one).get("items")) for one in _scales(document)}
    said = []
    for name in (words(one.get("key")) for one in entries(held["scales"]) if key in entries(one.get("items"))):
        if name in stand:
            said.append(gettext("It was taken out of the score “%(name)s” too.", name=name))
        else:
            said.append(gettext("The score “%(name)s” went with it: too few questions were left.", name=name))
    return Removed(words(held["item"].get("text")), tuple(said))


def _scales(document: Tree) -> list[Tree]:
    return [fields(one) for one in entries(document["source"].get("scales"))]


def scored(document: Tree) -> set[str]:
    """The questions that count in a score."""
    return {words(key) for scale in _scales(document) for key in entries(scale.get("items"))}


def scores_of(document: Tree, key: str) -> list[str]:
    """The scores in which a question counts."""
    return [words(scale.get("key")) for scale in _scales(document) if key in entries(scale.get("items"))]


def unscore(document: Tree, key: str) -> None:
    """A question that no longer counts in any score; a score with fewer questions than it needs goes."""
    kept = []
    for scale in _scales(document):
        if key in entries(scale.get("items")):
            for name in ("items", "reversed"):
                if name in scale:
                    scale[name] = [one for one in entries(scale[name]) if one != key]
            least = words(scale.get("minimum_answered"))
            needed = int(least) if least.isascii() and least.isdigit() and len(least) < 4 else 1
            if len(scale["items"]) < max(1, needed):
                continue
            if not scale.get("reversed"):
                scale.pop("reversed", None)
        kept.append(scale)
    if kept:
        document["source"]["scales"] = kept
    else:
        document["source"].pop("scales", None)
