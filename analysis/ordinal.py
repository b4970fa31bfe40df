"""Answers in rising order, before and after: everything that a square table of pairs can tell.

`table[i][j]` counts pairs that gave option i before and j after. Moved up, same and down is in `change`; here are the
tests and the probability of improvement. All work from counts, so they cost the same for a hundred pairs or a million.
Zeros (no change) are ranked and then dropped (Pratt) or dropped at once (Wilcoxon): results say which.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import comb, sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, expit, logit, ndtr, stdtr, stdtrit

from analysis.change import ChiSquare, mcnemar_exact, mcnemar_mid_p
from analysis.proportions import quantile
from analysis.results import Estimate, Interval

Zeros = Literal["pratt", "wilcoxon"]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SignedRank:
    """Wilcoxon's signed-rank test from a table; z is positive where answers went up. n counts pairs that moved."""

    w_plus: float
    w_minus: float
    z: float
    p: float
    p_corrected: float
    n: int
    zeros: Zeros

    @property
    def rank_biserial(self) -> float | None:
        """(W+ - W-)/(W+ + W-), Kerby (2014). Says nothing of those who stayed: show their share beside it."""
        whole = self.w_plus + self.w_minus
        return (self.w_plus - self.w_minus) / whole if whole else None


def square(table: ArrayLike) -> Floats:
    """The table as an array, or ValueError: square, at least two options, no negative counts."""
    counts = np.asarray(table, float)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or counts.shape[0] < 2 or counts.min() < 0:
        raise ValueError(f"not a square table of counts: shape {counts.shape}")
    return counts


def signed_rank(table: ArrayLike, zeros: Zeros = "pratt", scores: ArrayLike | None = None) -> SignedRank:
    """Wilcoxon's signed-rank test of after against before.

    Parameters
    ----------
    table : shape (k, k), rows before, columns after
    zeros : "pratt" ranks those who stayed with the rest and then drops them; "wilcoxon" drops them first
    scores : value of each option; 0, 1, 2 ... if None. It uses sizes of differences, so options count as steps.

    Notes
    -----
    Rank groups of |difference|, size t, mid-rank R = offset + (t + 1)/2: W+ = sum(R up), mean sum(R t)/2, variance
    sum(R^2 t)/4, which is exact with ties. Pratt (1959), JASA 54:655.
    """
    up, down, stayed = _moved(table, scores)
    sizes = up + down
    offset = (stayed if zeros == "pratt" else 0) + np.concatenate(([0.0], np.cumsum(sizes)[:-1]))
    ranks = offset + (sizes + 1) / 2
    w_plus, w_minus = float((ranks * up).sum()), float((ranks * down).sum())
    spread = sqrt(float((ranks**2 * sizes).sum()) / 4)
    apart = (w_plus - w_minus) / 2
    z = apart / spread if spread else 0.0
    nearer = max(0.0, abs(apart) - 0.5) / spread if spread else 0.0
    n = int(sizes.sum())
    return SignedRank(w_plus, w_minus, z, float(2 * ndtr(-abs(z))), float(2 * ndtr(-nearer)), n, zeros)


def signed_rank_exact(
    table: ArrayLike,
    zeros: Zeros = "pratt",
    scores: ArrayLike | None = None,
    side: Literal["both", "up", "down"] = "both",
) -> float:
    """Exact p of the signed-rank statistic: every pair that moved may as well have moved the other way.

    Two-sided, or one-sided for "answers went up" or "down". SciPy's exact method ignores ties. Doubled mid-ranks are
    whole numbers, so the distribution of W+ is a product of binomials. Cost grows with the cube of the pairs: meant for
    a few hundred.
    """
    up, down, stayed = _moved(table, scores)
    sizes = (up + down).astype(int)
    offset = (stayed if zeros == "pratt" else 0) + np.concatenate(([0], np.cumsum(sizes)[:-1]))
    doubled = np.rint(2 * offset + sizes + 1).astype(int)
    chances = np.ones(1)
    for rank, size in zip(doubled, sizes, strict=True):
        longer = np.zeros(len(chances) + rank * size)
        for k in range(size + 1):  # k of those with this size of difference went up
            longer[k * rank : k * rank + len(chances)] += comb(int(size), k) / 2 ** int(size) * chances
        chances = longer
    found = int((doubled * up).sum())
    if side != "both":
        return min(1.0, float(chances[found:].sum() if side == "up" else chances[: found + 1].sum()))
    centre = (len(chances) - 1) / 2
    far = np.abs(np.arange(len(chances)) - centre) >= abs(found - centre) - 1e-9
    return min(1.0, float(chances[far].sum()))


