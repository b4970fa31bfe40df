"""An attacker with every released figure and the rules in hand, who subtracts whatever can be subtracted.

His arithmetic shares nothing with the gate's: he prints every possible (base, agreed) through his own reading of the
rules and keeps those that look like what was released, and that fit all answers to the question. Every suppressed count,
and every difference of published groups that holds one to nine people, has to keep at least five values. A gate without
complementary suppression is caught.
"""

import random
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from functools import cache
from math import floor

import pytest

from analysis import audit, disclosure, options
from analysis.attacker import possible, remainder_is_safe, summed
from analysis.disclosure import release_item, release_share
from analysis.exact import Count, Exact, Pairs
from analysis.results import Breakdown, Distribution, Moves, Row, Share

LEAST = 5
LINKED_BREAKDOWNS = (7, 147, 243)  # of 1,500 random programmes five need the audit of all tables together
Possible = set[tuple[int, int]]  # (base, agreed)

PHRASE_STARTS = {
    "none_or_few": Fraction(-1),
    "about_a_quarter": Fraction(1, 8),
    "about_half": Fraction(3, 8),
    "about_three_quarters": Fraction(5, 8),
    "most_or_all": Fraction(7, 8),
}


def printed(x: int, n: int, sensitive: bool) -> tuple[object, ...] | None:
    """What the rules print for x of n, by his own reading; None where they print nothing."""
    if n < 10 or (sensitive and (x < 10 or n - x < 10)):
        return None
    base = 5 * floor(Fraction(n, 5) + Fraction(1, 2))
    if n < 30:
        return base, [words for words, start in PHRASE_STARTS.items() if Fraction(x, n) >= start][-1]
    if sensitive and not 5 * n <= 100 * x <= 95 * n:
        return base, "under" if 100 * x < 5 * n else "over"
    return base, floor(Fraction(100 * x, n) + Fraction(1, 2))


@cache
def candidates(share: Share, sensitive: bool) -> Possible:
    seen = (share.base, share.words or share.bound or share.percent)
    bases = range(share.base - 2, share.base + 3)
    return {(n, x) for n in bases for x in range(n + 1) if printed(x, n, sensitive) == seen}


def held_against(total: Possible, answers: object, agreed: frozenset[str]) -> Possible:
    """Those of the totals that all answers, as printed, leave possible."""
    if not isinstance(answers, Distribution):
        return total
    found = set()
    for n in {n for n, _ in total}:
        sides = [
            sums([cell(percent, n) for key, percent in answers.options if (key in agreed) is side])
            for side in (True, False)
        ]
        found |= {(n, x) for m, x in total if m == n and x in sides[0] and n - x in sides[1]}
    return found


@cache
def cell(percent: int | None, n: int) -> range:
    """How many of n print as this percentage."""
    found = [x for x in range(n + 1) if percent is None or floor(Fraction(100 * x, n) + Fraction(1, 2)) == percent]
    return range(found[0], found[-1] + 1) if found else range(0)


def sums(cells: list[range]) -> range:
    return range(sum(one.start for one in cells), sum(one.stop - 1 for one in cells) + 1) if all(cells) else range(0)


def hidden_answer_leaks(exact: Exact, row: Row) -> list[str]:
    """Hidden answers of a sensitive item that he narrows to fewer than five values, from the share and the others."""
    leaks = []
    for wave in ("before", "after"):
        share, answers = getattr(row, wave), getattr(row, f"answers_{wave}")
        if not isinstance(answers, Distribution):
            continue
        total = held_against(candidates(share, exact.sensitive), answers, exact.agreed)
        for key, hidden in answers.options:
            others = [
                (one, p) for one, p in answers.options if one != key and (one in exact.agreed) is (key in exact.agreed)
            ]
            found: set[int] = set()
            for n, x in total if hidden is None else ():
                rest = sums([cell(percent, n) for _, percent in others])
                side = x if key in exact.agreed else n - x
                found |= {side - other for other in rest if other <= side}
            leaks += [f"{key} {wave}"] if hidden is None and len(found) < LEAST else []
    return leaks


def added_up(sets: Iterable[Possible]) -> Possible:
    total = {(0, 0)}
    for one in sets:
        total = {(n + m, x + y) for n, x in total for m, y in one}
    return total


def left_over(total: Possible, shown: Possible) -> Possible:
    """What the people in none of the shown groups may be, as he sees it."""
    apart = {(n - m, x - y) for n, x in total for m, y in shown}
    return {(n, x) for n, x in apart if 0 <= x <= n}


