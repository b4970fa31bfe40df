"""Time and place: control charts by the NHS rules, funnels without ranks."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.funnel import additive, exact_limits, funnel, overdispersion, wide_limits
from analysis.trends import p_chart, p_prime, sigma_z, xmr

Reference = Callable[[str], Any]

NAMES = {
    "Common Cause": "common",
    "Above UCL": "above",
    "Below LCL": "below",
    "7 Point Trend (Increasing)": "rising",
    "7 Point Trend (Decreasing)": "falling",
    "7 Points Above CL": "run_above",
    "7 Points Below CL": "run_below",
}


def test_p_chart(reference: Reference) -> None:
    known = reference("p_chart_montgomery")
    found = p_chart(known.given["defective"], known.given["n"])
    assert known.agrees("cl", found.centre)
    assert known.agrees("lcl", found.lower[0]) and known.agrees("ucl", found.upper[0])


def test_screening_of_moving_ranges(reference: Reference) -> None:
    known = reference("xmr_nelson_screen")
    for field, screened in (("screened", True), ("unscreened", False)):
        found = xmr(known.given["x"], screened)
        assert known.agrees(f"{field}.mean", found.centre)
        assert known.agrees(f"{field}.lpl", found.lower[0]) and known.agrees(f"{field}.upl", found.upper[0])
    assert [NAMES[name] for name in known.expected["types"]] == list(xmr(known.given["x"], True).signals)


@pytest.mark.parametrize("series", ["trend", "shift", "two_of_three", "short"])
def test_the_nhs_rules(reference: Reference, series: str) -> None:
    known = reference("mdc_rules")
    found = xmr(known.given["series"][series], screened=True)
    assert known.agrees(f"{series}.mean", found.centre)
    assert known.agrees(f"{series}.lpl", found.lower[0]) and known.agrees(f"{series}.upl", found.upper[0])
    assert [NAMES[name] for name in known.expected[series]["type"]] == list(found.signals)


def test_two_of_three_far_points_on_one_side_are_special() -> None:
    steady = [50.0, 53, 47, 52, 49, 51, 48, 50, 53, 47, 51, 49]
    far = xmr([*steady, 59.2, 51.5, 59.2, 50], baseline=12)
    assert far.upper[0] > 59.2 > far.centre + (far.upper[0] - far.centre) * 2 / 3
    assert far.signals[12:15] == ("two_of_three_above", "common", "two_of_three_above")
    crossed = xmr([*steady, 59.2, 49.0, 59.2, 50], baseline=12)
    assert set(crossed.signals) == {"common"}


def test_turned_series_have_turned_signals() -> None:
    turned = {"above": "below", "rising": "falling", "run_above": "run_below", "common": "common"}
    turned |= {after: before for before, after in turned.items()}
    series = np.array([5, 4, 6, 5, 4, 6, 5, 7, 8, 9, 10, 11, 12, 13.0])
    assert [turned[name] for name in xmr(series).signals] == list(xmr(-series).signals)


@pytest.mark.parametrize(("n", "drawn"), [(7, "run"), (8, "mean"), (11, "mean"), (12, "limits")])
def test_few_points_have_no_limits(n: int, drawn: str) -> None:
    assert xmr(np.arange(n)).drawn == drawn


def test_large_samples_widen_by_how_shares_really_move() -> None:
    draw = np.random.default_rng(1)
    sizes = np.full(40, 20_000)
    shares = np.clip(draw.normal(0.7, 0.02, 40), 0, 1)
    counts = draw.binomial(sizes, shares)
    assert sigma_z(counts, sizes) > 3
    plain, wide = p_chart(counts, sizes), p_prime(counts, sizes)
    assert wide.upper[0] - wide.centre == pytest.approx(sigma_z(counts, sizes) * (plain.upper[0] - plain.centre))
    assert plain.signals.count("above") > 0 == wide.signals.count("above")


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30))
def test_no_series_fails(series: list[float]) -> None:
    found = xmr(series)
    assert len(found.signals) == len(series) and found.lower[0] <= found.centre <= found.upper[0]
    assert xmr(series, screened=True).upper[0] <= found.upper[0] + 1e-6


def test_no_points_and_nothing_to_differ_from_are_results() -> None:
    assert xmr([]) is None and p_chart([], []) is None and p_prime([], []) is None
    assert funnel([], []) is None and funnel([0, 0], [5, 5]) is None and funnel([5, 5], [5, 5]) is None


@pytest.mark.parametrize("value", [0.1, 0.3, 1 / 3, 7.7, 1e6 + 0.1])
def test_a_series_that_never_moves_is_not_special(value: float) -> None:
    """The mean of twelve tenths is not quite a tenth: without care every point lies above it."""
    assert set(xmr([value] * 12).signals) == {"common"}  # type: ignore[union-attr]
    assert set(p_prime([3 * k for k in range(1, 13)], [30 * k for k in range(1, 13)]).signals) == {"common"}  # type: ignore[union-attr]


def test_everybody_or_nobody_every_time() -> None:
    assert set(p_prime([0, 0, 0], [10, 20, 30]).signals) == {"common"}
    assert p_chart([5, 5], [5, 5]).upper == (1.0, 1.0)


def test_funnel_limits_and_overdispersion(reference: Reference) -> None:
    known = reference("funnel_surgical")
    r, n = known.given["r"], known.given["n"]
    target = sum(r) / sum(n)
    assert known.agrees("target", target)
    for name, level in (("95", 0.95), ("998", 0.998)):
        limits = [exact_limits(size, target, level) for size in n]
        assert known.agrees(f"lower_{name}", [low for low, _ in limits])
        assert known.agrees(f"upper_{name}", [high for _, high in limits])
    found = overdispersion(r, n)
    assert known.agrees("z_arcsine", list(found.z)) and known.agrees("z_winsorised", list(found.winsorised))
    assert known.agrees("phi", found.phi) and known.agrees("tau2", found.tau2)
    w, y = 4 * np.array(n, float), np.arcsin(np.sqrt(np.divide(r, n)))
    q = float((w * (y - np.average(y, weights=w)) ** 2).sum())  # metafor's: around the weighted mean
    assert known.agrees("dl_Q", q) and known.agrees("dl_tau2", additive(q, w / 4))


def test_a_funnel_names_nobody_and_widens_where_sites_differ() -> None:
    counts, sizes = (
        [0, 18, 8, 46, 8, 13, 9, 31, 14, 8, 29, 24],
        [47, 148, 119, 810, 211, 196, 148, 215, 207, 97, 256, 360],
    )
    found = funnel(counts, sizes)
    assert found.tau2 and found.limits[1][0] == wide_limits(47, found.target, 0.998, found.tau2)
    few = funnel(counts[:5], sizes[:5])
    assert few.tau2 is None and few.limits[0][0] == exact_limits(47, few.target, 0.95)
    assert funnel([5, 50], [100, 100], target=0.05).outside == (False, True)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: xmr([[1, 2]]), "without gaps"),
        (lambda: xmr([1, float("nan")]), "without gaps"),
        (lambda: p_chart([3], [2]), r"\[3.0\] of \[2.0\]"),
        (lambda: exact_limits(0, 0.5, 0.95), "0 people"),
        (lambda: funnel([0, 0], [5, 5], target=0.0), "target of 0.0"),
        (lambda: overdispersion([], []), "no sites"),
        (lambda: funnel([6], [5]), r"\[6.0\] of \[5.0\]"),
    ],
)
def test_impossible_data_are_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
