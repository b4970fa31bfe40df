"""Working hours, by which the clocks of unread words and alerts run: Monday to Friday, 9 to 5, where the schools are, and not on
their bank holidays.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from survey.bank_holidays import is_bank_holiday
from survey.clock import PLACE, UTC

OPENS, CLOSES = time(9), time(17)
STEP = timedelta(minutes=30)
SATURDAY = 5


def is_working(moment: datetime) -> bool:
    """Whether a moment lies within working hours."""
    local = moment.astimezone(PLACE)
    return _is_working_day(local.date()) and OPENS <= local.time() < CLOSES


def _is_working_day(day: date) -> bool:
    return day.weekday() < SATURDAY and not is_bank_holiday(day)


def working_hours_after(moment: datetime, hours: float) -> datetime:
    """The moment after so many working hours (in UTC), by the wall clock of the schools."""
    left, local = timedelta(hours=hours), moment.astimezone(PLACE).replace(tzinfo=None)
    while True:
        opens, closes = datetime.combine(local, OPENS), datetime.combine(local, CLOSES)
        local = max(local, opens)
        if _is_working_day(local.date()) and local < closes:
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
