"""Events over time at risk: missing episodes for every so many days in a placement, never a bare count.

Counts are Poisson over exposure; intervals are exact. Months with no exposure have no rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from scipy.special import betaincinv, gammaincinv

from analysis.change import mcnemar_exact
from analysis.proportions import odds
from analysis.results import Estimate, Interval


@dataclass(frozen=True, slots=True)
class Events:
    """So many events in so much time at risk (days); people only for the gate."""

    count: int
    exposure: float
    people: int = 0

    def __post_init__(self) -> None:
        if self.count < 0 or self.exposure < 0 or (self.exposure == 0 and self.count):
            raise ValueError(f"{self.count} events in {self.exposure} days")


def rate(events: Events, per: float = 1.0, level: float = 0.95) -> Estimate:
    """Events for every `per` days, with Garwood's exact Poisson interval (1936). No exposure: no estimate."""
    if events.exposure == 0:
        return Estimate(None, None, events.people, "none", "repeated", ("no_exposure",))
    tail, scale = (1 - level) / 2, per / events.exposure
    low = 0.0 if events.count == 0 else float(gammaincinv(events.count, tail)) * scale
    high = float(gammaincinv(events.count + 1, 1 - tail)) * scale
    return Estimate(events.count * scale, Interval(low, high, level), events.people, "poisson_exact", "repeated")


def rate_ratio(before: Events, after: Events, level: float = 0.95) -> Estimate | None:
    """Rate after over rate before: exact, given the sum of events (binomial with the exposures' share).

    None where there were no events, or no time at risk, in either. With no events before the ratio is infinite, and only
    its low end is known. The p is exact and two-sided for equal exposures only, and left out otherwise.
    """
    total = before.count + after.count
    if total == 0 or before.exposure == 0 or after.exposure == 0:
        return None
    scale, tail = before.exposure / after.exposure, (1 - level) / 2
    low = 0.0 if after.count == 0 else float(betaincinv(after.count, before.count + 1, tail))
    high = 1.0 if before.count == 0 else float(betaincinv(after.count + 1, before.count, 1 - tail))
    value = inf if before.count == 0 else scale * after.count / before.count
    interval = Interval(scale * odds(low), scale * odds(high), level)
    p = mcnemar_exact(before.count, after.count) if before.exposure == after.exposure else None
    return Estimate(value, interval, before.people + after.people, "rate_ratio_exact", "repeated", p=p)
