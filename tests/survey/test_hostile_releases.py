"""Texts that mean something to some machine, in a questionnaire that was asked and released: on the page of its report, in
its drawings and in its files they are words and nothing else."""

from __future__ import annotations

import csv
import io
import re
from itertools import cycle
from typing import Any, cast
from xml.etree import ElementTree

import pytest
from sqlalchemy import update

from questionnaires.files import library, read
from questionnaires.instrument import Instrument
from questionnaires.versions import plain_of, value_of
from survey.database import Database
from survey.models import Programme
from survey.releases.work import make_release
from survey.sealing import Keys
from survey.spreadsheets import FORMULA_SIGNS
from tests.survey.released import Released, usual
from tests.survey.test_hostile_words import PAYLOADS, shape, text_of

STATED = [
    *(
        "{{ 7*7 }}",
        "<script>alert(1)</script>",
        '=HYPERLINK("x")',
        "@SUM(A1)",
        "</title><h1>",
        '" onclick="x',
        "%(answers)s",
    ),
    *(
        "{% include 'base.html' %}",
        "<svg/onload=x>",
        "&lt;",
        "]]>",
        "$x^{2$ and $",
        "{n}",
        "\u202egnirts",
        "<!-- ",
        "-->",
    ),
]
"""What the findings say, one each; the questions, titles and answers say all sixty."""
SCHOOLS = 5
one_engine = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def asked(stated: list[str], payloads: list[str]) -> Instrument:
    """A questionnaire that says nothing else."""
    words, statements = cycle(payloads), cycle(stated)

    def told(plain: Any, name: str = "") -> Any:
        if isinstance(plain, dict) and "en" in plain:
            return {"en": next(statements if name == "statement" else words)}
        if isinstance(plain, dict):
            return {key: told(one, key) for key, one in plain.items()}
        return [told(one) for one in plain] if isinstance(plain, list) else plain

    source = read(library()["staying_safe"].read_bytes(), "x.yaml")
    return cast(Instrument, value_of(Instrument, told(plain_of(source))))


class Shown:
    """A tour that was asked in these words, with its release."""

    def __init__(self, database: Database, keys: Keys, staff: Any, stated: list[str], payloads: list[str]) -> None:
        instrument = asked(stated, payloads)
        self.stated = {
            measure.statement["en"]
            for item in instrument.items
            for measure in item.measures
            if {"before", "after"} & {*item.waves}
        }
        tour = Released(database, breakdowns=("year_group",), instrument=instrument)
        for n in range(SCHOOLS):
            tour.school(40 + n, answers=lambda wave, pupil, shift=n: usual(wave, pupil + shift))
        with database.writing() as session:
            session.execute(update(Programme).where(Programme.id == tour.id).values(name=stated[0]))
        make_release(database, keys, tour.id, "interim")
        self.browser = staff.client("commissioner", organisation_id=tour.organisation_id)
        self.at = f"/staff/programmes/{tour.id}"
        self.page = self.browser.get(f"{self.at}/report").get_data(as_text=True)

    def file(self, name: str) -> list[list[str]]:
        said = self.browser.get(f"{self.at}/releases/1/{name}").get_data(as_text=True).removeprefix("\ufeff")
        return list(csv.reader(io.StringIO(said, newline="")))

    def drawings(self) -> list[str]:
        found = dict.fromkeys(re.findall(r'<img src="([^"]+\.svg[^"]*)"', self.page))
        return [self.browser.get(one.replace("&amp;", "&")).get_data(as_text=True) for one in found]


@one_engine
def test_a_release_shows_them_letter_by_letter_and_nothing_happens(database: Database, keys: Keys, staff: Any) -> None:
    shown = Shown(database, keys, staff, STATED, PAYLOADS)
    attributes = {name for _, names in shape(shown.page) for name in names}
    assert not {name for name in attributes if name.startswith("on") or name in ("style", "x")}
    words = text_of(shown.page)
    assert len(shown.stated) > 10 and [one for one in shown.stated if one not in words] == []
    drawings = shown.drawings()
    assert len(drawings) > 3
    drawn = ""
    for drawing in drawings:
        root = ElementTree.fromstring(drawing)  # noqa: S314 - our own drawing
        drawn += "\n".join(root.itertext())
        tags = {str(one.tag).rpartition("}")[2] for one in root.iter()}
        assert not tags & {"script", "foreignObject", "image", "a", "iframe", "set", "animate"}, tags
        assert not [name for one in root.iter() for name in one.attrib if name.rpartition("}")[2].startswith("on")]
    assert {one for one in PAYLOADS if one in drawn}, "answers stand in the drawings as they were written"
    for name in ("table.csv", "codebook.csv"):
        cells = [cell for row in shown.file(name) for cell in row]
        signed = [one for one in cells if one.startswith(FORMULA_SIGNS) and not re.fullmatch(r"-?[0-9.]+", one)]
        assert not signed, signed
    table = {cell for row in shown.file("table.csv") for cell in row}
    assert shown.stated <= {cell.removeprefix("'") for cell in table} and "'@SUM(A1)" in table
    assert STATED[0] in table, "the name of the programme"