def has_leak(found: Possible) -> bool:
    return len({x for _, x in found}) < LEAST or len({n - x for n, x in found}) < LEAST


def breakdown_leaks(exact: Exact, row: Row) -> list[str]:
    """The waves and breakdowns in which he is left with fewer than five values for people the release does not show.

    He takes all breakdowns together: a total that is too small for one of them is out for the others as well.
    """
    leaks = []
    shown = [one for one in row.breakdowns if isinstance(one, Breakdown)]
    for wave in ("before", "after"):
        parts = [
            added_up(candidates(getattr(group, wave), exact.sensitive) for _, group in one.groups) for one in shown
        ]
        if not shown:
            continue
        total = held_against(
            candidates(getattr(row, wave), exact.sensitive), getattr(row, f"answers_{wave}"), exact.agreed
        )
        total = {t for t in total if all(left_over({t}, one) for one in parts)}
        for one, held in zip(shown, parts, strict=True):
            groups = exact.breakdowns[one.name]
            hidden = getattr(exact, wave).base - sum(getattr(groups[key], wave).base for key, _ in one.groups)
            suppressed = len(one.groups) < len(groups)
            if not suppressed and not 0 < hidden < 10:
                continue
            if has_leak(left_over(total, held)) or (suppressed and 0 < hidden < 10):
                leaks.append(f"{one.name} {wave}")
    return leaks


def paired_leaks(exact: Exact, row: Row) -> bool:
    """Whether those who answered in one wave only are given away: 1 to 9 people who could not be paired."""
    return isinstance(row.moves, Moves) and any(
        0 < alone < 10 for alone in (exact.pairs.unpaired_before, exact.pairs.unpaired_after)
    )


def a_count(draw: random.Random, n: int) -> Count:
    """Mostly some of them; now and then nobody or everybody."""
    return Count(draw.choice((0, n) if draw.random() < 0.1 else (draw.randint(0, n),)), n)


def all_answers(draw: random.Random, exact: Exact) -> Exact:
    """The same with two to four answers on either side of the share, now and then one that hardly anybody gave."""
    keys = {side: [f"{side} {place}" for place in range(draw.randint(2, 4))] for side in ("yes", "no")}

    def counted(count: Count) -> Count:
        found = []
        for side, people in (("yes", count.agreed), ("no", count.base - count.agreed)):
            for key in keys[side][1:]:
                n = draw.choice((draw.randint(0, people), min(people, draw.randint(0, 9))))
                found.append((key, n))
                people -= n
            found.append((keys[side][0], people))
        return replace(count, options=tuple(found))

    assert exact.before is not None and exact.after is not None
    before, after = counted(exact.before), counted(exact.after)
    return replace(exact, before=before, after=after, agreed=frozenset(keys["yes"]))


def a_programme(draw: random.Random) -> Exact:
    """Small, with small and empty groups, blanks and pupils who could not be paired: tours at their edges."""
    breakdowns, before_n, after_n = {}, draw.randint(40, 400), draw.randint(40, 400)
    for name in ("year", "gender", "meals", "area")[: draw.randint(1, 4)]:
        breakdowns[name] = {"before": _split(draw, before_n), "after": _split(draw, after_n)}
    wholes = {wave: a_count(draw, n) for wave, n in (("before", before_n), ("after", after_n))}
    paired = draw.randint(0, min(before_n, after_n))
    up = draw.randint(0, paired)
    down = draw.randint(0, paired - up)
    return Exact(
        "item",
        wholes["before"],
        wholes["after"],
        pairs=Pairs(up, paired - up - down, down, before_n - paired, after_n - paired),
        breakdowns={name: _groups(draw, sizes, wholes) for name, sizes in breakdowns.items()},
        sensitive=draw.random() < 0.3,
    )


