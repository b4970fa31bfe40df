"""Counts pasted from a spreadsheet: a line each, seven columns. All faults at once, and nothing is kept while one stands.

"indicator, place, first day, last day, count, days at risk, people". A share has no days at risk (write 0); its count is
part of its people.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from questionnaires.framework import Indicator
from survey.languages import gettext
from survey.spreadsheets import FORMULA_SIGNS

MOST_LINES = 500
LARGEST = 10_000_000
LONGEST_PLACE = 100
COLUMNS = 7


@dataclass(frozen=True, slots=True)
class Counted:
    """One line that could be read."""

    indicator: str
    place: str
    first_day: date
    last_day: date
    count: int
    exposure: int
    people: int


class Pasted(NamedTuple):
    """What was read, and what was wrong with the rest."""

    counts: tuple[Counted, ...]
    faults: tuple[str, ...]


Key = tuple[str, str, date]
"""Indicator, place (as told apart without capitals), first day."""


def key_of(indicator: str, place: str, first_day: date) -> Key:
    """What may stand once."""
    return indicator, place.casefold(), first_day


def read_lines(typed: str, countable: Mapping[str, Indicator], taken: Collection[Key], day: date) -> Pasted:
    """Read a pasted list; `taken` stand already, `day` is today."""
    lines = [(n, line) for n, line in enumerate(typed.splitlines(), 1) if line.strip()]
    if lines and lines[0][1].casefold().startswith("indicator"):
        lines = lines[1:]
    if not lines:
        return Pasted((), (gettext("Paste at least one line."),))
    if len(lines) > MOST_LINES:
        return Pasted((), (gettext("Paste at most %(most)s lines at once.", most=MOST_LINES),))
    counts, faults, seen = [], [], set(taken)
    for n, line in lines:
        one, wrong = _read(line, countable, day)
        if one is not None:
            key = key_of(one.indicator, one.place, one.first_day)
            if key in seen:
                wrong.append(gettext("this place and period stand already, or twice."))
            seen.add(key)
            counts.append(one)
        faults += [gettext("Line %(n)s: %(wrong)s", n=n, wrong=said) for said in wrong]
    return Pasted(() if faults else tuple(counts), tuple(faults))


def _read(line: str, countable: Mapping[str, Indicator], day: date) -> tuple[Counted | None, list[str]]:
    parts = [part.strip().strip('"') for part in line.split("\t" if "\t" in line else ",")]
    if len(parts) != COLUMNS:
        return None, [gettext("write seven columns, with commas or tabs between them.")]
    indicator, place = countable.get(parts[0].casefold()), parts[1]
    first, last = _day(parts[2]), _day(parts[3])
    count, exposure, people = (_number(part) for part in parts[4:])
    wrong = []
    if indicator is None:
        wrong.append(gettext("“%(key)s” is not an indicator that can be counted here.", key=parts[0][:40]))
    if not place or len(place) > LONGEST_PLACE or place.startswith(FORMULA_SIGNS):
        wrong.append(
            gettext("name the place in at most %(most)s characters, beginning with a letter.", most=LONGEST_PLACE)
        )
    if first is None or last is None or not first <= last:
        wrong.append(gettext("write both days as year-month-day, the first one first."))
    elif last >= day:
        wrong.append(gettext("the period is not over yet."))
    if count is None or exposure is None or not people:
        wrong.append(gettext("write count, days at risk and people as whole numbers, with at least 1 person or place."))
    elif indicator is not None:
        wrong += _sums(indicator, count, exposure, people)
    if wrong or indicator is None or first is None or last is None or count is None or exposure is None or not people:
        return None, wrong
    return Counted(indicator.key, place, first, last, count, exposure, people), []


def _sums(indicator: Indicator, count: int, exposure: int, people: int) -> list[str]:
    """What cannot be, whoever counted."""
    if indicator.measures[0].kind == "share":
        if exposure:
            return [gettext("a share has no days at risk: write 0.")]
        return [gettext("the count is larger than the people it is part of.")] if count > people else []
    return [] if exposure else [gettext("events need days at risk, or there is no rate.")]


def _day(typed: str) -> date | None:
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        return None
    return found if found.year >= 2000 else None


def _number(typed: str) -> int | None:
    whole = typed.isascii() and typed.isdecimal() and len(typed) < 9 and int(typed) <= LARGEST
    return int(typed) if whole else None
