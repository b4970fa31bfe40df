"""What released records say, in words: the last period, the one before, how sure the difference is, and the line over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from analysis.results import Periods, Rate, RateChange, Rates, Share, Suppressed
from questionnaires.framework import Indicator
from survey.findings import in_words
from survey.languages import day, gettext, number
from survey.models import Programme, RecordRelease


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One programme's records of one indicator."""

    programme: Programme
    release: RecordRelease
    heading: str
    sentences: tuple[str, ...]
    mark: str
    rows: tuple[tuple[str, str, str], ...]
    columns: tuple[str, str, str]
    ends: tuple[str, str]


def record_line(
    programme: Programme, release: RecordRelease, indicator: Indicator, found: Rates | Periods
) -> RecordLine:
    """What the page and the file say of an indicator's records."""
    change = found.change if isinstance(found, Rates) else None
    label, last = found.points[-1]
    sentences = [_unit(found, indicator), _last(label, last), _change_words(change)]
    sentences += [_over_time(found), *_limits(indicator)]
    rows = tuple(
        (_period(label), _value(value), _signal(signal))
        for (label, value), signal in zip(found.points, found.signals, strict=True)
    )
    columns = (
        gettext("Period"),
        gettext("Share") if isinstance(found, Periods) else gettext("Rate"),
        gettext("Line over time"),
    )
    said = tuple(one for one in sentences if one)
    ends = (_value(found.points[-2][1]) if len(found.points) > 1 else "–", _value(last))
    return RecordLine(programme, release, _heading(change), said, _mark(change, indicator), rows, columns, ends)


def _heading(change: RateChange | None) -> str:
    if change is None:
        return gettext("From records; no comparison of two periods can be shown")
    return {
        "rose": gettext("More than in the period before"),
        "fell": gettext("Fewer than in the period before"),
        "cannot_tell": gettext("We cannot tell whether it differs from the period before"),
    }[change.position]


def _unit(found: Rates | Periods, indicator: Indicator) -> str:
    if isinstance(found, Periods):
        return gettext("Counted by staff, all places together, of every 100.")
    if found.per == 1:
        return gettext("Counted by staff: how often in 28 days, all places together.")
    if indicator.level == "person":
        return gettext(
            "Counted by staff: how often in 28 days for every 100 children and young people, all places together."
        )
    return gettext("Counted by staff: how often in 28 days for every 100 places, all places together.")


def _last(label: str, last: object) -> str:
    return gettext("%(period)s: %(value)s.", period=_period(label), value=_value(last))


def _change_words(change: RateChange | None) -> str:
    if change is None:
        return gettext("The last two periods are not compared: there is one only, or one is too small to show.")
    low, high = change.low, change.high
    if low is None or high is None:
        return gettext("Too few people to say by how much.")
    if change.position == "rose":
        return gettext("Between %(low)s and %(high)s more for every 100 before.", low=number(low), high=number(high))
    if change.position == "fell":
        return gettext("Between %(low)s and %(high)s fewer for every 100 before.", low=number(-high), high=number(-low))
    return gettext(
        "It fits %(low)s fewer for every 100 before as well as %(high)s more. That is not the same as no change.",
        low=number(-low),
        high=number(high),
    )


def _over_time(found: Rates | Periods) -> str:
    n = number(len(found.points))
    if found.drawn != "limits":
        return gettext("%(n)s periods so far: limits of what chance gives need 12 that can all be shown.", n=n)
    odd = sum(signal != "common" for signal in found.signals)
    if not odd:
        return gettext(
            "Over %(n)s periods nothing stands out: the ups and downs are what such a line usually has.", n=n
        )
    return gettext(
        "Over %(n)s periods, %(odd)s stand out from the usual ups and downs; the table says why.", n=n, odd=number(odd)
    )


def _limits(indicator: Indicator) -> Sequence[str]:
    said = [
        gettext(
            "Records show what was noticed and written down. Other things than the programme may explain a difference."
        )
    ]
    if indicator.level == "person":
        said.append(gettext("A few children with many events can move it, so the range may be too narrow."))
    if indicator.direction == "either":
        said.append(gettext("A rise can mean more is noticed and told."))
    return said


def _mark(change: RateChange | None, indicator: Indicator) -> str:
    if indicator.direction == "either":
        return gettext("Not marked")
    if change is None:
        return gettext("No change measured")
    if change.position == "cannot_tell":
        return gettext("Cannot tell")
    wanted = (change.position == "rose") == (indicator.direction == "higher")
    return gettext("Moved as hoped") if wanted else gettext("Moved the other way")


def _period(label: str) -> str:
    first, last = (date.fromisoformat(part) for part in label.split("/"))
    return gettext("%(first)s to %(last)s", first=day(first), last=day(last))


def _value(value: object) -> str:
    if isinstance(value, Share):
        return in_words(value)
    if isinstance(value, Rate):
        return (
            gettext("about %(n)s", n=number(value.value))
            if value.value is not None
            else gettext("fewer than 30 people: no figure")
        )
    return gettext("too small to show") if isinstance(value, Suppressed) else ""


def _signal(signal: str) -> str:
    return {
        "common": "",
        "above": gettext("above the upper limit"),
        "below": gettext("below the lower limit"),
        "rising": gettext("seven in a row rising"),
        "falling": gettext("seven in a row falling"),
        "two_of_three_above": gettext("two of three near the upper limit"),
        "two_of_three_below": gettext("two of three near the lower limit"),
        "run_above": gettext("seven in a row above the middle"),
        "run_below": gettext("seven in a row below the middle"),
    }[signal]
