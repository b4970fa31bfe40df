"""Paper: sheets are printed for who may, typed in twice, settled, and stored once as answers that lead back to nobody."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from questionnaires.codebook import Codebook
from questionnaires.digits import slots_in
from survey import batches
from survey.clock import now
from survey.database import Database
from survey.models import AuditEntry, Decline, Job, Opening, Organisation, PaperBatch, PaperSheet, Response, Sitting
from survey.pairing import new_cards
from survey.responses import Outcome
from survey.sealing import Keys
from tests.conftest import Staff
from tests.survey.conftest import Tour
from tests.survey.test_pdf import text_of


class Desk:
    """Somebody with a pile of sheets."""

    def __init__(self, staff: Staff, tour: Tour, browser: FlaskClient | None = None) -> None:
        self.staff, self.tour = staff, tour
        self.browser = browser or staff.client("facilitator", organisation_id=tour.organisation_id)

    def post(self, path: str, **fields: object) -> TestResponse:
        reply = self.staff.post(self.browser, path, **fields)
        assert isinstance(reply, TestResponse)
        return reply

    def begin(self, sheets: int, wave: str = "before") -> str:
        """A batch of so many sheets; returns its address."""
        reply = self.post(f"/staff/paper/{self.tour.sitting_id}/", ticket=self.tour.tickets[wave], sheets=str(sheets))
        assert reply.status_code == 303, reply.text
        return reply.location.rsplit("/", 2)[0]

    def type(self, batch: str, turn: int, place: int, **typed: str) -> TestResponse:
        return self.post(f"{batch}/{turn}/{place}", **typed)

    def both(self, batch: str, place: int, **typed: str) -> None:
        """The same in both turns; all sheets of a batch have to be typed once first."""
        for turn in (1, 2):
            assert self.type(batch, turn, place, **typed).status_code == 303


@pytest.fixture
def desk(staff: Staff, tour: Tour) -> Desk:
    return Desk(staff, tour)


def typed_sheets(desk: Desk, sheets: list[dict[str, str]], wave: str = "before") -> str:
    """A batch typed twice alike."""
    batch = desk.begin(len(sheets), wave)
    for turn in (1, 2):
        for place, typed in enumerate(sheets, start=1):
            assert desk.type(batch, turn, place, **typed).status_code == 303
    return batch


def plain(rows: list[Response], tour: Tour) -> list[dict[str, object]]:
    return [dict(Codebook.of(tour.instrument).decode(row.codes)[1]) for row in rows]


# Printing


def test_a_sheet_shows_every_question_of_its_wave_with_a_number_beside_each_box(desk: Desk, tour: Tour) -> None:
    page = desk.browser.get(f"/staff/paper/{tour.sitting_id}/sheet/before/en")
    assert page.status_code == 200
    assert "Northfield School, Year 8" in page.text and "staying_safe 1 · before · en" in page.text
    assert page.text.count('<span class="write">') == 7  # a card's signs
    for item in tour.instrument.items_in("before"):
        assert str(item.text["en"]) in page.text
    boxes = len(re.findall(r'class="key"', page.text))
    assert boxes == 2 + sum(len(slot.marks) for slot in slots_in(tour.instrument, "before"))
    assert "<script" not in page.text and "style=" not in page.text


def test_a_sheet_has_a_policy_that_lets_its_own_style_stand(desk: Desk, tour: Tour) -> None:
    for size in ("a4", "a3"):
        page = desk.browser.get(f"/staff/paper/{tour.sitting_id}/sheet/before/en?size={size}")
        style = re.search(r"<style>(.*?)</style>", page.text, re.DOTALL)
        assert style is not None
        digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
        assert f"sha256-{digest}" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path", ["sheet/later/en", "sheet/before/cy", "sheet/before/en?size=a5", "sheet/before/xx.pdf"]
)
def test_only_what_is_asked_there_in_a_language_that_is_open(desk: Desk, tour: Tour, path: str) -> None:
    assert desk.browser.get(f"/staff/paper/{tour.sitting_id}/{path}").status_code == 404


@pytest.mark.usefixtures("pango")
def test_the_pdf_has_the_words_of_the_page(desk: Desk, tour: Tour) -> None:
    made = desk.browser.get(f"/staff/paper/{tour.sitting_id}/sheet/after/en.pdf")
    assert made.mimetype == "application/pdf"
    text = " ".join(text_of(made.data).split())
    for item in tour.instrument.items_in("after"):
        assert " ".join(item.text["en"].split()[:4]) in text
    assert text.count("Childline 0800 1111") >= 2  # at the foot of every page
    assert "staying_safe 1 · after · en" in text


def test_without_pango_there_is_no_button(desk: Desk, tour: Tour, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("survey.pdf.available", lambda: False)
    page = desk.browser.get(f"/staff/paper/{tour.sitting_id}/")
    assert "A4 page" in page.text and "PDF" not in page.text
    assert desk.browser.get(f"/staff/paper/{tour.sitting_id}/sheet/before/en.pdf").status_code == 404


# Typing


def test_a_batch_goes_from_the_pile_to_stored_answers(desk: Desk, tour: Tour, database: Database) -> None:
    tour.open("before")
    cards = new_cards(2)
    first = tour.instrument.items_in("before")[0].key
    sheets = [{first: "2", "card": cards[0]}, {first: "1", "card": cards[1]}, {"no-thanks": "1"}]
    batch = typed_sheets(desk, sheets)
    assert tour.responses() == []
    assert "Both turns say the same" in desk.browser.get(f"{batch}/check").text
    stored = desk.post(f"{batch}/check")
    assert stored.status_code == 303 and stored.location.endswith("said=stored")
    rows = tour.responses()
    assert len(rows) == 2 and all(row.pair_key and not row.is_second and not row.is_late for row in rows)
    heads = [Codebook.of(tour.instrument).decode(row.codes)[0] for row in rows]
    assert {head.mode for head in heads} == {"paper"}
    with database.reading() as session:
        assert session.scalars(select(Decline)).all() != []
        assert session.scalars(select(PaperBatch)).all() == session.scalars(select(PaperSheet)).all() == []
        acts = session.scalars(select(AuditEntry.action).order_by(AuditEntry.n)).all()
    assert [act for act in acts if act.startswith("paper.")] == ["paper.begun", "paper.settled"]


def test_what_lies_half_typed_is_sealed(desk: Desk, tour: Tour, database: Database, keys: Keys) -> None:
    tour.open("before")
    card = new_cards(1)[0]
    batch = desk.begin(1)
    desk.type(batch, 1, 1, card=card)
    with database.reading() as session:
        held = session.scalars(select(PaperSheet)).one()
        assert card.encode() not in held.typed and b"card" not in held.typed
        found = batches.sheets_of(session, keys, session.scalars(select(PaperBatch)).one(), 1)
    assert found[1]["card"] == card
    assert {column.name for column in PaperSheet.__table__.columns} == {"batch_id", "turn", "place", "typed"}


def test_the_second_turn_is_blind(desk: Desk, tour: Tour) -> None:
    tour.open("before")
    card = new_cards(1)[0]
    batch = desk.begin(1)
    assert desk.browser.get(f"{batch}/2/1").location == batch  # not before everything was typed once
    desk.type(batch, 1, 1, card=card)
    assert card not in desk.browser.get(f"{batch}/2/1").text
    assert card in desk.browser.get(f"{batch}/1/1").text


def test_differences_are_settled_against_the_paper(desk: Desk, tour: Tour) -> None:
    tour.open("before")
    slots = [slot for slot in slots_in(tour.instrument, "before") if slot.way == "one"][:3]
    one, two, three = (slot.field for slot in slots)
    batch = desk.begin(2)
    for turn, first in ((1, {one: "1", two: "1", three: "1"}), (2, {one: "2", two: "1", three: ""})):
        desk.type(batch, turn, 1, **first)
        desk.type(batch, turn, 2, **{one: "1"})
    page = desk.browser.get(f"{batch}/check").text
    assert page.count("<fieldset") == 2 and "2 answers were typed differently" in page
    refused = desk.post(f"{batch}/check", **{f"d1.{one}": "first"})
    assert refused.status_code == 422 and tour.responses() == []
    assert f'name="d1.{one}" value="first" checked' in refused.text
    wrong = desk.post(f"{batch}/check", **{f"d1.{one}": "other", f"d1.{one}.other": "77", f"d1.{three}": "second"})
    assert wrong.status_code == 422 and 'value="77"' in wrong.text
    done = desk.post(f"{batch}/check", **{f"d1.{one}": "other", f"d1.{one}.other": "3", f"d1.{three}": "second"})
    assert done.status_code == 303
    found = plain(tour.responses(), tour)
    wanted = [slots[0].marks["3"], slots[1].marks["1"], "left_blank"]
    assert wanted in [[answers[key] for key in (one, two, three)] for answers in found]


@pytest.mark.parametrize(("field", "typed"), [("first", "77"), ("first", "x"), ("card", "7N4QK2Z"), ("no-thanks", "2")])
def test_what_cannot_be_comes_back_with_everything_that_was_typed(
    desk: Desk, tour: Tour, field: str, typed: str
) -> None:
    tour.open("before")
    first, second = (slot.field for slot in slots_in(tour.instrument, "before")[:2])
    batch = desk.begin(1)
    name = first if field == "first" else field
    reply = desk.type(batch, 1, 1, **{second: "1", name: typed})
    assert reply.status_code == 422
    assert f'value="{typed}"' in reply.text and 'aria-invalid="true"' in reply.text
    assert re.search(rf'name="{second}" value="1"', reply.text)
    assert 'value="1"' not in desk.browser.get(f"{batch}/1/1").text.replace('name="on" value="1"', "")


def test_enter_without_script_goes_a_field_further_and_keeps_nothing(
    desk: Desk, tour: Tour, database: Database
) -> None:
    tour.open("before")
    fields = [slot.field for slot in slots_in(tour.instrument, "before")]
    batch = desk.begin(1)
    reply = desk.type(batch, 1, 1, on="1", **{fields[0]: "1"})
    focused = re.findall(r'<input id="i-([\w.-]+)"[^>]*autofocus', reply.text)
    assert reply.status_code == 200 and focused == [fields[1]]
    with database.reading() as session:
        assert session.scalars(select(PaperSheet)).all() == []


def test_a_pile_can_end_early_and_be_thrown_away(desk: Desk, tour: Tour, database: Database) -> None:
    tour.open("before")
    batch = desk.begin(5)
    desk.type(batch, 1, 1)
    desk.type(batch, 1, 2)
    assert desk.post(f"{batch}/ends-before/3").status_code == 303
    assert "Type every sheet a second time" in desk.browser.get(batch).text
    assert desk.post(f"{batch}/throw-away").status_code == 303
    assert desk.browser.get(batch).status_code == 404
    with database.reading() as session:
        assert session.scalars(select(PaperSheet)).all() == []


def helping(tour: Tour) -> tuple[str, str, str]:
    """A sensitive question's field, an answer to it, and the field of one that is not."""
    slots = {tour.instrument.item(slot.item).sensitive: slot for slot in slots_in(tour.instrument, "before")}
    return slots[True].field, slots[True].marks["1"], slots[False].field


