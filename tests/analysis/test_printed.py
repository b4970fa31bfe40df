"""Before-and-after tables that others printed, worked through: what follows from them, and what does not."""

from math import sqrt

import numpy as np
import pytest
from scipy import stats

from analysis.change import mcnemar_asymptotic, mcnemar_exact, mcnemar_mid_p, newcombe_paired, share_difference
from analysis.clustering import difference_in_changes
from analysis.ordinal import signed_rank
from analysis.printed import change_from_t, possible_bases
from analysis.proportions import count_range, manski, published_interval, wilson, wilson_interval
from analysis.results import Interval
from analysis.scores import paired_sums, paired_t, spread, standardised_change


def ends(interval: Interval | None, times: float = 1) -> list[float]:
    assert interval is not None
    return [times * interval.low, times * interval.high]


def test_lessons_against_abuse_in_nepal() -> None:
    """Bansal et al (2023), 120 pupils: knowledge 17.04 (6.96) to 29.80 (4.53), paired t = 20.996."""
    found = change_from_t(("17.04", "6.96"), ("29.80", "4.53"), 120, 20.996)
    assert found is not None and found.r_is_known
    assert [found.change, found.sd_change, found.r] == pytest.approx([12.76, 6.657, 0.391], abs=5e-4)
    assert ends(found.interval) == pytest.approx([11.56, 13.96], abs=0.005)
    assert [found.d_z, found.g_z, found.glass, found.d_av_mean] == pytest.approx([1.917, 1.905, 1.833, 2.221], abs=5e-4)
    assert found.d_av == pytest.approx(12.76 / sqrt((6.96**2 + 4.53**2) / 2)) and found.p < 0.001


@pytest.mark.parametrize(
    ("before", "after", "df", "t", "d_z", "p", "r"),
    [
        (("4.01", ".76"), ("4.06", ".73"), 4310, 3.031, 0.046, 0.0025, -0.06),
        (("3.85", ".71"), ("4.02", ".68"), 3097, 10.53, 0.189, 2e-25, 0.16),
    ],
)
def test_a_then_test_is_sure_and_trivial_at_once(
    before: tuple[str, str], after: tuple[str, str], df: int, t: float, d_z: float, p: float, r: float
) -> None:
    """After School Matters (Young 2019): rounding of the means alone moves the first r from -.52 to .32."""
    found = change_from_t(before, after, df + 1, t)
    assert found is not None and found.d_z == pytest.approx(d_z, abs=5e-4)
    assert found.p == pytest.approx(p, rel=0.2) and found.r == pytest.approx(r, abs=0.005)
    assert found.r_is_known == (df == 3097)
    if df == 4310:
        assert found.r_range == (pytest.approx(-0.52, abs=0.005), pytest.approx(0.32, abs=0.005))


def test_what_a_t_cannot_tell() -> None:
    assert change_from_t(("3", "1"), ("3", "1"), 50, 0) is None and change_from_t(("3", "1"), ("4", "1"), 2, 5) is None
    with pytest.raises(ValueError, match="a change of 1 with t = -2"):
        change_from_t(("3", "1"), ("4", "1"), 50, -2)
    falling = change_from_t(("4.0", "1.0"), ("3.5", "1.0"), 50, -4)
    assert falling is not None and falling.change == pytest.approx(-0.5) and falling.d_z < 0
    assert (
        falling.interval.low < -0.5 < falling.interval.high < 0
        and falling.r_range[0] <= falling.r <= falling.r_range[1]
    )


@pytest.mark.parametrize("seed", range(4))
def test_a_change_is_found_again_from_its_own_printed_table(seed: int) -> None:
    draw = np.random.default_rng(seed)
    before = draw.normal(20, 4, 60)
    after = 0.6 * before + draw.normal(10, 3, 60)
    sums = paired_sums(before, after)
    true, shape, t = standardised_change(sums), spread(sums), paired_t(sums)
    assert true is not None and shape is not None and t.value is not None and t.se
    printed = [
        (f"{m:.6f}", f"{s:.6f}") for m, s in ((shape.mean_before, shape.sd_before), (shape.mean_after, shape.sd_after))
    ]
    found = change_from_t(printed[0], printed[1], 60, t.value / t.se)
    assert found is not None and found.r == pytest.approx(shape.r, abs=1e-4)
    assert [found.d_z, found.g_z, found.d_av, found.d_av_mean, found.glass] == pytest.approx(
        [true.d_z, true.g_z, true.d_av, true.d_av_mean, true.glass], abs=1e-4
    )
    assert ends(found.interval) == pytest.approx(ends(t.interval), abs=1e-4)


