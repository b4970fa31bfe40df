"""The rules of a sound questionnaire, as far as its structure goes (its words: `wording.py`).

Each rule is a small generator that looks at one thing and yields a fault for each breach; `faults` runs them all, so
that nobody mends one fault only to meet the next. The rules protect the child (no condition on a sensitive question
where a neighbour can see how many screens there are), the answer (an option never overlaps with "I don't know") and
the figure (a "don't know" counts as "not yet" for knowledge, always).
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from questionnaires.faults import Fault, Place, fault, listed, shown

if TYPE_CHECKING:
    from questionnaires.instrument import Condition, Instrument, Item, Measure

KINDS = ("one", "several", "faces", "number")
ABSENCES = ("dont_know", "rather_not")
MODES = ("private", "linked")
SITTINGS = ("group", "one_to_one")
RESPONDENTS = ("young_person", "parent", "practitioner", "professional")
FAMILIES = ("knowledge", "help", "awareness", "opinion", "enjoyment", "intention", "experience")
DIRECTIONS = ("higher", "lower", "either")
TREATMENTS = ("not_yet", "apart")
TREATMENT_OF = {"knowledge": "not_yet", "help": "not_yet", "awareness": "not_yet", "opinion": "apart"}
"""How "don't know" counts, where that is not the author's choice (CARE E3)."""

PRIMARY_AGE = 11
MOST_ABOUT, MOST_ITEMS, MOST_OPTIONS, HIGHEST_CODE, HIGHEST_NUMBER = 4, 100, 40, 251, 65531

KEY = re.compile(r"[a-z][a-z0-9_]{0,29}")
_HEAD = "language version mode helped respondent"
_FORM = "ticket submission card code csrf_token start decline send next back wave sitting leave help thanks"
_WTFORMS = "data errors form_errors validate validate_on_submit populate_obj process post_process meta hidden submitted"
_MAPPING = "items keys values get pop popitem update copy clear setdefault fromkeys"
_SPSS = "all and by eq ge gt le lt ne not or to with"
NO_ANSWERS = (*ABSENCES, "left_blank", "not_asked")
RESERVED = frozenset(f"{_HEAD} {_FORM} {_WTFORMS} {_MAPPING} {_SPSS}".split()) | {
    *NO_ANSWERS,
    *(word.lower() for word in keyword.kwlist),
}
"""Words that cannot be the key of an item: columns at the head of a row, fields of the form, names that WTForms,
Python or SPSS already use."""


def faults(instrument: Instrument) -> list[Fault]:
    """Every breach of structure, in the order of the file."""
    found = [fault for rule in _RULES for fault in rule(instrument)]
    for place, item in item_places(instrument):
        found += [fault for item_rule in _ITEM_RULES for fault in item_rule(instrument, place, item)]
    return found


def item_places(instrument: Instrument) -> Iterator[tuple[Place, Item]]:
    """Every item with its place in the file."""
    for p, page in enumerate(instrument.pages):
        for i, item in enumerate(page.items):
            yield ("pages", p, "items", i), item


def _key(place: Place, key: str) -> Iterator[Fault]:
    if not KEY.fullmatch(key):
        remedy = "begin with a small letter a to z, then small letters, digits and _, at most 30 signs in all"
        yield fault(place, "bad_key", f"{shown(key)} cannot be a key", remedy)


def _repeated(values: Iterable[tuple[Place, object]], what: str) -> Iterator[Fault]:
    seen: set[object] = set()
    for place, value in values:
        if value in seen:
            yield fault(place, "repeated", f"the {what} {shown(value)} is used twice", f"give each its own {what}")
        seen.add(value)


def _one_of(place: Place, value: str, allowed: tuple[str, ...], what: str) -> Iterator[Fault]:
    if value not in allowed:
        yield fault(place, "not_a_choice", f"{shown(value)} is not a {what}", f"write {listed(allowed)}")


