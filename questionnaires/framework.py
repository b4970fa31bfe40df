"""What a programme or service is there to change, and how anybody would see it: a framework of outcomes.

Framework > domain > outcome > indicator > measure. An outcome is a change wanted; an indicator says what would show it,
for whom (its level), which way is better, how soon, and how small a change is still worth speaking of, all agreed
beforehand; a measure is one source of figures, seen by one kind of person. Two mistakes are made impossible here, not
discouraged: a place is never measured with rows that belong to a child, and what different people report is never
mixed into one figure, because where they disagree is itself worth seeing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from questionnaires.faults import Fault, InstrumentFaults, Place, fault, listed, meant, shown
from questionnaires.instrument import Text
from questionnaires.rules import DIRECTIONS, FAMILIES, KEY, RESPONDENTS

STRANDS = ("prevent", "identify", "help", "hold_to_account")
SCOPES = ("individual", "contextual", "system")
LEVELS = ("person", "group", "place", "service", "system")
ROWS = ("child", "response", *LEVELS[1:])
"""What one row of a source stands for: a child known to a service or paired by a card, one set of answers that nothing
leads back from, or a whole group, place, service or system."""
FITTING = {
    "person": ("child", "response"),
    "group": ("group",),
    "place": ("place",),
    "service": ("service",),
    "system": ("system", "service", "place"),
}
"""The rows that may feed an indicator of each level."""
_CHILD_KEYS = "case case_id child child_id person respondent pair_key card name upn nhs_number"
CHILD_KEYS = frozenset(_CHILD_KEYS.split())
CELLS = tuple(dict.fromkeys((*FAMILIES, "wellbeing", "safety", "behaviour", "events", "service", "place", "reach")))
TIMINGS = ("same_day", "within_week", "weeks_later", "lasting")
LASTING_DAYS = 42
UNITS = ("percentage_points", "points", "per_28_days", "hours", "count", "reliable_change")
KINDS = ("item", "scale", "rating", "count", "share")
RATERS = (*RESPONDENTS, "records")

_BLAME = re.compile(
    r"\brisk.?taking|\brisky\b|\bat[- ]risk behaviou?r|\bput\w* (?:\w+sel(?:f|ves)) (?:at|in)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Measure:
    """One source of figures, from one kind of person. `scale` is `key.scale` of a published instrument."""

    key: str
    kind: str
    rater: str
    rows: str
    scale: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Indicator:
    """What would show an outcome. `cells` are the kinds of answer that may feed it; `smallest` is in `unit`, None only
    where each published scale brings its own (`reliable_change`)."""

    key: str
    title: Text
    level: str
    direction: str
    unit: str
    smallest: Fraction | None
    timings: tuple[str, ...]
    cells: tuple[str, ...]
    measures: tuple[Measure, ...]

    def measure(self, key: str) -> Measure:
        """The measure with this key; KeyError if there is none."""
        return {one.key: one for one in self.measures}[key]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A change that is wanted."""

    key: str
    title: Text
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True, slots=True)
class Domain:
    """Outcomes that belong together. `aliases` are phrases that others have used for it, to find it by, never shown as
    its name."""

    key: str
    code: str
    scope: str
    strands: tuple[str, ...]
    title: Text
    aliases: tuple[str, ...]
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework of outcomes; `basis` says what it was made from and what it does not claim to be."""

    key: str
    version: int
    title: Text
    basis: Text
    domains: tuple[Domain, ...]

    def __post_init__(self) -> None:
        found = [fault for rule in _RULES for fault in rule(self)]
        if found:
            raise InstrumentFaults(found)

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """Every indicator, in the order of the framework."""
        return tuple(one for domain in self.domains for outcome in domain.outcomes for one in outcome.indicators)

    def indicator(self, key: str) -> Indicator:
        """The indicator with this key; KeyError if there is none."""
        return {one.key: one for one in self.indicators}[key]

    def domain_of(self, indicator: str) -> Domain:
        """The domain of an indicator; KeyError if there is none."""
        for domain in self.domains:
            if any(one.key == indicator for outcome in domain.outcomes for one in outcome.indicators):
                return domain
        raise KeyError(indicator)

    def called(self, phrase: str) -> Domain | None:
        """The domain that somebody calls by this title, code or alias, however it is written."""
        wanted = _plain(phrase)
        for domain in self.domains:
            if wanted in map(_plain, (domain.code, domain.key, domain.title["en"], *domain.aliases)):
                return domain
        return None


def timing(days: int) -> str:
    """How long after the programme answers were given, in the words of a scorecard."""
    if days < 0:
        raise ValueError(f"{days} days after")
    return (
        "same_day" if days == 0 else "within_week" if days <= 7 else "weeks_later" if days < LASTING_DAYS else "lasting"
    )


def _plain(phrase: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", phrase.lower()))


def indicator_places(framework: Framework) -> Iterator[tuple[Place, Indicator]]:
    """Every indicator with its place in the file."""
    for d, domain in enumerate(framework.domains):
        for o, outcome in enumerate(domain.outcomes):
            for i, indicator in enumerate(outcome.indicators):
                yield ("domains", d, "outcomes", o, "indicators", i), indicator


def _one_of(place: Place, value: str, allowed: Iterable[str], what: str) -> Iterator[Fault]:
    if value not in allowed:
        yield fault(place, "not_a_choice", f"{shown(value)} is not a {what}", f"write {listed(allowed)}")


def _named(keys: Iterable[tuple[Place, str]], what: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, key in keys:
        if not KEY.fullmatch(key):
            wrong = f"{shown(key)} cannot be a key"
            yield fault((*place, "key"), "bad_key", wrong, "begin with a small letter, then letters, digits and _")
        if key in seen:
            wrong = f"the {what} key {shown(key)} is used twice"
            yield fault((*place, "key"), "repeated", wrong, f"give each {what} its own key")
        seen.add(key)


def _head(framework: Framework) -> Iterator[Fault]:
    yield from _named([((), framework.key)], "framework")
    if framework.version < 1:
        yield fault(("version",), "bad_version", f"version {framework.version}", "count versions from 1")
    domains = [(("domains", d), one) for d, one in enumerate(framework.domains)]
    if not domains:
        yield fault(("domains",), "no_indicators", "the framework holds no domain", "write at least one")
    yield from _named(((place, one.key) for place, one in domains), "domain")
    yield from _named(((place, one.key) for place, one in indicator_places(framework)), "indicator")
    for place, domain in domains:
        yield from _one_of((*place, "scope"), domain.scope, SCOPES, "scope")
        for s, strand in enumerate(domain.strands):
            yield from _one_of((*place, "strands", s), strand, STRANDS, "strand")
        if not any(outcome.indicators for outcome in domain.outcomes):
            wrong = f"domain {shown(domain.key)} has no indicator"
            yield fault((*place, "outcomes"), "no_indicators", wrong, "say what would show a change, or leave it out")


def _titles(framework: Framework) -> Iterator[Fault]:
    """Nobody's title says that a child brings harm on themselves; an alias may, because others have written so."""
    for d, domain in enumerate(framework.domains):
        yield from _title(("domains", d), domain.title)
        for o, outcome in enumerate(domain.outcomes):
            yield from _title(("domains", d, "outcomes", o), outcome.title)
    for place, indicator in indicator_places(framework):
        yield from _title(place, indicator.title)


