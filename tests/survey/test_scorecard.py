"""The scorecard: one cell a measure, rater and timing; what may not stand there is named with its reason."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from analysis.results import Change
from questionnaires.framework_files import load_framework
from survey import scorecard
from survey.database import Database
from survey.models import Organisation, Programme, Release
from survey.quarters import Quarter
from survey.releases import store
from survey.scorecard import cards, mark
from survey.sealing import Keys
from tests.survey.released import Released, usual


@pytest.fixture
def tour(database: Database, keys: Keys) -> Released:
    """Six schools, released without drawings."""
    made = Released(database)
    for n in range(6):
        made.school(40 + n, answers=lambda wave, pupil, shift=n: usual(wave, pupil + shift))
    made.release("interim")
    return made


def reader(staff: Any, tour: Released) -> FlaskClient:
    return staff.client("commissioner", organisation_id=tour.organisation_id)  # type: ignore[no-any-return]


def shown(database: Database, tour: Released, key: str) -> Any:
    with database.reading() as session:
        return store.opened(session, store.releases_of(session, tour.id)[0]).snapshot.item(key)


def test_quarters_follow_each_other_without_a_gap() -> None:
    quarter = Quarter.of(date(2026, 11, 21))
    assert (quarter.key, quarter.first, quarter.last) == ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31))
    for _ in range(12):
        assert (quarter.first - quarter.before.last).days == 1
        quarter = quarter.before
    assert quarter.key == "2023-Q4"


def test_it_states_finding_uncertainty_direction_timing_and_design(staff: Any, tour: Released) -> None:
    page = reader(staff, tour).get("/staff/scorecard/").text
    for expected in (
        "ore pupils than before ",
        "said that the adult is the one who is responsible (A play): it was asked on the same day",
        "more in every 100 (",
        "Moved as hoped",
        "5 in every 100",
        "straight after",
        "We had no comparison group",
        "Not measured",
        "Measured, but not fit for a scorecard",
        "it was asked on the same day, when only knowledge can be seen",
    ):
        assert expected in page, expected
    assert "simulated" not in page


def test_what_was_not_released_in_the_quarter_is_not_there(staff: Any, tour: Released) -> None:
    page = reader(staff, tour).get("/staff/scorecard/?quarter=2024-Q1").text
    assert "More pupils than before" not in page
    assert "Nothing that belongs on the scorecard was released in this quarter" in page
    assert "January to March 2024" in page
    assert reader(staff, tour).get("/staff/scorecard/?quarter=drop+table").status_code == 200


def test_a_withdrawn_release_leaves_it(staff: Any, tour: Released, database: Database) -> None:
    with database.writing() as session:
        session.execute(update(Release).values(withdrawn_because="a slip"))
    assert "More pupils than before" not in reader(staff, tour).get("/staff/scorecard/").text


def test_outside_ones_grants_there_is_nothing(staff: Any, tour: Released, database: Database) -> None:
    with database.writing() as session:
        other = Organisation(name="Another council")
        session.add(other)
        session.flush()
        elsewhere = other.id
    stranger = staff.client("commissioner", organisation_id=elsewhere)
    assert "A play" not in stranger.get("/staff/scorecard/").text
    assert stranger.get(f"/staff/scorecard/?programme={tour.id}").status_code == 404
    assert stranger.get(f"/staff/scorecard/scorecard.csv?programme={tour.id}").status_code == 404
    assert staff.client("facilitator", organisation_id=tour.organisation_id).get("/staff/scorecard/").status_code == 404


def test_the_table_says_what_the_page_says(staff: Any, tour: Released, database: Database) -> None:
    with database.writing() as session:
        session.get_one(Programme, tour.id).name = "=cmd()"
    reply = reader(staff, tour).get("/staff/scorecard/scorecard.csv")
    rows = list(csv.DictReader(io.StringIO(reply.text.removeprefix("\ufeff"))))
    assert {row["indicator"] for row in rows} == {
        "knows_image_law",
        "knows_signs",
        "knows_what_is_fine",
        "sees_control",
    }
    assert {row["programme"] for row in rows} == {"'=cmd()"}
    page = reader(staff, tour).get("/staff/scorecard/").text
    assert all(row["mark"] in page for row in rows)


def test_each_cell_is_one_measure_of_one_programme(staff: Any, tour: Released) -> None:
    """Questions on the same indicator stand side by side: nothing is averaged."""
    reply = reader(staff, tour).get("/staff/scorecard/scorecard.csv")
    rows = [row for row in csv.DictReader(io.StringIO(reply.text)) if row["indicator"] == "knows_signs"]
    assert len(rows) == 3
    assert len({row["finding"] for row in rows}) == 3


def test_marks_claim_no_more_than_the_interval(app: Flask, database: Database, tour: Released) -> None:
    item = shown(database, tour, "know_who")
    change = item.row.change
    assert isinstance(change, Change)

    def marked(direction: str = "higher", **parts: Any) -> str:
        from analysis.results import _SEAL  # the gate's own seal: what it would have released

        other = replace(change, seal=_SEAL, **parts)
        row = replace(item.row, change=other, moves=None, seal=_SEAL)
        with app.test_request_context("/"):
            return mark(replace(item, direction=direction, row=row))

    assert marked(position="rose_enough") == "Moved as hoped"
    assert marked(position="rose_enough", direction="lower") == "Moved the other way"
    assert marked(position="rose_enough", direction="either") == "Not marked"
    assert marked(position="rose_enough", headline=False) == "Cannot tell"
    assert marked(position="cannot_tell") == "Cannot tell"
    assert marked(position="same") == "About the same"
    assert marked(position="fell_enough") == "Moved the other way"
    assert marked(position="no_interval") == "Of these schools only"


def test_every_reason_has_its_words_and_the_framework_is_whole(app: Flask) -> None:
    with app.test_request_context("/"):
        codes = (
            "same_day_knowledge",
            "wrong_timing",
            "wrong_cell",
            "raters_mixed",
            "unknown_indicator",
            "remembered_before",
        )
        assert len({scorecard.reason(code) for code in codes} | {scorecard.reason("else")}) == len(codes) + 1
        found = cards({})
    framework = load_framework("cse")
    assert [card.code for card in found] == [domain.code for domain in framework.domains]
    assert sum(len(card.missing) for card in found) == len(framework.indicators)
