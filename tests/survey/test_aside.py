"""Answers that were put aside: somebody decides, nobody reads what a child answered."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from questionnaires.codebook import Codebook, Head
from questionnaires.instrument import LEFT_BLANK
from survey import chores
from survey.clock import now
from survey.models import AuditEntry, Held, Programme, Sitting
from survey.sealing import Keys
from tests.conftest import Staff
from tests.survey.conftest import Tour
from tests.survey.test_sealed_answers import Device

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def administrator(staff: Staff, tour: Tour) -> FlaskClient:
    return staff.client("administrator", organisation_id=tour.organisation_id)


def put_aside(client: FlaskClient, tour: Tour) -> tuple[str, str]:
    """Two sets of answers under one submission: the second is put aside. Its item and its answer."""
    tour.open("before")
    submission = secrets.token_hex(16)
    first, second = [item for item in tour.instrument.items_in("before") if item.kind == "one"][:2]
    client.post(
        "/answer", data=tour.body(submission=submission, **{first.key: first.options[0].key}), content_type=FORM
    )
    other = tour.body(submission=submission, **{second.key: second.options[1].key})
    assert client.post("/answer", data=other, content_type=FORM).location == "/thanks?twice"
    return second.key, second.options[1].key


def decide(browser: FlaskClient, tour: Tour, act: str, held: str | None = None) -> int:
    address = f"/staff/programmes/{tour.programme_id}/aside"
    page = browser.get(address).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    found = re.search(r'name="set" value="([0-9a-f]{32})"', page)
    assert token and (held or found)
    sent = {"csrf_token": token[1], "act": act, "set": held or (found[1] if found else "")}
    return browser.post(address, data=sent).status_code


def left(tour: Tour) -> int:
    with tour.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Held)) or 0


def test_what_is_counted_is_what_was_sent_late_and_unpaired(
    client: FlaskClient, administrator: FlaskClient, tour: Tour
) -> None:
    item, answer = put_aside(client, tour)
    assert "1 set of answers was put aside" in administrator.get(f"/staff/programmes/{tour.programme_id}/").text
    assert decide(administrator, tour, "count") == 303
    _, counted = sorted(tour.responses(), key=lambda row: row.is_late)
    head, answers = Codebook.of(tour.instrument).decode(counted.codes)
    assert answers[item] == answer
    assert (counted.is_late, counted.pair_key, counted.is_second, head.mode) == (True, None, False, "shared")
    assert left(tour) == 0
    assert "Nothing was put aside" in administrator.get(f"/staff/programmes/{tour.programme_id}/aside").text


def test_the_page_never_says_what_was_answered(client: FlaskClient, administrator: FlaskClient, tour: Tour) -> None:
    item, answer = put_aside(client, tour)
    page = administrator.get(f"/staff/programmes/{tour.programme_id}/aside").text
    assert "1 of " in page and "already sent other answers" in page
    assert answer not in page and item not in page


def test_what_is_left_out_is_gone(client: FlaskClient, administrator: FlaskClient, tour: Tour) -> None:
    put_aside(client, tour)
    assert decide(administrator, tour, "leave") == 303
    assert (left(tour), len(tour.responses())) == (0, 1)


def test_what_nobody_decided_on_does_not_outlive_the_programme(
    client: FlaskClient, administrator: FlaskClient, tour: Tour, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It bears the card's code: it goes when receipts and keys go, and nobody has to think of it."""
    put_aside(client, tour)
    assert "deleted 14 days after" in administrator.get(f"/staff/programmes/{tour.programme_id}/aside").text

    def left_after(**days: int) -> int:
        monkeypatch.setattr(chores, "now", lambda: now() + timedelta(**days))
        chores.forget_put_aside(tour.database, keys, {})
        return left(tour)

    tour.close("before")
    assert left_after(days=99) == 1, "as long as the programme is open it can still be counted"
    with tour.database.writing() as session:
        programme = session.get_one(Programme, tour.programme_id)
        programme.status, programme.pairing_key = "closed", None
    assert left_after(days=14, minutes=-1) == 1
    assert left_after(days=14, minutes=1) == 0
    assert left_after(days=15) == 0
    with tour.database.reading() as session:
        acts = session.scalars(select(AuditEntry).where(AuditEntry.action == "aside.forgotten")).all()
    assert [(act.subject, act.reason) for act in acts] == [(f"programme {tour.programme_id}", "1")]


