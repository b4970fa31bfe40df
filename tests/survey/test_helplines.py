"""Help as data: whom each service is for, and that nobody forgets to check a number."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from survey import accounts, helplines
from survey.helplines import GOOD_FOR, SERVICES, unchecked
from survey.models import Organisation


def test_children_under_twelve_get_the_services_made_for_them(app: Flask) -> None:
    with app.test_request_context("/"):
        young = {one.name for one in helplines.helplines(young=True)}
        everybody = {one.name for one in helplines.helplines()}
        words = " ".join(one.text for one in helplines.helplines(young=True)).lower()
    assert young == {"Childline", "CEOP Safety Centre"}
    assert everybody == {one.name for one in SERVICES}
    assert not [word for word in ("suicide", "sexual", "nude") if word in words]


def test_every_service_can_be_reached_and_has_an_owner_and_a_day() -> None:
    for one in SERVICES:
        assert one.number or one.sms or one.url, one.name
        assert one.owner
        assert one.checked
        assert one.cost
        assert one.hours


def test_what_nobody_checked_for_ninety_days_is_named(staff, monkeypatch: pytest.MonkeyPatch) -> None:
    newest = max(one.checked for one in SERVICES)
    assert unchecked(min(one.checked for one in SERVICES) + GOOD_FOR) == ()
    assert unchecked(newest + GOOD_FOR + timedelta(days=1)) == SERVICES
    later: date = newest + timedelta(days=120)
    with staff.app.extensions["database"].writing() as session:
        organisation = Organisation(name="North Council")
        session.add(organisation)
        session.flush()
        here = organisation.id
    administrator, facilitator = (staff.client(role, organisation_id=here) for role in ("administrator", "facilitator"))
    assert "Help numbers to check" not in administrator.get("/staff/").text
    monkeypatch.setattr(accounts, "today", lambda: later)
    assert "Help numbers to check" in administrator.get("/staff/").text
    assert "0800 1111" in administrator.get("/staff/").text
    assert "Help numbers to check" not in facilitator.get("/staff/").text
