"""What time it is: the server's clock, in UTC, in one place that tests can set."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

__all__ = ["PLACE", "UTC", "end_of_day", "now", "today"]

PLACE = ZoneInfo("Europe/London")
"""The zone of the schools: the day of a sitting is the day there."""


def now() -> datetime:
    """The present moment, with its zone (UTC)."""
    return datetime.now(UTC)


def today() -> date:
    """The present day where the schools are."""
    return now().astimezone(PLACE).date()


def end_of_day() -> datetime:
    """The end of the present day where the schools are, for what must not tell the hour at which it happened.

    The end and not the beginning, so that whatever is kept for so many days from then is never kept for less.
    """
    return datetime.combine(today() + timedelta(days=1), time(), PLACE).astimezone(UTC)
