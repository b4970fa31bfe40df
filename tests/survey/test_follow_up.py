"""A follow-up: asked once, weeks later, of the same schools, from the main programme's page to report, table and scorecard."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from questionnaires.codebook import Head
from survey.database import Database
from survey.models import Entry, Opening, Organisation, Participation, Programme, Response
from survey.publishing import codebook_of, publish
from survey.releases.snapshot import read as read_snapshot
from survey.releases.work import make_release
from survey.sealing import Keys
from tests.conftest import Staff
from tests.survey.released import some_questions
from tests.survey.test_programmes import Desk
from tests.survey.test_sittings import FIELDS

LATER = """\
  - key: first
    items:
      - key: would_tell
        kind: one
        text: If a friend needed help, would you tell an adult?
        waves: [before, after]
        options:
          - {key: likely, code: 1, label: Likely}
          - {key: unlikely, code: 2, label: Unlikely}
          - {key: already, code: 3, label: I do this already}
        measure:
          {agreed: [likely], excluded: [already], dont_know: apart, family: intention, direction: higher, statement: meant to}
      - key: did_tell
        kind: one
        text: Since the play, did you tell an adult when a friend needed help?
        waves: [follow_up]
        absences: [dont_know, rather_not]
        options:
          - {key: told, code: 1, label: "Yes"}
          - {key: not_told, code: 2, label: "No"}
          - {key: no_need, code: 3, label: Nobody needed help}
        measure:
          {agreed: [told], excluded: [no_need], dont_know: apart, family: experience, direction: either, statement: told an adult}
