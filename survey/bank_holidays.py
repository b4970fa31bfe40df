"""The bank holidays of England and Wales, by the rules of the Banking and Financial Dealings Act 1971 and the proclamations that
have stood since 1978: a day that falls on a weekend moves to the next working day. Nothing here runs out. A day that is
proclaimed once, for a coronation say, is not known here: whoever reads then is put off duty for it.

The well-kept package for this knows every country and costs each web process 19 MB; these are eight days a year.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from dateutil.easter import easter

MONDAY, SATURDAY = 0, 5


def is_bank_holiday(day: date) -> bool:
    """Whether a day is a bank holiday in England and Wales."""
    return day in bank_holidays(day.year)


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """The eight days of a year on which banks are closed."""
    sunday = easter(year)
    new_year = _moved(date(year, 1, 1))
    christmas = _moved(date(year, 12, 25))
    boxing_day = _moved(date(year, 12, 26), christmas)
    return frozenset(
        (
            new_year,
            sunday - timedelta(days=2),
            sunday + timedelta(days=1),
            _monday_from(date(year, 5, 1)),
            _monday_from(date(year, 5, 25)),
            _monday_from(date(year, 8, 25)),
            christmas,
            boxing_day,
        )
    )


def _monday_from(day: date) -> date:
    """The first Monday from a day on; from the 25th of a month with 31 days it is the last of the month."""
    return day + timedelta(days=(MONDAY - day.weekday()) % 7)


def _moved(day: date, *taken: date) -> date:
    """A day, or the next one that is neither on a weekend nor taken."""
    while day.weekday() >= SATURDAY or day in taken:
        day += timedelta(days=1)
    return day
