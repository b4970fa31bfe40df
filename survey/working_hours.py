"""Working hours, by which the clocks of unread words and alerts run: Monday to Friday, 9 to 5, where the schools are."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from survey.clock import PLACE, UTC

OPENS, CLOSES = time(9), time(17)
STEP = timedelta(minutes=30)
SATURDAY = 5


def is_working(moment: datetime) -> bool:
    """Whether a moment lies within working hours."""
    local = moment.astimezone(PLACE)
    return local.weekday() < SATURDAY and OPENS <= local.time() < CLOSES


def working_hours_after(moment: datetime, hours: float) -> datetime:
    """The moment after so many working hours (in UTC), by the wall clock of the schools."""
    left, local = timedelta(hours=hours), moment.astimezone(PLACE).replace(tzinfo=None)
    while True:
        opens, closes = datetime.combine(local, OPENS), datetime.combine(local, CLOSES)
        local = max(local, opens)
        if local.weekday() < SATURDAY and local < closes:
            if local + left <= closes:
                return (local + left).replace(tzinfo=PLACE).astimezone(UTC)
            left -= closes - local
        local = opens + timedelta(days=1)


def blurred(moment: datetime) -> datetime:
    """The next half hour: a time that says when to act and not when something arrived."""
    start = moment.replace(minute=0, second=0, microsecond=0)
    while start < moment:
        start += STEP
    return start
