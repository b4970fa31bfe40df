"""Releases: what may enter, what may be said after what, and that the same sittings give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from analysis.results import Change, Moves, Share, Suppressed
from questionnaires.files import load_library
from questionnaires.instrument import DONT_KNOW, Instrument, Measure
from survey.chores import WORK, begin
from survey.clock import today
from survey.database import Database
from survey.models import AuditEntry, Chart, Job, Programme, Release, ReleasedSitting
from survey.releases import store
from survey.releases.drawing import draw
from survey.releases.ledger import ReleaseRefused
from survey.releases.snapshot import UnknownFormat, fingerprint, read, write
from survey.releases.work import make_release
from survey.sealing import Keys
from tests.survey.released import Released, usual


def refused(tour: Released, kind: str = "interim", **more: Any) -> str:
    """Why the next release is refused."""
    with pytest.raises(ReleaseRefused) as caught:
        tour.draft(kind, **more)
    return caught.value.reason


def test_shares_change_and_moves_are_those_of_the_answers(database: Database) -> None:
    tour = Released(database)
    for _ in range(4):
        tour.school(40)
    snapshot = tour.draft().snapshot
    row = snapshot.item("know_who").row
    assert isinstance(row.before, Share) and isinstance(row.after, Share) and isinstance(row.change, Change)
    assert (row.before.percent, row.after.percent, row.change.points, row.before.base) == (50, 75, 25, 160)
    assert isinstance(row.moves, Moves) and (row.moves.up, row.moves.same, row.moves.down) == (25, 75, 0)
    assert snapshot.response.schools == 4
    counts = {key: snapshot.response.count(key) for key, _ in snapshot.response.counts}
    assert counts["on_roll"] == 4 * 52 // 5 * 5 + 5 and counts["saw_it"] == counts["paired"] == 160
    assert (counts["before"], counts["after"]) == (160, 160)


def test_not_knowing_is_not_yet_for_knowledge_and_apart_for_intentions(database: Database) -> None:
    tour = Released(database)
    for _ in range(4):
        tour.school(40)
    snapshot = tour.draft().snapshot
    knowledge, intention = snapshot.item("sign_hide"), snapshot.item("would_talk")
    assert isinstance(knowledge.row.before, Share) and isinstance(intention.row.before, Share)
    assert (knowledge.row.before.percent, knowledge.row.before.base) == (50, 160)  # the others said "I don't know"
    assert (intention.row.before.percent, intention.row.before.base) == (
        33,
        95,
    )  # neither "already" nor unsure: 32 of 96
    assert isinstance(intention.dont_know_before, Share) and intention.dont_know_before.percent == 25  # 32 of 128
    assert knowledge.dont_know_before is None and intention.leaves_out


def test_blank_and_rather_not_leave_the_base(database: Database) -> None:
    tour = Released(database)

    def some_silent(wave: str, pupil: int) -> dict[str, Any]:
        answers = dict(usual(wave, pupil))
        if pupil % 4 == 0:
            del answers["know_who"]
        return answers | ({"know_who": "rather_not"} if pupil % 8 == 0 else {})

    for _ in range(4):
        tour.school(40, answers=some_silent)
    row = tour.draft().snapshot.item("know_who").row
    assert isinstance(row.before, Share) and row.before.base == 120
    assert row.before.percent == 33  # pupils 1 of 1, 2, 3 knew


def test_two_settings_release_nothing_before_the_closing_and_one_table_then(database: Database) -> None:
    tour = Released(database)
    tour.school(60)
    tour.school(60)
    assert refused(tour) == "few_schools"
    assert refused(tour, "final") == "not_closed"
    tour.close()
    change = tour.draft("final").snapshot.item("know_who").row.change
    assert isinstance(change, Change) and change.low is None and "two_or_three_schools" in change.notes


def test_a_release_adds_three_settings_and_thirty_people_or_nothing(database: Database) -> None:
    tour = Released(database)
    for _ in range(3):
        tour.school(20)
    tour.release(day=today() - timedelta(days=90))
    assert refused(tour) == "few_schools"  # nothing new
    tour.school(200)
    tour.school(200)
    assert refused(tour) == "few_schools"
    tour.school(20)
    later = tour.release(day=today() - timedelta(days=50))
    assert later.number == 2
    for _ in range(3):
        tour.school(9)
    assert refused(tour) == "few_schools"
    for _ in range(3):
        tour.school(10)
    assert tour.draft().snapshot.response.schools == 12  # three schools that count, and three with a handful


def test_releases_are_monthly_at_most_and_final_once(database: Database) -> None:
    tour = Released(database)
    for _ in range(3):
        tour.school(20)
    tour.release(day=today() - timedelta(days=27))
    for _ in range(3):
        tour.school(20)
    assert refused(tour) == "too_soon"
    assert tour.draft(day=today() + timedelta(days=1)).kind == "interim"
    tour.close()
    assert refused(tour) == "closed"
    tour.release("final")
    assert refused(tour, "final") == "already_final"


def test_the_difference_of_two_releases_is_a_group_that_could_be_published(database: Database) -> None:
    tour = Released(database)
    for _ in range(3):
        tour.school(20)
    first = tour.release(day=today() - timedelta(days=60))
    for _ in range(3):
        tour.school(15)
    second = tour.release()
    with database.reading() as session:
        old, new = (json.loads(session.get_one(Release, one.id).ledger)["everybody"] for one in (first, second))
        entered = session.execute(
            select(ReleasedSitting.release_id, func.count()).group_by(ReleasedSitting.release_id)
        ).all()
    assert dict(map(tuple, entered)) == {first.id: 3, second.id: 3}
    added = {setting: n for setting, n in new.items() if n != old.get(setting)}
    assert len(added) >= 3 and sum(added.values()) >= 30 and not set(added) & set(old)


def test_only_whole_closed_settings_enter(database: Database) -> None:
    tour = Released(database)
    for _ in range(3):
        tour.school(20)
    tour.school(30, closed=False)
    tour.school(30, waves=("before",))
    assert tour.draft().snapshot.response.schools == 3
    tour.close()
    assert tour.draft("final").snapshot.response.schools == 4  # what is closed counts now; what never closed does not


def test_a_small_sitting_and_its_neighbour_wait_for_each_other(database: Database) -> None:
    tour = Released(database)
    for _ in range(3):
        tour.school(20)
    small = tour.school(6)
    tour.school(30, setting_id=tour.setting_of(small), closed=False)
    assert tour.draft().snapshot.response.schools == 3


def test_late_answers_enter_the_final_release_only_and_only_ten_together(database: Database) -> None:
    tour = Released(database)
    sittings = [tour.school(20, present=30) for _ in range(3)]
    tour.add(sittings[0], "after", 9, is_late=True)
    assert tour.draft().snapshot.response.count("after") == 60
    tour.close()
    assert tour.draft("final").snapshot.response.count("after") == 60  # nine late ones: left out
    tour.add(sittings[1], "after", 1, is_late=True)
    assert tour.draft("final").snapshot.response.count("after") == 70


def test_second_cards_are_counted_and_stay_unpaired(database: Database) -> None:
    tour = Released(database)
    sittings = [tour.school(20, present=30) for _ in range(3)]
    tour.add(sittings[0], "after", 10, is_second=True)
    response = tour.draft().snapshot.response
    assert (response.count("after"), response.count("paired")) == (70, 60)


def test_pairs_are_hidden_where_one_to_nine_are_left_over(database: Database) -> None:
    tour = Released(database)
    for _ in range(3):
        tour.school(20, paired=18)  # six unpaired
    snapshot = tour.draft().snapshot
    assert isinstance(snapshot.item("know_who").row.moves, Suppressed)
    assert "paired" not in dict(snapshot.response.counts)


def test_breakdowns_are_made_at_the_closing_only(database: Database) -> None:
    tour = Released(database, breakdowns=("year_group",))

    def shy(wave: str, pupil: int) -> dict[str, Any]:
        return dict(usual(wave, pupil)) | ({"year_group": "rather_not"} if pupil % 5 == 0 else {})

    for _ in range(4):
        tour.school(60, answers=shy)
    assert tour.draft().snapshot.item("know_who").row.breakdowns == () and not tour.draft().snapshot.about
    tour.close()
    snapshot = tour.draft("final").snapshot
    (breakdown,) = snapshot.item("know_who").row.breakdowns
    assert [name for name, _ in breakdown.groups] == ["year_7", "year_8", "year_9"]
    assert snapshot.groups_hidden  # the groups with nobody in them count as too small, and are not named
    assert "year_11" not in {name for name, _ in breakdown.groups}


def test_a_release_made_twice_is_the_same_bytes(database: Database) -> None:
    tour = Released(database, breakdowns=("year_group",))
    for _ in range(5):
        tour.school(30)
    tour.close()
    first, second = tour.draft("final").snapshot, tour.draft("final").snapshot
    assert write(first) == write(second)
    assert draw(first) == draw(second)
    assert read(write(first)[0]) == first


def test_a_snapshot_of_a_newer_format_is_refused() -> None:
    with pytest.raises(UnknownFormat):
        read('{"format": 999}')


def numbers(value: Any, name: str = "") -> Iterator[tuple[str, float]]:
    """Every number of a snapshot with the name it stands under."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from numbers(one, key)
    elif isinstance(value, list):
        for one in value:
            yield from numbers(one, name)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield name, value