def _moved(table: ArrayLike, scores: ArrayLike | None) -> tuple[Floats, Floats, float]:
    """How many went up and down by each size of difference, smallest first, and how many stayed."""
    changes, people = _changes(table, scores)
    middle = len(changes) // 2  # every change has its opposite, so nought is in the middle
    up, down = people[middle + 1 :], people[:middle][::-1]
    kept = up + down > 0
    return up[kept], down[kept], float(people[middle])


def _changes(table: ArrayLike, scores: ArrayLike | None) -> tuple[Floats, Floats]:
    """The changes that a table can hold, lowest first, and how many people had each."""
    counts = square(table)
    values = None if scores is None else tuple(np.asarray(scores, float).tolist())
    changes, cells = _steps(len(counts), values)
    return changes, np.asarray(np.bincount(cells, counts.ravel(), len(changes)), dtype=np.float64)


@lru_cache(maxsize=64)
def _steps(k: int, scores: tuple[float, ...] | None) -> tuple[Floats, NDArray[np.intp]]:
    """The changes of a k by k table, lowest first, and which of them each cell is, row by row."""
    values = np.arange(k, dtype=float) if scores is None else np.array(scores)
    if len(values) != k:
        raise ValueError(f"{len(values)} scores for {k} options")
    changes, cells = np.unique((values[None, :] - values[:, None]).round(12).ravel(), return_inverse=True)
    changes.flags.writeable = cells.flags.writeable = False
    return changes, cells


def typical_change(table: ArrayLike, scores: ArrayLike | None = None) -> float | None:
    """Hodges and Lehmann's (1963) estimate that goes with the signed-rank test: the median of all means of two changes.

    Those who stayed count, with their change of nought; R drops them where it warns of zeros. None without pairs.
    """
    changes, people = _changes(table, scores)
    some = people > 0
    changes, people = changes[some], people[some]
    if not len(changes):
        return None
    first, second = np.triu_indices(len(changes))
    weight = people[first] * people[second]
    same = first == second
    weight[same] = people * (people + 1) / 2
    means = (changes[first] + changes[second]) / 2
    order = np.argsort(means)
    means, reached = means[order], np.cumsum(weight[order])
    low, high = (means[np.searchsorted(reached, share)] for share in (reached[-1] / 2, reached[-1] / 2 + 0.5))
    return float(low + high) / 2


@dataclass(frozen=True, slots=True)
class Sign:
    """The sign test of up against down: exact, mid-p, and the normal z (positive: up)."""

    z: float
    p_exact: float
    p_mid: float
    n: int


def sign_test(up: int, down: int) -> Sign:
    """Whether more went up than down, those who stayed left out."""
    moved = up + down
    z = (up - down) / sqrt(moved) if moved else 0.0
    return Sign(z, mcnemar_exact(up, down), mcnemar_mid_p(up, down), moved)


def probability_of_improvement(table: ArrayLike, level: float = 0.95) -> Estimate:
    """P(a random after answer beats a random before answer) + P(equal)/2, from the margins of paired answers.

    Notes
    -----
    Ridits A1(j) of before and A2(i) of after; tau = sum p+j A1(j) - sum pi+ A2(i), alpha = (1 + tau)/2;
    SE(tau) = sqrt((sum phi^2 p - (sum phi p)^2)/N), phi_ij = 2 (A1(j) - A2(i)); logit interval for alpha. Checked by
    numerical gradient and jackknife (contingencytables 3.0.1 swaps the ridits in its SE). Where everybody moved alike, or
    the two margins share no option, there is no spread to see and no interval ("no_variation").
    """
    counts = square(table)
    n = counts.sum()
    if n == 0:
        return Estimate(None, None, 0, "none", "paired", ("nobody_answered",))
    p = counts / n
    before, after = p.sum(1), p.sum(0)
    first, second = _ridits(before), _ridits(after)
    tau = float(after @ first - before @ second)
    phi = 2 * (first[None, :] - second[:, None])
    se = sqrt(_variance(phi, p) / n) / 2
    alpha = (1 + tau) / 2
    if not 0 < alpha < 1 or se == 0:
        return Estimate(alpha, None, int(n), "ridit_logit", "paired", ("no_variation",), se=0.0)
    outer, inner = (_logit_interval(alpha, se, one) for one in (level, 0.90))
    return Estimate(alpha, outer, int(n), "ridit_logit", "paired", (), inner, se)