def _title(place: Place, title: Text) -> Iterator[Fault]:
    for words in title.values():
        if blame := _BLAME.search(words):
            remedy = "name the risk and the safety, not the child; the phrase may stand under `aliases`"
            yield fault((*place, "title"), "blames_child", f"the words {shown(blame.group())}", remedy)


def _indicators(framework: Framework) -> Iterator[Fault]:
    for place, indicator in indicator_places(framework):
        for rule in (_choices, _change, _timing, _measures):
            yield from rule(place, indicator)


def _choices(place: Place, indicator: Indicator) -> Iterator[Fault]:
    yield from _one_of((*place, "level"), indicator.level, LEVELS, "level")
    yield from _one_of((*place, "direction"), indicator.direction, DIRECTIONS, "direction")
    yield from _one_of((*place, "unit"), indicator.unit, UNITS, "unit")
    for n, cell in enumerate(indicator.cells):
        yield from _one_of((*place, "cells", n), cell, CELLS, "kind of cell")
    for n, one in enumerate(indicator.timings):
        yield from _one_of((*place, "timings", n), one, TIMINGS, "timing")


def _change(place: Place, indicator: Indicator) -> Iterator[Fault]:
    own, smallest = indicator.unit == "reliable_change", indicator.smallest
    if own and smallest is not None:
        remedy = "remove it: each published scale brings the change that counts"
        yield fault((*place, "smallest"), "smallest_change", "a smallest change beside reliable_change", remedy)
    elif not own and (smallest is None or smallest <= 0):
        wrong = "no smallest change worth speaking of"
        yield fault((*place, "smallest"), "smallest_change", wrong, "agree one beforehand and write it, above 0")


