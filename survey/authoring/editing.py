"""Changes to the tree of a draft: pages and items come, go and move; keys and codes are given, so that nobody has to.

A key that was ever published never changes by itself: answers hang on it. A new one follows its words while nothing
refers to it yet.
"""

from __future__ import annotations

import re
from collections.abc import Set
from itertools import count
from typing import Any

from questionnaires.ages import BANDS, Band, strictest
from questionnaires.drafting import INTRO, INTRO_EXPLAINED, key_of
from questionnaires.kinds import NO_OPTIONS, OWN, nature
from questionnaires.rules import HIGHEST_CODE, MOST_ITEMS, NO_ANSWERS, RESERVED
from survey.authoring.following import rename
from survey.authoring.trees import Tree, entries, fields, items, new_document, pages, words

MOST_PAGES = 40
_LISTS = {"option": "options", "part": "parts"}


def begun(key: str, title: str, ages: tuple[int, int]) -> Tree:
    """A draft with nothing in it but what every questionnaire needs."""
    return new_document(
        {
            "key": key,
            "version": "1",
            "title": title,
            "ages": [str(age) for age in ages],
            "mode": "private",
            "sitting": "group",
            "respondent": "young_person",
            "waves": ["before", "after"],
            "intro": list(INTRO),
            "words_explained": dict(INTRO_EXPLAINED),
            "pages": [{"key": "page_1", "title": None, "items": [_blank("question_1", strictest(ages))]}],
        }
    )


def _blank(key: str, band: Band) -> Tree:
    """A question without words, as the youngest are asked: with faces, or with one answer of several."""
    kind = "faces" if band.faces else "one"
    options = _points(band) if band.faces else []
    return {"key": key, "kind": kind, "text": "", "absences": ["dont_know", "rather_not"], "options": options}


def _points(band: Band) -> list[Tree]:
    return [{"key": f"point_{n}", "code": str(n), "label": ""} for n in range(1, band.points + 1)]


def band_of(document: Tree) -> Band:
    """The band that decides how much the youngest of a draft can be asked."""
    ages = [int(one) for one in map(words, entries(document["source"].get("ages"))) if re.fullmatch("[0-9]{1,2}", one)]
    return strictest((min(ages), max(ages))) if ages else BANDS[1]


def free(wanted: str, taken: set[str]) -> str:
    """This key, or the first with a number behind it that is free."""
    if wanted not in taken:
        return wanted
    return next(key for n in range(2, 10_000) if (key := f"{wanted[:25]}_{n}") not in taken)


def item_at(document: Tree, p: int, i: int) -> Tree | None:
    """The item at this place; None if there is none."""
    held = pages(document)
    if not 0 <= p < len(held):
        return None
    found = entries(held[p].get("items"))
    return fields(found[i]) if 0 <= i < len(found) else None


def add_page(document: Tree, taken: Set[str] = frozenset()) -> int:
    """A page at the end, with a first question; returns its place."""
    held = document["source"].setdefault("pages", [])
    key = free(f"page_{len(held) + 1}", {words(page.get("key")) for page in pages(document)})
    held.append({"key": key, "title": None, "items": []})
    add_item(document, len(held) - 1, taken)
    return len(held) - 1


def add_item(document: Tree, p: int, taken: Set[str] = frozenset()) -> int:
    """A blank question at the end of a page; returns its place. `taken` are keys of questions that were published."""
    held, page = spent_keys(document) | taken, document["source"]["pages"][p]
    keys = (f"question_{n}" for n in count(1 + sum(1 for _ in items(document))))
    key = next(key for key in keys if key not in held)
    page["items"] = [*entries(page.get("items")), _blank(key, band_of(document))]
    return len(page["items"]) - 1


def spent_keys(document: Tree) -> set[str]:
    """The keys of all questions of a draft, and of those for which something waits: they may be put back."""
    found = {words(item.get("key")) for _, _, item in items(document)} | set(document["aside"])
    found.add(words(fields(fields(document.get("removed")).get("item")).get("key")))
    names = (name.split(".") for held in document["outdated"].values() for name in fields(held))
    return found | {name[1] for name in names if name[0] == "items"}


def is_full(document: Tree) -> bool:
    """Whether there are as many questions or pages as there may be."""
    return sum(1 for _ in items(document)) >= MOST_ITEMS or len(pages(document)) >= MOST_PAGES


def move_item(document: Tree, p: int, i: int, step: int) -> None:
    """One place up or down; over the edge of a page into the next one. A page that loses its only question goes."""
    held = document["source"]["pages"]
    here = held[p]["items"]
    if 0 <= i + step < len(here):
        here[i], here[i + step] = here[i + step], here[i]
    elif 0 <= p + step < len(held):
        there = held[p + step]["items"] = entries(held[p + step].get("items"))
        there.insert(0 if step > 0 else len(there), here.pop(i))
        if not here:
            held.pop(p)


def remove_item(document: Tree, p: int, i: int) -> None:
    """Take a question out; a page without questions goes too, unless it is the last one."""
    held = document["source"]["pages"]
    held[p]["items"].pop(i)
    if not held[p]["items"] and len(held) > 1:
        held.pop(p)


