"""Ordered answers from a square table: other programs' values, raw rows as oracle, and tables at their edges."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.ordinal import (
    bhapkar,
    bowker,
    limits,
    mann_whitney,
    mean_score_change,
    probability_of_improvement,
    probability_of_superiority,
    sign_test,
    signed_rank,
    signed_rank_exact,
    stuart_maxwell,
)
from analysis.tables import moves

Reference = Callable[[str], Any]
TABLE = "table_rows_before_cols_after"


@pytest.mark.parametrize("name", ["signed_rank_table_young_hunt", "signed_rank_table_fleiss2003"])
def test_signed_rank_and_sign(reference: Reference, name: str) -> None:
    known = reference(name)
    table = known.given[TABLE]
    wilcoxon, pratt = signed_rank(table, "wilcoxon"), signed_rank(table, "pratt")
    up, same, down = (int(n) for n in moves(np.array(table)))
    assert known.agrees("n_up", up) and known.agrees("n_same", same) and known.agrees("n_down", down)
    assert known.agrees("w_plus", wilcoxon.w_plus)
    assert known.agrees("z_wilcoxon", wilcoxon.z) and known.agrees("p_wilcoxon", wilcoxon.p)
    assert known.agrees("p_wilcoxon_cc", wilcoxon.p_corrected)
    assert known.agrees("z_pratt", pratt.z) and known.agrees("p_pratt", pratt.p)
    assert known.agrees("rank_biserial", wilcoxon.rank_biserial)
    sign = sign_test(up, down)
    assert known.agrees("p_sign_exact", sign.p_exact) and known.agrees("z_sign", sign.z)


def test_exact_signed_rank_with_ties_and_zeros(reference: Reference) -> None:
    known = reference("signed_rank_exact_fischer1999")
    assert known.agrees("p_exact_wilcoxon", signed_rank_exact(known.given[TABLE], "wilcoxon"))
    assert known.agrees("p_exact_pratt", signed_rank_exact(known.given[TABLE], "pratt"))


def test_exact_signed_rank_of_scores(reference: Reference) -> None:
    known = reference("wilcoxon_exact_hollander_wolfe")
    fall = np.subtract(known.given["before"], known.given["after"])
    values = np.concatenate(([0.0], fall))
    table = np.zeros((len(values), len(values)))
    table[0, 1:] = 1  # from nought to each difference
    found = signed_rank(table, "wilcoxon", values)
    assert known.agrees("V", found.w_plus)
    assert known.agrees("p_two_sided", signed_rank_exact(table, "wilcoxon", values))


@pytest.mark.parametrize("name", ["young_hunt", "fleiss2003"])
def test_margins_and_symmetry(reference: Reference, name: str) -> None:
    known = reference(f"marginal_homogeneity_{name}")
    table = known.given[TABLE]
    for test, field in ((stuart_maxwell, "stuart_maxwell"), (bhapkar, "bhapkar"), (bowker, "bowker")):
        assert known.agrees(field, test(table).statistic)
        assert known.agrees("stuart_p" if field == "stuart_maxwell" else f"{field}_p", test(table).p)
    assert known.agrees("bowker_df", bowker(table).df)


@pytest.mark.parametrize("name", ["young_hunt", "fleiss2003"])
def test_mean_score_change(reference: Reference, name: str) -> None:
    known = reference(f"mean_score_change_{name}")
    found = mean_score_change(known.given[TABLE], known.given["scores"])
    assert found is not None
    assert known.agrees("mean_change", found.value) and known.agrees("wald_z", found.wald_z)
    assert known.agrees("ci_wald", [found.interval.low, found.interval.high])
    assert known.agrees("score_z", found.score_z) and known.agrees("score_p", found.score_p)


@pytest.mark.parametrize("name", ["young_hunt", "fleiss2003"])
def test_probability_of_improvement(reference: Reference, name: str) -> None:
    known = reference(f"prob_improvement_marginal_{name}")
    found = probability_of_improvement(known.given[TABLE])
    assert found.interval is not None and found.value is not None and found.se is not None
    assert known.agrees("alpha", found.value) and known.agrees("tau", 2 * found.value - 1)
    assert known.agrees("se_alpha", found.se) and known.agrees("se_tau", 2 * found.se)
    assert known.agrees("ci_alpha_logit", [found.interval.low, found.interval.high])


def test_brunner_munzel_from_frequencies(reference: Reference) -> None:
    known = reference("brunner_munzel_lumley")
    x, y = (np.bincount(known.given[side], minlength=6) for side in ("x", "y"))
    found = probability_of_superiority(x, y)
    assert found.interval is not None
    assert known.agrees("p_hat", found.value) and known.agrees("df", found.df) and known.agrees("p", found.p)
    assert known.agrees("ci", [found.interval.low, found.interval.high])


tables = st.integers(2, 5).flatmap(
    lambda k: st.lists(st.lists(st.integers(0, 5), min_size=k, max_size=k), min_size=k, max_size=k)
)


def rows(table: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    cells = [(i, j) for i, row in enumerate(table) for j, n in enumerate(row) for _ in range(n)]
    return np.array([i for i, _ in cells], int), np.array([j for _, j in cells], int)


@given(tables)
@settings(max_examples=30, deadline=None)
def test_the_table_gives_what_the_rows_give(table: list[list[int]]) -> None:
    before, after = rows(table)
    if np.any(before != after):
        for zeros, method in (("pratt", "pratt"), ("wilcoxon", "wilcox")):
            theirs = stats.wilcoxon(after, before, zero_method=method, method="approx", correction=False)
            assert signed_rank(table, zeros).p == pytest.approx(theirs.pvalue, rel=1e-9)  # type: ignore[arg-type]
    if len(before):
        u = stats.mannwhitneyu(after, before).statistic
        counts = np.array(table)
        assert mann_whitney(counts.sum(1), counts.sum(0)).u == pytest.approx(u)
        found = probability_of_improvement(table)
        assert found.value == pytest.approx(u / len(before) ** 2)


@given(tables)
@settings(max_examples=30, deadline=None)
def test_no_table_fails_and_waves_swapped_turn_the_sign(table: list[list[int]]) -> None:
    turned = np.array(table).T
    for zeros in ("pratt", "wilcoxon"):
        assert signed_rank(table, zeros).z == pytest.approx(-signed_rank(turned, zeros).z)
        assert signed_rank_exact(table, zeros) == pytest.approx(signed_rank_exact(turned, zeros))
        assert 0 <= signed_rank(table, zeros).p <= 1
    for test in (stuart_maxwell, bhapkar, bowker):
        assert test(table).p == pytest.approx(test(turned).p) and 0 <= test(table).p <= 1
    one, other = probability_of_improvement(table), probability_of_improvement(turned)
    if one.value is not None and other.value is not None:
        assert one.value == pytest.approx(1 - other.value)
    if one.interval is not None and one.value is not None:
        assert one.interval.low <= one.value <= one.interval.high
    change, back = mean_score_change(table), mean_score_change(turned)
    if change is not None and back is not None:
        assert change.value == pytest.approx(-back.value)


def test_differences_that_cancel_do_not_hide_a_change() -> None:
    """Margins apart by 8, -8 and 0: another program sums the first two and prints P = 1."""
    found = stuart_maxwell([[10, 10, 3], [2, 10, 3], [3, 3, 10]])
    assert found.df == 2 and found.statistic == pytest.approx(768 / 180) and found.p < 0.2


def test_options_in_two_sets_without_moves_between_add_up() -> None:
    """The matrix has no inverse there; the statistic and its df are the sums of the two sets' own."""
    one, other = np.array([[5, 9], [2, 4]]), np.array([[3, 1, 7], [6, 2, 2], [0, 1, 8]])
    whole = np.zeros((5, 5))
    whole[:2, :2], whole[2:, 2:] = one, other
    found, parts = stuart_maxwell(whole), [stuart_maxwell(one), stuart_maxwell(other)]
    assert found.df == sum(part.df for part in parts) == 3
    assert found.statistic == pytest.approx(sum(part.statistic for part in parts))