def _head(instrument: Instrument) -> Iterator[Fault]:
    yield from _key(("key",), instrument.key)
    if not 1 <= instrument.version <= 9999:
        yield fault(("version",), "bad_version", f"version {instrument.version}", "count versions from 1")
    low, high = instrument.ages
    if not 5 <= low <= high <= 120:
        yield fault(("ages",), "bad_ages", f"ages {low} to {high}", "give the youngest, then the oldest, from 5")
    yield from _one_of(("mode",), instrument.mode, MODES, "mode")
    yield from _one_of(("sitting",), instrument.sitting, SITTINGS, "sitting")
    yield from _one_of(("respondent",), instrument.respondent, RESPONDENTS, "respondent")


def _waves(instrument: Instrument) -> Iterator[Fault]:
    if not instrument.waves:
        yield fault(("waves",), "no_waves", "no wave is given", "list the waves in their order, such as before, after")
    for n, wave in enumerate(instrument.waves):
        yield from _key(("waves", n), wave)
    yield from _repeated(((("waves", n), wave) for n, wave in enumerate(instrument.waves)), "wave")


def _pages(instrument: Instrument) -> Iterator[Fault]:
    for p, page in enumerate(instrument.pages):
        yield from _key(("pages", p, "key"), page.key)
        if not page.items:
            yield fault(("pages", p), "empty_page", f"page {shown(page.key)} has no items", "add items or remove it")
    count = len(instrument.items)
    if not instrument.pages or count > MOST_ITEMS:
        yield fault(("pages",), "item_count", f"{count} items", f"ask at least 1 and at most {MOST_ITEMS}")
    yield from _repeated(((("pages", p, "key"), page.key) for p, page in enumerate(instrument.pages)), "page key")
    yield from _repeated((((*place, "key"), item.key) for place, item in item_places(instrument)), "item key")


def _about(instrument: Instrument) -> Iterator[Fault]:
    about = [place for place, item in item_places(instrument) if item.about]
    for place in about[MOST_ABOUT:]:
        wrong = f"{len(about)} items are about the person"
        yield fault((*place, "about"), "too_many_about", wrong, f"keep {MOST_ABOUT}: together they could name somebody")


def _agreed_noes(instrument: Instrument) -> Iterator[Fault]:
    """With young children at least a third of what is taught must have "no" or "it's fine" as its answer: otherwise
    a child who says yes to everything seems to have learned everything."""
    if not 5 <= max(instrument.ages) <= PRIMARY_AGE:
        return
    taught = [item for item in instrument.items if item.measure is not None and item.measure.family == "knowledge"]
    noes = sum(_agrees_with_no(item) for item in taught)
    if 3 * noes < len(taught):
        wrong = f"{noes} of {len(taught)} knowledge items have \"no\" or \"it's fine\" as the agreed answer"
        remedy = "turn items round until at least a third do, and mark that option `negative: true`"
        yield fault(("pages",), "yes_to_everything", wrong, remedy)


def _agrees_with_no(item: Item) -> bool:
    agreed = item.measure.agreed if item.measure is not None else ()
    return any(option.negative and option.key in agreed for option in item.options)


def _scales(instrument: Instrument) -> Iterator[Fault]:
    yield from _repeated(((("scales", n, "key"), scale.key) for n, scale in enumerate(instrument.scales)), "scale key")
    items = {item.key: item for item in instrument.items}
    for n, scale in enumerate(instrument.scales):
        place = ("scales", n)
        yield from _key((*place, "key"), scale.key)
        for key in scale.items:
            if key not in items or items[key].kind not in ("one", "faces"):
                wrong = f"{shown(key)} is not an item with one answer"
                yield fault((*place, "items"), "scale_item", wrong, "name items of kind one or faces")
            elif set(scale.points) != {option.key for option in items[key].options}:
                wrong = f"the points do not fit the options of {shown(key)}"
                yield fault((*place, "points"), "scale_points", wrong, "give points to each option and nothing else")
        if not set(scale.reversed) <= set(scale.items):
            wrong = "an item that is not in the scale is reversed"
            yield fault((*place, "reversed"), "scale_reversed", wrong, "reverse only items of the scale")
        if not 1 <= scale.minimum_answered <= len(scale.items):
            wrong = f"at least {scale.minimum_answered} of {len(scale.items)} answers are needed"
            yield fault((*place, "minimum_answered"), "scale_minimum", wrong, "write 1 up to the number of items")


