"""Shares against other programs, at their edges, and by the properties every interval must have."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.proportions import (
    clopper_pearson,
    clustered_share,
    clustered_wilson,
    count_range,
    effective_size,
    hypergeometric_interval,
    imbens_manski,
    manski,
    mid_p_interval,
    newcombe_unpaired,
    published_interval,
    simultaneous,
    tipping_point,
    wilson,
    wilson_interval,
    wilson_of_printed,
)
from analysis.results import Interval

Reference = Callable[[str], Any]


def ends(interval: Interval | None) -> list[float]:
    assert interval is not None
    return [interval.low, interval.high]


def test_wilson_and_exact_intervals(reference: Reference) -> None:
    known = reference("wilson_newcombe1998")
    assert known.agrees("ci", [ends(wilson(x, n).interval) for x, n in known.given["x_n"]])
    exact = reference("clopper_pearson_newcombe1998")
    assert exact.agrees("ci", [ends(clopper_pearson(x, n)) for x, n in exact.given["x_n"]])


def test_wilson_narrows_where_the_list_is_finite(reference: Reference) -> None:
    known = reference("wilson_fpc_763_of_8900")
    assert known.agrees("n_eff", effective_size(763, 8900))
    assert known.agrees("ci_x500_no_fpc", ends(wilson(500, 763).interval))
    for x in known.given["x"]:
        assert known.agrees(f"ci_x{x}", ends(wilson(x, 763, population=8900).interval))


def test_the_exact_range_of_a_finite_list() -> None:
    assert hypergeometric_interval(500, 763, 8900) == (5535, 6119)  # R, statistics 1.1
    assert hypergeometric_interval(3, 3, 3) == (3, 3)
    assert hypergeometric_interval(0, 5, 5) == (0, 0)


def test_unpaired_differences(reference: Reference) -> None:
    known = reference("newcombe_unpaired_diff")
    assert known.agrees("ci", [ends(newcombe_unpaired(*case)) for case in known.given["x1_n1_x2_n2"]])


def test_bounds_for_the_silent(reference: Reference) -> None:
    known = reference("manski_bounds_homeless")
    bounds = manski(known.given["yes"], known.given["answered"], known.given["invited"])
    assert known.agrees("lower", bounds.low) and known.agrees("upper", bounds.high)


def test_imbens_manski_is_one_sided_when_bounds_are_wide_and_two_sided_when_they_meet() -> None:
    wide = imbens_manski(0.2, 0.6, 0.01, 0.01)
    assert wide.low == pytest.approx(0.2 - 1.644854 * 0.01, abs=1e-8)
    point = imbens_manski(0.4, 0.4, 0.01, 0.01)
    assert point.high == pytest.approx(0.4 + 1.959964 * 0.01, abs=1e-8)


def test_everybody_answered_leaves_no_doubt() -> None:
    assert ends(wilson(60, 100, population=100).interval) == [0.6, 0.6]
    assert manski(60, 100, 100) == Interval(0.6, 0.6, 1.0)
    assert tipping_point(0.2, 100, 100) is None


def test_the_tipping_point_brings_the_change_to_nought() -> None:
    silent = tipping_point(0.1, 60, 100)
    assert silent is not None and 0.1 * 60 + silent * 40 == pytest.approx(0)


def test_nobody_answered_is_a_result_not_an_error() -> None:
    for exact in (clopper_pearson(0, 0), mid_p_interval(0, 0)):
        assert (exact.low, exact.high) == (0, 1)
    assert hypergeometric_interval(0, 0, 50) == (0, 50) and manski(0, 0, 50) == Interval(0.0, 1.0, 1.0)
    for estimate in (wilson(0, 0), wilson(0, 0, population=50), clustered_share([0, 0], [0, 0])):
        assert (estimate.value, estimate.interval, estimate.n) == (None, None, 0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: wilson(5, 4), "5 of 4"),
        (lambda: wilson(-1, 4), "-1 of 4"),
        (lambda: wilson(2, 20, population=10), "20 answers from a population of 10"),
        (lambda: wilson_interval(0, 0), "0 of 0"),
        (lambda: clopper_pearson(3, 2), "3 of 2"),
        (lambda: manski(2, 9, 8), "9 answered of 8"),
        (lambda: tipping_point(0.1, 9, 8), "9 answered of 8"),
        (lambda: imbens_manski(0.6, 0.2, 1, 1), "0.6 to 0.2"),
        (lambda: clustered_share([3], [2]), r"\[3.0\] of answered \[2.0\]"),
        (lambda: wilson(1, 2, level=95), "95"),
    ],
)
def test_impossible_data_are_refused_with_their_values(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_a_printed_percentage_stands_for_a_range_of_counts() -> None:
    assert count_range(97, 646) == (624, 629)
    assert count_range(50, 100) == (50, 50)
    with pytest.raises(ValueError, match="no number of 3 people is 50"):
        count_range(50, 3)


@given(st.integers(1, 300), st.data())
def test_the_range_of_counts_is_what_prints_as_that_percentage(n: int, data: st.DataObject) -> None:
    percent = data.draw(st.integers(0, 100))
    fitting = [x for x in range(n + 1) if (200 * x + n) // (2 * n) == percent]
    if fitting:
        assert count_range(percent, n) == (fitting[0], fitting[-1])
    else:
        with pytest.raises(ValueError, match="no number"):
            count_range(percent, n)


def test_a_published_interval_covers_every_count_behind_the_percentage() -> None:
    found = published_interval(97, 646, population=13825)
    for x in range(624, 630):
        one = wilson(x, 646, population=13825).interval
        assert one is not None and found.low <= one.low and one.high <= found.high


@given(st.integers(1, 400), st.data())
def test_intervals_hold_the_share_and_turn_with_the_question(n: int, data: st.DataObject) -> None:
    x = data.draw(st.integers(0, n))
    for interval in (wilson_interval, clopper_pearson, mid_p_interval):
        found, turned = interval(x, n), interval(n - x, n)
        assert found.low <= x / n <= found.high
        assert turned.low == pytest.approx(1 - found.high, abs=1e-9)


def test_the_interval_of_one_setting_tells_no_more_than_its_share_and_base() -> None:
    alike = [(29, 68), (29, 69), (30, 70), (30, 71)]  # all print as 42 or 43%, base 70
    found = {(round(100 * x / n), wilson_of_printed(x, n, 118)) for x, n in alike}
    assert len(found) == len({percent for percent, _ in found})
    exact = wilson(30, 70, 118).interval
    printed = wilson_of_printed(30, 70, 118)
    assert exact is not None and ends(printed) == pytest.approx(ends(exact), abs=0.01)
    assert wilson_of_printed(0, 0) is None
    assert ends(wilson_of_printed(30, 30, 30)) == [1.0, 1.0]


@given(st.integers(0, 40), st.integers(1, 40), st.integers(2, 6))
def test_more_people_narrow_the_interval(x: int, more: int, times: int) -> None:
    n = x + more
    few, many = wilson_interval(x, n), wilson_interval(x * times, n * times)
    assert many.high - many.low <= few.high - few.low


@given(st.lists(st.integers(0, 30), min_size=1, max_size=12), st.data())
def test_clustered_shares_never_fail_and_hold_the_share(sizes: list[int], data: st.DataObject) -> None:
    agreed = [data.draw(st.integers(0, n)) for n in sizes]
    found = clustered_share(agreed, sizes)
    assert found.n == sum(sizes)
    if found.interval is not None and found.value is not None:
        assert 0 <= found.interval.low <= found.value <= found.interval.high <= 1
        shuffled = clustered_share(agreed[::-1], sizes[::-1])
        assert shuffled.interval is not None and shuffled.interval.low == pytest.approx(found.interval.low)


def test_two_or_three_schools_have_a_share_but_no_interval() -> None:
    found = clustered_share([5, 8], [10, 12])
    assert found.interval is None and found.notes == ("two_or_three_schools",)
    assert clustered_share([5], [10]).method == "wilson"


def test_schools_that_all_agree_fall_back_on_wilson() -> None:
    found = clustered_share([10] * 6, [10] * 6)
    assert found.notes == ("no_variation",) and found.interval is not None and found.interval.high == 1
    assert found.interval.low < 1


def test_an_effective_n_never_exceeds_n() -> None:
    assert ends(clustered_wilson(0.5, 1e-6, 100, 1e9)) == pytest.approx(ends(wilson_interval(50, 100)), abs=1e-6)


def test_options_of_one_question_hold_together() -> None:
    one, many = wilson(30, 100).interval, simultaneous([30, 30, 40])[0].interval
    assert one is not None and many is not None and many.low < one.low
    assert simultaneous([0, 0])[0].value is None


def test_the_unpaired_interval_stays_within_one() -> None:
    draw = np.random.default_rng(1)
    for _ in range(200):
        n1, n2 = draw.integers(1, 40, 2)
        x1, x2 = draw.integers(0, n1 + 1), draw.integers(0, n2 + 1)
        found = newcombe_unpaired(int(x1), int(n1), int(x2), int(n2))
        assert -1 <= found.low <= x1 / n1 - x2 / n2 + 1e-12 and x1 / n1 - x2 / n2 - 1e-12 <= found.high <= 1
