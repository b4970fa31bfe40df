"""The gate on its boundaries: CARE E5 and E6, one rule a test."""

from collections.abc import Callable
from typing import Any

import pytest

from analysis.disclosure import (
    published,
    published_response,
    published_row,
    release_breakdown,
    release_change,
    release_item,
    release_moves,
    release_response,
    release_share,
)
from analysis.exact import Count, Exact, Pairs, Rules
from analysis.results import Breakdown, Change, Estimate, Interval, Moves, Number, Share, Suppressed


def change_of(value: float, low: float | None = None, high: float | None = None, inner: float = 0.0) -> Estimate:
    interval = None if low is None or high is None else Interval(low, high)
    narrow = None if interval is None else Interval(interval.low + inner, interval.high - inner, 0.90)
    return Estimate(value, interval, 100, "cr2_satterthwaite", "unlinked", inner=narrow)


@pytest.mark.parametrize(("n", "shown"), [(0, False), (9, False), (10, True)])
def test_under_ten_people_nothing_is_shown(n: int, shown: bool) -> None:
    share = release_share(Count(0, n))
    assert isinstance(share, Share) is shown
    if isinstance(share, Suppressed):
        assert share.reason == "few_people"


def test_ten_to_twenty_nine_people_are_told_in_words_without_an_interval() -> None:
    for n in (10, 29):
        share = release_share(Count(n // 2, n, Interval(0.2, 0.8)))
        assert isinstance(share, Share)
        assert (share.percent, share.words, share.low, share.high) == (None, "about_half", None, None)


@pytest.mark.parametrize(
    ("x", "n", "words"),
    [
        (0, 24, "none_or_few"),
        (2, 24, "none_or_few"),
        (3, 24, "about_a_quarter"),
        (8, 24, "about_a_quarter"),
        (9, 24, "about_half"),
        (15, 24, "about_three_quarters"),
        (21, 24, "most_or_all"),
        (24, 24, "most_or_all"),
    ],
)
def test_words_are_cut_at_the_eighths(x: int, n: int, words: str) -> None:
    share = release_share(Count(x, n))
    assert isinstance(share, Share) and share.words == words


def test_from_thirty_whole_percentages_of_exact_counts_and_bases_to_the_nearest_five() -> None:
    share = release_share(Count(15, 32, Interval(0.3012, 0.6401)))
    assert isinstance(share, Share)
    assert (share.percent, share.base, share.low, share.high) == (47, 30, 30, 65)
    assert share.words is None


def test_interval_ends_round_outward_and_whole_ends_stay() -> None:
    share = release_share(Count(50, 700, Interval(0.07, 0.29)))
    assert isinstance(share, Share) and (share.low, share.high) == (7, 29)


def test_halves_round_up_in_exact_arithmetic() -> None:
    share = release_share(Count(29, 200))
    assert isinstance(share, Share) and share.percent == 15  # 14.5; round() would say 14


def test_a_sensitive_cell_under_ten_hides_with_its_partner() -> None:
    for x in (0, 9, 191, 200):
        share = release_share(Count(x, 200), sensitive=True)
        assert isinstance(share, Suppressed) and share.reason == "extreme"
    assert isinstance(release_share(Count(9, 200)), Share)


@pytest.mark.parametrize(("x", "percent", "bound"), [(24, 5, "under"), (25, 5, ""), (475, 95, ""), (476, 95, "over")])
def test_a_sensitive_share_stops_at_five_and_ninety_five(x: int, percent: int, bound: str) -> None:
    share = release_share(Count(x, 500, Interval(0.01, 0.99)), sensitive=True)
    assert isinstance(share, Share) and (share.percent, share.bound) == (percent, bound)
    assert (share.low is None) is bool(bound)


def test_groups_of_schools_need_three() -> None:
    hidden = release_share(Count(50, 100, schools=2))
    assert isinstance(hidden, Suppressed) and hidden.reason == "few_schools"
    assert isinstance(release_share(Count(50, 100, schools=3)), Share)


def test_points_are_the_difference_of_the_printed_percentages() -> None:
    before, after = release_share(Count(951, 2000)), release_share(Count(1409, 2000))  # 47.55, 70.45: apart by 22.9
    change = release_change(before, after, change_of(0.229, 0.191, 0.265))
    assert isinstance(change, Change)
    assert (before.percent, after.percent, change.points) == (48, 70, 22)
    assert (change.low, change.high) == (19, 27)


@pytest.mark.parametrize(
    ("low", "high", "inner", "position"),
    [
        (0.05, 0.09, 0, "rose_enough"),
        (0.01, 0.06, 0, "rose"),
        (0.01, 0.03, 0, "rose_little"),
        (-0.02, 0.03, 0, "same"),
        (-0.055, 0.03, 0.01, "cannot_tell"),
        (-0.049, 0.045, 0.01, "same"),
        (-0.10, 0.12, 0.02, "cannot_tell"),
        (-0.09, -0.05, 0, "fell_enough"),
        (-0.06, -0.01, 0, "fell"),
        (-0.03, -0.01, 0, "fell_little"),
        (0.004, 0.08, 0, "cannot_tell"),  # printed 0 to 8: the sentence follows what is printed
    ],
)
def test_the_position_follows_the_printed_interval(low: float, high: float, inner: float, position: str) -> None:
    share = release_share(Count(500, 1000))
    change = release_change(share, share, change_of((low + high) / 2, low, high, inner), smallest=5)
    assert isinstance(change, Change) and change.position == position


def test_without_an_interval_nothing_is_said_about_others() -> None:
    share = release_share(Count(500, 1000))
    change = release_change(share, share, change_of(0.2))
    assert isinstance(change, Change) and (change.low, change.position) == (None, "no_interval")


def test_a_change_is_hidden_with_either_of_its_sides() -> None:
    fine, words, few = release_share(Count(50, 100)), release_share(Count(5, 20)), release_share(Count(5, 9))
    capped = release_share(Count(12, 500), sensitive=True)
    for side, reason in ((words, "few_people"), (few, "few_people"), (capped, "extreme")):
        for before, after in ((side, fine), (fine, side)):
            change = release_change(before, after, change_of(0.2, 0.1, 0.3))
            assert isinstance(change, Suppressed) and change.reason == reason


def test_moves_show_three_whole_percentages_and_their_net() -> None:
    moves = release_moves(Pairs(340, 570, 93, 0, 0, change_of(0.2463, 0.2101, 0.29)))
    assert isinstance(moves, Moves)
    assert (moves.up, moves.same, moves.down, moves.base) == (34, 57, 9, 1005)
    assert (moves.net, moves.low, moves.high) == (25, 21, 29)


@pytest.mark.parametrize("alone", [1, 9])
def test_moves_are_hidden_where_one_to_nine_people_could_not_be_paired(alone: int) -> None:
    for pairs in (Pairs(40, 50, 20, alone, 0), Pairs(40, 50, 20, 0, alone)):
        moves = release_moves(pairs)
        assert isinstance(moves, Suppressed) and moves.reason == "protects_another"
    for fine in (0, 10):
        assert isinstance(release_moves(Pairs(40, 50, 20, fine, fine)), Moves)


def test_moves_are_hidden_when_either_margin_is() -> None:
    row = release_item(Exact("k", before=Count(4, 9), after=Count(30, 60), pairs=Pairs(4, 4, 1, 0, 51)))
    assert isinstance(row.moves, Suppressed)
    sensitive = Exact("k", Count(3, 300), Count(60, 300), pairs=Pairs(60, 200, 40, 0, 0), sensitive=True)
    assert isinstance(release_item(sensitive).moves, Suppressed)


def test_a_sensitive_move_under_ten_hides_with_the_smallest_other() -> None:
    moves = release_moves(Pairs(60, 200, 4, 0, 0), sensitive=True)
    assert isinstance(moves, Moves)
    assert (moves.up, moves.same, moves.down, moves.net) == (None, 76, None, None)


def test_sensitive_moves_that_are_nearly_all_alike_are_not_shown() -> None:
    assert isinstance(release_moves(Pairs(12, 600, 12, 0, 0), sensitive=True), Suppressed)


def test_few_pairs_are_told_in_words() -> None:
    moves = release_moves(Pairs(10, 9, 1, 0, 0))
    assert isinstance(moves, Moves)
    assert moves.words == ("about_half", "about_half", "none_or_few") and moves.up is None
    assert isinstance(release_moves(Pairs(4, 4, 1, 0, 0)), Suppressed)


def groups_of(**bases: int) -> dict[str, Exact]:
    return {name: Exact(name, after=Count(n // 2, n)) for name, n in bases.items()}


def test_a_group_too_small_is_dropped_with_the_next_smallest_and_never_named() -> None:
    shown = release_breakdown("year", Exact("k", after=Count(152, 305)), groups_of(y7=120, y8=100, y9=80, y10=5))
    assert isinstance(shown, Breakdown)
    assert [key for key, _ in shown.groups] == ["y7", "y8"] and shown.some_too_small
    assert "y10" not in str(shown.to_json()) and "y9" not in str(shown.to_json())


def test_a_small_group_among_blanks_needs_no_partner() -> None:
    shown = release_breakdown("year", Exact("k", after=Count(160, 320)), groups_of(y7=120, y8=100, y9=80, y10=5))
    assert isinstance(shown, Breakdown) and len(shown.groups) == 3 and shown.some_too_small


def test_nobody_in_a_group_is_told_the_same_way_as_too_few() -> None:
    none = release_breakdown("year", Exact("k", after=Count(1500, 3000)), groups_of(y7=1000, y8=1000, y9=980, y10=0))
    few = release_breakdown("year", Exact("k", after=Count(1500, 3000)), groups_of(y7=1000, y8=1000, y9=980, y10=9))
    assert isinstance(none, Breakdown) and none == few


def test_a_breakdown_of_two_is_withheld_when_one_fails() -> None:
    hidden = release_breakdown("gender", Exact("k", after=Count(52, 105)), groups_of(girls=100, boys=5))
    assert isinstance(hidden, Suppressed) and hidden.reason == "few_people"


def test_all_groups_shown_and_nobody_left_needs_no_protection() -> None:
    shown = release_breakdown("gender", Exact("k", after=Count(50, 100)), groups_of(girls=60, boys=40))
    assert isinstance(shown, Breakdown) and not shown.some_too_small


def test_a_group_hidden_in_one_wave_is_hidden_in_both() -> None:
    total = Exact("k", before=Count(150, 300), after=Count(150, 300))
    groups = {
        "y7": Exact("y7", Count(50, 100), Count(50, 100)),
        "y8": Exact("y8", Count(50, 100), Count(50, 100)),
        "y9": Exact("y9", Count(4, 8), Count(50, 100)),
    }
    shown = release_breakdown("year", total, groups)
    assert isinstance(shown, Breakdown) and [key for key, _ in shown.groups] == ["y7", "y8"]


def test_groups_that_hold_more_than_everybody_are_an_error() -> None:
    with pytest.raises(ValueError, match=r"10 more people than everybody \(100\), after"):
        release_breakdown("gender", Exact("k", after=Count(50, 100)), groups_of(girls=60, boys=50))


def test_response_counts_are_rounded_and_small_ones_hidden() -> None:
    response = release_response({"on_roll": 903, "saw_it": 878, "not_in_school": 7}, schools=4)
    assert dict(response.counts)["on_roll"] == Number(count=905, seal=_seal())
    assert (response.count("saw_it"), response.count("not_in_school"), response.schools) == (880, None, 4)


def test_counts_round_as_the_10_5_rule(reference: Callable[[str], Any]) -> None:
    known = reference("cell_key_10_5_rule")
    shown = release_response({str(n): n for n in known.given["counts"]})
    assert known.agrees("published", [shown.count(str(n)) for n in known.given["counts"]])


def _seal() -> object:
    from analysis.results import _SEAL

    return _SEAL


def test_published_figures_stand_as_printed() -> None:
    share = published(67, 763, "Chelsea's Choice 2015-16", low=61.4, high=72.2)
    assert (share.percent, share.base, share.low, share.origin) == (
        67,
        763,
        61.4,
        "published(Chelsea's Choice 2015-16)",
    )
    row = published_row("do_differently", None, share)
    assert row.change is None and row.origin == share.origin
    assert published_response({"answered": 763, "saw_it": 8900}, "x").count("answered") == 763


def test_published_rows_take_no_figures_of_our_own() -> None:
    with pytest.raises(ValueError, match="published shares"):
        published_row("k", None, release_share(Count(50, 100)))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="not a published share"):
        published(101, 10, "x")


def test_rules_can_be_raised_and_never_lowered() -> None:
    strict = Rules(people=30)
    assert isinstance(release_share(Count(10, 29), rules=strict), Suppressed)
    for lower in ({"people": 9}, {"percentages": 29}, {"schools": 2}, {"cell": 5}):
        with pytest.raises(ValueError, match="never lowered"):
            Rules(**lower)


@pytest.mark.parametrize(("x", "n"), [(-1, 5), (6, 5), (0, -1)])
def test_impossible_counts_are_refused_with_their_values(x: int, n: int) -> None:
    with pytest.raises(ValueError, match=f"{x} of {n}"):
        Count(x, n)
