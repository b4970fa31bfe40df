"""Partly linked answers: some people before and after, some only before, some only after.

Derrick's tests use everybody without linking more than can be linked. With schools the school-level comparison
(`change.share_difference`) goes before them. Whether linked people differ from the rest is said in every report.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from scipy.special import ndtr

from analysis.change import within
from analysis.proportions import quantile
from analysis.results import Estimate
from analysis.scores import ROUNDING, Sums, around, moments, spread, t_estimate

Side = tuple[float, float, float]  # n, sum, sum of squares


def overlapping_t(paired: Sums, before_only: Side, after_only: Side, equal_variances: bool = False) -> Estimate:
    """After minus before of all scores, the pairs' correlation taken into account.

    Parameters
    ----------
    paired : sums of those with both scores
    before_only, after_only : (n, sum, sum of squares) of those with one

    Notes
    -----
    se^2 = s1^2/n1 + s2^2/n2 - 2 r s1 s2 n_c/(n1 n2); df = (n_c - 1) + (g - n_c + 1)(n_a + n_b)/(n_a + n_b + 2 n_c), g the
    Welch df, or n_a + n_b + 2 n_c - 2 with a pooled variance. Nobody linked gives Welch's t, everybody linked the paired t.

    References
    ----------
    Derrick, Russ, Toher & White (2017), Journal of Modern Applied Statistical Methods 16:137.
    """
    n1, m1, v1 = moments(_joined(before_only, (paired.n, paired.x, paired.xx)))
    n2, m2, v2 = moments(_joined(after_only, (paired.n, paired.y, paired.yy)))
    both, alone, people = paired.n, before_only[0] + after_only[0], paired.n + before_only[0] + after_only[0]
    if min(n1, n2) < 2 or v1 + v2 == 0:
        value = m2 - m1 if min(n1, n2) > 0 else None
        return Estimate(value, None, int(people), "partly_overlapping_t", "partly_linked", ("too_few",))
    pairs = spread(paired)
    r = pairs.r if pairs is not None else 0.0
    pooled = ((n1 - 1) * v1 + (n2 - 1) * v2) / (n1 + n2 - 2)
    s1, s2 = (pooled, pooled) if equal_variances else (v1, v2)
    a, b = s1 / n1, s2 / n2
    variance = a + b - 2 * r * sqrt(s1 * s2) * both / (n1 * n2)
    if variance <= ROUNDING * (a + b):
        return Estimate(m2 - m1, None, int(people), "partly_overlapping_t", "partly_linked", ("no_variation",), se=0.0)
    g = n1 + n2 - 2 if equal_variances else (a + b) ** 2 / (a**2 / (n1 - 1) + b**2 / (n2 - 1))
    df = (both - 1) + (g - both + 1) / (alone + 2 * both) * alone
    return t_estimate(m2 - m1, sqrt(variance), df, int(people), "partly_overlapping_t", "partly_linked")


def overlapping_z(
    cells: tuple[int, int, int, int], before_only: tuple[int, int], after_only: tuple[int, int], level: float = 0.95
) -> Estimate:
    """After minus before of the shares of all who answered: z8 of Derrick, Dobson-McKittrick, Toher & White (2015).

    Parameters
    ----------
    cells : a, b, c, d of those with both answers: yes-yes, yes-no, no-yes, no-no (rows before)
    before_only, after_only : (agreed, n) of those with one answer

    Notes
    -----
    Test and interval have the same error, sqrt(p q (1/n1 + 1/n2 - 2 phi n_c/(n1 n2))) with the pooled share p, as in the
    authors' own program: so they never contradict each other.
    """
    a, b, c, d = cells
    both = a + b + c + d
    n1, n2 = both + before_only[1], both + after_only[1]
    people = both + before_only[1] + after_only[1]
    if min(n1, n2) == 0:
        return Estimate(None, None, people, "none", "partly_linked", ("nobody_answered",))
    p1, p2 = (a + b + before_only[0]) / n1, (a + c + after_only[0]) / n2
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    phi = (a * d - b * c) / sqrt(margins) if margins else 0.0
    pooled = (n1 * p1 + n2 * p2) / (n1 + n2)
    null = pooled * (1 - pooled) * (1 / n1 + 1 / n2 - 2 * phi * both / (n1 * n2))
    if null <= ROUNDING:
        return Estimate(p2 - p1, None, people, "partly_overlapping_z8", "partly_linked", ("no_variation",))
    se = sqrt(null)
    found = Estimate(
        p2 - p1,
        around(p2 - p1, quantile(level) * se, level),
        people,
        "partly_overlapping_z8",
        "partly_linked",
        inner=around(p2 - p1, quantile(0.90) * se, 0.90),
        se=se,
        p=float(2 * ndtr(-abs(p2 - p1) / se)),
    )
    return within(found, 1.0)


def _joined(one: Side, other: Side) -> Side:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


@dataclass(frozen=True, slots=True)
class Linkage:
    """Which result leads: the linked one, or everybody's by schools; and whether the two may be told together.

    `share` is linked over those who could have been (the smaller wave). `agree` is False where the two results have
    opposite signs: then nothing is claimed.
    """

    share: float | None
    leads: str
    agree: bool


def linkage(linked: int, before: int, after: int, paired: Estimate, everyone: Estimate, alike: bool) -> Linkage:
    """Statistics 1.6: linked leads from 60% linked and alike at baseline; opposite signs claim nothing.

    CARE E2 makes everybody's result the headline of a programme with schools whatever this says; services use it.
    """
    fewest = min(before, after)
    if not 0 <= linked <= fewest:
        raise ValueError(f"{linked} linked of {before} before and {after} after")
    share = linked / fewest if fewest else None
    leads = "paired" if share is not None and share >= 0.6 and alike else "everyone"
    opposite = paired.value is not None and everyone.value is not None and paired.value * everyone.value < 0
    return Linkage(share, leads, not opposite)