"""

AFTER = re.compile(r"\bafter(wards)?\b", re.IGNORECASE)


@pytest.fixture
def desk(database: Database, staff: Staff, tmp_path: Path) -> Desk:
    """An administrator whose organisation has a questionnaire with questions for weeks later."""
    with database.writing() as session:
        organisation = Organisation(name="North Council")
        session.add(organisation)
        session.flush()
        publish(session, some_questions(tmp_path, "later", LATER, "before, after, follow_up"))
        made = organisation.id
    return Desk(staff, made)


def programme_of(database: Database, here: str) -> Programme:
    with database.reading() as session:
        return session.get_one(Programme, int(here.rstrip("/").rpartition("/")[2]), populate_existing=True)


def said(page: str) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.partition("<main")[2]))


def hold(database: Database, desk: Desk, here: str, school: int) -> str:
    """A session of the follow-up with 40 answers, run by its buttons; gives its address."""
    programme = programme_of(database, here)
    made = desk.send(f"/staff/sittings/new/{programme.id}", setting=school, **{**FIELDS, "present": "44"})
    assert made.status_code == 303, made.text
    sitting = made.location
    for page in (said(desk.page(sitting)), said(desk.page(f"{sitting}script"))):
        assert "pen the follow-up questions" in page and not re.search(r"\b(play|cards?|before)\b", page), page
    assert desk.browser.get(f"{sitting}cards").status_code == 404
    assert desk.send(f"{sitting}do/open_before").status_code == 409
    assert desk.send(f"{sitting}do/open_after").status_code == 303
    with database.writing() as session:
        opening = session.scalars(
            select(Opening).join(Entry).where(Entry.sitting_id == int(sitting.rstrip("/").rpartition("/")[2]))
        ).one()
        assert opening.wave == "follow_up"
        codebook = codebook_of(opening.instrument_version)
        session.execute(insert(Response), [row(opening, codebook, pupil) for pupil in range(40)])
    assert "The follow-up questions are open" in desk.page(sitting)
    assert "Close the follow-up questions?" in desk.page(f"{sitting}finish")
    assert desk.send(f"{sitting}do/close_after").status_code == 303
    assert "said weeks later" in desk.page(sitting)
    return sitting


def row(opening: Opening, codebook, pupil: int) -> dict[str, object]:  # type: ignore[no-untyped-def]
    answers = {"did_tell": ("told", "not_told", "told", "no_need", "dont_know")[(pupil + opening.id) % 5]}
    return {
        "id": bytes((opening.id % 256, pupil)) * 8, "opening_id": opening.id, "programme_id": opening.programme_id,
        "wave": "follow_up", "mode": "private", "codes": codebook.encode(answers, Head("en")), "pair_key": None,
        "is_second": False, "is_late": False,
    }  # fmt: skip


def test_from_the_main_programme_to_a_release_that_never_says_after(
    database: Database, desk: Desk, staff: Staff, keys: Keys
) -> None:
    main = desk.make(questionnaire="later")
    pasted = "\n".join(f"School {n}, secondary, 60" for n in range(4))
    desk.send(f"{main}schools/paste", lines=pasted)
    assert "Make the follow-up" not in desk.page(main)  # nothing is followed up that has not begun
    assert desk.send(f"{main}follow-up").status_code == 409
    desk.send(f"{main}open")
    assert "Make the follow-up with the same schools" in desk.page(main)
    here = desk.send(f"{main}follow-up").location
    page = desk.page(here)
    assert "The winter tour: weeks later" in page and "never a change" in page and page.count("School ") >= 4
    chosen = [one for one in re.findall("<input[^>]*>", desk.page(f"{here}edit")) if "checked" in one]
    assert "Make the follow-up" not in page and any('"follow_up"' in one for one in chosen)
    assert desk.send(f"{here}follow-up").status_code == 409
    desk.send(f"{here}open")
    programme = programme_of(database, here)
    assert (programme.design, programme.timing, programme.status) == ("after_only", "weeks_later", "open")
    with database.reading() as session:
        schools = session.scalars(
            select(Participation.setting_id).where(Participation.programme_id == programme.id)
        ).all()
    for school in schools:
        hold(database, desk, here, school)
    desk.send(f"{here}close")
    release = make_release(database, keys, programme.id, "final")
    snapshot = read_snapshot(release.snapshot)
    assert snapshot.waves == ("follow_up",) and [item.key for item in snapshot.items] == ["did_tell"]
    assert snapshot.item("did_tell").row.before is None and snapshot.item("did_tell").row.change is None
    _told_as_weeks_later(desk, staff, programme.id)


def _told_as_weeks_later(desk: Desk, staff: Staff, programme_id: int) -> None:
    reader = staff.client("commissioner", organisation_id=desk.organisation_id)
    report = (
        reader.get(f"/staff/programmes/{programme_id}/report").text.partition("<article")[2].partition("</article")[0]
    )
    assert "asked once, weeks later" in report.replace("some weeks", "weeks") and "cannot show a change" in report
    told = re.sub(r"The table after it|<[^>]*>", "", report.replace('alt="', ">"))
    assert not AFTER.search(told), told[max(0, (AFTER.search(told) or re.match("", "")).start() - 80) :][:160]  # type: ignore[union-attr]
    drawn = re.search(r'src="([^"]*did_tell.share[^"]*)"', report)
    assert drawn is not None
    assert "fter" not in reader.get(drawn.group(1)).text.replace("table after", "")
    table = reader.get(f"/staff/programmes/{programme_id}/releases/1/table.csv").text.removeprefix("\ufeff")
    line = next(csv.DictReader(io.StringIO(table)))
    assert (line["waves"], line["asked_afterwards"], line["before"]) == ("follow_up", "weeks_later", "") and line[
        "after"
    ]
    assert "follow_up" in reader.get(f"/staff/programmes/{programme_id}/releases/1/codebook.csv").text


def test_a_follow_up_is_weeks_later_and_needs_its_questions(desk: Desk) -> None:
    follow = {"design": "follow_up", "organisation": desk.organisation_id, "name": "Later"}
    soon = desk.send("/staff/programmes/new", **follow, questionnaire="later", timing="straight_after")
    assert soon.status_code == 422 and "asked weeks later" in soon.text
    without = desk.send("/staff/programmes/new", **follow, questionnaire="nothing", timing="weeks_later")
    assert without.status_code == 422 and 'href="#questionnaire-0"' in without.text
    tiny = desk.send("/staff/programmes/new", **follow, questionnaire="picture_views", timing="weeks_later")
    assert tiny.status_code == 422 and "has no questions for that" in tiny.text
    assert desk.send("/staff/programmes/new", **follow, questionnaire="later", timing="weeks_later").status_code == 303
