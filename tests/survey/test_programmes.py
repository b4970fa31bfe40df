"""Programmes: made with every fault at once, fixed when opened, dead keys when closed, and only for those who may."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from questionnaires.files import load_library, read
from survey.clock import today
from survey.database import Database
from survey.manners import HELPED, VERSION
from survey.models import (
    ROLES,
    Account,
    AuditEntry,
    Grant,
    InstrumentVersion,
    Job,
    Opening,
    Organisation,
    Participation,
    Programme,
    Publication,
    Setting,
)
from survey.programmes.forms import read_days
from survey.programmes.pasting import KINDS, School, read_lines
from survey.publishing import instrument_of, publish
from tests.conftest import Staff
from tests.ground import make_account
from tests.questionnaires.conftest import TINY
from tests.survey.conftest import Tour

FUTURE = (today() + timedelta(days=30)).isoformat()
TYPED = {
    "name": "The winter tour",
    "questionnaire": "staying_safe",
    "design": "paired",
    "timing": "straight_after",
    "release_dates": FUTURE,
}


@pytest.fixture
def organisation(database: Database) -> int:
    with database.writing() as session:
        organisation = Organisation(name="North Council")
        session.add(organisation)
        session.flush()
        return organisation.id


class Desk:
    """An administrator's browser."""

    def __init__(self, staff: Staff, organisation_id: int) -> None:
        self.staff, self.organisation_id = staff, organisation_id
        self.browser = staff.client("administrator", organisation_id=organisation_id)

    def send(self, path: str, **fields: object) -> TestResponse:
        reply = self.staff.post(self.browser, path, **fields)
        assert isinstance(reply, TestResponse)
        return reply

    def page(self, path: str) -> str:
        reply = self.browser.get(path)
        assert reply.status_code == 200, path
        return reply.text

    def make(self, **changes: str) -> str:
        reply = self.send("/staff/programmes/new", organisation=self.organisation_id, **{**TYPED, **changes})
        assert reply.status_code == 303, reply.text
        return reply.location


@pytest.fixture
def desk(staff: Staff, organisation: int) -> Desk:
    return Desk(staff, organisation)


def test_a_programme_from_draft_to_open_to_closed(database: Database, desk: Desk) -> None:
    assert "staying_safe" in desk.page("/staff/programmes/new")
    here = desk.make()
    assert "Add the schools" in desk.page(here)
    pasted = "Northfield School, secondary, 182\n\nSt Mary’s, Leeds\tSecondary school\t90\n"
    assert desk.send(f"{here}schools/paste", lines=pasted).status_code == 303
    assert desk.send(f"{here}schools/", name="Park House", kind="youth", on_roll="40").status_code == 303
    page = desk.page(here)
    assert all(name in page for name in ("Northfield School", "St Mary’s, Leeds", "Park House", "312 on roll"))
    assert desk.send(f"{here}open").status_code == 303
    with database.reading() as session:
        programme = session.scalars(select(Programme)).one()
        assert (programme.status, programme.key, programme.release_dates) == ("open", "the-winter-tour", [FUTURE])
        assert programme.pairing_key
        assert [wave.wave for wave in programme.waves] == ["before", "after"]
        assert programme.breakdowns == ["year_group", VERSION, HELPED]  # declared before any answer
        version = session.scalars(select(InstrumentVersion)).one()
        assert {wave.instrument_version_id for wave in programme.waves} == {version.id}
    assert desk.browser.get(f"{here}edit").status_code == 409  # fixed from here on
    assert desk.send(f"{here}edit", **TYPED).status_code == 409
    assert desk.send(f"{here}open").status_code == 409
    assert "cannot be undone" in desk.page(f"{here}close")
    assert desk.send(f"{here}close").status_code == 303
    with database.reading() as session:
        programme = session.scalars(select(Programme)).one()
        assert (programme.status, programme.pairing_key) == ("closed", None)
        jobs = [(job.kind, job.payload) for job in session.scalars(select(Job))]
        assert jobs == [("release", {"programme": programme.id, "kind": "final"})]
        acts = list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.n)))
    added = ["programme.school_added"] * 3
    assert acts == ["programme.made", *added, "programme.opened", "programme.closed"]
    assert desk.send(f"{here}schools/paste", lines=pasted).status_code == 409


