"""Shares of people: how sure, when some did not answer, and when all there were did.

Wilson's score interval, narrowed where the people are a known share of a fixed list (finite population); exact
intervals as a check; worst-case bounds for those who stayed silent; and the counts that may stand behind a printed
percentage. With schools, the interval follows the schools (`clustered_share`). All values are fractions, unrounded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, floor, inf, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import bdtrc, betaincinv, expit, logit, ndtr, ndtri, stdtrit

from analysis.attacker import nearest_five, whole_percent
from analysis.clustering import FEWEST, FIRST_SIGN, cr2_mean, few_schools
from analysis.results import Estimate, Interval


def quantile(level: float) -> float:
    """The normal quantile for a two-sided interval: 1.959964 at 95%."""
    if not 0 < level < 1:
        raise ValueError(f"level {level!r} is not between 0 and 1")
    return float(ndtri((1 + level) / 2))


def effective_size(n: int, population: int | None) -> float:
    """n* = n (N - 1)/(N - n): what n answers of a fixed list of N are worth; infinite when all answered."""
    if population is None:
        return float(n)
    if population < n:
        raise ValueError(f"{n} answers from a population of {population}")
    return inf if population == n else n * (population - 1) / (population - n)


def wilson_interval(x: float, n: float, level: float = 0.95, effective: float | None = None) -> Interval:
    """Wilson's score interval for x of n, with ends exactly 0 and 1 at x = 0 and x = n.

    Parameters
    ----------
    x, n : those who agreed; all who answered
    effective : what n is worth (`effective_size`, or a cluster-adjusted n); n itself if None

    References
    ----------
    Wilson (1927), JASA 22:209. Newcombe (1998), Statistics in Medicine 17:857.
    """
    if not 0 <= x <= n or n == 0:
        raise ValueError(f"{x} of {n} is no share")
    p, size = x / n, n if effective is None else effective
    if size == inf:
        return Interval(p, p, level)
    low, high = _score_ends(p, size, quantile(level) ** 2)
    return Interval(0.0 if x == 0 else min(low, p), 1.0 if x == n else max(high, p), level)


def _score_ends(p: float, size: float, z2: float) -> tuple[float, float]:
    """(p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2))/(1 + z^2/n), within 0 and 1."""
    centre, scale = p + z2 / (2 * size), 1 + z2 / size
    half = sqrt(z2 * (p * (1 - p) / size + z2 / (4 * size**2)))
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


def wilson(x: int, n: int, population: int | None = None, level: float = 0.95, design: str = "after_only") -> Estimate:
    """A share of people, without clusters: one setting, or published figures.

    Parameters
    ----------
    x, n : those who agreed; all who answered
    population : everybody on the fixed list the n come from, for the finite-population correction

    Returns
    -------
    Estimate : value None where nobody answered; zero width where everybody on the list did
    """
    if n == 0 and x == 0:
        effective_size(0, population)
        return Estimate(None, None, 0, "none", design, ("nobody_answered",))
    size = effective_size(n, population)
    method = "wilson" if population is None else "wilson_finite_population"
    inner = wilson_interval(x, n, 0.90, size)
    return Estimate(x / n, wilson_interval(x, n, level, size), n, method, design, inner=inner)


def wilson_of_printed(x: int, n: int, population: int | None = None, level: float = 0.95) -> Interval | None:
    """Wilson's interval of a share as it will be printed: whole percent, base and list to the nearest five.

    For one setting alone, where the exact interval would tell readers which of the possible bases was the true one.
    None where nobody answered.
    """
    if n == 0:
        return None
    _check(x, n)
    effective_size(n, population)
    base = max(5, nearest_five(n))
    everybody = None if population is None else max(base, nearest_five(population))
    share = whole_percent(x, n) / 100
    return wilson_interval(share * base, base, level, effective_size(base, everybody))


def clopper_pearson(x: int, n: int, level: float = 0.95) -> Interval:
    """The exact binomial interval (Clopper & Pearson 1934): never too narrow, often too wide. 0 of 0: from 0 to 1."""
    _check(x, n)
    tail = (1 - level) / 2
    low = 0.0 if x == 0 else float(betaincinv(x, n - x + 1, tail))
    high = 1.0 if x == n else float(betaincinv(x + 1, n - x, 1 - tail))
    return Interval(low, high, level)


def mid_p_interval(x: int, n: int, level: float = 0.95) -> Interval:
    """The mid-p interval: P(X > x) + P(X = x)/2 equals half of 1 - level at each end (Lancaster 1961)."""
    _check(x, n)
    tail = (1 - level) / 2

    def above(p: float) -> float:
        return 0.5 * (float(bdtrc(x - 1, n, p)) if x else 1.0) + 0.5 * float(bdtrc(x, n, p))

    low = 0.0 if x == 0 else float(brentq(lambda p: above(p) - tail, 0, x / n, xtol=1e-15, rtol=1e-14))
    high = 1.0 if x == n else float(brentq(lambda p: above(p) - 1 + tail, x / n, 1, xtol=1e-15, rtol=1e-14))
    return Interval(low, high, level)


def hypergeometric_interval(x: int, n: int, population: int, level: float = 0.95) -> tuple[int, int]:
    """The exact range of how many of a fixed list of `population` agree, x of n asked having done so.

    Inverts the two one-sided hypergeometric tests at (1 - level)/2 each; ends are whole people.
    """
    from scipy.stats import hypergeom  # slow to import, and seldom asked for

    _check(x, n)
    effective_size(n, population)
    tail = (1 - level) / 2
    low = _first(lambda m: float(hypergeom.sf(x - 1, population, m, n)) > tail, x, population - n + x)
    most = _first(lambda m: float(hypergeom.cdf(x, population, m, n)) <= tail, low, population - n + x + 1) - 1
    return low, most


def _first(holds: Callable[[int], bool], low: int, high: int) -> int:
    """The first whole number in low..high from which on `holds` is true; `high` if it never is before."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def simultaneous(counts: Sequence[int], level: float = 0.95, design: str = "after_only") -> tuple[Estimate, ...]:
    """Shares of the options of one question that hold together: Wilson at level 1 - (1 - level)/k each (Bonferroni)."""
    n, each = sum(counts), 1 - (1 - level) / max(1, len(counts))
    if n == 0:
        return tuple(wilson(0, 0, design=design) for _ in counts)
    return tuple(Estimate(x / n, wilson_interval(x, n, each), n, "wilson_bonferroni", design) for x in counts)


