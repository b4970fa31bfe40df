"""Words are deleted twelve months after somebody has finished with them, and no word is deleted that anybody waits for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from survey import chores, jobs, retention
from survey.clock import now, today
from survey.models import AuditEntry, Envelope, Job, Remark
from tests.survey.conftest import Tour
from tests.survey.desk import quick_locks
from tests.survey.test_reading_room import Room, post
from tests.survey.test_talks import child, rows, send
from tests.survey.test_talks import room as talking_room

__all__ = ["quick_locks", "talking_room"]

HANDED = {"decision": "handed_on", "handed_to": "A. Jones, lead", "handed_on": today().isoformat()}
one_engine = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ALMOST, LONG = timedelta(days=364), timedelta(days=367)


@pytest.fixture
def room(talking_room: Room) -> Room:
    return talking_room


def written(room: Room, reader: FlaskClient, *decisions: str) -> str:
    """A remark that was opened and decided so, in this order; with no decision it stays opened."""
    remark = room.write(said=f"words {len(rows(room)[0])} {decisions} {now().isoformat()}")
    post(reader, f"/staff/reading/{remark}/open")
    for decision in decisions:
        fields = HANDED if decision == "handed_on" else {"decision": decision}
        assert post(reader, f"/staff/reading/{remark}/", **fields).status_code == 303
    return remark


def left(room: Room) -> set[str]:
    with room.tour.database.reading() as session:
        found = {one.hex() for one in session.scalars(select(Remark.id))}
        assert {one.hex() for one in session.scalars(select(Envelope.remark_id))} == found
        return found


def test_only_what_somebody_has_finished_with_goes_and_no_sooner(room: Room) -> None:
    reader = room.browser(room.reader)
    unread, opened = room.write(said="nobody has read this"), written(room, reader)
    page = reader.get(f"/staff/reading/{opened}/").text
    assert "What is of no concern is deleted 12 months later" in page, "who decides knows what follows from it"
    handed = written(room, reader, "handed_on")
    handed_later = written(room, reader, "no_concern", "handed_on")
    finished = written(room, reader, "no_concern")
    taken_back = written(room, reader, "handed_on", "no_concern")
    database, keys = room.tour.database, room.keys
    before = room.acts()
    assert retention.delete_old(database, keys, now() + ALMOST) == (0, 0) and room.acts() == before
    assert left(room) == {unread, opened, handed, handed_later, finished, taken_back}
    assert retention.delete_old(database, keys, now() + LONG) == (2, 0)
    assert left(room) == {unread, opened, handed, handed_later}
    assert retention.delete_old(database, keys, now() + LONG) == (0, 0), "and again, for a job may run twice"
    assert retention.delete_old(database, keys, now() + 9 * LONG) == (0, 0), "what is not finished stays for ever"
    with database.reading() as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "words.deleted"))
    assert (entry.account_id, entry.subject) == (None, "typed words: 2, last pages: 0")
    assert finished not in entry.reason and "20" not in entry.reason.replace("12 months", "")


@one_engine
def test_a_year_runs_from_the_last_decision(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = room.browser(room.reader)
    remark = written(room, reader, "no_concern")
    moment = now() + timedelta(days=200)
    monkeypatch.setattr("survey.audit.now", lambda: moment)
    assert post(reader, f"/staff/reading/{remark}/", decision="no_concern").status_code == 303
    assert retention.delete_old(room.tour.database, room.keys, now() + LONG) == (0, 0)
    assert retention.delete_old(room.tour.database, room.keys, moment + LONG) == (1, 0)


def test_last_pages_go_a_year_after_somebody_saw_to_them(room: Room) -> None:
    """Sealed, sorted and opened ones wait for somebody, however long."""
    reader = room.browser(room.reader)
    for name in ("Seen, 8A", "Opened, 8A", "Waits, 8A"):
        send(child(room), child=name)
    post(reader, "/staff/reading/talks/sort")
    send(child(room), child="Sealed, 8A")
    new = [one.id.hex() for one in rows(room)[0] if one.state == "new"]
    for slip in new[:2]:
        post(reader, f"/staff/reading/talks/{slip}/open")
    post(reader, f"/staff/reading/talks/{new[0]}/", done="Talked with them")
    database = room.tour.database
    assert retention.delete_old(database, room.keys, now() + ALMOST) == (0, 0)
    assert retention.delete_old(database, room.keys, now() + LONG) == (0, 1)
    slips, envelopes = rows(room)
    assert sorted(one.state for one in slips) == ["new", "opened", "sealed"]
    assert {one.slip_id for one in envelopes} == {one.id for one in slips}
    with database.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "words.deleted")).one()
    assert entry.subject == "typed words: 0, last pages: 1"


@one_engine
def test_the_worker_looks_every_day(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    remark = written(room, room.browser(room.reader), "no_concern")
    database, keys = room.tour.database, room.keys
    chores.begin(database)
    real = now
    monkeypatch.setattr(chores, "now", lambda: real() + LONG)
    only = {name: function if name == "delete_words" else lambda *_: None for name, function in chores.WORK.items()}
    jobs.work(database, keys, only, once=True)
    assert remark not in left(room)
    with database.reading() as session:
        waiting = session.scalars(select(Job).where(Job.kind == "delete_words", Job.state == "waiting")).one()
    assert waiting.run_after > real()


@one_engine
def test_both_notices_say_how_long_in_plain_words(client: FlaskClient, tour: Tour) -> None:
    """The months are those of the job."""
    assert (retention.MONTHS, retention.KEPT.days) == (12, 366)
    tour.open("before")
    client.post("/join", data={"code": tour.code})
    page = client.get("/about").text
    young, _, adults = page.partition("For adults: who is responsible")
    assert "If nobody has to be told, what you typed is deleted 12 months after they decided that." in young
    assert "If somebody was told, it is kept" in young
    assert "What you ask for on the last page is deleted 12 months after somebody has seen to it." in young
    assert "deleted 12 months after that decision. What was handed on" in adults
    assert "Pages that ask for somebody are deleted 12 months after somebody has seen to them." in adults
