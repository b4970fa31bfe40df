"""Sixty texts that mean something to some machine, in every text of a questionnaire: people read them letter by letter,
on the page and in every file, and nothing else happens."""

from __future__ import annotations

import csv
import io
from itertools import cycle
from typing import Any, cast

import html5lib
import openpyxl
import pytest

from questionnaires.faults import InstrumentFaults
from questionnaires.files import read
from questionnaires.instrument import Instrument, faults_of
from questionnaires.po import export_po, import_po
from questionnaires.texts import named_texts
from questionnaires.versions import canonical_json, from_json, plain_of, value_of
from questionnaires.writing import files_of
from questionnaires.xlsform import read_xlsform
from questionnaires.xlsform_writing import write_xlsform
from survey.spreadsheets import FORMULA_SIGNS, csv_file
from tests.questionnaires.conftest import EVERY_KIND, TINY
from tests.survey.test_look import page

PAYLOADS = [
    # templates
    *(
        "{{ 7*7 }}",
        "{% include 'base.html' %}",
        "{{ config }}",
        "{# gone #}",
        "${7*7}",
        "#{7*7}",
        "<%= 7*7 %>",
        "[[x]]",
    ),
    *("%(answers)s", "%s %d", "{0}", "{n}", "{thing}", "\\u0041", "\\n", "$(id)", "`id`", "$PATH"),
    # markup
    *("<b>bold</b>", "<script>alert(1)</script>", "</script><script>", "<img src=x onerror=alert(1)>", "</fieldset>"),
    *(
        "<!-- ",
        "-->",
        "<![CDATA[",
        "]]>",
        "&lt;",
        "&amp;amp;",
        "&#x41;",
        '" onclick="x',
        "' autofocus='",
        "</textarea>",
    ),
    *("<svg/onload=x>", "javascript:alert(1)", "<style>*{display:none}</style>", "</title><h1>", "</option></select>"),
    # formulas
    *("=1+1", "+1+1", "-1+1", "@SUM(A1)", '=HYPERLINK("x")', "=cmd|'/c calc'!A1", "\t=1", "'=1", ";=1", "001", "1e9"),
    # paths, queries, YAML, spreadsheets
    *(
        "../../etc/passwd",
        "file:///etc/passwd",
        "C:\\con",
        "'; DROP TABLE responses; --",
        "a: b # c",
        "- x",
        "null",
        "Yes",
    ),
    *("!!python/object:os.system", "&a *b", "_x0041_", "---", "${travelled}"),
    # Unicode
    *(
        "\u200fright",
        "\u2066left\u2069",
        "a\u200bb",
        "e\u0301\u0301\u0301\u0301",
        "ﷺ",
        "😀👩‍👧‍👦",
        "İı",
        "ß",
        "𝒳",
        "ا\u200cب",
    ),
]
FILE = EVERY_KIND.replace(", same_as: once", "")  # two questions in the same words could not say different things
ALIKE = FILE.replace(
    "        then_test: true\n", ""
)  # nothing may look back on a question that was asked in the same words
TURNING = ["a\u202eb", "a\u202db\u202c", "a\u202ab\u202c", "a\u202bb", "a\u2067b", "a\u2069b", "\u2066a\u2069\u2069"]
REFUSED = [*TURNING, "a\0b", "a\x07b", "a\x1bb", "a\ue000b", "a\ufffeb", " ", "a" * 401]


def spoken(payloads: list[str], file: str) -> Instrument:
    """A questionnaire that says nothing else, one after another."""
    said = cycle(payloads)

    def told(plain: Any) -> Any:
        if isinstance(plain, dict) and "en" in plain and not str(plain["en"]).isdecimal():
            return {"en": next(said)}
        if isinstance(plain, dict):
            return {name: told(one) for name, one in plain.items()}
        return [told(one) for one in plain] if isinstance(plain, list) else plain

    return cast(Instrument, value_of(Instrument, told(plain_of(read(file.encode())))))


