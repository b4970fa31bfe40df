"""The rules of a sound questionnaire as a whole (its items: `item_rules.py`; its words: `wording.py`).

Each rule is a small generator that looks at one thing and yields a fault for each breach; `faults` runs them all, so
that nobody mends one fault only to meet the next. The rules protect the child (no condition on a sensitive question
where a neighbour can see how many screens there are), the answer (an option never overlaps with "I don't know") and
the figure (a "don't know" counts as "not yet" for knowledge, always).
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from questionnaires.faults import Fault, Place, fault, listed, shown

if TYPE_CHECKING:
    from questionnaires.instrument import Instrument, Item

ABSENCES = ("dont_know", "rather_not")
MODES = ("private", "linked")
SITTINGS = ("group", "one_to_one")
RESPONDENTS = ("young_person", "parent", "practitioner", "professional", "survivor", "adult")
"""Who answers. Rows name them by their place in this list: a new one goes to the end."""
FAMILIES = (
    *("knowledge", "help", "awareness", "opinion", "enjoyment", "intention", "experience"),
    *("norm", "space", "voice", "audience", "influence", "service"),
)
"""What a measure speaks of. `norm` is what others are thought to do or think; space, voice, audience and influence are
the four parts of being heard (Lundy); `service` is how a service was met."""
DIRECTIONS = ("higher", "lower", "either")
TREATMENTS = ("not_yet", "apart")
TREATMENT_OF = {"knowledge": "not_yet", "help": "not_yet", "awareness": "not_yet", "opinion": "apart"}
"""How "don't know" counts, where that is not the author's choice (CARE E3)."""

PRIMARY_AGE = 11
MOST_ABOUT, MOST_ITEMS, HIGHEST_CODE, HIGHEST_NUMBER = 4, 100, 251, 65531

KEY = re.compile(r"[a-z][a-z0-9_]{0,29}")
_HEAD = "language version mode helped respondent"
_FORM = "ticket submission card sealed waited look code csrf_token start decline send next back wave sitting leave help thanks"
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
    """Every breach of the rules on the whole."""
    return [fault for rule in _RULES for fault in rule(instrument)]


def item_places(instrument: Instrument) -> Iterator[tuple[Place, Item]]:
    """Every item with its place in the file; of far too many, only the first are looked at."""
    placed = (
        (("pages", p, "items", i), one) for p, page in enumerate(instrument.pages) for i, one in enumerate(page.items)
    )
    yield from islice(placed, 2 * MOST_ITEMS)


def key_faults(place: Place, key: str) -> Iterator[Fault]:
    """What is wrong with a key."""
    if not KEY.fullmatch(key):
        remedy = "begin with a small letter a to z, then small letters, digits and _, at most 30 signs in all"
        yield fault(place, "bad_key", f"{shown(key)} cannot be a key", remedy)


def repeated_faults(values: Iterable[tuple[Place, object]], what: str) -> Iterator[Fault]:
    """Values that stand twice where each has to be another."""
    seen: set[object] = set()
    for place, value in values:
        if value in seen:
            yield fault(place, "repeated", f"the {what} {shown(value)} is used twice", f"give each its own {what}")
        seen.add(value)


def choice_faults(place: Place, value: str, allowed: tuple[str, ...], what: str) -> Iterator[Fault]:
    """A value that is not one of those that may stand there."""
    if value not in allowed:
        yield fault(place, "not_a_choice", f"{shown(value)} is not a {what}", f"write {listed(allowed)}")


def _head(instrument: Instrument) -> Iterator[Fault]:
    yield from key_faults(("key",), instrument.key)
    if not 1 <= instrument.version <= 9999:
        yield fault(("version",), "bad_version", f"version {instrument.version}", "count versions from 1")
    low, high = instrument.ages
    if not 5 <= low <= high <= 120:
        yield fault(("ages",), "bad_ages", f"ages {low} to {high}", "give the youngest, then the oldest, from 5")
    yield from choice_faults(("mode",), instrument.mode, MODES, "mode")
    yield from choice_faults(("sitting",), instrument.sitting, SITTINGS, "sitting")
    yield from choice_faults(("respondent",), instrument.respondent, RESPONDENTS, "respondent")