def test_six_percentages_of_a_campaign_have_one_base() -> None:
    """Early Help surveys, Staffordshire: 87.7, 97.54, 95.9, 73, 87 and 94% fit 122 people, and no fewer."""
    assert possible_bases(["87.7", "97.54", "95.9", "73", "87", "94"]) == (122, 244, 366, 487, 488)
    assert [count_range(float(p), 122, len(p.partition(".")[2]))[0] for p in ("87.7", "97.54", "95.9", "73")] == [
        107, 119, 117, 89,
    ]  # fmt: skip
    assert possible_bases(["33.3"], 6) == (3, 6) and possible_bases([], 3) == (1, 2, 3)
    with pytest.raises(ValueError, match="not a number"):
        possible_bases(["NaN"])


@pytest.mark.parametrize(
    ("percent", "n", "interval"),
    [(97, 646, (95.5, 98.1)), (91, 646, (88.6, 93.0)), (95, 763, (93.2, 96.4)), (67, 763, (63.6, 70.2))],
)
def test_tours_that_printed_only_an_after(percent: float, n: int, interval: tuple[float, float]) -> None:
    """Dreamkeepers (646 of 13,825 pupils) and Chelsea's Choice (763 of about 8,900); the true count is within a range."""
    nearest, widest = wilson_interval(round(percent * n / 100), n), published_interval(percent, n)
    assert ends(nearest, 100) == pytest.approx(interval, abs=0.051)
    assert widest.low < nearest.low < nearest.high < widest.high
    assert count_range(97, 646) == (624, 629) and count_range(91, 646) == (585, 591)


def test_what_the_silent_of_a_tour_leave_open() -> None:
    """67% of 763 would do something differently: of all 8,900, anything from 5.7% to 97.2%."""
    worst = manski(round(0.67 * 763), 763, 8900)
    assert ends(worst, 100) == pytest.approx([5.7, 97.2], abs=0.05)
    assert wilson(20, 29).interval is not None and ends(wilson(20, 29).interval, 100) == pytest.approx(
        [50.8, 82.7], abs=0.05
    )


def test_both_arms_improved_in_china() -> None:
    """365 pupils by class: knowledge and skills rose by 3.49 and 1.99, in the control group by 1.05 and 1.11."""
    for rise, control, difference in ((3.49, 1.05, 2.44), (1.99, 1.11, 0.88)):
        n = np.array([[180, 0], [180, 0], [0, 185], [0, 185]])
        found = difference_in_changes(n * np.array([[0], [rise], [0], [control]]), n)
        assert found.value == pytest.approx(difference) and found.interval is None and found.notes == ("one_school",)


def test_the_worked_table_of_120_pairs() -> None:
    """50 yes-yes, 12 yes-no, 34 no-yes, 24 no-no (R 4): +18.33 points, 7.44 to 28.57."""
    assert ends(newcombe_paired(50, 12, 34, 24), 100) == pytest.approx([7.44, 28.57], abs=0.005)
    assert mcnemar_exact(12, 34) == pytest.approx(0.001641, abs=5e-7)
    assert mcnemar_mid_p(12, 34) == pytest.approx(0.001089, abs=5e-7)
    plain, corrected = mcnemar_asymptotic(12, 34), mcnemar_asymptotic(12, 34, corrected=True)
    assert (plain.statistic, plain.p) == (pytest.approx(10.5217, abs=5e-5), pytest.approx(0.001180, abs=5e-7))
    assert corrected.p == pytest.approx(0.001960, abs=5e-7)
    assert share_difference([62], [120], [84], [120]).value == pytest.approx(0.1833, abs=5e-5)


def test_the_worked_scores_of_ten_people() -> None:
    """Mean change 1.0, t 3.3541, p .008468, .3256 to 1.6744; d_z 1.0607, r .6440; Wilcoxon V 21, p .02314."""
    before, after = [2, 3, 3, 4, 1, 2, 5, 3, 2, 4], [4, 3, 5, 4, 3, 2, 5, 4, 4, 5]
    sums = paired_sums(before, after)
    t, shape, sizes = paired_t(sums), spread(sums), standardised_change(sums)
    assert t.value == pytest.approx(1.0) and t.se and shape is not None and sizes is not None
    assert [t.value / t.se, t.p] == pytest.approx([3.3541, 0.008468], abs=5e-5) and shape.r == pytest.approx(
        0.6440, abs=5e-5
    )
    assert ends(t.interval) == pytest.approx([0.3256, 1.6744], abs=5e-5)
    assert sizes.d_z == pytest.approx(1.0607, abs=5e-5) and sizes.d_av_mean == pytest.approx(0.9126, abs=5e-5)
    table = np.zeros((5, 5), int)
    np.add.at(table, (np.array(before) - 1, np.array(after) - 1), 1)
    found = signed_rank(table, "wilcoxon")
    assert found.w_plus == 21 and found.p == pytest.approx(0.02314, abs=5e-6)
    assert found.p == pytest.approx(stats.wilcoxon(after, before, method="approx", correction=False).pvalue)
