"""Help as data: whom each service is for, when it answers, and that nobody forgets to check a number."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from questionnaires.files import library, load_library
from questionnaires.instrument import PRIMARY_AGE
from survey import accounts, helplines
from survey.clock import PLACE, today
from survey.helpline_hours import Span, said_always, said_now
from survey.helplines import EVERYBODY, GOOD_FOR, SERVICES, unchecked
from survey.models import Entry, HelplineCheck, Organisation
from survey.pairing import new_code
from survey.publishing import publish
from tests.survey.conftest import Tour

EVENINGS = (Span(time(16), time(22)),)
WEEKDAYS = (Span(time(10), time(16), (0, 1, 2, 3, 4)),)
NIGHTS = (Span(time(22), time(2), (4, 5)),)
MONDAY = date(2026, 11, 23)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), PLACE)


@pytest.fixture(autouse=True)
def in_english(app: Flask):
    with app.app_context():
        yield


def names(ages: tuple[int, int]) -> set[str]:
    """Every service on a page for these ages, open or closed."""
    later = (one for _, lines in helplines.for_older(ages) for one in lines)
    return {one.name for one in (*helplines.helplines(ages), *later)}


FRIGHTENING = ("suicide", "sexual", "nude", "against your will")
MIXED = sorted(key for key in library() if load_library(key).ages[0] < PRIMARY_AGE <= load_library(key).ages[1])


def test_children_of_primary_school_get_the_services_made_for_them() -> None:
    assert names((7, 11)) == {"Childline", "CEOP Safety Centre"}
    assert names(EVERYBODY) == {one.name for one in SERVICES}


@pytest.mark.parametrize("ages", [(7, 11), EVERYBODY, *(load_library(key).ages for key in MIXED)])
def test_where_the_youngest_may_be_at_primary_school_what_stands_open_is_gentle(ages: tuple[int, int]) -> None:
    shown = helplines.helplines(ages)
    assert [one.name for one in shown] == ["Childline", "CEOP Safety Centre"]
    assert not [word for word in FRIGHTENING if word in " ".join(one.text for one in shown).lower()]
    for age, lines in helplines.for_older(ages):
        assert ages[0] < age <= ages[1]
        assert lines


def test_a_page_for_grown_up_people_keeps_nothing_closed() -> None:
    assert "my_days" in MIXED
    assert [age for age, _ in helplines.for_older((8, 17))] == [12]
    assert [age for age, _ in helplines.for_older((11, 25))] == [18]
    assert [age for age, _ in helplines.for_older((11, 16))] == []
    assert [age for age, _ in helplines.for_older((13, 17))] == []
    assert [age for age, _ in helplines.for_older((18, 99))] == []
    for ages in ((11, 16), (13, 17)):
        assert "make you do something sexual" in " ".join(one.text for one in helplines.helplines(ages))
        assert {"Papyrus HOPELINE247", "Shout", "Samaritans"} < {one.name for one in helplines.helplines(ages)}


def opened(page: str) -> str:
    """The words of a page that stand there before anybody opens anything."""
    return re.sub(r"<details><summary>If you are 1[28] or older</summary>.*?</details>", "", page, flags=re.DOTALL)


def test_every_page_of_help_is_gentle_until_somebody_older_opens_it(client: FlaskClient, tour) -> None:
    """Without a code, and in questions for 8 to 17: the page, the copy that a device keeps, and help in the questions."""
    mixed = at_the_same_school(tour, "my_days")
    for joined in (False, True):
        if joined:
            client.post("/join", data={"code": mixed.code})
        for path in ("/help", "/help?kept", *(("/answer",) if joined else ())):
            whole = client.get(path).text
            page = whole.partition('<template id="help">')[2] or whole  # of the questions, their help
            assert "If you are 12 or older" in page, path
            assert ("If you are 18 or older" in page) is not joined, path
            assert "Papyrus" in page, path
            assert "Report Remove" in page, path
            read = opened(page).lower()
            assert "childline" in read, path
            assert "a grown-up can help you" in read, path
            assert not [word for word in (*FRIGHTENING, "papyrus", "report remove") if word in read], path
        card = client.get("/help/card").text
        assert card.index("Childline") < card.index("If you are 12 or older") < card.index("Papyrus")
        assert "Rape" not in card


def at_the_same_school(tour: Tour, key: str) -> Tour:
    """Another questionnaire of the library, open in the same session."""
    with tour.database.writing() as session:
        version = publish(session, load_library(key))
        entry = Entry(sitting_id=tour.sitting_id, programme_id=tour.programme_id, mode="private", code=new_code())
        session.add(entry)
        session.flush()
        ground = tour.ground._replace(version_id=version.id)
    other = replace(tour, instrument=load_library(key), entry_id=entry.id, code=entry.code, ground=ground, tickets={})
    other.open(other.instrument.waves[0])
    return other


def test_nobody_is_sent_to_a_service_that_they_are_too_old_for() -> None:
    assert names((18, 99)) == names(EVERYBODY), "some of them are 18"
    assert names((19, 99)) == names(EVERYBODY) - {"Childline"}
    assert names((40, 60)) == {"Shout", "Samaritans", "CEOP Safety Centre"} | FOR_ADULTS


FOR_ADULTS = {"National Domestic Abuse Helpline", "Rape and Sexual Abuse Support Line", "Stop It Now"}


@pytest.mark.parametrize("key", sorted(library()))
def test_whoever_is_grown_up_finds_somebody_for_adults_and_children_do_not(key: str) -> None:
    youngest, oldest = load_library(key).ages
    assert (names((youngest, oldest)) & FOR_ADULTS == FOR_ADULTS) == (oldest >= 18)
    assert ("Childline" in helplines.any_time((youngest, oldest))) == (youngest <= 18)


@pytest.mark.parametrize(
    ("hours", "moment", "said"),
    [
        (EVENINGS, at(MONDAY, 15, 59), "Closed now. Opens at 16:00."),
        (EVENINGS, at(MONDAY, 16), "Open now, until 22:00."),
        (EVENINGS, at(MONDAY, 21, 59), "Open now, until 22:00."),
        (EVENINGS, at(MONDAY, 22), "Closed now. Opens on Tuesday at 16:00."),
        (WEEKDAYS, at(MONDAY - timedelta(days=3), 16), "Closed now. Opens on Monday at 10:00."),
        (NIGHTS, at(MONDAY - timedelta(days=1), 1, 59), "Open now, until 02:00."),
        (NIGHTS, at(MONDAY - timedelta(days=1), 2), "Closed now. Opens on Friday at 22:00."),
        (EVENINGS, datetime.fromisoformat("2026-07-01T15:00+00:00"), "Open now, until 22:00."),
        (EVENINGS, datetime.fromisoformat("2026-12-01T15:00+00:00"), "Closed now. Opens at 16:00."),
    ],
)
def test_what_is_open_follows_the_clock_of_the_schools(hours: tuple[Span, ...], moment: datetime, said: str) -> None:
    assert said_now(hours, moment) == said


def test_hours_are_said_in_words() -> None:
    assert said_always(EVENINGS) == "Every day, 16:00 to 22:00."
    assert said_always((*WEEKDAYS, Span(time(9), time(12), (5, 6)))) == (
        "Monday to Friday, 10:00 to 16:00. Saturday, Sunday, 09:00 to 12:00."
    )


def test_only_a_page_that_is_read_at_once_says_what_is_open(
    client: FlaskClient, tour, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = helplines.Service("line", "The Line", "For anyone.", "Free.", EVERYBODY, hours=EVENINGS, number="0800 000")
    monkeypatch.setattr(helplines, "SERVICES", (line,))
    tour.open("before")
    client.post("/join", data={"code": tour.code})
    read = client.get("/help").text
    assert "Open now, until" in read or "Closed now." in read
    for kept in ("/help?kept", "/answer", "/finished?talked"):
        page = client.get(kept).text
        assert "Every day, 16:00 to 22:00." in page, kept
        assert "Open now" not in page, kept
        assert "Closed now" not in page, kept


def test_every_service_can_be_reached() -> None:
    assert len({one.key for one in SERVICES}) == len(SERVICES)
    for one in SERVICES:
        assert one.number or one.sms or one.url, one.name
        assert one.cost
        assert one.ages[0] <= one.ages[1]


def test_nobody_claims_a_check_that_no_person_made(staff, monkeypatch: pytest.MonkeyPatch) -> None:
    database = staff.app.extensions["database"]
    with database.writing() as session:
        organisation = Organisation(name="North Council")
        session.add(organisation)
        session.flush()
        here = organisation.id
        assert [one.service for one in unchecked(session, here, today())] == list(SERVICES)
    path = f"/staff/notices/{here}/helplines"
    administrator, facilitator = (staff.client(role, organisation_id=here) for role in ("administrator", "facilitator"))
    assert "not yet checked by a person" in administrator.get("/staff/").text
    assert "0800 1111" in administrator.get("/staff/").text
    assert "Help numbers to check" not in facilitator.get("/staff/").text
    assert '<table class="stacks"' in administrator.get(path).text, "five columns are a list a row on a telephone"
    assert facilitator.get(path).status_code == 404
    assert administrator.get(path).text.count("Not yet checked by a person") == len(SERVICES)
    for one in SERVICES:
        given = {"key": one.key, "checked_on": str(today()), "checked_by": "Ann Other", "owner": "Duty desk"}
        assert staff.post(administrator, path, **given).status_code == 303
    assert "Help numbers to check" not in administrator.get("/staff/").text
    assert "Ann Other" in administrator.get(path).text
    checked = today()
    for days, is_due in ((0, False), (1, True)):
        monkeypatch.setattr(accounts, "today", lambda days=days: checked + GOOD_FOR + timedelta(days=days))
        assert ("Help numbers to check" in administrator.get("/staff/").text) is is_due
    assert "Duty desk" in administrator.get("/staff/").text


@pytest.mark.parametrize(
    "wrong", [{"checked_on": "2999-01-01"}, {"checked_on": ""}, {"checked_by": " "}, {"owner": ""}, {"key": "other"}]
)
def test_a_check_says_who_and_on_which_day(staff, tour, wrong: dict[str, str]) -> None:
    browser = staff.client("administrator", organisation_id=tour.organisation_id)
    given = {"key": "childline", "checked_on": str(today()), "checked_by": "Ann Other", "owner": "Duty desk", **wrong}
    path = f"/staff/notices/{tour.organisation_id}/helplines"
    assert staff.post(browser, path, **given).status_code == 422
    with tour.database.reading() as session:
        assert session.scalar(select(HelplineCheck)) is None


def test_an_organisation_checks_for_itself_alone(staff, tour) -> None:
    """What the first wrote down says nothing to the second, and one of a programme or of elsewhere writes nothing."""
    with tour.database.writing() as session:
        other = Organisation(name="South Council")
        session.add(other)
        session.flush()
        there = other.id
    here = tour.organisation_id
    ours, theirs = (staff.client("administrator", organisation_id=one) for one in (here, there))
    given = {"key": "childline", "checked_on": str(today()), "checked_by": "Ann Other", "owner": "Duty desk"}
    assert staff.post(ours, f"/staff/notices/{here}/helplines", **given).status_code == 303
    assert staff.post(theirs, f"/staff/notices/{there}/helplines", **given | {"checked_by": "Bo"}).status_code == 303
    assert "Ann Other" in ours.get(f"/staff/notices/{here}/helplines").text
    with tour.database.reading() as session:
        assert [len(unchecked(session, one, today())) for one in (here, there)] == [len(SERVICES) - 1] * 2
        kept = session.scalars(select(HelplineCheck).order_by(HelplineCheck.organisation_id)).all()
    assert {(one.organisation_id, one.checked_by) for one in kept} == {(here, "Ann Other"), (there, "Bo")}
    of_programme = staff.client("administrator", programme_id=tour.programme_id)
    for browser in (theirs, of_programme):
        assert browser.get(f"/staff/notices/{here}/helplines").status_code == 404
        assert staff.post(browser, f"/staff/notices/{here}/helplines", **given).status_code == 404
    assert "Help numbers" not in of_programme.get("/staff/").text
