"""Figures that papers, books and other programs print, computed from the data they print: beside the reference values.

Most are quoted in the evidence without their data; the data are the papers' own. Each test names its source.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from analysis.agreement import fleiss
from analysis.attacker import nearest_five
from analysis.change import mcnemar_asymptotic, mcnemar_exact, mcnemar_mid_p, odds_ratio, tango
from analysis.clustering import cr2_mean
from analysis.ordinal import (
    bhapkar,
    bowker,
    mann_whitney,
    mean_score_change,
    probability_of_improvement,
    signed_rank,
    signed_rank_exact,
    stuart_maxwell,
    typical_change,
)
from analysis.overlap import overlapping_t
from analysis.proportions import (
    effective_size,
    korn_graubard,
    logit_interval,
    manski,
    manski_net,
    silent_interval,
    wilson,
)
from analysis.reliable_change import Norm, Threshold, classified, drift
from analysis.scales import alpha, omega, products, within_schools
from analysis.scores import paired_sums, paired_t, smcr, spread, welch
from analysis.tables import moves
from analysis.trends import moving_ranges, xmr

Reference = Callable[[str], Any]

# Unaided distance vision of 7,477 women, right eye against left (Stuart 1953, Biometrika 40:105; R coin's data(vision)).
VISION = [[1520, 266, 124, 66], [234, 1512, 432, 78], [117, 362, 1772, 205], [36, 82, 179, 492]]
# Serial against retrospective measurements (Fischer et al 1999, in Fagerland, Lydersen & Laake 2017, chapter 9).
FISCHER = [[1, 0, 1, 0, 0], [0, 2, 8, 4, 4], [1, 1, 31, 14, 11], [1, 0, 15, 9, 12], [0, 0, 2, 1, 3]]
# Psychiatric diagnoses of 30 patients by six raters each (Fleiss 1971, Psychological Bulletin 76:378, table 1).
FLEISS_1971 = [
    [0, 0, 0, 6, 0], [0, 3, 0, 0, 3], [0, 1, 4, 0, 1], [0, 0, 0, 0, 6], [0, 3, 0, 3, 0], [2, 0, 4, 0, 0],
    [0, 0, 4, 0, 2], [2, 0, 3, 1, 0], [2, 0, 0, 4, 0], [0, 0, 0, 0, 6], [1, 0, 0, 5, 0], [1, 1, 0, 4, 0],
    [0, 3, 3, 0, 0], [1, 0, 0, 5, 0], [0, 2, 0, 3, 1], [0, 0, 5, 0, 1], [3, 0, 0, 1, 2], [5, 1, 0, 0, 0],
    [0, 2, 0, 4, 0], [1, 0, 2, 0, 3], [0, 0, 0, 0, 6], [0, 1, 0, 5, 0], [0, 2, 0, 1, 3], [2, 0, 0, 4, 0],
    [1, 0, 0, 4, 1], [0, 5, 0, 1, 0], [4, 0, 0, 0, 2], [0, 2, 0, 4, 0], [1, 0, 5, 0, 0], [0, 0, 0, 0, 6],
]  # fmt: skip


def test_vision_moves_little_and_the_two_ways_to_treat_zeros_differ() -> None:
    """Statistics 1.4: 71% no change, z = 3.44 (Pratt) and 3.20 (Wilcoxon); 4.2: R coin mh_test 11.95656962."""
    assert np.trace(np.array(VISION)) / 7477 == pytest.approx(0.708, abs=5e-4)
    assert signed_rank(VISION, "pratt").z == pytest.approx(3.44, abs=0.005)
    assert signed_rank(VISION, "wilcoxon").z == pytest.approx(3.20, abs=0.005)
    assert stuart_maxwell(VISION).statistic == pytest.approx(11.95656962, abs=5e-9)
    assert bhapkar(VISION).statistic == pytest.approx(11.976, abs=5e-4)  # Bhapkar (1966), JASA 61:228
    assert (bowker(VISION).statistic, bowker(VISION).df) == (pytest.approx(19.11, abs=0.005), 6)


def test_mean_score_change_with_scores_of_the_papers_own() -> None:
    """Fagerland, Lydersen & Laake (2017), table 9.x: 1.6942, score interval 0.8769 to 2.5115, before minus after."""
    found = mean_score_change(FISCHER, [8, 3.5, 0, -3.5, -8])
    assert found is not None and found.score_z is not None
    assert -found.value == pytest.approx(1.6942, abs=5e-5)
    reach = 1.959964 * found.value / found.score_z
    assert [-found.value - reach, -found.value + reach] == pytest.approx([0.8769, 2.5115], abs=5e-5)


def test_exact_signed_rank_where_scipy_ignores_ties(reference: Reference) -> None:
    """Statistics 4.3: 0.000163 for Fleiss et al's table, where SciPy's exact method gives 0.000379."""
    table = reference("signed_rank_table_fleiss2003").given["table_rows_before_cols_after"]
    assert signed_rank_exact(table, "wilcoxon") == pytest.approx(0.000163, abs=5e-7)


def test_one_sided_exact_p_and_the_typical_change(reference: Reference) -> None:
    """Hollander & Wolfe's depression scores: V = 40, one-sided p .01953125, Hodges-Lehmann 0.46 (R wilcox.test)."""
    known = reference("wilcoxon_exact_hollander_wolfe")
    fall = np.subtract(known.given["before"], known.given["after"])
    table = np.zeros((len(fall) + 1, len(fall) + 1))
    table[0, 1:] = 1
    values = np.concatenate(([0.0], fall))
    assert known.agrees("p_greater", signed_rank_exact(table, "wilcoxon", values, "up"))
    assert signed_rank_exact(table, "wilcoxon", values, "down") == pytest.approx(1 - 0.01953125 + 3 / 512)  # P(V <= 40)
    assert known.agrees("hodges_lehmann", round(typical_change(table, values) or 0, 10))
    assert typical_change([[0, 0], [0, 0]]) is None and typical_change([[3, 0], [0, 4]]) == 0


