"""From the fields of a form to answers.

Which items are asked is a pure function of the wave and the answers so far; the same function serves the server, the
paper form and the tests. `parse` takes whatever a form (or an attacker) sends and never raises: what fits becomes an
answer, what does not becomes a fault beside its item, and what answers no question of this respondent is discarded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from questionnaires.codebook import Answer, Answers
from questionnaires.instrument import LEFT_BLANK, NOT_ASKED, Instrument, Item, Kind

FaultCode = Literal["not_an_option", "choose_one", "not_with_others", "not_a_number", "out_of_range"]

_NUMBER = re.compile(r"[+-]?\d{1,6}")
_LONG_NUMBER = re.compile(r"[+-]?\d+")


@dataclass(frozen=True, slots=True)
class AnswerFault:
    """What does not fit at one item. The sentence for it belongs to the page; `params` fill its gaps."""

    item: str
    code: FaultCode
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parsed:
    """An answer or an absence for every item of the instrument; a faulty one counts as left blank until mended.

    `unknown` are names of fields that belong to no item.
    """

    answers: dict[str, Answer]
    faults: tuple[AnswerFault, ...]
    unknown: tuple[str, ...]


def asked(instrument: Instrument, wave: str, answers: Answers) -> tuple[Item, ...]:
    """The items that are asked in this wave of somebody who answered so."""
    return tuple(item for item in instrument.items_in(wave) if _is_met(item, answers))


def parse(instrument: Instrument, wave: str, fields: Mapping[str, Sequence[str]]) -> Parsed:
    """The answers in the fields of a form. Nothing that is sent makes it raise."""
    answers: dict[str, Answer] = {}
    faults: list[AnswerFault] = []
    for item in instrument.items:
        if wave not in item.waves or not _is_met(item, answers):
            answers[item.key] = NOT_ASKED
            continue
        values = list(dict.fromkeys(value.strip() for value in fields.get(item.key, ()) if value.strip()))
        outcome = PARSERS[item.kind](item, values) if values else LEFT_BLANK
        if isinstance(outcome, AnswerFault):
            faults.append(outcome)
            outcome = LEFT_BLANK
        answers[item.key] = outcome
    keys = {item.key for item in instrument.items}
    return Parsed(answers, tuple(faults), tuple(name for name in fields if name not in keys))


def _is_met(item: Item, answers: Answers) -> bool:
    """Whether the item's condition holds; an item without one is always asked."""
    if item.condition is None:
        return True
    answer = answers.get(item.condition.item, NOT_ASKED)
    chosen = answer if isinstance(answer, tuple) else (answer,)
    return any(option in chosen for option in item.condition.options)


def _parse_one(item: Item, values: Sequence[str]) -> Answer | AnswerFault:
    if len(values) > 1:
        return AnswerFault(item.key, "choose_one")
    known = {*item.absences, *(option.key for option in item.options)}
    return values[0] if values[0] in known else AnswerFault(item.key, "not_an_option")


def _parse_several(item: Item, values: Sequence[str]) -> Answer | AnswerFault:
    alone = {*item.absences, *(option.key for option in item.options if option.exclusive)}
    if not set(values) <= alone | {option.key for option in item.options}:
        return AnswerFault(item.key, "not_an_option")
    if len(values) > 1 and alone.intersection(values):
        return AnswerFault(item.key, "not_with_others")
    if values[0] in item.absences:
        return values[0]
    return tuple(option.key for option in item.options if option.key in values)


def _parse_number(item: Item, values: Sequence[str]) -> Answer | AnswerFault:
    absent = [value for value in values if value in item.absences]
    if absent and len(values) > 1:
        return AnswerFault(item.key, "not_with_others")
    if absent:
        return absent[0]
    if len(values) > 1:
        return AnswerFault(item.key, "choose_one")
    if not _LONG_NUMBER.fullmatch(values[0]):
        return AnswerFault(item.key, "not_a_number")
    low, high = item.minimum or 0, item.maximum or 0
    number = int(values[0]) if _NUMBER.fullmatch(values[0]) else None
    if number is None or not low <= number <= high:
        return AnswerFault(item.key, "out_of_range", {"minimum": low, "maximum": high})
    return number


PARSERS: Mapping[Kind, Callable[[Item, Sequence[str]], Answer | AnswerFault]] = {
    "one": _parse_one,
    "several": _parse_several,
    "faces": _parse_one,
    "number": _parse_number,
}
