"""Schools as clusters: intervals that hold for the next schools, not only for these pupils.

Everything is a ratio of two sums over schools, so a few sums a school are enough and the cost is linear in the number
of schools. Standard errors are CR2 with Satterthwaite degrees of freedom: in simulation they cover 94 to 96% with 4 to
40 schools, where ignoring schools covers about 60 to 78%. One school: no statement about others. Two or three: only
together, without interval. Four or more: CR2, and below four degrees of freedom a note that this is a first sign.

References
----------
Bell & McCaffrey (2002), Survey Methodology 28:169. Pustejovsky & Tipton (2018), JBES 36:672.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

from analysis.results import Estimate, Interval

Floats = NDArray[np.float64]

FEWEST = 4  # schools for an interval
FIRST_SIGN = 4.0  # degrees of freedom below which a result is only a first sign


@dataclass(frozen=True, slots=True)
class Robust:
    """Ratio, its standard errors and degrees of freedom; arrays over items where items were given."""

    value: Floats
    cr0: Floats
    cr1: Floats
    cr2: Floats
    cr3: Floats
    df: Floats


def cr2_mean(sums: ArrayLike, n: ArrayLike) -> Robust:
    """Cluster-robust mean from per-school sums.

    Parameters
    ----------
    sums, n : shape (..., K); the sum of the quantity and the number of answers in each school

    Notes
    -----
    m = sum(S)/N, e_k = S_k - m n_k, h_k = n_k/N; CR2: sqrt(sum(e_k^2/(1 - h_k)))/N; Satterthwaite df from
    G_kl = w_k w_l (n_k 1[k=l] - n_k n_l/N), w_k = 1/(N sqrt(1 - h_k)), in O(K). Schools without answers drop out.
    Nothing can be said (nan) where one school holds every answer.
    """
    total, size = np.asarray(sums, float), np.asarray(n, float)
    everyone = size.sum(-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total.sum(-1, keepdims=True) / everyone
        error, left = total - mean * size, 1 - size / everyone
        schools = (size > 0).sum(-1)
        cr0 = np.sqrt((error**2).sum(-1)) / everyone[..., 0]
        d = size / (everyone**2 * left)
        u = d * size / everyone
        trace = (d - u).sum(-1)
        squares = (d**2 - 2 * d * u).sum(-1) + u.sum(-1) ** 2
        return Robust(
            mean[..., 0],
            cr0,
            cr0 * np.sqrt(schools / (schools - 1.0)),
            np.sqrt((error**2 / left).sum(-1)) / everyone[..., 0],
            np.sqrt((error**2 / left**2).sum(-1)) / everyone[..., 0],
            trace**2 / squares,
        )


def cr2_difference(sums_before: ArrayLike, n_before: ArrayLike, sums_after: ArrayLike, n_after: ArrayLike) -> Robust:
    """Cluster-robust difference after minus before of two means in the same schools, without linking anybody.

    Parameters
    ----------
    sums_before, n_before, sums_after, n_after : shape (..., K), aligned by school; a school may be in one wave only

    Notes
    -----
    e_k = (S_ak - m_a n_ak)/(N_a sqrt(1 - n_ak/N_a)) - the same of before; SE = sqrt(sum(e_k^2)). The regression of
    answers on wave with schools as clusters gives the same (R clubSandwich, lm(y ~ post), 12 digits).
    """
    before = _Wave(np.asarray(sums_before, float), np.asarray(n_before, float))
    after = _Wave(np.asarray(sums_after, float), np.asarray(n_after, float))
    schools = ((before.n > 0) | (after.n > 0)).sum(-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        cr0, cr2, cr3 = (_norm(after.error(power) - before.error(power)) for power in (0.0, 0.5, 1.0))
        d = before.spread + after.spread
        u, v = before.share_of_total, after.share_of_total
        trace = (d - u**2 - v**2).sum(-1)
        squares = (d**2 - 2 * d * (u**2 + v**2)).sum(-1)
        squares += (u**2).sum(-1) ** 2 + (v**2).sum(-1) ** 2 + 2 * (u * v).sum(-1) ** 2
        cr1 = cr0 * np.sqrt(schools / (schools - 1.0))
        return Robust(after.mean - before.mean, cr0, cr1, cr2, cr3, trace**2 / squares)


class _Wave:
    """One wave's per-school pieces of the difference."""

    def __init__(self, sums: Floats, n: Floats) -> None:
        self.n = n
        everyone = n.sum(-1, keepdims=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = sums.sum(-1, keepdims=True) / everyone
            self.mean: Floats = mean[..., 0]
            self.left: Floats = 1 - n / everyone
            self.residual: Floats = (sums - mean * n) / everyone
            weight = 1 / (everyone * np.sqrt(self.left))
            self.spread: Floats = n * weight**2
            self.share_of_total: Floats = n * weight / np.sqrt(everyone)

    def error(self, power: float) -> Floats:
        """Residual divided by (1 - h)^power: 0, 1/2 and 1 give CR0, CR2 and CR3."""
        return np.asarray(self.residual / self.left**power, dtype=np.float64)


def _norm(errors: Floats) -> Floats:
    return np.asarray(np.sqrt((errors**2).sum(-1)), dtype=np.float64)


def school_mean(sums: ArrayLike, n: ArrayLike, level: float = 0.95, design: str = "after_only") -> Estimate:
    """A mean, share or net improvement with schools as clusters, by the rules for 1, 2-3 and 4 or more schools.

    Parameters
    ----------
    sums, n : shape (K,); the sum of the quantity and the number of people in each school

    Returns
    -------
    Estimate : value None where nobody answered; interval None below four schools, or where all schools agree exactly
    """
    total, size = _checked(sums, n)
    people, schools = int(size.sum()), int((size > 0).sum())
    if people == 0:
        return Estimate(None, None, 0, "none", design, ("nobody_answered",))
    value = float(total.sum() / size.sum())
    if schools < FEWEST:
        return Estimate(value, None, people, "pooled", design, (few_schools(schools),))
    robust = cr2_mean(total, size)
    return robust_estimate(robust, people, design, level)


def school_difference(
    sums_before: ArrayLike,
    n_before: ArrayLike,
    sums_after: ArrayLike,
    n_after: ArrayLike,
    level: float = 0.95,
    design: str = "unlinked",
) -> Estimate:
    """After minus before of everybody who answered, schools as clusters: the headline estimator (CARE E2).

    Parameters
    ----------
    sums_before, n_before, sums_after, n_after : shape (K,), aligned by school. For a share the sums are the counts of
        the agreed answer.

    Returns
    -------
    Estimate : n is the people of both waves. Interval None below four schools in either wave.
    """
    s0, n0 = _checked(sums_before, n_before)
    s1, n1 = _checked(sums_after, n_after)
    people = int(n0.sum() + n1.sum())
    if not n0.sum() or not n1.sum():
        return Estimate(None, None, people, "none", design, ("nobody_answered",))
    schools = min(int((n0 > 0).sum()), int((n1 > 0).sum()))
    if schools < FEWEST:
        value = float(s1.sum() / n1.sum() - s0.sum() / n0.sum())
        return Estimate(value, None, people, "pooled", design, (few_schools(schools),))
    return robust_estimate(cr2_difference(s0, n0, s1, n1), people, design, level)


def robust_estimate(robust: Robust, people: int, design: str, level: float = 0.95) -> Estimate:
    """An estimate from one CR2 result: t interval on Satterthwaite degrees of freedom, the 90% one, two-sided p."""
    value, se, df = float(robust.value), float(robust.cr2), float(robust.df)
    if not (se > 0 and df > 0):
        return Estimate(value, None, people, "cr2_satterthwaite", design, ("no_variation",), se=0.0)
    notes = ("few_schools_first_sign",) if df < FIRST_SIGN else ()
    return Estimate(
        value,
        _t_interval(value, se, df, level),
        people,
        "cr2_satterthwaite",
        design,
        notes,
        inner=_t_interval(value, se, df, 0.90),
        se=se,
        df=df,
        p=float(2 * stdtr(df, -abs(value) / se)),
    )


def few_schools(schools: int) -> str:
    """The note for one school, or for two or three."""
    return "one_school" if schools == 1 else "two_or_three_schools"


def _t_interval(value: float, se: float, df: float, level: float) -> Interval:
    reach = float(stdtrit(df, (1 + level) / 2)) * se
    return Interval(value - reach, value + reach, level)


def _checked(sums: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    total, size = np.asarray(sums, float), np.asarray(n, float)
    if total.shape != size.shape or total.ndim != 1:
        raise ValueError(f"sums are {total.shape}, people {size.shape}: one of each a school")
    if size.size and size.min() < 0:
        raise ValueError(f"{size.min():g} people in a school")
    if np.any((size == 0) & (total != 0)):
        raise ValueError(f"a school without people has a sum of {total[(size == 0) & (total != 0)][0]:g}")
    return total, size


@dataclass(frozen=True, slots=True)
class Intraclass:
    """How alike answers within a school are. `icc` may be negative by chance: plan with max(icc, 0)."""

    icc: float
    msb: float
    msw: float
    n0: float
    weighted_size: float
    design_effect: float


def intraclass(sums: ArrayLike, n: ArrayLike, squares: ArrayLike) -> Intraclass:
    """ANOVA intraclass correlation with unequal schools, and the design effect 1 + (sum(n^2)/N - 1) ICC.

    Parameters
    ----------
    sums, n, squares : shape (K,); sum, number and sum of squares of the quantity in each school. For a share
        squares = sums.
    """
    total, size = _checked(sums, n)
    total, size, square = total[size > 0], size[size > 0], np.asarray(squares, float)[size > 0]
    people, schools = size.sum(), len(size)
    if schools < 2 or people <= schools:
        raise ValueError(f"{schools} schools with {people:g} people: an intraclass correlation needs two and more")
    between = (total**2 / size).sum() - total.sum() ** 2 / people
    within = square.sum() - (total**2 / size).sum()
    msb, msw = between / (schools - 1), within / (people - schools)
    n0 = (people - (size**2).sum() / people) / (schools - 1)
    spread = msb + (n0 - 1) * msw
    icc = (msb - msw) / spread if spread else 0.0
    weighted = (size**2).sum() / people
    numbers = (icc, msb, msw, n0, weighted, 1 + (weighted - 1) * icc)
    return Intraclass(*(float(number) for number in numbers))