def test_closing_closes_what_is_still_open_and_shuffles_it(database: Database, staff: Staff, tour: Tour) -> None:
    desk = Desk(staff, tour.organisation_id)
    tour.open("before")
    tour.close("before")
    tour.open("after")
    assert "in 1 session" in desk.page(f"/staff/programmes/{tour.programme_id}/close")
    desk.send(f"/staff/programmes/{tour.programme_id}/close")
    with database.reading() as session:
        openings = session.scalars(select(Opening)).all()
        assert all(opening.closed_at for opening in openings)
        jobs = [(job.kind, *job.payload.values()) for job in session.scalars(select(Job).order_by(Job.id))]
    assert jobs[0] == ("school_page", tour.sitting_id)
    assert set(jobs[1:3]) == {("shuffle", opening.id) for opening in openings}
    assert jobs[3] == ("release", tour.programme_id, "final")


def test_published_figures_are_a_programme_that_asked_nothing(database: Database, desk: Desk) -> None:
    with database.writing() as session:
        described = {
            "key": "old",
            "name": "Old tour",
            "origin": "published",
            "design": "after_only",
            "status": "closed",
        }
        programme = Programme(organisation_id=desk.organisation_id, **described)
        session.add(programme)
        session.flush()
    page = desk.page(f"/staff/programmes/{programme.id}/")
    assert "published figures" in page and "Nothing was asked here" in page
    assert "published figures" in desk.page("/staff/programmes/")


def test_words_are_never_printed_from_a_service(database: Database, desk: Desk) -> None:
    """Neither opened with one nor joined by one, typed or pasted."""
    here = desk.make()
    box = "      - {key: more, kind: text, text: What else?, size: long, may_print: true}\nscales:"
    file = TINY.replace("ages: [11, 16]", "ages: [13, 16]").replace("scales:", box)
    with database.writing() as session:
        version = publish(session, read(file.encode()))
        for wave in session.scalars(select(Programme)).one().waves:
            wave.instrument_version_id = version.id
    fields = {"name": "Turning Point", "on_roll": "40"}
    assert "printed" in desk.send(f"{here}schools/", kind="service", **fields).text
    assert desk.send(f"{here}schools/paste", lines="Turning Point, service, 40").status_code == 422
    assert desk.send(f"{here}schools/", kind="youth", **fields).status_code == 303
    with database.writing() as session:
        session.scalars(select(Setting)).one().kind = "service"
    refused = desk.send(f"{here}open")
    assert refused.status_code == 422 and "words may be printed" in refused.text
    with database.writing() as session:
        session.scalars(select(Setting)).one().kind = "youth"
    assert desk.send(f"{here}open").status_code == 303


def test_what_another_organisation_published_under_a_key_of_the_library_is_never_pinned(
    database: Database, desk: Desk
) -> None:
    """A later Heard may ship a questionnaire under a key that somebody chose long before."""
    ours = load_library("staying_safe")
    with database.writing() as session:
        south = Organisation(name="South Council")
        session.add(south)
        session.flush()
        theirs = publish(session, replace(ours, title={"en": "Only for the south"}))
        ada, bea = (make_account(session, x, x, role="analyst", organisation_id=south.id).id for x in ("ada", "bea"))
        session.add(
            Publication(instrument_version_id=theirs.id, organisation_id=south.id, proposed_by=ada, agreed_by=bea)
        )
    for _ in range(2):
        desk.make()
    with database.reading() as session:
        versions = [wave.instrument_version for one in session.scalars(select(Programme)) for wave in one.waves]
        assert {one.version for one in versions} == {2}, "theirs keeps its number, and the second programme finds ours"
        assert {instrument_of(one).title["en"] for one in versions} == {ours.title["en"]}


