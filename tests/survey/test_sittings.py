"""Sessions: where one stands, what may be done, who may do it, and what is never shown."""

from __future__ import annotations

import random
import re
import secrets
from datetime import timedelta
from itertools import pairwise, product

import pytest
from babel.dates import format_date
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from questionnaires.files import load_library
from survey.clock import now, today
from survey.database import Database
from survey.models import (
    ROLES,
    AuditEntry,
    Entry,
    Job,
    Opening,
    Organisation,
    Programme,
    ProgrammeWave,
    Response,
    Sitting,
    Ticket,
)
from survey.pairing import read_card, shown
from survey.posters import card_count
from survey.publishing import publish
from survey.sittings.stages import ALLOWED, Act, Moments, Stage, shown_head_count, stage_of, steps_of
from tests.conftest import Staff
from tests.survey.conftest import Tour

T = now()
OPEN, CLOSED = Moments(T, None), Moments(T, T)
PAIRED = ("before", "after")


# Where a sitting stands


@pytest.mark.parametrize(
    ("status", "waves", "openings", "started", "stage"),
    [
        ("draft", PAIRED, {}, None, Stage.WAITING),
        ("open", (), {}, None, Stage.WAITING),
        ("open", PAIRED, {}, None, Stage.READY),
        ("open", PAIRED, {"before": OPEN}, None, Stage.BEFORE_OPEN),
        ("open", PAIRED, {"before": CLOSED}, None, Stage.BEFORE_CLOSED),
        ("open", PAIRED, {"before": CLOSED}, T, Stage.PLAYING),
        ("open", PAIRED, {}, T, Stage.PLAYING),
        ("open", PAIRED, {"before": CLOSED, "after": OPEN}, T, Stage.AFTER_OPEN),
        ("open", PAIRED, {"before": CLOSED, "after": CLOSED}, T, Stage.FINISHED),
        ("open", ("after",), {}, None, Stage.PLAYING),
        ("open", ("after",), {"after": OPEN}, None, Stage.AFTER_OPEN),
        ("open", ("after",), {"after": CLOSED}, None, Stage.FINISHED),
        ("closed", PAIRED, {"before": CLOSED}, None, Stage.OVER),
        ("closed", PAIRED, {"before": CLOSED, "after": CLOSED}, T, Stage.FINISHED),
    ],
)
def test_the_stage_follows_from_the_moments(
    status: str, waves: tuple[str, ...], openings: dict[str, Moments], started: object, stage: Stage
) -> None:
    assert stage_of(status, waves, openings, started) is stage  # type: ignore[arg-type]


def test_every_combination_of_moments_has_a_stage_and_one_step_now() -> None:
    wave = (None, OPEN, CLOSED)
    for status, waves, before, after, started in product(
        ("draft", "open", "closed"), (PAIRED, ("after",), ("before",)), wave, wave, (None, T)
    ):
        openings = {name: value for name, value in (("before", before), ("after", after)) if value is not None}
        stage = stage_of(status, waves, openings, started)
        states = (
            [state for _, state in steps_of(stage, waves)]
            if stage not in (Stage.READY, Stage.BEFORE_OPEN, Stage.BEFORE_CLOSED) or "before" in waves
            else ["now"]
        )
        assert states.count("now") == 1
        assert states == sorted(states, key=("done", "now", "later").index)


def test_nothing_leads_back_to_before_once_the_play_has_started() -> None:
    for before, after in product((None, OPEN, CLOSED), repeat=2):
        openings = {name: value for name, value in (("before", before), ("after", after)) if value is not None}
        stage = stage_of("open", PAIRED, openings, T)
        assert Act.OPEN_BEFORE not in ALLOWED[stage]
        assert Act.START_PLAY not in ALLOWED[stage]


def test_the_head_count_moves_in_fives_from_ten() -> None:
    rng = random.Random(20261121)
    for _ in range(1000):
        counts = list(range(rng.randrange(400)))
        seen = [shown_head_count(n) for n in counts]
        assert all(value is None for n, value in zip(counts, seen, strict=True) if n < 10)
        numbers = [value for value in seen if value is not None]
        assert all(value >= 10 and value % 5 == 0 for value in numbers)
        assert all(later - earlier in (0, 5) for earlier, later in pairwise(numbers))
    assert [shown_head_count(n) for n in (0, 9, 10, 14, 15, 182)] == [None, None, 10, 10, 15, 180]


