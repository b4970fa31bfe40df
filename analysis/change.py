"""How answers changed: of everybody, by schools (the headline), and of those who could be paired (second).

A paired yes/no table is [[a, b], [c, d]], rows before, columns after, yes first: b said yes and then no, c no and then
yes. Change is always after minus before. Tango's score interval is the default, Newcombe's the check; McNemar's test is
the mid-p one. Going up, staying and going down is the same problem with up for c and down for b. With schools the
intervals come from `clustering`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import bdtr, betaincinv, chdtrc

from analysis.clustering import Robust, cr2_difference, few_schools, school_difference, school_mean
from analysis.proportions import mid_p_interval, newcombe_unpaired, odds, quantile, wilson_interval
from analysis.results import Estimate, Interval


def share_differences(
    agreed_before: ArrayLike, n_before: ArrayLike, agreed_after: ArrayLike, n_after: ArrayLike
) -> Robust:
    """The headline comparison of many items at once: arrays of shape (items, K), CR2 and Satterthwaite df of each."""
    return cr2_difference(agreed_before, n_before, agreed_after, n_after)


def share_difference(
    agreed_before: ArrayLike,
    n_before: ArrayLike,
    agreed_after: ArrayLike,
    n_after: ArrayLike,
    level: float = 0.95,
    design: str = "unlinked",
) -> Estimate:
    """The headline (CARE E2): share after minus share before, of everybody who answered, with schools as clusters.

    Parameters
    ----------
    agreed_before, n_before, agreed_after, n_after : shape (K,), aligned by school

    Notes
    -----
    `clustering.school_difference`, kept within -1 and 1. Where all schools agree exactly there is no spread to see, and
    Newcombe's interval for independent groups stands in, with the note "no_variation".
    """
    found = school_difference(agreed_before, n_before, agreed_after, n_after, level, design)
    if found.value is not None and "no_variation" in found.notes:
        x1, n1, x2, n2 = (int(np.sum(part)) for part in (agreed_after, n_after, agreed_before, n_before))
        outer, inner = (newcombe_unpaired(x1, n1, x2, n2, one) for one in (level, 0.90))
        return replace(found, interval=outer, inner=inner, method="newcombe")
    return within(found, 1.0)


def paired_difference(changes: ArrayLike, pairs: ArrayLike, level: float = 0.95, design: str = "paired") -> Estimate:
    """Share after minus before, or up minus down, of the pairs, with schools as clusters.

    Parameters
    ----------
    changes : shape (K,); (no to yes) - (yes to no), or up - down, in each school
    pairs : shape (K,); pairs in each school
    """
    return within(school_mean(changes, pairs, level, design), 1.0)


def within(found: Estimate, most: float) -> Estimate:
    """The same estimate with interval ends no further than -most and most: 1 for a change, 2 for one of changes."""
    outer, inner = (
        None if one is None else Interval(max(-most, one.low), min(most, one.high), one.level)
        for one in (found.interval, found.inner)
    )
    return replace(found, interval=outer, inner=inner)


def net_improvement(up: int, same: int, down: int, level: float = 0.95) -> Estimate:
    """(up - down)/N of pairs without schools: Tango's interval, mid-p sign test.

    It assumes nothing about the distances between options: "30 in 100 went up, 12 went down".
    """
    n = up + same + down
    if min(up, same, down) < 0:
        raise ValueError(f"up {up}, same {same}, down {down}")
    if n == 0:
        return Estimate(None, None, 0, "none", "paired", ("nobody_answered",))
    outer, inner = tango(down, up, n, level), tango(down, up, n, 0.90)
    return Estimate((up - down) / n, outer, n, "tango", "paired", inner=inner, p=mcnemar_mid_p(up, down))


def net_improvement_by_school(moves: ArrayLike, level: float = 0.95) -> Estimate:
    """(up - down)/N with schools as clusters, from up, same and down in each school: shape (K, 3).

    One school: that school's pairs alone, by Tango, with the note "one_school"; so too where all schools agree exactly.
    """
    table = np.asarray(moves, int)
    found = paired_difference(table[:, 0] - table[:, 2], table.sum(-1), level)
    if not {few_schools(1), "no_variation"} & set(found.notes):
        return found
    up, same, down = (int(one) for one in table.sum(0))
    return replace(net_improvement(up, same, down, level), notes=found.notes)


def tango(b: int, c: int, n: int, level: float = 0.95) -> Interval:
    """Tango's score interval for (c - b)/n, after minus before.

    Parameters
    ----------
    b, c : pairs that went from yes to no, and from no to yes (or down, and up)
    n : all pairs

    Notes
    -----
    Solves (c - b - n D)/sqrt(n (2 q + D (1 - D))) = +-z, q the restricted estimate under the difference D. With no
    discordant pairs the interval is +-z^2/(n + z^2), not zero width; where all moved the same way its end is
    (n - z^2)/(n + z^2).

    References
    ----------
    Tango (1998), Statistics in Medicine 17:891.
    """
    if min(b, c) < 0 or b + c > n or n == 0:
        raise ValueError(f"{b} and {c} of {n} pairs")
    z = quantile(level)
    # Tango's own difference is before minus after: its low end is our high end, with the sign turned.
    high = -_tango_end(b, c, n, z)
    low = _tango_end(c, b, n, z)
    return Interval(min(low, (c - b) / n), max(high, (c - b) / n), level)


def _tango_end(b: int, c: int, n: int, z: float) -> float:
    """The lower end for (b - c)/n."""
    if b - c == -n:
        return -1.0
    if b + c == 0:
        return -(z**2) / (n + z**2)
    if b - c == n:  # everybody moved the same way: the equation also holds at 1, where its variance is nought
        return (n - z**2) / (n + z**2)

    def statistic(delta: float) -> float:
        linear = -b - c + (2 * n - b + c) * delta
        constant = -c * delta * (1 - delta)
        q = (sqrt(max(0.0, linear**2 - 8 * n * constant)) - linear) / (4 * n)
        variance = n * (2 * q + delta * (1 - delta))
        return (b - c - n * delta) - z * sqrt(max(0.0, variance))

    return float(brentq(statistic, -1.0, (b - c) / n, xtol=1e-15, rtol=1e-14, maxiter=200))


def newcombe_paired(a: int, b: int, c: int, d: int, level: float = 0.95) -> Interval:
    """Newcombe's square-and-add interval for (c - b)/n, after minus before: the check on Tango.

    References
    ----------
    Newcombe (1998), Statistics in Medicine 17:2635, method 10, with his corrected phi.
    """
    n = _total(a, b, c, d)
    before, after = wilson_interval(a + b, n, level), wilson_interval(a + c, n, level)
    p, q = (a + b) / n, (a + c) / n
    phi = _phi(a, b, c, d)

    def reach(x: float, y: float) -> float:
        return sqrt(max(0.0, x**2 - 2 * phi * x * y + y**2))

    low = q - p - reach(q - after.low, before.high - p)
    high = q - p + reach(after.high - q, p - before.low)
    return Interval(low, high, level)


def _phi(a: int, b: int, c: int, d: int) -> float:
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    if margins == 0:
        return 0.0
    cross, half = a * d - b * c, (a + b + c + d) / 2
    corrected = cross - half if cross > half else min(0.0, float(cross))
    return float(corrected / sqrt(margins))


def bonett_price(b: int, c: int, n: int, level: float = 0.95) -> Interval:
    """Bonett and Price's adjusted Wald interval for (c - b)/n: one added to b and c (2012, JEBS 37:479)."""
    if min(b, c) < 0 or b + c > n or n == 0:
        raise ValueError(f"{b} and {c} of {n} pairs")
    p, q = (b + 1) / (n + 2), (c + 1) / (n + 2)
    reach = quantile(level) * sqrt((p + q - (q - p) ** 2) / (n + 2))
    return Interval(max(-1.0, q - p - reach), min(1.0, q - p + reach), level)


