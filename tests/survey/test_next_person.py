"""A device that goes from hand to hand: the next person begins with the words that everybody there begins with."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey import cookies
from survey.answering import keeping
from survey.joining import Visit
from survey.models import Opening, Sitting, Ticket
from survey.pairing import shown
from tests.survey.conftest import Tour

TWO = ("en", "cy")


def opened(tour: Tour, wave: str = "before", languages: Sequence[str] = TWO) -> dict[str, str]:
    """A wave that can be answered in these languages: the ticket of each."""
    tickets = {languages[0]: tour.open(wave, languages[0])}
    with tour.database.writing() as session:
        opening = session.scalars(select(Opening).where(Opening.wave == wave, Opening.closed_at.is_(None))).one()
        for code in languages[1:]:
            tickets[code] = secrets.token_hex(16)
            session.add(Ticket(id=tickets[code], opening_id=opening.id, language=code))
    return tickets


def visit_of(client: FlaskClient) -> Visit:
    found = client.get_cookie(cookies.RESPONDENT)
    assert found is not None
    with client.application.test_request_context(headers={"Cookie": f"{cookies.RESPONDENT}={found.value}"}):
        return Visit.read()


def test_the_language_of_one_pupil_is_not_the_next_ones(client: FlaskClient, tour: Tour) -> None:
    tickets = opened(tour)
    client.post("/join", data={"code": tour.code})
    first = client.get("/answer")
    assert first.headers["X-Shared-Device"] == "1" and " data-chosen" not in first.text
    client.get("/answer?lang=cy")
    welsh = client.get("/answer")
    assert '<html lang="cy"' in welsh.text and tickets["cy"] in welsh.text and " data-chosen" in welsh.text
    assert "X-Shared-Device" not in welsh.headers, "what a device keeps is for the next person"
    client.post("/answer", data=tour.body(ticket=tickets["cy"]), content_type="application/x-www-form-urlencoded")
    assert 'href="/answer?next"' in client.get("/thanks").text
    assert client.get("/answer?next").location == "/answer"
    assert tickets["en"] in client.get("/answer").text and visit_of(client) == Visit(tickets["en"])


def test_a_copy_that_a_device_keeps_says_whose_questions_it_holds_and_asks_first(
    client: FlaskClient, tour: Tour, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be met by another class, or after the play: what is asked for with a network says nothing of that."""
    for wave, said in (("before", "for before the play"), ("after", "for after the play")):
        tour.open(wave)
        client.post("/join", data={"code": tour.code})
        for hour in (9, 10):
            monkeypatch.setattr(keeping, "now", lambda hour=hour: datetime(2026, 7, 1, hour, 5, tzinfo=UTC))
            copy = client.get("/answer?kept")
            assert copy.headers["X-Shared-Device"] == "1"
            asks, _, then = copy.text.partition('id="right-one"')[2].partition("</section>")
            assert said in asks and shown(tour.code) in asks and f"since {hour + 1:02}:05" in asks
            assert 'href="#intro"' in asks and 'id="intro"' in then and 'id="decline"' in then
        live = client.get("/answer").text
        assert "right-one" not in live and shown(tour.code) not in live
        tour.close(wave)


def test_an_own_phone_is_given_no_copy(client: FlaskClient, tour: Tour) -> None:
    tour.open("before")
    with tour.database.writing() as session:
        session.get_one(Sitting, tour.sitting_id).devices = "own"
    client.post("/join", data={"code": tour.code})
    copy = client.get("/answer?kept")
    assert copy.headers["X-Shared-Device"] == "over" and "right-one" not in copy.text


def test_a_code_typed_again_begins_in_the_language_of_everybody_here(client: FlaskClient, tour: Tour) -> None:
    tickets = opened(tour)
    client.post("/join", data={"code": tour.code})
    client.get("/answer?lang=cy")
    assert '<html lang="en"' in client.get("/").text
    client.post("/join", data={"code": tour.code})
    assert visit_of(client) == Visit(tickets["en"])
    client.get("/answer?lang=cy")
    tour.close("before")
    over = client.get("/answer")
    assert (over.status_code, over.headers["X-Shared-Device"]) == (409, "over") and '<html lang="en"' in over.text


