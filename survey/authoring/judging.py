"""What is to be said of a draft: its faults, the words to look at again, and as much of it as can be shown.

Only the questionnaire's own reader and rules judge; this adds the place of each remark, so that it can stand beside the
question that it concerns. What was judged once is kept, for the same draft is looked at on many pages.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import lru_cache

from questionnaires import tree
from questionnaires.faults import Fault, InstrumentFaults, Place, spoken
from questionnaires.files import read
from questionnaires.instrument import Instrument, Item
from questionnaires.kinds import KINDS
from questionnaires.reader import Reader
from questionnaires.shapes import instrument_of
from questionnaires.translations import translation_of
from questionnaires.words_check import judge
from survey.authoring.trees import Tree, source_bytes, translation_bytes

NAME = "draft.yaml"


@dataclass(frozen=True, slots=True)
class Remark:
    """One fault (it stops the publishing) or one warning (a person decides; `why` says that one did). `tongue` is the
    language whose words are at fault; empty for the English."""

    place: Place
    code: str
    wrong: str
    mend: str
    is_fault: bool
    why: str = ""
    tongue: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`instrument` is there when nothing is at fault; `drawn` is the draft as a value, faults and all; `shown` is what of
    it can be shown."""

    instrument: Instrument | None
    drawn: Instrument | None
    shown: Instrument | None
    left_out: int
    remarks: tuple[Remark, ...]
    grade: int | None
    """About which reading grade its questions have, a note only; None without questions."""

    @property
    def faults(self) -> tuple[Remark, ...]:
        """What stops the publishing."""
        return tuple(one for one in self.remarks if one.is_fault)

    @property
    def warnings(self) -> tuple[Remark, ...]:
        """Words that somebody should look at again."""
        return tuple(one for one in self.remarks if not one.is_fault and not one.why)

    def at(self, *place: str | int) -> tuple[Remark, ...]:
        """The remarks on this place and what lies under it."""
        return tuple(one for one in self.remarks if one.place[: len(place)] == place)

    def elsewhere(self) -> tuple[Remark, ...]:
        """The remarks that concern no item."""
        return tuple(one for one in self.remarks if len(one.place) < 4 or one.place[2] != "items")


def verdict(document: Tree) -> Verdict:
    """What the reader, the rules and the words check say of a draft."""
    return _verdict(json.dumps(document))


@lru_cache(maxsize=32)
def _verdict(stored: str) -> Verdict:
    document = json.loads(stored)
    source, translations = source_bytes(document), translation_bytes(document)
    faults: tuple[Fault, ...] = ()
    instrument: Instrument | None = None
    try:
        instrument = read(source, NAME, translations)
    except InstrumentFaults as found:
        faults = found.faults
    drawn = instrument or _drawn(source, translations)
    remarks = [Remark(one.place, one.code, _said(one), one.mend, True, tongue=_tongue(one)) for one in faults]
    shown, grade = _showable(drawn, faults), None
    if drawn is not None and drawn.items:
        judged = judge(drawn)
        remarks += [Remark(one.place, one.code, one.wrong, one.mend, False) for one in judged.open]
        remarks += [Remark(one.place, one.code, one.wrong, one.mend, False, why) for one, why in judged.explained]
        grade = judged.grade
    left_out = len(drawn.items) - len(shown.items) if drawn is not None and shown is not None else 0
    return Verdict(instrument, drawn, shown, left_out, tuple(remarks), grade)


def _said(one: Fault) -> str:
    """A fault; one in a translation names its language."""
    return f"{_tongue(one)}: {one.wrong}" if _tongue(one) else one.wrong


def _tongue(one: Fault) -> str:
    return "" if one.file in ("", NAME) else one.file.removesuffix(".yaml")


def _drawn(source: bytes, translations: dict[str, bytes]) -> Instrument | None:
    """The draft as a value although the rules refuse it; None where there is no tree."""
    try:
        root, _ = tree.read_tree(NAME, source)
        reader = Reader(NAME, [translation_of(file, data, root)[0] for file, data in translations.items()])
    except tree.Refused:
        return None
    return instrument_of(reader, root, published=True)


def _showable(drawn: Instrument | None, faults: tuple[Fault, ...]) -> Instrument | None:
    """The items without a fault, with conditions that hold; None if there are none."""
    if drawn is None or not faults:
        return drawn
    wrong = {one.place[:4] for one in faults if len(one.place) >= 4 and one.place[2] == "items"}
    kept: dict[str, Item] = {}
    pages = []
    for p, page in enumerate(drawn.pages):
        items = []
        for i, item in enumerate(page.items):
            if ("pages", p, "items", i) not in wrong and item.kind in KINDS and _can_be_asked(item, kept):
                kept[item.key] = item
                items.append(item)
        pages += [replace(page, items=tuple(items))] if items else []
    return replace(drawn, pages=tuple(pages), published=True) if pages else None


def _can_be_asked(item: Item, earlier: dict[str, Item]) -> bool:
    condition = item.condition
    if condition is None:
        return True
    source = earlier.get(condition.item)
    return source is not None and set(condition.options) <= {option.key for option in source.options}


def where(place: Place) -> str:
    """A place in words, counted from 1."""
    return spoken(place)
