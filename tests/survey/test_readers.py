"""Readers' keys: what locks them, who can take one's place, and when a planted note comes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from argon2.low_level import Type, hash_secret_raw
from flask import Flask
from sqlalchemy import select

from survey import outbox, readers
from survey.clock import PLACE, now
from survey.duty import desk_of
from survey.models import Account, Duty, Message, PlantedNote, Programme, ReaderKey
from survey.planting import plant_where_due
from survey.reading_room import waiting
from survey.sealing import Keys
from tests.conftest import Staff
from tests.survey.conftest import Tour
from tests.survey.desk import PASSPHRASE, OnDuty, put_on_duty, quick_locks
from tests.survey.test_reading_room import PASSWORD, Room, post, set_password

__all__ = ["quick_locks"]

ANOTHER = "another long passphrase"
IN_SERVICE = (readers.ROUNDS, readers.MEMORY_KIB, readers.LANES)
"""As they stand in the service: in tests that do not ask for this cost the memory is less."""


@pytest.fixture
def room(app: Flask, tour: Tour, keys: Keys) -> Room:
    return Room(app, tour, keys)


def test_a_passphrase_and_the_paper_cost_what_rfc_9106_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its second recommended option: Argon2id, three rounds, 64 MiB, four lanes; anything cheaper opens nothing."""
    assert IN_SERVICE == (3, 65536, 4)
    monkeypatch.setattr(readers, "MEMORY_KIB", IN_SERVICE[1])
    made = readers.new_reader_key(1, PASSPHRASE, now())
    paper = made.recovery.replace("-", "")
    for locked, words in ((made.key.by_passphrase, PASSPHRASE), (made.key.by_recovery, paper)):
        stretched = hash_secret_raw(words.encode(), locked[:16], 3, 64 * 1024, 4, 32, Type.ID)
        assert readers._opened(stretched, locked[16:], made.key.id)


def replace_key(room: Room, who: OnDuty) -> str:
    """Whoever gave somebody a new password signs in as them and makes a key; its id."""
    set_password(room, who)
    client = room.browser(who, unlocked=False)
    made = post(client, "/staff/reading/key", passphrase=ANOTHER, again=ANOTHER, password=PASSWORD)
    assert made.status_code == 200
    client.get("/staff/reading/")  # at once, before any letter has gone
    post(client, "/staff/reading/unlock", passphrase=ANOTHER)
    with room.tour.database.reading() as session:
        in_use = (ReaderKey.account_id == who.account_id, ReaderKey.ended_at.is_(None))
        key_id = session.scalars(select(ReaderKey.id).where(*in_use)).one()
        note = session.scalars(select(PlantedNote).where(PlantedNote.key_id == key_id)).one()
    assert "your key works" in post(client, f"/staff/reading/{note.id.hex()}/open").text
    return key_id


def sealed_to(room: Room) -> set[str]:
    """The keys to which words are sealed now; none where there is no box."""
    with room.tour.database.reading() as session:
        programme = session.get_one(Programme, room.tour.programme_id)
        desk = desk_of(session, programme.id, room.tour.setting_id, "en", now(), last_hour_too=True)
        return {one.key_id for one in desk.recipients} if desk is not None else set()


def test_nothing_is_sealed_to_a_key_in_anothers_place_before_a_colleague_confirms_it(room: Room) -> None:
    key_id = replace_key(room, room.lead)
    assert key_id not in sealed_to(room) and room.reader.key_id in sealed_to(room)
    colleague, path = room.browser(room.reader), f"/staff/reading/keys/{key_id}/confirm"
    page = colleague.get("/staff/reading/").text
    assert "made a new key on" in page and path in page and "until another reader has asked its owner" in page
    admin = Staff(room.app).client("administrator", programme_id=room.tour.programme_id)
    duties = admin.get(f"/staff/reading/duties/{room.tour.programme_id}/").text
    assert "Has a new key, which another reader must confirm first" in duties and duties.count("Ready") == 3
    own = room.browser(room.lead, unlocked=False)
    post(own, "/staff/reading/unlock", passphrase=ANOTHER)
    assert path not in own.get("/staff/reading/").text
    assert post(own, path).status_code == 404, "nobody confirms their own"
    locked = room.browser(room.deputy, unlocked=False)
    assert post(locked, path).status_code == 303 and key_id not in sealed_to(room), "not without one's own passphrase"
    assert post(colleague, path).status_code == 303
    assert key_id in sealed_to(room) and "reader_key.confirmed" in room.acts()
    page = colleague.get("/staff/reading/").text
    assert path not in page and "made a new key on" in page, "it is still said for a month"
    assert post(colleague, path).status_code == 404


def test_who_has_no_proved_key_confirms_nothing(room: Room) -> None:
    key_id = replace_key(room, room.lead)
    with room.tour.database.writing() as session:
        session.get_one(ReaderKey, room.deputy.key_id).proved_at = None
    deputy, path = room.browser(room.deputy), f"/staff/reading/keys/{key_id}/confirm"
    assert path not in deputy.get("/staff/reading/").text and post(deputy, path).status_code == 404
    other = replace_key(room, room.school)
    taken = room.browser(room.lead, unlocked=False)
    post(taken, "/staff/reading/unlock", passphrase=ANOTHER)
    assert post(taken, f"/staff/reading/keys/{other}/confirm").status_code == 404, "one taken key confirms no other"


