"""From another tool's words to a draft: numbers are kept as far as can be, and English stands only where English was said."""

from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pytest

from questionnaires.files import load_library
from questionnaires.imported import Imported
from questionnaires.instrument import Language
from questionnaires.xlsform import read_xlsform
from questionnaires.xlsform_writing import ABSENT, write_xlsform
from tests.questionnaires.test_xlsform import book

SURVEY: list[list[object]] = [["type", "name", "label"], ["select_one far", "way", "How do you go home?"]]


def of_codes(*codes: object) -> Imported:
    choices = [["list_name", "name", "label"], *(["far", code, f"Way {n}"] for n, code in enumerate(codes, 1))]
    return read_xlsform(book(survey=SURVEY, choices=choices), "form.xlsx")


@pytest.mark.parametrize(
    ("given", "kept", "told"),
    [
        ((1, 2, 999), [1, 2, 3], ["999"]),
        ((0, 5, -1), [0, 5, 6], ["-1"]),
        ((-1, 1, 2), [3, 1, 2], ["-1"]),
        ((10, "10.0x", 20), [10, 11, 20], []),
        ((100000, 7, 300), [1, 7, 8], ["100000", "300"]),
        (("bus", "foot", "car"), [1, 2, 3], []),
        ((3, 1, 2), [3, 1, 2], []),
        ((250, 251, 252, 253), [250, 251, 1, 2], ["252", "253"]),
        ((1, 251, 999, "other"), [1, 251, 2, 3], ["999"]),
        ((*(f"way{n}" for n in range(253)), 5), [1, 2, 3, 4, *range(6, 252), 252, 253, 254, 5], []),
    ],
)
def test_only_a_number_that_cannot_be_kept_is_changed_and_told(
    given: tuple[object, ...], kept: list[int], told: list[str]
) -> None:
    found = of_codes(*given)
    assert found.draft is not None
    assert [option.code for option in found.draft.items[0].options] == kept
    said = [one.wrong for one in found.findings if one.code == "recoded"]
    assert len(said) == len(told)
    for number, one in zip(told, said, strict=True):
        assert f"the number {number}," in one and one.endswith("here")


def test_a_number_that_stands_twice_is_kept_once() -> None:
    choices = [["list_name", "name", "label", "heard_code"]]
    choices += [["far", "a", "By bus", "4"], ["far", "b", "On foot", "4"], ["far", "c", "By car", "5"]]
    found = read_xlsform(book(survey=SURVEY, choices=choices), "form.xlsx")
    assert found.draft is not None
    assert [option.code for option in found.draft.items[0].options] == [4, 6, 5]
    assert [one.where for one in found.findings if one.code == "recoded"] == ["sheet choices, row 3"]


COLUMNS = ["type", "name", "label::English (en)", "label::Cymraeg (cy)", "hint::English (en)", "hint::Cymraeg (cy)"]
ANSWERS: list[list[object]] = [
    ["list_name", "name", "label::English (en)", "label::Cymraeg (cy)"],
    ["yn", "y", "Yes, I do", "Ydw"],
    ["yn", "n", "No", "Nac ydw"],
]


def test_no_hint_and_no_title_of_a_page_stands_as_english_that_is_not() -> None:
    rows: list[list[object]] = [
        COLUMNS,
        ["begin_group", "one", None, "Y dechrau", None, None],
        ["select_one yn", "sing", "Do you sing?", "Wyt ti’n canu?", None, "Unrhyw bryd"],
        ["select_one yn", "play", "Do you play?", "Wyt ti’n chwarae?", "At any time", "Unrhyw bryd"],
        ["end_group", None, None, None, None, None],
    ]
    found = read_xlsform(book(survey=rows, choices=ANSWERS), "form.xlsx")
    assert found.draft is not None
    assert found.draft.pages[0].title is None
    assert [item.hint for item in found.draft.items] == [None, {"en": "At any time", "cy": "Unrhyw bryd"}]
    told = [(one.where, one.effect) for one in found.findings if one.code == "no_english"]
    assert told == [("sheet survey, row 3", "left_out"), ("sheet settings", "left_out")]


def test_a_form_without_any_english_says_it_once() -> None:
    rows: list[list[object]] = [COLUMNS, ["select_one yn", "sing", None, "Wyt ti’n canu?", None, "Unrhyw bryd"]]
    answers = [
        [one if n != 2 else ANSWERS[0][2] if row is ANSWERS[0] else None for n, one in enumerate(row)]
        for row in ANSWERS
    ]
    found = read_xlsform(book(survey=rows, choices=answers), "form.xlsx")
    assert [one.effect for one in found.findings if one.code == "no_english"] == ["fault"]


@pytest.mark.parametrize("key", ["staying_safe", "online_play", "one_to_one"])
def test_every_way_out_has_words_in_every_language(key: str) -> None:
    """In another tool, too: a way out without words is none (CARE D3). A language that we do not know borrows English."""
    instrument = load_library(key)
    instrument = replace(instrument, languages=(*instrument.languages, Language("yo", "Yorùbá")))
    made = openpyxl.load_workbook(io.BytesIO(write_xlsform(instrument)))["choices"]
    headers, *rows = [[str(one.value or "") for one in row] for row in made.iter_rows()]
    labels = [n for n, header in enumerate(headers) if header.startswith("label::")]
    assert len(labels) == len(instrument.languages)
    out = [row for row in rows if row[1] in ABSENT]
    assert out and all(row[n] for row in out for n in labels)
    if key == "staying_safe":
        assert {code for words in ABSENT.values() for code in words} == {
            one.code for one in load_library(key).languages
        }
