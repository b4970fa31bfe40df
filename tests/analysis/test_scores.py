"""Paired and partly linked scores against other programs and raw rows."""

from collections.abc import Callable
from math import inf
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.overlap import linkage, overlapping_t, overlapping_z
from analysis.results import Estimate, Interval
from analysis.scores import (
    Sums,
    around,
    equivalence,
    hedges,
    noncentral_interval,
    paired_sums,
    paired_t,
    spread,
    standardised_change,
    welch,
)

Reference = Callable[[str], Any]


def side(rows: list[float]) -> tuple[float, float, float]:
    return len(rows), float(sum(rows)), float(sum(x * x for x in rows))


def ends(interval: Interval | None) -> list[float]:
    assert interval is not None
    return [interval.low, interval.high]


def test_paired_t(reference: Reference) -> None:
    known = reference("paired_t_sleep")
    sums = paired_sums(known.given["before"], known.given["after"])
    found, shape = paired_t(sums), spread(sums)
    assert shape is not None and found.se and found.value is not None
    assert known.agrees("t", found.value / found.se) and known.agrees("df", found.df) and known.agrees("p", found.p)
    assert known.agrees("ci", ends(found.interval)) and known.agrees("mean_diff", found.value)
    assert known.agrees("sd_diff", shape.sd_change) and known.agrees("r", shape.r)


def test_standardised_changes(reference: Reference) -> None:
    known = reference("paired_effect_sizes_sleep")
    found = standardised_change(paired_sums(known.given["before"], known.given["after"]))
    assert found is not None
    for field, value in (("dz", found.d_z), ("gz", found.g_z), ("d_av", found.d_av), ("d_av_lakens", found.d_av_mean)):
        assert known.agrees(field, value)
    for field, value in (("d_rm", found.d_rm), ("glass_pre", found.glass), ("smcr", found.smcr), ("J", hedges(9))):
        assert known.agrees(field, value)
    assert known.agrees("smcr_var", found.smcr_variance) and known.agrees("smcc_var", found.smcc_variance)
    assert known.agrees("dz_ci_noncentral_t", ends(found.d_z_interval))
    assert known.agrees("gz_ci", ends(found.g_z_interval))
    assert found.smcr_estimate.value == found.smcr


def test_partly_overlapping_t(reference: Reference) -> None:
    known = reference("partially_overlapping_t")
    data = known.given
    # The paper subtracts after from before: our change has the other sign.
    for field, equal in (("equal_var", True), ("unequal_var", False)):
        found = overlapping_t(
            paired_sums(data["after_paired"], data["before_paired"]),
            side(data["after_only"]),
            side(data["before_only"]),
            equal,
        )
        assert found.se and found.value is not None
        assert known.agrees(f"{field}.t", found.value / found.se) and known.agrees(f"{field}.df", found.df)
        assert known.agrees(f"{field}.p", found.p) and known.agrees(f"{field}.diff", found.value)
        assert known.agrees(f"{field}.ci", ends(found.interval))


def test_welch(reference: Reference) -> None:
    known = reference("unpaired_welch")
    before = known.given["before_only"] + known.given["before_paired"]
    after = known.given["after_only"] + known.given["after_paired"]
    found = welch(side(after), side(before))
    assert found.se and found.value is not None
    assert known.agrees("t", found.value / found.se) and known.agrees("df", found.df) and known.agrees("p", found.p)
    assert known.agrees("ci", ends(found.interval))


def test_equivalence_is_two_one_sided_tests() -> None:
    before, after = [3.0, 4, 5, 6, 7, 8, 9, 5], [3.5, 4, 5.5, 5.5, 7, 8.5, 9, 5]
    found = equivalence(paired_t(paired_sums(before, after)), 1.0)
    changes = np.array(after) - before
    assert found is not None
    assert found.p_lower == pytest.approx(stats.ttest_1samp(changes, -1, alternative="greater").pvalue)
    assert found.p_upper == pytest.approx(stats.ttest_1samp(changes, 1, alternative="less").pvalue)
    assert found.p < 0.05 and found.interval.low > -1 and found.interval.high < 1
    assert equivalence(Estimate(0.1, None, 5, "x", "paired"), 1) is None
    with pytest.raises(ValueError, match="margin of 0"):
        equivalence(paired_t(paired_sums(before, after)), 0)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=0, max_size=30))
