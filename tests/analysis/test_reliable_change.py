"""Reliable change and event rates: printed examples, and thresholds on their edges."""

from collections.abc import Callable
from math import inf
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.rates import Events, rate, rate_ratio
from analysis.reliable_change import (
    Norm,
    Threshold,
    any_by_chance,
    classified,
    cutoffs,
    drift,
    edwards_nunnally,
    gulliksen_lord_novick,
    hageman_arrindell,
    hsu_lin_lord,
    jacobson_truax,
    nunnally_kotsch,
    outcome,
)

Reference = Callable[[str], Any]


def test_the_1991_example(reference: Reference) -> None:
    known = reference("jacobson_truax_1991_example")
    data = known.given
    norm = Norm(data["sd"], data["r_xx"])
    assert known.agrees("se", norm.error) and known.agrees("s_diff", norm.difference)
    assert known.agrees("rci", float(jacobson_truax(data["pre"], data["post"], norm)))
    assert known.agrees("change_needed", norm.threshold)
    assert norm.change_needed(stats.norm.ppf(0.975)) == pytest.approx(9.296925484568419, rel=1e-12)  # CECPfuns
    lines = cutoffs(data["dysfunctional_mean"], data["sd_both"], data["functional_mean"], data["sd_both"])
    assert known.agrees("cut_a", lines.a) and known.agrees("cut_b", lines.b) and known.agrees("cut_c", lines.c)


def test_cut_off_b_uses_the_functional_spread() -> None:
    lines = cutoffs(40, 10, 60, 5)
    assert (lines.a, lines.b, lines.c) == (60, 50, pytest.approx(800 / 15))
    turned = cutoffs(60, 10, 40, 5)
    assert (turned.a, turned.b) == (40, 50)


def test_other_indices_meet_jacobson_truax_where_they_should() -> None:
    norm = Norm(8, 0.75, mean=40)
    x, y = np.array([30.0, 40.0, 55.0]), np.array([41.0, 43.0, 50.0])
    at_mean = np.array([40.0])
    assert edwards_nunnally(at_mean, [44], norm) == pytest.approx(jacobson_truax(at_mean, [44], norm) * 2**0.5)
    assert hsu_lin_lord(x, y, norm, mean_after=40) == pytest.approx(gulliksen_lord_novick(x, y, norm))
    assert hsu_lin_lord([40], [47], norm, mean_after=43) == pytest.approx(gulliksen_lord_novick([40], [44], norm))
    assert gulliksen_lord_novick([40], [44], norm) == pytest.approx(4 / (8 * (1 - 0.75**2) ** 0.5))
    assert nunnally_kotsch([40], [44], norm, norm) == pytest.approx(4 / (16 * (1 + 0.75**2)) ** 0.5)
    r_dd = (0.75 - 0.5) / (1 - 0.5)
    assert hageman_arrindell([30], [36], norm, norm, 0.5) == pytest.approx(6 * r_dd**0.5 / norm.difference)


def test_hageman_and_arrindell_with_one_error_and_two_spreads() -> None:
    """R clinicalsignificance's own example: before 10 (5), after 7 (6), reliability .80, scores 30 to 3 and so on."""
    before, after = np.array([30.0, 20, 10, 8, 6, 4, 2]), np.array([3.0, 2, 2, 2, 2, 2, 1])
    norm, r = Norm(5, 0.8, 10), float(np.corrcoef(before, after)[0, 1])
    error = 5 * 0.2**0.5
    later = norm.in_group(6, 7)
    assert later.error == pytest.approx(error) and later.reliability == pytest.approx(1 - error**2 / 36)
    r_dd = (25 * 0.8 + 36 - error**2 - 60 * r) / (25 + 36 - 60 * r)
    found = hageman_arrindell(before, after, norm, later, r)
    assert r_dd == pytest.approx(0.21457, abs=5e-6)
    assert found == pytest.approx(((after - before) * r_dd - 3 * (1 - r_dd)) / (r_dd**0.5 * 2**0.5 * error))
    assert norm.in_group(1).reliability == 0