def test_the_snapshot_holds_no_raw_count(database: Database) -> None:
    tour = Released(database, breakdowns=("year_group",))
    for pupils in (37, 41, 53, 38):  # 169 people; 84 or so agree
        tour.school(pupils)
    tour.close()
    found = list(numbers(json.loads(write(tour.draft("final").snapshot)[0])))
    counts = [value for name, value in found if name in ("base", "base_before", "base_after", "count")]
    assert counts and all(value % 5 == 0 for value in counts)
    assert all(isinstance(value, int) for _, value in found)  # whole percentages, whole points
    others = {value for name, value in found if name not in ("base", "base_before", "base_after", "count")}
    assert max(others) <= 100  # nothing else is a number of people
    assert 169 not in {value for _, value in found}
    sabotaged = [*counts, 169]
    assert not all(value % 5 == 0 for value in sabotaged)


def of_their_own() -> Instrument:
    """A questionnaire whose questions feed no indicator, as one that an organisation wrote itself."""
    instrument = load_library("staying_safe")
    pages = tuple(
        replace(page, items=tuple(replace(one, measure=_for_nothing(one.measure)) for one in page.items))
        for page in instrument.pages
    )
    return replace(instrument, key="of_our_own", pages=pages)


def _for_nothing(measure: Measure | None) -> Measure | None:
    return replace(measure, indicator=None) if measure is not None else None


