"""Who is promised, named and told, by days of the week, hours and bank holidays: nobody is who does not work then."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from survey import courier
from survey.clock import PLACE
from survey.config import Config
from survey.courier import Courier, choose_due
from survey.duty import Desk
from survey.models import Account, Duty, Message, ReaderKey, Remark, TalkSlip
from survey.remarks import Said, await_decision, desk_here, keep_words, seal_words
from survey.responses import Place, place_of
from survey.sealing import Keys
from survey.talks import NOTHING, await_help, keep_slip, names_of, seal_slip
from tests.conftest import settings
from tests.survey.conftest import Tour
from tests.survey.desk import OnDuty, put_on_duty, quick_locks, take_off

__all__ = ["quick_locks"]

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=PLACE)
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (MONDAY + timedelta(days=n) for n in range(1, 5))
NEXT_MONDAY = MONDAY + timedelta(days=7)
SINCE = MONDAY - timedelta(days=30)


class Staffed:
    """A school whose reader works on Monday and Tuesday, and whose deputy from Wednesday to Friday, from 9 to 16."""

    def __init__(self, tour: Tour, keys: Keys) -> None:
        tour.open("after")
        self.tour, self.keys, self.database = tour, keys, tour.database
        place = place_of(tour.database, tour.tickets["after"])
        assert place is not None
        self.place: Place = place
        self.reader, self.deputy = self.put("reader", weekdays="12"), self.put("deputy", weekdays="345")

    def put(self, task: str, *, inside: bool = False, **duty: object) -> OnDuty:
        """Put somebody on duty, outside the school or at it."""
        setting_id = self.tour.setting_id if inside else None
        where = {"setting_id": setting_id, "is_outside": not inside, "moment": WEDNESDAY}
        return put_on_duty(self.database, self.tour.programme_id, task, **where, **duty)

    def desk(self, moment: datetime) -> Desk:
        """The desk of a moment."""
        desk = desk_here(self.database, self.place, moment, arriving=True)
        assert desk is not None
        return desk

    def write(self, moment: datetime, chosen: str = "outside") -> bytes:
        """Somebody types something at a moment; the remark's id."""
        envelopes = seal_words(self.desk(moment), chosen, self.place, [Said("?", "words")])
        with self.database.reading() as session:
            before = set(session.scalars(select(Remark.id)))
        keep_words(self.database, self.keys, self.place, secrets.token_hex(16), chosen, envelopes, b"", moment)
        with self.database.reading() as session:
            (made,) = set(session.scalars(select(Remark.id))) - before
        return made

    def told(self, kind: str) -> list[int | str | None]:
        """Who is told something: accounts, or the role."""
        with self.database.reading() as session:
            found = session.scalars(select(Message).where(Message.kind == kind).order_by(Message.account_id))
            return [one.account_id or one.role for one in found]


@pytest.fixture
def config(tour: Tour, tmp_path: Path) -> Config:
    """Settings without a mail server."""
    return settings(tmp_path, str(tour.database.url))


@pytest.fixture
def staffed(tour: Tour, keys: Keys) -> Staffed:
    return Staffed(tour, keys)


def at(day: datetime, hour: int, minute: int = 0) -> datetime:
    return day.replace(hour=hour, minute=minute)


@pytest.mark.parametrize(
    ("moment", "reads_now", "who"),
    [
        (at(MONDAY, 10), True, "reader"),
        (at(THURSDAY, 14, 50), True, "deputy"),
        (at(THURSDAY, 8), False, "deputy"),
        (at(TUESDAY, 18), False, "deputy"),
        (at(FRIDAY, 18), False, "reader"),
    ],
)
def test_whoever_is_at_work_is_told_at_once(staffed: Staffed, moment: datetime, reads_now: bool, who: str) -> None:
    """Or whoever comes first, as the child was told. Nobody else: who does not work then cannot keep the promise."""
    staffed.put("lead", starts="07:00", ends="20:00", weekdays="1234567")
    assert staffed.desk(moment).is_read_now == reads_now
    staffed.write(moment)
    assert staffed.told("remark_waiting") == [{"reader": staffed.reader, "deputy": staffed.deputy}[who].account_id]


