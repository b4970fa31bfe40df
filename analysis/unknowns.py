"""Whole-number unknowns and the linear ties that printed figures put between them: the attacker's integer programme.

People nobody printed a figure of are columns; what was printed of some of them together is a tie. `spread` is how far a
sum of unknowns may still lie apart. A sum that cannot be settled within a bounded search counts as known: then the gate
takes back what it would have shown, so a table that is too hard to audit is never shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from analysis.attacker import FEASIBLE, PHRASES
from analysis.exact import CAP, Rules
from analysis.results import Share

MOST = 10_000_000  # people; more than any release holds
ROOM = 6  # people by which fractions of people may overstate the room that one printed figure leaves
SLACK = 1e-6
NODES = 2_000  # branches of one search; fixed, not timed, so that the same answers give the same release
LIMIT_REACHED = 1  # how milp says that it gave up

Columns = Sequence[int]
Terms = dict[int, float]


@dataclass
class Unknowns:
    """Unknowns of people, at least nought each, and what ties them."""

    size: int = 0
    rows: list[tuple[Terms, float, float]] = field(default_factory=list)
    printed: int = 0
    nodes: int = NODES

    def columns(self, count: int) -> list[int]:
        """So many new unknowns."""
        self.size += count
        return list(range(self.size - count, self.size))

    def tie(self, terms: Terms, low: float, high: float) -> None:
        """low <= sum of terms <= high."""
        self.rows.append((terms, low, high))

    def adds_up(self, whole: int, parts: Columns) -> None:
        """The parts make up the whole."""
        self.tie({whole: 1.0} | dict.fromkeys(parts, -1.0), 0, 0)

    def counts(self, whole: Columns, base: int, low: int, high: int) -> None:
        """How many they are: a base to the nearest five, within what the rules print."""
        self.tie(dict.fromkeys(whole, 1.0), max(low, base - 2), min(high, base + 2))

    def prints(self, part: Columns, whole: Columns, percent: int) -> None:
        """The part is `percent` of the whole, to the nearest whole number, halves up."""
        self._between(part, whole, 200, 2 * percent - 1, 2 * percent + 1)

    def looks_like(self, yes: Columns, other: Columns, share: Share, rules: Rules, cell: int) -> None:
        """What was printed of these people: the base to the nearest five, and the percentage, its bound or the words."""
        whole = [*yes, *other]
        if share.words:
            place = PHRASES.index(share.words)
            self.counts(whole, share.base, rules.people, rules.percentages - 1)
            self._between(yes, whole, 8, 2 * place - 1, 2 * place + 1 if place + 1 < len(PHRASES) else 9)
        else:
            self.counts(whole, share.base, rules.percentages, MOST)
            if share.bound == "over":
                self._between(other, whole, 100, 0, CAP)
            elif share.bound:
                self._between(yes, whole, 100, 0, CAP)
            else:
                self.prints(yes, whole, int(share.percent or 0))
        if cell:
            self.tie(dict.fromkeys(yes, 1.0), cell, np.inf)
            self.tie(dict.fromkeys(other, 1.0), cell, np.inf)

    def _between(self, part: Columns, whole: Columns, scale: int, low: int, high: int) -> None:
        """low / scale <= part / whole < high / scale, in whole numbers."""
        self.printed += 1
        inside = set(part)
        self.tie({one: scale * (one in inside) - float(low) for one in whole}, 0, np.inf)
        self.tie({one: scale * (one in inside) - float(high) for one in whole}, -np.inf, -1)

    def leaves(self, some: Columns, feasible: int = FEASIBLE) -> bool:
        """Whether there may be so many different numbers of these people.

        Fractions of people are tried first: they never have less room than whole ones, and more by at most `ROOM` for
        each figure that was printed. Only in between are whole numbers worth their time.
        """
        terms = dict.fromkeys(some, 1.0)
        loose = self.spread(terms, whole=False)
        if loose < feasible - 1:
            return False
        return loose >= feasible - 1 + ROOM * self.printed or self.spread(terms) >= feasible - 1

    def spread(self, terms: Terms, whole: bool = True) -> float:
        """Highest minus lowest that the sum of terms can be; nought where the search had to be given up.

        Raises
        ------
        ValueError
            When no people at all fit what was printed.
        """
        cost = np.zeros(self.size)
        cost[list(terms)] = list(terms.values())
        found = [self._best(sign * cost, whole=whole) for sign in (1, -1)]
        if any(one.status == LIMIT_REACHED for one in found):
            return 0
        if any(one.x is None for one in found):
            raise ValueError("what was released does not fit together")
        apart = -float(found[1].fun) - float(found[0].fun)
        return round(apart) if whole else apart + SLACK

    def _best(self, cost: np.ndarray, *, whole: bool) -> OptimizeResult:
        matrix = np.zeros((len(self.rows), self.size))
        for i, (terms, _, _) in enumerate(self.rows):
            matrix[i, list(terms)] = list(terms.values())
        tied = LinearConstraint(matrix, [low for _, low, _ in self.rows], [high for _, _, high in self.rows])
        options = {"node_limit": self.nodes}
        return milp(cost, constraints=tied, integrality=int(whole), bounds=Bounds(0, MOST), options=options)
