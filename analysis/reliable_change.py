"""Change of single people in a service: more than measurement error gives, and across a clinical cut-off.

Spread and reliability come from the instrument's published norm for that age and sex, fixed at the start, never from a
service's own few cases. Jacobson and Truax's index is the default; the others are kept because reports use them.
Thresholds are data and say whether "at least" or "more than". About 2.5% move each way by chance, which is always said.
Works from pairs of scores with counts, so nobody is listed. Near low scores people drift up on their own: `drift`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, pi, sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

Floats = NDArray[np.float64]
Direction = Literal["higher", "lower"]
Category = Literal["recovered", "improved", "no_reliable_change", "worse", "became_clinical"]
Outcome = Literal["improved", "no_change", "deteriorated"]

CHANCE = 0.025  # each way, of people whose true score did not move
CRITICAL = 1.96  # as Jacobson and Truax print it; some programs use 1.959964
CRITICAL_HA = 1.65  # Hageman and Arrindell's own


@dataclass(frozen=True, slots=True)
class Norm:
    """What an instrument's manual says: standard deviation and reliability, and the mean where a method asks for it."""

    sd: float
    reliability: float
    mean: float | None = None

    def __post_init__(self) -> None:
        if not (self.sd > 0 and 0 <= self.reliability < 1):
            raise ValueError(f"sd {self.sd}, reliability {self.reliability}: no reliable change can be told")

    @property
    def error(self) -> float:
        """Standard error of measurement, sd sqrt(1 - r)."""
        return self.sd * sqrt(1 - self.reliability)

    @property
    def difference(self) -> float:
        """Standard error of a difference of two scores, sqrt(2) times that."""
        return sqrt(2) * self.error

    @property
    def threshold(self) -> float:
        """The smallest change that is reliable at 95%: 1.96 sqrt(2) sd sqrt(1 - r)."""
        return self.change_needed(CRITICAL)

    def change_needed(self, critical: float) -> float:
        """The same at another critical value of the index."""
        return critical * self.difference

    def in_group(self, sd: float, mean: float | None = None) -> Norm:
        """The same measure in a group of another spread: its error stays, so the reliability follows, 1 - error^2/sd^2."""
        return Norm(sd, max(0.0, 1 - (self.error / sd) ** 2) if sd > 0 else 0.0, mean)

    @property
    def centre(self) -> float:
        """The population mean; ValueError where the norm has none."""
        if self.mean is None:
            raise ValueError("this index needs the mean of the norm")
        return self.mean


def jacobson_truax(before: ArrayLike, after: ArrayLike, norm: Norm) -> Floats:
    """(y - x)/S_diff, the default (Jacobson & Truax 1991, JCCP 59:12, with Christensen & Mendoza's S_diff)."""
    x, y = _pairs(before, after)
    return (y - x) / norm.difference


def edwards_nunnally(before: ArrayLike, after: ArrayLike, norm: Norm) -> Floats:
    """(y - [r (x - M) + M])/S_E: the start drawn to the mean first (Speer 1992)."""
    x, y = _pairs(before, after)
    return (y - (norm.reliability * (x - norm.centre) + norm.centre)) / norm.error


def gulliksen_lord_novick(before: ArrayLike, after: ArrayLike, norm: Norm) -> Floats:
    """((y - M) - r (x - M))/(s sqrt(1 - r^2)), a prediction interval: M has to be the right population's mean."""
    return hsu_lin_lord(before, after, norm, norm.centre)


def hsu_lin_lord(before: ArrayLike, after: ArrayLike, norm: Norm, mean_after: float) -> Floats:
    """The same with a mean of its own after, ((y - M_after) - r (x - M))/(s sqrt(1 - r^2)). Hides an overall shift."""
    x, y = _pairs(before, after)
    return ((y - mean_after) - norm.reliability * (x - norm.centre)) / (norm.sd * sqrt(1 - norm.reliability**2))


def nunnally_kotsch(before: ArrayLike, after: ArrayLike, norm: Norm, norm_after: Norm) -> Floats:
    """Own spreads and reliabilities before and after: (y - [r (x - M) + M])/sqrt(r^2 S_E^2 + S_E,after^2)."""
    x, y = _pairs(before, after)
    spread = sqrt(norm.reliability**2 * norm.error**2 + norm_after.error**2)
    return (y - (norm.reliability * (x - norm.centre) + norm.centre)) / spread


def hageman_arrindell(before: ArrayLike, after: ArrayLike, norm: Norm, norm_after: Norm, r: float) -> Floats:
    """[(y - x) r_dd + (M_y - M_x)(1 - r_dd)]/(sqrt(r_dd) sqrt(2) S_E), against 1.65 (1999). Group dependent.

    `r` is the correlation of before and after, from a group large enough; r_dd the reliability of differences. The norm
    after is usually `norm.in_group(sd_after, mean_after)`: one error of measurement, two spreads.
    """
    x, y = _pairs(before, after)
    v1, v2, cross = norm.sd**2, norm_after.sd**2, 2 * norm.sd * norm_after.sd * r
    r_dd = (v1 * norm.reliability + v2 * norm_after.reliability - cross) / (v1 + v2 - cross)
    if not 0 < r_dd <= 1:
        raise ValueError(f"differences have a reliability of {r_dd:.3f}; this index cannot be used")
    shift = (norm_after.centre - norm.centre) * (1 - r_dd)
    return ((y - x) * r_dd + shift) / (sqrt(r_dd) * norm.difference)