def test_a_reader_at_work_comes_before_a_deputy_at_work(staffed: Staffed) -> None:
    other = staffed.put("reader", weekdays="4", starts="12:00")
    staffed.write(at(THURSDAY, 13))
    assert staffed.told("remark_waiting") == [other.account_id]


def test_somebody_outside_the_school_is_told_beside_whoever_is_at_work_there(staffed: Staffed) -> None:
    school = staffed.put("reader", inside=True)
    staffed.write(at(THURSDAY, 13), "school")
    assert staffed.told("remark_waiting") == [staffed.deputy.account_id, school.account_id]


def test_nobody_is_told_on_a_bank_holiday_of_theirs(staffed: Staffed) -> None:
    """Words of Christmas Day; the Monday after is a bank holiday, on which of the two who work on Mondays one reads."""
    other = staffed.put("deputy", weekdays="1", on_bank_holidays=True)
    with staffed.database.writing() as session:
        here = datetime(2026, 12, 24, 9, tzinfo=PLACE)
        session.execute(update(ReaderKey).values(seen_at=here, proved_at=here))
    staffed.write(datetime(2026, 12, 25, 18, 0, tzinfo=PLACE))
    assert staffed.told("remark_waiting") == [other.account_id]


@pytest.mark.parametrize(
    ("lead", "moment", "called"),
    [
        ({"weekdays": "12"}, at(THURSDAY, 10), True),
        ({"weekdays": "4"}, at(THURSDAY, 10), False),
        ({"weekdays": "4"}, at(THURSDAY, 14, 50), True),
        ({"weekdays": "4", "ends": "18:00"}, at(THURSDAY, 14, 50), False),
    ],
    ids=["other days", "at work", "gone home by then", "there until six"],
)
def test_a_lead_who_does_not_work_when_it_falls_due_is_not_counted(
    staffed: Staffed, lead: dict[str, str], moment: datetime, called: bool
) -> None:
    """They are told all the same, and the administrators as well."""
    who = staffed.put("lead", **lead)
    staffed.write(moment)
    assert staffed.told("remark_overdue") == [staffed.deputy.account_id, who.account_id]
    assert staffed.told("remark_without_lead") == (["administrator"] if called else [])


@pytest.mark.parametrize(
    ("moment", "offered"),
    [
        (at(TUESDAY, 10), True),
        (at(TUESDAY, 12), False),
        (at(THURSDAY, 10), False),
        (at(MONDAY, 18), True),
        (at(TUESDAY, 18), False),
        (at(FRIDAY, 18), True),
    ],
)
def test_the_school_is_offered_and_named_only_while_somebody_works_there(
    staffed: Staffed, moment: datetime, offered: bool
) -> None:
    """Their hours are Monday and Tuesday until noon; in the evening it is the next time that counts, which the page names."""
    school = staffed.put("reader", inside=True, weekdays="12", ends="12:00")
    desk = staffed.desk(moment)
    assert desk.has_school == offered
    assert len(desk.of("school")) == 3, "a page that was left open still seals to them: they can open it when they come"
    works = staffed.reader if desk.next_at.isoweekday() < 3 else staffed.deputy
    with staffed.database.reading() as session:
        outside, inside = ([session.get_one(Account, one.account_id).name] for one in (works, school))
        assert names_of(session, desk) == (tuple(outside), tuple(inside) if offered else ())


LEAVINGS = ("away", "duty over", "account closed", "role ended")


def leave(staffed: Staffed, who: OnDuty, how: str) -> None:
    """Somebody is not there on the next Monday, as is known only that morning."""
    if how == "away":
        with staffed.database.writing() as session:
            session.get_one(Duty, who.duty_id).away = [NEXT_MONDAY.date().isoformat()]
    else:
        take_off(staffed.database, who, how, at(NEXT_MONDAY, 8, 30))


