"""What staff could learn of one pupil by choosing what is released after what: each of these was possible once."""

from __future__ import annotations

import random
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from survey.clock import now, today
from survey.database import Database
from survey.models import Entry, Opening, Response, Sitting
from survey.releases.ledger import ReleaseRefused, write_ledger
from survey.releases.making import Draft, school_page
from survey.releases.order import shuffle
from survey.releases.store import keep
from survey.sealing import Keys
from survey.sittings.acts import OutOfOrder, perform
from survey.sittings.stages import Act
from tests.survey.released import Released

NEXT = today() + timedelta(days=30)


def page(tour: Released, sitting_id: int) -> Draft:
    """Make and keep the page of a sitting's school."""
    with tour.database.reading() as session:
        draft = school_page(session, session.get_one(Sitting, sitting_id))
    with tour.database.writing() as session:
        keep(session, tour.id, draft, write_ledger(draft.groups), {}, today())
    return draft


def refused_page(tour: Released, sitting_id: int) -> str:
    with pytest.raises(ReleaseRefused) as refusal:
        page(tour, sitting_id)
    return refusal.value.reason


def ask_after(tour: Released, sitting_id: int, answers: int) -> None:
    """Open the after questions of a sitting for so few, and close them."""
    with tour.database.writing() as session:
        entry = session.query(Entry).filter(Entry.sitting_id == sitting_id).one()
        session.add(
            Opening(
                entry_id=entry.id, programme_id=tour.id, mode="private", wave="after",
                instrument_version_id=tour.version_id, opened_at=now(), closed_at=now(),
            )
        )  # fmt: skip
    if answers:
        tour.add(sitting_id, "after", answers)


def test_a_page_does_not_grow_by_one_answer_in_a_wave(database: Database) -> None:
    tour = Released(database)
    first = tour.school(30)
    page(tour, first)
    second = tour.school(40, setting_id=tour.setting_of(first), waves=("before",))
    ask_after(tour, second, 1)
    assert refused_page(tour, second) == "few_people"


def test_a_page_shows_no_pairs_when_one_pair_was_added(database: Database) -> None:
    tour = Released(database)
    first = tour.school(40)
    assert any(item.row.moves is not None for item in page(tour, first).snapshot.items)
    second = tour.school(40, setting_id=tour.setting_of(first), paired=1)
    assert all(item.row.moves is None for item in page(tour, second).snapshot.items)


def test_a_release_does_not_grow_by_one_answer_in_a_wave(database: Database) -> None:
    tour = Released(database)
    for _ in range(3):
        tour.school(40)
    tour.release()
    for number in range(3):
        ask_after(tour, tour.school(40, waves=("before",)), 1 if number == 0 else 0)
    with pytest.raises(ReleaseRefused):
        tour.draft(day=NEXT)


def test_the_total_less_the_pages_is_nobody_or_ten(database: Database) -> None:
    tour = Released(database)
    schools = [tour.school(40) for _ in range(5)]
    for sitting in schools:
        page(tour, sitting)
    tour.school(1, setting_id=tour.setting_of(schools[0]), present=10)
    people = tour.draft().groups["everybody"].people
    assert str(tour.setting_of(schools[0])) not in people
    assert len(people) == 4


def test_what_a_release_adds_less_the_pages_is_nobody_or_ten(database: Database) -> None:
    tour = Released(database)
    for _ in range(4):
        tour.school(40)
    tour.release()
    for _ in range(3):
        page(tour, tour.school(40))
    alone = tour.school(1)
    assert str(tour.setting_of(alone)) not in tour.draft(day=NEXT).groups["everybody"].people


def test_a_page_waits_until_every_session_of_the_school_is_closed(database: Database) -> None:
    tour = Released(database)
    first = tour.school(40)
    setting = tour.setting_of(first)
    page(tour, first)
    tour.school(0, setting_id=setting, present=1, closed=False)
    third = tour.school(70, setting_id=setting, held_on=today() + timedelta(days=3))
    assert refused_page(tour, third) == "still_running"


def test_a_sitting_that_entered_a_release_is_frozen(database: Database, keys: Keys) -> None:
    tour = Released(database)
    schools = [tour.school(40) for _ in range(3)]
    half = tour.school(12, setting_id=tour.setting_of(schools[0]), waves=("before",))
    tour.release()
    with database.writing() as session, pytest.raises(OutOfOrder):
        sitting = session.get_one(Sitting, half)
        sitting.play_started_at = now()
        session.flush()
        perform(session, keys, None, sitting, Act.OPEN_AFTER)


def test_three_settings_are_not_a_class_and_two_pupils(database: Database) -> None:
    tour = Released(database)
    for pupils in (40, 1, 1):
        tour.school(pupils)
    with pytest.raises(ReleaseRefused):
        tour.draft()


def test_a_handful_typed_as_ten_is_a_handful(database: Database) -> None:
    tour = Released(database)
    for _ in range(3):
        tour.school(20)
    few = tour.school(3, present=12)
    tour.school(30, setting_id=tour.setting_of(few), closed=False)
    assert tour.draft().snapshot.response.schools == 3  # it waits for its neighbour


def test_rows_of_a_handful_typed_as_ten_lose_their_day(database: Database, keys: Keys) -> None:
    tour = Released(database)
    few = tour.school(3, present=12)
    home = tour.school(30, setting_id=tour.setting_of(few))
    with database.reading() as session:
        there, here = tour.opening(session, home, "after"), tour.opening(session, few, "after")
    shuffle(database, keys, {"opening": here})
    with database.reading() as session:
        assert set(session.scalars(select(Response.opening_id).where(Response.wave == "after"))) == {there}


