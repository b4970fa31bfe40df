"""Scales: scoring a matrix of codes, and how well the items of a scale hang together.

The rule of a scale arrives as plain numbers (points of each code, which items are turned round, how many must be
answered); the same function scores one row or a million. Reliability is found from the covariance matrix of complete
rows, so totals over schools are enough; never for a single school.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import fdtri

from analysis.proportions import quantile
from analysis.results import Interval

Floats = NDArray[np.float64]
FEWEST_FOR_OMEGA, FEWEST_ITEMS_FOR_OMEGA = 100, 4


def points(codes: ArrayLike, table: ArrayLike) -> Floats:
    """Points of each answer; nan where an item has none for the code (absences, options that leave the scale).

    Parameters
    ----------
    codes : uint8, shape (n, k)
    table : shape (k, 256); points of each code, nan for none. Reversal is in the table: (least + most) - points.
    """
    matrix, values = np.asarray(codes, np.uint8), np.asarray(table, float)
    if matrix.ndim != 2 or values.shape != (matrix.shape[1], 256):
        raise ValueError(f"codes {matrix.shape}, points {values.shape}: a row of 256 an item expected")
    return np.asarray(values[np.arange(matrix.shape[1]), matrix], dtype=np.float64)


def turned(table: ArrayLike) -> Floats:
    """The points of an item turned round: (least + most) - points."""
    values = np.asarray(table, float)
    return np.asarray(np.nanmin(values) + np.nanmax(values) - values, dtype=np.float64)


def scored(answers: ArrayLike, minimum_answered: int, half_up: bool = False, as_mean: bool = False) -> Floats:
    """Scale scores: the mean of what was answered times the number of items, if enough was answered; else nan.

    Parameters
    ----------
    answers : shape (n, k), points; nan where not answered
    minimum_answered : fewest answered items for a score
    half_up : round prorated sums as the owner does, halves upward (Python's `round` is wrong there)
    as_mean : the mean itself
    """
    matrix = np.asarray(answers, float)
    k = matrix.shape[1]
    if not 1 <= minimum_answered <= k:
        raise ValueError(f"{minimum_answered} of {k} items cannot be the fewest answered")
    answered = np.isfinite(matrix).sum(1)
    enough = answered >= minimum_answered
    mean = np.full(len(matrix), np.nan)
    np.divide(np.nansum(matrix, 1), answered, out=mean, where=enough)
    if as_mean:
        return mean
    total = np.where(answered == k, np.nansum(matrix, 1), mean * k)
    return np.asarray(np.where(enough, np.floor(total + 0.5 + 1e-9) if half_up else total, np.nan), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Products:
    """Sums that add over schools: rows, sums of each item, and cross products, of complete rows."""

    n: int
    sums: Floats
    cross: Floats

    def __add__(self, other: Products) -> Products:
        return Products(self.n + other.n, self.sums + other.sums, self.cross + other.cross)

    @property
    def covariance(self) -> Floats:
        """Covariance matrix with n - 1."""
        if self.n < 2:
            raise ValueError(f"{self.n} complete rows have no covariance")
        return np.asarray((self.cross - np.outer(self.sums, self.sums) / self.n) / (self.n - 1), dtype=np.float64)


def within_schools(schools: Sequence[Products]) -> Products:
    """Cross products within schools, for alpha and omega where pupils of a school are alike (ICC above .05).

    Each school's answers are taken from its own means: sum of (cross - s s'/n), with as many degrees of freedom less as
    there are schools, so `covariance` divides by n - K.
    """
    held = [school for school in schools if school.n]
    if not held:
        raise ValueError("no school has complete rows")
    cross = sum((s.cross - np.outer(s.sums, s.sums) / s.n for s in held), np.zeros_like(held[0].cross))
    return Products(sum(s.n for s in held) - len(held) + 1, np.zeros_like(held[0].sums), cross)


def products(answers: ArrayLike) -> Products:
    """Cross products of the complete rows of points, shape (n, k)."""
    matrix = np.asarray(answers, float)
    complete = matrix[np.isfinite(matrix).all(1)]
    return Products(len(complete), complete.sum(0), complete.T @ complete)


@dataclass(frozen=True, slots=True)
class Alpha:
    """Cronbach's alpha with Feldt's interval, and what each item does for it."""

    alpha: float
    interval: Interval
    standardised: float
    if_dropped: tuple[float | None, ...]
    item_rest: tuple[float | None, ...]
    n: int
    items: int


def alpha(answers: ArrayLike | Products, level: float = 0.95) -> Alpha | None:
    """Cronbach's alpha, k/(k - 1)(1 - tr C/sum C), and Feldt's (1965) interval.

    Parameters
    ----------
    answers : points, shape (n, k); or sums of several schools. At least three items (two: Spearman-Brown).

    Returns
    -------
    None below three complete rows, or where an item or the sum does not vary.
    """
    held = answers if isinstance(answers, Products) else products(answers)
    k = len(held.sums)
    if k < 3:
        raise ValueError(f"{k} items: alpha asks for three")
    c = _varying(held)
    if c is None:
        return None
    spread = np.sqrt(np.diag(c))
    value, standardised = _alpha(c), _alpha(c / np.outer(spread, spread))
    if value is None or standardised is None:
        return None
    df1, df2, tail = held.n - 1, (held.n - 1) * (k - 1), (1 - level) / 2
    low, high = (1 - (1 - value) * float(fdtri(df1, df2, end)) for end in (1 - tail, tail))
    dropped = tuple(_alpha(np.delete(np.delete(c, i, 0), i, 1)) for i in range(k))
    rest = tuple(_item_rest(c, i) for i in range(k))
    return Alpha(value, Interval(low, high, level), standardised, dropped, rest, held.n, k)


def _varying(held: Products) -> Floats | None:
    """The covariance matrix, where there are three rows and every item varies beyond rounding."""
    if held.n < 3:
        return None
    c = held.covariance
    return c if np.all(np.diag(c) > 1e-12 * np.diag(held.cross) / held.n) else None


def _alpha(c: Floats) -> float | None:
    """None where items cancel, so that their sum does not vary."""
    k, spread = len(c), float(c.sum())
    return float(k / (k - 1) * (1 - np.trace(c) / spread)) if spread > 1e-12 * np.trace(c) else None


def _item_rest(c: Floats, i: int) -> float | None:
    others = np.delete(np.arange(len(c)), i)
    variance = c[np.ix_(others, others)].sum()
    return float(c[i, others].sum() / sqrt(c[i, i] * variance)) if variance > 0 else None


def spearman_brown(r: float, times: float = 2.0) -> float:
    """Reliability of a scale `times` as long: for two items, from their correlation."""
    if 1 + (times - 1) * r <= 0:
        raise ValueError(f"a correlation of {r} says nothing of a scale {times:g} times as long")
    return times * r / (1 + (times - 1) * r)


@dataclass(frozen=True, slots=True)
class Omega:
    """McDonald's omega, of the variance the one-factor model implies, with its loadings and residual variances."""

    omega: float
    loadings: tuple[float, ...]
    residuals: tuple[float, ...]
    n: int

    @property
    def may_be_shown(self) -> bool:
        """From 100 complete rows and four items."""
        return self.n >= FEWEST_FOR_OMEGA and len(self.loadings) >= FEWEST_ITEMS_FOR_OMEGA