def test_cards_have_a_tenth_to_spare_and_an_end() -> None:
    assert [card_count(present) for present in (1, 9, 10, 182, 363, 364, 5000)] == [2, 10, 11, 201, 400, 400, 400]


# The whole journey


def send(staff: Staff, browser: FlaskClient, path: str, **fields: object) -> TestResponse:
    reply = staff.post(browser, path, **fields)
    assert isinstance(reply, TestResponse)
    return reply


FIELDS = {
    "held_on": today().isoformat(),
    "year_groups": "Year 8",
    "place": "main hall",
    "present": "182",
    "absent": "",
    "opted_out": "3",
    "devices": "shared",
}


def answer(database: Database, sitting_id: int, wave: str, count: int, codes: bytes = b"\0" * 20) -> None:
    """So many rows in an open wave."""
    with database.writing() as session:
        opening = session.scalars(
            select(Opening)
            .join(Entry, Opening.entry_id == Entry.id)
            .where(Entry.sitting_id == sitting_id, Opening.wave == wave)
        ).one()
        for _ in range(count):
            session.add(
                Response(
                    id=secrets.token_bytes(16),
                    opening_id=opening.id,
                    programme_id=opening.programme_id,
                    wave=wave,
                    mode="private",
                    codes=codes,
                )
            )


def test_a_facilitator_runs_a_session_from_making_to_finishing(database: Database, staff: Staff, tour: Tour) -> None:
    browser = staff.client("facilitator", programme_id=tour.programme_id)
    assert browser.get("/staff/sittings/new").location == f"/staff/sittings/new/{tour.programme_id}"
    page = browser.get(f"/staff/sittings/new/{tour.programme_id}").text
    assert "Northfield School" in page
    made = send(staff, browser, f"/staff/sittings/new/{tour.programme_id}", setting=tour.setting_id, **FIELDS)
    assert made.status_code == 303, made.text
    here = made.location
    sitting_id = int(here.split("/")[-2])
    with database.reading() as session:
        code = session.scalars(select(Entry.code).where(Entry.sitting_id == sitting_id)).one()
        assert (session.get_one(Sitting, sitting_id).present, session.get_one(Sitting, sitting_id).opted_out) == (
            182,
            3,
        )

    def press(act: str, status: int = 303) -> str:
        reply = send(staff, browser, f"{here}do/{act}")
        assert reply.status_code == status
        return reply.text

    assert "Open the before questions" in browser.get(here).text
    press("open_before")
    page = browser.get(here).text
    assert shown(code) in page and "fewer than 10" in page and "of 182 have finished" in page
    answer(database, sitting_id, "before", 167)
    said = browser.get(here).text.partition("<main")[2]  # a random token before it may hold any digits
    said = re.sub(r'name="csrf_token" value="[^"]*"', "", said)
    assert "about 165" in said and "167" not in said
    press("close_before")
    press("open_before")  # somebody came late
    press("close_before")
    assert "The play or lesson starts now" in browser.get(here).text
    press("start_play")
    page = browser.get(f"{here}?said=started").text
    assert "The play or lesson is on" in page and "The before questions are locked." in page
    assert "locked" not in press("open_after", 303)
    answer(database, sitting_id, "after", 12)
    assert "about 10" in browser.get(here).text
    assert "about 10" in browser.get(f"{here}finish").text
    press("close_after")
    assert "This session is finished" in browser.get(here).text
    with database.reading() as session:
        openings = session.scalars(
            select(Opening).join(Entry, Opening.entry_id == Entry.id).where(Entry.sitting_id == sitting_id)
        ).all()
        assert all(opening.closed_at for opening in openings) and len(openings) == 2
        jobs = {(job.kind, *job.payload.values()) for job in session.scalars(select(Job))}
        assert jobs == {("school_page", sitting_id), *(("shuffle", opening.id) for opening in openings)}
        acts = list(
            session.scalars(
                select(AuditEntry.action).where(AuditEntry.subject == f"sitting {sitting_id}").order_by(AuditEntry.n)
            )
        )
    assert acts == [
        "sitting.made",
        "sitting.open_before",
        "sitting.close_before",
        "sitting.open_before",
        "sitting.close_before",
        "sitting.start_play",
        "sitting.open_after",
        "sitting.close_after",
    ]


