"""What holds for every measure, whatever the table: it never fails, its interval holds its estimate and no more than can
be, it turns when the options or the waves are turned, it narrows when there are more of the same people, and neither the
order of people nor that of schools matters. Longer runs of the same are a proof.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.agreement import cohen, fleiss, intraclass_of_raters, krippendorff
from analysis.change import (
    bonett_price,
    net_improvement,
    net_improvement_by_school,
    newcombe_paired,
    odds_ratio,
    paired_difference,
    share_difference,
    tango,
)
from analysis.clustering import difference_in_changes, intraclass, school_difference, school_mean
from analysis.funnel import funnel, overdispersion
from analysis.linking import without_wrong_links
from analysis.ordinal import (
    bhapkar,
    bowker,
    limits,
    mann_whitney,
    mean_score_change,
    probability_of_improvement,
    probability_of_superiority,
    signed_rank,
    signed_rank_exact,
    stuart_maxwell,
    typical_change,
)
from analysis.overlap import overlapping_t, overlapping_z
from analysis.proportions import (
    clopper_pearson,
    clustered_share,
    hypergeometric_interval,
    korn_graubard,
    manski,
    mid_p_interval,
    newcombe_unpaired,
    silent_interval,
    simultaneous,
    tipping_point,
    wilson,
)
from analysis.rates import Events, rate, rate_ratio
from analysis.reliable_change import Norm, Threshold, classified, jacobson_truax
from analysis.results import Estimate, Interval
from analysis.scales import alpha, omega, products, scored, within_schools
from analysis.scores import equivalence, paired_sums, paired_t, spread, standardised_change, welch
from analysis.tables import moves, transitions
from analysis.trends import moving_ranges, p_chart, p_prime, xmr
from analysis.weighting import post_stratified, raked_mean

Array = np.ndarray
CLOSE = 1e-9


TIMES = int(os.environ.get("HEARD_TIMES_EXAMPLES", "1"))


def examples(count: int) -> settings:
    """So many tables; the proof at the end asks for many times as many."""
    return settings(max_examples=count * TIMES)


def seen(result: Any) -> tuple[float, list[Interval]] | None:
    """Value and intervals of any result; None where it has no value. What can be checked of it alone is checked."""
    value = getattr(result, "value", getattr(result, "kappa", None))
    if result is None or value is None:
        assert getattr(result, "interval", None) is None and getattr(result, "p", None) is None
        return None
    found = [one for one in (result.interval, getattr(result, "inner", None)) if one is not None]
    for one in found:
        assert one.low <= value <= one.high
        # Only where everybody on the list answered is there no doubt left; anywhere else no width is false certainty.
        assert one.high - one.low > 1e-12 or result.method == "wilson_finite_population"
    if len(found) == 2:
        assert found[0].low <= found[1].low + CLOSE and found[1].high <= found[0].high + CLOSE
    p = getattr(result, "p", None)
    assert p is None or 0 <= p <= 1
    return float(value), found


def mirrored(one: Any, other: Any, about: float) -> None:
    """The other result is the first one turned about a point."""
    first, second = seen(one), seen(other)
    assert (first is None) == (second is None)
    if first is None or second is None:
        return
    assert second[0] == pytest.approx(about - first[0], abs=CLOSE)
    assert [(i.low, i.high) for i in second[1]] == [
        (pytest.approx(about - i.high, abs=1e-7), pytest.approx(about - i.low, abs=1e-7)) for i in first[1]
    ]


def narrower(few: Any, many: Any) -> None:
    """More of the same people: the same value, no wider an interval."""
    first, second = seen(few), seen(many)
    if first is None or second is None:
        assert first is None and second is None
        return
    assert second[0] == pytest.approx(first[0], abs=CLOSE)
    for one, other in zip(first[1], second[1], strict=False):
        assert other.high - other.low <= one.high - one.low + CLOSE


# Square tables: pairs by options


def of_moves(table: Array) -> Estimate:
    up, same, down = (int(n) for n in moves(table))
    return net_improvement(up, same, down)


@dataclass(frozen=True)
class Square:
    """A measure of a square table, and the point about which it turns when before and after change places."""

    measure: Callable[[Array], Any]
    about: float


SQUARES = {
    "net": Square(of_moves, 0),
    "improvement": Square(probability_of_improvement, 1),
    "mean": Square(mean_score_change, 0),
    "superiority": Square(lambda t: probability_of_superiority(t.sum(1), t.sum(0)), 1),
}
cells = st.one_of(st.just(0), st.integers(0, 4), st.integers(0, 300))
squares = (
    st.integers(2, 5)
    .flatmap(lambda k: st.lists(cells, min_size=k * k, max_size=k * k))
    .map(lambda n: np.array(n).reshape(round(len(n) ** 0.5), -1))
)


@pytest.mark.parametrize("name", SQUARES)
@given(squares)
@examples(60)
def test_measures_of_a_square_table(name: str, table: Array) -> None:
    measure, about = SQUARES[name].measure, SQUARES[name].about
    mirrored(measure(table), measure(table.T), about)
    mirrored(measure(table), measure(table[::-1, ::-1]), about)
    narrower(measure(table), measure(3 * table))


@given(squares)
@examples(60)
def test_tests_of_a_square_table(table: Array) -> None:
    """p between 0 and 1, the same both ways round; the statistics grow with people."""
    for test in (stuart_maxwell, bhapkar, bowker):
        found, turned, more = test(table), test(table.T), test(3 * table)
        assert 0 <= found.p <= 1 and turned.p == pytest.approx(found.p, abs=CLOSE) and more.p <= found.p + CLOSE
    for zeros in ("pratt", "wilcoxon"):
        rank = signed_rank(table, zeros)
        assert 0 <= rank.p <= rank.p_corrected <= 1
        assert signed_rank(table.T, zeros).z == pytest.approx(-rank.z, abs=CLOSE)
        small = np.minimum(table, 3)
        both, up, down = (signed_rank_exact(small, zeros, side=side) for side in ("both", "up", "down"))
        assert 0 <= both <= 1 and up + down >= 1 - CLOSE and both <= 2 * min(up, down) + CLOSE
    whole, ends = typical_change(table), limits(table)
    assert (whole is None) == (table.sum() == 0) and 0 <= ends.floor + ends.ceiling <= 2 * ends.n
    test = mann_whitney(table.sum(1), table.sum(0))
    assert test.p is None or 0 <= test.p <= test.p_corrected <= 1


@given(squares)
@examples(60)
def test_agreement_of_two_coders(table: Array) -> None:
    for weights in ("none", "quadratic"):
        found, turned = cohen(table, weights), cohen(table.T, weights)  # type: ignore[arg-type]
        narrower(found, cohen(3 * table, weights))  # type: ignore[arg-type]
        one, other = seen(found), seen(turned)
        assert (one is None) == (other is None) and (one is None or other is None or one[0] == pytest.approx(other[0]))
    whatif = without_wrong_links(table)
    assert whatif is None or sum(whatif.corrected) == pytest.approx(1)


@given(squares, st.randoms())
@examples(40)
def test_people_and_schools_in_any_order_give_the_same_table(table: Array, draw: Any) -> None:
    """Raw rows, in any order and from any number of schools, count to the table that they were made from."""
    table = np.minimum(table, 6)
    rows = [(i, j) for (i, j), n in np.ndenumerate(table) for _ in range(n)]
    draw.shuffle(rows)
    schools = [draw.randrange(4) for _ in rows]
    k = len(table)
    lookup = np.full((1, 256), 255, np.uint8)
    lookup[0, :k] = np.arange(k)
    before, after = (np.array([row[side] for row in rows], np.uint8).reshape(-1, 1) for side in (0, 1))
    counted = transitions(before, after, schools, 4, lookup, k)[0]
    assert (counted.sum(0) == table).all()
    by_school = net_improvement_by_school(moves(counted))
    assert by_school.value == of_moves(table).value


# Yes and no


@given(st.integers(0, 80), st.integers(0, 80), st.integers(0, 80), st.integers(0, 80))
@examples(80)
def test_paired_yes_and_no(a: int, b: int, c: int, d: int) -> None:
    n = a + b + c + d
    ratio = odds_ratio(b, c)
    assert ratio is None or ratio.exact[0] <= ratio.mid_p[0] <= ratio.value <= ratio.mid_p[1] <= ratio.exact[1]
    if n == 0:
        return
    for interval in (
        lambda *x: tango(x[1], x[2], sum(x)),
        newcombe_paired,
        lambda *x: bonett_price(x[1], x[2], sum(x)),
    ):
        found, turned, more = interval(a, b, c, d), interval(a, c, b, d), interval(4 * a, 4 * b, 4 * c, 4 * d)
        asked_the_other_way = interval(d, c, b, a)
        assert -1 - CLOSE <= found.low <= found.high <= 1 + CLOSE
        assert (turned.low, turned.high) == (pytest.approx(-found.high, abs=1e-7), pytest.approx(-found.low, abs=1e-7))
        assert asked_the_other_way.low == pytest.approx(turned.low, abs=1e-7)
        assert more.high - more.low <= found.high - found.low + CLOSE and found.high > found.low
    assert tango(b, c, n).low <= (c - b) / n <= tango(b, c, n).high
    assert newcombe_paired(a, b, c, d).low - CLOSE <= (c - b) / n <= newcombe_paired(a, b, c, d).high + CLOSE


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
@examples(80)
def test_shares_of_those_who_answered_and_of_the_silent(x: int, more: int, silent: int) -> None:
    n, invited = x + more, x + more + silent
    for found, turned, larger in (
        (wilson(x, n), wilson(n - x, n), wilson(4 * x, 4 * n)),
        (wilson(x, n, invited), wilson(n - x, n, invited), wilson(4 * x, 4 * n, 4 * invited)),
    ):
        mirrored(found, turned, 1)
        narrower(found, larger)
        if found.interval is not None:  # exactly, whatever the rounding
            assert (found.interval.low == 0) == (x == 0) and (found.interval.high == 1) == (more == 0)
    for exact in (clopper_pearson, mid_p_interval):
        low, high = exact(x, n), exact(n - x, n)
        assert low.low == pytest.approx(1 - high.high, abs=CLOSE) and 0 <= low.low <= low.high <= 1
        assert n == 0 or low.low <= x / n <= low.high
    fewest, most = hypergeometric_interval(x, n, invited)
    assert x <= fewest <= most <= invited - (n - x)
    assert len(simultaneous([x, more, silent])) == 3
    if invited:
        worst, around = manski(x, n, invited), silent_interval(x, n, invited)
        assert around.low <= worst.low + CLOSE and worst.high <= around.high + CLOSE
        assert (tipping_point(0.1, n, invited) is None) == (silent == 0)
    if min(n, silent) > 0:
        two = newcombe_unpaired(x, n, 0, silent)
        assert two.low <= x / n <= two.high


# Schools


sizes = st.lists(st.one_of(st.just(0), st.integers(0, 40)), max_size=9)
shares = sizes.flatmap(lambda n: st.tuples(*(st.integers(0, one) for one in n)).map(lambda x: (list(x), n)))


def waves(count: int) -> st.SearchStrategy[list[list[int]]]:
    """Agreed and base of so many cells in the same schools: one row a school."""
    cell = st.one_of(st.just(0), st.integers(0, 40)).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
    return st.lists(st.tuples(*[cell] * count), max_size=9).map(lambda rows: [list(sum(row, ())) for row in rows])


def columns(rows: Sequence[Sequence[int]], count: int) -> list[Array]:
    return list(np.array(rows, int).reshape(-1, 2 * count).T)


@given(waves(1), st.randoms())
@examples(80)
def test_a_share_by_schools(rows: list[list[int]], draw: Any) -> None:
    x, n = columns(rows, 1)
    mirrored(clustered_share(x, n), clustered_share(n - x, n), 1)
    mirrored(school_mean(x, n), school_mean(-x, n), 0)
    if len(rows) >= 4:  # the rules for one school and for two or three are not more or less of the same
        narrower(clustered_share(x, n), clustered_share(np.tile(x, 3), np.tile(n, 3)))
        narrower(school_mean(x, n), school_mean(np.tile(x, 3), np.tile(n, 3)))
    draw.shuffle(rows)
    again = columns(rows, 1)
    mirrored(school_mean(-x, n), school_mean(*again), 0)
    found = intraclass(x, n, x)
    assert found is None or (found.icc <= 1 + CLOSE and found.design_effect >= 1)
    if n.sum() > 1 and (n > 0).sum() >= 4:
        share, error = float(x.sum() / n.sum()), school_mean(x, n).se or 0.0
        beta = korn_graubard(share, error, int(n.sum()), 3)
        assert 0 <= beta.low <= share <= beta.high <= 1


@given(waves(2), st.randoms())
@examples(80)
def test_a_change_by_schools(rows: list[list[int]], draw: Any) -> None:
    s0, n0, s1, n1 = columns(rows, 2)
    for change in (share_difference, school_difference):
        mirrored(change(s0, n0, s1, n1), change(s1, n1, s0, n0), 0)
        mirrored(change(s0, n0, s1, n1), change(n0 - s0, n0, n1 - s1, n1), 0)
        draw.shuffle(rows)
        mirrored(change(s1, n1, s0, n0), change(*columns(rows, 2)), 0)
    if len(rows) >= 4:
        narrower(share_difference(s0, n0, s1, n1), share_difference(*(np.tile(one, 3) for one in (s0, n0, s1, n1))))


@given(waves(4), st.randoms())
@examples(60)
def test_a_difference_in_changes_by_schools(rows: list[list[int]], draw: Any) -> None:
    cells = columns(rows, 4)
    sums, n = np.array(cells[::2]), np.array(cells[1::2])
    found = difference_in_changes(sums, n)
    mirrored(found, difference_in_changes(sums[[2, 3, 0, 1]], n[[2, 3, 0, 1]]), 0)
    draw.shuffle(rows)
    again = columns(rows, 4)
    mirrored(found, difference_in_changes(-np.array(again[::2]), np.array(again[1::2])), 0)


@given(st.lists(st.tuples(*[st.integers(0, 30)] * 3), max_size=9))
@examples(60)
def test_moves_by_schools(rows: list[tuple[int, int, int]]) -> None:
    table = np.array(rows, int).reshape(-1, 3)
    mirrored(net_improvement_by_school(table), net_improvement_by_school(table[:, ::-1]), 0)
    mirrored(net_improvement_by_school(table), net_improvement_by_school(table[::-1, ::-1]), 0)
    seen(paired_difference(table[:, 0] - table[:, 2], table.sum(1)))


@given(st.integers(1, 3).flatmap(lambda h: st.lists(st.tuples(*[st.integers(1, 9)] * h), max_size=7)), st.data())
@examples(50)
def test_weights(rows: list[tuple[int, ...]], data: st.DataObject) -> None:
    if not rows:
        return
    n = np.array(rows)
    sums = np.array([[data.draw(st.integers(0, int(one))) for one in row] for row in n])
    people = data.draw(st.lists(st.integers(1, 500), min_size=n.shape[1], max_size=n.shape[1]))
    found, raked = post_stratified(sums, n, people), raked_mean(sums, n, [people])
    seen(found.weighted)
    assert 0 <= (found.weighted.value or 0) <= 1 + CLOSE and 0 < found.effective <= n.sum() * (1 + CLOSE)
    assert raked.weighted.value == pytest.approx(found.weighted.value, abs=CLOSE)
    order = data.draw(st.permutations(range(len(n))))
    assert post_stratified(sums[order], n[order], people).weighted.se == pytest.approx(found.weighted.se, abs=CLOSE)


# Scores


scores = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=14)
alone = st.lists(st.integers(0, 12), max_size=9)


def side(rows: Sequence[int]) -> tuple[float, float, float]:
    return float(len(rows)), float(sum(rows)), float(sum(x * x for x in rows))


@given(scores)
@examples(80)
def test_paired_scores(pairs: list[tuple[int, int]]) -> None:
    before, after = [x for x, _ in pairs], [y for _, y in pairs]
    sums, turned, more = paired_sums(before, after), paired_sums(after, before), paired_sums(before * 3, after * 3)
    mirrored(paired_t(sums), paired_t(turned), 0)
    mirrored(paired_t(sums), paired_t(paired_sums([12 - x for x in before], [12 - y for y in after])), 0)
    if len(pairs) > 1:  # one person has a change and no interval
        narrower(paired_t(sums), paired_t(more))
    assert spread(sums) is None or abs(spread(sums).r) <= 1  # type: ignore[union-attr]
    same = equivalence(paired_t(sums), 2.0)
    assert same is None or 0 <= min(same.p_lower, same.p_upper) <= same.p <= 1
    found = standardised_change(sums)
    if found is not None:
        seen(found.smcr_estimate)
        assert found.d_z_interval.low <= found.d_z <= found.d_z_interval.high
        wider = standardised_change(more)
        assert wider is not None and abs(found.smcr) <= abs(found.glass)
    norm, step = Norm(3, 0.8, 6), Threshold(Norm(3, 0.8).threshold, inclusive=False)
    index = jacobson_truax(before, after, norm)
    categories = classified(before, after, step, 6)
    assert categories.n == len(pairs)
    assert categories.recovered + categories.improved == int((index > 1.96).sum())


@given(scores, alone, alone)
@examples(80)
def test_partly_linked_scores(pairs: list[tuple[int, int]], before: list[int], after: list[int]) -> None:
    x, y = [a for a, _ in pairs], [b for _, b in pairs]
    for equal in (True, False):
        found = overlapping_t(paired_sums(x, y), side(before), side(after), equal)
        mirrored(found, overlapping_t(paired_sums(y, x), side(after), side(before), equal), 0)
    mirrored(welch(side(before), side(after)), welch(side(after), side(before)), 0)
    if len(before) > 1 and len(after) > 1:
        narrower(welch(side(before), side(after)), welch(side(before * 3), side(after * 3)))


@given(st.tuples(*[st.integers(0, 30)] * 4), st.tuples(*[st.integers(0, 30)] * 4))
@examples(80)
def test_partly_linked_shares(cells: tuple[int, int, int, int], rest: tuple[int, int, int, int]) -> None:
    a, b, c, d = cells
    first, second = (rest[0], rest[0] + rest[1]), (rest[2], rest[2] + rest[3])
    found = overlapping_z(cells, first, second)
    mirrored(found, overlapping_z((a, c, b, d), second, first), 0)
    mirrored(found, overlapping_z((d, c, b, a), (rest[1], first[1]), (rest[3], second[1])), 0)
    more = [tuple(3 * n for n in part) for part in (cells, first, second)]
    narrower(found, overlapping_z(*more))  # type: ignore[arg-type]


# Events, scales, raters, series, sites


@given(st.integers(0, 40), st.integers(0, 500), st.integers(0, 40), st.integers(0, 500))
@examples(80)
def test_rates(first: int, days: int, second: int, later: int) -> None:
    before, after = Events(first if days else 0, days), Events(second if later else 0, later)
    more = [Events(3 * one.count, 3 * one.exposure) for one in (before, after)]
    narrower(rate(before, per=100), rate(more[0], per=100))
    found, turned = rate_ratio(before, after), rate_ratio(after, before)
    assert (found is None) == (turned is None)
    if found is not None and turned is not None and found.value is not None and 0 < found.value < float("inf"):
        assert seen(found) and turned.value == pytest.approx(1 / found.value)
        narrower(found, rate_ratio(*more))


@given(st.integers(3, 5).flatmap(lambda k: st.lists(st.lists(st.integers(0, 4), min_size=k, max_size=k), max_size=12)))
@examples(40)
def test_scales_and_raters(rows: list[list[int]]) -> None:
    k = len(rows[0]) if rows else 3
    answers = np.array(rows, float).reshape(-1, k)
    found = alpha(answers)
    if found is not None:
        assert found.interval.low <= found.alpha <= found.interval.high and found.alpha <= 1 + CLOSE
        assert alpha(answers[::-1, ::-1]).alpha == pytest.approx(found.alpha, abs=CLOSE)  # type: ignore[union-attr]
        more = alpha(np.tile(answers, (3, 1)))
        assert more is not None and more.interval.high - more.interval.low <= found.interval.high - found.interval.low
        assert more.alpha == pytest.approx(found.alpha, abs=CLOSE)
    one = omega(answers)
    assert one is None or 0 <= one.omega <= 1
    if len(answers):
        assert within_schools([products(answers), products(answers[:0])]).n == len(answers)
        assert np.nanmax(scored(answers, 1), initial=0) <= 4 * k + CLOSE
    seen_by_all = intraclass_of_raters(answers)
    assert seen_by_all is None or seen_by_all.fixed <= 1 + CLOSE
    for kind in ("nominal", "ordinal", "interval", "ratio"):
        value = krippendorff(answers.T, kind)  # type: ignore[arg-type]
        assert value is None or value <= 1 + CLOSE
    counts = np.array([np.bincount(np.array(row), minlength=5) for row in rows]).reshape(-1, 5)
    kappa = fleiss(counts)
    assert kappa is None or kappa <= 1 + CLOSE


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=25))
@examples(60)
def test_series_and_sites(points: list[tuple[int, int]]) -> None:
    x, n = np.array([a for a, _ in points], float), np.array([a + b + 1 for a, b in points], float)
    for chart, turned in (
        (xmr(x), xmr(-x)),
        (p_chart(x, n), p_chart(n - x, n)),
        (p_prime(x, n), p_prime(n - x, n)),
    ):
        assert (chart is None) == (not points)
        if chart is not None and turned is not None:
            assert all(
                low - CLOSE <= chart.centre <= high + CLOSE for low, high in zip(chart.lower, chart.upper, strict=True)
            )
            assert [one == "common" for one in chart.signals] == [one == "common" for one in turned.signals]
    assert moving_ranges(x).upper >= 0
    found = funnel(x, n)
    if found is not None:
        turned_funnel = funnel(n - x, n)
        assert turned_funnel is not None and turned_funnel.outside == found.outside
        assert funnel(x[::-1], n[::-1]).outside == found.outside[::-1]  # type: ignore[union-attr]
        for (low, high), (lowest, highest) in zip(*found.limits, strict=True):
            assert 0 <= lowest <= low <= high <= highest <= 1
        spread_of_sites = overdispersion(x, n)
        assert spread_of_sites.tau2 is None or spread_of_sites.tau2 >= 0


@pytest.mark.proof
def test_all_of_this_on_many_more_tables(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-m", "not proof", f"--basetemp={tmp_path / 'runs'}", __file__]
    environment = os.environ | {"HEARD_TIMES_EXAMPLES": "10"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
