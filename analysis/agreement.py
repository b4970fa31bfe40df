"""Whether people who coded the same remarks, or rated the same thing, agree.

Kappa for two coders, Fleiss' for many fixed coders, Krippendorff's alpha where coders or units are missing. At least 50
remarks coded twice; percent agreement and how common a code is stand beside kappa; alpha under .667 is not reported.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.ordinal import square
from analysis.proportions import quantile
from analysis.results import Interval

Floats = NDArray[np.float64]
FEWEST_REMARKS = 50
LOWEST_ALPHA = 0.667


@dataclass(frozen=True, slots=True)
class Kappa:
    """Agreement beyond chance with its large-sample SE, and the plain share of agreement. No interval where the SE is
    nought (all agree, or all differ): a large-sample error says nothing there."""

    kappa: float
    se: float
    interval: Interval | None
    agreement: float
    n: int


def cohen(table: ArrayLike, weights: Literal["none", "quadratic"] = "none", level: float = 0.95) -> Kappa | None:
    """Cohen's kappa of two coders, quadratic weights for codes in order; SE by Fleiss, Cohen & Everitt (1969).

    None where nothing was coded, or both used one code only.
    """
    counts = square(table)
    n, k = counts.sum(), len(counts)
    if n == 0:
        return None
    p = counts / n
    apart = np.subtract.outer(np.arange(k), np.arange(k))
    w = np.eye(k) if weights == "none" else 1 - (apart / (k - 1)) ** 2
    rows, columns = p.sum(1), p.sum(0)
    observed, expected = float((w * p).sum()), float((w * np.outer(rows, columns)).sum())
    if expected >= 1:
        return None
    kappa = (observed - expected) / (1 - expected)
    mean = (w @ columns)[:, None] + (rows @ w)[None, :]
    squares = float((p * (w - mean * (1 - kappa)) ** 2).sum())
    spread = squares - (kappa - expected * (1 - kappa)) ** 2
    se = sqrt(spread / n) / (1 - expected) if spread > 1e-13 * squares else 0.0  # the rest is arithmetic
    reach = quantile(level) * se
    interval = Interval(kappa - reach, kappa + reach, level) if se else None
    return Kappa(kappa, se, interval, float(np.trace(p)), int(n))


def fleiss(counts: ArrayLike) -> float | None:
    """Fleiss' (1971) kappa.

    Parameters
    ----------
    counts : shape (units, codes); how many coders gave each code; every unit by the same number of coders
    """
    table = np.asarray(counts, float)
    if not table.size:
        return None
    coders = table.sum(-1)
    if table.ndim != 2 or np.any(coders != coders[0]) or coders[0] < 2:
        raise ValueError("every remark needs the same number of coders, two or more")
    m, p = coders[0], table.sum(0) / table.sum()
    expected = float((p**2).sum())
    if expected >= 1:
        return None
    observed = float(((table**2).sum(1) - m).mean() / (m * (m - 1)))
    return (observed - expected) / (1 - expected)


def krippendorff(
    ratings: ArrayLike, kind: Literal["nominal", "ordinal", "interval", "ratio"] = "nominal"
) -> float | None:
    """Krippendorff's alpha, 1 - observed/expected disagreement, from the coincidence matrix.

    Parameters
    ----------
    ratings : shape (coders, units), nan where missing; units coded once drop out
    kind : which differences count as how large

    Returns
    -------
    None where nothing was coded twice, or all codes are the same.
    """
    table = np.asarray(ratings, float)
    values = np.unique(table[np.isfinite(table)])
    coded = np.array([(table == value).sum(0) for value in values], float).reshape(len(values), table.shape[1])
    coders = coded.sum(0)
    coded, coders = coded[:, coders > 1], coders[coders > 1]
    if coded.size == 0:
        return None
    coincidence = (coded / (coders - 1)) @ coded.T - np.diag((coded / (coders - 1)).sum(1))
    margin = coincidence.sum(1)
    n = margin.sum()
    apart = _differences(values, margin, kind)
    expected = float((np.outer(margin, margin) * apart).sum()) / (n - 1)
    return 1 - float((coincidence * apart).sum()) / expected if expected > 0 else None


def may_be_reported(alpha: float | None, remarks: int) -> bool:
    """Whether counts of a code may be reported: 50 remarks coded twice, and Krippendorff's own limit of .667."""
    return alpha is not None and alpha >= LOWEST_ALPHA and remarks >= FEWEST_REMARKS


def _differences(values: Floats, margin: Floats, kind: str) -> Floats:
    if kind == "nominal":
        return 1 - np.eye(len(values))
    if kind == "ordinal":
        rank = np.cumsum(margin) - margin / 2
        return np.asarray(np.subtract.outer(rank, rank) ** 2, dtype=np.float64)
    difference, total = np.subtract.outer(values, values), np.add.outer(values, values)
    if kind == "interval":
        return np.asarray(difference**2, dtype=np.float64)
    return np.divide(difference, total, out=np.zeros_like(difference), where=total != 0) ** 2


@dataclass(frozen=True, slots=True)
class Intraclass:
    """The six intraclass correlations of Shrout & Fleiss (1979): one rater, and the mean of k.

    `random_mean` is None where chance makes the variance it divides by nought or less.
    """

    one_way: float
    random: float
    fixed: float
    one_way_mean: float
    random_mean: float | None
    fixed_mean: float


def intraclass_of_raters(ratings: ArrayLike) -> Intraclass | None:
    """ICC(1), (2), (3), and of k raters, from complete ratings of shape (targets, raters).

    None below two targets or two raters, or where the targets do not differ.
    """
    x = np.asarray(ratings, float)
    if x.ndim != 2 or not np.isfinite(x).all():
        raise ValueError(f"ratings {x.shape}: complete ratings expected")
    if min(x.shape) < 2 or np.ptp(x.mean(1)) <= 1e-12 * np.abs(x).max():
        return None
    n, k = x.shape
    between = k * ((x.mean(1) - x.mean()) ** 2).sum() / (n - 1)
    raters = n * ((x.mean(0) - x.mean()) ** 2).sum()
    within = ((x - x.mean(1, keepdims=True)) ** 2).sum()
    error, judges = (within - raters) / ((n - 1) * (k - 1)), raters / (k - 1)
    alone = within / (n * (k - 1))
    whole = between + (judges - error) / n
    return Intraclass(
        one_way=float((between - alone) / (between + (k - 1) * alone)),
        random=float((between - error) / (between + (k - 1) * error + k * (judges - error) / n)),
        fixed=float((between - error) / (between + (k - 1) * error)),
        one_way_mean=float((between - alone) / between),
        random_mean=float((between - error) / whole) if whole > 1e-12 * between else None,
        fixed_mean=float((between - error) / between),
    )