def probability_of_superiority(before: ArrayLike, after: ArrayLike, level: float = 0.95) -> Estimate:
    """The same for answers that are not linked: U/(n1 n2) from two frequency tables, with the Brunner-Munzel interval.

    Parameters
    ----------
    before, after : shape (k,); how many gave each option

    Notes
    -----
    Placement variances (ties exact) and Satterthwaite df; t quantile. Brunner & Munzel (2000), Biometrical Journal 42:17.
    """
    first, second = _two_frequencies(before, after)
    n1, n2 = float(first.sum()), float(second.sum())
    if n1 == 0 or n2 == 0:
        return Estimate(None, None, int(n1 + n2), "none", "unlinked", ("nobody_answered",))
    place1, place2 = _ridits(second / n2), _ridits(first / n1)  # of before among after, of after among before
    value = float(second @ place2) / n2
    if n1 < 2 or n2 < 2:
        return Estimate(value, None, int(n1 + n2), "brunner_munzel", "unlinked", ("too_few",))
    v1 = float(first @ (place1 - (1 - value)) ** 2) / (n1 - 1) / n1
    v2 = float(second @ (place2 - value) ** 2) / (n2 - 1) / n2
    if v1 + v2 <= 1e-18:
        return Estimate(value, None, int(n1 + n2), "brunner_munzel", "unlinked", ("no_variation",), se=0.0)
    se, df = sqrt(v1 + v2), (v1 + v2) ** 2 / (v1**2 / (n1 - 1) + v2**2 / (n2 - 1))
    outer, inner = (_t_interval(value, se, df, one) for one in (level, 0.90))
    p = float(2 * stdtr(df, -abs(value - 0.5) / se))
    return Estimate(value, outer, int(n1 + n2), "brunner_munzel", "unlinked", (), inner, se, df, p)


def _t_interval(value: float, se: float, df: float, level: float) -> Interval:
    reach = float(stdtrit(df, (1 + level) / 2)) * se
    return Interval(value - reach, value + reach, level)


@dataclass(frozen=True, slots=True)
class MannWhitney:
    """U of after over before, the probability of superiority U/(n1 n2), and the test with ties; z positive: after higher.

    `p_corrected` has the continuity correction. No p where one side is empty or all answers are the same.
    """

    u: float
    superiority: float | None
    z: float | None
    p: float | None
    p_corrected: float | None


def mann_whitney(before: ArrayLike, after: ArrayLike) -> MannWhitney:
    """Wilcoxon's rank-sum test from two frequency tables, shape (k,) each: U = sum of after_j (before below j + half at j).

    Variance n1 n2/12 (N + 1 - sum(t^3 - t)/(N (N - 1))), t all who gave one option. It asks whether the two differ at all;
    the interval is Brunner and Munzel's (`probability_of_superiority`).
    """
    first, second = _two_frequencies(before, after)
    u = float(second @ (np.cumsum(first) - first / 2))
    n1, n2 = float(first.sum()), float(second.sum())
    n, ties = n1 + n2, first + second
    variance = n1 * n2 / 12 * (n + 1 - float((ties**3 - ties).sum()) / (n * (n - 1))) if min(n1, n2) > 0 else 0.0
    if variance <= 1e-9 * n1 * n2:
        return MannWhitney(u, u / (n1 * n2) if n1 * n2 else None, None, None, None)
    apart, spread = u - n1 * n2 / 2, sqrt(variance)
    nearer = max(0.0, abs(apart) - 0.5) / spread
    p, corrected = (float(2 * ndtr(-one)) for one in (abs(apart) / spread, nearer))
    return MannWhitney(u, u / (n1 * n2), apart / spread, p, corrected)


def _two_frequencies(before: ArrayLike, after: ArrayLike) -> tuple[Floats, Floats]:
    first, second = np.asarray(before, float), np.asarray(after, float)
    if first.shape != second.shape or first.ndim != 1 or not first.size or min(first.min(), second.min()) < 0:
        raise ValueError(f"before {first.tolist()}, after {second.tolist()}: counts of the same options expected")
    return first, second


