"""Scores of one scale before and after, of the same people: t, standardised change, equivalence.

Everything comes from six sums (`Sums`), so a sparse table of score pairs is enough and school totals add up. Our default
among standardised changes is SMCR, the change in standard deviations of the before scores; d_z alone says how
consistent a change is, not how large, and is never shown alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, inf, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import chdtri, gammaln, nctdtr, stdtr, stdtrit

from analysis.proportions import quantile
from analysis.results import Estimate, Interval

FAR = 100.0  # t beyond which the noncentral t is not asked for
ROUNDING = 1e-12  # variance of changes, relative to that of scores, that is only arithmetic


@dataclass(frozen=True, slots=True)
class Sums:
    """What is kept of paired scores x before and y after: n and the sums of x, y, x^2, y^2, xy. They add."""

    n: float
    x: float
    y: float
    xx: float
    yy: float
    xy: float

    def __add__(self, other: Sums) -> Sums:
        return Sums(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


def paired_sums(before: ArrayLike, after: ArrayLike, counts: ArrayLike | None = None) -> Sums:
    """The sums of paired scores; `counts` says how many people had each pair, one each if None."""
    x, y = np.asarray(before, float), np.asarray(after, float)
    n = np.ones(x.shape) if counts is None else np.asarray(counts, float)
    if not x.shape == y.shape == n.shape or x.ndim != 1:
        raise ValueError(f"before {x.shape}, after {y.shape}, counts {n.shape}: pairs expected")
    if not np.isfinite(x).all() or not np.isfinite(y).all() or np.any(n < 0):
        raise ValueError("scores have to be numbers and counts not negative: exclude first")
    return Sums(*(float((n * part).sum()) for part in (np.ones(x.shape), x, y, x * x, y * y, x * y)))


@dataclass(frozen=True, slots=True)
class Spread:
    """Means, standard deviations (n - 1) and correlation of paired scores; nan where n < 2."""

    n: int
    mean_before: float
    mean_after: float
    sd_before: float
    sd_after: float
    sd_change: float
    r: float

    @property
    def change(self) -> float:
        """Mean of after minus before."""
        return self.mean_after - self.mean_before


def spread(sums: Sums) -> Spread | None:
    """Means and standard deviations from sums; None below two pairs."""
    n = sums.n
    if n < 2:
        return None
    m1, m2 = sums.x / n, sums.y / n
    v1, v2 = (max(0.0, (square - n * m * m) / (n - 1)) for square, m in ((sums.xx, m1), (sums.yy, m2)))
    covariance = (sums.xy - n * m1 * m2) / (n - 1)
    vd = v1 + v2 - 2 * covariance
    vd = vd if vd > ROUNDING * (v1 + v2) else 0.0
    r = covariance / sqrt(v1 * v2) if v1 * v2 > 0 else 0.0
    return Spread(int(n), m1, m2, sqrt(v1), sqrt(v2), sqrt(vd), max(-1.0, min(1.0, r)))


def paired_t(sums: Sums, level: float = 0.95) -> Estimate:
    """Mean change with Student's interval: t(n - 1). Where schools are known `clustering.school_mean` goes before it."""
    found = spread(sums)
    if found is None:
        value = sums.y - sums.x if sums.n == 1 else None
        return Estimate(value, None, int(sums.n), "paired_t", "paired", ("too_few",))
    df, se = found.n - 1, found.sd_change / sqrt(found.n)
    if se == 0:
        return Estimate(found.change, None, found.n, "paired_t", "paired", ("no_variation",), se=0.0, df=df)
    outer, inner = (around(found.change, float(stdtrit(df, (1 + one) / 2)) * se, one) for one in (level, 0.90))
    p = float(2 * stdtr(df, -abs(found.change) / se))
    return Estimate(found.change, outer, found.n, "paired_t", "paired", (), inner, se, df, p)


def hedges(df: float) -> float:
    """Hedges' exact small-sample factor J = gamma(df/2)/(gamma((df - 1)/2) sqrt(df/2)), not 1 - 3/(4 df - 1)."""
    if df <= 1:
        raise ValueError(f"no correction for {df} degrees of freedom")
    return exp(float(gammaln(df / 2)) - float(gammaln((df - 1) / 2))) / sqrt(df / 2)


def smcr(change: float, sd_before: float, n: int, r: float, level: float = 0.95) -> Estimate:
    """Change in standard deviations of the before scores, corrected: what a published table gives, mean, SD, n and r.

    J change/sd_before, variance 2 (1 - r)/n + smcr^2/(2 n), normal interval.

    References
    ----------
    Becker (1988), BJMSP 41:257. Morris (2008), Organizational Research Methods 11:364; as metafor gives it.
    """
    if not (sd_before > 0 and -1 <= r <= 1):
        raise ValueError(f"sd {sd_before}, correlation {r}")
    if n < 3:
        return Estimate(None, None, n, "smcr", "paired", ("too_few",))
    value = hedges(n - 1) * change / sd_before
    se = sqrt(2 * (1 - r) / n + value**2 / (2 * n))
    if se == 0:
        return Estimate(value, None, n, "smcr", "paired", ("no_variation",), se=se)
    outer, inner = (around(value, quantile(one) * se, one) for one in (level, 0.90))
    return Estimate(value, outer, n, "smcr", "paired", inner=inner, se=se)


