"""One figure over time: XmR, p and p-prime charts with the rules of NHS Making Data Count.

Fewer than 8 points are drawn as a run, without limits; limits are drawn from 12 on. A point can be special for four
reasons, in this order: outside the limits; seven rising or falling; two of three beyond two thirds of a limit but
within it, all three on one side of the mean; seven on one side. Moving ranges are not screened, as in NHS England's own
tool. Termly before and after figures of tours are not a process and are never drawn here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Signal = Literal[
    "common",
    "above",
    "below",
    "rising",
    "falling",
    "two_of_three_above",
    "two_of_three_below",
    "run_above",
    "run_below",
]
Drawn = Literal["run", "mean", "limits"]

RUN = 7  # points in a row
XMR, MOVING_RANGE, SIGMA = 2.66, 3.267, 1.128
FEWEST_FOR_MEAN, FEWEST_FOR_LIMITS = 8, 12


@dataclass(frozen=True, slots=True)
class Process:
    """Centre and limits of each point, and why it is special, if it is. `drawn` says how much of that may be drawn."""

    values: tuple[float, ...]
    centre: float
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    signals: tuple[Signal, ...]
    method: str

    @property
    def drawn(self) -> Drawn:
        """A run below 8 points, the centre from 8, limits from 12."""
        n = len(self.values)
        return "run" if n < FEWEST_FOR_MEAN else "mean" if n < FEWEST_FOR_LIMITS else "limits"


def xmr(values: ArrayLike, screened: bool = False, baseline: int | None = None) -> Process | None:
    """Individuals chart: mean +- 2.66 mean moving range. None without points.

    Parameters
    ----------
    screened : leave moving ranges over 3.267 times their mean out once (Nelson 1982), as the R package does
    baseline : points from the start that set centre and limits (frozen after 12); all if None
    """
    x = _checked(values)
    if not x.size:
        return None
    base = x[:baseline] if baseline else x
    ranges = np.abs(np.diff(base))
    if screened and len(ranges):
        ranges = ranges[ranges <= MOVING_RANGE * ranges.mean()]
    centre = float(base.mean())
    reach = XMR * float(ranges.mean()) if len(ranges) else 0.0
    lower, upper = np.full(len(x), centre - reach), np.full(len(x), centre + reach)
    return _process(x, centre, lower, upper, "xmr_screened" if screened else "xmr")


@dataclass(frozen=True, slots=True)
class MovingRanges:
    """How far each point lies from the one before, their mean, and the limit no range should pass (3.267 times it)."""

    values: tuple[float, ...]
    centre: float
    upper: float


def moving_ranges(values: ArrayLike) -> MovingRanges:
    """The moving-range half of an XmR chart; one point alone has none."""
    ranges = np.abs(np.diff(_checked(values)))
    centre = float(ranges.mean()) if len(ranges) else 0.0
    return MovingRanges(tuple(ranges.tolist()), centre, MOVING_RANGE * centre)


def p_chart(counts: ArrayLike, sizes: ArrayLike) -> Process | None:
    """Shares of people: mean share +- 3 sqrt(p (1 - p)/n), kept within 0 and 1. For small n. None without points."""
    p, n, centre = _shares(counts, sizes)
    return _process(p, centre, *_share_limits(centre, n, 1.0), "p") if p.size else None


def p_prime(counts: ArrayLike, sizes: ArrayLike) -> Process | None:
    """Laney's (2002) chart for large n or mixed schools: the p chart's limits times sigma_z, the mean moving range of z
    over 1.128."""
    p, n, centre = _shares(counts, sizes)
    return _process(p, centre, *_share_limits(centre, n, sigma_z(counts, sizes)), "p_prime") if p.size else None


def sigma_z(counts: ArrayLike, sizes: ArrayLike) -> float:
    """How much wider than chance shares move from one period to the next; 1 where only people vary."""
    p, n, centre = _shares(counts, sizes)
    if len(p) < 2 or not 0 < centre < 1:
        return 1.0
    z = (p - centre) / np.sqrt(centre * (1 - centre) / n)
    return float(np.abs(np.diff(z)).mean() / SIGMA)


def _shares(counts: ArrayLike, sizes: ArrayLike) -> tuple[Floats, Floats, float]:
    x = _checked(counts)
    n = np.broadcast_to(np.asarray(sizes, float), x.shape)
    if np.any(n <= 0) or np.any(x < 0) or np.any(x > n):
        raise ValueError(f"counts {x.tolist()} of {n.tolist()}")
    return (
        np.asarray(x / n, dtype=np.float64),
        np.asarray(n, dtype=np.float64),
        float(x.sum() / n.sum()) if x.size else 0.0,
    )


def _share_limits(centre: float, n: Floats, times: float) -> tuple[Floats, Floats]:
    reach = 3 * times * np.sqrt(centre * (1 - centre) / n)
    return np.maximum(0.0, centre - reach), np.minimum(1.0, centre + reach)


def _checked(values: ArrayLike) -> Floats:
    x = np.asarray(values, float)
    if x.ndim != 1 or not np.isfinite(x).all():
        raise ValueError("a series of numbers without gaps expected; hidden points break the line before it comes here")
    return x


def _process(x: Floats, centre: float, lower: Floats, upper: Floats, method: str) -> Process:
    values, low, high = (tuple(one.tolist()) for one in (x, lower, upper))
    return Process(values, centre, low, high, signals(x, centre, lower, upper), method)


def signals(x: Floats, centre: float, lower: Floats, upper: Floats) -> tuple[Signal, ...]:
    """Why each point is special, the first rule that fits going before the rest. A point on a line is not beyond it."""
    found: list[Signal] = ["common"] * len(x)
    slack = 1e-12 * (np.abs(x) + abs(centre))  # a mean of equal numbers is off by 1e-17, and so is a third of a limit
    third_low, third_high = centre - (centre - lower) * 2 / 3 - slack, centre + (upper - centre) * 2 / 3 + slack
    lower, upper, under, over = lower - slack, upper + slack, x < centre - slack, x > centre + slack
    rules: list[tuple[NDArray[np.bool_], Signal]] = [
        (_runs(under), "run_below"),
        (_runs(over), "run_above"),
        (_two_of_three((x < third_low) & (x >= lower), under), "two_of_three_below"),
        (_two_of_three((x > third_high) & (x <= upper), over), "two_of_three_above"),
        (_trends(-x), "falling"),
        (_trends(x), "rising"),
        (np.asarray(x < lower), "below"),
        (np.asarray(x > upper), "above"),
    ]
    for holds, signal in rules:
        for i in np.flatnonzero(holds):
            found[i] = signal
    return tuple(found)


def _runs(side: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Points in a run of seven or more on that side."""
    marked = np.zeros(len(side), bool)
    for start in range(len(side) - RUN + 1):
        if side[start : start + RUN].all():
            marked[start : start + RUN] = True
    return marked


def _trends(x: Floats) -> NDArray[np.bool_]:
    """Points among seven that each rise."""
    marked = np.zeros(len(x), bool)
    rises = np.diff(x) > 0
    for start in range(len(x) - RUN + 1):
        if rises[start : start + RUN - 1].all():
            marked[start : start + RUN] = True
    return marked


def _two_of_three(far: NDArray[np.bool_], side: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The far points among three on one side of which two or more are far."""
    marked = np.zeros(len(far), bool)
    for start in range(len(far) - 2):
        window = slice(start, start + 3)
        if side[window].all() and far[window].sum() >= 2:
            marked[window] |= far[window]
    return marked
