"""One question under two keys, asked before by the one and afterwards by the other, is one question of the release."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from analysis.results import Change, Moves, Share
from survey.database import Database
from tests.survey.released import Released, some_questions

TWO_KEYS = """\
  - key: start
    items:
      - key: knows
        kind: one
        text: Do you know who can help?
        waves: [before]
        options: [{key: yes_it_is, code: 1, label: "Yes"}, {key: no_it_is, code: 2, label: "No"}]
        FIRST
  - key: end
    items:
      - key: knows_now
        kind: one
        text: Do you know who can help?
        waves: [after]
        same_as: knows
        options: [{key: yes_it_is, code: 1, label: "Yes"}, {key: no_it_is, code: 2, label: "No"}]
        MEASURE
"""
SAME = (
    "measure: {agreed: [yes_it_is], dont_know: not_yet, family: help, direction: higher, statement: knew who can help}"
)
OTHER = SAME.replace("[yes_it_is]", "[no_it_is]").replace("knew who", "did not know who")


def answers(wave: str, pupil: int) -> dict[str, Any]:
    """A quarter come to know."""
    knows = pupil % 4 < (3 if wave == "after" else 2)
    return {"knows_now" if wave == "after" else "knows": "yes_it_is" if knows else "no_it_is"}


@pytest.mark.parametrize("measure", [SAME, ""], ids=["measured twice", "measured once"])
def test_the_pair_is_compared_under_its_first_key(database: Database, tmp_path: Path, measure: str) -> None:
    tour = _tour(database, tmp_path, measure)
    snapshot = tour.draft().snapshot
    assert [item.key for item in snapshot.items] == ["knows"]
    row = snapshot.item("knows").row
    assert isinstance(row.before, Share) and isinstance(row.after, Share) and isinstance(row.change, Change)
    assert (row.before.percent, row.after.percent, row.change.points) == (50, 75, 25)
    assert isinstance(row.moves, Moves) and (row.moves.up, row.moves.same, row.moves.down) == (25, 75, 0)


def test_what_is_measured_in_another_way_is_not_compared(database: Database, tmp_path: Path) -> None:
    snapshot = _tour(database, tmp_path, OTHER).draft().snapshot
    assert [(item.key, item.row.change) for item in snapshot.items] == [("knows", None), ("knows_now", None)]


def _tour(database: Database, tmp_path: Path, measure: str) -> Released:
    pages = TWO_KEYS.replace("FIRST", SAME).replace("MEASURE", measure)
    tour = Released(database, instrument=some_questions(tmp_path, "two_keys", pages))
    for _ in range(4):
        tour.school(40, answers=answers)
    return tour
