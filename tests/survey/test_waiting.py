"""The waiting design: chance draws which schools come first; the others, asked in the same fortnight, are the comparison."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from analysis.results import Breakdown, Change
from survey.clock import today
from survey.comparisons import compared
from survey.database import Database
from survey.grounds import about_words, design_sentence
from survey.models import AuditEntry, Participation, Programme, Setting
from survey.releases.snapshot import Snapshot, read, write
from tests.survey.released import Released, usual

FIRST_DAY = today() - timedelta(days=30)


@pytest.fixture
def tour(database: Database) -> Released:
    made = Released(database)
    with database.writing() as session:
        session.get_one(Programme, made.id).design = "waiting"
    return made


def school(tour: Released, arm: str, waves: tuple[str, ...], day: Any, pupils: int = 40) -> None:
    shift = tour.count
    sitting_id = tour.school(
        pupils, waves=waves, held_on=day, answers=lambda wave, pupil: usual(wave, pupil + shift), paired=0
    )
    with tour.database.writing() as session:
        session.get_one(Participation, (tour.id, tour.setting_of(sitting_id))).arm = arm


def run(tour: Released, *, apart: int = 7, later: int = 5) -> Snapshot:
    """Five schools visited, some that waited and were asked so many days later (their own visit follows); then it closes."""
    for _ in range(5):
        school(tour, "first", ("before", "after"), FIRST_DAY)
    for _ in range(later):
        school(tour, "later", ("before", "after"), FIRST_DAY + timedelta(days=apart))
    tour.close()
    return tour.draft("final").snapshot


def test_visited_and_waiting_schools_are_compared_at_one_time(tour: Released, app: Flask) -> None:
    snapshot = run(tour)
    item = snapshot.item("image_law")
    assert isinstance(item.comparison, Change)
    rows = next(dict(one.groups) for one in item.row.breakdowns if isinstance(one, Breakdown) and one.name == "arm")
    visited, waiting = rows["first"].after.percent, rows["later"].before.percent
    assert item.comparison.points == visited - waiting > 0, "the difference of what is printed"
    assert item.comparison.low is not None
    assert "order_by_chance" in item.comparison.notes
    assert (item.comparison.base_before, item.comparison.base_after) == (200, 200)
    with app.test_request_context("/"):
        said = " ".join(compared(item))
        assert f"{visited} in 100 in schools already visited and {waiting} in 100 in schools that still waited" in said
        assert "made the difference" in said
        assert "Before their own visit" in said
        assert "they show what answers would have been without it" in design_sentence(snapshot)
        assert about_words(snapshot, "arm", "first") == "visited first"
    assert read(write(snapshot)[0]) == snapshot


def test_schools_asked_at_another_time_compare_with_nobody(tour: Released, app: Flask) -> None:
    snapshot = run(tour, apart=15)
    assert all(item.comparison is None for item in snapshot.items)
    assert "arm" not in snapshot.about
    with app.test_request_context("/"):
        assert "nothing to compare them with" in design_sentence(snapshot)
        assert compared(snapshot.item("image_law")) == ()


def test_too_few_schools_that_waited_give_no_interval_and_no_claim(tour: Released, app: Flask) -> None:
    item = run(tour, later=3).item("image_law")
    with app.test_request_context("/"):
        said = " ".join(compared(item))
    assert "made the difference" not in said


def test_causal_words_stand_nowhere_else(tour: Released, app: Flask) -> None:
    snapshot = run(tour)
    item = snapshot.item("image_law")
    from survey.findings import finding

    with app.test_request_context("/"):
        told = finding(item, snapshot)
    assert "made the difference" not in " ".join(
        (told.heading, *told.sentences, *told.cautions, told.caption, told.alt)
    )


def test_the_arms_are_groups_of_the_ledger(tour: Released) -> None:
    run(tour)
    assert {"arm:first", "arm:later"} <= set(tour.draft("final").groups)


def test_chance_draws_the_order_once_at_opening(staff: Any, database: Database, tour: Released) -> None:
    with database.writing() as session:
        session.get_one(Programme, tour.id).status = "draft"

    def add(count: int) -> None:
        with database.writing() as session:
            for n in range(count):
                setting = Setting(organisation_id=tour.organisation_id, name=f"School {n} of {count}", kind="secondary")
                session.add(setting)
                session.flush()
                session.add(Participation(programme_id=tour.id, setting_id=setting.id, on_roll=100))

    browser, here = staff.client("administrator", organisation_id=tour.organisation_id), f"/staff/programmes/{tour.id}/"
    add(7)
    refused = staff.post(browser, f"{here}open")
    assert refused.status_code == 422
    assert "at least 8 schools" in refused.text
    add(2)
    assert staff.post(browser, f"{here}open").status_code == 303
    with database.reading() as session:
        arms = Counter(session.scalars(select(Participation.arm).where(Participation.programme_id == tour.id)))
        assert (
            session.scalar(select(AuditEntry.reason).where(AuditEntry.action == "programme.order_drawn")) == "9 schools"
        )
    assert arms == {"first": 5, "later": 4}
    assert browser.get(here).text.count("comes first") == 5
