"""The reading room: only its readers open what was written, each look is recorded, and nothing that waits is forgotten."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey import cookies, costly, outbox, pdf, readers, signing_in
from survey.budgets import spend
from survey.clock import UTC, now, today
from survey.duty import desk_of
from survey.envelopes import seal_to
from survey.languages import day
from survey.models import Account, AuditEntry, Duty, Envelope, Grant, Message, PlantedNote, Programme, ReaderKey, Remark
from survey.planting import EARLIEST, LATEST, plant_where_due
from survey.remarks import Said, bound_to, keep_words, seal_words
from survey.responses import place_of
from survey.sealing import Keys
from survey.signing_in import password_hash, sign_in
from tests.conftest import Staff
from tests.smtp import MailServer
from tests.survey.desk import PASSPHRASE, OnDuty, put_on_duty, quick_locks
from tests.survey.test_pdf import text_of

__all__ = ["quick_locks"]

FORM_TOKEN = re.compile(r'name="csrf_token" value="([0-9a-f]+)"')
PASSWORD = "a password of four words"
SAID = "My uncle <b>hurts</b> me {{ 7*7 }}"
ALL_DAY = {"weekdays": "1234567", "on_bank_holidays": True, "starts": "00:00", "ends": "23:59"}


class Room:
    """A place with a reader, a deputy and a lead outside, and one reader at the school; and what was written there."""

    def __init__(self, app: Flask, tour, keys: Keys) -> None:
        self.app, self.tour, self.keys = app, tour, keys
        tour.open("after")
        self.place = place_of(tour.database, tour.tickets["after"])
        moment = now()
        self.reader, self.deputy, self.lead = (
            put_on_duty(tour.database, tour.programme_id, task, moment=moment, **ALL_DAY)
            for task in ("reader", "deputy", "lead")
        )
        self.school = put_on_duty(
            tour.database,
            tour.programme_id,
            "reader",
            setting_id=tour.setting_id,
            is_outside=False,
            moment=moment,
            **ALL_DAY,
        )

    def write(self, chosen: str = "outside", said: str = SAID) -> str:
        """Somebody writes something; returns the remark's id."""
        moment = now()
        with self.tour.database.reading() as session:
            programme = session.get_one(Programme, self.tour.programme_id)
            desk = desk_of(session, programme.id, self.tour.setting_id, "en", moment, last_hour_too=True)
            before = set(session.scalars(select(Remark.id)))
        envelopes = seal_words(desk, chosen, self.place, [Said("What should change?", said)])
        keep_words(self.tour.database, self.keys, self.place, said, chosen, envelopes, b"", moment)
        with self.tour.database.reading() as session:
            (made,) = set(session.scalars(select(Remark.id))) - before
            return made.hex()

    def browser(self, who: OnDuty, *, unlocked: bool = True) -> FlaskClient:
        """Somebody's browser, signed in."""
        with self.tour.database.writing() as session:
            token = sign_in(session, session.get_one(Account, who.account_id))
        client = self.app.test_client()
        client.set_cookie(cookies.STAFF, token)
        if unlocked:
            reply = post(client, "/staff/reading/unlock", passphrase=PASSPHRASE)
            assert reply.status_code == 303
        return client

    def state(self, remark_id: str) -> Remark:
        with self.tour.database.reading() as session:
            return session.get_one(Remark, bytes.fromhex(remark_id))

    def acts(self) -> list[str]:
        with self.tour.database.reading() as session:
            return [entry.action for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.n))]


def post(client: FlaskClient, path: str, **fields: str):
    token = FORM_TOKEN.search(client.get("/staff/reading/key").text)[1]
    return client.post(path, data={"csrf_token": token, **fields})


def set_password(room: Room, who: OnDuty) -> None:
    """Give somebody a password, as an operator would."""
    hashed = password_hash(PASSWORD)
    with room.tour.database.writing() as session:
        session.get_one(Account, who.account_id).password_hash = hashed