def test_where_everybody_moved_alike_there_is_no_spread_to_see() -> None:
    table = np.diag([1, 4, 2], 1)
    change = mean_score_change(table)
    assert change is not None and change.value == pytest.approx(1) and change.interval is None and change.wald_z is None


def test_scores_are_one_an_option() -> None:
    with pytest.raises(ValueError, match="3 scores for 2 options"):
        signed_rank([[1, 2], [3, 4]], scores=[1, 2, 3])


def test_floor_and_ceiling_before() -> None:
    found = limits([[1, 2], [3, 4]])
    assert (found.floor, found.ceiling, found.n) == (3, 7, 10)


def test_nobody_one_sided_and_not_square() -> None:
    assert probability_of_improvement([[0, 0], [0, 0]]).value is None
    assert mean_score_change([[0, 0], [0, 0]]) is None
    assert probability_of_superiority([0, 0], [1, 2]).value is None
    assert probability_of_superiority([1, 0], [1, 2]).interval is None
    assert probability_of_superiority([5, 0], [5, 0]).notes == ("no_variation",)
    assert probability_of_improvement([[0, 5], [0, 0]]).interval is None
    assert bhapkar([[0, 9], [0, 0]]).statistic == float("inf")
    with pytest.raises(ValueError, match="not a square table"):
        signed_rank([[1, 2, 3], [4, 5, 6]])