def test_pupils_get_in_while_a_wave_is_open_and_only_then(client: FlaskClient, staff: Staff, tour: Tour) -> None:
    browser = staff.client("facilitator", programme_id=tour.programme_id)

    def try_code() -> int:
        return client.post("/join", data={"code": shown(tour.code)}).status_code

    statuses = [try_code()]
    for act in ("open_before", "close_before", "start_play", "open_after", "close_after"):
        assert send(staff, browser, f"/staff/sittings/{tour.sitting_id}/do/{act}").status_code == 303
        statuses.append(try_code())
    assert statuses == [409, 303, 409, 409, 303, 409]


def test_an_opening_pins_the_version_and_has_a_ticket_a_checked_language(
    database: Database, staff: Staff, tour: Tour, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("survey.languages.is_open_to_children", lambda code: code in ("en", "cy", "ar"))
    browser = staff.client("facilitator", programme_id=tour.programme_id)
    send(staff, browser, f"/staff/sittings/{tour.sitting_id}/do/open_before")
    with database.reading() as session:
        opening = session.scalars(select(Opening)).one()
        assert opening.instrument_version_id == tour.ground.version_id
        tickets = {ticket.language: ticket.id for ticket in session.scalars(select(Ticket))}
    checked = {language.code for language in tour.instrument.languages if language.checked}
    assert set(tickets) == checked & {"en", "cy", "ar"}
    assert "en" in tickets
    drafts = {language.code for language in tour.instrument.languages if not language.checked}
    assert drafts and not drafts & set(tickets)
    send(staff, browser, f"/staff/sittings/{tour.sitting_id}/do/close_before")
    send(staff, browser, f"/staff/sittings/{tour.sitting_id}/do/open_before")
    with database.reading() as session:
        assert {ticket.language: ticket.id for ticket in session.scalars(select(Ticket))} == tickets


PATHS = {
    Stage.READY: (),
    Stage.BEFORE_OPEN: ("open_before",),
    Stage.BEFORE_CLOSED: ("open_before", "close_before"),
    Stage.PLAYING: ("open_before", "start_play"),
    Stage.AFTER_OPEN: ("start_play", "open_after"),
    Stage.FINISHED: ("start_play", "open_after", "close_after"),
}


@pytest.mark.parametrize("stage", PATHS, ids=lambda stage: stage.value)
def test_what_is_out_of_order_changes_nothing_and_is_refused_kindly(
    database: Database, staff: Staff, tour: Tour, stage: Stage
) -> None:
    browser = staff.client("facilitator", programme_id=tour.programme_id)
    here = f"/staff/sittings/{tour.sitting_id}/"
    for act in PATHS[stage]:
        assert send(staff, browser, f"{here}do/{act}").status_code == 303
    before = _state(database)
    for act in set(Act) - set(ALLOWED[stage]):
        reply = send(staff, browser, f"{here}do/{act.value}")
        assert reply.status_code == 409
        assert 'class="notice care"' in reply.text
        assert _state(database) == before
    page = browser.get(here).text
    offered = set(re.findall(r"/do/(\w+)", page)) | ({"close_after"} if f"{here}finish" in page else set())
    assert offered == {act.value for act in ALLOWED[stage]} - ({"start_play"} if stage is Stage.BEFORE_OPEN else set())


def _state(database: Database) -> list[object]:
    with database.reading() as session:
        openings = [(o.wave, o.opened_at, o.closed_at) for o in session.scalars(select(Opening).order_by(Opening.wave))]
        started = list(session.scalars(select(Sitting.play_started_at)))
        return [
            openings,
            started,
            len(session.scalars(select(Job)).all()),
            len(session.scalars(select(AuditEntry)).all()),
        ]


def test_a_programme_with_after_only_has_no_before_and_no_cards(database: Database, staff: Staff, tour: Tour) -> None:
    with database.writing() as session:
        session.delete(session.get_one(ProgrammeWave, (tour.programme_id, "before")))
        session.get_one(Programme, tour.programme_id).design = "after_only"
    browser = staff.client("facilitator", programme_id=tour.programme_id)
    here = f"/staff/sittings/{tour.sitting_id}/"
    page = browser.get(here).text
    assert "Open the after questions" in page and "before questions" not in page.lower() and "cards" not in page
    assert browser.get(f"{here}cards").status_code == 404
    assert send(staff, browser, f"{here}do/open_before").status_code == 409
    assert send(staff, browser, f"{here}do/open_after").status_code == 303
    assert send(staff, browser, f"{here}do/close_after").status_code == 303


def test_nothing_opens_while_the_programme_is_a_draft_or_closed(database: Database, staff: Staff, tour: Tour) -> None:
    browser = staff.client("facilitator", programme_id=tour.programme_id)
    for status in ("draft", "closed"):
        with database.writing() as session:
            programme = session.get_one(Programme, tour.programme_id)
            programme.status, programme.pairing_key = status, None
        for act in Act:
            assert send(staff, browser, f"/staff/sittings/{tour.sitting_id}/do/{act.value}").status_code == 409
        assert browser.get(f"/staff/sittings/{tour.sitting_id}/").status_code == 200
        assert browser.get(f"/staff/sittings/new/{tour.programme_id}").status_code == 409


# What is typed


def test_a_refused_session_form_names_every_fault_and_keeps_what_was_typed(staff: Staff, tour: Tour) -> None:
    browser = staff.client("facilitator", programme_id=tour.programme_id)
    typed = {
        "setting": "999999999999999999999",
        "held_on": "yesterday",
        "year_groups": "",
        "place": "main <hall>\0",
        "present": "a few",
        "absent": "-1",
        "opted_out": "9" * 5000,
        "devices": "abacus",
    }
    reply = send(staff, browser, f"/staff/sittings/new/{tour.programme_id}", **typed)
    assert reply.status_code == 422
    for field in ("setting", "held_on", "year_groups", "present", "absent", "opted_out"):
        assert f'href="#{field}"' in reply.text
    assert 'href="#devices-0"' in reply.text
    for kept in ('value="yesterday"', "main &lt;hall&gt;", 'value="a few"', 'value="-1"'):
        assert kept in reply.text
    assert "Error: " in reply.text.partition("</title>")[0]


def test_the_numbers_can_be_put_right_later_and_the_record_keeps_the_old_ones(
    database: Database, staff: Staff, tour: Tour
) -> None:
    browser = staff.client("facilitator", programme_id=tour.programme_id)
    here = f"/staff/sittings/{tour.sitting_id}/"
    page = browser.get(f"{here}edit").text
    assert 'name="held_on"' in page and 'value="30"' in page and 'value="Year 8"' in page
    send(staff, browser, f"{here}do/open_before")
    assert 'name="held_on"' not in browser.get(f"{here}edit").text
    reply = send(staff, browser, f"{here}edit", present="28", absent="4", opted_out="", held_on="2020-01-01")
    assert reply.status_code == 303 and "Saved" in browser.get(reply.location).text
    assert "on roll here" not in browser.get(here).text
    with database.reading() as session:
        sitting = session.get_one(Sitting, tour.sitting_id)
        assert (sitting.present, sitting.absent, sitting.opted_out, sitting.held_on) == (28, 4, 0, today())
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "sitting.put_right")).one()
        assert entry.reason == "present/absent/opted out 30/0/0 -> 28/4/0"
    send(staff, browser, f"{here}edit", present="280", absent="", opted_out="")
    assert "More are present than the 180 on roll here." in browser.get(here).text, "a slip of the key is seen at once"