def test_the_jackknife_agrees_with_the_error_of_improvement(reference: Reference) -> None:
    """One pair left out at a time, cell by cell: the check of a standard error that another program has wrong."""
    for name in ("young_hunt", "fleiss2003"):
        known = reference(f"prob_improvement_marginal_{name}")
        table = np.array(known.given["table_rows_before_cols_after"], float)
        n, cells = table.sum(), np.argwhere(table > 0)
        without = []
        for i, j in cells:
            less = table.copy()
            less[i, j] -= 1
            without.append(2 * float(probability_of_improvement(less).value or 0) - 1)
        people = np.array([table[i, j] for i, j in cells])
        apart = np.array(without) - np.average(without, weights=people)
        assert known.agrees("se_tau_jackknife", float(np.sqrt((n - 1) / n * (people * apart**2).sum())))


def test_floppy_eyelids() -> None:
    """Ezra et al (2010), in Fagerland, Lydersen & Laake (2014), Stat Med 33:2850: 25 and 2 discordant, ratio 12.5."""
    found = odds_ratio(25, 2)
    assert found is not None and found.value == 12.5
    assert mcnemar_asymptotic(25, 2).statistic == pytest.approx(23**2 / 27)
    assert mcnemar_exact(25, 2) == pytest.approx(stats.binomtest(2, 27).pvalue)
    assert mcnemar_mid_p(25, 2) == pytest.approx(mcnemar_exact(25, 2) - stats.binom.pmf(2, 27, 0.5))


def test_where_everybody_moves_the_same_way_the_interval_still_has_a_width() -> None:
    """Tango's equation solved by hand: (n - z^2)/(n + z^2), 0.6777 for 20 pairs; mirrored for all the other way."""
    z2 = stats.norm.ppf(0.975) ** 2
    up, down = tango(0, 20, 20), tango(20, 0, 20)
    assert (up.low, up.high) == (pytest.approx((20 - z2) / (20 + z2)), 1) and (down.low, down.high) == (-1, -up.low)
    nearly = tango(0, 1999, 2000)
    assert tango(0, 2000, 2000).low > nearly.low > 0.99