def _split(draw: random.Random, n: int) -> list[int]:
    """n people into four groups and the blanks (last): often a small group, often nobody."""
    small = [draw.choice((0, draw.randint(1, 9), draw.randint(10, n // 2), n // 4)) for _ in range(2)]
    blanks = draw.choice((0, 0, draw.randint(1, 15), draw.randint(10, 30)))
    rest = max(0, n - sum(small) - blanks)
    first = draw.randint(rest // 4, rest - rest // 4) if rest else 0
    sizes = [first, rest - first, *small]
    return [*sizes, n - sum(sizes)] if sum(sizes) <= n else [n, 0, 0, 0, 0]


def _groups(draw: random.Random, sizes: dict[str, list[int]], wholes: dict[str, Count]) -> dict[str, Exact]:
    """Groups whose agreed counts add up, with the blanks', to the whole's."""
    agreed = {}
    for wave, split in sizes.items():
        people = [i for i, n in enumerate(split) for _ in range(n)]
        draw.shuffle(people)
        if draw.random() < 0.3:
            people.sort(reverse=draw.random() < 0.5)  # all who agree in the first, or in the last groups
        agreed[wave] = [people[: wholes[wave].agreed].count(i) for i in range(len(split))]
    return {
        f"group {i}": Exact(f"group {i}", *(Count(agreed[w][i], sizes[w][i]) for w in ("before", "after")))
        for i in range(4)
    }


def attacked(programmes: int, seed: int, *, told: bool = True) -> tuple[int, int]:
    """How many of so many random programmes leak, and how many showed at least one breakdown."""
    draw, answering, leaking, showing = random.Random(seed), random.Random(seed), 0, 0
    for _ in range(programmes):
        exact = a_programme(draw)
        exact = all_answers(answering, exact) if told else exact
        row = release_item(exact)
        leaking += bool(breakdown_leaks(exact, row) or hidden_answer_leaks(exact, row)) or paired_leaks(exact, row)
        showing += any(isinstance(one, Breakdown) for one in row.breakdowns)
    return leaking, showing


def test_nobody_is_given_away_by_everything_that_is_released() -> None:
    leaking, showing = attacked(40, seed=20261120)
    assert leaking == 0
    assert showing > 10, "an attack on releases that show nothing proves nothing"


@pytest.mark.proof
def test_nobody_is_given_away_in_a_thousand_programmes() -> None:
    leaking, showing = attacked(1000, seed=7)
    assert leaking == 0 and showing > 100


def test_a_gate_without_complementary_suppression_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disclosure, "_is_protected", lambda *_: True)
    monkeypatch.setattr(disclosure, "leaks", lambda *_: ())
    leaking, _ = attacked(20, seed=20261120)
    assert leaking > 5


def test_a_gate_that_forgets_the_rounding_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disclosure, "remainder_is_safe", lambda *_: True)
    monkeypatch.setattr(disclosure, "leaks", lambda *_: ())
    leaking, _ = attacked(40, seed=20261120)
    assert leaking > 0


def test_a_gate_that_does_not_hold_the_answers_against_the_share_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "narrowed", lambda ranges, *_: ranges)
    leaking, _ = attacked(40, seed=20261120)
    assert leaking > 0


def test_a_gate_that_hides_a_small_answer_without_a_partner_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def alone(count: Count, *_: object) -> set[str]:
        return {key for key, n in count.options if n < 10}

    monkeypatch.setattr(options, "hidden_answers", alone)
    monkeypatch.setattr(disclosure, "hides_enough", lambda *_: True)
    leaking, _ = attacked(60, seed=20261120)
    assert leaking > 0


def test_a_gate_that_looks_at_one_breakdown_at_a_time_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two breakdowns share a total, and one gives away what the other hides."""
    assert not any(attacked(1, seed, told=False)[0] for seed in LINKED_BREAKDOWNS)
    monkeypatch.setattr(disclosure, "leaks", lambda *_: ())
    assert all(attacked(1, seed, told=False)[0] for seed in LINKED_BREAKDOWNS)


def test_the_gate_sees_what_the_attacker_sees() -> None:
    draw = random.Random(3)
    for _ in range(60):
        sensitive = draw.random() < 0.5
        share = release_share(a_count(draw, draw.randint(10, 120)), sensitive)
        if isinstance(share, Share):
            ranges = possible(share, 10, 30, 10 if sensitive else 0)
            ours = {(n, x) for n, (low, high) in ranges.items() for x in range(low, high + 1)}
            assert ours == candidates(share, sensitive)


def test_the_gate_counts_as_the_attacker_counts() -> None:
    draw = random.Random(4)
    for _ in range(25):
        shares = [release_share(a_count(draw, draw.randint(30, 90))) for _ in range(2)]
        whole = release_share(a_count(draw, draw.randint(100, 190)))
        seen = [candidates(share, False) for share in (whole, *shares) if isinstance(share, Share)]
        ranges = [possible(share, 10, 30, 0) for share in (whole, *shares) if isinstance(share, Share)]
        assert remainder_is_safe(summed(ranges[:1]), summed(ranges[1:])) is not has_leak(
            left_over(seen[0], added_up(seen[1:]))
        )