@pytest.mark.parametrize("made", [None, of_their_own()], ids=["library", "own"])
def test_a_warning_when_the_law_rises_and_help_falls(database: Database, made: Instrument | None) -> None:
    def harmful(wave: str, pupil: int) -> dict[str, Any]:
        after = wave == "after"
        return dict(usual(wave, pupil)) | {
            "image_law": "always" if pupil % 10 < (8 if after else 3) else "never",
            "image_help": "can" if pupil % 10 < (3 if after else 7) else "cannot",
        }

    def noisy(wave: str, pupil: int) -> dict[str, Any]:
        return harmful(wave, pupil + 3)

    tour = Released(database, instrument=made)
    for n in range(6):
        tour.school(40 + n, answers=harmful if n % 2 else noisy)
    assert tour.draft().snapshot.warnings == ("law_rose_help_fell",)
    harmless = Released(database, instrument=made)
    for n in range(6):
        harmless.school(40 + n)
    assert harmless.draft().snapshot.warnings == ()


def test_the_worker_makes_release_charts_and_audit_and_notes_a_refusal(database: Database, keys: Keys) -> None:
    tour = Released(database)
    for _ in range(4):
        tour.school(40)
    payload = {"programme": tour.id, "kind": "interim"}
    WORK["release"](database, keys, payload)
    WORK["release"](database, keys, payload)  # the same job once more: refused, and no failure
    with database.reading() as session:
        (release,) = session.scalars(select(Release)).all()
        assert (release.number, release.kind) == (1, "interim")
        assert store.opened(session, release).snapshot.name == "A play"
        assert session.scalar(select(func.count()).select_from(Chart)) >= 10
        svg = store.chart(session, release.id, "know_who.share", "en")
        assert svg is not None and b"<title" in svg and b"knew who they could tell" in svg
        acts = list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.n)))
    assert acts == ["release.made", "release.refused"]


def test_a_changed_snapshot_is_not_shown(database: Database) -> None:
    tour = Released(database)
    for _ in range(3):
        tour.school(20)
    release = tour.release()
    release.snapshot = release.snapshot.replace('"percent":75', '"percent":95')
    with database.reading() as session, pytest.raises(store.ReleaseDamaged):
        store.opened(session, release)


def test_a_release_made_before_all_answers_were_told_still_opens(database: Database) -> None:
    tour = Released(database)
    for _ in range(3):
        tour.school(20)
    release = tour.release()
    data = json.loads(release.snapshot)
    for item in data["items"]:
        del item["options"], item["row"]["answers_before"], item["row"]["answers_after"]
    release.snapshot = json.dumps(data)
    release.sha256 = fingerprint(release.snapshot)
    with database.reading() as session:
        item = store.opened(session, release).snapshot.item("know_who")
    assert item.options == {} and item.row.answers_after is None


def test_declared_dates_ask_for_a_release_once(database: Database, keys: Keys) -> None:
    tour = Released(database)
    with database.writing() as session:
        days = [today() - timedelta(days=40), today() - timedelta(days=2), today() + timedelta(days=30)]
        session.get_one(Programme, tour.id).release_dates = [day.isoformat() for day in days]
    begin(database)
    begin(database)
    for _ in range(2):
        WORK["declared_dates"](database, keys, {})
    with database.reading() as session:
        jobs = session.scalars(select(Job)).all()
    asked = [job.payload for job in jobs if job.kind == "release"]
    assert asked == [{"programme": tour.id, "kind": "interim", "date": days[1].isoformat()}]
    assert sum(job.kind == "declared_dates" for job in jobs) == 1


def test_don_t_know_is_never_the_agreed_answer(database: Database) -> None:
    tour = Released(database)
    for _ in range(4):
        tour.school(40, answers=lambda wave, pupil: {"sign_hide": DONT_KNOW})
    row = tour.draft().snapshot.item("sign_hide").row
    assert isinstance(row.before, Share) and (row.before.percent, row.before.base) == (0, 160)


def test_make_release_refuses_in_words(database: Database, keys: Keys) -> None:
    tour = Released(database)
    with pytest.raises(ReleaseRefused, match="No closed sitting"):
        make_release(database, keys, tour.id, "interim")