def _item(instrument: Instrument, place: Place, item: Item) -> Iterator[Fault]:
    yield from _key((*place, "key"), item.key)
    if item.key in RESERVED:
        wrong = f"{shown(item.key)} is already the name of something else in a form or a row"
        yield fault((*place, "key"), "reserved_key", wrong, "choose another key")
    yield from _one_of((*place, "kind"), item.kind, KINDS, "kind")
    if instrument.waves and not item.waves:
        yield fault((*place, "waves"), "no_waves", "the item is never asked", "list its waves, or leave `waves` out")
    for n, wave in enumerate(item.waves if instrument.waves else ()):
        yield from _one_of((*place, "waves", n), wave, instrument.waves, "wave of this questionnaire")
    yield from _repeated((((*place, "waves", n), wave) for n, wave in enumerate(item.waves)), "wave")
    for n, absence in enumerate(item.absences):
        yield from _one_of((*place, "absences", n), absence, ABSENCES, "reason for no answer")
    yield from _repeated((((*place, "absences", n), absence) for n, absence in enumerate(item.absences)), "absence")


def _number(instrument: Instrument, place: Place, item: Item) -> Iterator[Fault]:
    given = [name for name in ("minimum", "maximum", "unit") if getattr(item, name) is not None]
    if item.kind not in KINDS:
        return
    if item.kind != "number":
        for name in given:
            yield fault((*place, name), "not_for_this_kind", f"only a number has a {name}", "remove it")
        return
    if item.options:
        yield fault((*place, "options"), "not_for_this_kind", "a number has no options", "remove them")
    low, high = item.minimum, item.maximum
    if low is None or high is None or not 0 <= low < high <= HIGHEST_NUMBER:
        remedy = f"give minimum and maximum, whole numbers from 0 to {HIGHEST_NUMBER}"
        yield fault(place, "bad_range", f"the range is {low} to {high}", remedy)


def _options(instrument: Instrument, place: Place, item: Item) -> Iterator[Fault]:
    if item.kind == "number" or item.kind not in KINDS:
        return
    least, most = (3, 5) if item.kind == "faces" else (2, MOST_OPTIONS)
    if not least <= len(item.options) <= most:
        wrong = f"{len(item.options)} options"
        yield fault((*place, "options"), "option_count", wrong, f"give {least} to {most} for kind {item.kind}")
    for o, option in enumerate(item.options):
        here = (*place, "options", o)
        yield from _key((*here, "key"), option.key)
        if option.key in NO_ANSWERS:
            remedy = "choose another key; \"I don't know\" and \"I'd rather not say\" are offered by `absences:`"
            yield fault((*here, "key"), "reserved_key", f"{shown(option.key)} is not an answer", remedy)
        if not 0 <= option.code <= HIGHEST_CODE:
            wrong = f"code {option.code}"
            yield fault((*here, "code"), "bad_code", wrong, f"use 0 to {HIGHEST_CODE}: the codes above mean no answer")
        if option.exclusive and item.kind != "several":
            remedy = "remove it: only one can be chosen anyway"
            yield fault((*here, "exclusive"), "not_for_this_kind", "exclusive belongs to kind several", remedy)
    yield from _repeated((((*place, "options", o, "key"), x.key) for o, x in enumerate(item.options)), "option key")
    yield from _repeated((((*place, "options", o, "code"), x.code) for o, x in enumerate(item.options)), "code")


def _condition(instrument: Instrument, place: Place, item: Item) -> Iterator[Fault]:
    condition = item.condition
    if condition is None:
        return
    here = (*place, "condition")
    keys = [other.key for other in instrument.items]
    if condition.item not in keys[: keys.index(item.key)]:
        what = "comes later or is the item itself" if condition.item in keys else "does not exist"
        wrong = f"the condition asks about {shown(condition.item)}, which {what}"
        yield fault((*here, "item"), "condition_item", wrong, "name an item that is asked earlier")
        return
    yield from _condition_source(instrument, here, item, instrument.item(condition.item), condition)


