"""Our own columns of an XLSForm.

XLSForm has no word for waves, for what a child may be shown, or for which answer agrees with what is taught. These
columns say it in a way that a person can fill in: lists with spaces between, yes or no, words as they are. One table
for writing and reading, so that neither can know a column that the other does not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from questionnaires.drafting import DraftItem
from questionnaires.faults import shown
from questionnaires.instrument import Explanation, Instrument, Item, Measure, Scale, Text, Trial
from questionnaires.rules import TREATMENT_OF
from questionnaires.versions import plain_of, value_of

Get = Callable[[str], str]
Wrong = Callable[[str, str, str], None]

GROUP = "page_"
"""Stands before the key of a page: a group and a question of one name confuse other tools."""
HEAD_FIELDS = ("heard_ages", "heard_mode", "heard_sitting", "heard_respondent", "heard_waves", "heard_more")
_MEASURE = ("agreed", "excluded", "dont_know", "family", "direction", "indicator", "smallest")
ITEM_FIELDS = (
    *("heard_kind", "heard_waves", "heard_absences", "heard_sensitive", "heard_about", "heard_ordered"),
    *(f"heard_{name}" for name in _MEASURE),
    "heard_more",
)
FIELDS = frozenset({*ITEM_FIELDS, "heard_unit", "heard_statement"})
_HEAD_MORE = {"scales": Scale, "made_with": str, "words_explained": Explanation}
_ITEM_MORE = {"tried_with": Trial, "words_explained": Explanation}


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
        "heard_more": _written(instrument, _HEAD_MORE),
    }


def head_of(get: Get, wrong: Wrong) -> dict[str, Any]:
    """The fields of an instrument from our columns, as far as they are given."""
    head: dict[str, Any] = {
        name: get(f"heard_{name}") for name in ("mode", "sitting", "respondent") if get(f"heard_{name}")
    }
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
    measure = item.measure
    cells = {
        "heard_kind": item.kind if item.kind == "faces" else "",
        "heard_waves": "" if item.waves == waves else " ".join(item.waves),
        "heard_absences": " ".join(item.absences) if item.kind == "number" else "",
        "heard_sensitive": _said(item.sensitive),
        "heard_about": _said(item.about),
        "heard_ordered": _said(item.ordered),
        "heard_more": _written(item, _ITEM_MORE),
    }
    if measure is not None:
        cells |= {f"heard_{name}": _words(getattr(measure, name)) for name in _MEASURE}
    return cells


def item_fields(item: DraftItem, get: Get, text: Callable[[str], dict[str, str]], wrong: Wrong) -> None:
    """Brings our columns into a draft."""
    if get("heard_kind"):
        item.kind = get("heard_kind") if get("heard_kind") == "faces" and item.kind == "one" else item.kind
    if get("heard_waves"):
        item.more["waves"] = tuple(get("heard_waves").split())
    item.absences += get("heard_absences").split()
    for name in ("sensitive", "about", "ordered"):
        if yes(get(f"heard_{name}")):
            item.more[name] = True
    if text("heard_unit"):
        item.more["unit"] = _english(text("heard_unit"))
    item.more |= _read("heard_more", get, wrong, _ITEM_MORE)
    if any(get(f"heard_{name}") for name in _MEASURE) or text("heard_statement"):
        item.more["measure"] = _measure(get, text("heard_statement"), wrong)


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
