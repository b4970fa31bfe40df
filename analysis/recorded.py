"""The gate's part for counts from records: rates of events over time at risk, past the rules of CARE E5, and what changed.

A period under ten people or ten events is hidden, none like few. Under thirty people there is no figure, only whether it
rose or fell. Rates are whole numbers; the interval of a change is the exact one for a ratio of rates, in whole percent
rounded outward. Centre, limits and signals come from what is printed, so they tell nothing more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Literal

from analysis.exact import DEFAULT, Rules
from analysis.rates import Events, rate_ratio
from analysis.results import _SEAL, Rate, RateChange, Rates, Suppressed
from analysis.trends import xmr

DAYS = 28


@dataclass(frozen=True, slots=True)
class Recorded:
    """What records hold of one period, all places together."""

    label: str
    events: Events


def release_rates(periods: Sequence[Recorded], per: int, of_people: bool, rules: Rules = DEFAULT) -> Rates:
    """Events in 28 days for every `per` at risk, period by period, and the last two held against each other.

    Parameters
    ----------
    of_people : whether those at risk are people, so that bases under 30 get no figure
    """
    points = tuple((one.label, _rate(one.events, per, of_people, rules)) for one in periods)
    seen = [rate.value for _, rate in points if isinstance(rate, Rate) and rate.value is not None]
    process = xmr(seen) if seen and len(seen) == len(points) else None
    drawn = process.drawn if process else "run"
    limits = process is not None and drawn == "limits"
    shown = len(points) > 1 and all(isinstance(rate, Rate) for _, rate in points[-2:])
    return Rates(
        points=points,
        per=per,
        change=_change(periods[-2].events, periods[-1].events, of_people, rules) if shown else None,
        drawn=drawn,
        centre=None if process is None or drawn == "run" else process.centre,
        lower=max(0.0, process.lower[0]) if process and limits else None,
        upper=process.upper[0] if process and limits else None,
        signals=process.signals if process and limits else ("common",) * len(points),
        seal=_SEAL,
    )


def _rate(events: Events, per: int, of_people: bool, rules: Rules) -> Rate | Suppressed:
    if events.count < rules.people or (of_people and events.people < rules.people) or not events.exposure:
        return Suppressed(reason="few_people", seal=_SEAL)
    in_words = of_people and events.people < rules.percentages
    value = None if in_words else round(events.count * DAYS * per / events.exposure)
    return Rate(value=value, base=5 * round(events.people / 5) if of_people else None, seal=_SEAL)


def _change(before: Events, after: Events, of_people: bool, rules: Rules) -> RateChange | None:
    ratio = rate_ratio(before, after)
    if ratio is None or ratio.interval is None:
        return None
    low, high = ratio.interval.low, ratio.interval.high
    position: Literal["rose", "fell", "cannot_tell"] = "rose" if low > 1 else "fell" if high < 1 else "cannot_tell"
    few = of_people and min(before.people, after.people) < rules.percentages
    ends = (None, None) if few else (floor(100 * (low - 1)), ceil(100 * (high - 1)))
    return RateChange(position=position, low=ends[0], high=ends[1], seal=_SEAL)
