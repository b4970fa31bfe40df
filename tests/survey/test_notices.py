"""The page about us: linked from everywhere, filled in by each organisation, and claiming only what is done."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from survey.models import Notice, Organisation

FILLED = {
    "controller": "North Council",
    "contact": "answers@north.example, 01632 960001",
    "officer": "The data protection officer, dpo@north.example",
    "basis": "public_task",
    "kept_for": "Until two years after the tour",
    "complaints": "Write to complaints@north.example; you hear from us within 30 days.",
}


def test_every_page_leads_to_it(client: FlaskClient, tour) -> None:
    tour.open("before")
    client.post("/join", data={"code": tour.code})
    for path in ("/", "/answer", "/help", "/thanks", "/activity", "/staff/sign-in"):
        assert 'href="/about"' in client.get(path).text, path
    assert "Your school is not shown your answers" in client.get("/about").text


def test_it_names_the_organisation_whose_questions_are_open(client: FlaskClient, staff, tour) -> None:
    browser = staff.client("administrator", organisation_id=tour.organisation_id)
    address = f"/staff/notices/{tour.organisation_id}/"
    assert "Not written yet" in browser.get("/staff/notices/").text
    assert staff.post(browser, address, **FILLED).status_code == 303
    with tour.database.writing() as session:  # somebody else's, so that there is a doubt
        other = Organisation(name="South Council")
        session.add(other)
        session.flush()
        session.add(Notice(organisation_id=other.id, **{**FILLED, "controller": "South Council"}))
    assert "North Council" not in client.get("/about").text
    tour.open("before")
    client.post("/join", data={"code": tour.code})
    page = client.get("/about").text
    assert "North Council" in page
    assert "article 6(1)(e)" in page
    assert "South Council" not in page


@pytest.mark.parametrize("missing", sorted(set(FILLED) - {"basis"}))
def test_what_is_missing_is_asked_for_and_nothing_typed_is_lost(staff, tour, missing: str) -> None:
    browser = staff.client("administrator", organisation_id=tour.organisation_id)
    reply = staff.post(browser, f"/staff/notices/{tour.organisation_id}/", **{**FILLED, missing: " "})
    assert reply.status_code == 422
    assert all(words in reply.text for name, words in FILLED.items() if name not in (missing, "basis"))
    with tour.database.reading() as session:
        assert session.scalar(select(Notice)) is None


def test_others_do_not_write_it(staff, tour) -> None:
    with tour.database.writing() as session:
        other = Organisation(name="South Council")
        session.add(other)
        session.flush()
        elsewhere = other.id
    browser = staff.client("administrator", organisation_id=elsewhere)
    assert browser.get(f"/staff/notices/{tour.organisation_id}/").status_code == 404
    only_one = staff.client("administrator", programme_id=tour.programme_id)
    assert only_one.get(f"/staff/notices/{tour.organisation_id}/").status_code == 404


def test_words_are_data(staff, tour, client: FlaskClient) -> None:
    browser = staff.client("administrator", organisation_id=tour.organisation_id)
    staff.post(browser, f"/staff/notices/{tour.organisation_id}/", **{**FILLED, "controller": "<b>{{ 7*7 }}</b>"})
    page = client.get("/about").text
    assert "&lt;b&gt;{{ 7*7 }}&lt;/b&gt;" in page