@pytest.mark.parametrize("is_over", [False, True])
def test_help_and_about_us_are_in_the_language_of_the_page_that_leads_there(
    client: FlaskClient, tour: Tour, is_over: bool
) -> None:
    """From the page for the next code, while the device is still on a visit in other words; and where an address asks."""
    opened(tour)
    client.post("/join", data={"code": tour.code})
    client.get("/answer?lang=cy")
    if is_over:
        tour.close("before")
    page = client.get("/answer" if is_over else "/").text
    assert '<html lang="en"' in page
    for path in ("/help", "/about"):
        assert f'href="{path}?lang=en"' in page
        led = client.get(f"{path}?lang=en").text
        assert '<html lang="en"' in led and 'href="/help?lang=en"' in led and 'href="/help"' not in led
        assert '<html lang="cy"' in client.get(path).text, "whoever answers goes on in their own words"


def test_who_comes_back_to_the_first_language_has_chosen_nothing(client: FlaskClient, tour: Tour) -> None:
    tickets = opened(tour)
    client.post("/join", data={"code": tour.code})
    for code in ("cy", "xx", "en"):
        client.get(f"/answer?lang={code}")
    assert visit_of(client) == Visit(tickets["en"])
    assert client.get("/answer").headers["X-Shared-Device"] == "1"
    assert " data-chosen" in client.get("/answer?look=easy_read").text, "nor does the next one read the same version"


def test_the_next_wave_begins_in_the_first_language(client: FlaskClient, tour: Tour) -> None:
    opened(tour)
    client.post("/join", data={"code": tour.code})
    client.get("/answer?lang=cy")
    tour.close("before")
    later = opened(tour, "after")
    client.get("/answer")
    assert visit_of(client) == Visit(later["en"])


@pytest.mark.parametrize("asked", ["/answer?next", "/answer"])
def test_somebodys_own_phone_keeps_their_language_and_what_pairs_it(
    client: FlaskClient, tour: Tour, asked: str
) -> None:
    with tour.database.writing() as session:
        session.get_one(Sitting, tour.sitting_id).devices = "own"
    tickets = opened(tour)
    client.post("/join", data={"code": tour.code})
    device = visit_of(client).device
    client.get("/answer?lang=cy")
    client.get(asked)
    assert device and visit_of(client) == Visit(tickets["cy"], device)


def test_a_browser_that_keeps_no_cookies_is_told_so(app: Flask, tour: Tour, monkeypatch: pytest.MonkeyPatch) -> None:
    """A right code led back to the page for the code, without a word; and again, and again."""
    monkeypatch.setattr("survey.languages.is_open_to_children", lambda code: code in TWO)
    opened(tour)
    client = app.test_client(use_cookies=False)
    for asked, spoken in (("/join", "en"), ("/join?lang=cy", "cy")):
        reply = client.get(client.post(asked, data={"code": tour.code}).location)
        assert reply.status_code == 409 and f'<html lang="{spoken}"' in reply.text and 'id="code-error"' in reply.text
    assert client.get("/answer").location == "/", "whoever never typed a code is not told"


def test_where_everybody_begins_never_pairs_anybody(app: Flask, client: FlaskClient, tour: Tour) -> None:
    """The first ticket is the same for all: carried on to a session on own phones it would make one pupil of many."""
    tickets = opened(tour)
    client.post("/join", data={"code": tour.code})
    client.get("/answer?lang=cy")
    with tour.database.writing() as session:
        session.get_one(Sitting, tour.sitting_id).devices = "own"
    client.post("/join", data={"code": tour.code})
    visit = visit_of(client)
    assert visit.device and visit.device not in tickets.values() and visit.start == ""
