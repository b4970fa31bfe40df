"""The stop switch: one person stops a school or a programme at once, two people let it go on, nothing sent is lost."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.test import TestResponse

from survey.clock import now
from survey.models import AuditEntry, Message, Organisation, Participation, Pause, Setting
from survey.pauses import stands_still
from survey.remarks import desk_here
from survey.responses import place_of
from tests.conftest import Staff
from tests.survey.conftest import Tour
from tests.survey.desk import TUESDAY, put_on_duty

LEAD = "safeguarding_reader"


def stop(staff: Staff, browser: FlaskClient, what: str, reason: str = "A stranger is in the hall") -> TestResponse:
    reply = staff.post(browser, "/staff/stop/", what=what, reason=reason)
    assert isinstance(reply, TestResponse)
    return reply


def go_on(staff: Staff, browser: FlaskClient, tour: Tour, reason: str = "It was the caretaker") -> TestResponse:
    with tour.database.reading() as session:
        pause = session.scalars(select(Pause).order_by(Pause.id.desc())).first()
    assert pause is not None
    path = f"/staff/stop/{pause.id}/go-on"
    reply = staff.post(browser, path, **{f"p{pause.id}-reason": reason})
    assert isinstance(reply, TestResponse)
    return reply


def child(app: Flask, tour: Tour) -> FlaskClient:
    """A browser that has typed the code."""
    browser = app.test_client()
    browser.post("/join", data={"code": tour.code})
    return browser


def test_it_stands_still_at_once_and_nothing_sent_is_lost(app: Flask, tour: Tour, staff: Staff) -> None:
    tour.open("before")
    asked = child(app, tour)
    assert asked.get("/answer").status_code == 200
    lead = staff.client(LEAD, programme_id=tour.programme_id)
    assert stop(staff, lead, f"school {tour.setting_id}").status_code == 303
    page = asked.get("/answer")
    assert page.status_code == 409
    assert "The questions are paused" in page.text
    assert "Childline" in page.text
    assert 'name="ticket"' not in page.text
    assert "stranger" not in page.text, "a reason is for colleagues"
    assert page.headers["X-Shared-Device"] == "paused", "shared devices let go of the copy that they keep"
    late = child(app, tour).get("/answer")  # who types the code now comes to the same page
    assert "The questions are paused" in late.text
    sent = asked.post("/answer", data=tour.body(), content_type="application/x-www-form-urlencoded")
    assert (sent.status_code, len(tour.responses())) == (303, 1)


def test_a_programme_stands_still_at_every_school(app: Flask, tour: Tour, staff: Staff) -> None:
    tour.open("before")
    administrator = staff.client("administrator", organisation_id=tour.organisation_id)
    stop(staff, administrator, f"programme {tour.programme_id}")
    assert child(app, tour).get("/answer").status_code == 409
    for path in (f"/staff/sittings/{tour.sitting_id}/", f"/staff/programmes/{tour.programme_id}/"):
        assert "The tour is paused" in administrator.get(path).text
    sheet = f"/staff/paper/{tour.sitting_id}/sheet/before/en"
    assert administrator.get(sheet).status_code == 409, "no new sheets of paper either"


def test_no_box_is_served_but_words_on_their_way_are_taken(tour: Tour, staff: Staff) -> None:
    for task in ("reader", "deputy"):
        put_on_duty(tour.database, tour.programme_id, task)
    place = place_of(tour.database, tour.open("before"))
    assert place is not None
    assert desk_here(tour.database, place, TUESDAY) is not None
    stop(staff, staff.client(LEAD, programme_id=tour.programme_id), f"school {tour.setting_id}")
    assert desk_here(tour.database, place, TUESDAY) is None
    assert desk_here(tour.database, place, TUESDAY, arriving=True) is not None


def test_two_different_people_let_it_go_on(app: Flask, tour: Tour, staff: Staff) -> None:
    tour.open("before")
    first = staff.client(LEAD, programme_id=tour.programme_id)
    second = staff.client("administrator", organisation_id=tour.organisation_id)
    stop(staff, first, f"school {tour.setting_id}")
    assert go_on(staff, first, tour, reason="").status_code == 422, "nobody goes on without saying why"
    for _ in range(2):  # the same person twice is one person
        assert go_on(staff, first, tour).status_code == 303
        assert child(app, tour).get("/answer").status_code == 409
    assert "It was the caretaker" in second.get("/staff/stop/").text
    go_on(staff, second, tour, "I spoke to the school")
    assert child(app, tour).get("/answer").status_code == 200
    with tour.database.reading() as session:
        acts = session.scalars(
            select(AuditEntry).where(AuditEntry.action.startswith("pause.")).order_by(AuditEntry.n)
        ).all()
    assert [(one.action, one.reason) for one in acts] == [
        ("pause.started", "A stranger is in the hall"),
        ("pause.asked_to_end", "It was the caretaker"),
        ("pause.ended", "I spoke to the school"),
    ]
    assert len({one.account_id for one in acts[1:]}) == 2


def test_who_says_no_keeps_it_still(app: Flask, tour: Tour, staff: Staff) -> None:
    tour.open("before")
    first, second = (staff.client(LEAD, programme_id=tour.programme_id) for _ in range(2))
    stop(staff, first, f"school {tour.setting_id}")
    go_on(staff, first, tour)
    with tour.database.reading() as session:
        pause_id = session.scalars(select(Pause.id)).one()
    staff.post(second, f"/staff/stop/{pause_id}/keep")
    go_on(staff, second, tour)  # the first of two again
    assert child(app, tour).get("/answer").status_code == 409


def test_the_store_itself_wants_two_people(tour: Tour, staff: Staff) -> None:
    stop(staff, staff.client(LEAD, programme_id=tour.programme_id), f"school {tour.setting_id}")
    with pytest.raises(IntegrityError), tour.database.writing() as session:
        pause = session.scalars(select(Pause)).one()
        pause.asked_by = pause.ended_by = pause.started_by
        pause.asked_because, pause.ended_at = "-", now()


def test_nobody_stops_or_starts_what_is_not_theirs(app: Flask, tour: Tour, staff: Staff) -> None:
    tour.open("before")
    with tour.database.writing() as session:
        elsewhere = Organisation(name="South Council")
        session.add(elsewhere)
    stranger = staff.client(LEAD, organisation_id=elsewhere.id)
    for what in (f"school {tour.setting_id}", f"programme {tour.programme_id}", "school x", "", "programme 99999999"):
        assert stop(staff, stranger, what).status_code == 422
    facilitator = staff.client("facilitator", programme_id=tour.programme_id)
    assert stop(staff, facilitator, f"school {tour.setting_id}").status_code == 404
    assert child(app, tour).get("/answer").status_code == 200
    stop(staff, staff.client(LEAD, programme_id=tour.programme_id), f"school {tour.setting_id}")
    assert go_on(staff, stranger, tour).status_code == 404
    assert "Northfield" not in stranger.get("/staff/stop/").text


def test_colleagues_are_told_until_they_look(tour: Tour, staff: Staff) -> None:
    stop(staff, staff.client(LEAD, programme_id=tour.programme_id), f"programme {tour.programme_id}")
    with tour.database.reading() as session:
        roles = session.scalars(select(Message.role).where(Message.kind == "pause_changed")).all()
    assert sorted(role or "" for role in roles) == ["administrator", LEAD]
    colleague = staff.client("administrator", organisation_id=tour.organisation_id)
    assert "Something was stopped" in colleague.get("/staff/").text


def test_another_school_goes_on(tour: Tour, staff: Staff) -> None:
    """A stop at one school says nothing about the others of the tour."""
    with tour.database.writing() as session:
        other = Setting(organisation_id=tour.organisation_id, name="Southfield School", kind="secondary")
        session.add(other)
        session.flush()
        session.add(Participation(programme_id=tour.programme_id, setting_id=other.id, on_roll=100))
    stop(staff, staff.client(LEAD, programme_id=tour.programme_id), f"school {tour.setting_id}")
    assert stands_still(tour.database, tour.programme_id, tour.setting_id)
    assert not stands_still(tour.database, tour.programme_id, other.id)