def test_a_programme_without_schools_is_not_opened(database: Database, desk: Desk) -> None:
    here = desk.make()
    reply = desk.send(f"{here}open")
    assert reply.status_code == 409 and "Add at least one school" in reply.text
    with database.reading() as session:
        assert session.scalars(select(Programme.status)).one() == "draft"


def test_a_draft_can_be_changed_and_two_of_a_name_differ_in_their_key(database: Database, desk: Desk) -> None:
    here = desk.make()
    other = desk.make()
    changed = {**TYPED, "name": "Autumn", "design": "after_only", "release_dates": "", "questionnaire": "online_play"}
    assert 'value="The winter tour"' in desk.page(f"{other}edit")
    assert desk.send(f"{other}edit", organisation=desk.organisation_id, **changed).status_code == 303
    with database.reading() as session:
        programmes = session.scalars(select(Programme).order_by(Programme.id)).all()
        assert [programme.key for programme in programmes] == ["the-winter-tour", "the-winter-tour-2"]
        assert [wave.wave for wave in programmes[1].waves] == ["after"]
        assert programmes[1].waves[0].instrument_version.key == "online_play"
    assert "Autumn" in desk.page(other) and "Autumn" not in desk.page(here)


def test_a_refused_programme_names_every_fault_and_keeps_what_was_typed(desk: Desk, database: Database) -> None:
    reply = desk.send(
        "/staff/programmes/new",
        name="", organisation="77", questionnaire="ordinary_activity", design="never", timing="never",
        release_dates="soon\n<2027>",
    )  # fmt: skip
    assert reply.status_code == 422
    for href in ("name", "organisation", "questionnaire-0", "design-0", "timing-0", "release_dates"):
        assert f'href="#{href}"' in reply.text, href
    assert "soon\r\n&lt;2027&gt;" in reply.text or "soon\n&lt;2027&gt;" in reply.text
    for dates, said in (
        (today().isoformat(), "must lie ahead"),
        (f"{FUTURE}\n{(today() + timedelta(days=40)).isoformat()}", "four weeks"),
    ):
        kept = desk.send(
            "/staff/programmes/new", organisation=desk.organisation_id, **{**TYPED, "release_dates": dates}
        )
        assert said in kept.text and 'value="The winter tour"' in kept.text
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Programme)) == 0


# Schools


def test_a_pasted_list_names_all_faults_and_adds_nothing(desk: Desk, database: Database) -> None:
    here = desk.make()
    faulty = ("No number, primary", "Odd, castle, 12", "Big, primary, 99999", "good school, primary, 2", ", primary, 3")
    lines = "\n".join(("Good School, primary, 60", *faulty))
    reply = desk.send(f"{here}schools/paste", lines=lines)
    assert reply.status_code == 422
    for n in (2, 3, 4, 5, 6):
        assert f"Line {n}: " in reply.text
    assert "Line 1: " not in reply.text and "Odd, castle, 12" in reply.text
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Setting)) == 0


@given(st.text(max_size=300))
def test_any_pasted_text_is_read_or_refused_in_words(typed: str) -> None:
    pasted = read_lines(typed, ())
    assert pasted.schools or pasted.faults
    for school in pasted.schools:
        assert school.name and school.kind in KINDS and 1 <= school.on_roll <= 5000


def test_names_with_commas_and_spreadsheets_are_read() -> None:
    pasted = read_lines("St Mary's, Leeds, primary, 60\nA\tYouth club\t7", ("B",))
    assert pasted == ((School("St Mary's, Leeds", "primary", 60), School("A", "youth", 7)), ())