def clustered_share(
    agreed: ArrayLike, answered: ArrayLike, level: float = 0.95, design: str = "after_only"
) -> Estimate:
    """A share with schools as clusters: the logit interval with the CR2 standard error and a t quantile.

    Parameters
    ----------
    agreed, answered : shape (K,); people in each school

    Notes
    -----
    logit(p) +- t SE/(p (1 - p)), t on Satterthwaite df. Where every school agrees (nobody, everybody, or the same share
    everywhere) schools tell nothing of their spread, and Wilson's interval stands in, with the note "no_variation".
    One school: Wilson, as that school's. Two or three: no interval.
    """
    x, n = np.asarray(agreed, float), np.asarray(answered, float)
    if x.shape != n.shape or np.any(x < 0) or np.any(x > n):
        raise ValueError(f"agreed {x.tolist()} of answered {n.tolist()}")
    total, people, schools = int(x.sum()), int(n.sum()), int((n > 0).sum())
    if schools <= 1:
        return wilson(total, people, level=level, design=design)
    if schools < FEWEST:
        return Estimate(total / people, None, people, "pooled", design, (few_schools(schools),))
    robust = cr2_mean(x, n)
    p, se, df = float(robust.value), float(robust.cr2), float(robust.df)
    if se <= 0 or not 0 < p < 1:
        interval = wilson_interval(total, people, level)
        return Estimate(p, interval, people, "wilson", design, ("no_variation",), wilson_interval(total, people, 0.90))
    notes = ("few_schools_first_sign",) if df < FIRST_SIGN else ()
    outer, inner = (logit_interval(p, se, df, one) for one in (level, 0.90))
    return Estimate(p, outer, people, "cr2_logit", design, notes, inner, se, df)


