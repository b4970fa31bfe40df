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
from questionnaires.instrument import LEFT_BLANK, NOT_ASKED, Instrument, Item, Kind, Option

FaultCode = Literal["not_an_option", "choose_one", "not_with_others", "not_a_number", "out_of_range", "not_an_order"]
Sent = Mapping[str, Sequence[str]]
"""Field -> what it held, without blanks."""

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


_Parser = Callable[[Item, Sent], Answer | AnswerFault]


def asked(instrument: Instrument, wave: str, answers: Answers, *, helped: bool = False) -> tuple[Item, ...]:
    """The items that are asked in this wave of somebody who answered so, alone or with somebody's help."""
    return tuple(item for item in instrument.items if _is_asked(item, wave, answers, helped))


def parse(instrument: Instrument, wave: str, fields: Mapping[str, Sequence[str]], *, helped: bool = False) -> Parsed:
    """The answers in the fields of a form. Nothing that is sent makes it raise. Of somebody who is being helped nothing
    sensitive is asked, whatever was sent: whoever helps would see it (CARE C3)."""
    answers: dict[str, Answer] = {}
    faults: list[AnswerFault] = []
    for item in instrument.items:
        if not _is_asked(item, wave, answers, helped):
            answers[item.key] = NOT_ASKED
            continue
        outcome = PARSERS[item.kind](item, _sent(item, fields))
        if isinstance(outcome, AnswerFault):
            faults.append(outcome)
            outcome = LEFT_BLANK
        answers[item.key] = outcome
    known = {name for item in instrument.items for name in field_names(item)}
    return Parsed(answers, tuple(faults), tuple(name for name in fields if name not in known))


def alerts(instrument: Instrument, answers: Answers) -> tuple[tuple[Item, Option], ...]:
    """The answers that a worker must be told of: each option with an alert that was chosen, with its item."""
    found = []
    for item in instrument.items:
        answer = answers.get(item.key, NOT_ASKED)
        chosen = answer if isinstance(answer, tuple) else (answer,)
        found += [(item, option) for option in item.options if option.alert and option.key in chosen]
    return tuple(found)


def field_names(item: Item) -> tuple[str, ...]:
    """The names of an item's form fields: its key; `key.thing` for each thing that is sorted or put in order; `key.print`
    for the permission beside a box for words."""
    inner = [one.key for one in item.parts] if item.answering == "parts" else []
    inner += [one.key for one in item.options] if item.answering == "order" else []
    inner += ["print"] if item.may_print else []
    return (item.key, *(f"{item.key}.{key}" for key in inner))


def _sent(item: Item, fields: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    held = {name: [value.strip() for value in fields.get(name, ())] for name in field_names(item)}
    return {name: list(dict.fromkeys(filter(None, values))) for name, values in held.items() if any(values)}


def _is_asked(item: Item, wave: str, answers: Answers, helped: bool) -> bool:
    return wave in item.waves and not (helped and item.sensitive) and _is_met(item, answers)


def _is_met(item: Item, answers: Answers) -> bool:
    """Whether the item's condition holds; an item without one is always asked."""
    if item.condition is None:
        return True
    answer = answers.get(item.condition.item, NOT_ASKED)
    chosen = answer if isinstance(answer, tuple) else (answer,)
    return any(option in chosen for option in item.condition.options)


def _alone(parse_values: Callable[[Item, Sequence[str]], Answer | AnswerFault]) -> _Parser:
    """An item with one field."""

    def parse_item(item: Item, sent: Sent) -> Answer | AnswerFault:
        return parse_values(item, sent[item.key]) if item.key in sent else LEFT_BLANK

    return parse_item


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


def _parse_parts(item: Item, sent: Sent) -> Answer | AnswerFault:
    found = []
    for part in item.parts:
        values = sent.get(f"{item.key}.{part.key}", ())
        outcome = _parse_one(item, values) if values else LEFT_BLANK
        if isinstance(outcome, AnswerFault):
            return outcome
        found.append(str(outcome))
    return tuple(found) if set(found) != {LEFT_BLANK} else LEFT_BLANK


def _parse_order(item: Item, sent: Sent) -> Answer | AnswerFault:
    """A place for each thing, or for none; one that was given twice or left out is for the child to mend."""
    absent = list(sent.get(item.key, ()))
    held = {option.key: sent.get(f"{item.key}.{option.key}", ()) for option in item.options}
    placed = {key: values[0] for key, values in held.items() if values}
    if len(absent) > 1 or (absent and placed):
        return AnswerFault(item.key, "not_with_others")
    if absent:
        return absent[0] if absent[0] in item.absences else AnswerFault(item.key, "not_an_option")
    if not placed:
        return LEFT_BLANK
    places = [str(n) for n in range(1, len(item.options) + 1)]
    if sorted(placed.values()) != sorted(places) or any(len(values) > 1 for values in held.values()):
        return AnswerFault(item.key, "not_an_order", {"count": len(places)})
    return tuple(sorted(placed, key=lambda key: int(placed[key])))


def _parse_nothing(item: Item, sent: Sent) -> Answer | AnswerFault:
    """A statement has no answer; words are never codes, whoever takes them."""
    return NOT_ASKED


PARSERS: Mapping[Kind, _Parser] = {
    "one": _alone(_parse_one),
    "several": _alone(_parse_several),
    "faces": _alone(_parse_one),
    "number": _alone(_parse_number),
    "scale": _alone(_parse_one),
    "steps": _alone(_parse_one),
    "traffic": _alone(_parse_one),
    "sort": _parse_parts,
    "rank": _parse_order,
    "support": _alone(_parse_several),
    "goals": _parse_parts,
    "statement": _parse_nothing,
    "text": _parse_nothing,
}
