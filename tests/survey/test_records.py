"""Counts from records: what is refused, looked over before it is kept, released once by the gate, and what the scorecard says."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from analysis.rates import Events
from analysis.recorded import Recorded, release_rates
from analysis.results import Rate, Suppressed
from survey import jobs
from survey.clock import today
from survey.database import Database
from survey.models import Observation, Programme, RecordRelease
from survey.publishing import instrument_of
from survey.records.pasting import read_lines
from survey.records_kept import RecordsDamaged, countable, newest_release, opened
from survey.releases import store
from survey.releases.records import release_records
from survey.sealing import Keys
from tests.survey.released import Released

DAY = date(2026, 11, 1)
EARLIER, LATER = "2026-04-01, 2026-06-30", "2026-07-01, 2026-09-30"
LINES = "\n".join(
    (
        f"incidents, Park, {EARLIER}, 40, 1092, 12",
        f"incidents, Market, {EARLIER}, 20, 1092, 12",
        f"incidents, Park, {LATER}, 12, 1104, 12",
    )
)


def place(programme: int) -> str:
    return f"/staff/records/{programme}/"


@pytest.fixture
def programme(database: Database, keys: Keys) -> Released:
    return Released(database)


def client(staff: Any, programme: Released, role: str = "administrator") -> Any:
    return staff.client(role, organisation_id=programme.organisation_id)


def keep(staff: Any, programme: Released, lines: str = LINES) -> Any:
    return staff.post(client(staff, programme), place(programme.id), lines=lines, seen="yes")


def test_every_fault_of_every_line_is_told_and_nothing_is_kept() -> None:
    typed = "\n".join(
        (
            "incidents, =cmd(), 2026-04-01, 2026-06-30, 3, 90, 1",
            "incidents, Park, 2026-06-30, 2026-04-01, 3, 90, 1",
            "incidents, Park, 2026-10-01, 2026-12-31, 3, 90, 1",
            "incidents, Park, 2026-04-01, 2026-06-30, 3, 0, 1",
            "schools_reached, Area, 2026-04-01, 2026-06-30, 30, 0, 12",
            "hours_missing, Area, 2026-04-01, 2026-06-30, 30, 90, 12",
            "incidents, Park",
            "incidents, Park, 2026-04-01, 2026-06-30, ٣, 90, 1",
        )
    )
    assert not read_lines(typed, {}, (), DAY).counts
    faults = read_lines(typed, countable(), (), DAY).faults
    assert [fault.partition(":")[0] for fault in faults] == [f"Line {n}" for n in range(1, 9)]
    assert read_lines("incidents, Park, 2026-04-01, 2026-06-30, 3, 90, 1\n" * 2, countable(), (), DAY).faults


def test_a_share_or_events_of_one_child_cannot_be_told_apart() -> None:
    """No column can hold a child: seven columns, and an eighth is a fault."""
    assert read_lines(f"incidents, Park, {EARLIER}, 40, 1092, 12, child 7", countable(), (), DAY).faults


def test_few_events_or_few_people_are_hidden_and_none_like_few() -> None:
    def point(count: int, people: int, of_people: bool = True) -> object:
        found = release_rates([Recorded("p", Events(count, 9000, people))], 100, of_people)
        return found.points[0][1]

    assert all(isinstance(point(count, 100), Suppressed) for count in (0, 1, 9))
    assert isinstance(point(50, 9), Suppressed)
    assert point(50, 29).value is None  # type: ignore[attr-defined]
    shown = point(50, 31)
    assert isinstance(shown, Rate) and (shown.value, shown.base) == (16, 30)
    assert isinstance(point(50, 3, of_people=False), Rate)


def test_the_change_is_the_exact_interval_rounded_outward() -> None:
    """Rate ratio of 40 and 20 events in the same time: 0.28 to 0.87 by the exact conditional (binomial) limits."""
    two = [Recorded("a", Events(40, 1000, 60)), Recorded("b", Events(20, 1000, 60))]
    change = release_rates(two, 100, True).change
    assert change is not None and (change.position, change.low, change.high) == ("fell", -73, -12)
    hidden = [two[0], Recorded("b", Events(4, 1000, 60))]
    assert release_rates(hidden, 100, True).change is None


def test_limits_need_twelve_shown_periods() -> None:
    def drawn(*counts: int) -> Any:
        return release_rates([Recorded(str(n), Events(count, 2800, 60)) for n, count in enumerate(counts)], 100, True)

    assert drawn(*[20] * 7).drawn == "run" and drawn(*[20] * 7).centre is None
    assert drawn(*[20] * 11).lower is None
    whole = drawn(*([20, 22] * 6), 60)
    assert whole.upper is not None and whole.signals[-1] == "above"
    assert drawn(*[20] * 12, 3).lower is None


def test_lines_are_looked_over_before_they_are_kept(staff: Any, programme: Released, database: Database) -> None:
    browser = client(staff, programme)
    seen = staff.post(browser, place(programme.id), lines=LINES)
    assert seen.status_code == 200 and "Keep these lines" in seen.text
    with database.reading() as session:
        assert not list(session.scalars(select(Observation)))
    refused = staff.post(browser, place(programme.id), lines="x,y", seen="yes")
    assert refused.status_code == 422 and "x,y" in refused.text
    assert keep(staff, programme).status_code == 303
    assert keep(staff, programme).status_code == 422  # they stand already
    overlapping = LINES.splitlines()[0].replace("2026-04-01", "2026-05-01").replace("Park", "Mall")
    assert "overlaps" in keep(staff, programme, overlapping).text


def test_released_once_frozen_and_said_with_its_limits(
    staff: Any, programme: Released, database: Database, keys: Keys
) -> None:
    keep(staff, programme)
    browser = client(staff, programme)
    assert staff.post(browser, place(programme.id) + "release").status_code == 303
    jobs.work(database, keys, {"records": release_records}, once=True)
    page = client(staff, programme, "commissioner").get("/staff/scorecard/").text
    for words in (
        "Fewer than in the period before",
        "Not marked",
        "A rise can mean more is noticed and told",
        "fewer for every 100 before",
        "2 periods so far",
    ):
        assert words in page, words
    assert "Market" not in page and "1092" not in page
    file = client(staff, programme, "analyst").get("/staff/scorecard/scorecard.csv").text
    assert "incidents" in file and "Fewer than in the period before" in file
    late = f"incidents, Mall, {EARLIER}, 12, 91, 1"
    assert "takes no more" in keep(staff, programme, late).text
    with database.reading() as session:
        line = session.scalars(select(Observation)).first()
    assert line is not None
    assert staff.post(browser, place(programme.id) + "remove", line=line.id).status_code == 409
    assert staff.post(browser, place(programme.id) + "release").status_code == 409
    release_records(database, keys, {"programme": programme.id})  # a second run changes nothing
    with database.writing() as session:
        assert len(list(session.scalars(select(RecordRelease)))) == 1
        session.execute(update(RecordRelease).values(document="{}"))
    with database.reading() as session, pytest.raises(RecordsDamaged):
        opened(newest_release(session, programme.id, today() + timedelta(days=1)))  # type: ignore[arg-type]


def test_records_of_what_the_framework_no_longer_names_stop_nothing(
    staff: Any, programme: Released, database: Database, keys: Keys
) -> None:
    keep(staff, programme)
    with database.writing() as session:
        old = Observation(
            programme_id=programme.id,
            **{"indicator": "no_longer", "place": "Park", "first_day": date(2026, 4, 1), "last_day": date(2026, 6, 30)},
            **{"count": 40, "exposure": 1092, "people": 12},
        )
        session.add(old)
    release_records(database, keys, {"programme": programme.id})
    with database.writing() as session:
        release = newest_release(session, programme.id)
        assert release is not None and set(opened(release)) == {"incidents"}
        named = json.loads(release.document)
        release.document = json.dumps({**named, "no_longer": named["incidents"]})
        release.sha256 = hashlib.sha256(release.document.encode()).hexdigest()
    page = client(staff, programme, "commissioner").get("/staff/scorecard/")
    assert page.status_code == 200 and "Fewer than in the period before" in page.text
    assert client(staff, programme, "analyst").get("/staff/scorecard/scorecard.csv").status_code == 200
    assert client(staff, programme).get(place(programme.id)).status_code == 200


def test_outside_ones_grants_there_is_nothing(staff: Any, programme: Released, database: Database) -> None:
    stranger = staff.client("administrator", organisation_id=Released(database).organisation_id)
    assert stranger.get(place(programme.id)).status_code == 404
    for act in ("", "remove", "release"):
        assert staff.post(stranger, place(programme.id) + act, lines=LINES, line=1).status_code == 404
    assert client(staff, programme, "facilitator").get(place(programme.id)).status_code == 404


def test_changes_are_agreed_before_opening_and_fixed_then(staff: Any, database: Database, keys: Keys) -> None:
    tour = Released(database, status="draft")
    desk, here = client(staff, tour), f"/staff/programmes/{tour.id}/agreed"
    with database.reading() as session:
        waves = session.get_one(Programme, tour.id).waves
        items = instrument_of(waves[0].instrument_version).items
    asked = {one.measure.indicator for item in items for one in item.singly() if one.measure and one.measure.indicator}
    typed = dict.fromkeys(sorted(asked), "30")
    refused = staff.post(desk, here, **{**typed, "knows_signs": "0"}, agreed_with="", agreed_on="2026-01-02")
    assert refused.status_code == 422 and "Say who agreed" in refused.text
    assert staff.post(desk, here, **typed, agreed_with="The board", agreed_on="2999-01-02").status_code == 422
    assert staff.post(desk, here, **typed, agreed_with="The board", agreed_on="2026-01-02").status_code == 303
    with database.writing() as session:
        session.get_one(Programme, tour.id).status = "open"
    assert staff.post(desk, here, **typed, agreed_with="Others", agreed_on="2026-01-02").status_code == 409
    assert "The board" in desk.get(here).text
    for n in range(6):
        tour.school(40 + n)
    tour.release("interim")
    page = client(staff, tour, "commissioner").get("/staff/scorecard/").text
    assert "30 in every 100, agreed with The board on 2 January 2026" in page
    with database.reading() as session:
        snapshot = store.opened(session, store.releases_of(session, tour.id)[0]).snapshot
    assert snapshot.item("image_law").smallest == 30  # the sentence and the mark stand on what was agreed
