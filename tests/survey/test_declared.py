"""What was declared at the opening is what is told: the estimator; and whether the paired can stand for all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from questionnaires.codebook import Answer
from survey.database import Database
from survey.estimators import ESTIMATORS, AnotherEstimator
from survey.grounds import how_we_know
from survey.models import Programme
from survey.programmes.forms import DESIGNS
from survey.releases.snapshot import Snapshot, read, write
from tests.survey.released import Released, usual

PAIRED, PUPILS = 30, 60


def same_either_way(wave: str, pupil: int) -> Mapping[str, Answer]:
    """Those who are not paired (from PAIRED on) answer as those who are."""
    return usual(wave, pupil % PAIRED)


def others_know_less(wave: str, pupil: int) -> Mapping[str, Answer]:
    """Those who are not paired do not know whom to tell."""
    known = usual(wave, pupil % PAIRED)
    return known if pupil < PAIRED else {**known, "know_who": "no_one"}


def final(database: Database, answers: Any, *, paired: int = PAIRED, pupils: int = PUPILS) -> Snapshot:
    made = Released(database)
    for _ in range(8):
        made.school(pupils, answers=answers, paired=paired)
    made.close()
    return made.draft("final").snapshot


def test_every_design_that_can_be_chosen_has_an_estimator() -> None:
    assert set(DESIGNS) - {"repeated", "follow_up"} == set(ESTIMATORS), (
        "services release nothing yet; a follow-up is kept as after only"
    )


def test_opening_fixes_the_estimator(staff: Any, database: Database) -> None:
    made = Released(database, status="draft")
    made.school(20, waves=())
    browser = staff.client("administrator", organisation_id=made.organisation_id)
    assert staff.post(browser, f"/staff/programmes/{made.id}/open").status_code == 303
    with database.reading() as session:
        assert session.get_one(Programme, made.id).estimator == ESTIMATORS["paired"]


def test_figures_made_in_another_way_than_declared_are_not_made(database: Database, app: Flask) -> None:
    made = Released(database)
    for _ in range(4):
        made.school()
    sentence = "was fixed when the programme opened"
    with app.test_request_context("/"):
        assert sentence not in " ".join(how_we_know(made.draft().snapshot)), "nothing was kept, nothing is claimed"
    with database.writing() as session:
        session.get_one(Programme, made.id).estimator = ESTIMATORS["paired"]
    with app.test_request_context("/"):
        assert sentence in " ".join(how_we_know(made.draft().snapshot))
    with database.writing() as session:
        session.get_one(Programme, made.id).estimator = "chosen_after_seeing_the_answers"
    with pytest.raises(AnotherEstimator):
        made.draft()


@pytest.mark.parametrize(
    ("answers", "expected", "words"),
    [(same_either_way, "alike", "answered much alike"), (others_know_less, "apart", "answered otherwise")],
)
def test_the_paired_are_compared_with_the_others_at_the_start(
    database: Database, app: Flask, answers: Any, expected: str, words: str
) -> None:
    snapshot = final(database, answers)
    assert snapshot.linked_likeness == expected
    assert read(write(snapshot)[0]) == snapshot
    with app.test_request_context("/"):
        said = " ".join(how_we_know(snapshot))
        assert words in said
        assert words not in " ".join(how_we_know(replace(snapshot, linked_likeness="unclear")))


def test_too_few_to_compare_and_interim_releases_say_nothing(database: Database) -> None:
    """Under 30 who could not be paired; nobody of them; a release that a later one could be held beside."""
    assert final(database, others_know_less, paired=33, pupils=36).linked_likeness == ""
    assert final(database, others_know_less, paired=PUPILS).linked_likeness == ""
    made = Released(database)
    for _ in range(8):
        made.school(PUPILS, answers=others_know_less, paired=PAIRED)
    assert made.draft().snapshot.linked_likeness == ""


def test_pairs_that_are_hidden_are_not_compared(database: Database) -> None:
    made = Released(database)
    for n in range(8):
        made.school(PUPILS, answers=others_know_less, paired=PUPILS - (n == 0))
    made.close()
    snapshot = made.draft("final").snapshot
    assert "paired" not in dict(snapshot.response.counts)
    assert snapshot.linked_likeness == ""


@pytest.mark.parametrize(
    ("design", "schools", "advised"), [("paired", 21, True), ("paired", 20, False), ("split", 21, False)]
)
def test_a_large_tour_is_advised_to_split(
    staff: Any, database: Database, design: str, schools: int, advised: bool
) -> None:
    made = Released(database, status="draft")
    for _ in range(schools):
        made.school(0, waves=())
    with database.writing() as session:
        session.get_one(Programme, made.id).design = design
    page = staff.client("administrator", organisation_id=made.organisation_id).get(f"/staff/programmes/{made.id}/").text
    assert ("Change the design" in page) is advised
