"""Change against other programs: paired yes/no, moves, and both with schools."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.change import (
    bonett_price,
    mcnemar_asymptotic,
    mcnemar_exact,
    mcnemar_mid_p,
    net_improvement,
    net_improvement_by_school,
    newcombe_paired,
    odds_ratio,
    paired_difference,
    share_difference,
    tango,
)
from analysis.clustering import cr2_mean
from analysis.results import Interval
from analysis.tables import moves

Reference = Callable[[str], Any]


def before_minus_after(interval: Interval) -> list[float]:
    """The papers subtract the other way round."""
    return [-interval.high, -interval.low]


def test_tango(reference: Reference) -> None:
    known = reference("tango_paired_diff")
    found = [before_minus_after(tango(b, c, a + b + c + d)) for a, b, c, d in known.given["a_b_c_d"]]
    assert known.agrees("ci", found)
    a, b, c, d = known.given["case_90pc"]
    assert known.agrees("ci90_43_0_1_0", before_minus_after(tango(b, c, a + b + c + d, 0.90)))
    a, b, c, d = known.given["case_zero_discordant"]
    assert known.agrees("ci_zero_discordant_20", before_minus_after(tango(b, c, a + b + c + d)))


def test_newcombe_and_bonett_price(reference: Reference) -> None:
    known = reference("newcombe_paired_diff")
    assert known.agrees("ci", [before_minus_after(newcombe_paired(*cells)) for cells in known.given["a_b_c_d"]])
    known = reference("bonett_price_paired_diff")
    found = [before_minus_after(bonett_price(b, c, a + b + c + d)) for a, b, c, d in known.given["a_b_c_d"]]
    assert known.agrees("ci", found)


@pytest.mark.parametrize("name", ["mcnemar_bentur_2009", "mcnemar_cavo_2012"])
def test_mcnemar(reference: Reference, name: str) -> None:
    known = reference(name)
    (_, b), (c, _) = known.given["table_rows_before_cols_after"]
    assert known.agrees("p_midp", mcnemar_mid_p(b, c))
    assert known.agrees("p_exact", mcnemar_exact(b, c))
    assert known.agrees("chi2", mcnemar_asymptotic(b, c).statistic)
    assert known.agrees("p_asymptotic", mcnemar_asymptotic(b, c).p)
    assert known.agrees("p_asymptotic_cc", mcnemar_asymptotic(b, c, corrected=True).p)


def test_odds_ratio(reference: Reference) -> None:
    known = reference("mcnemar_conditional_or_bentur")
    found = odds_ratio(known.given["b"], known.given["c"])
    assert found is not None
    assert known.agrees("or", found.value)
    assert known.agrees("ci_exact", list(found.exact)) and known.agrees("ci_midp", list(found.mid_p))
    assert odds_ratio(0, 0) is None
    one_sided = odds_ratio(3, 0)
    assert one_sided is not None and one_sided.value == float("inf") == one_sided.exact[1]


@pytest.mark.parametrize("name", ["net_improvement_young_hunt", "net_improvement_fleiss2003"])
def test_net_improvement(reference: Reference, name: str) -> None:
    known = reference(name)
    up, same, down = moves(np.array(known.given["table_rows_before_cols_after"]))
    found = net_improvement(int(up), int(same), int(down))
    assert found.interval is not None
    assert known.agrees("n_up", up) and known.agrees("n_down", down) and known.agrees("n", found.n)
    assert known.agrees("net", found.value) and known.agrees("p_midp", found.p)
    assert known.agrees("tango_ci", [found.interval.low, found.interval.high])


def test_paired_tables_by_school(reference: Reference) -> None:
    known = reference("clustered_paired_tables_constructed")
    tables = np.array(list(known.given["schools_rows_before_cols_after"].values()))
    n = tables.sum((1, 2))
    before, after = np.arange(3)[:, None], np.arange(3)[None, :]
    top = (after == 2).astype(int) - (before == 2)
    for name, weights in (("mean_score_change", after - before), ("top_box_change", top)):
        sums = (tables * weights).sum((1, 2))
        found = paired_difference(sums, n)
        assert found.interval is not None
        for field, value in (("estimate", found.value), ("se_CR2", found.se), ("df", found.df), ("p", found.p)):
            assert known.agrees(f"{name}.{field}", value)
        assert known.agrees(f"{name}.ci_CR2", [found.interval.low, found.interval.high])
        assert known.agrees(f"{name}.se_linearised", float(cr2_mean(sums, n).cr1))
    net = net_improvement_by_school(moves(tables))
    assert net.interval is not None and net.n == known.expected["n"]
    assert known.agrees("net_improvement.estimate", net.value) and known.agrees("net_improvement.se_CR2", net.se)
    assert known.agrees("net_improvement.ci_CR2", [net.interval.low, net.interval.high])


paired_counts = st.tuples(*[st.integers(0, 60)] * 4).filter(lambda cells: sum(cells) > 0)


@given(paired_counts)
def test_paired_intervals_hold_the_change_and_turn_with_the_waves(cells: tuple[int, int, int, int]) -> None:
    a, b, c, d = cells
    n = sum(cells)
    change = (c - b) / n
    for found, turned in (
        (tango(b, c, n), tango(c, b, n)),
        (newcombe_paired(a, b, c, d), newcombe_paired(a, c, b, d)),
        (bonett_price(b, c, n), bonett_price(c, b, n)),
    ):
        assert turned.low == pytest.approx(-found.high, abs=1e-9)
        assert -1 - 1e-12 <= found.low <= found.high <= 1 + 1e-12
    assert tango(b, c, n).low <= change <= tango(b, c, n).high
    assert newcombe_paired(a, b, c, d).low <= change + 1e-12


@given(st.integers(0, 40), st.integers(0, 40))
def test_mid_p_lies_below_the_exact_p(b: int, c: int) -> None:
    assert 0 <= mcnemar_mid_p(b, c) <= mcnemar_exact(b, c) <= 1
    assert mcnemar_mid_p(b, c) == pytest.approx(mcnemar_mid_p(c, b))


@given(st.lists(st.tuples(*[st.integers(0, 20)] * 3), min_size=1, max_size=10))
def test_net_improvement_by_school_never_fails(table: list[tuple[int, int, int]]) -> None:
    found = net_improvement_by_school(np.array(table))
    up, same, down = np.array(table).sum(0)
    assert found.n == up + same + down
    if found.value is not None:
        assert found.value == pytest.approx((up - down) / found.n)
        if found.interval is not None:
            assert found.interval.low <= found.value <= found.interval.high


def test_one_school_moves_have_their_own_interval() -> None:
    found = net_improvement_by_school(np.array([[30, 40, 10]]))
    assert found.notes == ("one_school",) and found.method == "tango" and found.interval is not None


def test_schools_that_agree_exactly_fall_back_on_people() -> None:
    found = share_difference([5] * 5, [10] * 5, [8] * 5, [10] * 5)
    assert found.method == "newcombe" and found.notes == ("no_variation",)
    assert found.interval is not None and found.interval.low < 0.3 < found.interval.high
    everyone = share_difference([0] * 5, [10] * 5, [10] * 5, [10] * 5)
    assert everyone.interval is not None and everyone.interval.high == 1
    still = net_improvement_by_school(np.array([[0, 9, 0]] * 5))
    assert still.interval is not None and still.interval.low < 0 < still.interval.high


def test_no_pairs_is_a_result_and_impossible_pairs_are_not() -> None:
    assert net_improvement(0, 0, 0).value is None
    for call, message in (
        (lambda: net_improvement(-1, 2, 3), "up -1"),
        (lambda: tango(3, 3, 5), "3 and 3 of 5"),
        (lambda: newcombe_paired(0, 0, 0, 0), "no paired table"),
        (lambda: mcnemar_exact(-1, 2), "-1 and 2"),
        (lambda: odds_ratio(-1, 2), "-1 and 2"),
        (lambda: bonett_price(0, 0, 0), "0 and 0 of 0"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