def test_everybody_who_reads_there_is_told_of_a_new_key_and_its_owner_too(room: Room) -> None:
    """The owner's letter waits for its turn though somebody in their name has looked at the page; colleagues' go as they look."""
    everybody = {one.account_id for one in (room.reader, room.deputy, room.lead, room.school)}
    replace_key(room, room.lead)
    waits = select(Message.account_id).where(Message.kind == "key_replaced", Message.settled_at.is_(None))
    with room.tour.database.reading() as session:
        assert set(session.scalars(waits)) == everybody
        (need,) = outbox.needs_of(session, room.lead.account_id, ())
        assert (need.href, need.count) == ("/staff/reading/#readers", 1)
    room.browser(room.reader).get("/staff/reading/")
    with room.tour.database.reading() as session:
        assert set(session.scalars(waits)) == everybody - {room.reader.account_id}


def test_no_team_is_locked_out(room: Room) -> None:
    """Both have lost their keys, and nobody is there who could confirm one: it needs nobody's word, and all are told."""
    with room.tour.database.writing() as session:
        for one in (room.reader, room.deputy, room.lead, room.school):
            session.get_one(ReaderKey, one.key_id).proved_at = None
    first = replace_key(room, room.reader)
    second = replace_key(room, room.deputy)
    assert sealed_to(room) == set(), "the first key is proved by now, and its reader can say whose the second is"
    reader = room.browser(room.reader, unlocked=False)
    post(reader, "/staff/reading/unlock", passphrase=ANOTHER)
    assert post(reader, f"/staff/reading/keys/{second}/confirm").status_code == 303
    assert sealed_to(room) == {first, second}


def test_a_first_key_needs_nobodys_word(room: Room) -> None:
    new = put_on_duty(room.tour.database, room.tour.programme_id, "deputy", moment=now())
    with room.tour.database.writing() as session:
        session.delete(session.get_one(ReaderKey, new.key_id))
        account = session.get_one(Account, new.account_id)
        account.name = "Somebody new"
    client = room.browser(new, unlocked=False)
    assert "recovery key" in post(client, "/staff/reading/key", passphrase=ANOTHER, again=ANOTHER).text
    assert "made a new key" not in client.get("/staff/reading/").text
    with room.tour.database.reading() as session:
        assert session.scalars(select(ReaderKey.is_confirmed).where(ReaderKey.account_id == new.account_id)).one()
        assert session.scalars(select(Message).where(Message.kind == "key_replaced")).all() == []


MORNING = datetime(2026, 11, 23, 6, 30, tzinfo=PLACE)
"""A Monday, when the chores of the day are done."""


def on_mondays(room: Room) -> None:
    """Everybody reads on Mondays from 10 to 15, and only Welsh."""
    with room.tour.database.writing() as session:
        for duty in session.scalars(select(Duty)):
            duty.weekdays, duty.starts, duty.ends, duty.languages = "1", "10:00", "15:00", ["cy"]


def test_a_note_comes_while_its_reader_works_and_nobody_knows_when(room: Room) -> None:
    database, came = room.tour.database, []
    on_mondays(room)
    for weeks in range(0, 12, 4):
        assert plant_where_due(database, MORNING + timedelta(weeks=weeks)) == 4
        with database.writing() as session:
            for note in session.scalars(select(PlantedNote).where(PlantedNote.opened_at.is_(None))):
                assert note.comes_at is not None
                came.append(note.comes_at.astimezone(PLACE))
                note.opened_at = note.comes_at
    assert all(one.isoweekday() == 1 and 10 <= one.hour < 15 for one in came)
    assert len(set(came)) == 12


def test_a_note_that_would_come_only_after_days_comes_at_once(room: Room) -> None:
    """Proofs run out: whoever works again only at the end of the week, and looks before, finds it."""
    on_mondays(room)
    tuesday = MORNING + timedelta(days=1)
    plant_where_due(room.tour.database, tuesday)
    with room.tour.database.reading() as session:
        assert {one.astimezone(PLACE) for one in session.scalars(select(PlantedNote.comes_at))} == {tuesday}


def test_a_note_comes_as_words_do(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a language of its reader, with the letter that readers have of words; and it waits too long as they do."""
    on_mondays(room)
    plant_where_due(room.tour.database, MORNING)
    with room.tour.database.reading() as session:
        letters = session.scalars(select(Message).where(Message.kind == "remark_waiting")).all()
        assert {one.account_id for one in letters} == {room.reader.account_id, room.school.account_id}
        mine = session.scalars(select(PlantedNote).where(PlantedNote.key_id == room.reader.key_id)).one()
        assert [one.due_at for one in letters if one.account_id == room.reader.account_id] == [mine.comes_at]
    assert mine.comes_at is not None
    client, overdue = room.browser(room.reader), "unread for more than 2 working hours"
    for late, is_there, is_late in ((-1, False, False), (1, True, False), (60 * 24, True, True)):
        moment = mine.comes_at + timedelta(minutes=late)
        monkeypatch.setattr(waiting, "now", lambda moment=moment: moment)
        page = client.get("/staff/reading/").text
        assert ((mine.id.hex() in page), (overdue in page)) == (is_there, is_late)
    assert ">Cymraeg</td>" in page


def test_a_look_before_a_note_comes_leaves_its_letter(room: Room) -> None:
    """Else the note would be the one that comes without a letter."""
    with room.tour.database.writing() as session:
        ahead, past = (now() + timedelta(hours=n) for n in (2, -2))
        for due_at in (ahead, past):
            outbox.add(session, "remark_waiting", f"note {due_at}", account_id=room.reader.account_id, due_at=due_at)
    room.browser(room.reader).get("/staff/reading/")
    with room.tour.database.reading() as session:
        assert session.scalars(select(Message.due_at).where(Message.kind == "remark_waiting")).all() == [ahead]
