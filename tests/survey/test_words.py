"""Words that young people type: a box only with readers, envelopes only for them, nothing of it beside the codes."""

from __future__ import annotations

import base64
import json
import re
import secrets
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text, update

from questionnaires.files import load_library
from survey.bank_holidays import bank_holidays
from survey.clock import PLACE, UTC
from survey.duty import desk_of
from survey.envelopes import seal_to
from survey.models import Duty, Envelope, Held, Message, Opening, Programme, ReaderKey, Receipt, Remark, Response
from survey.publishing import publish
from survey.readers import unlock
from survey.releases.order import shuffle
from survey.remarks import bound_to, open_words
from survey.responses import place_of
from survey.sealing import Keys, SealBroken
from survey.talks import talk_is_offered
from survey.working_hours import blurred, is_working, working_hours_after
from tests.survey.desk import ENDINGS, PASSPHRASE, TUESDAY, OnDuty, change, put_on_duty, quick_locks, take_off

__all__ = ["quick_locks"]

BOX = 'name="your_words"'
FORM = "application/x-www-form-urlencoded"
CANARY = "canary-7714"


@pytest.fixture
def asking(tour, monkeypatch: pytest.MonkeyPatch):
    """A sitting that asks for words, on a Tuesday at ten."""
    for module in ("taking", "wording"):
        monkeypatch.setattr(f"survey.answering.{module}.now", lambda: TUESDAY)
    tour.open("after")
    with tour.database.writing() as session:
        version = publish(session, load_library("picture_views"))
        opening = session.scalars(select(Opening)).one()
        opening.instrument_version_id = version.id
    return tour


@pytest.fixture
def readers(asking) -> tuple[OnDuty, OnDuty]:
    return tuple(put_on_duty(asking.database, asking.programme_id, task) for task in ("reader", "deputy"))


def page(client: FlaskClient, tour) -> str:
    client.post("/join", data={"code": tour.code})
    return client.get("/answer").text


def send(client: FlaskClient, tour, submission: str | None = None, **fields: str):
    return client.post("/answer", data=tour.body("after", submission, **fields), content_type=FORM)


def read(tour, keys: Keys, reader: OnDuty) -> list[str]:
    """Everything that a reader can read."""
    said = []
    with tour.database.reading() as session:
        private = unlock(session.get_one(ReaderKey, reader.key_id), PASSPHRASE)
        for remark in session.scalars(select(Remark)):
            envelope = session.get(Envelope, (remark.id, reader.key_id))
            if envelope is not None:
                said += [one.said for one in open_words(remark, reader.key_id, private, envelope.sealed)]
    return said


def counted(tour, model) -> int:
    with tour.database.reading() as session:
        return session.scalar(select(func.count()).select_from(model))


def test_there_is_no_box_without_readers_on_duty(client: FlaskClient, asking) -> None:
    assert BOX not in page(client, asking)
    put_on_duty(asking.database, asking.programme_id, "reader")
    assert BOX not in page(client, asking), "one reader without a deputy is not enough"
    put_on_duty(asking.database, asking.programme_id, "deputy", setting_id=asking.setting_id, is_outside=False)
    assert BOX not in page(client, asking), "the deputy has to work outside the school"
    put_on_duty(asking.database, asking.programme_id, "deputy")
    shown = page(client, asking)
    assert BOX in shown and "a trained adult reads it" in shown and "Who should read this?" in shown


@pytest.mark.parametrize(
    "missing",
    [
        {"seen_at": TUESDAY - timedelta(days=7, minutes=1)},
        {"proved_at": TUESDAY - timedelta(days=31, minutes=1)},
        {"proved_at": None},
        {"ended_at": TUESDAY},
    ],
    ids=["nobody came for a week", "no proof for a month", "never proved", "key no longer in use"],
)
def test_a_box_goes_with_its_readers(client: FlaskClient, asking, readers, missing) -> None:
    assert BOX in page(client, asking)
    change(asking.database, readers[1], **missing)
    assert BOX not in page(client, asking)


