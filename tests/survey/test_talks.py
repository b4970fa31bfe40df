"""Ask to talk: one page that everybody gets and sends; nobody but a reader can tell who asked."""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, update

from survey import cookies, outbox, talks
from survey.answering import ending, talking
from survey.clock import PLACE, now, today
from survey.envelopes import seal_to
from survey.models import (
    Duty,
    Grant,
    Message,
    Participation,
    ReaderKey,
    Remark,
    Setting,
    Sitting,
    TalkEnvelope,
    TalkSlip,
)
from survey.remarks import desk_here
from survey.responses import CONTENT_TYPE, Place
from survey.sealing import Keys
from survey.talks import ASKS, NOTHING, SIZE, keep_slip, seal_slip
from tests.survey.conftest import Tour
from tests.survey.desk import ENDINGS, quick_locks, take_off
from tests.survey.test_reading_room import Room, post

__all__ = ["quick_locks"]

CANARY = "Zebedee Quill, 8B"
SLIP_ID = re.compile(r'name="slip" value="([0-9a-f]{32})"')


@pytest.fixture
def room(app: Flask, tour: Tour, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> Room:
    """A school with readers on duty; it is noon."""
    for module in (talking, ending):
        monkeypatch.setattr(module, "now", lambda: now().replace(hour=12))
    return Room(app, tour, keys)


def child(room: Room) -> FlaskClient:
    browser = room.app.test_client()
    browser.post("/join", data={"code": room.tour.code})
    return browser


def send(browser: FlaskClient, asks: str = "self", *, ticket: str | None = None, **fields: str):
    here = ticket_of(browser) if ticket is None else ticket
    name = "" if asks == "none" else CANARY
    form = {"ticket": here, "end": "a", "asks": asks, "child": name, "person": "", "when": ""}
    return browser.post("/talk", data={**form, **fields})


def ticket_of(browser: FlaskClient) -> str:
    """The ticket of the questions that a browser is at."""
    cookie = browser.get_cookie(cookies.RESPONDENT)
    assert cookie is not None
    return cookie.value.partition(".")[0]


def rows(room: Room) -> tuple[list[TalkSlip], list[TalkEnvelope]]:
    with room.tour.database.reading() as session:
        return list(session.scalars(select(TalkSlip))), list(session.scalars(select(TalkEnvelope)))


def waits(room: Room) -> set[str]:
    """What somebody still has to be told."""
    with room.tour.database.reading() as session:
        return set(session.scalars(select(Message.kind).where(Message.settled_at.is_(None))))


def test_everybody_gets_the_same_last_page(room: Room) -> None:
    browser = child(room)
    sent = browser.post(
        "/answer", data=room.tour.body("after"), content_type="application/x-www-form-urlencoded", follow_redirects=True
    )
    browser.post("/activity")
    declined = browser.get("/finished", follow_redirects=True)
    assert sent.request.path == declined.request.path == "/talk"
    assert SLIP_ID.sub("", sent.text).replace('value="a"', 'value="b"') == SLIP_ID.sub("", declined.text)
    assert " checked" not in sent.text.partition("Who should read")[0], "nothing is chosen for anybody"
    assert "Reader 1" in sent.text, "who reads it is named"
    for end, path in (("a", "/thanks?talked"), ("b", "/finished?talked"), ("c", "/thanks?talked&twice")):
        done = send(browser, "none", end=end)
        assert (done.status_code, done.location) == (303, path)
        assert browser.get(done.location).status_code == (409 if end == "c" else 200)


def test_whoever_sends_other_answers_a_second_time_gets_the_last_page_too(room: Room) -> None:
    browser, submission = child(room), secrets.token_hex(16)
    bodies = [
        room.tour.body("after", submission=submission),
        room.tour.body("after", submission=submission, look="plain"),
    ]
    first, second = (
        browser.post("/answer", data=body, content_type=CONTENT_TYPE, follow_redirects=True) for body in bodies
    )
    assert (first.request.path, second.request.path) == ("/talk", "/talk")
    assert SLIP_ID.sub("", first.text).replace('value="a"', 'value="c"') == SLIP_ID.sub("", second.text)
    assert "We have kept these too" in browser.get(send(browser, "none", end="c").location).text


def test_it_says_when_somebody_reads(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is offered while somebody reads; a page that stood open until the evening says when that is so again."""
    browser = child(room)
    friday = datetime(2026, 11, 27, 11, 0, tzinfo=PLACE)
    with room.tour.database.writing() as session:
        for key in session.scalars(select(ReaderKey)):
            key.seen_at = key.proved_at = friday
        session.execute(update(Duty).values(starts="09:00", ends="16:00"))
    monkeypatch.setattr("survey.answering.talking.now", lambda: friday)
    assert "Somebody reads today." in browser.get("/talk").text
    monkeypatch.setattr("survey.answering.talking.now", lambda: friday.replace(hour=18))
    refused = send(browser, "")
    assert refused.status_code == 422
    assert "Nobody is reading this right now. The next time is " in refused.text


def test_no_thanks_takes_the_very_same_way(room: Room) -> None:
    """The same statements, the same rows, the same sizes, the same reply, the same letters: only a key can tell."""
    seen = []
    send(child(room), "none")  # the first of an hour opens its count
    for asks in ASKS:
        statements: list[str] = []
        listen = lambda *args, into=statements: into.append(args[2])  # noqa: E731
        with room.tour.database.writing() as session:
            session.query(Message).delete()
        event.listen(room.tour.database.writer, "before_cursor_execute", listen)
        reply = send(child(room), asks, child="" if asks == "none" else CANARY * 8, when="x" * 200)
        event.remove(room.tour.database.writer, "before_cursor_execute", listen)
        with room.tour.database.reading() as session:
            letters = sorted((one.kind, one.account_id or 0) for one in session.scalars(select(Message)))
        seen.append((reply.status_code, reply.location, reply.data, statements, letters))
    assert all(one == seen[0] for one in seen[1:])
    slips, envelopes = rows(room)
    assert (len(slips), len({len(one.sealed) for one in envelopes})) == (len(ASKS) + 1, 1)
    assert len(envelopes) == (len(ASKS) + 1) * 4
    assert {one.state for one in slips} == {"sealed"}


def test_nothing_leads_to_answers_and_nothing_lies_open(room: Room) -> None:
    ticket, submission = room.tour.tickets["after"], "ab" * 16
    browser = child(room)
    body = room.tour.body("after", submission)
    browser.post("/answer", data=body, content_type="application/x-www-form-urlencoded")
    send(browser)
    slips, envelopes = rows(room)
    columns = {column.name for model in (TalkSlip, TalkEnvelope) for column in model.__table__.columns}
    assert not columns & {"ticket", "ticket_id", "submission", "opening_id", "sitting_id", "wave", "at", "sent_at"}
    held = repr([vars(one) for one in (*slips, *envelopes)])
    for marker in (CANARY, ticket, submission, CANARY.encode().hex()):
        assert marker not in held


def test_a_reader_sorts_opens_and_sees_to_it(room: Room) -> None:
    for asks in ("none", "self", "none"):
        send(child(room), asks)
    reader = room.browser(room.reader)
    assert waits(room) == {"talk_waiting", "talk_overdue"}
    post(reader, "/staff/reading/talks/sort")
    page = reader.get("/staff/reading/talks").text
    assert page.count("Northfield School") == 1, "who said no thanks is not there"
    assert CANARY not in page, "nothing is open in a list"
    (slip,) = [one for one in rows(room)[0] if one.state == "new"]
    path = f"/staff/reading/talks/{slip.id.hex()}/"
    assert reader.get(path).status_code == 303, "opening is an act of its own"
    post(reader, f"{path}open")
    assert CANARY in reader.get(path).text
    assert post(reader, path).status_code == 422
    assert post(reader, path, done="Talked with them").status_code == 303
    assert "seen to by Reader 1" in reader.get("/staff/reading/talks").text
    acts = room.acts()
    for act in ("talks.sorted", "talk.opened", "talk.read", "talk.seen_to"):
        assert act in acts
    assert "talk_overdue" not in waits(room), "somebody has looked"


def test_what_lies_at_one_school_silences_nothing_at_another(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody came for the slip of one school; its letters have gone. Those of another school call the same people again."""
    send(child(room))
    assert letters(room) == {"talk_waiting": 4, "talk_overdue": 2}
    with room.tour.database.writing() as session:
        session.execute(update(Message).values(sent_at=now()))
    beyond = at_another_school(room)
    for _ in range(2):  # a class is one letter to each
        slip_there(room, beyond)
    assert letters(room) == {"talk_waiting": 7, "talk_overdue": 4}
    with room.tour.database.writing() as session:
        session.execute(update(Message).values(sent_at=now()))
    slip_there(room, beyond)
    assert letters(room) == {"talk_waiting": 7, "talk_overdue": 6}, "those who come later have their own two hours"
    later = now() + timedelta(days=9)
    monkeypatch.setattr(outbox, "now", lambda: later)
    with room.tour.database.reading() as session:
        needs = outbox.needs_of(session, room.lead.account_id, ())
    assert {one.count for one in needs} == {1}, "not counted by school"


def test_an_opened_slip_that_nobody_sees_to_is_chased(room: Room) -> None:
    send(child(room))
    reader = room.browser(room.reader)
    post(reader, "/staff/reading/talks/sort")
    ((slip,), _) = rows(room)
    path = f"/staff/reading/talks/{slip.id.hex()}/"
    for _ in range(2):
        post(reader, f"{path}open")
    with room.tour.database.reading() as session:
        chasing = session.scalars(select(Message).where(Message.kind == "talk_not_seen_to")).all()
    people = [room.reader.account_id, room.deputy.account_id, room.lead.account_id]
    assert sorted(one.account_id or 0 for one in chasing) == sorted(people), "each once"
    assert all(one.due_at > now() + timedelta(hours=1, minutes=59) for one in chasing)
    assert waits(room) >= {"talk_not_seen_to"} and "talk_overdue" not in waits(room)
    post(reader, path, done="Talked with them")
    assert "talk_not_seen_to" not in waits(room)


def letters(room: Room) -> Counter[str]:
    with room.tour.database.reading() as session:
        return Counter(session.scalars(select(Message.kind).where(Message.settled_at.is_(None))))


def at_another_school(room: Room) -> Place:
    """A second school of the programme, with the same readers outside it."""
    with room.tour.database.writing() as session:
        setting = Setting(organisation_id=room.tour.organisation_id, name="Southfield School", kind="secondary")
        session.add(setting)
        session.flush()
        session.add(Participation(programme_id=room.tour.programme_id, setting_id=setting.id, on_roll=180))
        session.flush()
        sitting = Sitting(
            programme_id=room.tour.programme_id,
            setting_id=setting.id,
            mode="private",
            held_on=today(),
            year_groups="Year 8",
            present=30,
        )
        session.add(sitting)
        session.flush()
        return replace(room.place, setting_id=setting.id, sitting_id=sitting.id)


def slip_there(room: Room, place: Place) -> None:
    """Somebody there says "No thanks"."""
    moment = now()
    desk = desk_here(room.tour.database, place, moment, arriving=True)
    envelopes = seal_slip(room.tour.database, place, desk, NOTHING, "outside")
    keep_slip(room.tour.database, room.keys, place, secrets.token_hex(16), envelopes, b"", moment)


def test_no_thanks_is_gone_once_a_reader_outside_has_sorted(room: Room) -> None:
    """Those outside always get what was chosen, so nobody else has to look; the school alone cannot tell."""
    send(child(room), "none")
    post(room.browser(room.school), "/staff/reading/talks/sort")
    assert len(rows(room)[0]) == 1
    post(room.browser(room.deputy), "/staff/reading/talks/sort")
    assert rows(room) == ([], [])


@pytest.mark.parametrize("line", ["child", "person", "when"])
def test_no_thanks_with_words_on_it_is_read_by_somebody(room: Room, line: str) -> None:
    """Whoever is watched ticks "No thanks" and writes where nobody looks; those whom the page names read it."""
    send(child(room), "none", **{line: "my stepdad"})
    for one in (room.deputy, room.reader):
        post(room.browser(one), "/staff/reading/talks/sort")
    (slip,), _ = rows(room)
    assert slip.state == "new"
    reader, path = room.browser(room.reader), f"/staff/reading/talks/{slip.id.hex()}/"
    post(reader, f"{path}open")
    page = reader.get(path).text
    assert "my stepdad" in page and "No thanks" in page
    post(room.browser(room.school), "/staff/reading/talks/sort")
    assert room.school.key_id not in {one.key_id for one in rows(room)[1]}, "it was not meant for the school"


def test_the_school_never_learns_of_what_was_not_meant_for_it(room: Room) -> None:
    send(child(room), "self", reader="beyond")
    outside, inside = room.browser(room.reader), room.browser(room.school)
    post(outside, "/staff/reading/talks/sort")
    (slip,), _ = rows(room)
    for _ in range(2):  # before it sorts, and after
        assert "Northfield School" not in inside.get("/staff/reading/talks").text
        assert post(inside, f"/staff/reading/talks/{slip.id.hex()}/open").status_code == 404
        post(inside, "/staff/reading/talks/sort")
    send(child(room), "self", reader="school")
    post(inside, "/staff/reading/talks/sort")
    assert "Northfield School" in inside.get("/staff/reading/talks").text


def test_it_is_not_there_without_a_named_reader_on_duty(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talking, "now", lambda: now().replace(year=2031))
    monkeypatch.setattr(ending, "now", lambda: now().replace(year=2031))
    browser = child(room)
    assert browser.get("/thanks").status_code == 200
    assert browser.get("/talk").location == "/thanks?talked"
    late = send(browser)  # who had the page open is told, and it is kept nowhere
    assert late.status_code == 503
    assert "This was not sent" in late.text and CANARY in late.text
    assert rows(room) == ([], [])


def test_who_lost_the_role_opens_nothing(room: Room) -> None:
    send(child(room))
    reader = room.browser(room.reader)
    post(reader, "/staff/reading/talks/sort")
    (slip,) = rows(room)[0]
    with room.tour.database.writing() as session:
        session.query(Grant).filter(Grant.account_id == room.reader.account_id).update({"role": "facilitator"})
    cookie = reader.get_cookie(cookies.STAFF)
    assert cookie is not None
    token = room.keys.mac("forgery", cookie.value.encode()).hex()
    path = f"/staff/reading/talks/{slip.id.hex()}/open"
    assert reader.post(path, data={"csrf_token": token}).status_code == 404


def test_a_choice_is_needed_and_nothing_typed_is_lost(room: Room) -> None:
    reply = send(child(room), "")
    assert reply.status_code == 422
    assert "Choose one answer" in reply.text and CANARY in reply.text
    assert rows(room) == ([], [])


def sealed_form(browser: FlaskClient, slip: str, bound: str, sealed: str) -> dict[str, str]:
    """What talk.js sends."""
    return {"ticket": ticket_of(browser), "end": "a", "slip": slip, "bound-to": bound, "sealed-slip": sealed}


def on_the_page(browser: FlaskClient) -> tuple[str, str, list[list[str]]]:
    """What script finds on the page: the slip's id, what to bind to, and the readers."""
    page = browser.get("/talk").text
    bound, readers = (re.search(rf'data-{what}="([^"]*)"', page)[1] for what in ("bound", "readers"))
    return SLIP_ID.search(page)[1], bound, [one.split(".") for one in readers.split(" ")]


def sealed_by_browser(bound: str, readers: list[list[str]], plain: object, size: int = SIZE) -> str:
    """Envelopes as talk.js makes them."""
    text = json.dumps(plain).encode().ljust(size, b"\0")
    parts = [
        (key, seal_to(base64.urlsafe_b64decode(point + "=" * (-len(point) % 4)), bound + key, text))
        for _, key, point in readers
    ]
    return "~".join(f"{key}.{base64.urlsafe_b64encode(one).decode()}" for key, one in parts)


ASKED = {"asks": "self", "name": CANARY, "who": "", "when": "at break"}


def test_what_a_browser_sealed_is_kept_as_it_came_and_once(room: Room) -> None:
    browser = child(room)
    slip, bound, readers = on_the_page(browser)
    form = sealed_form(browser, slip, bound, sealed_by_browser(bound, readers, ASKED))
    for _ in range(3):  # the reply was lost twice
        assert browser.post("/talk", data=form).location == "/thanks?talked"
    (kept,), envelopes = rows(room)
    assert len(envelopes) == len(readers) == 4
    reader = room.browser(room.reader)
    post(reader, "/staff/reading/talks/sort")
    post(reader, f"/staff/reading/talks/{kept.id.hex()}/open")
    assert CANARY in reader.get(f"/staff/reading/talks/{kept.id.hex()}/").text
    assert browser.post("/talk", data=form).status_code == 303
    assert len(rows(room)[0]) == 1, "a reader has been there meanwhile"


@pytest.mark.parametrize(
    "spoil", ["one reader", "another size", "a stranger's key", "no base64", "another day", *ENDINGS]
)
def test_a_sealed_slip_that_nobody_could_read_is_asked_for_openly(room: Room, spoil: str) -> None:
    browser = child(room)
    slip, bound, readers = on_the_page(browser)
    form = sealed_form(browser, slip, bound, sealed_by_browser(bound, readers, ASKED))
    match spoil:
        case "one reader":
            form["sealed-slip"] = sealed_by_browser(bound, readers[:1], ASKED)
        case "another size":
            form["sealed-slip"] = sealed_by_browser(bound, readers, ASKED, SIZE + 1)
        case "a stranger's key":
            form["sealed-slip"] += "~" + form["sealed-slip"].replace(readers[0][1], "0" * 16).partition("~")[0]
        case "no base64":
            form["sealed-slip"] = "a.%%%~b.%%%"
        case "another day":
            form["bound-to"] = bound.replace("202", "203")
        case ending:
            take_off(room.tour.database, room.deputy, ending, now().replace(hour=11))
    reply = browser.post("/talk", data=form)
    assert (reply.status_code, reply.text) == (422, "Heard asks again")
    assert rows(room) == ([], [])


@pytest.mark.parametrize("plain", [["self"], {"asks": "none of yours"}, {"asks": "self"}, {**ASKED, "asks": 7}, 5])
def test_a_seal_with_anything_else_inside_waits_for_a_person(room: Room, plain: object) -> None:
    browser = child(room)
    slip, bound, readers = on_the_page(browser)
    form = sealed_form(browser, slip, bound, sealed_by_browser(bound, readers, plain))
    assert browser.post("/talk", data=form).status_code == 303
    reader = room.browser(room.reader)
    post(reader, "/staff/reading/talks/sort")
    (kept,), _ = rows(room)
    assert kept.state == "new"
    assert "This cannot be opened" in post(reader, f"/staff/reading/talks/{kept.id.hex()}/open").text
    assert rows(room)[0][0].state == "new", "the clock goes on for the others"
    assert {"talk_overdue"} <= waits(room) and "talk_not_seen_to" not in waits(room)
    assert "talk.did_not_open" in room.acts() and "talk.opened" not in room.acts()


def test_a_look_at_what_only_another_could_open_is_no_reading(room: Room) -> None:
    send(child(room))
    reader, deputy = room.browser(room.reader), room.browser(room.deputy)
    for one in (reader, deputy):
        post(one, "/staff/reading/talks/sort")
    ((slip,), _) = rows(room)
    with room.tour.database.writing() as session:
        session.get_one(TalkEnvelope, (slip.id, room.deputy.key_id)).sealed = b"damaged"
    path = f"/staff/reading/talks/{slip.id.hex()}/"
    post(reader, f"{path}open")
    assert "cannot be opened with your key" in deputy.get(path).text
    assert room.acts().count("talk.read") == 0
    assert CANARY in reader.get(path).text
    assert room.acts().count("talk.read") == 1


def test_sorting_keeps_nobody_from_sending(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slips are opened while nobody holds the turn to write, and written a few at a time."""
    monkeypatch.setattr(talks, "AT_ONCE", 2)
    for asks in ("none", "self", "none", "none", "self"):
        send(child(room), asks)
    sent, opened = [], talks.open_slip
    child_meanwhile = child(room)

    def while_somebody_sends(*args):
        if not sent:
            sent.append(send(child_meanwhile).status_code)
        return opened(*args)

    monkeypatch.setattr(talks, "open_slip", while_somebody_sends)
    monkeypatch.setattr(room.tour.database, "writing", counted(room.tour.database.writing, turns := []))
    reader = room.browser(room.reader)
    turns.clear()
    post(reader, "/staff/reading/talks/sort")
    assert sent == [303]
    assert len(turns) >= 3, "five slips, two at a time"
    states = sorted(slip.state for slip in rows(room)[0])
    assert states == ["new", "new", "sealed"], "what came meanwhile waits for the next sorting"
    assert "talk_waiting" in waits(room), "and its reader is still told"


def counted(writing, turns: list[int]):
    def run():
        turns.append(1)
        return writing()

    return run


def test_one_slip_is_found_without_reading_all(room: Room) -> None:
    send(child(room))
    send(child(room))
    reader = room.browser(room.reader)
    post(reader, "/staff/reading/talks/sort")
    remarks = [room.write(said=said) for said in ("one", "two")]
    post(reader, f"/staff/reading/{remarks[0]}/open")
    slip = rows(room)[0][0].id.hex()
    post(reader, f"/staff/reading/talks/{slip}/open")
    loaded: Counter[type] = Counter()
    listen = lambda one, _: loaded.update([type(one)])  # noqa: E731
    for model in (TalkSlip, Remark):
        event.listen(model, "load", listen)
    reader.get(f"/staff/reading/talks/{slip}/")
    reader.get(f"/staff/reading/{remarks[0]}/")
    for model in (TalkSlip, Remark):
        event.remove(model, "load", listen)
    assert loaded == {TalkSlip: 1, Remark: 1}


def test_it_goes_where_its_page_came_from_whatever_the_cookie_says_by_now(room: Room) -> None:
    """Left in another tab, or another school's code typed there: it is kept for those whom its page named, or given back."""
    browser = child(room)
    ticket = ticket_of(browser)
    browser.delete_cookie(cookies.RESPONDENT)
    for cookie in ("", "another.00000000"):
        if cookie:
            browser.set_cookie(cookies.RESPONDENT, cookie)
        assert send(browser, ticket=ticket).location == "/thanks?talked"
    slips, _ = rows(room)
    assert [slip.programme_id for slip in slips] == [room.place.programme_id] * 2
    for unknown in ("", "nobody's"):
        refused = send(browser, ticket=unknown)
        assert (refused.status_code, refused.location) == (503, None), "a way on would be taken for a receipt"
        assert "This was not sent" in refused.text and CANARY in refused.text
    assert len(rows(room)[0]) == 2


def test_sent_again_without_script_it_is_one_slip_and_a_changed_one_is_two(room: Room) -> None:
    browser = child(room)
    slip, *_ = on_the_page(browser)
    for asks in ("self", "self", "none"):
        assert send(browser, asks, slip=slip).status_code == 303
    assert len(rows(room)[0]) == 2
    refused = send(browser, "", slip=slip)
    assert SLIP_ID.search(refused.text)[1] == slip, "put right, it is still the same"
    send(browser, "self")
    send(browser, "self")
    assert len(rows(room)[0]) == 4, "without an id each is its own"