def test_fewer_than_ten_present_is_said(database: Database, staff: Staff, tour: Tour) -> None:
    browser = staff.client("facilitator", programme_id=tour.programme_id)
    said = "nearest session"
    assert said not in browser.get(f"/staff/sittings/{tour.sitting_id}/").text
    with database.writing() as session:
        session.get_one(Sitting, tour.sitting_id).present = 9
    assert said in browser.get(f"/staff/sittings/{tour.sitting_id}/").text


# What is printed


def test_the_papers_carry_the_code_and_new_cards_each_time(app: Flask, staff: Staff, tour: Tour) -> None:
    browser = staff.client("facilitator", programme_id=tour.programme_id)
    here = f"/staff/sittings/{tour.sitting_id}/"
    poster, wall, script = (browser.get(here + name).text for name in ("poster", "wall", "script"))
    assert shown(tour.code) in poster and "<svg" in poster and "localhost" in poster
    assert shown(tour.code) in wall and "localhost" in wall and "<a " not in wall.partition("<main")[2]
    assert shown(tour.code) in script and "safeguarding lead" in script and "No thanks" in script
    assert all(line["en"] in script.replace("&#39;", "'").replace("\u00a0", " ") for line in tour.instrument.intro)
    sheets = [browser.get(here + "cards").text for _ in range(2)]
    drawn = [set(re.findall(r">([0-9A-Z]{4}-[0-9A-Z]{3})<", sheet)) for sheet in sheets]
    assert len(drawn[0]) == len(drawn[1]) == card_count(30) and not drawn[0] & drawn[1]
    assert all(read_card(card) for card in drawn[0])
    assert "not stored" in sheets[0]
    for page in (poster, wall, script, *sheets):
        assert "style=" not in page and "<script" not in page