@pytest.mark.parametrize(("inclusive", "counts"), [(False, (3, 5, 3)), (True, (4, 3, 4))])
def test_at_least_and_more_than_differ_on_the_edge(inclusive: bool, counts: tuple[int, int, int]) -> None:
    """CECPfuns's own example: changes -5 to 5, a threshold of 2."""
    changes = np.arange(-5, 6)
    found = classified(np.zeros(11), changes, Threshold(2, inclusive))
    assert (found.worse, found.no_reliable_change, found.improved) == counts


def test_categories_follow_the_cut_and_the_direction() -> None:
    up = classified([10, 10, 10, 30, 30], [30, 15, 11, 10, 25], Threshold(4, True), cut=20)
    assert (up.recovered, up.improved, up.no_reliable_change, up.worse, up.became_clinical) == (1, 1, 1, 1, 1)
    down = classified([-10, -10, -10, -30, -30], [-30, -15, -11, -10, -25], Threshold(4, True), -20, "lower")
    assert down == up and up.by_chance == pytest.approx(0.125)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 9)), max_size=20))
def test_counts_stand_for_people_and_nobody_is_lost(rows: list[tuple[int, int, int]]) -> None:
    before, after, counts = ([row[i] for row in rows] for i in range(3))
    table = classified(before, after, Threshold(5, True), 20, counts=counts)
    spread = classified(np.repeat(before, counts), np.repeat(after, counts), Threshold(5, True), 20)
    assert table == spread and table.n == sum(counts)


def test_several_measures_as_the_nhs_counts() -> None:
    size = Threshold(4, True)
    assert outcome([(5, size, "higher"), (0, size, "lower")]) == "improved"
    assert outcome([(5, size, "higher"), (5, size, "lower")]) == "deteriorated"
    assert outcome([(3, size, "higher")]) == "no_change" and outcome([]) is None
    assert any_by_chance(6) == pytest.approx(0.141, abs=5e-4)


def test_people_who_join_at_a_low_point_rise_on_their_own() -> None:
    found = drift(mean=30, sd=6, retest=0.7, cut=25)
    assert found.at_entry == pytest.approx(21.64, abs=0.005) and found.again == pytest.approx(24.15, abs=0.005)
    assert found.gain == pytest.approx(2.51, abs=0.005)
    assert drift(30, 6, 0.7, 35, "above").gain == pytest.approx(-found.gain)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Norm(0, 0.8), "sd 0"),
        (lambda: Norm(5, 1.0), "reliability 1.0"),
        (lambda: edwards_nunnally([1], [2], Norm(5, 0.8)), "needs the mean"),
        (lambda: hageman_arrindell([1], [2], Norm(5, 0.5, 10), Norm(5, 0.5, 10), 0.9), "reliability of -"),
        (lambda: cutoffs(40, 5, 40, 5), "two groups"),
        (lambda: jacobson_truax([1], [1, 2], Norm(5, 0.5)), "before"),
        (lambda: drift(30, 6, 1.2, 25), "1.2"),
        (lambda: drift(30, 0.1, 0.5, 0), "nobody would join"),
        (lambda: any_by_chance(-1), "-1 measures"),
        (lambda: Events(3, 0), "3 events in 0"),
    ],
)
def test_impossible_data_are_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_event_rates_have_exact_intervals() -> None:
    found = rate(Events(7, 1400, 20), per=100)
    assert found.value == pytest.approx(0.5) and found.interval is not None
    assert found.interval.low == pytest.approx(stats.chi2.ppf(0.025, 14) / 2 / 14)
    assert found.interval.high == pytest.approx(stats.chi2.ppf(0.975, 16) / 2 / 14)
    none = rate(Events(0, 100))
    assert none.interval is not None and none.interval.low == 0 and rate(Events(0, 0)).value is None


def test_rate_ratios_are_exact_given_the_sum() -> None:
    found = rate_ratio(Events(20, 1000), Events(8, 800))
    assert found is not None and found.interval is not None
    share = stats.binomtest(8, 28).proportion_ci(0.95, "exact")
    assert found.value == pytest.approx((8 / 800) / (20 / 1000))
    assert found.interval.low == pytest.approx(1000 / 800 * share.low / (1 - share.low))
    assert found.interval.high == pytest.approx(1000 / 800 * share.high / (1 - share.high))
    assert rate_ratio(Events(0, 10), Events(0, 10)) is None
    rising = rate_ratio(Events(0, 10), Events(4, 10))
    assert rising is not None and rising.value == inf and rising.p == pytest.approx(0.125)
