"""The drawings of a release and the tables beside them: the same figures, in each language, for a column and for a phone."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from analysis.overviews import differences
from survey import pictures
from survey.database import Database
from survey.languages import speaking
from survey.releases.drawing import LANGUAGES, draw
from survey.releases.snapshot import Snapshot
from survey.releases.work import make_release
from survey.sealing import Keys
from survey.sections import Table, grouped, overview, response, sections
from tests.analysis.drawn import Drawn, numbers_in
from tests.survey.released import Released, usual

AXIS = {0, 50, 100}


@pytest.fixture
def tour(database: Database) -> Released:
    """Five schools whose programme is closed, so that groups are released."""
    made = Released(database, breakdowns=("year_group",))
    for n in range(5):
        made.school(90 + n, answers=lambda wave, pupil, shift=n: usual(wave, pupil + shift))
    made.close()
    return made


def tables_of(snapshot: Snapshot, drawings: Any) -> dict[str, Table]:
    """The table beside each drawing, by the drawing's name."""
    found = {}
    for section in sections(snapshot, drawings):
        for drawing, table in ((section.drawing, section.table), (section.moves_drawing, section.moves)):
            if drawing is not None and table is not None:
                found[drawing.name] = table
        if section.answers is not None and section.answers.drawing is not None:
            found[section.answers.drawing.name] = section.answers.table
    parts = [response(snapshot, drawings), *(part for one in grouped(snapshot, drawings) for part in one.parts)]
    if (everything := overview(snapshot, drawings)) is not None:
        parts.append(everything)
    return found | {part.drawing.name: part.table for part in parts if part.drawing is not None}


def numbers_of(table: Table) -> set[int]:
    cells = [part for row in table.rows for cell in row for part in ((cell,) if isinstance(cell, str) else cell)]
    return set(numbers_in(*cells, table.caption))


def test_every_number_of_a_drawing_stands_in_the_table_beside_it(tour: Released) -> None:
    snapshot = tour.draft("final").snapshot
    drawings, rows = draw(snapshot), [item.row for item in snapshot.items]
    kinds = set()
    for code in LANGUAGES:
        with speaking(code):
            tables = tables_of(snapshot, drawings)
        assert {name for name, language in drawings if language == code} == {
            name + ending for name in tables for ending in ("", pictures.NARROW)
        }, "no drawing without its table"
        for name, table in tables.items():
            kinds.add(re.sub(r"\d", "", name.partition(".")[2]))
            wide, narrow = (Drawn(drawings[name + ending, code]) for ending in ("", pictures.NARROW))
            allowed = numbers_of(table) | {-n for n in numbers_of(table)} | AXIS
            if name == pictures.OVERVIEW:
                ends = [end for one in differences(rows, "change") for end in (one.low or 0, one.high or 0)]
                most = 10 * -(-max(abs(end) for end in ends) // 10)
                allowed |= {-most, most, *range(len(rows) + 1)}  # its axis, and how many questions its title counts
            for drawing in (wide, narrow):
                assert set(numbers_in(*drawing.words)) <= allowed, (name, code)
                assert drawing.root.get("lang") == code and drawing.named == wide.named
            if not name.startswith("all."):
                assert set(numbers_in(*wide.named)) <= allowed, (name, code)
            assert sorted(numbers_in(*wide.words)) == sorted(numbers_in(*narrow.words))
    assert kinds == {"share", "moves", "answers", "groups", "overview", "response"}


def test_a_page_offers_each_drawing_for_a_phone_with_words_for_those_who_listen(
    staff: Any, tour: Released, database: Database, keys: Keys
) -> None:
    make_release(database, keys, tour.id, "final")
    browser = staff.client("commissioner", organisation_id=tour.organisation_id)
    page = browser.get(f"/staff/programmes/{tour.id}/report").get_data(as_text=True)
    figures = re.findall(r'<figure class="chart">.*?</figure>', page, re.S)
    assert len(figures) > 20
    for figure in figures:
        narrow, wide, alt = re.findall(r'(?:srcset|src|alt)="([^"]+)"', figure)
        assert (narrow == wide.replace(".en.svg", ".narrow.en.svg") and "Chart" in alt) or "pupils" in alt
    for address in (narrow, wide):
        assert browser.get(address).mimetype == "image/svg+xml"
    assert page.count('<table class="stacks" role="table">') > 20, "wide tables are lists on a phone"
    assert "all.overview.en.svg" in page and "all.response.en.svg" in page and "know_who.groups0.en.svg" in page


def test_one_question_is_no_overview(tour: Released) -> None:
    snapshot = tour.draft("final").snapshot
    one = [item for item in snapshot.items if item.key in ("know_who", "enjoyed")]
    alone = replace(snapshot, items=tuple(one))
    assert pictures.overview(alone) is None and overview(alone, ()) is None
