"""Quarters of the year, as boards look at them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from survey.clock import today
from survey.languages import gettext

NAMED = re.compile(r"(20\d\d)-Q([1-4])")
SHOWN = 8


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """Three months of a year."""

    year: int
    part: int

    @classmethod
    def of(cls, day: date) -> Quarter:
        """The quarter that holds a day."""
        return cls(day.year, (day.month - 1) // 3 + 1)

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.part - 2, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        following = date(self.year + 1, 1, 1) if self.part == 4 else date(self.year, 3 * self.part + 1, 1)
        return following - timedelta(days=1)

    @property
    def before(self) -> Quarter:
        """The quarter before."""
        return Quarter.of(self.first - timedelta(days=1))

    @property
    def key(self) -> str:
        """As an address holds it: 2026-Q4."""
        return f"{self.year}-Q{self.part}"


def quarter_named(key: str) -> Quarter | None:
    """The quarter of a key like 2026-Q4; None for anything else."""
    found = NAMED.fullmatch(key)
    return Quarter(int(found[1]), int(found[2])) if found else None


def latest_quarters() -> list[Quarter]:
    """This quarter and those before it."""
    found = [Quarter.of(today())]
    while len(found) < SHOWN:
        found.append(found[-1].before)
    return found


def quarter_words(quarter: Quarter) -> str:
    """A quarter as people say it."""
    months = {
        1: gettext("January to March %(year)s", year=quarter.year),
        2: gettext("April to June %(year)s", year=quarter.year),
        3: gettext("July to September %(year)s", year=quarter.year),
        4: gettext("October to December %(year)s", year=quarter.year),
    }
    return months[quarter.part]