@pytest.mark.parametrize("how", LEAVINGS)
def test_who_left_over_the_weekend_is_not_told_and_who_came_is(staffed: Staffed, how: str) -> None:
    """Words of Friday, 16:30, fall due on Monday at 10:30; at 8:30 the only lead is not there any more."""
    lead, due = staffed.put("lead"), at(NEXT_MONDAY, 10, 30)
    staffed.put("deputy")
    staffed.write(at(FRIDAY, 16, 30))
    assert lead.account_id in staffed.told("remark_overdue") and staffed.told("remark_without_lead") == []
    leave(staffed, lead, how)
    choose_due(staffed.database, SINCE, due - timedelta(minutes=1))
    assert lead.account_id in staffed.told("remark_overdue"), "not before it falls due"
    for _ in range(2):
        choose_due(staffed.database, SINCE, due)
        assert lead.account_id not in staffed.told("remark_overdue")
        assert staffed.told("remark_without_lead") == ["administrator"]
    new = staffed.put("lead")
    for _ in range(2):
        choose_due(staffed.database, SINCE, due)
        assert staffed.told("remark_overdue").count(new.account_id) == 1
        assert staffed.told("remark_without_lead") == []


def test_what_has_gone_is_not_sent_again(staffed: Staffed) -> None:
    """A round that ended half-way: the rest is chosen again, and nobody who has a letter gets a second one."""
    lead, due = staffed.put("lead"), at(NEXT_MONDAY, 10, 30)
    staffed.write(at(FRIDAY, 16, 30))
    with staffed.database.writing() as session:
        gone = update(Message).where(Message.kind == "remark_overdue", Message.account_id == lead.account_id)
        session.execute(gone.values(sent_at=due))
    choose_due(staffed.database, SINCE, due)
    assert staffed.told("remark_overdue") == [staffed.deputy.account_id, lead.account_id]


@pytest.mark.parametrize("what", ["remark_undecided", "talk_overdue", "talk_not_seen_to"])
def test_whatever_waits_goes_to_those_who_are_there_when_it_falls_due(staffed: Staffed, what: str) -> None:
    lead, moment = staffed.put("lead"), at(FRIDAY, 16, 30)
    if what == "remark_undecided":
        made = staffed.write(moment)
    else:
        envelopes = seal_slip(staffed.database, staffed.place, staffed.desk(moment), NOTHING, "outside")
        keep_slip(staffed.database, staffed.keys, staffed.place, "slip", envelopes, b"", moment)
    with staffed.database.writing() as session:
        if what == "remark_undecided":
            remark = session.get_one(Remark, made)
            remark.state, remark.opened_by, remark.due_at = "opened", staffed.reader.account_id, None
            await_decision(session, remark, moment)
        elif what == "talk_not_seen_to":
            slip = session.scalars(select(TalkSlip)).one()
            slip.state, slip.opened_by = "opened", staffed.reader.account_id
            await_help(session, slip, moment)
    leave(staffed, lead, "account closed")
    new = staffed.put("lead")
    choose_due(staffed.database, SINCE, at(NEXT_MONDAY, 10, 30))
    assert lead.account_id not in staffed.told(what) and new.account_id in staffed.told(what)
    assert (staffed.reader.account_id in staffed.told(what)) == (what != "talk_overdue"), "whoever opened it is told"


def test_the_courier_chooses_again_before_it_goes(
    staffed: Staffed, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = staffed.put("lead")
    staffed.write(at(FRIDAY, 16, 30))
    leave(staffed, lead, "account closed")
    monkeypatch.setattr(courier, "now", lambda: at(NEXT_MONDAY, 10, 30))
    Courier(staffed.database, config).go_once()
    assert lead.account_id not in staffed.told("remark_overdue")


def test_a_fault_in_choosing_keeps_no_letter_back(
    staffed: Staffed, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    went: list[object] = []

    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(courier, "choose_due", broken)
    monkeypatch.setattr(courier, "deliver", lambda *args: went.append(args))
    Courier(staffed.database, config).go_once()
    assert len(went) == 1