# Who may do it


@pytest.fixture
def elsewhere(database: Database) -> int:
    """Another organisation."""
    with database.writing() as session:
        organisation = Organisation(name="South Council")
        session.add(organisation)
        session.flush()
        return organisation.id


def pages(tour: Tour) -> tuple[str, ...]:
    here = f"/staff/sittings/{tour.sitting_id}/"
    return (
        *(here + name for name in ("", "edit", "finish", "wipe", "wall", "poster", "cards", "script")),
        f"/staff/sittings/new/{tour.programme_id}",
    )


def acts(tour: Tour) -> tuple[str, ...]:
    here = f"/staff/sittings/{tour.sitting_id}/"
    return (
        *(f"{here}do/{act.value}" for act in Act),
        f"{here}edit",
        f"{here}wipe",
        f"/staff/sittings/new/{tour.programme_id}",
    )


@pytest.mark.parametrize("role", ROLES)
def test_only_facilitators_and_administrators_within_reach_see_a_session(
    staff: Staff, tour: Tour, elsewhere: int, role: str
) -> None:
    inside = staff.client(role, organisation_id=tour.organisation_id)
    outside = staff.client(role, organisation_id=elsewhere)
    may = role in ("facilitator", "administrator")
    for path in pages(tour):
        assert inside.get(path).status_code in ((200, 303) if may else (404,)), path
        assert outside.get(path).status_code == 404, path
    for path in acts(tour):
        assert send(staff, outside, path, setting=tour.setting_id, **FIELDS).status_code == 404, path
        if not may:
            assert send(staff, inside, path, setting=tour.setting_id, **FIELDS).status_code == 404, path
    assert "Northfield" not in outside.get("/staff/sittings/").text
    assert ("Northfield" in inside.get("/staff/sittings/").text) is may


def test_whoever_is_not_signed_in_is_asked_to(client: FlaskClient, tour: Tour) -> None:
    for path in pages(tour):
        assert client.get(path).location.startswith("/staff/sign-in")
    for path in acts(tour):
        assert client.post(path).location == "/staff/sign-in"


def test_numbers_that_no_store_holds_are_not_found(staff: Staff, tour: Tour) -> None:
    browser = staff.client("facilitator", organisation_id=tour.organisation_id)
    for n in (0, 2**31, 10**30):
        assert browser.get(f"/staff/sittings/{n}/").status_code == 404
        assert browser.get(f"/staff/sittings/new/{n}").status_code == 404


