"""Schools or places of different size side by side, without ranks: funnel plots (Spiegelhalter 2005).

"Outside the funnel" means different from the others by more than chance usually gives, not bad. Dots carry no names; a
school sees its own. Under ten sites nothing is said of how much more than chance they differ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr, bdtrc, ndtri

Floats = NDArray[np.float64]

LEVELS = (0.95, 0.998)
FEWEST_SITES = 10
WINSORISED = 0.10


def exact_limits(n: int, target: float, level: float) -> tuple[float, float]:
    """Binomial limits for a share among n people, by interpolation between counts.

    r_p is the smallest r with F(r) >= p, a = (F(r_p) - p)/(F(r_p) - F(r_p - 1)), limit (r_p - a)/n, within 0 and 1.
    """
    if n < 1 or not 0 < target < 1 or not 0 < level < 1:
        raise ValueError(f"{n} people at a target of {target}, level {level}")
    tail = (1 - level) / 2
    return max(0.0, _limit(n, target, tail)), min(1.0, _limit(n, target, 1 - tail))


def _limit(n: int, target: float, p: float) -> float:
    cumulative = np.asarray(bdtr(np.arange(n + 1), n, target), float)
    r = int(np.searchsorted(cumulative, p))
    below = cumulative[r - 1] if r else 0.0
    return float((r - (cumulative[r] - p) / (cumulative[r] - below)) / n)


@dataclass(frozen=True, slots=True)
class Overdispersion:
    """How much more than chance sites differ. `phi` is the winsorised mean square of z, `tau2` the spread between sites
    on the arcsine scale; both None under ten sites."""

    z: tuple[float, ...]
    winsorised: tuple[float, ...]
    phi: float | None
    tau2: float | None


def overdispersion(counts: ArrayLike, sizes: ArrayLike, target: float | None = None) -> Overdispersion:
    """Arcsine z of each site, winsorised at 10%, and the additive variance between sites.

    Parameters
    ----------
    counts, sizes : shape (sites,)
    target : the share sites are held against; that of everybody if None

    Notes
    -----
    z = 2 sqrt(n) (asin sqrt p - asin sqrt t); phi = mean z^2; tau2 = (I phi - (I - 1))/(sum w - sum w^2/sum w), w = 4 n,
    where I phi > I - 1, else 0.
    """
    x, n, share = _sites(counts, sizes, target)
    z = 2 * np.sqrt(n) * (np.arcsin(np.sqrt(x / n)) - np.arcsin(np.sqrt(share)))
    low, high = np.quantile(z, [WINSORISED, 1 - WINSORISED])
    cut = np.clip(z, low, high)
    sites = len(x)
    if sites < FEWEST_SITES:
        return Overdispersion(tuple(z.tolist()), tuple(cut.tolist()), None, None)
    phi = float((cut**2).mean())
    return Overdispersion(tuple(z.tolist()), tuple(cut.tolist()), phi, additive(sites * phi, n))


def additive(square: float, n: Floats) -> float:
    """Variance between sites from a sum of squared z: (Q - (I - 1))/(sum w - sum w^2/sum w), at least 0."""
    w = 4 * n
    return max(0.0, float((square - (len(n) - 1)) / (w.sum() - (w**2).sum() / w.sum())))


def wide_limits(n: int, target: float, level: float, tau2: float) -> tuple[float, float]:
    """Limits that allow for the spread between sites: sin^2(asin sqrt t -+ z sqrt(1/(4 n) + tau2))."""
    centre = float(np.arcsin(np.sqrt(target)))
    reach = float(ndtri((1 + level) / 2)) * (1 / (4 * n) + tau2) ** 0.5
    low, high = max(0.0, centre - reach), min(np.pi / 2, centre + reach)
    return float(np.sin(low) ** 2), float(np.sin(high) ** 2)


@dataclass(frozen=True, slots=True)
class Funnel:
    """Limits at each size of site, and which sites are outside the outer ones. No names, no ranks.

    Where limits are exact, outside means that chance gives as few, or as many, in fewer than 1 of 1,000 sites: the smooth
    upper limit that is drawn lies up to one person below that, the lower one does not.
    """

    target: float
    sizes: tuple[int, ...]
    limits: tuple[tuple[tuple[float, float], ...], ...]  # [level][site]
    outside: tuple[bool, ...]
    tau2: float | None


def funnel(counts: ArrayLike, sizes: ArrayLike, target: float | None = None) -> Funnel | None:
    """The funnel of some sites: exact limits, or wider ones where sites differ by more than chance.

    None without sites, or where nobody or everybody everywhere is counted: there is nothing to differ from.
    """
    if not np.size(counts) or (target is None and np.sum(counts) in (0, np.sum(sizes))):
        _counted(counts, sizes)
        return None
    x, n, share = _sites(counts, sizes, target)
    tau2 = overdispersion(x, n, share).tau2
    limits = tuple(
        tuple(wide_limits(int(one), share, level, tau2) if tau2 else exact_limits(int(one), share, level) for one in n)
        for level in LEVELS
    )
    if tau2:
        outer = np.array(limits[-1])
        outside = (x / n < outer[:, 0]) | (x / n > outer[:, 1])
    else:
        people = n.astype(int)
        above = np.where(x > 0, bdtrc(np.maximum(x - 1, 0), people, share), 1.0)
        outside = np.minimum(bdtr(x, people, share), above) < (1 - LEVELS[-1]) / 2
    return Funnel(share, tuple(int(one) for one in n), limits, tuple(bool(one) for one in outside), tau2)


def _counted(counts: ArrayLike, sizes: ArrayLike) -> tuple[Floats, Floats]:
    x, n = np.asarray(counts, float), np.asarray(sizes, float)
    if x.shape != n.shape or x.ndim != 1 or np.any(n < 1) or np.any(x < 0) or np.any(x > n):
        raise ValueError(f"counts {x.tolist()} of {n.tolist()}")
    return x, n


def _sites(counts: ArrayLike, sizes: ArrayLike, target: float | None) -> tuple[Floats, Floats, float]:
    x, n = _counted(counts, sizes)
    if not x.size:
        raise ValueError("no sites")
    share = float(x.sum() / n.sum()) if target is None else target
    if not 0 < share < 1:
        raise ValueError(f"a target of {share} leaves nothing to differ from")
    return x, n, share