def test_what_cannot_be_read_is_left_blank_and_what_is_no_form_is_not_counted(
    client: FlaskClient, administrator: FlaskClient, tour: Tour, keys: Keys
) -> None:
    tour.open("before")
    device = Device(tour, keys)
    first, second = [item for item in tour.instrument.items_in("before") if item.kind == "one"][:2]
    half = tour.body(**{first.key: "no-such-option", second.key: second.options[0].key})
    assert client.post("/answer", data=device.form(half)).status_code == 409
    assert "cannot" in administrator.get(f"/staff/programmes/{tour.programme_id}/aside").text
    assert decide(administrator, tour, "count") == 303
    (row,) = tour.responses()
    answers = Codebook.of(tour.instrument).decode(row.codes)[1]
    assert (answers[first.key], answers[second.key]) == (LEFT_BLANK, second.options[0].key)
    assert client.post("/answer", data=device.form(tour.body()) | {"sealed": "AAAA"}).status_code == 409
    page = administrator.get(f"/staff/programmes/{tour.programme_id}/aside").text
    assert "They can only be left out" in page and 'value="count"' not in page
    assert decide(administrator, tour, "count") == 404
    assert (left(tour), len(tour.responses())) == (1, 1)


def test_how_it_was_answered_is_counted_with_it(
    client: FlaskClient, administrator: FlaskClient, tour: Tour, keys: Keys
) -> None:
    """A card that nobody can read, easier words, a helper, and a screen of the school in a session with paper sheets."""
    with tour.database.writing() as session:
        session.get_one(Sitting, tour.sitting_id).devices = "paper"
    tour.open("before")
    item, odd = [item for item in tour.instrument.items_in("before") if item.kind == "one"][:2]
    chosen = {item.key: item.options[0].key, odd.key: "no-such-option"}
    body = tour.body(card="no card", look="plain", helped="yes", **chosen)
    assert client.post("/answer", data=Device(tour, keys).form(body)).status_code == 409
    assert "not all of them can be read" in administrator.get(f"/staff/programmes/{tour.programme_id}/aside").text
    assert decide(administrator, tour, "count") == 303
    (row,) = tour.responses()
    head = Codebook.of(tour.instrument).decode(row.codes)[0]
    assert head == Head("en", "plain", "shared", helped=True, respondent="young_person")


def test_after_closing_nothing_is_counted_any_more(client: FlaskClient, administrator: FlaskClient, tour: Tour) -> None:
    put_aside(client, tour)
    with tour.database.writing() as session:
        programme = session.get_one(Programme, tour.programme_id)
        programme.status, programme.pairing_key = "closed", None
    assert 'value="count"' not in administrator.get(f"/staff/programmes/{tour.programme_id}/aside").text
    assert decide(administrator, tour, "count") == 409
    assert decide(administrator, tour, "leave") == 303


def test_nobody_decides_beyond_their_programme(client: FlaskClient, staff: Staff, tour: Tour) -> None:
    put_aside(client, tour)
    with tour.database.writing() as session:
        held = session.scalars(select(Held)).one().id.hex()
        other = Programme(organisation_id=tour.organisation_id, key="other", name="Other", status="open")
        session.add(other)
        session.flush()
        other_id = other.id
    elsewhere = staff.client("administrator", programme_id=other_id)
    assert elsewhere.get(f"/staff/programmes/{tour.programme_id}/aside").status_code == 404
    page = elsewhere.get(f"/staff/programmes/{other_id}/").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    sent = {"csrf_token": token[1], "act": "leave", "set": held}
    assert elsewhere.post(f"/staff/programmes/{other_id}/aside", data=sent).status_code == 404
    assert left(tour) == 1