def test_no_page_of_a_facilitator_shows_an_answer(database: Database, staff: Staff, tour: Tour) -> None:
    """Rows that are all one marked byte leave no trace, and pages differ in nothing but the head count."""
    browser = staff.client("facilitator", programme_id=tour.programme_id)
    here = f"/staff/sittings/{tour.sitting_id}/"
    send(staff, browser, f"{here}do/open_before")
    texts = []
    for codes in (b"\x01" * 30, b"\x02" * 30):
        with database.writing() as session:
            for row in session.scalars(select(Response)):
                session.delete(row)
        answer(database, tour.sitting_id, "before", 20, codes)
        texts.append([browser.get(path).text for path in pages(tour) if not path.endswith("cards")])
    assert texts[0] == texts[1]


def test_a_session_far_away_in_time_is_a_slip(staff: Staff, tour: Tour) -> None:
    browser = staff.client("facilitator", programme_id=tour.programme_id)
    far = (today() + timedelta(days=900)).isoformat()
    reply = send(
        staff,
        browser,
        f"/staff/sittings/new/{tour.programme_id}",
        **{**FIELDS, "setting": tour.setting_id, "held_on": far},
    )
    assert reply.status_code == 422 and "Check the year" in reply.text


def test_a_letter_goes_home_with_a_day_to_say_no(staff: Staff, tour: Tour) -> None:
    """It names the day, promises no more than is kept, and stands in the pack only where children are asked in a group."""
    browser = staff.client("facilitator", programme_id=tour.programme_id)
    with tour.database.writing() as session:
        session.get_one(Sitting, tour.sitting_id).held_on = today() + timedelta(days=20)
    address = f"/staff/sittings/{tour.sitting_id}/letter"
    assert address in browser.get(f"/staff/sittings/{tour.sitting_id}/").text
    page = browser.get(address).text
    assert f"by {format_date(today() + timedelta(days=13), 'd MMMM yyyy', locale='en')}" in page
    assert (
        "box to type in" not in page and "a trained adult" not in browser.get(address.replace("letter", "script")).text
    )
    assert f"/about/{tour.organisation_id}</span>" in page, "who runs it and how to complain, without a visit"
    with tour.database.writing() as session:
        session.get_one(Sitting, tour.sitting_id).held_on = today()
    assert "____" in browser.get(address).text, "the day has passed: somebody writes another"
    assert browser.get(f"{address}?language=xx").status_code == 404


def test_a_box_is_told_of_at_home_and_aloud_too(staff: Staff, tour: Tour) -> None:
    with tour.database.writing() as session:
        version = publish(session, load_library("picture_views"))
        for wave in session.scalars(select(ProgrammeWave).where(ProgrammeWave.programme_id == tour.programme_id)):
            wave.instrument_version_id = version.id
    browser = staff.client("facilitator", programme_id=tour.programme_id)
    assert "box to type in" in browser.get(f"/staff/sittings/{tour.sitting_id}/letter").text
    script = browser.get(f"/staff/sittings/{tour.sitting_id}/script").text
    assert "a trained adult reads it" in script and "Only what is typed into a box is read" in script


@pytest.mark.parametrize("key", ["adults_learning", "services_and_me", "return_interview"])
def test_no_letter_goes_home_about_adults_or_about_who_is_seen_alone(staff: Staff, tour: Tour, key: str) -> None:
    """Nobody at home may learn from a letter that a young person is seen by a service."""
    with tour.database.writing() as session:
        version = publish(session, load_library(key))
        for wave in session.scalars(select(ProgrammeWave).where(ProgrammeWave.programme_id == tour.programme_id)):
            wave.instrument_version_id = version.id
    browser = staff.client("facilitator", programme_id=tour.programme_id)
    assert browser.get(f"/staff/sittings/{tour.sitting_id}/letter").status_code == 404
    assert "/letter" not in browser.get(f"/staff/sittings/{tour.sitting_id}/").text
    assert "The letter home" not in browser.get(f"/staff/sittings/{tour.sitting_id}/script").text
