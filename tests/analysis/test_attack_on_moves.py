"""An attacker who solves the paired table: margins of both waves, up, same and down, all rounded, all in small groups.

He tries every (yes-yes, yes-no, no-yes, no-no) that prints like the release, and looks at those who answered the item in
one wave only. Where they are one to nine, both their yes and their no must keep five values.
"""

import random
from functools import cache

import pytest

from analysis import disclosure
from analysis.disclosure import release_item
from analysis.exact import Count, Exact, Pairs
from analysis.results import Moves, Row, Share


def rounded(x: int, n: int) -> int:
    return (200 * x + n) // (2 * n)


@cache
def margins(base: int, percent: int) -> list[tuple[int, int]]:
    """(agreed, other) that print so."""
    sizes = range(max(30, base - 2), base + 3)
    return [(x, n - x) for n in sizes for x in range(n + 1) if rounded(x, n) == percent]


def tables(moves: Moves) -> list[tuple[int, int, int, int]]:
    found = []
    for n in range(max(30, moves.base - 2), moves.base + 3):
        ups = [x for x in range(n + 1) if rounded(x, n) == moves.up]
        downs = [x for x in range(n + 1) if rounded(x, n) == moves.down]
        for up in ups:
            for down in downs:
                if up + down <= n and rounded(n - up - down, n) == moves.same:
                    found += [(yes, down, up, n - up - down - yes) for yes in range(n - up - down + 1)]
    return found


def left_in_one_wave(row: Row, moves: Moves) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """What those who answered before only, and after only, may have said: sets of (yes, no)."""
    assert isinstance(row.before, Share) and isinstance(row.after, Share)
    before, after = (margins(side.base, int(side.percent or 0)) for side in (row.before, row.after))
    first: set[tuple[int, int]] = set()
    second: set[tuple[int, int]] = set()
    for a, b, c, d in tables(moves):
        ones = {(yes - a - b, no - c - d) for yes, no in before if yes >= a + b and no >= c + d}
        others = {(yes - a - c, no - b - d) for yes, no in after if yes >= a + c and no >= b + d}
        if ones and others:
            first |= ones
            second |= others
    return first, second


def a_class(draw: random.Random) -> Exact:
    """Everybody could be paired, but some left the item blank in one of the waves."""
    people = draw.randint(32, 70)
    skip = draw.choice((0.02, 0.05, 0.1))
    tends = draw.random()
    answers = [tuple(None if draw.random() < skip else draw.random() < tends for _ in range(2)) for _ in range(people)]
    before, after = ([pair[wave] for pair in answers if pair[wave] is not None] for wave in range(2))
    both = [pair for pair in answers if None not in pair]
    up, down = both.count((False, True)), both.count((True, False))
    pairs = Pairs(up, len(both) - up - down, down, 0, 0, is_agreed=True)
    return Exact("k", Count(sum(map(bool, before)), len(before)), Count(sum(map(bool, after)), len(after)), pairs=pairs)


def gives_away(exact: Exact) -> bool | None:
    """Whether he wins; None where no moves were shown."""
    row = release_item(exact)
    moves, pairs = row.moves, exact.pairs
    if not isinstance(moves, Moves) or moves.up is None or pairs is None or exact.before is None or exact.after is None:
        return None
    paired = pairs.up + pairs.same + pairs.down
    people = (exact.before.base - paired, exact.after.base - paired)
    return any(
        0 < n < 10 and (len({yes for yes, _ in found}) < 5 or len({no for _, no in found}) < 5)
        for n, found in zip(people, left_in_one_wave(row, moves), strict=True)
    )


def test_moves_never_give_away_those_who_left_a_blank() -> None:
    draw = random.Random(20261120)
    results = [gives_away(a_class(draw)) for _ in range(120)]
    assert True not in results and results.count(False) >= 6


def test_moves_that_nobody_audits_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disclosure, "leaks", lambda *_: ())
    draw = random.Random(20261120)
    assert [gives_away(a_class(draw)) for _ in range(25)].count(True) > 3