def _ridits(p: Floats) -> Floats:
    return np.asarray(np.cumsum(p) - p / 2, dtype=np.float64)


def _logit_interval(p: float, se: float, level: float) -> Interval:
    reach = quantile(level) * se / (p * (1 - p))
    return Interval(float(expit(logit(p) - reach)), float(expit(logit(p) + reach)), level)


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """Mean score change, options as equal steps. Variances divide by N; the t test's by N - 1. No interval where
    everybody changed by the same."""

    value: float
    interval: Interval | None
    wald_z: float | None
    score_z: float | None
    score_p: float
    n: int


def mean_score_change(table: ArrayLike, scores: ArrayLike | None = None, level: float = 0.95) -> ScoreChange | None:
    """Mean of after minus before; Wald variance (sum d^2 p - m^2)/N, score variance sum d^2 p/N. None without pairs."""
    d, people = _changes(table, scores)
    n = people.sum()
    if n == 0:
        return None
    p = people / n
    mean = float((d * p).sum())
    wald, score = sqrt(_variance(d, p) / n), sqrt(float((d**2 * p).sum()) / n)
    reach = quantile(level) * wald
    return ScoreChange(
        mean,
        Interval(mean - reach, mean + reach, level) if wald else None,
        mean / wald if wald else None,
        mean / score if score else None,
        float(2 * ndtr(-abs(mean) / score)) if score else 1.0,
        int(n),
    )


def _variance(values: Floats, p: Floats) -> float:
    """Variance of values with chances p; what only arithmetic leaves is nought."""
    squares = float((values**2 * p).sum())
    found = squares - float((values * p).sum()) ** 2
    return found if found > 1e-13 * squares else 0.0


def stuart_maxwell(table: ArrayLike) -> ChiSquare:
    """Whether the margins are the same before and after (Stuart 1955). Options used in neither wave are dropped."""
    counts = square(table)
    before, after, stayed = counts.sum(1), counts.sum(0), counts.diagonal()
    moved = before + after - 2 * stayed
    used = np.flatnonzero(moved > 0)[:-1]  # the last used option follows from the others
    if not len(used):
        return ChiSquare(0.0, 0, 1.0)
    d, covariance = (before - after)[used], -(counts + counts.T)[used[:, None], used]
    covariance.flat[:: len(used) + 1] = moved[used]
    # Options between which nobody moves, in two sets: a set's sums cancel, and the matrix has no inverse.
    if np.linalg.det(covariance) > 1e-9 * moved[used].prod():
        solved, rank = np.linalg.solve(covariance, d), len(used)
    else:
        solved, _, rank, _ = np.linalg.lstsq(covariance, d, rcond=None)
    statistic = float(d @ solved)
    return ChiSquare(statistic, int(rank), float(chdtrc(rank, statistic)))


def bhapkar(table: ArrayLike) -> ChiSquare:
    """Bhapkar's (1966) version, Stuart/(1 - Stuart/N); infinite where everybody moved the same way."""
    stuart, n = stuart_maxwell(table), float(square(table).sum())
    if n == 0:
        return stuart
    statistic = stuart.statistic / (1 - stuart.statistic / n) if stuart.statistic < n else float("inf")
    return ChiSquare(statistic, stuart.df, float(chdtrc(stuart.df, statistic)) if stuart.df else 1.0)


def bowker(table: ArrayLike) -> ChiSquare:
    """Whether moves i to j are as many as j to i (Bowker 1948); pairs of options without moves cost no df."""
    counts = square(table)
    both = np.triu(counts + counts.T, 1)
    some = both > 0
    statistic, df = float(((counts - counts.T)[some] ** 2 / both[some]).sum()), int(some.sum())
    return ChiSquare(statistic, df, float(chdtrc(df, statistic)) if df else 1.0)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many pairs stood at the ends before: `ceiling` could not go up, `floor` could not go down."""

    floor: int
    ceiling: int
    n: int


def limits(table: ArrayLike) -> Limits:
    """Floor and ceiling of the before answers: "could not go up" is said beside every net improvement."""
    before = square(table).sum(1)
    return Limits(int(before[0]), int(before[-1]), int(before.sum()))
