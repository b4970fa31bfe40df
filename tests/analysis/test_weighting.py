"""Weights to known facts, and many items at once."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from analysis.headlines import adjusted, headlines
from analysis.results import Estimate
from analysis.weighting import kish, merged, post_stratified, raked, raked_mean, trimmed

Reference = Callable[[str], Any]


def test_post_stratification(reference: Reference) -> None:
    known = reference("poststratify_api")
    rows = known.given["rows_cluster_stratum"]
    schools, strata = (sorted({row[name] for row in rows}) for name in ("cluster", "stratum"))
    sizes = known.given["population"]
    drawn = (1 - len(schools) / known.given["clusters_in_population"]) ** 0.5  # R's value corrects for drawn schools

    def table(field: str) -> np.ndarray:
        cells = np.zeros((len(schools), len(strata)))
        for row in rows:
            cells[schools.index(row["cluster"]), strata.index(row["stratum"])] = row[field]
        return cells

    population = [sizes[name] for name in strata]
    found = post_stratified(table("sum_api00"), table("n"), population)
    assert known.agrees("mean_api00", found.weighted.value) and known.agrees("se", (found.weighted.se or 0) * drawn)
    enrolled = post_stratified(table("sum_enroll"), table("n"), population)
    assert known.agrees("total_enroll", enrolled.total) and known.agrees("total_enroll_se", enrolled.total_se * drawn)
    assert found.effective <= table("n").sum()


def test_a_stratum_without_answers_is_merged_first() -> None:
    with pytest.raises(ValueError, match=r"without answers: \[1\]"):
        post_stratified([[5, 0]], [[9, 0]], [50, 50])
    with pytest.raises(ValueError, match="population"):
        post_stratified([[5, 0]], [[9, 1]], [50])
    assert merged([12, 4, 7, 20, 3]) == (0, 1, 1, 2, 2)
    assert merged([3]) == (0,) and merged([]) == () and merged([2, 3, 4]) == (0, 0, 0)


def test_few_schools_have_no_weighted_interval() -> None:
    found = post_stratified([[5, 2], [6, 3]], [[9, 5], [9, 6]], [50, 50])
    assert found.weighted.interval is None and found.weighted.notes == ("two_or_three_schools",)
    assert found.plain == pytest.approx(16 / 29)


def test_raking_meets_every_margin_and_keeps_the_pattern() -> None:
    counts = np.array([[30, 20, 10], [25, 35, 40]])
    fitted = raked(counts, [[500, 500], [300, 300, 400]])
    assert fitted.sum(1) == pytest.approx([500, 500]) and fitted.sum(0) == pytest.approx([300, 300, 400])
    before = counts[0, 0] * counts[1, 1] / counts[0, 1] / counts[1, 0]
    assert fitted[0, 0] * fitted[1, 1] / fitted[0, 1] / fitted[1, 0] == pytest.approx(before)


def test_raking_to_one_margin_is_post_stratification() -> None:
    draw = np.random.default_rng(4)
    n = draw.integers(3, 20, (8, 3))
    sums = draw.binomial(n, 0.4)
    one, other = raked_mean(sums, n, [[300, 500, 200]]), post_stratified(sums, n, [300, 500, 200])
    assert one.weighted.value == pytest.approx(other.weighted.value)
    assert one.weighted.se == pytest.approx(other.weighted.se) and one.effective == pytest.approx(other.effective)


def test_the_error_of_a_raked_mean_row_by_row() -> None:
    """As R survey::rake finds it: means of each margin's categories taken out of the answers in turn, until none is left;
    what remains, weighted, by school."""
    draw = np.random.default_rng(6)
    rows = 400
    school, sex, year = (draw.integers(0, k, rows) for k in (9, 2, 3))
    y = draw.normal(size=rows) + 0.4 * sex - 0.3 * year + 0.2 * sex * year + 0.1 * school
    n, sums = np.zeros((9, 2, 3)), np.zeros((9, 2, 3))
    np.add.at(n, (school, sex, year), 1)
    np.add.at(sums, (school, sex, year), y)
    margins = [[2000, 1000], [500, 900, 1600]]
    weights = (raked(n.sum(0), margins) / n.sum(0))[sex, year]
    mean = float((weights * y).sum() / weights.sum())
    left = y - mean
    for _ in range(40):
        for category in (sex, year):
            left = left - (np.bincount(category, left) / np.bincount(category))[category]
    by_school = np.bincount(school, weights * left) / weights.sum()
    error = np.sqrt(9 / 8 * ((by_school - by_school.mean()) ** 2).sum())
    found = raked_mean(sums, n, margins)
    assert found.weighted.value == pytest.approx(mean) and found.weighted.se == pytest.approx(error)


def test_raking_to_what_was_answered_changes_nothing() -> None:
    draw = np.random.default_rng(5)
    n = draw.integers(3, 20, (8, 3, 2))
    sums = draw.binomial(n, 0.4)
    found = raked_mean(sums, n, [n.sum((0, 2)), n.sum((0, 1))])
    assert found.weighted.value == pytest.approx(found.plain) and found.effective == pytest.approx(n.sum())
    assert found.weighted.interval is not None
    assert found.weighted.interval.low < found.plain < found.weighted.interval.high
    with pytest.raises(ValueError, match="2 margins"):
        raked_mean(sums[:, :, 0], n[:, :, 0], [[1, 1, 1], [1, 1]])


@pytest.mark.parametrize(
    ("counts", "margins", "message"),
    [
        ([[1, 2], [3, 4]], [[5, 5], [5, 6]], "add up to"),
        ([[0, 0], [3, 4]], [[5, 5], [5, 5]], "category 0 of margin 0"),
        ([[1, 2], [3, 4]], [[5, 5, 5], [7, 8]], "margins of"),
        ([[1, 0], [0, 4]], [[6, 4], [5, 5]], "did not settle"),
    ],
)
def test_margins_that_cannot_be_met_are_refused(
    counts: list[list[int]], margins: list[list[int]], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        raked(counts, margins, rounds=50)


def test_nobody_answered_and_nobody_on_roll() -> None:
    assert (
        post_stratified([[0, 0]], [[0, 0]], [50, 50]) is None
        and post_stratified(np.zeros((0, 2)), np.zeros((0, 2)), [5, 5]) is None
    )
    assert raked_mean([[0, 0]], [[0, 0]], [[50, 50]]) is None and trimmed([]).size == 0
    for call in (lambda: post_stratified([[3]], [[5]], [0]), lambda: raked_mean([[3]], [[5]], [[0]])):
        with pytest.raises(ValueError, match="nobody is on roll"):
            call()


def test_effective_size_and_trimming() -> None:
    assert kish([2, 2, 2]) == pytest.approx(3) and kish([1, 3]) == pytest.approx(1.6)
    cut = trimmed([1, 1, 1, 20])
    assert cut.sum() == pytest.approx(23) and cut[3] / cut[0] == pytest.approx(5)
    with pytest.raises(ValueError, match="positive"):
        kish([])


def test_benjamini_hochberg(reference: Reference) -> None:
    known = reference("p_adjust_bh1995")
    p = known.given["p"]
    assert known.agrees("BH", list(adjusted(p))) and known.agrees("BY", list(adjusted(p, "by")))
    estimates = [Estimate(0.1, None, 10, "x", "y", p=one) for one in p]
    assert known.agrees("n_rejected_BH_5pc", sum(headlines(estimates)))


def test_a_finding_without_p_is_no_headline_and_counts_for_nothing() -> None:
    with_p, without = Estimate(0.1, None, 10, "x", "y", p=0.04), Estimate(0.1, None, 10, "x", "y")
    assert headlines([without, with_p, without]) == (False, True, False)
    assert headlines([]) == () == adjusted([])
    with pytest.raises(ValueError, match=r"not p values: \[1.2\]"):
        adjusted([0.5, 1.2])
