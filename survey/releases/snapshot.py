"""What a release keeps: released values and plain facts, and nothing from which an answer could be counted.

A snapshot carries its own words (questions and statements in every language), so that a page needs nothing else and a
release reads the same for ever. Its number and day stand beside it in the table, not in it: the same sittings give the
same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from analysis.results import Change, Released, Response, Row, Share, Suppressed, from_json

FORMAT = 1

Text = Mapping[str, str]


class UnknownFormat(Exception):
    """The snapshot was written by a newer Heard."""


@dataclass(frozen=True, slots=True)
class ShownItem:
    """One question with what a reader must know of it and what was released about it.

    `options` holds the words of its answers, for what is released of all of them. `everybody` and `counts` are of published
    figures only: what all who saw it may have said, and how many answers a printed percentage can stand for. `comparison` is
    of the schools visited first against those that waited. `remembered`: asked afterwards how it was before, so it stands
    where an after stands and is neither an after nor a before (CARE E11).
    """

    key: str
    text: Text
    statement: Text
    family: str
    direction: str
    smallest: int
    tried: bool
    at_ceiling: bool
    leaves_out: bool
    ordered: bool
    row: Row
    dont_know_before: Share | Suppressed | None = None
    dont_know_after: Share | Suppressed | None = None
    everybody: Share | None = None
    counts: tuple[int, int] | None = None
    options: Mapping[str, Text] = field(default_factory=dict)
    comparison: Change | Suppressed | None = None
    remembered: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that may be seen of a programme, or of one school, at one time.

    `approximate` names the counts that the source itself gives as "about"; `remark` is what must be said of its claims;
    `sample` is how many schools chance drew, and of how many; `estimator` what was fixed at the opening; `linked_likeness`
    whether those who could be paired answered like the others at the start: alike, apart, unclear, or empty; `yes_to_all`
    who said yes to everything, where young children were asked.
    """

    name: str
    kind: str
    origin: str
    source: str
    place: str
    mode: str
    design: str
    timing: str
    first_day: str
    last_day: str
    waves: tuple[str, ...]
    instruments: tuple[str, ...]
    response: Response
    items: tuple[ShownItem, ...]
    about: Mapping[str, Mapping[str, Text]]
    warnings: tuple[str, ...] = ()
    groups_hidden: bool = False
    approximate: tuple[str, ...] = ()
    remark: Text | None = None
    sample: tuple[int, int] | None = None
    estimator: str = ""
    linked_likeness: str = ""
    yes_to_all: Share | Suppressed | None = None

    def item(self, key: str) -> ShownItem:
        """The item with this key; KeyError if there is none."""
        for item in self.items:
            if item.key == key:
                return item
        raise KeyError(key)


def write(snapshot: Snapshot) -> tuple[str, str]:
    """The snapshot as canonical JSON, and its SHA-256."""
    document = json.dumps(
        {"format": FORMAT} | _plain(snapshot), sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return document, fingerprint(document)


def fingerprint(document: str) -> str:
    """The SHA-256 of a snapshot as it is stored, whichever version of Heard wrote it."""
    return hashlib.sha256(document.encode()).hexdigest()


def read(document: str) -> Snapshot:
    """The snapshot that was written.

    Raises
    ------
    UnknownFormat
        When it has a format that this version does not know.
    """
    data = json.loads(document)
    if data.pop("format", None) != FORMAT:
        raise UnknownFormat("This release was made by a newer version of Heard: update first.")
    items = tuple(_item(one) for one in data.pop("items"))
    listed: dict[str, Any] = {
        name: tuple(data.pop(name)) for name in ("waves", "instruments", "warnings", "approximate")
    }
    if data.get("sample"):
        listed["sample"] = tuple(data.pop("sample"))
    if data.get("yes_to_all"):
        listed["yes_to_all"] = from_json(data.pop("yes_to_all"))
    return Snapshot(response=from_json(data.pop("response")), items=items, **(data | listed))


def _item(data: dict[str, Any]) -> ShownItem:
    counts = data.pop("counts")
    released = {
        name: from_json(value) if value is not None else None
        for name, value in data.items()
        if name in ("row", "dont_know_before", "dont_know_after", "everybody", "comparison")
    }
    return ShownItem(**(data | released), counts=tuple(counts) if counts else None)


def _plain(value: Any) -> Any:
    if isinstance(value, Released):
        return value.to_json()
    if isinstance(value, Snapshot | ShownItem):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, tuple) else value