def test_mann_whitney_of_postoperative_nausea() -> None:
    """Lydersen et al (2012), in Fagerland et al (2017) chapter 6; SciPy on the rows as the other program."""
    first, second = [14, 10, 3, 2], [11, 7, 8, 4]
    found = mann_whitney(first, second)
    for corrected, p in ((False, found.p), (True, found.p_corrected)):
        theirs = stats.mannwhitneyu(
            np.repeat(range(4), second), np.repeat(range(4), first), method="asymptotic", use_continuity=corrected
        )
        assert found.u == theirs.statistic and p == pytest.approx(theirs.pvalue, rel=1e-12)
    assert found.superiority == pytest.approx(found.u / 29 / 30) and (found.z or 0) > 0
    assert mann_whitney([5, 0], [5, 0]).p is None and mann_whitney([0, 0], [1, 2]).superiority is None
    with pytest.raises(ValueError, match="same options"):
        mann_whitney([1, 2], [1, 2, 3])


@pytest.mark.parametrize(
    ("arm", "values", "variances"),
    [
        (
            [(7.9, 15.0, 20, 0.47), (3.3, 3.1, 50, 0.64), (0.2, 0.1, 9, 0.77), (22.5, 14.5, 10, 0.89), (0.4, 4.7, 14, 0.44)],
            [0.5056, 1.0481, 1.8054, 1.4181, 0.0801],
            [0.0594, 0.0254, 0.2322, 0.1225, 0.0802],
        ),
        (
            [(-3.4, 13.8, 20, 0.47), (0.4, 4.1, 42, 0.64), (0, 0.2, 9, 0.77), (5.0, 17.3, 11, 0.89), (-1.4, 3.1, 14, 0.44)],
            [-0.2365, 0.0958, 0, 0.2667, -0.4250],
            [0.0544, 0.0173, 0.0511, 0.0232, 0.0864],
        ),
    ],
)  # fmt: skip
def test_smcr_from_printed_means(
    arm: list[tuple[float, float, int, float]], values: list[float], variances: list[float]
) -> None:
    """Morris (2008), table 5, treatment and control: change, SD before, n, r; values of R metafor's escalc("SMCR")."""
    found = [smcr(*study) for study in arm]
    assert [one.value for one in found] == pytest.approx(values, abs=5e-5)
    assert [(one.se or 0) ** 2 for one in found] == pytest.approx(variances, abs=5.1e-5)
    assert smcr(1, 2, 2, 0.5).notes == ("too_few",) and smcr(0, 2, 9, 1.0).notes == ("no_variation",)
    with pytest.raises(ValueError, match="sd 0"):
        smcr(1, 0, 9, 0.5)


def test_diagnoses_by_many_raters() -> None:
    """Fleiss (1971): kappa .430; R irr kappam.fleiss 0.430244520 (statistics 4.2)."""
    assert fleiss(FLEISS_1971) == pytest.approx(0.430244520, abs=5e-10)


def test_viscosity_of_paint() -> None:
    """Montgomery, Introduction to Statistical Quality Control, individuals chart: 33.52, 34.80 and 32.24; ranges 0.48, 1.57."""
    batches = [33.75, 33.05, 34.00, 33.81, 33.46, 34.02, 33.68, 33.27, 33.49, 33.20, 33.62, 33.00, 33.54, 33.12, 33.84]
    found, ranges = xmr(batches), moving_ranges(batches)
    assert (found.centre, found.upper[0], found.lower[0]) == (
        pytest.approx(33.52, abs=0.005),
        pytest.approx(34.80, abs=0.005),
        pytest.approx(32.24, abs=0.005),
    )
    assert ranges.centre == pytest.approx(0.48, abs=0.005) and ranges.upper == pytest.approx(1.57, abs=0.005)
    assert len(ranges.values) == 14 and moving_ranges([3.0]).upper == 0