@pytest.fixture
def room(app: Flask, tour, keys: Keys) -> Room:
    return Room(app, tour, keys)


def test_a_reader_opens_reads_and_hands_on(room: Room) -> None:
    remark = room.write()
    client = room.browser(room.reader)
    assert remark in client.get("/staff/reading/").text
    assert client.get(f"/staff/reading/{remark}/").status_code == 303, "opening is an act of its own"
    assert post(client, f"/staff/reading/{remark}/open").status_code == 303
    page = client.get(f"/staff/reading/{remark}/").text
    assert "My uncle &lt;b&gt;hurts&lt;/b&gt; me {{ 7*7 }}" in page and "personal legal duty" in page
    assert room.state(remark).state == "opened" and room.state(remark).due_at is None

    missing = post(client, f"/staff/reading/{remark}/", decision="handed_on")
    assert missing.status_code == 422 and "Say to whom" in missing.text and "Give the day on which" in missing.text
    assert post(client, f"/staff/reading/{remark}/").status_code == 422, "nothing is decided by default"
    done = post(
        client,
        f"/staff/reading/{remark}/",
        decision="handed_on",
        handed_to="A. Jones, lead",
        handed_on=today().isoformat(),
        reference="S-12",
    )
    assert done.status_code == 303
    record = client.get(f"/staff/reading/{remark}/record").text
    assert "hurts" in record and "A. Jones, lead" in record and "S-12" in record
    for act in ("remark.opened", "remark.read", "remark.handed_on", "remark.put_on_record"):
        assert act in room.acts()


def test_no_concern_bears_no_trace_of_another_choice(room: Room) -> None:
    """A day that lies ahead or is none says nothing where nothing was handed on; what was typed beside it is not kept."""
    remark = room.write()
    client = room.browser(room.reader)
    post(client, f"/staff/reading/{remark}/open")
    beside = {"handed_to": "A. Jones", "reference": "S-12"}
    for day_typed in ("2999-01-01", "never"):
        typed = {"decision": "no_concern", "handed_on": day_typed, **beside}
        assert post(client, f"/staff/reading/{remark}/", **typed).status_code == 303
    found = room.state(remark)
    assert (found.decision, found.handed_to, found.handed_on, found.reference) == ("no_concern", None, None, None)
    ahead = {"decision": "handed_on", "handed_on": "2999-01-01", **beside}
    assert "cannot lie ahead" in post(client, f"/staff/reading/{remark}/", **ahead).text


@pytest.mark.usefixtures("pango")
def test_the_record_is_a_file_word_for_word(room: Room) -> None:
    said = "Zeile eins <script>\n{{ 7*7 }} =1+1 \u202eolleh"
    remark = room.write(said=said)
    client = room.browser(room.reader)
    assert client.get(f"/staff/reading/{remark}/record.pdf").status_code == 303, "nothing before it is opened"
    post(client, f"/staff/reading/{remark}/open")
    reply = client.get(f"/staff/reading/{remark}/record.pdf")
    assert reply.mimetype == "application/pdf" and remark[:8] in reply.headers["Content-Disposition"]
    words = text_of(reply.data)
    for part in ("Zeile eins <script>", "{{ 7*7 }} =1+1", remark, "Northfield School", "Opened by"):
        assert part in words
    assert "Sign out" not in words and "remark.put_on_record" in room.acts()


def test_without_the_passphrase_nothing_opens(room: Room) -> None:
    remark = room.write()
    locked = room.browser(room.reader, unlocked=False)
    post(locked, f"/staff/reading/{remark}/open")
    assert room.state(remark).state == "new"
    assert post(locked, "/staff/reading/unlock", passphrase="wrong words entirely").status_code == 422
    other = room.browser(room.reader)  # unlocked in another browser: this one stays locked
    post(other, f"/staff/reading/{remark}/open")
    assert "uncle" not in locked.get(f"/staff/reading/{remark}/", follow_redirects=True).text
    post(other, "/staff/reading/lock")
    assert "uncle" not in other.get(f"/staff/reading/{remark}/", follow_redirects=True).text


