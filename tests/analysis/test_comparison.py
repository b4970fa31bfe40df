"""Comparison arms: the difference in differences and later schools, with both baselines."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.change import share_difference
from analysis.comparison import (
    Counts,
    difference_from_later_schools,
    difference_in_differences,
    linked_at_baseline,
)

BEFORE: Counts = ([8, 9, 7, 8, 10], [20] * 5)
AFTER: Counts = ([14, 15, 12, 13, 16], [20] * 5)
WAITING_BEFORE: Counts = ([8, 9, 8, 7], [20, 22, 18, 20])
WAITING_AFTER: Counts = ([9, 9, 8, 8], [20, 22, 18, 20])


def test_a_difference_in_differences_shows_both_baselines_and_how_the_order_was_drawn() -> None:
    found = difference_in_differences((BEFORE, AFTER), (WAITING_BEFORE, WAITING_AFTER), by_chance=True)
    assert found.difference.value == pytest.approx((70 - 42) / 100 - (34 - 32) / 80)
    assert found.difference.notes == ("order_by_chance", *found.difference.notes[1:])
    assert found.difference.method == "cr2_satterthwaite" and found.difference.interval is not None
    assert found.baseline.value == pytest.approx(0.42 - 0.40) and found.baseline.design == "baseline"
    assert found.visited[0].value == pytest.approx(0.42) and found.visited[1].value == pytest.approx(0.70)
    assert found.waiting[0].value == pytest.approx(0.40) and found.waiting[1] is not None
    assert found.waiting[1].value == pytest.approx(34 / 80)


def test_the_arms_errors_add_up() -> None:
    """Arms share no school, so the squared CR2 error of the difference is the sum of those of the two changes."""
    found = difference_in_differences((BEFORE, AFTER), (WAITING_BEFORE, WAITING_AFTER), by_chance=False)
    one, other = (share_difference(*a, *b) for a, b in ((BEFORE, AFTER), (WAITING_BEFORE, WAITING_AFTER)))
    assert found.difference.se == pytest.approx(np.hypot(one.se or 0, other.se or 0))
    assert found.difference.notes[0] == "order_not_by_chance"


def test_later_schools_answer_once() -> None:
    found = difference_from_later_schools((BEFORE, AFTER), WAITING_BEFORE, by_chance=True)
    assert found.difference.value == pytest.approx(0.70 - 0.40) and found.waiting[1] is None
    assert found.baseline.value == pytest.approx(0.42 - 0.40)
    assert found.difference.notes[0] == "order_by_chance" and found.difference.interval is not None


def test_few_schools_in_one_arm_have_no_interval() -> None:
    three: tuple[Counts, Counts] = (([8, 9, 8], [20, 22, 18]), ([9, 9, 8], [20, 22, 18]))
    found = difference_in_differences((BEFORE, AFTER), three, by_chance=True)
    assert found.difference.interval is None and "two_or_three_schools" in found.difference.notes
    assert found.visited[1].interval is not None and found.waiting[0].interval is None


def test_arms_whose_schools_agree_exactly_fall_back_on_people() -> None:
    same: tuple[Counts, Counts] = (([5] * 4, [10] * 4), ([8] * 4, [10] * 4))
    still: tuple[Counts, Counts] = (([5] * 4, [10] * 4), ([5] * 4, [10] * 4))
    found = difference_in_differences(same, still, by_chance=True).difference
    assert found.method == "newcombe" and "no_variation" in found.notes and found.interval is not None
    assert found.interval.low < 0.3 < found.interval.high
    alone = share_difference(*same[0], *same[1]).interval
    assert alone is not None and found.interval.high - found.interval.low > alone.high - alone.low


def test_linked_and_unlinked_pupils_at_baseline() -> None:
    found = linked_at_baseline(BEFORE, ([3, 2, 4, 3, 5], [10] * 5))
    assert found.value == pytest.approx(0.42 - 0.34) and found.design == "baseline" and found.interval is not None


cells = st.integers(0, 12).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
arms = st.lists(st.tuples(cells, cells), max_size=7)


def arm(schools: list[tuple[tuple[int, int], tuple[int, int]]]) -> tuple[Counts, Counts]:
    before, after = zip(*schools, strict=True) if schools else ((), ())
    return tuple(tuple(zip(*wave, strict=True)) or ((), ()) for wave in (before, after))  # type: ignore[return-value]


@given(arms, arms, st.randoms())
def test_any_arms_have_a_result_that_turns_with_them(visited: Any, waiting: Any, draw: Any) -> None:
    found = difference_in_differences(arm(visited), arm(waiting), by_chance=True).difference
    turned = difference_in_differences(arm(waiting), arm(visited), by_chance=True).difference
    draw.shuffle(visited)
    shuffled = difference_in_differences(arm(visited), arm(waiting), by_chance=True).difference
    difference_from_later_schools(arm(visited), arm(waiting)[0], by_chance=True)
    if found.value is None:
        assert turned.value is None and found.interval is None
        return
    assert turned.value == pytest.approx(-found.value)
    if found.interval is not None:
        assert turned.interval is not None and shuffled.interval is not None and found.inner is not None
        assert -2 <= found.interval.low <= found.inner.low <= found.value <= found.inner.high <= found.interval.high
        assert turned.interval.low == pytest.approx(-found.interval.high, abs=1e-9)
        assert shuffled.interval.low == pytest.approx(found.interval.low, abs=1e-9)