def _condition_source(
    instrument: Instrument, here: Place, item: Item, source: Item, condition: Condition
) -> Iterator[Fault]:
    wanted, offered = set(condition.options), {option.key for option in source.options}
    if not wanted or not wanted <= offered:
        wrong = f"{listed(map(shown, sorted(wanted - offered)))} is no option of {shown(source.key)}"
        yield fault((*here, "options"), "condition_option", wrong, f"choose from {listed(sorted(offered))}")
    if not set(item.waves) & set(instrument.waves) <= set(source.waves):
        wrong = f"{shown(source.key)} is not asked in every wave in which this item is"
        yield fault((*here, "item"), "condition_wave", wrong, "ask both in the same waves")
    if instrument.sitting == "group" and (item.sensitive or source.sensitive):
        wrong = "a condition on a sensitive item shows a neighbour what was answered"
        yield fault(here, "condition_sensitive", wrong, "ask everybody, or write `sitting: one_to_one`")


def _measure(instrument: Instrument, place: Place, item: Item) -> Iterator[Fault]:
    measure = item.measure
    if measure is None:
        return
    here = (*place, "measure")
    if item.kind == "number" or item.about:
        what = "a number" if item.kind == "number" else "an item about the person"
        yield fault(here, "not_for_this_kind", f"{what} has no agreed answer", "remove the measure")
        return
    yield from _one_of((*here, "family"), measure.family, FAMILIES, "family")
    yield from _one_of((*here, "direction"), measure.direction, DIRECTIONS, "direction")
    yield from _one_of((*here, "dont_know"), measure.dont_know, TREATMENTS, "way to count don't know")
    keys = {option.key for option in item.options}
    agreed, excluded = set(measure.agreed), set(measure.excluded)
    if not agreed or not agreed <= keys or agreed == keys:
        remedy = f"name some, not all, of {listed(sorted(keys))}"
        yield fault((*here, "agreed"), "measure_agreed", "the agreed answers do not fit the options", remedy)
    if not excluded <= keys - agreed:
        remedy = "name only options of this item that are not agreed answers"
        yield fault((*here, "excluded"), "measure_excluded", "the excluded answers do not fit", remedy)
    if not 1 <= measure.smallest <= 100:
        wrong = f"smallest is {measure.smallest}"
        yield fault((*here, "smallest"), "measure_smallest", wrong, "write percentage points from 1 to 100")
    yield from _family(instrument, here, item, measure)


def _family(instrument: Instrument, here: Place, item: Item, measure: Measure) -> Iterator[Fault]:
    treatment = TREATMENT_OF.get(measure.family)
    if treatment is not None and measure.dont_know in TREATMENTS and measure.dont_know != treatment:
        wrong = f"\"don't know\" counts as {measure.dont_know} in an item of family {measure.family}"
        yield fault((*here, "dont_know"), "measure_dont_know", wrong, f"write {treatment}")
    if measure.family == "intention" and not measure.excluded:
        remedy = "add an option such as \"I already do this\" and name it under `excluded`"
        yield fault(here, "intention_already", "who already does this cannot come to intend it", remedy)
    if measure.family == "enjoyment" and len(instrument.waves) > 1 and instrument.waves[0] in item.waves:
        wrong = f"enjoyment is asked in {instrument.waves[0]}, when there is nothing yet to enjoy"
        yield fault(here, "enjoyment_before", wrong, f"ask it only in {listed(instrument.waves[1:])}")


_RULES: tuple[Callable[[Instrument], Iterator[Fault]], ...] = (_head, _waves, _pages, _about, _agreed_noes, _scales)
_ITEM_RULES: tuple[Callable[[Instrument, Place, Item], Iterator[Fault]], ...] = (
    _item,
    _number,
    _options,
    _condition,
    _measure,
)