def logit_interval(p: float, se: float, df: float, level: float = 0.95) -> Interval:
    """logit(p) +- t SE/(p (1 - p)), turned back: a share strictly between 0 and 1 with the error of its design.

    R survey's svyciprop(method="logit"), whose df are schools - 1; ours are Satterthwaite's.
    """
    if not 0 < p < 1 or se < 0:
        raise ValueError(f"a share of {p} with standard error {se} has no logit interval")
    reach = float(stdtrit(df, (1 + level) / 2)) * se / (p * (1 - p))
    return Interval(float(expit(logit(p) - reach)), float(expit(logit(p) + reach)), level)


def clustered_wilson(p: float, se: float, n: int, df: float, level: float = 0.95) -> Interval:
    """Wilson's interval with the effective n of a clustered share: min(n, p (1 - p)/SE^2), and a t quantile."""
    low, high = _score_ends(p, effective_clustered(p, se, n), float(stdtrit(df, (1 + level) / 2)) ** 2)
    return Interval(low, high, level)


def effective_clustered(p: float, se: float, n: int) -> float:
    """What n clustered answers are worth: min(n, p (1 - p)/SE^2). A design effect below 1 is chance, so never above n."""
    return min(float(n), p * (1 - p) / se**2) if se > 0 else float(n)


def korn_graubard(p: float, se: float, n: int, df: float, level: float = 0.95) -> Interval:
    """The exact binomial interval at the effective n, for clustered shares near 0 or 1.

    n_eff = min(n, p (1 - p)/SE^2 (t_(n-1)/t_df)^2); beta quantiles of x = p n_eff. Korn & Graubard (1998), Survey
    Methodology 24:193.
    """
    if not 0 <= p <= 1 or n < 2:
        raise ValueError(f"a share of {p} of {n} people has no Korn-Graubard interval")
    tail = (1 - level) / 2
    narrower = float(stdtrit(n - 1, tail) / stdtrit(df, tail)) ** 2
    size = min(float(n), effective_clustered(p, se, n) * narrower)
    x = p * size
    low = 0.0 if x == 0 else float(betaincinv(x, size - x + 1, tail))
    high = 1.0 if x == size else float(betaincinv(x + 1, size - x, 1 - tail))
    return Interval(min(low, p), max(high, p), level)


def odds(p: float) -> float:
    """p/(1 - p); infinite at 1."""
    return inf if p >= 1 else p / (1 - p)


def newcombe_unpaired(x1: int, n1: int, x2: int, n2: int, level: float = 0.95) -> Interval:
    """Newcombe's hybrid score interval for p1 - p2 of two independent groups (1998, method 10)."""
    first, second = wilson_interval(x1, n1, level), wilson_interval(x2, n2, level)
    p1, p2 = x1 / n1, x2 / n2
    low = p1 - p2 - sqrt((p1 - first.low) ** 2 + (second.high - p2) ** 2)
    high = p1 - p2 + sqrt((first.high - p1) ** 2 + (p2 - second.low) ** 2)
    return Interval(max(-1.0, low), min(1.0, high), level)


def manski(yes: int, answered: int, invited: int) -> Interval:
    """Worst-case bounds for everybody invited: from all the silent saying no to all saying yes (level is certainty).

    [y/I, (y + I - A)/I]. Manski (1989), Journal of Human Resources 24:343. Meant as a sentence, not as an error bar.
    """
    if not 0 <= yes <= answered:
        raise ValueError(f"{yes} of {answered} is no share")
    if answered > invited or invited == 0:
        raise ValueError(f"{answered} answered of {invited} invited")
    return Interval(yes / invited, (yes + invited - answered) / invited, 1.0)


