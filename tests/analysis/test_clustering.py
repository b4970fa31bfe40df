"""Schools as clusters: CR2 from sums against R, and what one, three and four schools may say."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.change import mcnemar_asymptotic
from analysis.clustering import (
    cr2_contrast,
    cr2_difference,
    cr2_mean,
    difference_in_changes,
    group_difference,
    intraclass,
    school_difference,
    school_mean,
)
from analysis.proportions import clustered_share
from tests.load import covering

Reference = Callable[[str], Any]


def test_cr_errors_of_a_mean(reference: Reference) -> None:
    known = reference("cr2_cluster_mean_api00")
    sums, n = known.given["sum_api00"], known.given["n"]
    robust = cr2_mean(sums, n)
    for field, found in (("mean", robust.value), ("se_CR0", robust.cr0), ("se_CR1", robust.cr1)):
        assert known.agrees(field, float(found))
    for field, found in (("se_CR2", robust.cr2), ("se_CR3", robust.cr3), ("df_CR2_satterthwaite", robust.df)):
        assert known.agrees(field, float(found))
    estimate = school_mean(sums, n)
    assert estimate.interval is not None
    assert known.agrees("ci_CR2", [estimate.interval.low, estimate.interval.high])


def test_cr1_is_the_survey_packages_linearised_error(reference: Reference) -> None:
    known = reference("cluster_mean_api00")
    robust = cr2_mean(known.given["sum_api00"], known.given["n"])
    assert known.agrees("mean", float(robust.value)) and known.agrees("se_no_fpc", float(robust.cr1))
    drawn = 1 - len(known.given["n"]) / known.given["clusters_in_population"]
    assert known.agrees("se_fpc", float(robust.cr1) * drawn**0.5)


def test_the_linearised_error_of_a_ratio(reference: Reference) -> None:
    known = reference("cluster_bootstrap_city")
    robust = cr2_mean(known.given["x"], known.given["u"])
    assert known.agrees("ratio", float(robust.value)) and known.agrees("se_linearised", float(robust.cr0))


def test_pairs_in_clusters_where_ignoring_them_is_wrong(reference: Reference) -> None:
    known = reference("clustered_mcnemar_psychiatry")
    cells = np.array(known.given["a_b_c_d"])
    _, b, c, _ = cells.T
    assert known.agrees("mcnemar_unadjusted_chi2", mcnemar_asymptotic(int(b.sum()), int(c.sum())).statistic)
    d, schools = b - c, len(cells)
    assert known.agrees("obuchowski_chi2", (schools - 1) / schools * d.sum() ** 2 / (d**2).sum())
    robust = cr2_mean(d, cells.sum(1))  # R clubSandwich: -0.214814815 SE 0.067428184 df 24.280790
    assert [float(robust.value), float(robust.cr2), float(robust.df)] == pytest.approx(
        [-0.214814815, 0.067428184, 24.280790], rel=1e-7
    )


def test_intraclass_correlation_with_unequal_schools(reference: Reference) -> None:
    known = reference("icc_anova_api")
    data = known.given
    for name, sums, squares in (
        ("binary", data["sum_binary_sch_wide_yes"], data["sum_binary_sch_wide_yes"]),
        ("api00", data["sum_api00"], data["sumsq_api00"]),
    ):
        found = intraclass(sums, data["n"], squares)
        for field, value in (("icc", found.icc), ("msb", found.msb), ("msw", found.msw), ("n0", found.n0)):
            assert known.agrees(f"{name}.{field}", value)
        assert known.agrees(f"{name}.weighted_cluster_size", found.weighted_size)
        assert known.agrees(f"{name}.deff", found.design_effect)


def test_before_and_after_in_the_same_schools_without_links(reference: Reference) -> None:
    known = reference("clustered_unlinked_before_after_constructed")
    before = np.array(list(known.given["before"].values()))
    after = np.array(list(known.given["after"].values()))
    for name, points in (("mean_score", [1, 2, 3]), ("top_box", [0, 0, 1])):
        robust = cr2_difference(before @ points, before.sum(1), after @ points, after.sum(1))
        estimate = school_difference(before @ points, before.sum(1), after @ points, after.sum(1))
        assert estimate.interval is not None
        for field, found in (("se_CR0", robust.cr0), ("se_CR1", robust.cr1), ("se_CR2", robust.cr2), ("df", robust.df)):
            assert known.agrees(f"{name}.{field}", float(found))
        assert known.agrees(f"{name}.diff", estimate.value)
        assert known.agrees(f"{name}.p", estimate.p)
        assert known.agrees(f"{name}.ci_CR2", [estimate.interval.low, estimate.interval.high])


def explicit(sums: np.ndarray, n: np.ndarray) -> tuple[float, float]:
    """CR2 and its df the long way round: the K x K matrix that the closed form avoids."""
    total, k = n.sum(), len(n)
    weight = 1 / (total * np.sqrt(1 - n / total))
    error = sums - sums.sum() / total * n
    g = np.array(
        [[weight[i] * weight[j] * (n[i] * (i == j) - n[i] * n[j] / total) for j in range(k)] for i in range(k)]
    )
    return float(np.sqrt((error**2 / (1 - n / total)).sum()) / total), float(np.trace(g) ** 2 / (g**2).sum())


@given(st.lists(st.tuples(st.integers(1, 60), st.floats(0, 1)), min_size=2, max_size=15))
def test_the_closed_form_equals_the_matrix(schools: list[tuple[int, float]]) -> None:
    n = np.array([size for size, _ in schools], float)
    sums = np.array([size * share for size, share in schools])
    robust, (se, df) = cr2_mean(sums, n), explicit(sums, n)
    assert float(robust.cr2) == pytest.approx(se, abs=1e-12) and float(robust.df) == pytest.approx(df)


def school_lists(least: int = 0, most: int = 12) -> st.SearchStrategy[list[tuple[int, int, int, int]]]:
    wave = st.integers(0, 25).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
    return st.lists(st.tuples(wave, wave).map(lambda w: (*w[0], *w[1])), min_size=least, max_size=most)


@given(school_lists())
def test_no_table_fails_and_intervals_hold_their_estimate(schools: list[tuple[int, int, int, int]]) -> None:
    columns = list(zip(*schools, strict=True)) or [(), (), (), ()]
    found = school_difference(*columns)
    if found.interval is not None and found.inner is not None and found.value is not None:
        assert found.interval.low <= found.inner.low <= found.value <= found.inner.high <= found.interval.high


@given(school_lists(least=4), st.randoms())
def test_schools_in_any_order_and_waves_the_other_way_round(
    schools: list[tuple[int, int, int, int]], draw: Any
) -> None:
    s0, n0, s1, n1 = zip(*schools, strict=True)
    found, turned = school_difference(s0, n0, s1, n1), school_difference(s1, n1, s0, n0)
    draw.shuffle(schools)
    shuffled = school_difference(*zip(*schools, strict=True))
    if found.interval is not None:
        assert turned.interval is not None and shuffled.interval is not None
        assert turned.interval.low == pytest.approx(-found.interval.high, abs=1e-9)
        assert shuffled.interval.high == pytest.approx(found.interval.high, abs=1e-9)


def test_one_school_speaks_for_itself_and_three_have_no_interval() -> None:
    one = school_difference([5], [10], [8], [10])
    assert (one.value, one.interval, one.notes) == (pytest.approx(0.3), None, ("one_school",))
    three = school_difference([5, 4, 3], [10, 10, 10], [8, 6, 5], [10, 10, 10])
    assert three.interval is None and three.notes == ("two_or_three_schools",)
    four = school_difference([5, 4, 3, 6], [10] * 4, [8, 6, 5, 9], [10] * 4)
    assert four.interval is not None and four.notes == ("few_schools_first_sign",)


def test_one_school_with_most_of_the_pupils_brings_the_degrees_of_freedom_down() -> None:
    even = cr2_mean([5] * 10, [10] * 10)
    uneven = cr2_mean([450, *[5] * 9], [900, *[10] * 9])
    assert float(uneven.df) < 2 < float(even.df)


def test_nobody_answered_and_impossible_sums() -> None:
    assert school_mean([0, 0], [0, 0]).value is None
    assert school_difference([0], [0], [1], [2]).value is None
    with pytest.raises(ValueError, match="without people has a sum of 3"):
        school_mean([3], [0])
    with pytest.raises(ValueError, match="-2 people"):
        school_mean([0], [-2])
    with pytest.raises(ValueError, match=r"sums are \(2,\), people \(1,\)"):
        school_mean([1, 2], [3])
    assert intraclass([3], [5], [3]) is None and intraclass([1, 0], [1, 1], [1, 0]) is None


@given(st.lists(st.integers(1, 9), min_size=4, max_size=8), st.integers(1, 60), st.integers(0, 60), st.integers(0, 9))
def test_schools_that_agree_exactly_have_no_spread_whatever_the_rounding(
    times: list[int], base: int, agreed: int, more: int
) -> None:
    """A standard error of 1e-17 would be an interval without width, and a p of nought."""
    n = np.array(times) * base
    share = np.array(times) * min(agreed, base)
    assert float(cr2_mean(share, n).cr2) == 0 and school_mean(share, n).notes == ("no_variation",)
    assert clustered_share(share, n).method == "wilson"
    apart = np.arange(len(n)) % 4  # schools differ, but each changes by the same
    moved = school_difference(apart, [base] * len(n), apart + more, [base] * len(n))
    assert moved.notes == ("no_variation",) and moved.interval is None


def test_many_items_at_once_give_what_one_gives() -> None:
    draw = np.random.default_rng(5)
    n = draw.integers(5, 60, (40, 20))
    sums = draw.binomial(n, 0.4)
    together = cr2_mean(sums, n)
    for item in range(40):
        alone = school_mean(sums[item], n[item])
        assert alone.se == pytest.approx(float(together.cr2[item]), rel=1e-12)


def long_way(sums: np.ndarray, n: np.ndarray, signs: list[int]) -> tuple[float, float]:
    """CR2 and Satterthwaite df of a contrast from the regression itself: one row a person, matrices and all."""
    cells, schools = n.shape
    rows = [(c, k) for c in range(cells) for k in range(schools) for _ in range(int(n[c, k]))]
    x = np.eye(cells)[[c for c, _ in rows]]
    school = np.array([k for _, k in rows])
    y = np.array([sums[c, k] / n[c, k] for c, k in rows])
    bread = np.linalg.inv(x.T @ x)
    hat = x @ bread @ x.T
    residual, contrast, parts, g = y - hat @ y, np.array(signs) @ bread, 0.0, []
    for k in range(schools):
        mine = school == k
        values, vectors = np.linalg.eigh(np.eye(mine.sum()) - hat[np.ix_(mine, mine)])
        adjust = vectors @ np.diag(values**-0.5) @ vectors.T
        weights = contrast @ x[mine].T @ adjust
        parts += float(weights @ residual[mine]) ** 2
        g.append((np.eye(len(y)) - hat)[:, mine] @ weights)
    gram = np.array(g) @ np.array(g).T
    return parts**0.5, float(np.trace(gram) ** 2 / (gram**2).sum())


@pytest.mark.parametrize("seed", range(3))
def test_contrasts_of_four_cells_equal_the_regression(seed: int) -> None:
    draw = np.random.default_rng(seed)
    n = draw.integers(2, 7, (4, 5))
    if seed == 2:  # two arms in schools of their own
        n[:2, 3:], n[2:, :3] = 0, 0
        n = np.hstack([n, draw.integers(2, 5, (4, 2)) * np.array([[1], [1], [0], [0]])])
    sums = np.where(n > 0, n * draw.normal(size=n.shape), 0)
    robust = cr2_contrast(sums, n, [-1, 1, 1, -1])
    with np.errstate(invalid="ignore"):
        se, df = long_way(sums, n, [-1, 1, 1, -1])
    assert float(robust.cr2) == pytest.approx(se) and float(robust.df) == pytest.approx(df)


def test_a_difference_in_changes_is_one_change_minus_the_other() -> None:
    n = np.full((4, 6), 20)
    sums = np.array([[8, 9, 7, 8, 10, 9], [14, 15, 12, 13, 16, 14], [8, 9, 8, 7, 9, 9], [9, 9, 8, 8, 10, 9]])
    found = difference_in_changes(sums, n)
    one, other = (school_difference(sums[i], n[i], sums[i + 1], n[i + 1]) for i in (0, 2))
    assert found.value == pytest.approx((one.value or 0) - (other.value or 0)) and found.interval is not None
    assert difference_in_changes(sums[:, :3], n[:, :3]).interval is None
    assert difference_in_changes(sums * 0, n * 0).value is None
    with pytest.raises(ValueError, match="four cells"):
        difference_in_changes(sums[:3], n[:3])


def test_two_groups_at_one_time_are_compared_within_schools() -> None:
    found = group_difference([5, 6, 7, 9], [10] * 4, [4, 4, 6, 6], [10] * 4)
    assert found.value == pytest.approx((27 - 20) / 40) and found.interval is not None


@pytest.mark.proof
@pytest.mark.parametrize("figure", covering.FIGURES)
@pytest.mark.parametrize("icc", covering.ICCS)
@pytest.mark.parametrize("schools", covering.SCHOOLS)
def test_intervals_cover_as_often_as_they_say(schools: int, icc: float, figure: str) -> None:
    """3,000 programmes: within 93.5 to 96.5%, plus or minus two Monte Carlo errors (0.8 points)."""
    assert covering.LEAST <= covering.covered(figure, schools, icc) <= covering.MOST
