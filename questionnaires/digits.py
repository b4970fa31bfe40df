"""A questionnaire on paper, typed in by its digits.

Beside every box of a printed sheet stands a small number. Whoever types the sheet in types the numbers of the ticked
boxes, and this module turns them into the very fields that ticking on a screen sends, so that `answers.parse` alone
decides what they mean. Options are numbered from 1 in their order, then the ways of not answering; steps from 0 to 10
keep their own numbers. Where several boxes may be ticked, all numbers of a question have as many digits (01, 02, up to 12),
so that numbers which run together can be read in one way only. Where the child wrote a number (an amount, a place in an
order), that number is typed, and the ways of not answering an amount are -1 and -2, which no amount can be. Nothing typed
is a question left blank.

>>> from questionnaires.files import load_library
>>> item = load_library("staying_safe").items[0]
>>> slot = slots(item)[0]
>>> read(slot, "1") == [item.options[0].key], read(slot, "")
(True, [])
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from questionnaires.instrument import Instrument, Item, Text
from questionnaires.kinds import Answering, nature

Way = Literal["one", "several", "number"]

_BETWEEN = re.compile(r"[\s,;.+/]+")
_AMOUNT = re.compile(r"\d{1,9}")


class Unreadable(ValueError):
    """What was typed stands beside no box; the message is what was typed."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One small field for whoever types a sheet in: `marks` are the printed numbers and what each stands for.

    `field` is the name of the field on the page that children answer on; `label` names the thing where an item has several.
    """

    field: str
    item: str
    way: Way
    marks: Mapping[str, str]
    label: Text | None = None

    @property
    def digits(self) -> int:
        """How many digits the longest of its numbers has."""
        return max(map(len, self.marks), default=1)

    def mark(self, value: str) -> str:
        """The number that is printed beside this answer."""
        return next(mark for mark, known in self.marks.items() if known == value)


def slots_in(instrument: Instrument, wave: str) -> tuple[Slot, ...]:
    """The fields of a whole sheet, in the order of the paper."""
    return tuple(slot for item in instrument.items_in(wave) for slot in slots(item))


def slots(item: Item) -> tuple[Slot, ...]:
    """The fields of one item."""
    return SLOTS[item.answering](item)


def read(slot: Slot, typed: str) -> list[str]:
    """What the numbers that were typed stand for, as a page would send it.

    Raises
    ------
    Unreadable
        When a number stands beside no box of this question.
    """
    text = "".join(str(unicodedata.digit(sign, sign)) for sign in typed).strip().replace("−", "-")
    if not text:
        return []
    if slot.way == "number" and text not in slot.marks and _AMOUNT.fullmatch(text):
        return [text]
    numbers = _numbers(text, slot)
    if not all(number in slot.marks for number in numbers):
        raise Unreadable(typed)
    return list(dict.fromkeys(slot.marks[number] for number in numbers))


def shown(slot: Slot, values: Sequence[str]) -> str:
    """Answers as somebody would type them."""
    known = {value: mark for mark, value in slot.marks.items()}
    return " ".join(known.get(value, value) for value in values)


def _numbers(text: str, slot: Slot) -> list[str]:
    """The numbers in what was typed; those of several boxes may run together, for all have as many digits."""
    if slot.way != "several":
        return [text]
    size = slot.digits
    groups = [group for group in _BETWEEN.split(text) if group]
    return [group[at : at + size] for group in groups for at in range(0, len(group), size)]


def _marks(item: Item) -> dict[str, str]:
    """Number -> answer: the options, then the ways of not answering."""
    first = 0 if nature(item.kind).steps else 1
    values = [*(option.key for option in item.options), *item.absences]
    return {str(number): value for number, value in enumerate(values, start=first)}


def _one(item: Item) -> tuple[Slot, ...]:
    return (Slot(item.key, item.key, "one", _marks(item)),)


def _several(item: Item) -> tuple[Slot, ...]:
    marks = _marks(item)
    size = max(len(mark) for mark in marks)
    return (Slot(item.key, item.key, "several", {mark.zfill(size): value for mark, value in marks.items()}),)


def _number(item: Item) -> tuple[Slot, ...]:
    marks = {str(-place): absence for place, absence in enumerate(item.absences, start=1)}
    return (Slot(item.key, item.key, "number", marks),)


def _parts(item: Item) -> tuple[Slot, ...]:
    marks = _marks(item)
    return tuple(Slot(f"{item.key}.{part.key}", item.key, "one", marks, part.text) for part in item.parts)


def _order(item: Item) -> tuple[Slot, ...]:
    """The place of each thing; and, where it is offered, that none was given."""
    places = {str(n): str(n) for n in range(1, len(item.options) + 1)}
    things = [Slot(f"{item.key}.{one.key}", item.key, "one", places, one.label) for one in item.options]
    absent = {str(n): name for n, name in enumerate(item.absences, start=len(places) + 1)}
    return (*things, *([Slot(item.key, item.key, "one", absent)] if absent else []))


def _nothing(item: Item) -> tuple[Slot, ...]:
    return ()


SLOTS: Mapping[Answering, Callable[[Item], tuple[Slot, ...]]] = {
    "one": _one,
    "several": _several,
    "number": _number,
    "parts": _parts,
    "order": _order,
    "nothing": _nothing,
}
