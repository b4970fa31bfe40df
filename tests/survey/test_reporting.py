"""Reports: who may read them, what they show, and that a page costs nothing but its release."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any, get_args

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from analysis.results import Position, Reason
from survey.chores import WORK
from survey.clock import now
from survey.database import Database
from survey.demonstration.published import load_published
from survey.exports import COLUMNS, _reads, _row, meanings
from survey.models import AuditEntry, Grant, Organisation, Programme, Release
from survey.releases.work import make_release
from survey.sealing import Keys
from survey.spreadsheets import cell
from tests.survey.released import Released, usual
from tests.survey.test_findings import change, item, moves, share


@pytest.fixture
def tour(database: Database, keys: Keys) -> Released:
    """Six schools, released with drawings."""
    made = Released(database)
    for n in range(6):
        made.school(40 + n, answers=lambda wave, pupil, shift=n: usual(wave, pupil + shift))
    make_release(database, keys, made.id, "interim")
    return made


def commissioner(staff: Any, tour: Released) -> FlaskClient:
    return staff.client("commissioner", organisation_id=tour.organisation_id)  # type: ignore[no-any-return]


def test_a_report_states_findings_figures_and_grounds(staff: Any, tour: Released) -> None:
    browser = commissioner(staff, tour)
    page = browser.get(f"/staff/programmes/{tour.id}/report")
    words = page.get_data(as_text=True)
    assert page.status_code == 200
    for expected in (
        "More pupils than before knew who they could tell",
        "more in every 100 (",
        "255",  # 255 people, each wave
        "We had no comparison group",
        "Some pupils tick differently the second time",
        "Not yet tried with children: ",
        "How we know",
        "Release 1",
    ):
        assert expected in words
    assert words.count("<img src=") == words.count('alt="') and "know_who.share.en.svg" in words
    listed = browser.get("/staff/reports").get_data(as_text=True)
    assert "A play" in listed and "release 1" in listed


def test_outside_ones_grants_there_is_nothing(staff: Any, tour: Released, database: Database) -> None:
    with database.writing() as session:
        other = Organisation(name="Another council")
        session.add(other)
        session.flush()
        organisation_id = other.id
    stranger = staff.client("commissioner", organisation_id=organisation_id)
    facilitator = staff.client("facilitator", organisation_id=tour.organisation_id)
    for path in (
        f"/staff/programmes/{tour.id}/report",
        f"/staff/programmes/{tour.id}/releases/1",
        f"/staff/programmes/{tour.id}/releases/1/charts/know_who.share.en.svg",
        f"/staff/programmes/{tour.id}/releases/1/table.csv",
    ):
        assert stranger.get(path).status_code == 404, path
        assert facilitator.get(path).status_code == 404, path
        assert commissioner(staff, tour).get(path).status_code == 200, path
        assert staff.app.test_client().get(path).status_code == 303, path


def test_a_drawing_is_served_as_it_was_stored(staff: Any, tour: Released) -> None:
    browser = commissioner(staff, tour)
    drawing = browser.get(f"/staff/programmes/{tour.id}/releases/1/charts/know_who.share.en.svg")
    assert drawing.mimetype == "image/svg+xml" and b"<svg" in drawing.data
    assert browser.get(f"/staff/programmes/{tour.id}/releases/1/charts/nothing.en.svg").status_code == 404
    assert browser.get(f"/staff/programmes/{tour.id}/releases/9").status_code == 404


def test_before_the_first_release_the_page_says_so(staff: Any, database: Database) -> None:
    tour = Released(database)
    words = commissioner(staff, tour).get(f"/staff/programmes/{tour.id}/report").get_data(as_text=True)
    assert "Nothing is released yet" in words


def test_only_who_administers_this_programme_is_offered_to_withdraw(
    staff: Any, tour: Released, database: Database
) -> None:
    with database.writing() as session:
        other = Organisation(name="Another council")
        session.add(other)
        session.flush()
        organisation_id = other.id
    page, link = f"/staff/programmes/{tour.id}/releases/1", f"/staff/programmes/{tour.id}/releases/1/withdraw"
    elsewhere = staff.client("administrator", organisation_id=organisation_id)
    with database.writing() as session:
        account_id = session.scalar(select(Grant.account_id).where(Grant.organisation_id == organisation_id))
        given = {"starts_at": now() - timedelta(days=1), "reason": "test"}
        session.add(Grant(account_id=account_id, role="commissioner", organisation_id=tour.organisation_id, **given))
    assert link not in elsewhere.get(page).text and elsewhere.get(link).status_code == 404
    here = staff.client("administrator", programme_id=tour.id)
    assert link in here.get(page).text and here.get(link).status_code == 200


def test_a_withdrawn_release_says_so_and_stays(staff: Any, tour: Released, database: Database) -> None:
    administrator = staff.client("administrator", organisation_id=tour.organisation_id)
    path = f"/staff/programmes/{tour.id}/releases/1/withdraw"
    assert commissioner(staff, tour).get(path).status_code == 404
    assert "Give the reason" in staff.post(administrator, path, reason=" ").get_data(as_text=True)
    assert administrator.post(path, data={"reason": "no token"}).status_code == 400
    assert staff.post(administrator, path, reason="A school was counted twice.").status_code == 303
    reader = commissioner(staff, tour)
    words = reader.get(f"/staff/programmes/{tour.id}/releases/1").get_data(as_text=True)
    assert "This release was withdrawn" in words and "A school was counted twice." in words
    assert "Nothing is released yet" in commissioner(staff, tour).get(f"/staff/programmes/{tour.id}/report").get_data(
        as_text=True
    )
    with database.reading() as session:
        assert session.scalar(select(AuditEntry.action).order_by(AuditEntry.n.desc())) == "release.withdrawn"


def test_a_school_page_is_for_those_who_run_its_sessions(
    staff: Any, tour: Released, database: Database, keys: Keys
) -> None:
    sitting = tour.school(40)
    WORK["school_page"](database, keys, {"sitting": sitting})
    path = f"/staff/programmes/{tour.id}/schools/{tour.setting_of(sitting)}"
    visitor = staff.client("facilitator", programme_id=tour.id)
    assert visitor.get(path).status_code == 404  # a role in the programme alone: every school would be open to them
    assert visitor.get(f"/staff/programmes/{tour.id}/releases/2/charts/know_who.share.en.svg").status_code == 404
    facilitator = staff.client("facilitator", organisation_id=tour.organisation_id)
    words = facilitator.get(path).get_data(as_text=True)
    assert "School 7" in words and "one school said" in words
    assert "meant to talk to someone" not in words  # intentions are not on a school's page
    drawn = facilitator.get(f"/staff/programmes/{tour.id}/releases/2/charts/know_who.share.en.svg")
    assert (drawn.status_code, drawn.headers["Cache-Control"]) == (200, "no-store")
    assert facilitator.get(f"/staff/programmes/{tour.id}/releases/2/charts/%00.share.en.svg").status_code == 404
    outsider = commissioner(staff, tour)
    assert outsider.get(path).status_code == 404
    assert outsider.get(f"/staff/programmes/{tour.id}/releases/2").status_code == 404
    assert outsider.get(f"/staff/programmes/{tour.id}/releases/2/charts/know_who.share.en.svg").status_code == 404
    assert facilitator.get(f"/staff/programmes/{tour.id}/schools/99999").status_code == 404


def test_no_page_reads_an_answer(staff: Any, tour: Released, database: Database) -> None:
    asked: list[str] = []
    browser = commissioner(staff, tour)

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    event.listen(database.reader, "before_cursor_execute", note)
    for path in ("report", "releases/1", "releases/1/table.csv"):
        assert browser.get(f"/staff/programmes/{tour.id}/{path}").status_code == 200
    event.remove(database.reader, "before_cursor_execute", note)
    assert asked and not any("responses" in statement or "receipts" in statement for statement in asked)


def read_csv(reply: Any) -> list[list[str]]:
    assert reply.mimetype == "text/csv" and "attachment" in reply.headers["Content-Disposition"]
    return list(csv.reader(io.StringIO(reply.get_data(as_text=True).lstrip("\ufeff"))))


def test_the_table_is_a_file_with_its_codebook(staff: Any, tour: Released) -> None:
    browser = commissioner(staff, tour)
    head, *rows = read_csv(browser.get(f"/staff/programmes/{tour.id}/releases/1/table.csv"))
    assert tuple(head) == COLUMNS and all(len(row) == len(head) for row in rows)
    know = dict(zip(head, next(row for row in rows if row[COLUMNS.index("item")] == "know_who"), strict=True))
    assert (know["before_base"], know["after_base"], know["origin"]) == ("255", "255", "gate")
    assert (know["programme"], know["release"], know["figures"]) == ("A play", "1", "collected")
    assert (know["design"], know["asked_afterwards"]) == ("paired", "straight_after")
    assert int(know["paired_net"]) == int(know["paired_up"]) - int(know["paired_down"])
    assert int(know["change"]) == int(know["after"]) - int(know["before"])
    _, *columns = read_csv(browser.get(f"/staff/programmes/{tour.id}/releases/1/codebook.csv"))
    assert [name for name, value, _ in columns if not value] == list(COLUMNS) == list(meanings())
    explained = {value for _, value, _ in columns}
    assert {*get_args(Position), *get_args(Reason), "collected", "simulated", "published"} <= explained
    assert all(meaning for _, _, meaning in columns)


def test_a_file_of_others_or_simulated_figures_says_so_in_every_line(staff: Any, database: Database) -> None:
    organisation_id = load_published(database)
    browser = staff.client("commissioner", organisation_id=organisation_id)
    with database.reading() as session:
        programme_id = session.scalar(select(Programme.id).where(Programme.key == "chelseas_choice_2016"))
    head, *rows = read_csv(browser.get(f"/staff/programmes/{programme_id}/releases/1/table.csv"))
    lines = [dict(zip(head, row, strict=True)) for row in rows]
    assert {line["figures"] for line in lines} == {"published"} and {line["asked_afterwards"] for line in lines} == {""}
    meant = next(line for line in lines if line["item"] == "do_differently")
    names = ("after", "after_low", "after_high", "answers_low", "answers_high", "everybody_low", "everybody_high")
    assert [meant[name] for name in names] == ["67", "63", "71", "508", "515", "5.7", "97.2"]


def test_what_is_hidden_in_a_file_has_its_reason() -> None:
    few = moves(None, None, None, words=["about_half", "about_half", "none_or_few"])
    for moved, words, reason in (
        (few, "about_half; about_half; none_or_few", ""),
        (moves(30, None, None), "", "extreme"),
    ):
        row = item(share(48), share(71), change(23, 19, 27, "rose_enough"), moved).row
        cells = dict(zip(COLUMNS[COLUMNS.index("before") :], _row(row, ""), strict=False))
        assert (cells["paired_words"], cells["paired_hidden"]) == (words, reason)
    chance = item(share(48), share(53), change(5, 1, 9, "rose", headline=False))
    assert _reads(chance) == "may_be_chance"


def test_no_cell_is_taken_for_a_formula() -> None:
    for sign in ("=", "+", "-", "@", "\t", "\r", "\0"):
        assert cell(f"{sign}1+2") == f"'{sign}1+2"
    assert (cell("a=b"), cell(-3), cell(None), cell(0)) == ("a=b", -3, "", 0)


def test_a_release_belongs_to_its_programme(staff: Any, tour: Released, database: Database) -> None:
    other = Released(database)
    with database.writing() as session:
        session.get_one(Programme, other.id).organisation_id = tour.organisation_id
        assert session.scalar(select(Release).where(Release.programme_id == tour.id)) is not None
    assert commissioner(staff, tour).get(f"/staff/programmes/{other.id}/releases/1").status_code == 404