@pytest.mark.usefixtures("readers")
@pytest.mark.parametrize(
    ("hour", "minute", "served"),
    [(8, 59, True), (9, 0, True), (14, 59, True), (15, 0, False), (15, 59, False), (16, 0, True), (23, 0, True)],
)
def test_no_box_in_the_last_hour_of_duty(asking, hour: int, minute: int, served: bool) -> None:
    with asking.database.reading() as session:
        programme = session.get_one(Programme, asking.programme_id)
        desk = desk_of(session, programme.id, asking.setting_id, "en", TUESDAY.replace(hour=hour, minute=minute))
    assert (desk is not None) == served
    if desk is not None:
        assert desk.is_read_now == (9 <= hour < 16)


@pytest.mark.usefixtures("readers")
def test_who_reads_round_the_clock_does_not_go_home_at_midnight(asking) -> None:
    with asking.database.writing() as session:
        session.execute(update(Duty).values(starts="00:00", ends="23:59", weekdays="1234567"))
        programme = session.get_one(Programme, asking.programme_id)
        for minute in (0, 30, 59):
            late = TUESDAY.replace(hour=23, minute=minute, second=30)
            desk = desk_of(session, programme.id, asking.setting_id, "en", late)
            assert desk is not None and desk.is_read_now, late


def test_a_box_needs_hours_in_which_reader_or_deputy_read(asking) -> None:
    """A lead's hours are nobody's reading hours, and a duty that has not begun is none."""
    for task, hours in (("reader", {"ends": "12:00"}), ("deputy", {"ends": "12:00"}), ("lead", {"ends": "18:00"})):
        put_on_duty(asking.database, asking.programme_id, task, **hours)
    with asking.database.reading() as session:
        programme = session.get_one(Programme, asking.programme_id)
        assert desk_of(session, programme.id, asking.setting_id, "en", TUESDAY.replace(hour=11, minute=30)) is None
        afternoon = desk_of(session, programme.id, asking.setting_id, "en", TUESDAY.replace(hour=15))
    assert afternoon is not None and not afternoon.is_read_now
    with asking.database.writing() as session:
        for duty in session.scalars(select(Duty)):
            duty.first_day = TUESDAY.date() + timedelta(days=3)
    with asking.database.reading() as session:
        assert desk_of(session, programme.id, asking.setting_id, "en", TUESDAY) is None


@pytest.mark.usefixtures("readers")
def test_no_box_in_a_language_that_nobody_reads_and_none_after_the_last_day(asking) -> None:
    with asking.database.reading() as session:
        programme = session.get_one(Programme, asking.programme_id)
        assert desk_of(session, programme.id, asking.setting_id, "ar", TUESDAY) is None
        last = datetime(2027, 12, 31, 17, 0, tzinfo=PLACE)
        assert desk_of(session, programme.id, asking.setting_id, "en", last) is None


