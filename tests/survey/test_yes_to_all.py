"""The share of young children who said yes to everything is released like any other, and said in one sentence (CARE D3)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from flask import Flask

from analysis.exact import DEFAULT
from analysis.results import Share, Suppressed
from questionnaires.codebook import Answer
from questionnaires.files import load_library
from survey.database import Database
from survey.grounds import how_we_know
from survey.releases.measures import Waves
from survey.releases.reading import Reading, WaveAnswers
from survey.releases.snapshot import read, write
from survey.releases.yes_to_all import yes_to_all
from tests.survey.released import Released

WAVES = Waves("before", "after")
YES = {"picture": "can", "their_fault": "fault", "sign_fine": "warning", "where_you_live": "not_fine"}
NO = {"picture": "cannot"}
BLANK, DONT_KNOW, RATHER_NOT = 254, 253, 252


def share_of(yes: int, no: int, absent: Mapping[int, int] | None = None, key: str = "online_play") -> object:
    """What is released where so many said yes to everything, so many not; `absent`: so many leave one question so."""
    instrument = load_library(key)
    items = tuple(item for item in instrument.items if item.key in YES) if key == "online_play" else instrument.items
    wanted = [[item.option(YES[item.key]).code for item in items] if key == "online_play" else [1] * len(items)]
    rows = wanted * (yes + no + sum((absent or {}).values()))
    codes = np.array(rows, dtype=np.uint8)
    codes[yes : yes + no, 0] = items[0].options[-1].code
    at = yes + no
    for code, count in (absent or {}).items():
        codes[at : at + count, 0] = code
        at += count
    nobody = np.zeros((len(codes), 16), dtype=np.uint8)
    schools = np.arange(len(codes)) % 3
    answers = WaveAnswers(codes, schools, nobody, nobody[:, :4])
    return yes_to_all(Reading(items, (1, 2, 3), {"after": answers}), WAVES, instrument, DEFAULT)


def test_it_passes_the_gate() -> None:
    assert isinstance(share_of(4, 5), Suppressed)
    few, many = share_of(6, 6), share_of(15, 45)
    assert isinstance(few, Share) and few.percent is None and few.words == "about_half"
    assert isinstance(many, Share) and (many.percent, many.base) == (25, 60)


def test_not_knowing_is_no_yes_and_a_blank_says_nothing() -> None:
    unsure, blank = share_of(15, 15, {DONT_KNOW: 30}), share_of(15, 45, {BLANK: 15, RATHER_NOT: 15})
    assert isinstance(unsure, Share) and (unsure.percent, unsure.base) == (25, 60)
    assert isinstance(blank, Share) and (blank.percent, blank.base) == (25, 60)


def test_older_pupils_are_not_counted_so() -> None:
    assert share_of(30, 30, key="staying_safe") is None


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_report_on_young_children_says_it(app: Flask, database: Database) -> None:
    def answers(_wave: str, pupil: int) -> Mapping[str, Answer]:
        return YES if pupil % 5 == 0 else YES | NO

    tour = Released(database, instrument=load_library("online_play"))
    for _ in range(3):
        tour.school(20, answers=answers)
    snapshot = tour.draft().snapshot
    assert isinstance(snapshot.yes_to_all, Share) and (snapshot.yes_to_all.percent, snapshot.yes_to_all.base) == (
        20,
        60,
    )
    assert read(write(snapshot)[0]) == snapshot
    with app.test_request_context():
        (line,) = [one for one in how_we_know(snapshot) if "yes to everything" in one]
    assert "of about 60 pupils" in line and "20 in 100 never chose an answer that says no" in line
