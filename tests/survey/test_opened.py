"""Opened but not finished, and what waits on devices: counted without a child in it, and wiped by staff for all devices."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event, select

from survey.database import DatabaseBusy
from survey.models import AuditEntry, OpenedCount, Opening, SealingKey
from survey.opened import OpenedTally, unfinished
from survey.responses import hold, place_of, read_submission
from survey.sealing import Keys
from tests.conftest import Staff
from tests.survey.conftest import Tour
from tests.survey.test_sealed_answers import Device

FORM = "application/x-www-form-urlencoded"


def opened(tour: Tour) -> int:
    """The count as it is stored."""
    with tour.database.reading() as session:
        return session.scalar(select(OpenedCount.opened)) or 0


def left(tour: Tour) -> int:
    """What staff are shown."""
    with tour.database.reading() as session:
        return unfinished(session, session.scalars(select(Opening.id)).one())


def test_each_opening_of_the_questions_counts_once_and_other_words_do_not(client: FlaskClient, tour: Tour) -> None:
    tour.open("before")
    client.post("/join", data={"code": tour.code})
    client.get("/answer").close()
    assert opened(tour) == 1
    client.get("/answer?kept").close()
    client.get("/answer?look=plain").close()
    client.get("/answer?lang=en", follow_redirects=True).close()
    assert opened(tour) == 1, "a copy for later, other words and another language are no other person"
    client.get("/answer").close()
    assert opened(tour) == 2


def test_what_came_in_is_taken_off_in_fives_and_never_below_none(client: FlaskClient, tour: Tour, keys: Keys) -> None:
    tour.open("before")
    client.post("/join", data={"code": tour.code})
    for _ in range(12):
        client.get("/answer").close()
    assert left(tour) == 10
    client.post("/answer", data=tour.body(), content_type=FORM)
    client.post("/decline", data=tour.body(), content_type=FORM)
    assert left(tour) == 10
    place = place_of(tour.database, tour.tickets["before"])
    assert place is not None
    hold(tour.database, keys, place, read_submission(FORM, tour.body()))
    assert left(tour) == 5, "an answer, a No thanks and a body kept aside have come to the end"
    for _ in range(12):
        client.post("/answer", data=tour.body(), content_type=FORM)
    assert left(tour) == 0


def test_start_and_no_thanks_leave_the_same_count_and_it_holds_nothing_else(client: FlaskClient, tour: Tour) -> None:
    tour.open("before")
    client.post("/join", data={"code": tour.code})
    client.get("/answer").close()
    client.post("/decline", data=tour.body(), content_type=FORM)
    client.get("/activity").close()
    assert opened(tour) == 1
    assert set(OpenedCount.__table__.columns.keys()) == {"opening_id", "opened"}


@contextmanager
def nobody_can_write(tour: Tour) -> Iterator[None]:
    """The store has no turn for anybody."""

    def refuse(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("INSERT"):
            raise DatabaseBusy

    event.listen(tour.database.writer, "before_cursor_execute", refuse)
    yield
    event.remove(tour.database.writer, "before_cursor_execute", refuse)


def test_a_busy_store_keeps_nobody_from_the_questions_and_loses_no_count(
    app: Flask, client: FlaskClient, tour: Tour
) -> None:
    tour.open("before")
    client.post("/join", data={"code": tour.code})
    with nobody_can_write(tour):
        reply = client.get("/answer")
        assert reply.status_code == 200
        reply.close()
    assert opened(tour) == 0
    client.get("/answer").close()
    assert opened(tour) == 2, "it went along with the next"
    tally: OpenedTally = app.extensions["opened"]
    tally.write()
    assert opened(tour) == 2


def test_a_hall_that_opens_its_questions_at_once_is_one_write_and_a_second(
    client: FlaskClient, tour: Tour, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned: list[tuple[float, Callable[[], None]]] = []

    class Timer:
        def __init__(self, wait: float, act: Callable[[], None]) -> None:
            self.planned = (wait, act)

        def start(self) -> None:
            planned.append(self.planned)

    monkeypatch.setattr(threading, "Timer", Timer)
    tour.open("before")
    place = place_of(tour.database, tour.tickets["before"])
    assert place is not None
    tally = OpenedTally(tour.database, pause=600)

    def give_out(times: int) -> None:
        for _ in range(times):
            tally.add(place.opening_id, 1)
            tally.write_soon()

    give_out(30)
    assert opened(tour) == 1
    [(wait, write)] = planned
    assert 0 < wait <= 600
    write()
    assert opened(tour) == 30
    give_out(2)
    assert (opened(tour), len(planned)) == (30, 2), "what comes after that is planned anew"


@pytest.fixture
def waits(tour: Tour, keys: Keys) -> dict[str, str]:
    """Answers that wait on a device; the after questions are open."""
    tour.open("before")
    form: dict[str, str] = Device(tour, keys).form(tour.body(submission=secrets.token_hex(16)))
    tour.close("before")
    tour.open("after")
    return form


def test_staff_wipe_what_waits_once_the_sitting_is_finished(
    client: FlaskClient, staff: Staff, tour: Tour, waits: dict[str, str]
) -> None:
    browser = staff.client("facilitator", programme_id=tour.programme_id)
    here = f"/staff/sittings/{tour.sitting_id}/"
    staff.post(browser, f"{here}wipe")
    with tour.database.reading() as session:
        assert session.scalars(select(SealingKey.private_key)).one() is not None, "not while questions are open"
    tour.close("after")
    assert "Wipe what waits" in browser.get(here).text
    assert "lost for good" in browser.get(f"{here}wipe").text
    said = staff.post(browser, f"{here}wipe")
    assert said.location == f"{here}?said=wiped"
    page = browser.get(said.location).text
    assert "cannot be opened any more" in page and "Wipe what waits" not in page
    assert browser.get(f"{here}wipe").status_code == 303
    reply = client.post("/answer", data=waits)
    assert (reply.status_code, reply.text) == (410, f"Heard cannot open {waits['submission']}"), "so it deletes them"
    assert tour.responses() == []
    with tour.database.reading() as session:
        assert "sitting.wipe_waiting" in set(session.scalars(select(AuditEntry.action)))


def test_what_waits_is_kept_while_nobody_wipes(client: FlaskClient, tour: Tour, waits: dict[str, str]) -> None:
    tour.close("after")
    assert client.post("/answer", data=waits).text == f"Heard keeps {waits['submission']}"
    assert len(tour.responses()) == 1


def test_the_sittings_page_says_how_many_and_that_it_is_rough(staff: Staff, client: FlaskClient, tour: Tour) -> None:
    tour.open("before")
    browser = staff.client("facilitator", programme_id=tour.programme_id)
    here = f"/staff/sittings/{tour.sitting_id}/"
    assert "Fewer than 5 opened" in browser.get(here).text
    client.post("/join", data={"code": tour.code})
    for _ in range(9):
        client.get("/answer").close()
    page = browser.get(here).text
    assert "About 5 opened the questions and have not come to the end." in page and "rough" in page