def test_wrong_passphrases_run_out(room: Room) -> None:
    client = room.browser(room.reader, unlocked=False)
    said = [post(client, "/staff/reading/unlock", passphrase="no").status_code for _ in range(11)]
    assert said == [422] * 10 + [429]
    assert post(client, "/staff/reading/unlock", passphrase=PASSPHRASE).status_code == 429


def test_the_key_locks_itself_after_a_quarter_of_an_hour(room: Room) -> None:
    remark = room.write()
    client = room.browser(room.reader)
    with room.tour.database.writing() as session:
        session.get_one(ReaderKey, room.reader.key_id).unlocked_until = now() - timedelta(seconds=1)
    post(client, f"/staff/reading/{remark}/open")
    assert room.state(remark).state == "new"


def test_what_was_written_to_somebody_outside_is_unseen_at_school(room: Room) -> None:
    outside, inside = room.write("outside", "one"), room.write("school", "two")
    client = room.browser(room.school)
    page = client.get("/staff/reading/").text
    assert inside in page and outside not in page
    assert client.get(f"/staff/reading/{outside}/").status_code == 404
    assert post(client, f"/staff/reading/{outside}/open").status_code == 404
    assert inside in room.browser(room.deputy).get("/staff/reading/").text


def test_a_reader_of_another_programme_sees_nothing(room: Room) -> None:
    remark = room.write()
    with room.tour.database.writing() as session:
        grant = session.scalars(select(Grant).where(Grant.account_id == room.deputy.account_id)).one()
        grant.ends_at = now() - timedelta(seconds=1)
    client = room.browser(room.deputy, unlocked=False)
    assert client.get(f"/staff/reading/{remark}/").status_code == 404


def test_a_reset_password_opens_nothing(room: Room) -> None:
    """Whoever takes over the account still needs the passphrase: a new key opens none of the old words, and no new ones are
    sealed to it (`test_readers`)."""
    remark = room.write()
    client = room.browser(room.reader, unlocked=False)
    new = {"passphrase": "another long passphrase", "again": "another long passphrase"}
    assert post(client, "/staff/reading/key", **new).status_code == 422, "an open browser is not enough"
    set_password(room, room.reader)
    made = post(client, "/staff/reading/key", **new, password=PASSWORD)
    assert "recovery key" in made.text
    post(client, "/staff/reading/unlock", passphrase="another long passphrase")
    assert post(client, f"/staff/reading/{remark}/open").status_code == 404
    assert room.state(remark).state == "new"


def sign_in_again(room: Room, client: FlaskClient) -> None:
    """On the page, in a browser that was somebody's: its own cookies are sent along."""
    form = FORM_TOKEN.search(client.get("/staff/sign-in").text)[1]
    with room.tour.database.reading() as session:
        email = session.get_one(Account, room.reader.account_id).email
    typed = {"csrf_token": form, "email": email, "password": PASSWORD}
    assert client.post("/staff/sign-in", data=typed).status_code == 303


@pytest.mark.parametrize("way", ["signed out", "browser closed", "signed out, cookies kept"])
def test_a_reset_password_opens_nothing_in_the_same_browser(room: Room, way: str) -> None:
    """Who read a moment ago has gone; within the quarter of an hour somebody sits down there with a new password."""
    remark = room.write()
    client = room.browser(room.reader)
    post(client, f"/staff/reading/{remark}/open")
    assert "My uncle" in client.get(f"/staff/reading/{remark}/").text
    kept = client.get_cookie(cookies.READING).value
    set_password(room, room.reader)
    if way == "browser closed":
        client.delete_cookie(cookies.STAFF)
    else:
        post(client, "/staff/sign-out")
        assert client.get_cookie(cookies.READING) is None and client.get_cookie(cookies.STAFF) is None
    if way == "signed out, cookies kept":
        client.set_cookie(cookies.READING, kept)
    sign_in_again(room, client)
    assert client.get(f"/staff/reading/{remark}/").status_code == 303, "the passphrase is asked for"
    assert "Unlock your key" in client.get("/staff/reading/").text


