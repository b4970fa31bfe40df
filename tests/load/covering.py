"""How often the 95% intervals hold the true change, schools drawn anew in each of 3,000 programmes. A proof asserts it
(`tests/analysis/test_clustering.py`), `make bench` prints it; both draw the same numbers, from fixed seeds.

School sizes are log-normal around 55, from 8 to 400. Three figures are tried: the headline (share after minus share
before, of whoever answered each time), the mean change of paired answers to a five-option item, and the difference in
differences of as many visited as waiting schools. The true change is known in closed form, and is not nought.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtr, stdtrit

from analysis.clustering import Robust, cr2_contrast, cr2_difference, cr2_mean

Floats = NDArray[np.float64]
Simulated = tuple[Robust, float]  # one result a programme, and the true value

PROGRAMMES, SCHOOLS, ICCS = 3000, (4, 6, 10, 20, 40), (0.02, 0.05)
SLIPS = 2 * (0.95 * 0.05 / PROGRAMMES) ** 0.5  # two Monte Carlo errors: 0.8 points
LEAST, MOST = 0.935 - SLIPS, 0.965 + SLIPS
BEFORE, AFTER = -0.4, 0.3  # log odds of the agreed answer
STEPS, MOVE, ALIKE = np.array([-1.0, -0.3, 0.4, 1.2]), 0.3, 0.6  # of a latent answer: options, change, correlation
BATCH = 100  # programmes whose pupils are held at once


def covered(figure: str, schools: int, icc: float, programmes: int = PROGRAMMES) -> float:
    """Share of programmes whose 95% interval (CR2, Satterthwaite) holds the true value. `figure` is a key of `FIGURES`."""
    draw = np.random.default_rng([schools, round(100 * icc), list(FIGURES).index(figure)])
    robust, truth = FIGURES[figure](draw, programmes, schools, icc)
    reach = stdtrit(robust.df, 0.975) * robust.cr2
    return float((np.abs(robust.value - truth) <= reach).mean())


def _sizes(draw: np.random.Generator, programmes: int, schools: int) -> NDArray[np.int64]:
    return np.clip(np.round(draw.lognormal(4, 0.6, (programmes, schools))), 8, 400).astype(int)


def _wave(draw: np.random.Generator, n: NDArray[np.int64], odds: float, icc: float) -> NDArray[np.int64]:
    """How many give the agreed answer, schools apart by a normal effect on the log odds."""
    spread = np.sqrt(icc / (1 - icc) * np.pi**2 / 3)
    return draw.binomial(n, expit(odds + draw.normal(0, spread, n.shape)))


def _true_share(odds: float, icc: float) -> float:
    """The share over all schools, by Gauss and Hermite."""
    points, weights = np.polynomial.hermite_e.hermegauss(60)
    spread = np.sqrt(icc / (1 - icc) * np.pi**2 / 3)
    return float(weights @ expit(odds + spread * points) / weights.sum())


def _headline(draw: np.random.Generator, programmes: int, schools: int, icc: float) -> Simulated:
    n = _sizes(draw, programmes, schools)
    later = np.maximum(1, draw.binomial(n, 0.9))  # some are away the second time
    robust = cr2_difference(_wave(draw, n, BEFORE, icc), n, _wave(draw, later, AFTER, icc), later)
    return robust, _true_share(AFTER, icc) - _true_share(BEFORE, icc)


def _arms(draw: np.random.Generator, programmes: int, schools: int, icc: float) -> Simulated:
    n = np.stack([_sizes(draw, programmes, schools) for _ in range(2)], 1)
    nobody = np.zeros_like(n[:, :1])
    people = np.concatenate([np.repeat(n[:, :1], 2, 1), np.repeat(nobody, 2, 1)], 1)
    people = np.concatenate([people, np.concatenate([np.repeat(nobody, 2, 1), np.repeat(n[:, 1:], 2, 1)], 1)], 2)
    sums = np.stack([_wave(draw, people[:, c], odds, icc) for c, odds in enumerate((BEFORE, AFTER, BEFORE, BEFORE))], 1)
    return cr2_contrast(sums, people, [-1, 1, 1, -1]), _true_share(AFTER, icc) - _true_share(BEFORE, icc)


def _paired(draw: np.random.Generator, programmes: int, schools: int, icc: float) -> Simulated:
    n = _sizes(draw, programmes, schools)
    sums = np.empty(n.shape)
    for start in range(0, programmes, BATCH):
        part = n[start : start + BATCH].ravel()
        effects = [np.repeat(draw.normal(0, np.sqrt(icc), part.size), part) for _ in range(2)]
        own = draw.normal(0, np.sqrt(1 - icc), (2, part.sum()))
        own[1] = ALIKE * own[0] + np.sqrt(1 - ALIKE**2) * own[1]
        before, after = (np.searchsorted(STEPS, own[i] + effects[i] + i * MOVE) for i in range(2))
        first = np.concatenate(([0], np.cumsum(part)[:-1]))
        sums[start : start + BATCH] = np.add.reduceat(after - before, first).reshape(-1, schools)
    return cr2_mean(sums, n), float((ndtr(MOVE - STEPS) - ndtr(-STEPS)).sum())


FIGURES: dict[str, Callable[[np.random.Generator, int, int, float], Simulated]] = {
    "headline": _headline,
    "paired": _paired,
    "arms": _arms,
}


def main() -> None:
    print(f"{'schools':>8}{'ICC':>6}" + "".join(f"{figure:>10}" for figure in FIGURES))
    for schools in SCHOOLS:
        for icc in ICCS:
            shares = [covered(figure, schools, icc) for figure in FIGURES]
            outside = "" if all(LEAST <= share <= MOST for share in shares) else "   <-- OUTSIDE"
            print(f"{schools:>8}{icc:>6}" + "".join(f"{100 * share:>9.1f}%" for share in shares) + outside)
    print(f"of {PROGRAMMES:,} programmes each; wanted: {100 * LEAST:.1f} to {100 * MOST:.1f}%")


if __name__ == "__main__":
    main()