def test_a_spreadsheets_heading_and_its_thousands_are_read_and_no_school_is_passed_over() -> None:
    commas = read_lines('Name, Kind, Number on roll\nOak, college, "1,204"', ())
    tabs = read_lines("School\tType\tOn roll\nOak\tcollege\t1,204", ())
    assert commas == tabs == ((School("Oak", "college", 1204),), ())
    assert len(read_lines("Oak, prim, forty\nElm, primary, 0", ()).faults) == 3


@given(st.text(max_size=60))
def test_any_dates_are_read_or_named(typed: str) -> None:
    days, faults = read_days(typed)
    assert days == sorted(set(days)) and len(days) + len(faults) <= max(1, len(typed.splitlines()))


def test_a_school_is_shared_by_programmes_but_added_to_each_once(desk: Desk, database: Database) -> None:
    first, second = desk.make(), desk.make()
    for here in (first, second):
        desk.send(f"{here}schools/", name="Northfield School", kind="secondary", on_roll="10")
    again = desk.send(f"{second}schools/", name="northfield school", kind="secondary", on_roll="10")
    assert again.status_code == 422 and "takes part already" in again.text
    bad = desk.send(f"{second}schools/", name="", kind="castle", on_roll="ten")
    assert all(f'href="#{field}"' in bad.text for field in ("name", "kind", "on_roll")) and 'value="ten"' in bad.text
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Setting)) == 1
        assert session.scalar(select(func.count()).select_from(Participation)) == 2


def test_a_number_on_roll_is_put_right_and_a_school_with_sessions_stays(
    database: Database, staff: Staff, tour: Tour
) -> None:
    desk = Desk(staff, tour.organisation_id)
    school = f"/staff/programmes/{tour.programme_id}/schools/{tour.setting_id}"
    assert 'value="180"' in desk.page(f"{school}/roll")
    assert desk.send(f"{school}/roll", on_roll="18o").status_code == 422
    assert desk.send(f"{school}/roll", on_roll="190").status_code == 303
    assert desk.send(f"{school}/remove").status_code == 409
    with database.reading() as session:
        assert session.scalars(select(Participation.on_roll)).one() == 190
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "programme.on_roll_put_right")).one()
        assert entry.reason == "on roll 180 -> 190"
    here = desk.make()
    desk.send(f"{here}schools/", name="Park House", kind="youth", on_roll="40")
    with database.reading() as session:
        park = session.scalars(select(Setting.id).where(Setting.name == "Park House")).one()
    assert desk.send(f"{here}schools/{park}/remove").status_code == 303
    assert "Park House" not in desk.page(here)


# People


def give(desk: Desk, here: str, **changes: str) -> TestResponse:
    typed = {
        "email": "Ann@School.example", "role": "facilitator", "reach": "programme", "reason": "runs the sessions",
        "ends_on": (today() + timedelta(days=100)).isoformat(),
    }  # fmt: skip
    return desk.send(f"{here}people/", **{**typed, **changes})


@pytest.fixture
def ann(database: Database) -> int:
    with database.writing() as session:
        account = Account(email="ann@school.example", name="Ann Price", password_hash="-")
        session.add(account)
        session.flush()
        return account.id


def test_a_role_is_given_for_a_reason_and_a_time_and_ended_at_once(desk: Desk, database: Database, ann: int) -> None:
    here = desk.make()
    assert give(desk, here).status_code == 303
    page = desk.page(f"{here}people/")
    assert "Ann Price" in page and "runs the sessions" in page
    with database.reading() as session:
        grant = session.scalars(select(Grant).where(Grant.account_id == ann)).one()
        assert grant.programme_id and grant.organisation_id is None and grant.ends_at
        own = session.scalars(select(Grant.id).where(Grant.account_id != ann)).one()
    assert desk.send(f"{here}people/{own}/end").status_code == 409
    assert desk.send(f"{here}people/{grant.id}/end").status_code == 303
    assert "Ann Price" not in desk.page(f"{here}people/")
    with database.reading() as session:
        acts = [(one.action, one.reason) for one in session.scalars(select(AuditEntry).order_by(AuditEntry.n))][1:]
    assert acts == [("grant.given", "runs the sessions"), ("grant.ended", "")]


