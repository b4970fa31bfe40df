"""Our own columns of an XLSForm.

XLSForm has no word for waves, for what a child may be shown, or for which answer agrees with what is taught. These
columns say it in a way that a person can fill in: lists with spaces between, yes or no, words as they are. One table
for writing and reading, so that neither can know a column that the other does not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from questionnaires.drafting import DraftItem
from questionnaires.faults import listed, shown
from questionnaires.instrument import Explanation, Instrument, Item, Measure, Scale, Text, Trial, Version
from questionnaires.kinds import VERSIONS
from questionnaires.rules import TREATMENT_OF
from questionnaires.versions import plain_of, value_of

Get = Callable[[str], str]
Wrong = Callable[[str, str, str], None]

GROUP = "page_"
"""Stands before the key of a page: a group and a question of one name confuse other tools."""
HEAD_FIELDS = (
    "heard_ages",
    "heard_mode",
    "heard_sitting",
    "heard_respondent",
    "heard_waves",
    "heard_interruption",
    "heard_more",
)
_MEASURE = ("agreed", "excluded", "dont_know", "family", "direction", "indicator", "smallest")
_MARKS = ("sensitive", "about", "ordered", "then_test", "may_print")
_NAMES = ("same_as", "size")
ITEM_FIELDS = (
    *("heard_kind", "heard_waves", "heard_absences"),
    *(f"heard_{name}" for name in (*_MARKS, *_NAMES, *_MEASURE)),
    "heard_more",
)
OPTION_MARKS = ("exclusive", "negative", "alert")
OWN_TEXTS = ("heard_unit", "heard_low", "heard_high", "heard_statement")
FIELDS = frozenset({*ITEM_FIELDS, *OWN_TEXTS})
_HEAD_MORE = {"scales": Scale, "made_with": str, "words_explained": Explanation}
_ITEM_MORE = {"tried_with": Trial, "words_explained": Explanation, "versions": Version}

TYPES = {
    "one": "select_one {}",
    "several": "select_multiple {}",
    "faces": "select_one {}",
    "number": "integer",
    "scale": "select_one {}",
    "steps": "select_one {}",
    "traffic": "select_one {}",
    "sort": "note",
    "rank": "rank {}",
    "support": "select_multiple {}",
    "goals": "note",
    "statement": "note",
    "text": "text",
}
"""What other tools call each kind. What is sorted is a note, followed by a question for each part."""
PART = "part"
PLAIN = {
    "select_one {}": "one",
    "select_multiple {}": "several",
    "integer": "number",
    "rank {}": "rank",
    "note": "statement",
}
"""What a type is here, where the file does not say it in a column of ours."""


def has_many_lines(appearance: str) -> bool:
    """Whether a box for words is a large one."""
    return "multiline" in appearance.lower().split()


def yes(words: str) -> bool:
    return words.strip().lower().rstrip("()") in ("yes", "true", "1", "x")


def whole(words: str) -> int | None:
    return int(words) if re.fullmatch(r"[0-9]{1,6}", words) else None


def head_cells(instrument: Instrument) -> dict[str, str]:
    """The cells of our columns in sheet settings."""
    return {
        "heard_ages": " ".join(map(str, instrument.ages)),
        "heard_mode": instrument.mode,
        "heard_sitting": instrument.sitting,
        "heard_respondent": instrument.respondent,
        "heard_waves": " ".join(instrument.waves),
        "heard_interruption": _said(instrument.interruption),
        "heard_more": _written(instrument, _HEAD_MORE),
    }


def head_of(get: Get, wrong: Wrong) -> dict[str, Any]:
    """The fields of an instrument from our columns, as far as they are given."""
    head: dict[str, Any] = {
        name: get(f"heard_{name}") for name in ("mode", "sitting", "respondent") if get(f"heard_{name}")
    }
    if yes(get("heard_interruption")):
        head["interruption"] = True
    if get("heard_waves"):
        head["waves"] = tuple(get("heard_waves").split())
    ages = [whole(one) for one in re.split(r"\D+", get("heard_ages")) if one]
    if len(ages) == 2 and None not in ages:
        head["ages"] = (ages[0], ages[1])
    elif get("heard_ages"):
        wrong("heard_ages", f"{shown(get('heard_ages'))} is not the youngest and the oldest", "write 11 16")
    return head | _read("heard_more", get, wrong, _HEAD_MORE)


def item_cells(item: Item, waves: tuple[str, ...]) -> dict[str, str]:
    """The cells of our columns in sheet survey, those with several languages apart."""
    cells = {
        "heard_kind": "" if PLAIN.get(TYPES[item.kind]) == item.kind else item.kind,
        "heard_waves": "" if item.waves == waves else " ".join(item.waves),
        "heard_absences": "" if lists_absences(item) else " ".join(item.absences),
        "heard_more": _written(item, _ITEM_MORE),
    }
    cells |= {f"heard_{name}": _said(getattr(item, name)) for name in _MARKS}
    cells |= {f"heard_{name}": _words(getattr(item, name)) for name in _NAMES}
    return cells | measure_cells(item.measure)


def measure_cells(measure: Measure | None) -> dict[str, str]:
    """The cells of a measure, its statement apart."""
    return {} if measure is None else {f"heard_{name}": _words(getattr(measure, name)) for name in _MEASURE}


def lists_absences(item: Item) -> bool:
    """Whether the ways of no answer stand among the choices; nobody could put them in an order."""
    return item.answering in ("one", "several", "parts")


def item_fields(item: DraftItem, get: Get, text: Callable[[str], dict[str, str]], wrong: Wrong) -> None:
    """Brings our columns into a draft."""
    _kind(item, get("heard_kind"), wrong)
    if get("heard_waves"):
        item.more["waves"] = tuple(get("heard_waves").split())
    item.absences += get("heard_absences").split()
    item.more |= {name: True for name in _MARKS if yes(get(f"heard_{name}"))}
    item.more |= {name: get(f"heard_{name}") for name in _NAMES if get(f"heard_{name}")}
    for name in ("unit", "low", "high"):
        if text(f"heard_{name}"):
            item.more[name] = _english(text(f"heard_{name}"))
    item.more |= _read("heard_more", get, wrong, _ITEM_MORE)
    if (measure := measure_of(get, text, wrong)) is not None:
        item.more["measure"] = measure


def read_out(item: DraftItem, recorded: dict[str, str]) -> None:
    """The recordings that columns name, beside the other wordings of the item."""
    if not recorded:
        return
    held = {one.name: one for one in item.more.get("versions", ())}
    others = {code: file for code, file in sorted(recorded.items()) if code != "en"}
    held["audio"] = replace(held.get("audio", Version("audio")), sound=recorded["en"], sounds=others)
    item.more["versions"] = tuple(held[name] for name in VERSIONS if name in held)


def _kind(item: DraftItem, named: str, wrong: Wrong) -> None:
    """The kind that our column names, where it goes with the type beside it."""
    if not named:
        return
    fitting = [kind for kind, type_ in TYPES.items() if PLAIN.get(type_, kind) == item.kind]
    if named in fitting:
        item.kind = named
    else:
        wrong("heard_kind", f"{shown(named)} does not go with this type", f"write {listed(fitting)}, or nothing")


def measure_of(get: Get, text: Callable[[str], dict[str, str]], wrong: Wrong) -> Measure | None:
    """The measure in our columns; None where they are empty."""
    if any(get(f"heard_{name}") for name in _MEASURE) or text("heard_statement"):
        return _measure(get, text("heard_statement"), wrong)
    return None


def _measure(get: Get, statement: dict[str, str], wrong: Wrong) -> Measure:
    family = get("heard_family") or "opinion"
    smallest = whole(get("heard_smallest") or "5")
    if smallest is None:
        wrong("heard_smallest", f"{shown(get('heard_smallest'))} is not a whole number", "write percentage points: 5")
    named: dict[str, Any] = {
        "agreed": tuple(get("heard_agreed").split()),
        "excluded": tuple(get("heard_excluded").split()),
        "dont_know": get("heard_dont_know") or TREATMENT_OF.get(family, "apart"),
        "family": family,
        "direction": get("heard_direction") or "higher",
        "indicator": get("heard_indicator") or None,
        "statement": _english(statement),
        "smallest": smallest if smallest is not None else 5,
    }
    return Measure(**named)


def _english(words: dict[str, str]) -> Text:
    return {"en": words.get("en", "")} | words


def _said(value: bool) -> str:
    return "yes" if value else ""


def _words(value: Any) -> str:
    return " ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)


def _written(value: object, names: Iterable[str]) -> str:
    """The fields that no column shows, as JSON; empty where there are none."""
    held = {name: plain_of(getattr(value, name)) for name in names if getattr(value, name)}
    return json.dumps(held, ensure_ascii=False) if held else ""


def _read(column: str, get: Get, wrong: Wrong, kinds: dict[str, type]) -> dict[str, Any]:
    if not get(column):
        return {}
    try:
        held = json.loads(get(column))
        if not isinstance(held, dict) or not set(held) <= set(kinds):
            raise ValueError("other fields")
        return {name: tuple(value_of(kinds[name], part) for part in _listed(one)) for name, one in held.items()}
    except (ValueError, TypeError, KeyError, RecursionError):
        wrong(column, f"{shown(get(column))} cannot be read", "leave this cell as it was exported, or empty it")
        return {}


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("not a list")
    return value
