"""Who is told of what waits for readers: somebody besides whoever opened it, nobody who is away, one letter for all."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from survey import outbox
from survey.clock import PLACE, now
from survey.models import Duty, Grant, Message, Remark
from survey.remarks import await_decision, desk_here
from survey.sealing import Keys
from survey.talks import NOTHING, keep_slip, names_of, seal_slip
from tests.survey.conftest import Tour
from tests.survey.desk import OnDuty, quick_locks
from tests.survey.test_reading_room import Room, post

__all__ = ["quick_locks"]


@pytest.fixture
def room(app: Flask, tour: Tour, keys: Keys) -> Room:
    return Room(app, tour, keys)


def told(room: Room, kind: str) -> list[int | str | None]:
    """Who is told something: accounts, or the role."""
    with room.tour.database.reading() as session:
        found = session.scalars(select(Message).where(Message.kind == kind))
        return sorted((one.account_id or one.role for one in found), key=lambda one: (isinstance(one, str), one))


def away(room: Room, *people: OnDuty, days: int = 8) -> None:
    """They are away for some days from today on, so on the day on which letters fall due too."""
    today = now().astimezone(PLACE).date()
    with room.tour.database.writing() as session:
        for who in people:
            session.get_one(Duty, who.duty_id).away = [(today + timedelta(days=n)).isoformat() for n in range(days)]


def slip(room: Room, moment: datetime | None = None) -> None:
    """Somebody sends a last page."""
    when = moment or now()
    desk = desk_here(room.tour.database, room.place, when, arriving=True)
    assert desk is not None
    envelopes = seal_slip(room.tour.database, room.place, desk, NOTHING, "outside")
    keep_slip(room.tour.database, room.keys, room.place, str(when), envelopes, b"", when)


def test_opening_words_does_not_silence_the_administrators(room: Room) -> None:
    """No lead is there: whoever opens the words must not be the only one who is ever reminded of them."""
    away(room, room.lead, room.deputy)
    remark = room.write()
    assert told(room, "remark_without_lead") == ["administrator"]
    post(room.browser(room.reader), f"/staff/reading/{remark}/open")
    assert told(room, "remark_undecided") == [room.reader.account_id]
    with room.tour.database.reading() as session:
        last = session.scalars(select(Message).where(Message.kind == "remark_without_lead")).one()
    assert last.role == "administrator" and last.due_at > now() + timedelta(hours=1, minutes=59)
    post(room.browser(room.reader), f"/staff/reading/{remark}/", decision="no_concern")
    assert told(room, "remark_without_lead") == []


def test_a_lead_who_opens_words_alone_is_not_the_only_one_told(room: Room) -> None:
    away(room, room.deputy)
    remark = room.write()
    assert told(room, "remark_without_lead") == []
    with room.tour.database.writing() as session:
        opened = session.get_one(Remark, bytes.fromhex(remark))
        opened.state, opened.opened_by, opened.due_at = "opened", room.lead.account_id, None
        await_decision(session, opened, now())
    assert told(room, "remark_without_lead") == ["administrator"]


def test_last_pages_that_nobody_else_can_be_told_of_go_to_the_administrators(room: Room) -> None:
    slip(room)
    assert told(room, "talk_without_lead") == []
    away(room, room.lead, room.deputy)
    with room.tour.database.writing() as session:
        session.query(Message).delete()
    slip(room)
    assert told(room, "talk_without_lead") == ["administrator"] and told(room, "talk_overdue") == []
    assert told(room, "talk_waiting") == [room.reader.account_id, room.school.account_id], "who is away is not called"


def test_nobody_who_is_away_when_it_falls_due_is_written_to(room: Room) -> None:
    """Here today, away on the day of the letter: what counts is who can be reached then."""
    friday = datetime(2026, 11, 27, 16, 30, tzinfo=PLACE)
    with room.tour.database.writing() as session:
        session.get_one(Duty, room.lead.duty_id).away = ["2026-11-30"]
        remark = Remark(
            id=b"r" * 16,
            programme_id=room.place.programme_id,
            setting_id=room.place.setting_id,
            wave=room.place.wave,
            language="en",
            mode="private",
            chosen="outside",
            state="opened",
            opened_by=room.reader.account_id,
        )
        session.add(remark)
        await_decision(session, remark, friday)
    assert told(room, "remark_undecided") == [room.reader.account_id]
    assert told(room, "remark_without_lead") == ["administrator"]


def test_no_child_is_told_that_somebody_reads_who_is_away(room: Room) -> None:
    away(room, room.school, room.deputy)
    desk = desk_here(room.tour.database, room.place, now(), arriving=True)
    assert desk is not None and not desk.has_school
    assert len(desk.recipients) == 4, "who comes back can open what came"
    with room.tour.database.reading() as session:
        assert names_of(session, desk) == (("Reader 1", "Reader 3"), ())


def test_a_lead_who_also_works_at_the_school_is_not_told_of_words_for_outside(room: Room) -> None:
    """Away there or not: they work at the school."""
    with room.tour.database.writing() as session:
        duty = session.get_one(Duty, room.school.duty_id)
        fields = {c.name: getattr(duty, c.name) for c in Duty.__table__.columns if c.name != "id"}
        session.add(Duty(**fields | {"setting_id": None, "is_outside": True, "task": "lead"}))
    away(room, room.school)
    room.write("outside")
    assert told(room, "remark_overdue") == [room.deputy.account_id, room.lead.account_id]


def test_unread_words_are_one_letter_to_each_and_place(room: Room) -> None:
    """However many come before it has gone; those that come after have their own two hours."""
    for n in range(5):
        room.write("outside" if n % 2 else "school", f"words {n}")
    people = [room.deputy.account_id, room.lead.account_id]
    assert told(room, "remark_overdue") == sorted(people * 2), "for the school, and for outside it"
    with room.tour.database.writing() as session:
        session.execute(update(Message).where(Message.kind == "remark_overdue").values(sent_at=now()))
    room.write("outside", "words 5")
    assert told(room, "remark_overdue") == sorted(people * 3)
    with room.tour.database.reading() as session:
        needs = {one.words: one.count for one in outbox.needs_of(session, room.deputy.account_id, ())}
    assert set(needs.values()) <= {1}


@pytest.mark.parametrize("is_sent", [False, True])
def test_a_letter_waits_for_the_next_that_is_unread(room: Room, is_sent: bool) -> None:
    """Of two, the first is opened: the letter that stood for both goes again, or goes only, when the second is overdue."""
    first, second = room.write(said="one"), room.write(said="two")
    later = now() + timedelta(days=6)
    with room.tour.database.writing() as session:
        session.get_one(Remark, bytes.fromhex(second)).due_at = later
        if is_sent:
            session.execute(update(Message).where(Message.kind == "remark_overdue").values(sent_at=now()))
    reader = room.browser(room.reader)
    post(reader, f"/staff/reading/{first}/open")
    with room.tour.database.reading() as session:
        letters = session.scalars(select(Message).where(Message.kind == "remark_overdue")).all()
    assert [(one.due_at, one.try_at, one.sent_at) for one in letters] == [(later, later, None)] * 2
    post(reader, f"/staff/reading/{second}/open")
    assert told(room, "remark_overdue") == []


def test_a_letter_that_named_the_remark_before_the_upgrade_goes_when_it_is_opened(room: Room) -> None:
    """Such letters told of words that wait too long: they would go out for words that were opened in time."""
    away(room, room.lead, room.deputy)
    remark = room.write()
    with room.tour.database.writing() as session:
        written_then = update(Message).where(Message.kind.in_(("remark_overdue", "remark_without_lead")))
        session.execute(written_then.values(subject=f"remark {remark}", due_at=now() + timedelta(minutes=1)))
        outbox.add(session, "remark_overdue", f"remark {remark}", account_id=room.deputy.account_id)
    post(room.browser(room.reader), f"/staff/reading/{remark}/open")
    assert told(room, "remark_overdue") == []
    with room.tour.database.reading() as session:
        left = session.scalars(select(Message.due_at).where(Message.kind == "remark_without_lead")).one()
    assert left > now() + timedelta(hours=1), "what is told of words without a decision has its own two hours"


def test_who_lost_the_role_by_then_is_not_told(room: Room) -> None:
    with room.tour.database.writing() as session:
        grant = session.scalars(select(Grant).where(Grant.account_id == room.deputy.account_id)).one()
        grant.ends_at = now() + timedelta(minutes=1)
    room.write()
    assert told(room, "remark_overdue") == [room.lead.account_id]