def test_shares_of_a_list_and_of_those_who_stayed_silent() -> None:
    """Statistics 0.3 and 1.1: 763 of 8,900; 62.24 to 68.68%, 4.4% narrower; worst case 5.6% to 97.0%."""
    assert effective_size(763, 8900) == pytest.approx(834.452, abs=5e-4)
    plain, listed = wilson(500, 763).interval, wilson(500, 763, 8900).interval
    assert plain is not None and listed is not None
    assert [plain.low, plain.high] == pytest.approx([0.6209, 0.6882], abs=5e-5)
    assert [listed.low, listed.high] == pytest.approx([0.6224, 0.6868], abs=5e-5)
    assert 1 - (listed.high - listed.low) / (plain.high - plain.low) == pytest.approx(0.044, abs=5e-4)
    worst = manski(500, 763, 8900)
    assert [worst.low, worst.high] == pytest.approx([0.056, 0.970], abs=5e-4)


def test_bounds_of_net_improvement_treat_the_missing_at_their_worst() -> None:
    found = manski_net(30, 12, 100, 150)
    assert (found.low, found.high) == (pytest.approx((30 - 50 - 12) / 150), pytest.approx((30 + 50 - 12) / 150))
    assert manski_net(30, 12, 100, 100).low == manski_net(30, 12, 100, 100).high == pytest.approx(0.18)
    for wrong in ((30, 80, 100, 150), (3, 1, 9, 8), (-1, 2, 9, 9)):
        with pytest.raises(ValueError, match=" of "):
            manski_net(*wrong)


def test_the_interval_around_worst_case_bounds() -> None:
    """With wide bounds c = 1.644854 (statistics 1.2): Manski's 21, 64 of 106 homeless people."""
    found = silent_interval(21, 64, 106)
    low, high = 21 / 106, 63 / 106
    assert found.low == pytest.approx(low - 1.644854 * (low * (1 - low) / 106) ** 0.5, abs=1e-6)
    assert found.high == pytest.approx(high + 1.644854 * (high * (1 - high) / 106) ** 0.5, abs=1e-6)


def test_clustered_shares_as_the_survey_package_makes_them(reference: Reference) -> None:
    """svyciprop: logit +- t(K - 1) SE/(p q) on the linearised error; the beta interval at an n never above n."""
    data = reference("cluster_jackknife_api").given
    n, yes = np.array(data["n"]), np.array(data["sum_binary_sch_wide_yes"])
    robust = cr2_mean(yes, n)
    p, se, df = float(robust.value), float(robust.cr1), len(n) - 1
    found = logit_interval(p, se, df)
    reach = stats.t.ppf(0.975, df) * se / (p * (1 - p))
    assert [stats.logistic.ppf(end) for end in (found.low, found.high)] == pytest.approx(
        [stats.logistic.ppf(p) - reach, stats.logistic.ppf(p) + reach]
    )
    people = int(n.sum())
    assert p * (1 - p) / se**2 > people  # a design effect below 1, by chance (0.70)
    exact = korn_graubard(p, se, people, df)
    theirs = stats.binomtest(int(yes.sum()), people).proportion_ci()
    narrower = (stats.t.ppf(0.025, people - 1) / stats.t.ppf(0.025, df)) ** 2
    worth = min(people, people * narrower)
    assert exact.low < theirs.low and exact.high > theirs.high and worth < people
    assert exact.low == pytest.approx(stats.beta.ppf(0.025, p * worth, worth - p * worth + 1))
    assert korn_graubard(0.0, 0.0, 50, 9).low == 0 and korn_graubard(1.0, 0.0, 50, 9).high == 1
    for call in (lambda: logit_interval(1.0, 0.1, 5), lambda: korn_graubard(0.5, 0.1, 1, 5)):
        with pytest.raises(ValueError, match="share of"):
            call()


def test_leaving_out_one_school_at_a_time(reference: Reference) -> None:
    """R survey's JK1 from our ratio, school by school; CR3 is close to it and CR2 below (statistics 1.9)."""
    known = reference("cluster_jackknife_api")
    n = np.array(known.given["n"], float)
    schools = len(n)
    left = 1 - np.eye(schools)
    for field, sums in (("se_proportion", "sum_binary_sch_wide_yes"), ("se_api00", "sum_api00")):
        total = np.array(known.given[sums], float)
        means = cr2_mean(left * total, left * n).value
        jackknife = float(np.sqrt((schools - 1) / schools * ((means - means.mean()) ** 2).sum()))
        assert known.agrees(field, jackknife)
        robust = cr2_mean(total, n)
        assert float(robust.cr2) < jackknife < 1.05 * float(robust.cr3)