def _timing(place: Place, indicator: Indicator) -> Iterator[Fault]:
    if not indicator.timings:
        yield fault((*place, "timings"), "no_timing", "no timing is allowed", f"name some of {listed(TIMINGS)}")
    if "same_day" in indicator.timings and "knowledge" not in indicator.cells:
        wrong = "answers of the same day cannot show this"
        remedy = "remove same_day: it fills only knowledge; or add knowledge to `cells`"
        yield fault((*place, "timings"), "same_day_knowledge", wrong, remedy)


def _measures(place: Place, indicator: Indicator) -> Iterator[Fault]:
    yield from _named((((*place, "measures", m), one.key) for m, one in enumerate(indicator.measures)), "measure")
    if not indicator.measures:
        yield fault((*place, "measures"), "no_measure", "nothing measures it", "name at least one source of figures")
    for m, one in enumerate(indicator.measures):
        here = (*place, "measures", m)
        yield from _one_of((*here, "kind"), one.kind, KINDS, "kind of measure")
        yield from _one_of((*here, "rater"), one.rater, RATERS, "rater")
        yield from _one_of((*here, "rows"), one.rows, ROWS, "kind of row")
        yield from _rows(here, indicator, one.rows)
        if (one.kind == "scale") != (one.scale is not None):
            remedy = "write `kind: scale` and `scale: key.scale` together, or neither"
            yield fault(here, "scale_without_key", "a scale and its key belong together", remedy)


def _rows(place: Place, indicator: Indicator, rows: str) -> Iterator[Fault]:
    if indicator.level not in FITTING or rows not in ROWS or rows in FITTING[indicator.level]:
        return
    wrong = f"rows of a {rows} cannot feed an indicator of level {indicator.level}"
    remedy = f"count by {listed(FITTING[indicator.level])} before it is read here"
    code = "child_rows" if rows in FITTING["person"] else "wrong_rows"
    yield fault((*place, "rows"), code, wrong, remedy)


_RULES: tuple[Callable[[Framework], Iterator[Fault]], ...] = (_head, _titles, _indicators)


def unmapped(framework: Framework, indicators: Iterable[str]) -> tuple[Fault, ...]:
    """A fault for every name that is no indicator of the framework, with the nearest one as remedy."""
    known = [one.key for one in framework.indicators]
    return tuple(
        fault(
            (key,), "unknown_indicator", f"{shown(key)} is no indicator of {framework.key}", meant(key, known, "add it")
        )
        for key in dict.fromkeys(indicators)
        if key not in known
    )