@dataclass(frozen=True, slots=True)
class StandardisedChange:
    """Change in standard deviations, by what it is divided by. `smcr` (before SD, corrected) is the one we show.

    Attributes
    ----------
    d_z, g_z : by the SD of the changes; corrected by J
    d_av : by the root mean square of the two SDs (Cumming); d_av_mean : by their mean (Lakens)
    d_rm : d_z sqrt(2 (1 - r)); glass : by the before SD, uncorrected
    smcr, smcr_variance, smcr_estimate : J x glass, as `smcr` gives it; with its interval
    smcc_variance : 1/n + g_z^2/(2 n), of g_z
    d_z_interval, g_z_interval : by inverting the noncentral t
    """

    n: int
    d_z: float
    g_z: float
    d_av: float
    d_av_mean: float
    d_rm: float
    glass: float
    smcr: float
    smcr_variance: float
    smcr_estimate: Estimate
    smcc_variance: float
    d_z_interval: Interval
    g_z_interval: Interval


def standardised_change(sums: Sums, level: float = 0.95) -> StandardisedChange | None:
    """All standardised changes; None below three pairs, or where before, after or the changes do not vary."""
    found = spread(sums)
    if found is None or found.n < 3 or min(found.sd_before, found.sd_after, found.sd_change) == 0:
        return None
    n, change = found.n, found.change
    d_z, j = change / found.sd_change, hedges(n - 1)
    g_z, corrected = j * d_z, smcr(change, found.sd_before, n, found.r, level)
    interval = noncentral_interval(d_z, n, level)
    return StandardisedChange(
        n=n,
        d_z=d_z,
        g_z=g_z,
        d_av=change / sqrt((found.sd_before**2 + found.sd_after**2) / 2),
        d_av_mean=change / ((found.sd_before + found.sd_after) / 2),
        d_rm=d_z * sqrt(2 * (1 - found.r)),
        glass=change / found.sd_before,
        smcr=corrected.value or 0.0,
        smcr_variance=(corrected.se or 0.0) ** 2,
        smcr_estimate=corrected,
        smcc_variance=1 / n + g_z**2 / (2 * n),
        d_z_interval=interval,
        g_z_interval=Interval(j * interval.low, j * interval.high, level),
    )


def noncentral_interval(d_z: float, n: int, level: float = 0.95) -> Interval:
    """Interval for d_z: the noncentralities at which the observed t has tail (1 - level)/2, over sqrt(n).

    Beyond |t| = 100, where SciPy's noncentral t takes minutes, T is nc/sqrt(chi2/df) to three figures.
    """
    t, df, tail = d_z * sqrt(n), n - 1, (1 - level) / 2
    if abs(t) > FAR:
        far = sorted(d_z * sqrt(float(chdtri(df, chance)) / df) for chance in (1 - tail, tail))
        return Interval(far[0], far[1], level)

    def excess(nc: float, chance: float) -> float:
        found = float(nctdtr(df, nc, t))
        return (found if found == found else float(nc < t)) - chance  # far out SciPy gives nan for 0 and 1

    def end(chance: float) -> float:
        reach = 10 + 3 * abs(t)
        return float(brentq(excess, t - reach, t + reach, args=(chance,), xtol=1e-13)) / sqrt(n)

    return Interval(end(1 - tail), end(tail), level)


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Two one-sided tests against -margin and margin: p is the larger of the two. The 90% interval is theirs."""

    p_lower: float
    p_upper: float
    p: float
    interval: Interval


def equivalence(estimate: Estimate, margin: float) -> Equivalence | None:
    """TOST: whether a change is about the same as none, within +-margin; None without a standard error.

    Works on any t-based estimate: paired scores, or a school-level change with its Satterthwaite df.
    """
    if margin <= 0:
        raise ValueError(f"a margin of {margin} leaves nothing to be within")
    if estimate.value is None or not estimate.se or estimate.df is None or estimate.inner is None:
        return None
    lower = float(stdtr(estimate.df, -(estimate.value + margin) / estimate.se))
    upper = float(stdtr(estimate.df, (estimate.value - margin) / estimate.se))
    return Equivalence(lower, upper, max(lower, upper), estimate.inner)


def welch(before: Sums | tuple[float, float, float], after: tuple[float, float, float]) -> Estimate:
    """After minus before of different people: Welch's t. Each side is (n, sum, sum of squares)."""
    first = (before.n, before.x, before.xx) if isinstance(before, Sums) else before
    (n1, m1, v1), (n2, m2, v2) = moments(first), moments(after)
    if min(n1, n2) < 2 or v1 + v2 == 0:
        value = m2 - m1 if min(n1, n2) > 0 else None
        return Estimate(value, None, int(n1 + n2), "welch", "unlinked", ("too_few",))
    a, b = v1 / n1, v2 / n2
    df = (a + b) ** 2 / (a**2 / (n1 - 1) + b**2 / (n2 - 1))
    return t_estimate(m2 - m1, sqrt(a + b), df, int(n1 + n2), "welch", "unlinked")


def t_estimate(value: float, se: float, df: float, n: int, method: str, design: str, level: float = 0.95) -> Estimate:
    """An estimate with a t interval, its 90% one and a two-sided p."""
    outer, inner = (around(value, float(stdtrit(df, (1 + one) / 2)) * se, one) for one in (level, 0.90))
    p = float(2 * stdtr(df, -abs(value) / se))
    return replace(Estimate(value, outer, n, method, design), inner=inner, se=se, df=df, p=p)


def moments(side: tuple[float, float, float]) -> tuple[float, float, float]:
    """(n, mean, variance) from (n, sum, sum of squares); variance 0 below two people."""
    n, total, squares = side
    if n < 1:
        return n, 0.0, 0.0
    return n, total / n, max(0.0, (squares - total * total / n) / (n - 1)) if n > 1 else 0.0


def around(value: float, reach: float, level: float = 0.95) -> Interval:
    """value - reach to value + reach."""
    return Interval(value - reach, value + reach, level) if reach < inf else Interval(-inf, inf, level)