def test_every_resample_of_three_schools(reference: Reference) -> None:
    """The exact cluster bootstrap, by enumeration: only to check our ratio, for it covers too little to be a method."""
    known = reference("cluster_bootstrap_exact_3")
    sums, n = np.array(known.given["sum"]), np.array(known.given["n"])
    drawn = np.array(np.meshgrid(*[range(3)] * 3)).reshape(3, -1).T
    with np.errstate(all="ignore"):
        ratios = cr2_mean(sums[drawn], n[drawn]).value
    assert known.agrees("ratio", float(cr2_mean(sums, n).value))
    for field in ("mean", "min", "max"):
        assert known.agrees(field, float(getattr(ratios, field)()))
    assert known.agrees("se", float(ratios.std()))


def test_rounding_to_five_where_another_body_shows_the_count(reference: Reference) -> None:
    """The NHS's own rule hides 1 to 7; ours hides below 10. What is shown is rounded alike."""
    known = reference("rounding_to_5_hes")
    for count, shown in zip(known.given["counts"], known.expected["published"], strict=True):
        assert shown is None or nearest_five(count) == shown


def test_naive_errors_and_design_effects_of_paired_and_unlinked_tables(reference: Reference) -> None:
    known = reference("clustered_paired_tables_constructed")
    tables = np.array(list(known.given["schools_rows_before_cols_after"].values()))
    n, steps = tables.sum((1, 2)), np.subtract.outer(-np.arange(3), -np.arange(3))
    for name, weights in (("mean_score_change", steps), ("net_improvement", np.sign(steps))):
        cells = tables.sum(0).ravel()
        naive = paired_t(paired_sums(np.zeros(9), weights.ravel(), cells)).se or 0
        linearised = float(cr2_mean((tables * weights).sum((1, 2)), n).cr1)
        assert known.agrees(f"{name}.se_naive", naive)
        assert known.agrees(f"{name}.deff", (linearised / naive) ** 2)
    assert moves(tables.sum(0)).tolist()[0] - moves(tables.sum(0)).tolist()[2] == pytest.approx(0.193236714976 * 207)
    known = reference("clustered_unlinked_before_after_constructed")
    before, after = (np.array(list(known.given[wave].values())).sum(0) for wave in ("before", "after"))
    for name, points in (("mean_score", np.array([1, 2, 3])), ("top_box", np.array([0, 0, 1]))):
        sides = [(float(w.sum()), float(w @ points), float(w @ points**2)) for w in (before, after)]
        assert known.agrees(f"{name}.se_naive_welch", welch(*sides).se)


def test_clustered_tests_of_pairs_that_ours_replaces(reference: Reference) -> None:
    """Durkalski and Yang from the sums that our CR0 has: the same numerator, other weights (psychiatry data)."""
    known = reference("clustered_mcnemar_psychiatry")
    _, b, c, _ = np.array(known.given["a_b_c_d"]).T
    n = np.array(known.given["a_b_c_d"]).sum(1)
    share = (b - c) / n
    durkalski = float(share.sum() ** 2 / (share**2).sum())
    assert known.agrees("durkalski_chi2", durkalski)
    assert known.agrees("durkalski_p", float(stats.chi2.sf(durkalski, 1)))


def test_linked_by_nobody_and_by_everybody() -> None:
    """Derrick's t is Welch's where nobody is linked and the paired t where everybody is."""
    before, after = [3.0, 5, 4, 8, 6], [4.0, 7, 4, 9, 9]
    side = [(5.0, float(sum(rows)), float(sum(x * x for x in rows))) for rows in (before, after)]
    none, apart = overlapping_t(paired_sums([], []), *side), welch(*side)
    assert (none.value, none.se, none.df, none.p) == pytest.approx((apart.value, apart.se, apart.df, apart.p))
    everybody, paired = (
        overlapping_t(paired_sums(before, after), (0, 0, 0), (0, 0, 0)),
        paired_t(paired_sums(before, after)),
    )
    assert (everybody.value, everybody.se, everybody.df) == pytest.approx((paired.value, paired.se, paired.df))
    same = overlapping_t(paired_sums(before, [x + 1 for x in before]), (0, 0, 0), (0, 0, 0))
    assert same.notes == ("no_variation",) and same.value == pytest.approx(1)


