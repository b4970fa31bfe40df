"""What time it is: the server's clock, in UTC, in one place that tests can set."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

__all__ = ["PLACE", "UTC", "now", "today"]

PLACE = ZoneInfo("Europe/London")
"""The zone of the schools: the day of a sitting is the day there."""


def now() -> datetime:
    """The present moment, with its zone (UTC)."""
    return datetime.now(UTC)


def today() -> date:
    """The present day where the schools are."""
    return now().astimezone(PLACE).date()
