"""Help near the child: the named person wherever help is shown, a card to keep that says nothing, slips for everybody."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey.models import Sitting
from survey.posters import card_count
from survey.sittings import printing
from tests.conftest import Staff
from tests.survey.conftest import Tour

PERSON = "Ms Jones <b>room 12</b>"
SHOWN = "Ms Jones &lt;b&gt;room 12&lt;/b&gt;"


def child(app: Flask, tour: Tour) -> FlaskClient:
    browser = app.test_client()
    browser.post("/join", data={"code": tour.code})
    return browser


def test_the_named_person_stands_wherever_help_is(app: Flask, tour: Tour, staff: Staff) -> None:
    tour.open("before")
    browser = child(app, tour)
    assert "Here today" not in browser.get("/answer").text + browser.get("/help").text
    facilitator = staff.client("facilitator", programme_id=tour.programme_id)
    path = f"/staff/sittings/{tour.sitting_id}"
    saved = staff.post(facilitator, f"{path}/edit", present="30", absent="0", opted_out="0", safe_person=PERSON)
    assert saved.status_code == 303, "it can be named while questions are open"  # type: ignore[attr-defined]
    offline = browser.get("/answer").text.partition('<template id="help">')[2]
    for page in (offline, browser.get("/help").text):
        assert f"Here today: {SHOWN}" in page
    for page in ("poster", "script", "talk-slips", "edit"):
        assert "Ms Jones" in facilitator.get(f"{path}/{page}").text, page
    assert "Here today" not in app.test_client().get("/help").text, "elsewhere nobody is named"


@pytest.mark.parametrize(("devices", "named"), [("shared", True), ("own", False)])
def test_a_phone_does_not_keep_who_was_named_where_its_owner_was_asked(
    app: Flask, tour: Tour, *, devices: str, named: bool
) -> None:
    tour.open("before")
    with tour.database.writing() as session:
        sitting = session.get_one(Sitting, tour.sitting_id)
        sitting.devices, sitting.safe_person = devices, PERSON
    browser = child(app, tour)
    assert "Here today" in browser.get("/help").text, "while it is read it is true"
    assert ("Here today" in browser.get("/help?kept").text) == named


def test_numbers_can_be_tapped_and_are_said_in_words(client: FlaskClient) -> None:
    page = client.get("/help").text
    for part in ('href="tel:08001111"', 'href="sms:85258"', 'href="tel:999"', "zero eight zero zero, one one one one"):
        assert part in page
    for part in ("Report Remove", "something I did", "A friend told me something", "my brother or sister"):
        assert part in page


def test_the_card_says_nothing_of_what_it_is_for(client: FlaskClient) -> None:
    card = client.get("/help/card").text.partition("<ul")[2].partition("</ul>")[0]
    for part in ("Useful numbers", "0800 1111", "zero eight zero zero", "999", "85258"):
        assert part in card
    assert not [
        word for word in ("heard", "abuse", "suicide", "sexual", "hurt", "help", "stop") if word in card.lower()
    ]


def test_everybody_gets_a_slip(tour: Tour, staff: Staff) -> None:
    facilitator = staff.client("facilitator", programme_id=tour.programme_id)
    page = facilitator.get(f"/staff/sittings/{tour.sitting_id}/talk-slips").text
    with tour.database.reading() as session:
        present = session.get_one(Sitting, tour.sitting_id).present
    assert page.count("No thanks") == card_count(present) >= present
    assert "Nobody is named" in page
    elsewhere = staff.client("facilitator", organisation_id=tour.organisation_id)
    assert elsewhere.get("/staff/sittings/99999/talk-slips").status_code == 404


def test_slips_are_in_a_language_of_the_children_whatever_staff_read(tour: Tour, staff: Staff) -> None:
    facilitator = staff.client("facilitator", programme_id=tour.programme_id)
    path = f"/staff/sittings/{tour.sitting_id}/talk-slips"
    welsh = facilitator.get(f"{path}?lang=cy").text
    slips = welsh.partition('<ul class="slips"')[2]
    assert '<html lang="cy"' in welsh
    assert slips.startswith(' lang="en" dir="ltr"')
    assert "Would you like someone to talk with you?" in slips
    assert facilitator.get(f"{path}?language=cy").status_code == 404, "nobody has checked it: no child is given it"


def test_slips_come_in_each_language_that_is_open_there(
    tour: Tour, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "open_languages", lambda _version: iter(("en", "ar")))
    facilitator = staff.client("facilitator", programme_id=tour.programme_id)
    path = f"/staff/sittings/{tour.sitting_id}/talk-slips"
    assert 'href="?language=ar"' in facilitator.get(path).text
    slips = facilitator.get(f"{path}?language=ar").text.partition('<ul class="slips"')[2]
    assert slips.startswith(' lang="ar" dir="rtl"')
    assert "Would you like" not in slips