def test_omega_by_its_other_denominators(reference: Reference) -> None:
    """Statistics 1.14: .8563 model-implied (ours), .8263 of the observed variance, .8405 on the correlations."""
    rows = np.array(reference("mcdonald_omega_attitude").given["rows"], float)
    found = omega(rows)
    common = sum(found.loadings) ** 2
    n = len(rows)
    assert common / (products(rows).covariance.sum() * (n - 1) / n) == pytest.approx(0.826318, abs=5e-7)
    assert omega((rows - rows.mean(0)) / rows.std(0)).omega == pytest.approx(0.840545, abs=1e-6)


def test_alpha_within_schools_leaves_out_what_schools_differ_by() -> None:
    draw = np.random.default_rng(3)
    schools = [draw.normal(size=(30, 1)) + draw.normal(size=(30, 4)) for _ in range(6)]
    apart = [rows + 3 * k for k, rows in enumerate(schools)]  # one school higher than the other on every item
    within = within_schools([products(rows) for rows in apart])
    centred = np.vstack([rows - rows.mean(0) for rows in schools])
    assert within.covariance == pytest.approx(centred.T @ centred / (180 - 6))
    assert alpha(within).alpha == pytest.approx(alpha(centred).alpha) and alpha(within).n == 175
    assert alpha(np.vstack(apart)).alpha > alpha(within).alpha + 0.1
    with pytest.raises(ValueError, match="no school"):
        within_schools([products(np.full((2, 3), np.nan))])


def test_change_needed_and_entrants_drift() -> None:
    """Statistics 1.12 and 1.13: r = .70 asks for 1.52 SD; entrants 21.64, 24.15 again, a gain of 2.51 for nothing."""
    assert Norm(1, 0.70).threshold == pytest.approx(1.52, abs=0.005)
    found = drift(mean=30, sd=6, retest=0.7, cut=25)
    z = (25 - 30) / 6
    assert found.at_entry == pytest.approx(30 - 6 * stats.norm.pdf(z) / stats.norm.cdf(z), rel=1e-12)
    assert [found.at_entry, found.again, found.gain] == pytest.approx([21.64, 24.15, 2.51], abs=0.005)


def test_reliable_improvement_as_published_for_5896_young_people() -> None:
    """CORC: 3,056 of 5,896 improved reliably (51 to 53%)."""
    found = wilson(3056, 5896).interval
    assert found is not None and [found.low, found.high] == pytest.approx([0.51, 0.53], abs=0.006)


def test_reliable_categories_of_people_who_only_err() -> None:
    """Statistics 1.12: about 2.5% each way by chance, where nobody's true score moved."""
    draw, norm = np.random.default_rng(8), Norm(10, 0.8)
    true = draw.normal(50, 10 * 0.8**0.5, 40_000)
    before, after = (true + draw.normal(0, norm.error, 40_000) for _ in range(2))
    found = classified(before, after, Threshold(norm.threshold, inclusive=False))
    assert found.improved / found.n == pytest.approx(0.025, abs=0.0025)
    assert found.worse / found.n == pytest.approx(0.025, abs=0.0025)


def test_sleep_data_by_their_two_average_spreads(reference: Reference) -> None:
    """Statistics 1.5: d_av 0.8335 (Lakens) and 0.8322 (Cumming) differ in the third digit."""
    given = reference("paired_t_sleep").given
    found = spread(paired_sums(given["before"], given["after"]))
    assert found is not None
    assert found.change / ((found.sd_before + found.sd_after) / 2) == pytest.approx(0.8335, abs=5e-5)
    assert found.change / ((found.sd_before**2 + found.sd_after**2) / 2) ** 0.5 == pytest.approx(0.8322, abs=5e-5)
