"""The split design: chance draws which classes answer before and which after, and nobody can choose."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from analysis.results import Change, Suppressed
from survey.clock import today
from survey.database import Database
from survey.grounds import design_sentence, how_we_know
from survey.models import AuditEntry, Participation, Programme, Setting, Sitting
from survey.openings import add_entry
from survey.releases.ledger import ReleaseRefused
from survey.releases.snapshot import read, write
from survey.sealing import Keys
from survey.sittings.acts import OutOfOrder, current_stage, draw_wave, perform
from survey.sittings.stages import Act, Stage
from tests.survey.released import Released, usual


@pytest.fixture
def tour(database: Database) -> Released:
    made = Released(database)
    with database.writing() as session:
        session.get_one(Programme, made.id).design = "split"
    return made


def sitting_of(tour: Released, only_wave: str, setting_id: int | None = None) -> int:
    """A class that chance drew for one wave, with nothing asked yet."""
    sitting_id = tour.school(20, setting_id=setting_id, waves=())
    with tour.database.writing() as session:
        session.get_one(Sitting, sitting_id).only_wave = only_wave
        session.get_one(Programme, tour.id).pairing_key = None
    return sitting_id


def answered(
    tour: Released, only_wave: str, pupils: int = 40, setting_id: int | None = None, closed: bool = True
) -> int:
    """A class that answered the wave drawn for it."""
    waves = (only_wave,)
    answers = lambda wave, pupil: usual(wave, pupil + 7 * tour.count)  # noqa: E731
    sitting_id = tour.school(pupils, setting_id=setting_id, waves=waves, answers=answers, closed=closed, paired=0)
    with tour.database.writing() as session:
        session.get_one(Sitting, sitting_id).only_wave = only_wave
    return sitting_id


def do(tour: Released, keys: Keys, sitting_id: int, act: Act) -> Stage:
    with tour.database.writing() as session:
        perform(session, keys, None, session.get_one(Sitting, sitting_id), act)
    with tour.database.reading() as session:
        return current_stage(session, session.get_one(Sitting, sitting_id))


def test_chance_draws_and_a_school_is_balanced(database: Database, tour: Released) -> None:
    firsts = []
    for _ in range(40):
        setting_id = tour.setting_of(tour.school(20, waves=()))
        drawn: list[str | None] = []
        for _ in range(4):
            with database.writing() as session:
                programme = session.get_one(Programme, tour.id)
                wave = draw_wave(session, programme, setting_id)
                drawn.append(wave)
                sitting = Sitting(
                    programme_id=tour.id, setting_id=setting_id, mode="private", held_on=today(),
                    year_groups="Year 8", present=20, only_wave=wave,
                )  # fmt: skip
                session.add(sitting)
                session.flush()
                add_entry(session, sitting)
        assert Counter(drawn) == {"before": 2, "after": 2}
        assert drawn[0] != drawn[1]
        firsts.append(drawn[0])
    assert 5 <= firsts.count("before") <= 35, "a fair coin lands outside once in a million"


def test_other_designs_draw_nothing(database: Database) -> None:
    made = Released(database)
    with database.reading() as session:
        assert draw_wave(session, session.get_one(Programme, made.id), 1) is None


def test_a_class_drawn_to_answer_before_is_never_asked_after(tour: Released, keys: Keys) -> None:
    here = sitting_of(tour, "before")
    with pytest.raises(OutOfOrder):
        do(tour, keys, here, Act.OPEN_AFTER)
    assert do(tour, keys, here, Act.OPEN_BEFORE) is Stage.BEFORE_OPEN
    with pytest.raises(OutOfOrder):
        do(tour, keys, here, Act.OPEN_AFTER)
    assert do(tour, keys, here, Act.CLOSE_BEFORE) is Stage.BEFORE_CLOSED
    assert do(tour, keys, here, Act.START_PLAY) is Stage.FINISHED
    for act in Act:
        with pytest.raises(OutOfOrder):
            do(tour, keys, here, act)


def test_a_class_drawn_to_answer_after_is_never_asked_before(tour: Released, keys: Keys) -> None:
    here = sitting_of(tour, "after")
    for act in (Act.OPEN_BEFORE, Act.START_PLAY, Act.CLOSE_BEFORE):
        with pytest.raises(OutOfOrder):
            do(tour, keys, here, act)
    assert do(tour, keys, here, Act.OPEN_AFTER) is Stage.AFTER_OPEN
    assert do(tour, keys, here, Act.CLOSE_AFTER) is Stage.FINISHED


def test_a_class_whose_play_began_unasked_is_over(tour: Released, keys: Keys) -> None:
    assert do(tour, keys, sitting_of(tour, "before"), Act.START_PLAY) is Stage.OVER


def test_the_difference_rests_on_classes_of_the_same_schools(tour: Released, app: Flask) -> None:
    for _ in range(6):
        first = answered(tour, "before")
        answered(tour, "after", setting_id=tour.setting_of(first))
    snapshot = tour.draft().snapshot
    change = snapshot.item("image_law").row.change
    assert isinstance(change, Change)
    assert change.points > 0
    assert (change.base_before, change.base_after) == (240, 240)
    assert all(item.row.moves is None or isinstance(item.row.moves, Suppressed) for item in snapshot.items)
    assert dict(snapshot.response.counts).keys() >= {"before", "after"}
    assert "paired" not in dict(snapshot.response.counts)
    assert snapshot.response.count("saw_it") == 480, "the classes that answered before saw it too"
    with app.test_request_context("/"):
        said = design_sentence(snapshot)
    assert "Chance drew which" in said
    assert "comparison group" not in said


def test_a_school_waits_until_both_of_its_sides_have_answered(tour: Released) -> None:
    for n in range(4):
        first = answered(tour, "before", closed=n > 0)
        answered(tour, "after", setting_id=tour.setting_of(first))
    assert dict(tour.draft().snapshot.response.counts)["before"].count == 120


def test_a_handful_on_one_side_is_not_published(tour: Released) -> None:
    """Each side of each release is a group of its own: one that grows by a handful is refused."""
    for _ in range(4):
        first = answered(tour, "before")
        answered(tour, "after", setting_id=tour.setting_of(first))
    tour.release()
    first = answered(tour, "before", pupils=4)
    answered(tour, "after", setting_id=tour.setting_of(first))
    with pytest.raises(ReleaseRefused):
        tour.draft()


def test_from_the_form_to_the_session(staff: Any, database: Database, tour: Released) -> None:
    with database.writing() as session:
        programme = session.get_one(Programme, tour.id)
        programme.status = "open"
    setting_id = tour.setting_of(sitting_of(tour, "before"))
    browser = staff.client("administrator", organisation_id=tour.organisation_id)
    assert "chance draws which" in browser.get("/staff/programmes/new").text
    typed = {"setting": setting_id, "held_on": "2026-11-21", "year_groups": "Year 9", "present": "25", "absent": "0"}
    reply = staff.post(
        browser, f"/staff/sittings/new/{tour.id}", **typed, opted_out="0", devices="shared", place="Hall"
    )
    assert reply.status_code == 303, reply.text
    page = browser.get(reply.location).text
    assert "Chance drew this class to answer after the play or lesson only" in page, (
        "the school had one class before already"
    )
    assert "Pair cards" not in page
    with database.reading() as session:
        assert session.scalar(select(AuditEntry).where(AuditEntry.action == "sitting.drawn")) is not None
        assert session.scalar(select(Participation).where(Participation.setting_id == setting_id)) is not None


def draft_with(database: Database, tour: Released, schools: int) -> None:
    """A programme that is not open yet, with so many schools."""
    with database.writing() as session:
        programme = session.get_one(Programme, tour.id)
        programme.status = "draft"
        for n in range(schools):
            setting = Setting(organisation_id=tour.organisation_id, name=f"Sampled {n}", kind="secondary")
            session.add(setting)
            session.flush()
            session.add(Participation(programme_id=tour.id, setting_id=setting.id, on_roll=100))


def drawn(database: Database, tour: Released) -> set[int]:
    with database.reading() as session:
        taking = select(Participation.setting_id).where(Participation.programme_id == tour.id, Participation.in_sample)
        return set(session.scalars(taking))


def test_chance_draws_a_sample_once_at_opening(staff: Any, database: Database, tour: Released) -> None:
    draft_with(database, tour, 24)
    browser = staff.client("administrator", organisation_id=tour.organisation_id)
    here = f"/staff/programmes/{tour.id}/"
    for wrong in ("9", "25", "x", "-1", "1e1", "١٢"):
        assert staff.post(browser, f"{here}open", sample=wrong).status_code == 422, wrong
    assert len(drawn(database, tour)) == 24, "a refused number draws nothing"
    assert staff.post(browser, f"{here}open", sample="12").status_code == 303
    first = drawn(database, tour)
    assert len(first) == 12
    assert staff.post(browser, f"{here}open", sample="12").status_code == 409, "never drawn again"
    assert drawn(database, tour) == first
    page = browser.get(here).text
    assert page.count("not drawn") == 12
    offered = browser.get(f"/staff/sittings/new/{tour.id}").text
    assert sum(f'value="{setting}"' in offered for setting in first) == 12
    assert offered.count("Sampled") == 12, "who was not drawn has no sessions"
    staff.post(browser, f"{here}schools/", name="Late School", kind="secondary", on_roll="50")
    assert drawn(database, tour) == first, "who comes after the draw was not drawn"
    with database.reading() as session:
        said = session.scalars(select(AuditEntry.reason).where(AuditEntry.action == "programme.sample_drawn")).all()
    assert said == ["12 of 24"]


def test_the_report_says_that_chance_drew_the_schools(database: Database, tour: Released, app: Flask) -> None:
    for _ in range(4):
        first = answered(tour, "before")
        answered(tour, "after", setting_id=tour.setting_of(first))
    assert tour.draft().snapshot.sample is None
    with database.writing() as session:
        setting = Setting(organisation_id=tour.organisation_id, name="Not drawn", kind="secondary")
        session.add(setting)
        session.flush()
        session.add(Participation(programme_id=tour.id, setting_id=setting.id, on_roll=100, in_sample=False))
    snapshot = tour.draft().snapshot
    assert snapshot.sample == (4, 5)
    assert read(write(snapshot)[0]) == snapshot
    with app.test_request_context("/"):
        assert any("Chance drew 4 of the 5 schools" in one for one in how_we_know(snapshot))