def test_sums_of_pairs_give_what_the_rows_give_and_never_fail(pairs: list[tuple[int, int]]) -> None:
    before, after = [x for x, _ in pairs], [y for _, y in pairs]
    sums = paired_sums(before, after)
    found = paired_t(sums)
    standardised_change(sums)
    half = len(pairs) // 2
    assert paired_sums(before[:half], after[:half]) + paired_sums(before[half:], after[half:]) == sums
    changes = np.subtract(after, before)
    if len(pairs) >= 2 and len(set(changes.tolist())) > 1:
        theirs = stats.ttest_rel(after, before)
        assert found.p == pytest.approx(theirs.pvalue, abs=1e-9)
        assert found.interval is not None and found.value is not None
        assert found.interval.low <= found.value <= found.interval.high
        assert paired_t(paired_sums(after, before)).value == pytest.approx(-found.value)


def test_a_change_that_hardly_varies_has_an_interval_without_delay() -> None:
    near, far = noncentral_interval(99.9 / 10, 100), noncentral_interval(100.1 / 10, 100)
    assert ends(far) == pytest.approx([end * 100.1 / 99.9 for end in ends(near)], rel=3e-3)


def test_counts_of_score_pairs_stand_for_people() -> None:
    assert paired_sums([1, 2], [3, 4], [2, 1]) == paired_sums([1, 1, 2], [3, 3, 4])


def test_too_few_or_all_alike_is_a_result() -> None:
    assert paired_t(Sums(0, 0, 0, 0, 0, 0)).value is None
    assert paired_t(paired_sums([1], [3])).value == 2
    assert paired_t(paired_sums([1, 2], [2, 3])).notes == ("no_variation",)
    assert standardised_change(paired_sums([1, 2, 3], [2, 3, 4])) is None
    assert welch((1, 2, 4), (1, 3, 9)).interval is None
    assert overlapping_t(Sums(0, 0, 0, 0, 0, 0), (0, 0, 0), (0, 0, 0)).value is None
    assert around(1, inf).high == inf


def test_scores_that_are_not_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="exclude first"):
        paired_sums([1, float("nan")], [1, 2])
    with pytest.raises(ValueError, match="pairs expected"):
        paired_sums([1, 2], [1])
    with pytest.raises(ValueError, match="1 degrees"):
        hedges(1)


def test_partly_overlapping_shares() -> None:
    alone = overlapping_z((0, 0, 0, 0), (30, 50), (40, 50))
    pooled = np.sqrt(0.7 * 0.3 * (1 / 50 + 1 / 50))
    assert alone.p == pytest.approx(2 * stats.norm.sf(0.2 / pooled)) and alone.value == pytest.approx(0.2)
    linked = overlapping_z((30, 2, 12, 6), (30, 50), (40, 50))
    assert linked.interval is not None and linked.se and alone.se
    assert linked.interval.low <= (linked.value or 0) <= linked.interval.high
    assert overlapping_z((0, 0, 0, 0), (0, 0), (0, 0)).value is None
    assert overlapping_z((5, 0, 0, 0), (5, 5), (5, 5)).notes == ("no_variation",)


def test_partly_overlapping_shares_of_the_paper() -> None:
    """Derrick, Dobson-McKittrick, Toher & White (2015): 15 linked (8, 1, 3, 3), 5 of 9 and 6 of 6 alone; p = .053."""
    found = overlapping_z((8, 1, 3, 3), (5, 9), (6, 6))
    assert found.p == pytest.approx(0.053, abs=5e-4) and found.value == pytest.approx(17 / 21 - 14 / 24)
    assert found.interval is not None and found.interval.low < 0 < found.interval.high and found.se


def test_which_result_leads() -> None:
    up, down = (Estimate(v, None, 10, "x", "paired") for v in (0.2, -0.1))
    assert linkage(60, 100, 120, up, up, alike=True).leads == "paired"
    assert linkage(59, 100, 120, up, up, alike=True).leads == "everyone"
    assert linkage(90, 100, 120, up, up, alike=False).leads == "everyone"
    assert not linkage(90, 100, 120, up, down, alike=True).agree
    assert linkage(0, 0, 5, up, up, alike=True).share is None
    with pytest.raises(ValueError, match="9 linked of 5 before"):
        linkage(9, 5, 20, up, up, alike=True)
