"""Comparison arms: what changed in the schools visited, against schools that were still waiting.

Two kinds (CARE E1, design `waiting`). Waiting schools that answered twice give a difference in differences: how much
more the visited schools changed than the waiting ones did in the same weeks. Later schools that answered before their
own visit, in the fortnight in which visited schools answered after theirs, give a difference at one time. Schools are
the clusters in both, and the arms have none in common. Both baselines always come along: arms that started apart are
seen to have. Causal words are for an order that was drawn by chance; every result says whether it was.

The `split` design needs nothing of its own: before and after are answered by different classes or pupils of the same
schools, which is `change.share_difference(..., design="split")`, for a drawn sample of schools as for all of them (no
finite population: the question is what to expect from other schools).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import hypot

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.change import share_difference, within
from analysis.clustering import difference_in_changes
from analysis.proportions import clustered_share, newcombe_unpaired
from analysis.results import Estimate, Interval

Counts = tuple[ArrayLike, ArrayLike]  # how many gave the agreed answer, and the base, in each school: shape (K,) each


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the arms differ by, and what it rests on.

    Attributes
    ----------
    difference : visited minus waiting, with the note "order_by_chance" or "order_not_by_chance"
    baseline : visited minus waiting before anybody was visited
    visited, waiting : the share before and the share after in each arm; `waiting[1]` is None for later schools
    """

    difference: Estimate
    baseline: Estimate
    visited: tuple[Estimate, Estimate]
    waiting: tuple[Estimate, Estimate | None]


def difference_in_differences(
    visited: tuple[Counts, Counts], waiting: tuple[Counts, Counts], by_chance: bool, level: float = 0.95
) -> Comparison:
    """Change in the share of the visited schools minus that of the waiting ones, schools as clusters.

    Parameters
    ----------
    visited, waiting : (before, after), each the agreed answers and bases of that arm's schools, shape (K,) each. The
        two arms' schools are different ones and need not be equally many; a school without answers in a wave has 0, 0.
    by_chance : whether the order of visits was drawn by chance

    Notes
    -----
    (after - before) - (after - before) over the four pooled shares; CR2 and Satterthwaite in closed form
    (`clustering.cr2_contrast` with the signs -1, 1, 1, -1). No interval below four schools in any of the four cells.
    Where all schools of each cell agree exactly, two Newcombe intervals joined by squares stand in ("no_variation").

    References
    ----------
    Bell & McCaffrey (2002), Survey Methodology 28:169. Zou & Donner (2008), Statistics in Medicine 27:1693, for the
    joined intervals.
    """
    sums, n = (_apart([one[part] for one in visited], [one[part] for one in waiting]) for part in (0, 1))
    found = difference_in_changes(sums, n, level, "waiting", (_order(by_chance),))
    if "no_variation" in found.notes:
        outer, inner = (_joined(sums.sum(1), n.sum(1), one) for one in (level, 0.90))
        found = replace(found, interval=outer, inner=inner, method="newcombe")
    return Comparison(
        within(found, 2.0),
        _between(visited[0], waiting[0], level, "baseline"),
        (_share(visited[0], level), _share(visited[1], level)),
        (_share(waiting[0], level), _share(waiting[1], level)),
    )


def difference_from_later_schools(
    visited: tuple[Counts, Counts], later_before: Counts, by_chance: bool, level: float = 0.95
) -> Comparison:
    """After answers of visited schools minus before answers that later schools gave in the same fortnight.

    Parameters
    ----------
    visited : (before, after), the agreed answers and bases of the visited schools, shape (K,) each
    later_before : the same of the schools still to be visited: only answers of that fortnight belong here
    by_chance : whether the order of visits was drawn by chance
    """
    found = _between(visited[1], later_before, level, "waiting")
    return Comparison(
        replace(found, notes=(_order(by_chance), *found.notes)),
        _between(visited[0], later_before, level, "baseline"),
        (_share(visited[0], level), _share(visited[1], level)),
        (_share(later_before, level), None),
    )


def linked_at_baseline(linked: Counts, unlinked: Counts, level: float = 0.95) -> Estimate:
    """Share before of those who could be linked minus that of those who could not, in the same schools.

    Parameters
    ----------
    linked, unlinked : the agreed answers before and the bases, shape (K,) each, aligned by school

    Notes
    -----
    Those who cannot be linked differ (Grube 1989), so every report with links shows this. `overlap.linkage` asks whether
    the two are alike: that is for its caller to decide from the interval against the smallest change worth having.
    """
    return share_difference(*unlinked, *linked, level=level, design="baseline")


def _between(first: Counts, second: Counts, level: float, design: str) -> Estimate:
    """First minus second arm at one time."""
    sums, n = (_apart([first[part]], [second[part]]) for part in (0, 1))
    return share_difference(sums[1], n[1], sums[0], n[0], level, design)


def _share(cell: Counts, level: float) -> Estimate:
    """The share of one arm at one time."""
    return clustered_share(*cell, level=level, design="waiting")


def _apart(first: list[ArrayLike], second: list[ArrayLike]) -> NDArray[np.float64]:
    """The cells of both arms as rows over the schools of both: nobody of one arm is in the other's schools."""
    one, other = np.array(first, float), np.array(second, float)
    return np.block([[one, np.zeros((len(one), other.shape[1]))], [np.zeros((len(other), one.shape[1])), other]])


def _joined(x: NDArray[np.float64], n: NDArray[np.float64], level: float) -> Interval:
    """Interval of the difference of two changes from the intervals of each (square and add)."""
    count, base = ([int(one) for one in part] for part in (x, n))
    changes = [count[i + 1] / base[i + 1] - count[i] / base[i] for i in (0, 2)]
    one, other = (newcombe_unpaired(count[i + 1], base[i + 1], count[i], base[i], level) for i in (0, 2))
    value = changes[0] - changes[1]
    low = value - hypot(changes[0] - one.low, other.high - changes[1])
    return Interval(low, value + hypot(one.high - changes[0], changes[1] - other.low), level)


def _order(by_chance: bool) -> str:
    return "order_by_chance" if by_chance else "order_not_by_chance"