def omega(answers: ArrayLike | Products) -> Omega | None:
    """(sum loadings)^2/((sum loadings)^2 + sum residuals) of a one-factor maximum-likelihood fit.

    None where the items do not vary, or where one of them follows from the others (two that agree in everybody, fewer
    people than items): then there is nothing to fit.

    Notes
    -----
    Joreskog's profile likelihood: given residual variances t, the best loadings come from the largest eigenvalue of
    C standardised by sqrt(t); minimised over log t by L-BFGS on the covariance matrix.
    """
    held = answers if isinstance(answers, Products) else products(answers)
    if len(held.sums) < 3:
        raise ValueError(f"{len(held.sums)} items: one factor asks for three")
    varying = _varying(held)
    if varying is None:
        return None
    c = varying * (held.n - 1) / held.n  # maximum likelihood divides by n
    spread = np.sqrt(np.diag(c))
    r = c / np.outer(spread, spread)
    if float(np.linalg.eigvalsh(r)[0]) < 1e-9:
        return None
    start = np.log(1 / np.diag(np.linalg.inv(r)))
    tight = {"maxiter": 5000, "ftol": 1e-15, "gtol": 1e-10}
    found = minimize(
        _profile, start, args=(r,), jac=True, method="L-BFGS-B", bounds=[(-12.0, 0.0)] * len(r), options=tight
    )
    unique = np.exp(found.x)
    loadings = _loadings(unique, r) * spread
    if loadings.sum() < 0:
        loadings = -loadings
    residuals = unique * spread**2
    common = loadings.sum() ** 2
    return Omega(
        float(common / (common + residuals.sum())), tuple(loadings.tolist()), tuple(residuals.tolist()), held.n
    )


def _profile(log_unique: Floats, r: Floats) -> tuple[float, Floats]:
    """Minus twice the profile log likelihood (up to constants) and its gradient in log t."""
    unique = np.exp(log_unique)
    scale = 1 / np.sqrt(unique)
    values = np.linalg.eigvalsh(r * np.outer(scale, scale))
    rest = values[:-1]
    loadings = _loadings(unique, r)
    implied = np.outer(loadings, loadings) + np.diag(unique)
    inverse = np.linalg.inv(implied)
    gradient = np.diag(inverse @ (implied - r) @ inverse) * unique
    return float((rest - np.log(rest) - 1).sum()), gradient


def _loadings(unique: Floats, r: Floats) -> Floats:
    scale = np.sqrt(unique)
    values, vectors = np.linalg.eigh(r / np.outer(scale, scale))
    return np.asarray(scale * vectors[:, -1] * sqrt(max(0.0, values[-1] - 1)), dtype=np.float64)


def measurement_error(sd: float, reliability: float) -> float:
    """Standard error of measurement, sd sqrt(1 - r)."""
    if sd < 0 or not 0 <= reliability <= 1:
        raise ValueError(f"sd {sd}, reliability {reliability}")
    return sd * sqrt(1 - reliability)


def detectable_change(sd: float, reliability: float, level: float = 0.95) -> float:
    """Minimal detectable change, z sqrt(2) SEM; z is 1.96 at 95%, as it is printed, else the exact quantile."""
    z = 1.96 if level == 0.95 else quantile(level)
    return z * sqrt(2) * measurement_error(sd, reliability)