def _pairs(before: ArrayLike, after: ArrayLike) -> tuple[Floats, Floats]:
    x, y = np.asarray(before, float), np.asarray(after, float)
    if x.shape != y.shape:
        raise ValueError(f"before {x.shape}, after {y.shape}")
    return x, y


@dataclass(frozen=True, slots=True)
class Threshold:
    """How large a change counts. `inclusive`: at least (as the NHS counts), else more than (as the papers say)."""

    size: float
    inclusive: bool

    def reached(self, amount: ArrayLike) -> NDArray[np.bool_]:
        """Whether amounts count as that much."""
        x = np.asarray(amount, float)
        return np.asarray(x >= self.size if self.inclusive else x > self.size)


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """The three ways to draw the line between clinical and functional scores. c is used where both norms are known."""

    a: float
    b: float
    c: float


def cutoffs(clinical_mean: float, clinical_sd: float, functional_mean: float, functional_sd: float) -> Cutoffs:
    """a: two clinical SDs from the clinical mean towards health; b: two functional SDs from the functional mean towards
    illness; c: between, nearer the narrower. Jacobson & Truax (1991); b uses the functional SD, whatever R does."""
    if min(clinical_sd, functional_sd) <= 0 or clinical_mean == functional_mean:
        raise ValueError("cut-offs need two groups that differ and spread")
    towards = 1 if functional_mean > clinical_mean else -1
    a, b = clinical_mean + towards * 2 * clinical_sd, functional_mean - towards * 2 * functional_sd
    middle = functional_sd * clinical_mean + clinical_sd * functional_mean
    return Cutoffs(a, b, middle / (clinical_sd + functional_sd))


@dataclass(frozen=True, slots=True)
class Classified:
    """How many people in each category; `by_chance` how many would be expected to move each way with no true change."""

    recovered: int
    improved: int
    no_reliable_change: int
    worse: int
    became_clinical: int

    @property
    def n(self) -> int:
        """Everybody classified."""
        return self.recovered + self.improved + self.no_reliable_change + self.worse + self.became_clinical

    @property
    def by_chance(self) -> float:
        """People expected to improve, and as many to worsen, by measurement error alone."""
        return CHANCE * self.n


def classified(
    before: ArrayLike,
    after: ArrayLike,
    threshold: Threshold,
    cut: float | None = None,
    direction: Direction = "higher",
    counts: ArrayLike | None = None,
) -> Classified:
    """Categories from pairs of scores.

    Parameters
    ----------
    before, after : shape (n,); distinct pairs of scores, or one a person
    threshold : reliable change in the scale's units (`Norm.threshold`, or a published one)
    cut : scores on the healthy side of it, or at it, are not clinical; None leaves recovery out
    direction : which way is better, per subscale
    counts : people with each pair; one each if None

    Notes
    -----
    recovered: was clinical, is not, and reliably better. became_clinical: reliably worse, was not clinical and is now.
    """
    x, y = _pairs(before, after)
    people = np.ones(x.shape, int) if counts is None else np.asarray(counts, int)
    sign = 1 if direction == "higher" else -1
    better, worse = threshold.reached(sign * (y - x)), threshold.reached(-sign * (y - x))
    if cut is None:
        was = now = np.zeros(x.shape, bool)
    else:
        was, now = sign * x < sign * cut, sign * y < sign * cut
    recovered, became = better & was & ~now, worse & ~was & now
    parts = (recovered, better & ~recovered, ~better & ~worse, worse & ~became, became)
    return Classified(*(int(people[part].sum()) for part in parts))


def outcome(changes: Iterable[tuple[float, Threshold, Direction]]) -> Outcome | None:
    """One person, one rater, several measures, as the NHS counts: deteriorated if any did; improved if one did and none
    deteriorated; else no change. None without measures. Direction is per subscale. Raters are never averaged."""
    seen = Counter(_direction(*change) for change in changes)
    if not seen:
        return None
    return "deteriorated" if seen["deteriorated"] else "improved" if seen["improved"] else "no_change"


def _direction(change: float, threshold: Threshold, direction: Direction) -> Outcome:
    gain = change if direction == "higher" else -change
    if threshold.reached(gain):
        return "improved"
    return "deteriorated" if threshold.reached(-gain) else "no_change"


def any_by_chance(measures: int, each: float = CHANCE) -> float:
    """Share of unchanged people called deteriorated by one or more of so many independent measures: 1 - (1 - p)^m."""
    if measures < 0:
        raise ValueError(f"{measures} measures")
    return float(1 - (1 - each) ** measures)


@dataclass(frozen=True, slots=True)
class Drift:
    """What people who join on one side of a line are expected to score, then and again, with no effect at all."""

    at_entry: float
    again: float

    @property
    def gain(self) -> float:
        """The rise to expect for nothing."""
        return self.again - self.at_entry


def drift(mean: float, sd: float, retest: float, cut: float, joins: Literal["below", "above"] = "below") -> Drift:
    """Regression to the mean of those who join below (or above) `cut`.

    E[X | X < c] = mean - sd phi(z)/Phi(z), z = (c - mean)/sd; again = mean + retest (E - mean).
    """
    if sd <= 0 or not -1 <= retest <= 1:
        raise ValueError(f"sd {sd}, retest correlation {retest}")
    sign = 1 if joins == "below" else -1
    z = sign * (cut - mean) / sd
    share = float(ndtr(z))
    if share == 0:
        raise ValueError(f"nobody would join {joins} {cut}")
    at_entry = mean - sign * sd * exp(-z * z / 2) / sqrt(2 * pi) / share
    return Drift(at_entry, mean + retest * (at_entry - mean))