def test_somebody_helped_is_ticked_typed_twice_and_kept_without_what_they_should_not_see(
    desk: Desk, tour: Tour
) -> None:
    tour.open("before")
    sheet = desk.browser.get(f"/staff/paper/{tour.sitting_id}/sheet/before/en").text
    asked = tour.instrument.items_in("before")
    assert "Someone is helping me to read or to answer" in sheet
    assert sheet.count("Leave this out if someone is helping you.") == sum(item.sensitive for item in asked)
    own, said, other = helping(tour)
    batch = desk.begin(2)
    assert desk.type(batch, 1, 1, helped="2").status_code == 422
    assert "Someone is helping me" in desk.browser.get(f"{batch}/1/1").text
    for turn, helped in ((1, "1"), (2, "")):
        desk.type(batch, turn, 1, helped=helped, **{own: "1", other: "1"})
        desk.type(batch, turn, 2, **{own: "1", other: "1"})
    assert "1 answer was typed differently" in desk.browser.get(f"{batch}/check").text
    assert desk.post(f"{batch}/check", **{"d1.helped": "first"}).status_code == 303
    stored = {head.helped: given for head, given in map(Codebook.of(tour.instrument).decode, _codes(tour))}
    assert stored[True][own] == "not_asked" and stored[False][own] == (said,)
    assert stored[True][other] == stored[False][other] != "left_blank"


