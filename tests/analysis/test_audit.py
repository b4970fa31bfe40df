"""The audit of everything released about an item: what one table leaves open another may close."""

import pytest
from scipy.optimize import OptimizeResult

from analysis import unknowns as unknowns_of
from analysis.audit import leaks
from analysis.disclosure import release_item, release_share
from analysis.exact import DEFAULT, Count, Exact, Pairs
from analysis.options import MOST_OPTIONS
from analysis.results import Moves, Share, Suppressed
from analysis.unknowns import LIMIT_REACHED, MOST, Unknowns


def test_hiding_one_cell_of_three_hides_nothing_and_a_rectangle_hides_fourteen() -> None:
    """suppression_audit_3x3 (statistics 2.3): one hidden cell is found exactly; the best rectangle leaves 0 to 14."""
    single = Unknowns()
    (hidden,) = single.columns(1)
    single.tie({hidden: 1.0}, 3, 3)  # its row's total minus the other two
    assert single.spread({hidden: 1.0}) == 0
    square = Unknowns()
    a, b, c, d = square.columns(4)
    for pair, total in (((a, b), 14), ((c, d), 20), ((a, c), 15), ((b, d), 19)):
        square.tie(dict.fromkeys(pair, 1.0), total, total)
    assert square.spread({a: 1.0}) == 14


def test_a_printed_share_leaves_what_prints_the_same() -> None:
    share = release_share(Count(15, 32))
    assert isinstance(share, Share)
    unknowns = Unknowns()
    yes, other = unknowns.columns(2)
    unknowns.looks_like([yes], [other], share, DEFAULT, 0)
    same = [(n, x) for n in range(30, 33) for x in range(n + 1) if (200 * x + n) // (2 * n) == 47]
    assert unknowns.spread({yes: 1.0}) == max(x for _, x in same) - min(x for _, x in same)
    assert unknowns.spread({yes: 1.0, other: 1.0}) == max(n for n, _ in same) - min(n for n, _ in same)


def test_nothing_bounds_an_unknown_that_nothing_was_printed_of() -> None:
    unknowns = Unknowns()
    (free,) = unknowns.columns(1)
    unknowns.tie({free: 1.0}, 0, float("inf"))
    assert unknowns.spread({free: 1.0}) == MOST


def test_figures_that_cannot_be_true_together_are_an_error() -> None:
    unknowns = Unknowns()
    (one,) = unknowns.columns(1)
    unknowns.tie({one: 1.0}, 5, 5)
    unknowns.tie({one: 1.0}, 6, 6)
    with pytest.raises(ValueError, match="does not fit together"):
        unknowns.spread({one: 1.0})


def with_moves(pairs: Pairs) -> Exact:
    return Exact("k", Count(19, 38), Count(24, 36), pairs=pairs)


def test_moves_between_two_agreed_margins_may_give_away_those_who_left_a_blank() -> None:
    """All were paired, but two left the item blank after: in a small group the three percentages tell what they said."""
    blanks = with_moves(Pairs(6, 29, 1, 0, 0, is_agreed=True))
    shown = release_item(Exact("k", blanks.before, blanks.after))
    assert shown.moves is None
    assert isinstance(release_item(blanks).moves, Suppressed)


def test_moves_of_many_people_stay() -> None:
    many = Exact("k", Count(480, 1000), Count(700, 995), pairs=Pairs(300, 605, 90, 0, 0, is_agreed=True))
    row = release_item(many)
    assert isinstance(row.moves, Moves) and leaks(many, row, DEFAULT) == ()


def test_moves_in_rising_order_tell_nothing_of_the_margins() -> None:
    ordered = Exact("k", Count(480, 1000), Count(700, 995), pairs=Pairs(300, 605, 90, 0, 0))
    assert isinstance(release_item(ordered).moves, Moves)


def told_in_full() -> Exact:
    """A class with a few blanks: moves, shares and four answers of both waves, which have to be solved together."""
    before, after = (20, 14, 11, 7), (9, 12, 17, 13)
    keys = ("never", "seldom", "often", "always")
    counts = [
        Count(sum(cells[2:]), sum(cells), options=tuple(zip(keys, cells, strict=True))) for cells in (before, after)
    ]
    pairs = Pairs(24, 18, 7, 0, 0, places={key: place for place, key in enumerate(keys)})
    return Exact("k", *counts, pairs=pairs, agreed=frozenset(keys[2:]))


def test_a_search_that_has_to_be_given_up_counts_as_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever would take too long to audit is withheld, never shown."""
    gave_up = OptimizeResult(status=LIMIT_REACHED, x=None, fun=None)
    monkeypatch.setattr(unknowns_of, "milp", lambda *_, **__: gave_up)
    row = release_item(told_in_full())
    assert isinstance(row.moves, Suppressed) and isinstance(row.after, Share)


def test_too_many_answers_for_the_audit_are_withheld() -> None:
    keys = [f"answer {number}" for number in range(MOST_OPTIONS + 1)]
    count = Count(20, 20 * len(keys), options=tuple((key, 20) for key in keys))
    row = release_item(Exact("k", after=count, agreed=frozenset(keys[:1])))
    assert isinstance(row.answers_after, Suppressed)
