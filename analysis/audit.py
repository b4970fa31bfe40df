"""The attacker's whole arithmetic: everything released about an item, taken together.

`attacker` looks at one breakdown at a time. But breakdowns share their total, and a table of moves shares its margins
with both waves, so what one leaves open another may close. Here the total is held against every breakdown at once, and
the moves and margins become one integer programme: unknown people tied by what was printed. For those that no released
figure covers (the people in no shown group, the people in one wave only) less than five feasible values are too few, and
the gate takes back what gave them away.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from analysis.attacker import FEASIBLE, PHRASES, Ranges, possible, remainder_is_safe, summed, within
from analysis.exact import PEOPLE, Exact, Rules
from analysis.results import Breakdown, Moves, Row, Share

MOST = 10_000_000  # people; more than any release holds

ROOM = 6  # people by which fractions of people may overstate the room that one printed group leaves
SLACK = 1e-6

Cells = tuple[int, int]  # columns of those who agreed, and of the others
Terms = dict[int, float]


@dataclass
class Unknowns:
    """Whole-number unknowns, at least nought, and linear ties between them."""

    size: int = 0
    rows: list[tuple[Terms, float, float]] = field(default_factory=list)
    printed: int = 0

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
        self.printed += 1
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

    def leaves(self, cells: Cells, feasible: int) -> bool:
        """Whether both numbers of a cell may be so many different ones.

        Fractions of people are tried first: they never have less room than whole ones, and more by at most `ROOM` for
        each group that was printed. Only in between are whole numbers worth their time.
        """
        room = feasible - 1 + ROOM * self.printed
        for one in cells:
            loose = self.spread({one: 1.0}, whole=False)
            if loose < feasible - 1 or (loose < room and self.spread({one: 1.0}) < feasible - 1):
                return False
        return True

    def spread(self, terms: Terms, whole: bool = True) -> float:
        """Highest minus lowest that the sum of terms can be."""
        cost = np.zeros(self.size)
        cost[list(terms)] = list(terms.values())
        tied = self._constraints()
        found = [
            milp(sign * cost, constraints=tied, integrality=int(whole), bounds=Bounds(0, MOST)) for sign in (1, -1)
        ]
        if any(one.x is None for one in found):
            raise ValueError("what was released does not fit together")
        apart = -float(found[1].fun) - float(found[0].fun)
        return round(apart) if whole else apart + SLACK

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

    Breakdowns are tied by their total alone, so what each leaves of it is met with what the others leave, exactly. A
    table of moves that tells of both margins is solved with them in whole numbers.
    """
    shown = [one for one in row.breakdowns if isinstance(one, Breakdown)]
    found = {name for wave in ("before", "after") for name in _given_away(exact, row, shown, wave, rules)}
    if isinstance(row.moves, Moves) and exact.pairs is not None and exact.pairs.is_agreed:
        found |= {"moves"} if _moves_leak(exact, row, row.moves, rules) else set()
    return tuple(sorted(found))


def _given_away(exact: Exact, row: Row, shown: list[Breakdown], wave: str, rules: Rules) -> list[str]:
    """Breakdowns whose left-over people lose their room once all breakdowns are held against the same total."""
    share = getattr(row, wave)
    if not isinstance(share, Share) or len(shown) < 2:
        return []
    cell = rules.cell if exact.sensitive else 0

    def ranges(one: Share) -> Ranges:
        return possible(one, rules.people, rules.percentages, cell)

    total = summed([ranges(share)])
    sums = [summed([ranges(getattr(group, wave)) for _, group in one.groups]) for one in shown]
    for held in sums:
        total = within(total, held)
    return [
        one.name
        for one, held in zip(shown, sums, strict=True)
        if _has_secret(exact, one, wave) and not remainder_is_safe(total, held)
    ]


def _has_secret(exact: Exact, shown: Breakdown, wave: str) -> bool:
    """Whether somebody was dropped, or the people in no group are few."""
    groups = exact.breakdowns[shown.name]
    held = sum(getattr(groups[key], wave).base for key, _ in shown.groups)
    return shown.some_too_small or 0 < getattr(exact, wave).base - held < PEOPLE


def _moves_leak(exact: Exact, row: Row, moves: Moves, rules: Rules) -> bool:
    """Whether both margins and the moves leave too little room for the few who are in one of the waves only."""
    unknowns, totals = Unknowns(), {}
    for wave in ("before", "after"):
        share = getattr(row, wave)
        if not isinstance(share, Share):
            return False
        totals[wave] = unknowns.cells()
        unknowns.looks_like(totals[wave], share, rules, rules.cell if exact.sensitive else 0)
    alone = _unpaired(unknowns, totals, moves, exact, rules)
    return any(not unknowns.leaves(cells, FEASIBLE) for cells in alone)


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