def _codes(tour: Tour) -> list[bytes]:
    return [row.codes for row in tour.responses()]


def test_professionals_are_asked_on_no_sheet_whether_they_are_helped(tour: Tour) -> None:
    for respondent in ("professional", "practitioner"):
        instrument = replace(tour.instrument, respondent=respondent)
        assert "helped" not in [slot.field for slot in batches.fields_of(instrument, "before", has_card=True)]


# Storing


def test_a_power_cut_between_two_sheets_stores_nothing_twice(
    desk: Desk, tour: Tour, database: Database, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    tour.open("before")
    cards = new_cards(6)
    batch = typed_sheets(desk, [{"card": card} for card in cards])
    stored: list[int] = []
    store = batches.store

    def cut(*given: object, **more: object) -> Outcome:
        if len(stored) == 3:
            raise KeyboardInterrupt
        stored.append(1)
        return store(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(batches, "store", cut)
    with pytest.raises(KeyboardInterrupt):
        desk.post(f"{batch}/check")
    monkeypatch.setattr(batches, "store", store)
    assert len(tour.responses()) == 3
    assert "nothing is stored twice" in desk.browser.get(batch).text
    with database.reading() as session:
        (job,) = session.scalars(select(Job).where(Job.kind == "paper"))
    batches.store_settled(database, keys, job.payload["batch"])
    batches.store_settled(database, keys, job.payload["batch"])
    rows = tour.responses()
    assert len(rows) == 6 and len({row.pair_key for row in rows}) == 6 and not any(row.is_second for row in rows)


def test_what_is_typed_in_after_the_closing_came_late_and_loses_its_order(
    desk: Desk, tour: Tour, database: Database
) -> None:
    tour.open("before")
    tour.close("before")
    assert "came late" in desk.browser.get(f"/staff/paper/{tour.sitting_id}/").text
    batch = typed_sheets(desk, [{}, {}])
    desk.post(f"{batch}/check")
    assert [row.is_late for row in tour.responses()] == [True, True]
    with database.reading() as session:
        assert session.scalars(select(Job).where(Job.kind == "shuffle")).all() != []


def test_a_fortnight_after_the_closing_what_was_typed_is_gone(desk: Desk, tour: Tour, database: Database) -> None:
    tour.open("before")
    batch = desk.begin(1)
    desk.type(batch, 1, 1)
    tour.close("before")
    batches.forget(database, now() + timedelta(days=13))
    assert desk.browser.get(batch).status_code == 200
    with database.writing() as session:
        session.execute(update(Opening).values(closed_at=now() - timedelta(days=15)))
    assert desk.browser.get(batch).status_code == 404
    assert desk.post(f"/staff/paper/{tour.sitting_id}/", ticket=tour.tickets["before"], sheets="1").status_code == 409
    batches.forget(database, now())
    with database.reading() as session:
        assert session.scalars(select(PaperSheet)).all() == session.scalars(select(PaperBatch)).all() == []


def test_a_card_that_was_used_on_a_screen_is_flagged(desk: Desk, tour: Tour) -> None:
    tour.open("before")
    card = new_cards(1)[0]
    batch = typed_sheets(desk, [{"card": card}, {"card": card.lower()}])
    desk.post(f"{batch}/check")
    assert sorted((row.is_second, row.pair_key is None) for row in tour.responses()) == [(False, False), (True, True)]


def test_the_second_way_of_typing_a_card_is_no_difference(desk: Desk, tour: Tour) -> None:
    tour.open("before")
    card = new_cards(1)[0]
    batch = desk.begin(1)
    desk.type(batch, 1, 1, card=f"{card[:4]}-{card[4:]}")
    desk.type(batch, 2, 1, card=card.lower())
    assert "Both turns say the same" in desk.browser.get(f"{batch}/check").text


# Who may


def test_only_those_who_run_the_session_reach_its_paper(desk: Desk, tour: Tour, staff: Staff, app: Flask) -> None:
    tour.open("before")
    batch = desk.begin(1)
    addresses = [f"/staff/paper/{tour.sitting_id}/", f"/staff/paper/{tour.sitting_id}/sheet/before/en", batch]
    addresses += [f"{batch}/1/1", f"{batch}/throw-away"]
    with tour.database.writing() as session:
        elsewhere = Organisation(name="South Council")
        session.add(elsewhere)
        session.flush()
        elsewhere_id = elsewhere.id
    strangers = [
        staff.client("facilitator", organisation_id=elsewhere_id),
        staff.client("commissioner", organisation_id=tour.organisation_id),
    ]
    for path in addresses:
        assert app.test_client().get(path).status_code == 303
        assert desk.browser.get(path).status_code == 200
        for stranger in strangers:
            assert stranger.get(path).status_code == 404
    assert Desk(staff, tour, strangers[0]).type(batch, 1, 1).status_code == 404
    assert desk.browser.post(f"{batch}/1/1").status_code == 400  # no token
    second = Desk(staff, tour, staff.client("facilitator", programme_id=tour.programme_id))
    assert second.type(batch, 1, 1).status_code == 303  # anybody who may, not only who began it


@pytest.mark.parametrize("path", ["/1/0", "/1/2", "/3/1", "/0/1"])
def test_there_is_no_other_sheet_or_turn(desk: Desk, tour: Tour, path: str) -> None:
    tour.open("before")
    assert desk.browser.get(desk.begin(1) + path).status_code == 404


def test_a_paper_session_can_be_made_and_leads_to_its_sheets(desk: Desk, tour: Tour, database: Database) -> None:
    assert 'value="paper"' in desk.browser.get(f"/staff/sittings/{tour.sitting_id}/edit").text
    page = desk.browser.get(f"/staff/sittings/{tour.sitting_id}/")
    assert f"/staff/paper/{tour.sitting_id}/" in page.text
    with database.writing() as session:
        session.execute(update(Sitting).values(devices="paper"))
    tour.open("before")
    with desk.staff.app.test_client() as pupil:
        pupil.post("/answer", data=tour.body().decode(), content_type="application/x-www-form-urlencoded")
    (row,) = tour.responses()
    assert Codebook.of(tour.instrument).decode(row.codes)[0].mode == "shared"