@pytest.mark.usefixtures("readers")
def test_a_page_says_for_how_long_it_holds_and_what_is_true_after_that(
    client: FlaskClient, asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty box until the last hour, "today" until those who read go home; nothing changes where somebody takes over."""
    shown = page(client, asking)
    assert 'data-holds="18000 21600"' in shown
    assert (
        "<p data-then hidden>Nobody is reading this right now. The next time is Wednesday 25 November, 09:00.</p>"
        in shown
    )
    evening = TUESDAY.replace(hour=18)
    monkeypatch.setattr("survey.answering.wording.now", lambda: evening)
    assert f'data-holds="{15 * 3600}"' in page(client, asking)
    monkeypatch.setattr("survey.answering.wording.now", lambda: TUESDAY)
    put_on_duty(asking.database, asking.programme_id, "reader", starts="16:00", ends="20:00")
    shown = page(client, asking)
    assert 'data-holds="18000"' in shown and "data-then" not in shown


@pytest.mark.usefixtures("readers")
def test_outside_their_hours_the_page_says_when_somebody_reads(
    client: FlaskClient, asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    friday = datetime(2026, 11, 27, 18, 0, tzinfo=PLACE)
    with asking.database.writing() as session:
        for key in session.scalars(select(ReaderKey)):
            key.seen_at = key.proved_at = friday
    monkeypatch.setattr("survey.answering.wording.now", lambda: friday)
    shown = page(client, asking)
    assert "Nobody is reading this right now. The next time is Monday 30 November, 09:00." in shown
    assert "Childline 0800 1111" in shown and "999" in shown


@pytest.mark.parametrize(
    ("on_bank_holidays", "said"), [(False, "Tuesday 29 December, 09:00"), (True, "Somebody reads today")]
)
def test_nobody_reads_on_a_bank_holiday_unless_their_duty_says_so(
    client: FlaskClient, asking, readers, monkeypatch: pytest.MonkeyPatch, on_bank_holidays: bool, said: str
) -> None:
    """The Monday after a Boxing Day on a Saturday: an ordinary weekday but for the calendar."""
    monday = datetime(2026, 12, 28, 10, 0, tzinfo=PLACE)
    with asking.database.writing() as session:
        for key in session.scalars(select(ReaderKey)):
            key.seen_at = key.proved_at = monday
        for duty in session.scalars(select(Duty)):
            duty.on_bank_holidays = on_bank_holidays
    monkeypatch.setattr("survey.answering.wording.now", lambda: monday)
    assert said in page(client, asking)
    place = place_of(asking.database, asking.tickets["after"])
    assert talk_is_offered(asking.database, place, monday) == on_bank_holidays


def test_nobody_reads_while_they_are_away(client: FlaskClient, asking, readers) -> None:
    """One away: the other reads today, and is told at once in place of the first. Both away: nobody does until they are back."""
    with asking.database.writing() as session:
        session.get_one(Duty, readers[0].duty_id).away = [TUESDAY.date().isoformat()]
    assert "Somebody reads today" in page(client, asking)
    send(client, asking, your_words="x")
    with asking.database.reading() as session:
        told = session.scalars(select(Message.account_id).where(Message.kind == "remark_waiting")).all()
    assert readers[1].account_id in told, "nobody waits two hours for who is away"
    with asking.database.writing() as session:
        for one in readers:
            session.get_one(Duty, one.duty_id).away = ["2026-11-24", "2026-11-25"]
    assert "Nobody is reading this right now. The next time is Thursday 26 November, 09:00." in page(client, asking)


def test_bank_holidays_are_those_that_were_proclaimed() -> None:
    """Against the list of the government for England and Wales, years in which Christmas falls on a weekend among them."""
    listed = {
        2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
        2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
        2028: "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26",
    }
    for year, days in listed.items():
        assert sorted(day.strftime("%m-%d") for day in bank_holidays(year)) == days.split(), year
    assert {day.strftime("%m-%d") for day in bank_holidays(2033)} >= {"12-26", "12-27"}, "Christmas on a Sunday"


def test_typed_words_are_sealed_before_they_are_stored(client: FlaskClient, asking, readers, keys: Keys) -> None:
    reply = send(client, asking, year_group="year_9", your_words=f"{CANARY} please help")
    assert (reply.status_code, reply.location) == (303, "/thanks")
    assert counted(asking, Response) == 1 and counted(asking, Remark) == 1
    assert [read(asking, keys, one) for one in readers] == [[f"{CANARY} please help"]] * 2
    with asking.database.reading() as session:
        for envelope in session.scalars(select(Envelope)):
            assert CANARY.encode() not in envelope.sealed
        remark = session.scalars(select(Remark)).one()
        assert (remark.state, remark.wave, remark.language) == ("new", "after", "en")
        assert remark.due_at == TUESDAY.replace(hour=12).astimezone(UTC)


def test_the_same_words_again_are_kept_once_and_changed_ones_too(client: FlaskClient, asking, readers, keys) -> None:
    submission = secrets.token_hex(16)
    for words in ("one", "one", "two"):
        assert send(client, asking, submission, your_words=words).status_code == 303
    assert sorted(read(asking, keys, readers[0])) == ["one", "two"]
    assert counted(asking, Response) == 1 and counted(asking, Held) == 0, "what is aside holds no words"


def test_who_chose_outside_is_read_by_nobody_at_school(client: FlaskClient, asking, readers, keys: Keys) -> None:
    inside = put_on_duty(asking.database, asking.programme_id, "reader", setting_id=asking.setting_id, is_outside=False)
    before_the_box = page(client, asking).partition("Who should read this?")[2].partition(BOX)[0]
    said = (
        "Somebody outside your school reads it, whatever you tick. A safeguarding adult at your school reads it only if"
    )
    assert said in before_the_box.partition("<input")[0], "for both choices, and before either"
    send(client, asking, your_words="for outside", **{"who-reads": "outside"})
    send(client, asking, your_words="unsaid")
    send(client, asking, your_words="for school", **{"who-reads": "school"})
    assert read(asking, keys, inside) == ["for school"]
    assert sorted(read(asking, keys, readers[0])) == ["for outside", "for school", "unsaid"]


def test_words_that_nobody_can_read_come_back_with_everything_else(client: FlaskClient, asking) -> None:
    reply = send(client, asking, year_group="year_9", your_words=CANARY)
    assert reply.status_code == 422 and "nobody can read it just now" in reply.text
    assert CANARY in reply.text and re.search(r'value="year_9"[^>]*checked', reply.text)
    assert (counted(asking, Response), counted(asking, Remark), counted(asking, Receipt)) == (0, 0, 0)


@pytest.mark.usefixtures("readers")
def test_words_that_arrive_in_the_last_hour_are_still_taken(
    client: FlaskClient, asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("survey.answering.taking.now", lambda: TUESDAY.replace(hour=15, minute=30))
    assert send(client, asking, your_words="late").status_code == 303
    assert counted(asking, Remark) == 1


def test_what_is_kept_aside_or_hashed_holds_no_words(client: FlaskClient, asking, readers, app) -> None:
    """Other answers under a used id are held as a body: without what was typed."""
    submission = secrets.token_hex(16)
    send(client, asking, submission, year_group="year_9")
    assert send(client, asking, submission, year_group="year_10", your_words=CANARY).location == "/thanks?twice"
    with asking.database.reading() as session:
        held = session.scalars(select(Held)).one()
        body = app.extensions["keys"].open("held", held.body, str(held.opening_id).encode())
    assert CANARY.encode() not in body and b"year_10" in body
    assert counted(asking, Remark) == 1


def sealed_by_browser(asking, readers, said: str) -> str:
    place = place_of(asking.database, asking.tickets["after"])
    plain = json.dumps([{"asked": "?", "said": said}]).encode().ljust(512, b"\0")
    with asking.database.reading() as session:
        parts = [
            (one.key_id, seal_to(session.get_one(ReaderKey, one.key_id).public_key, bound_to(place, one.key_id), plain))
            for one in readers
        ]
    return "~".join(f"{key}.{base64.urlsafe_b64encode(blob).decode().rstrip('=')}" for key, blob in parts)


def test_words_that_a_browser_sealed_are_kept_as_they_came(client: FlaskClient, asking, readers, keys: Keys) -> None:
    submission = secrets.token_hex(16)
    body = {"ticket": asking.tickets["after"], "submission": submission}
    body["sealed-words"] = sealed_by_browser(asking, readers, "sealed there")
    for _ in range(2):
        reply = client.post("/words", data=urlencode(body), content_type=FORM)
        assert (reply.status_code, reply.text) == (200, f"Heard keeps {submission}")
    assert read(asking, keys, readers[1]) == ["sealed there"]


@pytest.mark.parametrize("spoil", ["one reader", "a stranger's key", "no base64", "nothing"])
def test_sealed_words_for_others_are_not_taken(client: FlaskClient, asking, readers, spoil: str) -> None:
    whole = sealed_by_browser(asking, readers, "x")
    spoiled = {
        "one reader": whole.split("~")[0],
        "a stranger's key": f"{'0' * 16}.AAAA~{whole.split('~')[0]}",
        "no base64": "a.%%%~b.%%%",
        "nothing": "",
    }[spoil]
    body = {"ticket": asking.tickets["after"], "submission": secrets.token_hex(16), "sealed-words": spoiled}
    reply = client.post("/words", data=urlencode(body), content_type=FORM)
    assert (reply.status_code, reply.text.split()[1]) == (422, "asks")
    assert counted(asking, Remark) == 0


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_page_left_open_does_not_seal_to_who_has_gone(client: FlaskClient, asking, readers, ending: str) -> None:
    """What it sealed is asked for again, openly, and sealed to those who read now; or, with nobody there, not taken at all."""
    body = {"ticket": asking.tickets["after"], "submission": secrets.token_hex(16)}
    body["sealed-words"] = sealed_by_browser(asking, readers, "x")
    take_off(asking.database, readers[1], ending)
    reply = client.post("/words", data=urlencode(body), content_type=FORM)
    assert (reply.status_code, reply.text.split()[1]) == (422, "asks")
    assert send(client, asking, your_words="x").status_code == 422
    assert counted(asking, Remark) == 0
    put_on_duty(asking.database, asking.programme_id, "deputy")
    assert send(client, asking, your_words="x").status_code == 303
    assert counted(asking, Remark) == 1


def test_an_envelope_opens_for_its_reader_and_its_place_alone(client: FlaskClient, asking, readers) -> None:
    send(client, asking, your_words="x")
    with asking.database.reading() as session:
        private = unlock(session.get_one(ReaderKey, readers[0].key_id), PASSPHRASE)
        remark = session.scalars(select(Remark)).one()
        mine, theirs = (session.get_one(Envelope, (remark.id, one.key_id)).sealed for one in readers)
        assert open_words(remark, readers[0].key_id, private, mine)[0].said == "x"
        with pytest.raises(SealBroken):
            open_words(remark, readers[1].key_id, private, theirs)
        session.expunge(remark)
        remark.wave = "before"
        with pytest.raises(SealBroken):
            open_words(remark, readers[0].key_id, private, mine)
        with pytest.raises(SealBroken):
            unlock(session.get_one(ReaderKey, readers[0].key_id), PASSPHRASE + "s")


def test_a_closed_wave_leaves_no_order_of_what_was_written(client, asking, readers, keys: Keys) -> None:
    said = sorted(f"words {n}" for n in range(12))
    for words in said:
        send(client, asking, your_words=words)
    asking.close("after")
    with asking.database.reading() as session:
        opening = session.scalars(select(Opening)).one()
        before = {one.id: one.due_at for one in session.scalars(select(Remark))}
    shuffle(asking.database, keys, {"opening": opening.id})
    assert sorted(read(asking, keys, readers[1])) == said, "every envelope still opens"
    with asking.database.reading() as session:
        assert {one.id: one.due_at for one in session.scalars(select(Remark))} == before
        if session.get_bind().dialect.name == "postgresql":
            written = session.execute(text("SELECT DISTINCT xmin::text FROM remarks")).all()
            assert len(written) == 1, "one transaction wrote them all"


def test_working_hours_run_from_monday_to_friday() -> None:
    def at(*when: int) -> datetime:
        return datetime(2026, *when, tzinfo=PLACE)

    assert working_hours_after(at(11, 24, 10), 2) == at(11, 24, 12)
    assert working_hours_after(at(11, 24, 16), 2) == at(11, 25, 10)
    assert working_hours_after(at(11, 27, 16, 30), 2) == at(11, 30, 10, 30), "over the weekend"
    assert working_hours_after(at(11, 28, 3), 1) == at(11, 30, 10)
    assert working_hours_after(at(3, 27, 16), 2) == at(3, 30, 10), "the clocks change on Sunday"
    assert working_hours_after(at(12, 24, 16, 30), 2) == at(12, 29, 10, 30), (
        "over Christmas, whose Saturday is made up for"
    )
    assert not is_working(at(12, 28, 12)) and not is_working(at(5, 4, 12)) and not is_working(at(4, 6, 12))
    assert is_working(at(11, 24, 9)) and not is_working(at(11, 24, 17)) and not is_working(at(11, 28, 12))
    assert blurred(at(11, 24, 10, 1)) == at(11, 24, 10, 30) and blurred(at(11, 24, 10)) == at(11, 24, 10)