def manski_net(up: int, down: int, paired: int, invited: int) -> Interval:
    """Worst-case bounds of net improvement for everybody invited: all missing pairs went down, or all went up.

    [(up - m - down)/I, (up + m - down)/I], m the missing pairs.
    """
    if min(up, down) < 0 or not up + down <= paired <= invited or invited == 0:
        raise ValueError(f"up {up}, down {down} of {paired} pairs of {invited} invited")
    missing = invited - paired
    return Interval((up - missing - down) / invited, (up + missing - down) / invited, 1.0)


def silent_interval(yes: int, answered: int, invited: int, level: float = 0.95) -> Interval:
    """Imbens and Manski's interval of the share of everybody invited, those who answered drawn by chance.

    The bounds of `manski` with their binomial standard errors sqrt(b (1 - b)/I).
    """
    bounds = manski(yes, answered, invited)
    low_error, high_error = (sqrt(bound * (1 - bound) / invited) for bound in (bounds.low, bounds.high))
    found = imbens_manski(bounds.low, bounds.high, low_error, high_error, level)
    return Interval(max(0.0, found.low), min(1.0, found.high), level)


def imbens_manski(low: float, high: float, se_low: float, se_high: float, level: float = 0.95) -> Interval:
    """An interval that covers the true share, not the whole bounds, at `level` (Imbens & Manski 2004).

    [L - c se_L, U + c se_U] with Phi(c + (U - L)/max(se)) - Phi(-c) = level.
    """
    widest = max(se_low, se_high)
    if not (low <= high and min(se_low, se_high) >= 0):
        raise ValueError(f"bounds {low} to {high} with standard errors {se_low} and {se_high}")
    if widest == 0:
        return Interval(low, high, level)
    gap = (high - low) / widest
    c = float(brentq(lambda c: float(ndtr(c + gap) - ndtr(-c)) - level, 0, 10, xtol=1e-14, rtol=1e-14))
    return Interval(low - c * se_low, high + c * se_high, level)


def tipping_point(change: float, answered: int, invited: int) -> float | None:
    """The change among the silent at which the change of everybody would be nought; None where all answered.

    change * A + x * (I - A) = 0. A value beyond -1 or 1 cannot be: then the silent could not overturn the finding.
    """
    if not 0 <= answered <= invited:
        raise ValueError(f"{answered} answered of {invited} invited")
    return None if answered == invited else -change * answered / (invited - answered)


def count_range(percent: float, n: int, decimals: int = 0) -> tuple[int, int]:
    """The fewest and most people a printed percentage of n may stand for: 97% of 646 is 624 to 629.

    Raises ValueError where no whole number of people gives that percentage.
    """
    half = 0.5 * 10**-decimals
    low, high = ceil(n * (percent - half) / 100 - 1e-9), floor(n * (percent + half) / 100 + 1e-9)
    if high * 100 >= n * (percent + half) - 1e-9 and high > low:
        high -= 1  # halves are printed upward
    low, high = max(low, 0), min(high, n)
    if low > high:
        raise ValueError(f"no number of {n} people is {percent}%")
    return low, high


def published_interval(percent: float, n: int, population: int | None = None, level: float = 0.95) -> Interval:
    """Wilson's interval of a share known only as a printed percentage: from the fewest to the most people behind it."""
    fewest, most = count_range(percent, n)
    size = effective_size(n, population)
    return Interval(wilson_interval(fewest, n, level, size).low, wilson_interval(most, n, level, size).high, level)


def _check(x: int, n: int) -> None:
    if not 0 <= x <= n:
        raise ValueError(f"{x} of {n} is no share")