def shape(html: str) -> list[tuple[str, tuple[str, ...]]]:
    """Every element with the names of its attributes; the parser stops at anything that is not sound."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False, strict=True)
    root = parser.parse(html)
    return [(str(one.tag), tuple(sorted(map(str, one.attrib)))) for one in root.iter() if isinstance(one.tag, str)]


def text_of(html: str) -> str:
    root = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False).parse(html)
    return "".join(root.itertext())


def test_there_are_sixty() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 60


def test_the_page_shows_them_letter_by_letter() -> None:
    """All of them on one page, each in another place of it every time; the proof has each in every place."""
    structure = shape(page(spoken(["plain"], FILE)))
    shown = set()
    for first in range(0, len(PAYLOADS), 12):
        turned = [*PAYLOADS[first:], *PAYLOADS[:first]]
        html = page(spoken(turned, FILE))
        assert shape(html) == structure, turned[0]
        text = text_of(html)
        shown |= {payload for payload in PAYLOADS if payload.strip() in text}
    assert shown == set(PAYLOADS)


@pytest.mark.proof
@pytest.mark.parametrize("file", [EVERY_KIND, TINY], ids=["every kind", "tiny"])
def test_the_page_shows_each_in_every_text(file: str) -> None:
    usual = page(spoken(["plain"], file))
    structure, count = shape(usual), text_of(usual).count("plain")
    assert count > 15
    for payload in PAYLOADS:
        html = page(spoken([payload], file))
        assert shape(html) == structure, payload
        assert text_of(html).count(payload.strip()) >= count, payload


@pytest.mark.parametrize("first", range(0, len(PAYLOADS), 30))
def test_every_file_brings_them_back_letter_by_letter(first: int) -> None:
    """Each of them in some of the texts; the proof has each in every text."""
    come_back([one.strip() for one in (*PAYLOADS[first:], *PAYLOADS[:first])])


@pytest.mark.proof
@pytest.mark.parametrize("payload", PAYLOADS)
def test_every_file_brings_back_each_in_every_text(payload: str) -> None:
    come_back([payload.strip()], ALIKE)


def come_back(payloads: list[str], file: str = FILE) -> None:
    instrument = spoken(payloads, file)
    assert faults_of(instrument) == []
    (name, source), *others = files_of(instrument).items()
    assert read(source, name, dict(others)) == instrument
    assert from_json(canonical_json(instrument)) == instrument
    data = write_xlsform(instrument)
    assert read_xlsform(data, "x.xlsx").instrument == instrument
    cells = [cell for sheet in openpyxl.load_workbook(io.BytesIO(data)) for row in sheet for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    po = export_po(instrument, "cy").decode()
    said = import_po(instrument, po.replace('msgstr ""', 'msgstr "gair"').encode(), "x.po")
    assert said.missing == said.outdated == said.unknown == ()
    assert len(said.translated) == sum(1 for _ in named_texts(instrument))


def test_tables_for_spreadsheets_hold_them_as_words() -> None:
    """Every CSV file is made here: no cell is a formula, and each reads as it was written behind its apostrophe."""
    text = csv_file("x.csv", [["words"], *([one] for one in PAYLOADS)]).get_data(as_text=True).removeprefix("\ufeff")
    (_, *rows) = csv.reader(io.StringIO(text, newline=""))
    assert not [row for row in rows if row[0][:1] in FORMULA_SIGNS]
    assert [row[0] for row in rows] == [f"'{one}" if one.startswith(FORMULA_SIGNS) else one for one in PAYLOADS]


@pytest.mark.parametrize("payload", REFUSED, ids=lambda one: repr(one)[:12])
def test_what_cannot_be_shown_is_refused_in_every_text(payload: str) -> None:
    instrument = spoken([payload], EVERY_KIND)
    found = faults_of(instrument)
    assert {fault.code for fault in found} <= {"bad_sign", "text_length", "then_test"}
    assert len(found) >= sum(1 for _ in named_texts(instrument))


def test_half_a_sign_is_refused() -> None:
    with pytest.raises((InstrumentFaults, UnicodeEncodeError)):
        read(TINY.replace("A title", "A \ud800 title").encode("utf-8"))
