"""The rules of one question: what its kind allows, its answers, its parts and what they measure.

What a kind may have stands in the table of kinds; here it is held against what an item has. Whatever concerns an item
together with others (conditions, pairs) or with the promises of the questionnaire stands in `item_bonds.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from questionnaires.faults import Fault, Place, fault, listed, shown
from questionnaires.kinds import HIGHEST_ALERT, KINDS, NO_OPTIONS, OWN, PICTURES, SIZES, STEPS, nature
from questionnaires.rules import (
    ABSENCES,
    DIRECTIONS,
    FAMILIES,
    HIGHEST_CODE,
    HIGHEST_NUMBER,
    NO_ANSWERS,
    RESERVED,
    TREATMENT_OF,
    TREATMENTS,
    choice_faults,
    item_places,
    key_faults,
    repeated_faults,
)

if TYPE_CHECKING:
    from questionnaires.instrument import Instrument, Item, Measure, Option


def faults(instrument: Instrument) -> list[Fault]:
    """Every breach of the rules on single items, in the order of the file."""
    found: list[Fault] = []
    for place, item in item_places(instrument):
        found += [fault for rule in _RULES for fault in rule(instrument, place, item)]
    return found


def _item(instrument: Instrument, place: Place, item: Item) -> Iterator[Fault]:
    yield from key_faults((*place, "key"), item.key)
    if item.key in RESERVED:
        wrong = f"{shown(item.key)} is already the name of something else in a form or a row"
        yield fault((*place, "key"), "reserved_key", wrong, "choose another key")
    yield from choice_faults((*place, "kind"), item.kind, KINDS, "kind")
    if instrument.waves and not item.waves:
        yield fault((*place, "waves"), "no_waves", "the item is never asked", "list its waves, or leave `waves` out")
    for n, wave in enumerate(item.waves if instrument.waves else ()):
        yield from choice_faults((*place, "waves", n), wave, instrument.waves, "wave of this questionnaire")
    yield from repeated_faults((((*place, "waves", n), wave) for n, wave in enumerate(item.waves)), "wave")
    for n, absence in enumerate(item.absences):
        yield from choice_faults((*place, "absences", n), absence, ABSENCES, "reason for no answer")
    yield from repeated_faults((((*place, "absences", n), one) for n, one in enumerate(item.absences)), "absence")
    if item.picture is not None:
        yield from choice_faults((*place, "picture"), item.picture, PICTURES, "picture of ours")
    if item.size is not None:
        yield from choice_faults((*place, "size"), item.size, SIZES, "size of a box")


def _fields(instrument: Instrument, place: Place, item: Item) -> Iterator[Fault]:
    """Fields that this kind does not know, or cannot do without."""
    kind = nature(item.kind)
    if item.kind not in KINDS:
        return
    for name in (name for name in OWN if getattr(item, name) not in (None, (), False)):
        if name not in kind.own:
            wrong = f"an item of kind {item.kind} has no {name}"
            yield fault((*place, name), "not_for_this_kind", wrong, f"remove it, or use kind {_with(name)}")
    for name in ("low", "high"):
        if name in kind.needs and getattr(item, name) is None:
            wrong = f"it does not say what {0 if name == 'low' else 10} means"
            yield fault(place, "no_anchor", wrong, f"add `{name}:` in words")
    nothing = "nothing is answered here" if item.kind == "statement" else f"kind {item.kind} cannot be counted so"
    if item.absences and not kind.absent:
        yield fault((*place, "absences"), "not_for_this_kind", nothing, "remove the absences")
    if item.about and kind.answering not in ("one", "several", "number"):
        yield fault((*place, "about"), "not_for_this_kind", nothing, "remove it: no group can be made of the answers")
    if kind.rises and not item.ordered:
        wrong = f"kind {item.kind} runs from little to much"
        yield fault((*place, "ordered"), "not_ordered", wrong, "leave `ordered` out, or write true")


def _with(field: str) -> str:
    return listed(kind for kind in KINDS if field in nature(kind).own)


def _number(instrument: Instrument, place: Place, item: Item) -> Iterator[Fault]:
    low, high = item.minimum, item.maximum
    if item.kind == "number" and (low is None or high is None or not 0 <= low < high <= HIGHEST_NUMBER):
        remedy = f"give minimum and maximum, whole numbers from 0 to {HIGHEST_NUMBER}"
        yield fault(place, "bad_range", f"the range is {low} to {high}", remedy)


def _options(instrument: Instrument, place: Place, item: Item) -> Iterator[Fault]:
    kind = nature(item.kind)
    if item.kind not in KINDS:
        return
    if kind.steps and _is_steps(item.options):
        yield from _telling_steps((*place, "alert_up_to"), item)
        return
    if kind.steps:
        yield fault((*place, "options"), "not_for_this_kind", "the answers are 0 to 10", "remove the options")
        return
    if kind.options == NO_OPTIONS:
        if item.options:
            wrong = f"an item of kind {item.kind} has no options"
            yield fault((*place, "options"), "not_for_this_kind", wrong, "remove them")
        return
    least, most = kind.options
    if not least <= len(item.options) <= most:
        range_ = f"exactly {least}" if least == most else f"{least} to {most}"
        wrong = f"{len(item.options)} options"
        yield fault((*place, "options"), "option_count", wrong, f"give {range_} for kind {item.kind}")
    for o, option in enumerate(item.options):
        yield from _option((*place, "options", o), item, option)
    named = [(*place, "options", o) for o in range(len(item.options))]
    yield from repeated_faults((((*at, "key"), x.key) for at, x in zip(named, item.options, strict=True)), "option key")
    yield from repeated_faults((((*at, "code"), x.code) for at, x in zip(named, item.options, strict=True)), "code")
    if item.kind == "support" and sum(option.exclusive for option in item.options) != 1:
        remedy = 'mark one option, such as "Nobody", `exclusive: true`'
        yield fault((*place, "options"), "no_nobody", "there is not one way to say that there is nobody", remedy)


def _is_steps(options: tuple[Option, ...]) -> bool:
    return [(one.key, one.code, one.label) for one in options] == [
        (f"step_{n}", n, {"en": str(n)}) for n in range(STEPS)
    ]


def _telling_steps(here: Place, item: Item) -> Iterator[Fault]:
    """Whoever says that it is worse than what tells somebody tells somebody too: the numbers run from 0 without a gap."""
    telling = [option.code for option in item.options if option.alert]
    if telling and "alert_up_to" not in nature(item.kind).own:
        wrong, remedy = (
            f"an alert cannot hang on an answer of kind {item.kind}",
            "ask about it in an item of kind steps",
        )
        yield fault(here, "not_for_this_kind", wrong, remedy)
    elif telling and (telling != list(range(len(telling))) or telling[-1] > HIGHEST_ALERT):
        wrong = f"{listed(map(str, telling))} tell the worker"
        yield fault(here, "alert_steps", wrong, f"let it be 0, or 0 up to a number that is at most {HIGHEST_ALERT}")


def _option(here: Place, item: Item, option: Option) -> Iterator[Fault]:
    yield from key_faults((*here, "key"), option.key)
    if option.key in NO_ANSWERS:
        remedy = 'choose another key; "I don\'t know" and "I\'d rather not say" are offered by `absences:`'
        yield fault((*here, "key"), "reserved_key", f"{shown(option.key)} is not an answer", remedy)
    if not 0 <= option.code <= HIGHEST_CODE:
        wrong = f"code {option.code}"
        yield fault((*here, "code"), "bad_code", wrong, f"use 0 to {HIGHEST_CODE}: the codes above mean no answer")
    if option.exclusive and item.answering != "several":
        remedy = "remove it: only one can be chosen anyway"
        yield fault((*here, "exclusive"), "not_for_this_kind", "exclusive belongs to kinds several and support", remedy)
    if option.alert and item.answering not in ("one", "several"):
        wrong = f"an alert cannot hang on an answer of kind {item.kind}"
        yield fault((*here, "alert"), "not_for_this_kind", wrong, "ask about it in an item of kind one")


def _parts(instrument: Instrument, place: Place, item: Item) -> Iterator[Fault]:
    kind = nature(item.kind)
    if kind.answering != "parts":
        return
    least, most = kind.parts
    if not least <= len(item.parts) <= most:
        wrong, remedy = f"{len(item.parts)} parts", f"give {least} to {most} for kind {item.kind}"
        yield fault((*place, "parts"), "part_count", wrong, remedy)
    for n, part in enumerate(item.parts):
        yield from key_faults((*place, "parts", n, "key"), part.key)
        if part.key in NO_ANSWERS:
            wrong = f"{shown(part.key)} is no name of a part"
            yield fault((*place, "parts", n, "key"), "reserved_key", wrong, "choose another key")
        if part.measure is not None and kind.steps:
            wrong = "a goal is the child's own: nobody else says what is enough"
            yield fault((*place, "parts", n, "measure"), "not_for_this_kind", wrong, "remove the measure")
        elif part.measure is not None:
            yield from _measured(instrument, (*place, "parts", n, "measure"), item, part.measure)
    yield from repeated_faults((((*place, "parts", n, "key"), x.key) for n, x in enumerate(item.parts)), "part key")


def _measure(instrument: Instrument, place: Place, item: Item) -> Iterator[Fault]:
    if item.measure is None:
        return
    here = (*place, "measure")
    if not nature(item.kind).measured or item.about:
        what = "an item about the person" if item.about else f"an item of kind {item.kind}"
        mend = "give each part its own measure" if item.parts else "remove the measure"
        yield fault(here, "not_for_this_kind", f"{what} has no agreed answer", mend)
        return
    yield from _measured(instrument, here, item, item.measure)


def _measured(instrument: Instrument, here: Place, item: Item, measure: Measure) -> Iterator[Fault]:
    yield from choice_faults((*here, "family"), measure.family, FAMILIES, "family")
    yield from choice_faults((*here, "direction"), measure.direction, DIRECTIONS, "direction")
    yield from choice_faults((*here, "dont_know"), measure.dont_know, TREATMENTS, "way to count don't know")
    yield from _agreed(here, measure, [option.key for option in item.options])
    if not 1 <= measure.smallest <= 100:
        wrong = f"smallest is {measure.smallest}"
        yield fault((*here, "smallest"), "measure_smallest", wrong, "write percentage points from 1 to 100")
    treatment = TREATMENT_OF.get(measure.family)
    if treatment is not None and measure.dont_know in TREATMENTS and measure.dont_know != treatment:
        wrong = f'"don\'t know" counts as {measure.dont_know} in an item of family {measure.family}'
        yield fault((*here, "dont_know"), "measure_dont_know", wrong, f"write {treatment}")
    if measure.family == "intention" and not measure.excluded:
        remedy = 'add an option such as "I already do this" and name it under `excluded`'
        yield fault(here, "intention_already", "who already does this cannot come to intend it", remedy)
    if measure.family == "enjoyment" and len(instrument.waves) > 1 and instrument.waves[0] in item.waves:
        wrong = f"enjoyment is asked in {instrument.waves[0]}, when there is nothing yet to enjoy"
        yield fault(here, "enjoyment_before", wrong, f"ask it only in {listed(instrument.waves[1:])}")


def _agreed(here: Place, measure: Measure, options: Iterable[str]) -> Iterator[Fault]:
    keys, agreed, excluded = set(options), set(measure.agreed), set(measure.excluded)
    if not agreed or not agreed <= keys or agreed == keys:
        remedy = f"name some, not all, of {listed(sorted(keys))}"
        yield fault((*here, "agreed"), "measure_agreed", "the agreed answers do not fit the options", remedy)
    if not excluded <= keys - agreed:
        remedy = "name only options of this item that are not agreed answers"
        yield fault((*here, "excluded"), "measure_excluded", "the excluded answers do not fit", remedy)


_RULES: tuple[Callable[[Instrument, Place, Item], Iterator[Fault]], ...] = (
    _item,
    _fields,
    _number,
    _options,
    _parts,
    _measure,
)