def rename_item(document: Tree, old: str, new: str) -> None:
    """Another key for an item, wherever it is meant."""
    for _, _, item in items(document):
        condition = fields(item.get("condition"))
        if condition.get("item") == old:
            condition["item"] = new
        if item.get("same_as") == old:
            item["same_as"] = new
    for scale in map(fields, entries(document["source"].get("scales"))):
        for name in ("items", "reversed"):
            if name in scale:
                scale[name] = [new if one == old else one for one in entries(scale[name])]
    if old in document["aside"]:
        document["aside"][new] = document["aside"].pop(old)
    rename(document, ("items", old), ("items", new))


def wanted_key(typed: str, others: set[str]) -> str:
    """A key for an item from what somebody typed as its short name."""
    return free(key_of(typed, "question"), others | RESERVED)


def change_list(item: Tree, act: str) -> None:
    """An act on the answers or the parts: `option.add`, `option.up.2`, `part.down.0`, `part.remove.1`."""
    what, _, rest = act.partition(".")
    if what not in _LISTS:
        return
    held = entries(item.get(_LISTS[what]))
    name, _, place = rest.partition(".")
    n = int(place) if place.isascii() and place.isdigit() and len(place) < 6 else -1
    if name == "add":
        held.append({"key": None, "code": None, "label": ""} if what == "option" else {"key": None, "text": ""})
    elif 0 <= n < len(held):
        if name == "remove":
            _forget(item, words(fields(held.pop(n)).get("key")))
        elif name == "up" and n > 0:
            held[n - 1], held[n] = held[n], held[n - 1]
        elif name == "down" and n + 1 < len(held):
            held[n + 1], held[n] = held[n], held[n + 1]
    item[_LISTS[what]] = held


def _forget(item: Tree, key: str) -> None:
    """An answer that is gone is no longer agreed either."""
    measure = fields(item.get("measure"))
    for name in ("agreed", "excluded"):
        if name in measure:
            measure[name] = [one for one in entries(measure[name]) if one != key]


def give_keys(item: Tree, old: Tree, fixed: Set[str]) -> list[tuple[str, str, str]]:
    """Keys and codes for answers and parts that have words. One that is not among the `fixed` and whose key was made from
    its words gets another when these change. Returns how keys changed: of which list, the old one, the new one."""
    changed: list[tuple[str, str, str]] = []
    for name, field in (("options", "label"), ("parts", "text")):
        before = {words(one.get("key")): words(one.get(field)) for one in map(fields, entries(old.get(name)))}
        held = [fields(one) for one in entries(item.get(name))]
        taken = {words(one.get("key")) for one in held} | set(NO_ANSWERS)
        for one in held:
            key, told = words(one.get("key")), words(one.get(field))
            follows = key in before and key not in fixed and before[key] != told and key == _from_words(before[key], "")
            if told and (not key or follows):
                one["key"] = free(_from_words(told, ""), taken - {key})
                taken.add(one["key"])
                changed += [(name, key, one["key"])] if key else []
    _give_codes(item)
    return changed


def _from_words(told: str, otherwise: str) -> str:
    return key_of(told[:30], "answer") if told else otherwise


def _give_codes(item: Tree) -> None:
    held = [fields(one) for one in entries(item.get("options"))]
    used = {
        int(code) for one in held if (code := words(one.get("code"))).isascii() and code.isdigit() and len(code) < 5
    }
    for one in held:
        if not one.get("code"):
            number = next(n for n in range(1, HIGHEST_CODE + len(held)) if n not in used)
            used.add(number)
            one["code"] = str(number)


def fit_kind(document: Tree, item: Tree) -> None:
    """Leave an item only the fields that its kind knows. The others wait aside, and what waits there comes back."""
    key, kind = words(item.get("key")), nature(words(item.get("kind")))
    known = {
        **{name: name in kind.own for name in OWN},
        "options": kind.options != NO_OPTIONS and not kind.steps,
        "measure": kind.measured and not (kind.steps and item.get("options")),
        "absences": kind.absent,
        "ordered": kind.options != NO_OPTIONS,
    }
    aside: dict[str, Any] = document["aside"].pop(key, {})
    for name, is_known in known.items():
        if not is_known and item.get(name):
            aside[name] = item.pop(name)
        elif not is_known:
            item.pop(name, None)
        elif name in aside and not item.get(name):
            item[name] = aside.pop(name)
    _set_exclusive(item, aside, is_known=kind.answering == "several")
    if aside:
        document["aside"][key] = aside
    if item.get("kind") in ("faces", "scale") and not item.get("options"):
        item["options"] = _points(band_of(document))


def _set_exclusive(item: Tree, aside: Tree, *, is_known: bool) -> None:
    """Where only one answer can be chosen none rules out the others: which do waits aside too."""
    held = [fields(one) for one in entries(item.get("options"))]
    if is_known:
        waiting = aside.pop("exclusive", ())
        for one in (one for one in held if words(one.get("key")) in waiting):
            one["exclusive"] = "true"
    elif marked := [words(one.get("key")) for one in held if one.pop("exclusive", None)]:
        aside["exclusive"] = marked
