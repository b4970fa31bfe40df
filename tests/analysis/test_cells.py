"""Reliable change and answers before by after: what passes the gate, and what an attacker could still work out."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.cells import binned
from analysis.disclosure import release_categories, release_crossed
from analysis.exact import Rules
from analysis.reliable_change import Classified
from analysis.results import Categories, Crossed, Suppressed, from_json

counts = st.integers(0, 120)


def test_reliable_change_is_of_all_who_started() -> None:
    found = release_categories(Classified(40, 30, 50, 20, 12), started=190)
    assert isinstance(found, Categories)
    assert (found.improved, found.same, found.worse, found.unmeasured) == (37, 26, 17, 20)
    assert (found.recovered, found.became_clinical, found.base, found.started) == (21, 6, 150, 190)
    assert from_json(json.loads(json.dumps(found.to_json()))) == found


def test_a_small_service_gets_words() -> None:
    found = release_categories(Classified(5, 6, 8, 1, 0), started=40)
    assert isinstance(found, Categories) and found.words == "about_a_quarter"
    assert (found.improved, found.same, found.worse, found.unmeasured, found.recovered) == (None,) * 5
    assert isinstance(release_categories(Classified(2, 3, 3, 1, 0), started=40), Suppressed), "nine with two scores"


def test_few_without_a_second_score_would_be_given_away() -> None:
    assert isinstance(release_categories(Classified(40, 30, 50, 20, 12), started=155), Suppressed)
    whole = release_categories(Classified(40, 30, 50, 20, 12), started=152)
    assert isinstance(whole, Categories) and whole.unmeasured is None and whole.base == whole.started


def test_those_who_crossed_the_cut_off_are_shown_only_beside_as_many_who_did_not() -> None:
    found = release_categories(Classified(60, 4, 50, 20, 12), started=190)
    assert isinstance(found, Categories) and found.improved == 34 and found.recovered is None


@given(st.tuples(counts, counts, counts, counts, counts), counts)
def test_nobody_finds_a_hidden_category_by_subtraction(parts: tuple[int, ...], without: int) -> None:
    classified = Classified(*parts)
    found = release_categories(classified, started=classified.n + without)
    if not isinstance(found, Categories) or found.words is not None:
        return
    recovered, improved, same, worse, clinical = parts
    cells = {"improved": recovered + improved, "same": same, "worse": worse + clinical, "unmeasured": without}
    hidden = [cells[name] for name in cells if getattr(found, name) is None and (name != "unmeasured" or without)]
    shown = [cells[name] for name in cells if getattr(found, name) is not None]
    assert len(hidden) != 1 and (not hidden or sum(hidden) >= 10)
    assert all(x >= 10 for x in shown)


def test_more_scores_than_people_is_an_error() -> None:
    with pytest.raises(ValueError, match="9 started, and 10 have two scores"):
        release_categories(Classified(2, 2, 2, 2, 2), started=9)


def test_neighbouring_answers_are_joined_until_no_cell_holds_a_few_people() -> None:
    table = [[80, 70, 4], [20, 150, 120], [3, 30, 523]]
    found = release_crossed(table, (0, 40))
    assert isinstance(found, Crossed)
    assert (found.bins, found.cells) == (((0, 0), (1, 2)), ((8, 7), (2, 82)))
    whole = release_crossed([[80, 70, 40], [20, 150, 120], [10, 30, 480]], (0, 0))
    assert isinstance(whole, Crossed) and len(whole.bins) == 3
    assert from_json(json.loads(json.dumps(whole.to_json()))) == whole


@given(st.integers(2, 5).flatmap(lambda k: st.lists(st.lists(counts, min_size=k, max_size=k), min_size=k, max_size=k)))
def test_every_shown_cell_holds_enough_people(table: list[list[int]]) -> None:
    for sensitive in (False, True):
        found = release_crossed(table, (0, 12), sensitive)
        if isinstance(found, Crossed):
            cells = [x for row in binned(table, found.bins) for x in row]
            assert sum(cells) == sum(map(sum, table)) and min(cells) >= 10
            assert not sensitive or 20 * min(cells) >= sum(cells)


def test_a_table_is_withheld_where_the_unpaired_or_the_pairs_are_few() -> None:
    table = [[80, 70], [20, 150]]
    assert isinstance(release_crossed(table, (3, 40)), Suppressed)
    assert isinstance(release_crossed([[6, 8], [7, 8]], (0, 0)), Suppressed)
    assert isinstance(release_crossed(table, (0, 0), rules=Rules(people=30)), Suppressed), "20 are too few then"
    with pytest.raises(ValueError, match="not a square table"):
        release_crossed([[1, 2]], (0, 0))
