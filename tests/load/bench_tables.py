"""How long a million responses of twelve items take to count, pair and measure by 130 schools. Printed, never asserted."""

from time import perf_counter

import numpy as np

from analysis.change import share_differences
from analysis.clustering import cr2_mean
from analysis.tables import frequencies, moves, pair, shares, transitions

PEOPLE, ITEMS, SCHOOLS, OPTIONS = 500_000, 12, 130, 5


def simulated(seed: int = 1) -> tuple[np.ndarray, ...]:
    """Codes, schools and keys of everybody before and after; 80% of the keys occur in both."""
    draw = np.random.default_rng(seed)
    before = draw.integers(0, OPTIONS, (PEOPLE, ITEMS), dtype=np.uint8)
    after = draw.integers(0, OPTIONS, (PEOPLE, ITEMS), dtype=np.uint8)
    schools = draw.integers(0, SCHOOLS, PEOPLE)
    keys = draw.integers(0, 256, (2 * PEOPLE, 16), dtype=np.uint8)
    shift = PEOPLE // 5
    order = draw.permutation(PEOPLE)
    return before, after, schools, keys[:PEOPLE], keys[shift : shift + PEOPLE][order], np.roll(schools, -shift)[order]


def main() -> None:
    before, after, schools, keys_before, keys_after, schools_after = simulated()
    agreed, counted = np.zeros((ITEMS, 256), bool), np.zeros((ITEMS, 256), bool)
    agreed[:, 3:5], counted[:, :5] = True, True
    lookup = np.tile(np.arange(256, dtype=np.uint8), (ITEMS, 1))
    start = last = perf_counter()

    def lap(what: str) -> None:
        nonlocal last
        now = perf_counter()
        print(f"{what:<44}{1000 * (now - last):8.0f} ms")
        last = now

    tables = [frequencies(before, schools, SCHOOLS), frequencies(after, schools_after, SCHOOLS)]
    lap("frequencies, both waves, all items, by school")
    pairs = pair(keys_before, keys_after)
    lap(f"pairing by 16-byte keys ({len(pairs.before):,} pairs)")
    first, second = before[pairs.before], after[pairs.after]
    lap("pairs side by side")
    square = transitions(first, second, schools[pairs.before], SCHOOLS, lookup, OPTIONS)
    lap("before-after tables, all items, by school")
    (s0, n0), (s1, n1) = (shares(table, agreed, counted) for table in tables)
    share_differences(s0, n0, s1, n1)
    moved = moves(square)
    cr2_mean(moved[..., 0] - moved[..., 2], moved.sum(-1))
    lap("shares, changes and moves with CR2 intervals")
    print(f"{'together':<44}{1000 * (perf_counter() - start):8.0f} ms for {2 * PEOPLE:,} responses x {ITEMS} items")


if __name__ == "__main__":
    main()
