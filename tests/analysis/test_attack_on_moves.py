"""An attacker who solves the paired table: margins of both waves, up, same and down, all rounded, all in small groups.

He tries every (yes-yes, yes-no, no-yes, no-no) that prints like the release, and looks at those who answered the item in
one wave only. Where they are one to nine, both their yes and their no must keep five values. With all answers told as
well there are too many tables to try: there he solves an integer programme of his own.
"""

import random
from functools import cache

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from analysis import audit, disclosure
from analysis.disclosure import release_item
from analysis.exact import Count, Exact, Pairs
from analysis.results import Distribution, Moves, Row, Share


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
    results = [gives_away(a_class(draw)) for _ in range(50)]
    assert True not in results and results.count(False) >= 6


def test_moves_that_nobody_audits_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disclosure, "leaks", lambda *_: ())
    draw = random.Random(20261120)
    assert [gives_away(a_class(draw)) for _ in range(25)].count(True) > 3


KEYS = ("never", "seldom", "often", "always")
ORDERED = frozenset({"often", "always"})


def an_ordered_class(draw: random.Random) -> Exact:
    """Everybody could be paired, but a few left the item blank in one wave: four answers in rising order."""
    people, skip, few = draw.randint(32, 160), draw.choice((0.02, 0.04)), draw.random() < 0.5
    weights = [draw.choice((1, 4, 8)) if few else 4 for _ in KEYS]
    pupils = [
        [None if draw.random() < skip else draw.choices(range(4), weights)[0] for _ in "ab"] for _ in range(people)
    ]
    both = [(one, two) for one, two in pupils if one is not None and two is not None]
    up, down = sum(two > one for one, two in both), sum(two < one for one, two in both)

    def side(wave: int) -> Count:
        cells = [sum(pupil[wave] == place for pupil in pupils) for place in range(4)]
        return Count(cells[2] + cells[3], sum(cells), options=tuple(zip(KEYS, cells, strict=True)))

    pairs = Pairs(up, len(both) - up - down, down, 0, 0, places={key: place for place, key in enumerate(KEYS)})
    return Exact("k", side(0), side(1), pairs=pairs, sensitive=draw.random() < 0.4, agreed=ORDERED)


class Solver:
    """His own integer programme: the table of pairs (16 unknowns), then those alone before (4) and after (4)."""

    def __init__(self, row: Row, sensitive: bool) -> None:
        self.rows: list[np.ndarray] = []
        self.ends: list[tuple[float, float]] = []
        eye = np.eye(24)
        table = eye[:16].reshape(4, 4, 24)
        self.alone = {"before": eye[16:20], "after": eye[20:]}
        self.margin = {"before": table.sum(1) + eye[16:20], "after": table.sum(0) + eye[20:]}
        self.moved = {
            "up": sum(table[i, j] for i in range(4) for j in range(4) if j > i),
            "same": sum(table[i, i] for i in range(4)),
            "down": sum(table[i, j] for i in range(4) for j in range(4) if j < i),
        }
        for wave, cells in self.margin.items():
            share, answers = getattr(row, wave), getattr(row, f"answers_{wave}")
            yes = cells[2:].sum(0)
            self.between(cells.sum(0), max(30, share.base - 2), share.base + 2)
            if share.bound:
                few = yes if share.bound == "under" else cells.sum(0) - yes
                self.between(5 * cells.sum(0) - 100 * few, 1)
            else:
                self.percent(yes, cells.sum(0), share.percent)
            if sensitive:
                self.between(yes, 10)
                self.between(cells.sum(0) - yes, 10)
            for cell, (_, percent) in zip(
                cells, answers.options if isinstance(answers, Distribution) else (), strict=False
            ):
                self.percent(cell, cells.sum(0), percent)
        moves = row.moves
        if isinstance(moves, Moves):
            everybody = table.reshape(16, 24).sum(0)
            self.between(everybody, max(30, moves.base - 2), moves.base + 2)
            for name, cells in self.moved.items():
                self.percent(cells, everybody, getattr(moves, name))

    def between(self, terms: np.ndarray, low: float, high: float = np.inf) -> None:
        self.rows.append(terms)
        self.ends.append((low, high))

    def percent(self, part: np.ndarray, whole: np.ndarray, percent: int | None) -> None:
        if percent is not None:
            self.between(200 * part - (2 * percent - 1) * whole, 0)
            self.between((2 * percent + 1) * whole - 200 * part, 1)

    def values(self, terms: np.ndarray) -> float:
        lows, highs = zip(*self.ends, strict=True)
        tied = LinearConstraint(np.array(self.rows), lows, highs)
        least, most = (
            milp(sign * terms, constraints=tied, integrality=np.ones(24), bounds=Bounds(0, 400)) for sign in (1, -1)
        )
        return 1 - round(most.fun) - round(least.fun)


def solved(exact: Exact) -> bool | None:
    """Whether he pins down somebody; None where neither moves nor answers hide anybody from him."""
    row, secrets = release_item(exact), []
    if not (isinstance(row.before, Share) and isinstance(row.after, Share)) or row.before.words or row.after.words:
        return None
    solver = Solver(row, exact.sensitive)
    if isinstance(row.moves, Moves) and not row.moves.words and exact.pairs and exact.before and exact.after:
        paired = exact.pairs.up + exact.pairs.same + exact.pairs.down
        for wave, count in (("before", exact.before), ("after", exact.after)):
            if 0 < count.base - paired < 10:
                secrets += [solver.alone[wave][2:].sum(0), solver.alone[wave][:2].sum(0)]
        secrets += [solver.moved[name] for name in ("up", "same", "down") if getattr(row.moves, name) is None]
    for wave in ("before", "after"):
        answers = getattr(row, f"answers_{wave}")
        hidden = [percent is None for _, percent in answers.options] if isinstance(answers, Distribution) else []
        secrets += [cell for cell, is_hidden in zip(solver.margin[wave], hidden, strict=False) if is_hidden]
    return any(solver.values(terms) < 5 for terms in secrets) if secrets else None


@pytest.mark.proof
def test_moves_and_all_answers_together_give_nobody_away() -> None:
    draw = random.Random(16)
    results = [solved(an_ordered_class(draw)) for _ in range(3)]
    assert True not in results and False in results


@pytest.mark.proof
def test_moves_and_all_answers_of_a_hundred_classes_give_nobody_away() -> None:
    draw = random.Random(17)
    results = [solved(an_ordered_class(draw)) for _ in range(100)]
    assert True not in results and results.count(False) >= 10


def test_answers_that_nobody_audits_beside_the_moves_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "moves_leak", lambda *_: False)
    draw = random.Random(16)
    assert [solved(an_ordered_class(draw)) for _ in range(6)].count(True) > 0