def _waves(instrument: Instrument) -> Iterator[Fault]:
    if not instrument.waves:
        yield fault(("waves",), "no_waves", "no wave is given", "list the waves in their order, such as before, after")
    for n, wave in enumerate(instrument.waves):
        yield from key_faults(("waves", n), wave)
    yield from repeated_faults(((("waves", n), wave) for n, wave in enumerate(instrument.waves)), "wave")


def _empty_waves(instrument: Instrument) -> Iterator[Fault]:
    """A box for words may not be there, so it does not make a wave of its own."""
    for n, wave in enumerate(instrument.waves if instrument.items else ()):
        if all(item.kind == "text" for item in instrument.items_in(wave)):
            wrong = f"nothing is asked in {shown(wave)} that is always there"
            yield fault(("waves", n), "empty_wave", wrong, "ask something in it, or remove the wave")


def _pages(instrument: Instrument) -> Iterator[Fault]:
    for p, page in enumerate(instrument.pages):
        yield from key_faults(("pages", p, "key"), page.key)
        if not page.items:
            yield fault(("pages", p), "empty_page", f"page {shown(page.key)} has no items", "add items or remove it")
    count = len(instrument.items)
    if not instrument.pages or count > MOST_ITEMS:
        yield fault(("pages",), "item_count", f"{count} items", f"ask at least 1 and at most {MOST_ITEMS}")
    yield from repeated_faults(((("pages", p, "key"), page.key) for p, page in enumerate(instrument.pages)), "page key")
    yield from repeated_faults((((*place, "key"), item.key) for place, item in item_places(instrument)), "item key")


def _about(instrument: Instrument) -> Iterator[Fault]:
    about = [place for place, item in item_places(instrument) if item.about]
    for place in about[MOST_ABOUT:]:
        wrong = f"{len(about)} items are about the person"
        yield fault((*place, "about"), "too_many_about", wrong, f"keep {MOST_ABOUT}: together they could name somebody")


def _agreed_noes(instrument: Instrument) -> Iterator[Fault]:
    """Where the youngest are under 11, at least a third of what is taught must have "no" or "it's fine" as its answer:
    otherwise a child who says yes to everything seems to have learned everything."""
    if not 5 <= min(instrument.ages) < PRIMARY_AGE:
        return
    asked = [one for item in instrument.items for one in item.singly()]
    taught = [item for item in asked if item.measure is not None and item.measure.family == "knowledge"]
    noes = sum(_agrees_with_no(item) for item in taught)
    if 3 * noes < len(taught):
        wrong = f'{noes} of {len(taught)} knowledge items have "no" or "it\'s fine" as the agreed answer'
        remedy = "turn items round until at least a third do, and mark that option `negative: true`"
        yield fault(("pages",), "yes_to_everything", wrong, remedy)


def _agrees_with_no(item: Item) -> bool:
    agreed = item.measure.agreed if item.measure is not None else ()
    return any(option.negative and option.key in agreed for option in item.options)


def _scales(instrument: Instrument) -> Iterator[Fault]:
    yield from repeated_faults(
        ((("scales", n, "key"), scale.key) for n, scale in enumerate(instrument.scales)), "scale key"
    )
    items = {item.key: item for item in instrument.items}
    for n, scale in enumerate(instrument.scales):
        place = ("scales", n)
        yield from key_faults((*place, "key"), scale.key)
        for key in scale.items:
            if key not in items or items[key].answering != "one":
                wrong = f"{shown(key)} is not an item with one answer"
                yield fault((*place, "items"), "scale_item", wrong, "name items of kind one, faces, scale or steps")
            elif set(scale.points) != {option.key for option in items[key].options}:
                wrong = f"the points do not fit the options of {shown(key)}"
                yield fault((*place, "points"), "scale_points", wrong, "give points to each option and nothing else")
        if not set(scale.reversed) <= set(scale.items):
            wrong = "an item that is not in the scale is reversed"
            yield fault((*place, "reversed"), "scale_reversed", wrong, "reverse only items of the scale")
        if not 1 <= scale.minimum_answered <= len(scale.items):
            wrong = f"at least {scale.minimum_answered} of {len(scale.items)} answers are needed"
            yield fault((*place, "minimum_answered"), "scale_minimum", wrong, "write 1 up to the number of items")


_RULES: tuple[Callable[[Instrument], Iterator[Fault]], ...] = (
    *(_head, _waves, _empty_waves, _pages, _about, _agreed_noes, _scales),
)
