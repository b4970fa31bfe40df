"""The attacker's whole arithmetic: everything released about an item, solved together.

`attacker` looks at one breakdown at a time. But breakdowns share their total, and a table of moves shares its margins
with both waves, so what one leaves open another may close. Here all of it becomes one integer programme: unknown people
of each group and wave, tied by what was printed. For those that no released figure covers (the people in no shown group,
the people who could not be paired) the lowest and highest numbers that fit are found; less than five apart, and the gate
takes back what gave them away.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from analysis.attacker import FEASIBLE, PHRASES
from analysis.exact import PEOPLE, Exact, Rules
from analysis.results import Breakdown, Moves, Row, Share

MOST = 10_000_000  # people; more than any release holds

Cells = tuple[int, int]  # columns of those who agreed, and of the others
Terms = dict[int, float]


@dataclass
class Unknowns:
    """Whole-number unknowns, at least nought, and linear ties between them."""

    size: int = 0
    rows: list[tuple[Terms, float, float]] = field(default_factory=list)

    def cells(self) -> Cells:
        """Two new unknowns: agreed and other."""
        self.size += 2
        return self.size - 2, self.size - 1

    def tie(self, terms: Terms, low: float, high: float) -> None:
        """low <= sum of terms <= high."""
        self.rows.append((terms, low, high))

    def adds_up(self, whole: Cells, parts: list[Cells]) -> None:
        """The parts make up the whole, those who agreed and the others."""
        for side in (0, 1):
            self.tie({whole[side]: 1.0} | {part[side]: -1.0 for part in parts}, 0, 0)

    def looks_like(self, cells: Cells, share: Share, rules: Rules, cell: int) -> None:
        """What was printed of these people: the base to the nearest five, and the percentage or the words."""
        yes, other = cells
        least = rules.people if share.words else rules.percentages
        most = rules.percentages - 1 if share.words else share.base + 2
        self.tie({yes: 1.0, other: 1.0}, max(least, share.base - 2), min(most, share.base + 2))
        low, high = _printed(share)
        self.tie({yes: 1 - low, other: -low}, 0, np.inf)
        self.tie({yes: 1 - high, other: -high}, -np.inf, 0)
        if cell:
            self.tie({yes: 1.0}, cell, np.inf)
            self.tie({other: 1.0}, cell, np.inf)

    def spread(self, terms: Terms) -> int:
        """Highest minus lowest whole number that the sum of terms can be."""
        cost = np.zeros(self.size)
        cost[list(terms)] = list(terms.values())
        ends = [self._least(sign * cost) for sign in (1, -1)]
        return -ends[1] - ends[0]

    def _least(self, cost: NDArray[np.float64]) -> int:
        found = milp(cost, constraints=self._constraints(), integrality=1, bounds=Bounds(0, MOST))
        if found.x is None:
            raise ValueError("what was released does not fit together")
        return round(float(found.fun))

    def _constraints(self) -> LinearConstraint:
        matrix = np.zeros((len(self.rows), self.size))
        for i, (terms, _, _) in enumerate(self.rows):
            matrix[i, list(terms)] = list(terms.values())
        return LinearConstraint(matrix, [low for _, low, _ in self.rows], [high for _, _, high in self.rows])


def _printed(share: Share) -> tuple[float, float]:
    """The shares that print like this one."""
    if share.words:
        place = PHRASES.index(share.words)
        return max(0.0, (2 * place - 1) / 8), min(1.0, (2 * place + 1) / 8)
    percent = float(share.percent or 0)
    if share.bound:
        return (0.0, percent / 100) if share.bound == "under" else (percent / 100, 1.0)
    return max(0.0, percent - 0.5) / 100, min(100.0, percent + 0.5) / 100


def leaks(exact: Exact, row: Row, rules: Rules) -> tuple[str, ...]:
    """Which parts of a row give somebody away: "moves", or names of breakdowns; empty where five values are left to all.

    A row with one breakdown at most, and no table of moves that tells of the margins, is `attacker`'s business alone.
    """
    shown = [one for one in row.breakdowns if isinstance(one, Breakdown)]
    moves = row.moves if isinstance(row.moves, Moves) and exact.pairs is not None and exact.pairs.is_agreed else None
    if len(shown) + (moves is not None) < 2:
        return ()
    unknowns = Unknowns()
    cell = rules.cell if exact.sensitive else 0
    totals: dict[str, Cells] = {}
    secret: list[tuple[str, Cells]] = []
    for wave in ("before", "after"):
        share = getattr(row, wave)
        if not isinstance(share, Share):
            continue
        totals[wave] = unknowns.cells()
        unknowns.looks_like(totals[wave], share, rules, cell)
        secret += [
            (breakdown.name, left)
            for breakdown in shown
            if (left := _left_over(unknowns, totals[wave], breakdown, wave, exact, rules, cell)) is not None
        ]
    if moves is not None and len(totals) == 2:
        secret += [("moves", alone) for alone in _unpaired(unknowns, totals, moves, exact, rules)]
    return _given_away(unknowns, secret)


def _given_away(unknowns: Unknowns, secret: list[tuple[str, Cells]]) -> tuple[str, ...]:
    found: list[str] = []
    for name, cells in secret:
        if name not in found and any(unknowns.spread({one: 1.0}) < FEASIBLE - 1 for one in cells):
            found.append(name)
    return tuple(found)


def _left_over(
    unknowns: Unknowns, total: Cells, breakdown: Breakdown, wave: str, exact: Exact, rules: Rules, cell: int
) -> Cells | None:
    """Unknowns for the people in none of the shown groups; returned where they are few or somebody was dropped."""
    parts = []
    for _, group in breakdown.groups:
        share = getattr(group, wave)
        if isinstance(share, Share):
            parts.append(unknowns.cells())
            unknowns.looks_like(parts[-1], share, rules, cell)
    left = unknowns.cells()
    unknowns.adds_up(total, [*parts, left])
    groups = exact.breakdowns[breakdown.name]
    held = sum(getattr(groups[key], wave).base for key, _ in breakdown.groups)
    people = getattr(exact, wave).base - held
    return left if breakdown.some_too_small or 0 < people < PEOPLE else None


def _unpaired(unknowns: Unknowns, totals: dict[str, Cells], moves: Moves, exact: Exact, rules: Rules) -> list[Cells]:
    """Ties the moves to both waves; returns the unknowns of those in one wave only, where they are one to nine."""
    stayed, moved = unknowns.cells(), unknowns.cells()  # (yes-yes, no-no), (yes-no = down, no-yes = up)
    alone = {wave: unknowns.cells() for wave in ("before", "after")}
    unknowns.adds_up(totals["before"], [stayed, moved, alone["before"]])
    unknowns.adds_up(totals["after"], [stayed, (moved[1], moved[0]), alone["after"]])
    everyone = {column: 1.0 for column in (*stayed, *moved)}
    unknowns.tie(everyone, max(rules.people, moves.base - 2), moves.base + 2)
    for percent, column in ((moves.down, moved[0]), (moves.up, moved[1])):
        if percent is not None:
            low, high = max(0.0, percent - 0.5) / 100, (percent + 0.5) / 100
            unknowns.tie({one: float(one == column) - low for one in everyone}, 0, np.inf)
            unknowns.tie({one: float(one == column) - high for one in everyone}, -np.inf, 0)
    pairs, counts = exact.pairs, (exact.before, exact.after)
    paired = 0 if pairs is None else pairs.up + pairs.same + pairs.down
    people = [0 if count is None else count.base - paired for count in counts]
    return [alone[wave] for wave, n in zip(alone, people, strict=True) if 0 < n < PEOPLE]
