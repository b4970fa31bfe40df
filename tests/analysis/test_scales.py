"""Scales and agreement: other programs' values, scoring on its edges."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from analysis.agreement import cohen, fleiss, intraclass_of_raters, krippendorff, may_be_reported
from analysis.scales import (
    alpha,
    detectable_change,
    measurement_error,
    omega,
    points,
    products,
    scored,
    spearman_brown,
    turned,
)

Reference = Callable[[str], Any]
NAN = float("nan")


def test_alpha(reference: Reference) -> None:
    known = reference("cronbach_alpha_attitude")
    found = alpha(known.given["rows"])
    assert known.agrees("alpha", found.alpha) and known.agrees("std_alpha", found.standardised)
    assert known.agrees("feldt_ci", [found.interval.low, found.interval.high])
    assert known.agrees("alpha_if_dropped", list(found.if_dropped))
    assert known.agrees("item_rest_r", list(found.item_rest))


def test_omega(reference: Reference) -> None:
    known = reference("mcdonald_omega_attitude")
    found = omega(known.given["rows"])
    assert known.agrees("omega", found.omega) and known.agrees("loadings", list(found.loadings))
    assert known.agrees("residual_variances", list(found.residuals)) and not found.may_be_shown


def test_measurement_error_and_detectable_change(reference: Reference) -> None:
    known = reference("sem_mdc")
    sd, r = known.given["sd"], known.given["r_xx"]
    assert known.agrees("sem", measurement_error(sd, r))
    assert known.agrees("mdc95", detectable_change(sd, r)) and known.agrees("mdc90", detectable_change(sd, r, 0.90))


def test_cohen(reference: Reference) -> None:
    known = reference("cohen_kappa_fce1969")
    plain, weighted = cohen(known.given["table"]), cohen(known.given["table"], "quadratic")
    assert plain is not None and weighted is not None
    assert known.agrees("kappa", plain.kappa) and known.agrees("se", plain.se)
    assert known.agrees("ci", [plain.interval.low, plain.interval.high])
    assert known.agrees("weighted_quadratic", weighted.kappa) and known.agrees("se_weighted_quadratic", weighted.se)
    assert cohen([[0, 0], [0, 0]]) is None and cohen([[5, 0], [0, 0]]) is None


def test_krippendorff(reference: Reference) -> None:
    known = reference("krippendorff_alpha_nmm")
    ratings = np.array(known.given["raters_x_units"], float)
    for kind in ("nominal", "ordinal", "interval", "ratio"):
        assert known.agrees(kind, krippendorff(ratings, kind))  # type: ignore[arg-type]
    assert krippendorff([[1, NAN], [NAN, 2]]) is None and krippendorff([[1, 1], [1, 1]]) is None


def test_codes_that_coders_do_not_share_are_not_counted() -> None:
    assert may_be_reported(0.667, 50) and not may_be_reported(0.66, 500)
    assert not may_be_reported(0.9, 49) and not may_be_reported(None, 90)


def test_raters(reference: Reference) -> None:
    known = reference("icc_shrout_fleiss")
    found = intraclass_of_raters(known.given["targets_x_judges"])
    for field, value in (("ICC1", found.one_way), ("ICC2", found.random), ("ICC3", found.fixed)):
        assert known.agrees(field, value)
    for field, value in (("ICC1k", found.one_way_mean), ("ICC2k", found.random_mean), ("ICC3k", found.fixed_mean)):
        assert known.agrees(field, value)


def test_fleiss_with_two_coders_is_scotts_pi() -> None:
    both = np.array([[2, 0], [2, 0], [0, 2], [1, 1]])
    share = both.sum(0) / 8
    expected = (share**2).sum()
    assert fleiss(both) == pytest.approx((0.75 - expected) / (1 - expected))
    assert fleiss([[2, 0], [2, 0]]) is None
    with pytest.raises(ValueError, match="same number"):
        fleiss([[2, 0], [1, 0]])


def test_points_come_from_the_table_and_absences_have_none() -> None:
    table = np.full((2, 256), NAN)
    table[:, :3] = [0, 1, 2]
    table[1] = turned(table[1])
    found = points([[0, 0], [2, 2], [1, 254]], table)
    assert found[:2].tolist() == [[0, 2], [2, 0]] and np.isnan(found[2, 1])
    with pytest.raises(ValueError, match="256 an item"):
        points([[0]], table)


def test_scores_are_prorated_where_enough_was_answered() -> None:
    answers = [[1, 2, 0, 1, 1], [1, 2, 1, NAN, NAN], [1, NAN, NAN, NAN, 2], [NAN] * 5]
    found = scored(answers, 3)
    assert found[:2] == pytest.approx([5, 20 / 3]) and np.isnan(found[2:]).all()
    assert scored(answers, 3, half_up=True)[1] == 7 and scored(answers, 3, as_mean=True)[0] == 1
    with pytest.raises(ValueError, match="6 of 5"):
        scored(answers, 6)


def test_halves_go_up_where_the_owner_rounds() -> None:
    """Four of five answered with 0, 0, 1, 1: 2.5 prorated. Python's round gives 2."""
    assert scored([[0, 0, 1, 1, NAN]], 3, half_up=True)[0] == 3


def test_sums_of_schools_give_the_alpha_of_everybody() -> None:
    draw = np.random.default_rng(2)
    trait = draw.normal(size=(90, 1))
    rows = trait + draw.normal(size=(90, 4))
    rows[5, 2] = NAN
    together = products(rows[:40]) + products(rows[40:])
    assert alpha(together).alpha == pytest.approx(alpha(rows).alpha) and alpha(rows).n == 89
    assert 0 < omega(rows).omega < 1
    assert spearman_brown(0.5) == pytest.approx(2 / 3)


def test_too_little_to_tell_is_a_result() -> None:
    assert alpha([[1, 2, 3], [2, 3, 5]]) is None and alpha([[1, 2, 3], [1, 3, 4], [1, 4, 6]]) is None
    assert alpha([[1, -1, 2], [2, -2, 2.5], [3, -3, 1]]) is not None
    assert alpha([[1, -1, 0.0], [2, -2, 1], [3, -3, 0], [4, -4, 1]]) is not None
    assert omega([[1, 2, 3], [1, 2, 3], [1, 2, 3]]) is None  # nothing varies
    same = np.random.default_rng(0).normal(size=(20, 2))
    assert omega(np.column_stack([same, same[:, 0]])) is None  # one item twice: no inverse
    assert omega([[1, 2, 4, 3], [2, 1, 3, 4], [3, 3, 1, 2]]) is None  # fewer people than items
    assert intraclass_of_raters([[1, 2]]) is None and intraclass_of_raters([[1, 2], [1, 2]]) is None
    assert fleiss(np.zeros((0, 3))) is None
    apart = intraclass_of_raters([[0, 0, 1], [0, 1, 0], [1, 0, 1]])
    assert apart is not None and apart.random_mean is None and apart.fixed < 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: alpha([[1, 2], [2, 3], [3, 5]]), "2 items"),
        (lambda: omega([[1, 2], [2, 3]]), "2 items"),
        (lambda: products([[1.0, 2]]).covariance, "1 complete rows"),
        (lambda: measurement_error(-1, 0.5), "sd -1"),
        (lambda: spearman_brown(-1.0), "correlation of -1"),
        (lambda: intraclass_of_raters([[1, NAN], [2, 3]]), r"ratings \(2, 2\)"),
    ],
)
def test_impossible_data_are_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
