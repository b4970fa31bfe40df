"""A form that comes from an earlier sign-in comes back with what was typed, does nothing, and says so once: alerts, remarks,
last pages and the stop switch, where whoever thinks that it is done would leave a child alone."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey.clock import today
from survey.models import Pause, TalkSlip
from tests.conftest import Staff
from tests.survey.casework import TELLING, Service
from tests.survey.conftest import Tour
from tests.survey.test_alerts import send, service, worker
from tests.survey.test_reading_room import Room
from tests.survey.test_reading_room import post as post_here
from tests.survey.test_talks import child, room, rows
from tests.survey.test_talks import send as send_last_page

__all__ = ["room", "service", "worker"]

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
NOT_YET = "This is not saved yet. Look at it, then press the button again."
EARLIER = {"csrf_token": "of the sign-in before"}
HANDED = {"decision": "handed_on", "handed_to": "Jo Green", "handed_on": today().isoformat(), "reference": "X-77"}


def assert_shown_again(reply: TestResponse, typed: str) -> None:
    assert (reply.status_code, reply.text.count(NOT_YET)) == (422, 1)
    assert typed in reply.text and 'id="summary"' not in reply.text


def test_an_alert(app: Flask, staff: Staff, service: Service, worker: FlaskClient) -> None:
    send(app, service.body(service.ticket(), **TELLING))
    page = f"/staff/cases/alerts/{service.alerts()[0].id}/"
    staff.post(worker, f"{page}open")
    assert_shown_again(worker.post(f"{page}decide", data={**HANDED, **EARLIER}), "X-77")
    assert service.alerts()[0].state == "opened"


def test_what_was_written(room: Room) -> None:
    remark = room.write()
    reader = room.browser(room.reader)
    post_here(reader, f"/staff/reading/{remark}/open")
    assert_shown_again(reader.post(f"/staff/reading/{remark}/", data={**HANDED, **EARLIER}), "X-77")
    assert room.state(remark).state == "opened"


def test_a_last_page(room: Room) -> None:
    send_last_page(child(room), "self")
    reader = room.browser(room.reader)
    post_here(reader, "/staff/reading/talks/sort")
    ((slip,), _) = rows(room)
    path = f"/staff/reading/talks/{slip.id.hex()}/"
    post_here(reader, f"{path}open")
    assert_shown_again(reader.post(path, data={"done": "Talked with them", **EARLIER}), "Talked with them")
    with room.tour.database.reading() as session:
        assert session.scalars(select(TalkSlip.state)).one() == "opened"


def test_the_stop_switch(tour: Tour, staff: Staff) -> None:
    """Once, too, where several things stand still, each with a form of its own."""
    lead = staff.client("safeguarding_reader", programme_id=tour.programme_id)
    typed = {"what": f"programme {tour.programme_id}", "reason": "A stranger is in the hall", **EARLIER}
    assert_shown_again(lead.post("/staff/stop/", data=typed), "A stranger is in the hall")
    for what in (f"school {tour.setting_id}", f"programme {tour.programme_id}"):
        staff.post(lead, "/staff/stop/", what=what, reason="A stranger is in the hall")
    with tour.database.reading() as session:
        first, _ = session.scalars(select(Pause.id)).all()
    go_on = lead.post(f"/staff/stop/{first}/go-on", data={f"p{first}-reason": "It was the caretaker", **EARLIER})
    assert_shown_again(go_on, "It was the caretaker")
    with tour.database.reading() as session:
        assert session.scalars(select(Pause.asked_by)).all() == [None, None]