def mcnemar_mid_p(b: int, c: int) -> float:
    """McNemar's mid-p test of b against c, two-sided (Fagerland, Lydersen & Laake 2013): the default. No pairs: 1."""
    if b == c:
        return 1.0 if b == 0 else 1 - _point(b, b + c) / 2
    return mcnemar_exact(b, c) - _point(min(b, c), b + c)


def mcnemar_exact(b: int, c: int) -> float:
    """The exact conditional test: twice the smaller binomial tail at one half, at most 1."""
    if min(b, c) < 0:
        raise ValueError(f"{b} and {c} pairs")
    return 1.0 if b + c == 0 else min(1.0, 2 * float(bdtr(min(b, c), b + c, 0.5)))


def _point(k: int, m: int) -> float:
    """P(X = k) of m fair coins."""
    return float(bdtr(k, m, 0.5)) - (float(bdtr(k - 1, m, 0.5)) if k else 0.0)


@dataclass(frozen=True, slots=True)
class ChiSquare:
    """A chi-square statistic with its degrees of freedom and p."""

    statistic: float
    df: int
    p: float


def mcnemar_asymptotic(b: int, c: int, corrected: bool = False) -> ChiSquare:
    """McNemar's (1947) chi-square, with Edwards' continuity correction if asked. For comparison with other programs."""
    if b + c == 0:
        return ChiSquare(0.0, 1, 1.0)
    apart = max(0.0, abs(b - c) - 1) if corrected else abs(b - c)
    statistic = apart**2 / (b + c)
    return ChiSquare(statistic, 1, float(chdtrc(1, statistic)))


@dataclass(frozen=True, slots=True)
class OddsRatio:
    """Conditional odds ratio of a paired yes/no table with exact and mid-p limits; limits may be 0 and infinite."""

    value: float
    exact: tuple[float, float]
    mid_p: tuple[float, float]
    pairs: int


def odds_ratio(b: int, c: int, level: float = 0.95) -> OddsRatio | None:
    """b/c given the discordant pairs, limits L/(1 - L) of the binomial b of b + c; None where there are none."""
    m = b + c
    if min(b, c) < 0:
        raise ValueError(f"{b} and {c} pairs")
    if m == 0:
        return None
    tail = (1 - level) / 2
    exact = (
        0.0 if b == 0 else float(betaincinv(b, c + 1, tail)),
        1.0 if c == 0 else float(betaincinv(b + 1, c, 1 - tail)),
    )
    mid = mid_p_interval(b, m, level)
    return OddsRatio(odds(b / m), (odds(exact[0]), odds(exact[1])), (odds(mid.low), odds(mid.high)), m)


def _total(*cells: int) -> int:
    n = sum(cells)
    if min(cells) < 0 or n == 0:
        raise ValueError(f"no paired table: {cells}")
    return n
