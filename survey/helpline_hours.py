"""When a helpline answers, as data, by the wall clock of the United Kingdom; and how a page says it.

A page that is made now may say "open now" or "opens at 16:00". One that is kept for later (on a device without a network, or
printed) says only the hours in words, because nobody knows when it will be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from babel.dates import format_time, get_day_names

from survey.clock import PLACE
from survey.languages import current, gettext

EVERY_DAY = tuple(range(7))


@dataclass(frozen=True, slots=True)
class Span:
    """One stretch of time on some days of the week (0 is Monday). One that closes before it opens runs past midnight."""

    opens: time
    closes: time
    days: tuple[int, ...] = EVERY_DAY


Hours = tuple[Span, ...]
"""None where somebody always answers."""


def _around(hours: Hours, local: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Each time that a line is open, from yesterday on for more than a week."""
    for ahead in range(-1, 9):
        day = (local + timedelta(days=ahead)).date()
        for span in hours:
            if day.weekday() in span.days:
                begins, ends = datetime.combine(day, span.opens), datetime.combine(day, span.closes)
                yield begins, ends if ends > begins else ends + timedelta(days=1)


def said_now(hours: Hours, moment: datetime) -> str:
    """Whether a line is open at a moment; else when it opens next."""
    local = moment.astimezone(PLACE).replace(tzinfo=None)
    around = sorted(_around(hours, local))
    if ends := [end for begin, end in around if begin <= local < end]:
        return gettext("Open now, until %(time)s.", time=_clock(ends[0].time()))
    begins = next(begin for begin, _ in around if begin > local)
    if begins.date() == local.date():
        return gettext("Closed now. Opens at %(time)s.", time=_clock(begins.time()))
    return gettext("Closed now. Opens on %(day)s at %(time)s.", day=_day(begins.weekday()), time=_clock(begins.time()))


def said_always(hours: Hours) -> str:
    """The hours in words: Monday to Friday, 10:00 to 16:00."""
    return " ".join(
        gettext(
            "%(days)s, %(opens)s to %(closes)s.",
            days=_days(one.days),
            opens=_clock(one.opens),
            closes=_clock(one.closes),
        )
        for one in hours
    )


def _days(days: tuple[int, ...]) -> str:
    if days == EVERY_DAY:
        return gettext("Every day")
    if len(days) > 2 and days == tuple(range(days[0], days[-1] + 1)):
        return gettext("%(first)s to %(last)s", first=_day(days[0]), last=_day(days[-1]))
    return ", ".join(_day(one) for one in days)


def _day(weekday: int) -> str:
    return str(get_day_names("wide", locale=current().replace("-", "_"))[weekday])


def _clock(moment: time) -> str:
    return format_time(moment, "HH:mm", locale=current().replace("-", "_"))
