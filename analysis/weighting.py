"""Weights to facts a school has given (year group, sex, pupil premium): post-stratification and raking.

Works on counts by school and stratum, not on rows. The unweighted figure always stands beside the weighted one, and no
weighting repairs a low answer share. Strata with few answers are merged first; nothing is ever added to an empty cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.clustering import FEWEST, few_schools
from analysis.results import Estimate
from analysis.scores import t_estimate

Floats = NDArray[np.float64]

FEWEST_IN_STRATUM = 10
TRIM = 5.0  # times the median weight
CONVERGED = 1e-10  # relative change; R's survey::rake stops earlier by default


@dataclass(frozen=True, slots=True)
class Weighted:
    """The weighted estimate beside the plain one, and what the answers are still worth (Kish)."""

    weighted: Estimate
    plain: float
    total: float
    total_se: float
    effective: float


def post_stratified(sums: ArrayLike, n: ArrayLike, population: ArrayLike, level: float = 0.95) -> Weighted | None:
    """A mean with every stratum at its share of the population, schools as clusters. None where nobody answered.

    Parameters
    ----------
    sums, n : shape (K, H); sum of the quantity and number of answers in each school and stratum
    population : shape (H,); people on roll in each stratum

    Notes
    -----
    sum N_h mean_h/N; residuals (y - mean_h) N_h/n_h totalled by school, SE sqrt(K/(K - 1) sum(e_k - mean e)^2)/N:
    Taylor linearisation, as R survey::postStratify. t quantile on K - 1.
    """
    total, size, people = np.asarray(sums, float), np.asarray(n, float), np.asarray(population, float)
    if total.shape != size.shape or total.ndim != 2 or people.shape != total.shape[1:]:
        raise ValueError(f"sums {total.shape}, answers {size.shape}, population {people.shape}")
    answers = size.sum(0)
    if answers.sum() == 0:
        return None
    if np.any((answers == 0) & (people > 0)) or np.any(people < 0):
        raise ValueError(
            f"strata without answers: {np.flatnonzero((answers == 0) & (people > 0)).tolist()}; merge first"
        )
    kept = people > 0
    if not kept.any():
        raise ValueError("nobody is on roll in any stratum")
    total, size, people, answers = total[:, kept], size[:, kept], people[kept], answers[kept]
    weight, means, everyone = people / answers, total.sum(0) / answers, people.sum()
    value = float((people * means).sum() / everyone)
    return _weighted(value, total, size, means, weight, float(everyone), "post_stratified", level)


def raked_mean(sums: ArrayLike, n: ArrayLike, margins: Sequence[ArrayLike], level: float = 0.95) -> Weighted | None:
    """A mean raked to several margins, schools as clusters. None where nobody answered.

    Parameters
    ----------
    sums, n : shape (K, ...), an axis a margin after the first; sum of the quantity and answers in each school and cell
    margins : people on roll, one array a margin

    Notes
    -----
    Residuals from the main effects of the margins, each answer counting once in the fit (Deville & Sarndal 1992, JASA
    87:376), times the raked weights: where R survey::rake's variance converges to. With one margin this is
    `post_stratified`.
    """
    total, size = np.asarray(sums, float), np.asarray(n, float)
    if total.shape != size.shape or total.ndim != len(margins) + 1:
        raise ValueError(f"sums {total.shape}, answers {size.shape}, {len(margins)} margins")
    answers = size.sum(0)
    if answers.sum() == 0:
        return None
    cells = raked(answers, margins)
    held = answers.ravel() > 0
    weight = cells.ravel()[held] / answers.ravel()[held]
    total, size = (one.reshape(len(one), -1)[:, held] for one in (total, size))
    effects = np.concatenate([np.eye(len(margin))[place.ravel()[held]] for margin, place in _places(margins)], axis=1)
    means, importance = total.sum(0) / size.sum(0), np.sqrt(size.sum(0))
    fit = effects @ np.linalg.lstsq(effects * importance[:, None], means * importance, rcond=None)[0]
    everyone = float(cells.sum())
    value = float((weight * total.sum(0)).sum() / everyone)
    return _weighted(value, total, size, fit, weight, everyone, "raked", level)


def _places(margins: Sequence[ArrayLike]) -> list[tuple[Floats, NDArray[np.intp]]]:
    """Each margin with the category of every cell on it."""
    known = [np.asarray(margin, float) for margin in margins]
    return list(zip(known, np.indices([len(margin) for margin in known]), strict=True))


def _weighted(
    value: float, total: Floats, size: Floats, fit: Floats, weight: Floats, everyone: float, method: str, level: float
) -> Weighted:
    """The weighted estimate with the spread of weighted residuals over schools. Arrays are (K, cells) and (cells,)."""
    present = size.sum(1) > 0
    residuals = ((total - size * fit) * weight).sum(1)[present]
    schools, count = int(present.sum()), int(size.sum())
    apart = float(((residuals - residuals.mean()) ** 2).sum())
    se = sqrt(schools / (schools - 1) * apart) / everyone if schools > 1 else 0.0
    effective = float((size * weight).sum() ** 2 / (size * weight**2).sum())
    if schools < FEWEST:
        found = Estimate(value, None, count, method, "weighted", (few_schools(schools),))
    elif se == 0:
        found = Estimate(value, None, count, method, "weighted", ("no_variation",), se=0.0)
    else:
        found = t_estimate(value, se, schools - 1, count, method, "weighted", level)
    return Weighted(found, float(total.sum() / size.sum()), value * everyone, se * everyone, effective)


def raked(counts: ArrayLike, margins: Sequence[ArrayLike], rounds: int = 1000) -> Floats:
    """Counts fitted to known margins by iterative proportional fitting.

    Parameters
    ----------
    counts : any number of axes, one a margin; how many answered in each cell
    margins : one array an axis, with equal totals; people on roll

    Returns
    -------
    The fitted cells; divide by `counts` for the weights. Raises ValueError where a margin cannot be met.
    """
    cells = np.array(counts, float)
    known = [np.asarray(margin, float) for margin in margins]
    _check_margins(cells, known)
    for _ in range(rounds):
        before = cells.copy()
        for axis, margin in enumerate(known):
            have = _margin(cells, axis)
            factor = np.divide(margin, have, out=np.zeros_like(margin), where=have > 0)
            cells *= factor.reshape([-1 if i == axis else 1 for i in range(cells.ndim)])
        if np.all(np.abs(cells - before) <= CONVERGED * np.maximum(before, 1e-300)):
            break
    if all(np.allclose(_margin(cells, axis), margin, rtol=1e-8, atol=0) for axis, margin in enumerate(known)):
        return cells
    raise ValueError(f"raking did not settle in {rounds} rounds: some cells are empty that the margins need")


def _margin(cells: Floats, axis: int) -> Floats:
    return np.asarray(cells.sum(tuple(i for i in range(cells.ndim) if i != axis)), dtype=np.float64)


def _check_margins(cells: Floats, known: list[Floats]) -> None:
    if [len(margin) for margin in known] != list(cells.shape):
        raise ValueError(f"margins of {[len(margin) for margin in known]} for cells of {list(cells.shape)}")
    totals = [float(margin.sum()) for margin in known]
    if max(totals) == 0:
        raise ValueError("nobody is on roll in any margin")
    if max(totals) - min(totals) > 1e-9 * max(totals):
        raise ValueError(f"margins add up to {totals}")
    for axis, margin in enumerate(known):
        have = _margin(cells, axis)
        if np.any((have == 0) & (margin > 0)):
            raise ValueError(
                f"nobody answered in category {int(np.flatnonzero((have == 0) & (margin > 0))[0])} of margin {axis}"
            )


def trimmed(weights: ArrayLike, counts: ArrayLike | None = None) -> Floats:
    """Weights cut at five times their median (over people), then scaled back to their total."""
    weight = np.asarray(weights, float)
    n = np.ones(weight.shape) if counts is None else np.asarray(counts, float)
    if (weight * n).sum() == 0:
        return weight
    median = float(np.median(np.repeat(weight.ravel(), n.ravel().astype(int))))
    cut = np.minimum(weight, TRIM * median)
    return np.asarray(cut * (weight * n).sum() / (cut * n).sum(), dtype=np.float64)


def kish(weights: ArrayLike) -> float:
    """What weighted answers are worth: (sum w)^2/sum w^2 (Kish 1965)."""
    weight = np.asarray(weights, float)
    if weight.size == 0 or weight.min() < 0 or weight.sum() == 0:
        raise ValueError("weights have to be positive numbers")
    return float(weight.sum() ** 2 / (weight**2).sum())


def merged(counts: Sequence[int], least: int = FEWEST_IN_STRATUM) -> tuple[int, ...]:
    """Which stratum each one joins, neighbours in their given order, so that each has `least` answers.

    Returns the number of the new stratum for each old one; (0, 0, 1) joins the first two.
    """
    groups: list[list[int]] = []
    held = 0
    for stratum, n in enumerate(counts):
        if not groups or held >= least:
            groups.append([])
            held = 0
        groups[-1].append(stratum)
        held += n
    if len(groups) > 1 and held < least:
        last = groups.pop()
        groups[-1] += last
    return tuple(new for new, group in enumerate(groups) for _ in group)
