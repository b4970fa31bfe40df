"""How long the measures, the gate and a chart take, beside the bars there are. Printed, never asserted."""

import math
from time import perf_counter

import numpy as np

from analysis.change import net_improvement, share_difference, share_differences, tango
from analysis.disclosure import release_item
from analysis.exact import Count, Exact, Pairs
from analysis.ordinal import (
    bhapkar,
    bowker,
    limits,
    mean_score_change,
    probability_of_improvement,
    sign_test,
    signed_rank,
    stuart_maxwell,
    typical_change,
)
from analysis.tables import moves
from tests.analysis.kinds import CHARTS, drawing
from tests.load.figures import Figure

TABLE = np.array(
    [[20, 33, 13, 5, 1], [12, 158, 98, 14, 6], [8, 162, 949, 252, 20], [4, 48, 373, 369, 41], [0, 3, 21, 40, 60]]
)
ITEMS, SCHOOLS, BREAKDOWNS, GROUPS = 40, 130, 4, 5


def timed(what: str, act: object, times: int, bar: float = math.nan) -> None:
    """Print the best of so many times: what it costs when the machine does nothing else."""
    took = []
    for _ in range(times):
        start = perf_counter()
        act()  # type: ignore[operator]
        took.append(perf_counter() - start)
    print(Figure(what, 1000 * min(took), "ms", bar))


def one_item() -> None:
    """Every measure of a paired 5-option item, from its table."""
    up, same, down = (int(n) for n in moves(TABLE))
    net_improvement(up, same, down)
    sign_test(up, down)
    for zeros in ("pratt", "wilcoxon"):
        signed_rank(TABLE, zeros)  # type: ignore[arg-type]
    for measure in (
        probability_of_improvement,
        mean_score_change,
        typical_change,
        stuart_maxwell,
        bhapkar,
        bowker,
        limits,
    ):
        measure(TABLE)  # type: ignore[operator]


def a_release(people: int, seed: int = 3) -> list[Exact]:
    """Exact figures of 40 items with four breakdowns of five groups each, one group of each small."""
    draw = np.random.default_rng(seed)
    found = []
    for item in range(ITEMS):
        agrees = {"before": draw.random(people) < 0.4, "after": draw.random(people) < 0.6}
        groups = {}
        for about in range(BREAKDOWNS):
            group = draw.choice(GROUPS + 1, people, p=[0.3, 0.28, 0.2, 0.196, 0.004, 0.02])  # the last gave no answer
            groups[f"about {about}"] = {
                f"group {g}": Exact(
                    "g", *(Count(int(yes[group == g].sum()), int((group == g).sum())) for yes in agrees.values())
                )
                for g in range(GROUPS)
            }
        before, after = agrees.values()
        paired = draw.random(people) < 0.8
        up, down = int((~before & after & paired).sum()), int((before & ~after & paired).sum())
        alone = int((~paired).sum())
        pairs = Pairs(up, int(paired.sum()) - up - down, down, alone, alone, is_agreed=True)
        totals = (Count(int(yes.sum()), people) for yes in agrees.values())
        found.append(Exact(f"item {item}", *totals, pairs=pairs, breakdowns=groups))
    return found


def main() -> None:
    draw = np.random.default_rng(1)
    n = draw.integers(20, 200, (ITEMS, SCHOOLS))
    before, after = draw.binomial(n, 0.4), draw.binomial(n, 0.6)
    timed("all measures of one paired 5-option item, from its table", one_item, 200, bar=1)
    timed("Tango's interval", lambda: tango(120, 340, 1000), 500)
    timed("40 items x 130 schools, CR2 together", lambda: share_differences(before, n, after, n), 50, bar=50)
    each = [(before[i], n[i], after[i], n[i]) for i in range(ITEMS)]
    one_by_one = "40 items x 130 schools, CR2 one by one with intervals"
    timed(one_by_one, lambda: [share_difference(*one) for one in each], 10, bar=50)
    for people in (300, 13_825, 500_000):
        exact = a_release(people)
        timed(
            f"the gate with its audit: 40 items, 4 breakdowns, {people:,} people",
            lambda one=exact: [release_item(e) for e in one],
            1,
        )
    for kind in CHARTS:
        for size in ("wide", "narrow"):
            drawing(kind, size)
            timed(f"a chart, warm: {kind}, {size}", lambda k=kind, w=size: drawing(k, w), 10, bar=150)
    timed("the same as a PNG: differences, wide", lambda: drawing("differences", "wide", "png"), 3)


if __name__ == "__main__":
    main()