@pytest.mark.parametrize("way", ["sign-out", "password"])
def test_who_goes_locks_their_key(room: Room, way: str) -> None:
    client = room.browser(room.reader)
    set_password(room, room.reader)
    changed = {"current": PASSWORD, "new": "seven tall green ladders"} if way == "password" else {}
    assert post(client, f"/staff/{way}", **changed).status_code == 303
    with room.tour.database.reading() as session:
        assert session.get_one(ReaderKey, room.reader.key_id).by_browser is None


def test_nobody_tries_passwords_without_end_at_an_open_browser(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten wrong ones together, on whichever page; then the right one waits too."""
    monkeypatch.setattr(signing_in, "MOST_FAILURES", 2)
    client = room.browser(room.reader, unlocked=False)
    set_password(room, room.reader)
    new = {"passphrase": "another long passphrase", "again": "another long passphrase"}
    changed = {"current": "not it at all", "new": "seven tall green ladders"}
    assert "not the password" in post(client, "/staff/password", **changed).text
    assert "not the password" in post(client, "/staff/reading/key", **new, password="nor this one").text
    refused = post(client, "/staff/reading/key", **new, password=PASSWORD)
    assert refused.status_code == 422 and "Wait 15 minutes" in refused.text
    assert "Wait 15 minutes" in post(client, "/staff/password", **changed | {"current": PASSWORD}).text


def test_the_paper_gives_another_passphrase(room: Room) -> None:
    client = room.browser(room.reader, unlocked=False)
    old = "first passphrase of mine"
    set_password(room, room.reader)
    made = post(client, "/staff/reading/key", passphrase=old, again=old, password=PASSWORD).text
    recovery = re.search(r"((?:[2-9A-Y]{4}-){6}[2-9A-Y]{4})", made)[1]
    with room.tour.database.writing() as session:
        key = session.scalars(
            select(ReaderKey).where(ReaderKey.account_id == room.reader.account_id, ReaderKey.ended_at.is_(None))
        ).one()
        assert recovery.replace("-", "").encode() not in key.by_recovery
        key.proved_at, key.is_confirmed = now(), True
    remark = room.write(said="sealed to the new key")
    new = "second passphrase of mine"
    refused = post(client, "/staff/reading/recover", recovery="2" * 28, passphrase=new, again=new)
    assert refused.status_code == 422 and "not the recovery key" in refused.text
    again = recovery.lower().replace("-", " ")
    assert post(client, "/staff/reading/recover", recovery=again, passphrase=new, again=new).status_code == 303
    assert post(client, "/staff/reading/unlock", passphrase=old).status_code == 422
    assert post(client, "/staff/reading/unlock", passphrase=new).status_code == 303
    post(client, f"/staff/reading/{remark}/open")
    assert "sealed to the new key" in client.get(f"/staff/reading/{remark}/").text


def test_unread_words_go_to_deputy_and_lead_after_two_working_hours(room: Room, monkeypatch) -> None:
    remark = room.write()
    with room.tour.database.reading() as session:
        waiting = session.scalars(select(Message).where(Message.kind == "remark_waiting")).all()
        overdue = session.scalars(select(Message).where(Message.kind == "remark_overdue")).all()
        due = session.get_one(Remark, bytes.fromhex(remark)).due_at
    assert [one.account_id for one in waiting] == [room.reader.account_id]
    assert remark not in waiting[0].subject, "the letter of the moment does not name the remark"
    assert {one.account_id for one in overdue} == {room.deputy.account_id, room.lead.account_id}
    assert {one.due_at for one in overdue} == {due} and due > now() + timedelta(hours=1, minutes=59)
    assert due.astimezone(UTC).minute in (0, 30), "half hours, so that it does not say when it came"

    later = due + timedelta(minutes=1)
    for module in ("survey.outbox", "survey.reading_room.waiting"):
        monkeypatch.setattr(f"{module}.now", lambda: later)
    with room.tour.database.reading() as session:
        (need,) = outbox.needs_of(session, room.deputy.account_id, ())
    assert need.href == "/staff/reading/"
    deputy = room.browser(room.deputy)
    assert "unread for more than 2 working hours" in deputy.get("/staff/reading/").text
    post(deputy, f"/staff/reading/{remark}/open")
    with room.tour.database.reading() as session:
        waiting = outbox.needs_of(session, room.lead.account_id, ())
    assert not any("waiting too long" in one.words for one in waiting)


def test_opened_words_without_a_decision_go_to_deputy_and_lead_as_well(room: Room, monkeypatch) -> None:
    remark = room.write()
    reader = room.browser(room.reader)
    post(reader, f"/staff/reading/{remark}/open")
    with room.tour.database.reading() as session:
        chasing = session.scalars(select(Message).where(Message.kind == "remark_undecided")).all()
        assert session.scalars(select(Message).where(Message.kind == "remark_overdue")).all() == []
    people = {room.reader.account_id, room.deputy.account_id, room.lead.account_id}
    assert {one.account_id for one in chasing} == people
    assert all(one.due_at > now() + timedelta(hours=1, minutes=59) for one in chasing)
    later = max(one.due_at for one in chasing) + timedelta(minutes=1)
    with monkeypatch.context() as changed, room.tour.database.reading() as session:
        changed.setattr("survey.outbox.now", lambda: later)
        (need,) = outbox.needs_of(session, room.lead.account_id, ())
    assert need.href == "/staff/reading/"
    record = reader.get(f"/staff/reading/{remark}/record").text
    with room.app.test_request_context("/staff/"):
        spoken = day(today())
    assert record.count(spoken) == 2, "the day it was opened, and the day of the record"
    assert post(reader, f"/staff/reading/{remark}/", decision="no_concern").status_code == 303
    with room.tour.database.reading() as session:
        assert session.scalars(select(Message).where(Message.kind == "remark_undecided")).all() == []


def test_locks_are_made_while_others_write_and_take_turns(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 takes half a second and 64 MiB: it holds no turn to write, and as few run at once as of those who sign in."""
    client = room.browser(room.reader)
    set_password(room, room.reader)
    made, stretched = [], readers.hash_secret_raw

    def while_somebody_sends(*args: object) -> bytes:
        with room.tour.database.writing() as session:
            assert spend(session, "somebody sends", 99, timedelta(hours=1))
        made.append(args)
        return stretched(*args)

    monkeypatch.setattr(readers, "hash_secret_raw", while_somebody_sends)
    passphrase = "quiet herons are standing"
    fields = {"password": PASSWORD, "passphrase": passphrase, "again": passphrase}
    page = post(client, "/staff/reading/key", **fields)
    assert (page.status_code, len(made)) == (200, 2)
    for _ in range(4):
        assert costly._places.acquire(blocking=False)
    try:
        assert post(client, "/staff/reading/unlock", passphrase=passphrase).status_code == 503
        recovery = re.search(r"\b([0-9A-Z]{4}-){6}[0-9A-Z]{4}\b", page.text)[0]
        again = {"recovery": recovery, "passphrase": passphrase + "!", "again": passphrase + "!"}
        assert post(client, "/staff/reading/recover", **again).status_code == 503
    finally:
        for _ in range(4):
            costly._places.release()
    assert len(made) == 2
    assert post(client, "/staff/reading/unlock", passphrase=passphrase).status_code == 303


def test_a_record_that_cannot_be_made_now_says_what_to_do(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    remark, client = room.write(), room.browser(room.reader)
    post(client, f"/staff/reading/{remark}/open")

    def no_room(_page: str) -> bytes:
        raise pdf.NoPDF(pdf.BUSY)

    monkeypatch.setattr(pdf, "available", lambda: True)
    monkeypatch.setattr(pdf, "made", no_room)
    for path in (f"/staff/reading/{remark}/record.pdf", f"/staff/paper/{room.tour.sitting_id}/sheet/after/en.pdf"):
        if "paper" in path:
            client = Staff(room.app).client("facilitator", organisation_id=room.tour.organisation_id)
        refused = client.get(path)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "60")
        assert "Wait a minute, then try again" in refused.text


def test_what_does_not_open_stays_new_for_the_others(room: Room) -> None:
    """A damaged envelope, or one with half a sign or a heap of brackets in it, ends in words and stops no clock."""
    half, deep, good = (room.write(said=said) for said in ("half", "deep", "good"))
    place = room.place
    with room.tour.database.writing() as session:
        key = session.get_one(ReaderKey, room.reader.key_id)
        for remark, plain in ((half, b'[{"asked":"x","said":"\\ud83d"}]'), (deep, b"[" * 50_000)):
            envelope = session.get_one(Envelope, (bytes.fromhex(remark), key.id))
            envelope.sealed = seal_to(key.public_key, bound_to(place, key.id), plain)
        session.get_one(Envelope, (bytes.fromhex(good), key.id)).sealed = b"not sealed at all"
    client = room.browser(room.reader)
    assert post(client, f"/staff/reading/{half}/open").status_code == 303
    assert "<p>?</p>" in client.get(f"/staff/reading/{half}/").text
    for remark in (deep, good):
        assert "This cannot be opened" in post(client, f"/staff/reading/{remark}/open").text
        assert room.state(remark).state == "new" and room.state(remark).due_at is not None


def test_who_works_at_the_school_is_no_outsider_there(room: Room) -> None:
    """Whatever other duty they have: what was written for outside is neither sealed to them nor shown."""
    with room.tour.database.writing() as session:
        duty = session.scalars(select(Duty).where(Duty.account_id == room.school.account_id)).one()
        fields = {c.name: getattr(duty, c.name) for c in Duty.__table__.columns if c.name != "id"}
        session.add(Duty(**fields | {"setting_id": None, "is_outside": True}))
    remark = room.write("outside")
    assert remark not in room.browser(room.school).get("/staff/reading/").text
    with room.tour.database.reading() as session:
        assert session.get(Envelope, (bytes.fromhex(remark), room.school.key_id)) is None


def test_without_a_lead_the_administrators_are_told(room: Room) -> None:
    with room.tour.database.writing() as session:
        grant = session.scalars(select(Grant).where(Grant.account_id == room.lead.account_id)).one()
        grant.ends_at = now() - timedelta(seconds=1)
    room.write()
    with room.tour.database.reading() as session:
        found = session.scalars(select(Message).where(Message.kind == "remark_without_lead")).one()
    assert (found.role, found.account_id) == ("administrator", None)


def test_opening_leaves_no_message_that_tells_when_it_came(room: Room) -> None:
    """A letter of the moment goes within seconds: while words are unread their half hour is kept, and afterwards nothing is."""
    remark = room.write()
    server = MailServer().start()
    config = replace(room.app.extensions["config"], mail_server=server.url, mail_from="heard@service.example")
    assert outbox.deliver(room.tour.database, config) == 1
    server.stop()
    with room.tour.database.reading() as session:
        rows = session.scalars(select(Message)).all()
    moments = [at for one in rows for at in (one.due_at, one.try_at, one.sent_at, one.settled_at) if at is not None]
    assert {(at.minute % 30, at.second, at.microsecond) for at in moments} == {(0, 0, 0)}, "half hours"
    assert {one.kind for one in rows} == {"remark_waiting", "remark_overdue"}
    post(room.browser(room.reader), f"/staff/reading/{remark}/open")
    with room.tour.database.reading() as session:
        left = {one.kind for one in session.scalars(select(Message))}
    assert left == {"remark_undecided"}, "nothing says any more when it came"


def test_many_remarks_are_one_letter_until_somebody_looks(room: Room) -> None:
    for n in range(3):
        room.write(said=f"words {n}")
    count = select(Message.id).where(Message.kind == "remark_waiting")
    with room.tour.database.reading() as session:
        assert len(session.scalars(count).all()) == 1
    room.browser(room.reader).get("/staff/reading/")
    with room.tour.database.reading() as session:
        assert session.scalars(count).all() == [], "they have come"
    room.write(said="words 4")
    with room.tour.database.reading() as session:
        assert len(session.scalars(count).all()) == 1


def test_a_planted_note_looks_like_a_remark_and_proves_the_key(room: Room) -> None:
    remark = room.write("school", "real")
    with room.tour.database.writing() as session:
        session.get_one(ReaderKey, room.reader.key_id).proved_at = None
    assert plant_where_due(room.tour.database, now() - timedelta(hours=9)) == 4, (
        "each key gets one, within a day's work"
    )
    with room.tour.database.reading() as session:
        note = session.scalars(select(PlantedNote).where(PlantedNote.key_id == room.reader.key_id)).one()
    client = room.browser(room.reader)
    page = client.get("/staff/reading/").text
    rows = re.findall(r"<tr role=\"row\"><th scope=\"row\".*?</tr>", page.partition("Who reads here")[0], re.DOTALL)
    assert len(rows) == 2 and note.id.hex() in page and remark in page
    opened = post(client, f"/staff/reading/{note.id.hex()}/open")
    assert "This note was planted: your key works" in opened.text
    assert note.id.hex() not in client.get("/staff/reading/").text
    with room.tour.database.reading() as session:
        assert session.get_one(ReaderKey, room.reader.key_id).proved_at is not None


def test_notes_come_once_a_month_and_on_no_known_day(room: Room) -> None:
    database = room.tour.database
    plant_where_due(database, now())
    assert plant_where_due(database, now() + LATEST) == 0, "one that nobody opened is enough"
    with database.writing() as session:
        for note in session.scalars(select(PlantedNote)):
            note.opened_at = now()
    assert plant_where_due(database, now() + EARLIEST - timedelta(days=1)) == 0
    assert plant_where_due(database, now() + LATEST) == 4


def test_an_administrator_puts_people_on_duty_and_sees_what_is_missing(room: Room, staff) -> None:
    admin = staff.client("administrator", programme_id=room.tour.programme_id)
    path = f"/staff/reading/duties/{room.tour.programme_id}/"
    page = admin.get(path).text
    assert "Boxes for words can be shown at 1 of 1" in page and page.count("Ready") == 4
    assert page.count(" checked") == 1 + 5 + 1, "reader, Monday to Friday and English are usual"
    token = FORM_TOKEN.search(page)[1]
    with room.tour.database.writing() as session:
        session.get_one(ReaderKey, room.deputy.key_id).proved_at = None
    assert "No box for words is shown anywhere" in admin.get(path).text
    given = {
        "csrf_token": token,
        "reader": str(room.deputy.account_id),
        "task": "lead",
        "place": str(room.tour.setting_id),
        "weekdays": ["1", "3"],
        "on_bank_holidays": "y",
        "starts": "9:00",
        "ends": "15.30",
        "first_day": today().isoformat(),
        "last_day": (today() + timedelta(days=30)).isoformat(),
        "languages": ["en"],
    }
    assert admin.post(path, data={**given, "ends": "10:00", "weekdays": []}).text.count('class="error"') == 2
    short = admin.post(path, data={**given, "starts": "9:30", "ends": "11:00"})
    assert short.status_code == 422 and "at least two hours" in short.text, "an hour and a half"
    assert admin.post(path, data={**given, "reader": "99999"}).status_code == 422
    assert admin.post(path, data=given).status_code == 303
    with room.tour.database.reading() as session:
        duty = session.scalars(select(Duty).order_by(Duty.id.desc())).first()
        assert (duty.weekdays, duty.starts, duty.ends, duty.is_outside) == ("13", "09:00", "15:30", False)
        assert duty.on_bank_holidays
    assert "Monday, Wednesday, bank holidays too" in admin.get(path).text
    away = f"{path}{duty.id}/away"
    days = {"first_day": today().isoformat(), "last_day": (today() + timedelta(days=2)).isoformat()}
    assert admin.post(away, data={"csrf_token": token, **days, "last_day": ""}).status_code == 422
    assert admin.post(away, data={"csrf_token": token, **days}).status_code == 303
    assert "Here after all" in admin.get(away).text
    with room.tour.database.reading() as session:
        assert len(session.get_one(Duty, duty.id).away) == 3
    with room.app.test_request_context("/staff/"):
        assert f"{day(today())} – {day(today() + timedelta(days=2))}" in admin.get(path).text
    assert admin.post(f"{path}{duty.id}/back", data={"csrf_token": token}).status_code == 303
    with room.tour.database.reading() as session:
        assert session.get_one(Duty, duty.id).away == []
    assert admin.post(f"{path}{duty.id}/end", data={"csrf_token": token}).status_code == 303
    with room.tour.database.reading() as session:
        assert session.get_one(Duty, duty.id).last_day < today()


def on_duty_now(reader: int, token: str) -> dict[str, object]:
    return {
        "csrf_token": token, "reader": str(reader), "task": "reader", "place": "0", "weekdays": list("1234567"),
        "on_bank_holidays": "y", "starts": "9:00", "ends": "16:00", "first_day": today().isoformat(),
        "last_day": today().isoformat(), "languages": ["en"],
    }  # fmt: skip


def test_one_administrator_alone_never_reads_and_nobody_is_put_on_duty_unseen(room: Room, staff) -> None:
    database, path = room.tour.database, f"/staff/reading/duties/{room.tour.programme_id}/"
    admin = staff.client("administrator", programme_id=room.tour.programme_id)
    with database.writing() as session:
        own = session.scalars(select(Grant).where(Grant.role == "administrator")).one().account_id
        held = session.scalars(select(Grant).where(Grant.account_id == room.reader.account_id)).one()
        session.add(Grant(account_id=own, role=held.role, programme_id=held.programme_id, starts_at=now(), reason="-"))
        new = session.get_one(Account, room.school.account_id).name
    token = FORM_TOKEN.search(admin.get(path).text)[1]
    refused = admin.post(path, data=on_duty_now(own, token))
    assert refused.status_code == 409 and "Ask another administrator" in refused.text
    assert admin.post(path, data=on_duty_now(room.school.account_id, token)).status_code == 303
    with database.reading() as session:
        assert session.scalars(select(Duty).where(Duty.account_id == own)).all() == []
    outbox.deliver(database, room.app.extensions["config"])
    assert "was put on duty" in room.browser(room.lead).get("/staff/").text
    reader = room.browser(room.reader)
    first, later = (reader.get("/staff/reading/").text for _ in range(2))
    assert first.count('<span class="mark">was put on duty') == 1 and new in first
    assert "was put on duty" not in later and new in later
    assert "was put on duty" not in reader.get("/staff/").text
    assert "was put on duty" in room.browser(room.deputy).get("/staff/").text, "each of them has to look"


def test_the_store_and_its_record_hold_no_word(room: Room) -> None:
    remark = room.write(said="canary-4471 in words")
    client = room.browser(room.reader)
    post(client, f"/staff/reading/{remark}/open")
    client.get(f"/staff/reading/{remark}/")
    with room.tour.database.reader.connect() as connection:
        from survey.models import Base

        for table in Base.metadata.sorted_tables:
            for row in connection.execute(select(table)):
                assert "canary-4471" not in repr(tuple(row)), table.name