def test_a_role_without_reason_end_or_holder_is_refused_with_all_faults(
    desk: Desk, ann: int, database: Database
) -> None:
    here = desk.make()
    reply = give(desk, here, email="", role="owner", reach="world", reason="", ends_on="never")
    for href in ("email", "role-0", "reach-0", "reason", "ends_on"):
        assert f'href="#{href}"' in reply.text, href
    assert "Nobody has an account" in give(desk, here, email="bob@school.example").text
    late = give(desk, here, ends_on=(today() + timedelta(days=800)).isoformat())
    assert "a year from now" in late.text and 'value="runs the sessions"' in late.text
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Grant)) == 1


def test_nobody_makes_themself_a_reader_of_what_young_people_wrote(desk: Desk, database: Database, ann: int) -> None:
    here = desk.make()
    with database.reading() as session:
        own = session.scalars(select(Account.email).where(Account.id != ann)).one()
    refused = give(desk, here, email=own.upper(), role="safeguarding_reader")
    assert refused.status_code == 409 and "Ask another administrator" in refused.text
    assert give(desk, here, email=own, role="worker").status_code == 303, "only this role opens what they wrote"
    assert give(desk, here, role="safeguarding_reader").status_code == 303
    with database.reading() as session:
        readers = session.scalars(select(Grant.account_id).where(Grant.role == "safeguarding_reader")).all()
    assert readers == [ann]


def test_who_administers_one_programme_cannot_reach_beyond_it(
    staff: Staff, tour: Tour, database: Database, ann: int
) -> None:
    desk = Desk(staff, tour.organisation_id)
    with database.reading() as session:
        whole = session.scalars(select(Grant.id)).one()
    desk.browser = staff.client("administrator", programme_id=tour.programme_id)
    here = f"/staff/programmes/{tour.programme_id}/"
    assert desk.browser.get("/staff/programmes/new").status_code == 404
    assert give(desk, here, reach="organisation").status_code == 422
    assert give(desk, here).status_code == 303
    assert desk.send(f"{here}people/{whole}/end").status_code == 404


# Who may do it

PAGES = ("", "edit", "close", "schools/", "schools/{setting}/roll", "people/")
ACTS = (
    "edit", "open", "close", "schools/", "schools/paste", "schools/{setting}/roll", "schools/{setting}/remove", "people/",
    "people/1/end",
)  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_only_administrators_within_reach_see_a_programme(
    database: Database, staff: Staff, tour: Tour, role: str
) -> None:
    with database.writing() as session:
        south = Organisation(name="South Council")
        session.add(south)
        session.flush()
        elsewhere = south.id
    inside = staff.client(role, organisation_id=tour.organisation_id)
    outside = staff.client(role, organisation_id=elsewhere)
    here = f"/staff/programmes/{tour.programme_id}/"
    for name in PAGES:
        path = here + name.format(setting=tour.setting_id)
        assert inside.get(path).status_code in ((200, 409) if role == "administrator" else (404,)), path
        assert outside.get(path).status_code == 404, path
    for name in ACTS:
        path = here + name.format(setting=tour.setting_id)
        for browser in (outside,) if role == "administrator" else (outside, inside):
            reply = staff.post(
                browser, path, lines="A, primary, 3", name="A", kind="primary", on_roll="3", **{"reason": "x"}
            )
            assert isinstance(reply, TestResponse)
            assert reply.status_code == 404, path
    if role == "administrator":
        assert "The tour" in inside.get("/staff/programmes/").text
        assert "The tour" not in outside.get("/staff/programmes/").text
        for n in (0, 2**31, 10**30):
            assert inside.get(f"/staff/programmes/{n}/").status_code == 404
            assert inside.get(f"{here}schools/{n}/roll").status_code == 404