def test_where_one_person_is_asked_at_a_time_rows_gather_and_count_as_before(database: Database, keys: Keys) -> None:
    """Ten sittings of one at each of three services, and one more that is still open: nobody waits for it, and no day is
    left to anybody but the first."""
    tour, firsts = Released(database), []
    for _ in range(3):
        day = today() - timedelta(days=40)
        firsts.append(tour.school(1, held_on=day))
        for n in (9, 2, 30, 3, 31, 4, 5, 38, 39):  # far apart, so that pairs of neighbours are not enough
            last = tour.school(1, setting_id=tour.setting_of(firsts[-1]), held_on=day + timedelta(days=n))
    still_open = tour.school(1, setting_id=tour.setting_of(last), held_on=day + timedelta(days=37), closed=False)
    before = tour.draft()
    for wave in ("before", "after"):
        with database.reading() as session:
            closed = session.scalars(
                select(Opening.id).where(Opening.closed_at.is_not(None), Opening.wave == wave)
            ).all()
            ours = {tour.opening(session, sitting, wave) for sitting in (*firsts, still_open)}
        for opening in closed:
            shuffle(database, keys, {"opening": opening})
        with database.reading() as session:
            assert set(session.scalars(select(Response.opening_id).where(Response.wave == wave))) == ours
    after = tour.draft()
    assert (after.snapshot, after.groups, after.sittings) == (before.snapshot, before.groups, before.sittings)
    assert len(after.sittings) == 30 and still_open not in after.sittings
    tour.release()
    with database.reading() as session:
        late = tour.opening(session, still_open, "after")
    with database.writing() as session:
        session.get_one(Opening, late).closed_at = now()
    shuffle(database, keys, {"opening": late})  # what was released is frozen: nothing joins it any more
    with database.reading() as session:
        assert session.scalar(select(func.count()).where(Response.opening_id == late)) == 1


def test_a_page_is_refused_while_there_are_more_answers_than_pupils(database: Database) -> None:
    tour = Released(database)
    assert refused_page(tour, tour.school(37, present=30)) == "too_many"
    page(tour, tour.school(36, present=30))


def test_the_order_is_gone_from_the_files_too(database: Database, keys: Keys) -> None:
    tour = Released(database)
    sitting = tour.school(40)
    with database.reading() as session:
        opening = tour.opening(session, sitting, "before")
        old = set(session.scalars(select(Response.id).where(Response.opening_id == opening)))
    shuffle(database, keys, {"opening": opening})
    if database.is_sqlite:
        path = Path(str(database.url.database))
        stored = b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))
        assert not any(key in stored for key in old)


def test_an_answer_that_arrives_while_rows_are_written_anew_is_not_lost(
    database: Database, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL a row may be committed between reading and deleting; on SQLite its writer waits for its turn."""
    tour = Released(database)
    sitting = tour.school(40)
    with database.reading() as session:
        opening = tour.opening(session, sitting, "before")
    senders: list[threading.Thread] = []

    class Chance(random.SystemRandom):
        def shuffle(self, rows: object) -> None:
            sender = threading.Thread(target=tour.add, args=(sitting, "before", 1), kwargs={"is_late": True})
            sender.start()
            sender.join(1)
            senders.append(sender)

    monkeypatch.setattr("survey.releases.order.secrets.SystemRandom", Chance)
    shuffle(database, keys, {"opening": opening})
    for sender in senders:
        sender.join()
    with database.reading() as session:
        kept = session.scalar(select(func.count()).select_from(Response).where(Response.opening_id == opening))
    assert senders and kept == 41


def test_pairs_that_a_page_left_out_do_not_count_as_told(database: Database) -> None:
    """40 pairs, then 41 that are not shown, then 41 again: the third page, less the first, is one pair."""
    tour = Released(database)
    first = tour.school(40)
    setting = tour.setting_of(first)
    page(tour, first)
    page(tour, tour.school(40, setting_id=setting, paired=1))
    third = page(tour, tour.school(40, setting_id=setting, paired=0))
    assert all(item.row.moves is None for item in third.snapshot.items)


def test_what_two_releases_add_is_paired_whole_or_leaves_ten(database: Database) -> None:
    """The second release adds 120 pupils of whom three could not be paired, the first left twelve: 15 less 12 is three."""
    tour = Released(database)
    for _ in range(3):
        tour.school(40, paired=36)
    assert any(item.row.moves is not None for item in tour.draft().snapshot.items)
    tour.release()
    for _ in range(3):
        tour.school(40, paired=39)
    assert all(item.row.moves is None for item in tour.draft(day=NEXT).snapshot.items)


def test_a_total_less_the_pages_is_paired_whole_or_leaves_ten(database: Database) -> None:
    tour = Released(database)
    for _ in range(3):
        page(tour, tour.school(40, paired=30))
    tour.school(40, paired=38)
    assert all(item.row.moves is None for item in tour.draft().snapshot.items)


def test_a_session_with_more_answers_than_pupils_stays_out_of_releases_until_it_is_put_right(
    database: Database,
) -> None:
    """Thirty made-up answers around those of three would let whoever sent them read the three."""
    tour = Released(database)
    for _ in range(3):
        tour.school(40)
    full = tour.school(33, present=20)
    draft = tour.draft()
    assert full not in draft.sittings and len(draft.sittings) == 3
    assert draft.snapshot.warnings == ("too_many_answers",)
    with database.writing() as session:
        session.get_one(Sitting, full).present = 33
    draft = tour.draft()
    assert full in draft.sittings and draft.snapshot.warnings == ()
