"""What a spreadsheet program made of what somebody typed is told at its cell, and no sheet is passed over in silence."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable

import openpyxl
import pytest

from questionnaires import workbook
from questionnaires.imported import Imported
from questionnaires.words_check import judge
from questionnaires.workbook_cells import Part, part_of
from questionnaires.xlsform import read_xlsform

PLAIN: list[list[object]] = [
    ["Question", "Answer 1", "Answer 2", "Answer 3"],
    ["How many days?", "0 to 7", "8 to 10", "More"],
    ["How sure are you?", "Sure", "A little sure", "Not sure"],
]
FORM: list[list[object]] = [
    ["type", "name", "label", "disabled"],
    ["select_one yn", "first", "Do you play?", None],
    ["select_one yn", "second", "Do you sing?", None],
]
CHOICES: list[list[object]] = [["list_name", "name", "label"], ["yn", "y", "Yes, I do"], ["yn", "n", "No"]]


def read(change: Callable[[openpyxl.Workbook], object], **sheets: list[list[object]]) -> Imported:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    change(made)
    file = io.BytesIO()
    made.save(file)
    return read_xlsform(file.getvalue(), "form.xlsx")


def said(found: Imported, code: str) -> list[str]:
    return [one.where for one in found.findings if one.code == code]


def asked(found: Imported) -> list[tuple[str, list[str]]]:
    assert found.draft is not None
    return [(one.text["en"], [option.label["en"] for option in one.options]) for one in found.draft.items]


def put(cell: str, value: object, number_format: str = "") -> Callable[[openpyxl.Workbook], object]:
    """One cell of the first sheet says something else."""

    def change(made: openpyxl.Workbook) -> None:
        made.worksheets[0][cell] = value
        if number_format:
            made.worksheets[0][cell].number_format = number_format

    return change


def nothing(made: openpyxl.Workbook) -> None:
    """Leave the workbook as it is."""


def test_of_two_plain_sheets_the_first_is_read_and_the_other_named() -> None:
    other = [PLAIN[0], ["Is it loud?", "Yes, it is", "No"]]
    found = read(nothing, Start=PLAIN, End=other, Empty=[], Notes=[["for me"]])
    assert [text for text, _ in asked(found)] == ["How many days?", "How sure are you?"]
    assert said(found, "other_sheet") == ["sheet End", "sheet Notes"]
    assert "a file of its own" in next(one.mend for one in found.findings if one.where == "sheet End")
    swapped = read(nothing, End=other, Start=PLAIN)
    assert [text for text, _ in asked(swapped)] == ["Is it loud?"]


def test_a_hidden_sheet_is_passed_over_and_named() -> None:
    def hide(made: openpyxl.Workbook) -> None:
        made.worksheets[0].sheet_state = "hidden"

    found = read(hide, Old=[PLAIN[0], ["Is it loud?", "Yes, it is", "No"]], New=PLAIN)
    assert len(asked(found)) == 2 and said(found, "other_sheet") == ["sheet Old"]
    alone = read(hide, Old=PLAIN, Notes=[["for me"]])
    assert alone.draft is None and "old (hidden)" in str(alone.findings[0])


@pytest.mark.parametrize(
    ("value", "number_format", "code", "words"),
    [
        (datetime.date(2024, 10, 8), "", "date_cell", ""),  # what a spreadsheet program makes of 8-10
        (datetime.time(8, 10), "", "date_cell", ""),
        ("#REF!", "", "error_cell", ""),
        ("=A1&A2", "", "formula", ""),
        (0.25, "0%", "percentage", "25%"),
        (0.125, "0.0%", "percentage", "12.5%"),
        (5, '"£"0', "number_format", "5"),
        (7, "00000", "number_format", "7"),
        (7.0, "0", "", "7"),
        ("8-10", "@", "", "8-10"),
    ],
)
def test_what_the_program_made_of_a_cell_is_told_there(
    value: object, number_format: str, code: str, words: str
) -> None:
    """A question with such an answer keeps its place: nobody can publish it before somebody has typed the words."""
    found = read(put("C2", value, number_format), Sheet1=PLAIN)
    assert asked(found)[0] == ("How many days?", ["0 to 7", words, "More"])
    place = "sheet Sheet1, row 2, column C (Answer 2)"
    assert [one.code for one in found.findings if one.where == place][:1] == ([code] if code else [])
    assert (found.instrument is None) == (words == "")


def test_a_row_whose_type_is_an_error_is_named() -> None:
    found = read(put("A3", "#REF!"), survey=FORM, choices=CHOICES)
    assert len(asked(found)) == 1
    assert said(found, "error_cell") == ["sheet survey, row 3, column A (type)"]
    assert said(found, "unsupported_type") == ["sheet survey, row 3"]


def test_a_formula_with_its_result_is_its_result() -> None:
    """As a spreadsheet program saves it; an empty result is no finding."""
    made = openpyxl.Workbook()
    for row in PLAIN:
        made.worksheets[0].append(row)
    made.worksheets[0]["C2"] = "=1+1"
    made.worksheets[0]["D2"] = "=A9"
    file = io.BytesIO()
    made.save(file)
    calculated = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(calculated, "w") as new:
        for name in old.namelist():
            part = old.read(name).replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>")
            part = part.replace(b'r="D2"><f>A9</f><v />', b'r="D2" t="str"><f>A9</f><v></v>')
            new.writestr(name, part.replace(b"<f>1+1</f><v/>", b"<f>1+1</f><v>2</v>"))
    found = read_xlsform(calculated.getvalue(), "form.xlsx")
    assert asked(found)[0][1] == ["0 to 7", "2"] and said(found, "formula") == []


@pytest.mark.parametrize("place", ["F20", "ZZ20", "A9000"])
@pytest.mark.parametrize("after", [b"", b'<row r="9001"><c r="A9001"/></row>'])
def test_an_empty_cell_has_no_formula_that_stands_after_it(place: str, after: bytes) -> None:
    """A coloured blank, and after the cells a list to choose from that lies in another sheet."""
    blank = f'<row r="20"><c r="{place}" s="0"/></row>'.encode() + after + b"</sheetData>"
    listed = (
        b"<extLst><ext><x14:dataValidations><x14:dataValidation><x14:formula1><xm:f>Lists!$A$1:$A$9</xm:f>"
        b"</x14:formula1><xm:sqref>F2</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst>"
    ).replace(b"<ext>", b'<ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" xmlns:x14="urn:x14" xmlns:xm="urn:xm">')
    file = io.BytesIO()
    made = openpyxl.Workbook()
    for row in PLAIN:
        made.worksheets[0].append(row)
    made.save(file)
    edited = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(edited, "w") as new:
        for name in old.namelist():
            part = old.read(name).replace(b"</sheetData>", blank)
            new.writestr(name, part.replace(b"</worksheet>", listed + b"</worksheet>"))
    found = read_xlsform(edited.getvalue(), "form.xlsx")
    assert len(asked(found)) == 2 and found.faults == ()
    row = b'<row r="3"><c r="A3" s="0"/><c r="B3"><f>A1</f></c></row></sheetData>'
    assert part_of(b"<worksheet><sheetData>" + row + listed).formulas == {(3, 1)}
    assert part_of(b'<x:sheetData><x:c r="C4"></x:sheetData><x:f>A1</x:f>') == Part()
    assert part_of(b'<sheetData><c r="C4"/><f>A1</f>') == Part()


def test_merged_cells_are_named() -> None:
    found = read(lambda made: made.worksheets[0].merge_cells("B2:C3"), Sheet1=PLAIN)
    assert said(found, "merged") == ["sheet Sheet1, row 2, column B (Answer 1)"]
    assert "to C3" in next(one.wrong for one in found.findings if one.code == "merged")


@pytest.mark.parametrize(("row", "column"), [(2, workbook.MOST_COLUMNS + 1), (2, 900), (workbook.MOST_ROWS + 500, 1)])
def test_what_stands_past_the_last_row_or_column_is_refused(row: int, column: int) -> None:
    def far(made: openpyxl.Workbook) -> None:
        made.worksheets[0].cell(row, column, "far away")

    assert [one.code for one in read(far, Sheet1=PLAIN).findings] == ["too_big"]


@pytest.mark.parametrize(("row", "column"), [(2, workbook.MOST_COLUMNS + 1), (workbook.MOST_ROWS + 500, 1)])
@pytest.mark.parametrize("value", ["far away", "=A1&A2"])
def test_a_sheet_that_is_not_used_may_go_as_far_as_it_likes(row: int, column: int, value: str) -> None:
    """Data and notes beside the questions; only what would be read has to end."""

    def far(made: openpyxl.Workbook) -> None:
        made["Data"].cell(row, column, value)

    found = read(far, Sheet1=PLAIN, Data=[])
    assert len(asked(found)) == 2 and said(found, "other_sheet") == ["sheet Data"] and found.faults == ()
    found = read(far, survey=FORM, choices=CHOICES, Data=[["for me"]])
    assert len(asked(found)) == 2 and said(found, "other_sheet") == ["sheet Data"] and found.faults == ()


@pytest.mark.parametrize("used", ["survey", "choices", "settings"])
def test_each_sheet_of_a_form_that_goes_too_far_is_refused(used: str) -> None:
    def far(made: openpyxl.Workbook) -> None:
        made[used].cell(workbook.MOST_ROWS + 1, 1, "far away")

    found = read(far, survey=FORM, choices=CHOICES, settings=[["form_title"], ["What you like"]])
    assert [one.code for one in found.findings] == ["too_big"] and f"sheet {used} " in found.findings[0].wrong


def test_of_too_many_sheets_only_one_that_is_used_is_refused() -> None:
    more: dict[str, list[list[object]]] = {f"S{n}": [["x"]] for n in range(workbook.MOST_SHEETS)}
    found = read(nothing, Sheet1=PLAIN, **more)
    assert len(asked(found)) == 2 and said(found, "other_sheet") == [f"sheet {name}" for name in more]
    assert [one.code for one in read(nothing, **more, Sheet1=PLAIN).findings] == ["too_big"]
    form = {"choices": CHOICES, **more, "survey": FORM}
    assert [one.code for one in read(nothing, **form).findings] == ["too_big"]


def test_a_workbook_of_very_many_cells_is_refused_before_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few bytes, packed, can hold millions of small cells in sheets that are each within their limits."""

    def full(made: openpyxl.Workbook, columns: int) -> None:
        for n in range(3):
            sheet = made.create_sheet(f"More {n}")
            for _ in range(workbook.MOST_CELLS // 3 // columns):
                sheet.append([1] * columns)

    def unread(*_: object, **__: object) -> None:
        raise AssertionError("nobody reads it")

    monkeypatch.setattr(openpyxl, "load_workbook", unread)
    [found] = read(lambda made: full(made, 50), survey=FORM, choices=CHOICES).findings
    assert found.code == "too_big" and "cells" in found.wrong and found.mend


@pytest.mark.parametrize("value", [datetime.date(2024, 10, 8), "#REF!", "=A1&A2"])
def test_what_is_wrong_in_a_column_that_is_not_kept_is_no_fault(value: object) -> None:
    """Nothing is to be mended where nothing would be kept; the version is assumed, as any other that cannot be read."""
    own = ["default", "calculation", "constraint", "constraint_message::English (en)", "my notes", "label::Elvish"]
    head: list[object] = [*FORM[0][:3], *own]
    row: list[object] = [*FORM[1][:3], *[value] * len(own)]
    settings: list[list[object]] = [["form_title", "version"], ["What you like", value]]
    found = read(nothing, survey=[head, row], choices=CHOICES, settings=settings)
    told = [one for one in found.findings if one.code in ("date_cell", "error_cell", "formula")]
    assert [one.effect for one in told if "sheet survey" in one.where] == ["left_out"] * len(own)
    assert [one.effect for one in told if "sheet settings" in one.where] == ["assumed"] and found.faults == ()
    kept = ["hint", "relevant", "heard_agreed", "disabled"]
    found = read(nothing, survey=[[*FORM[0][:3], *kept], [*FORM[1][:3], *[value] * len(kept)]], choices=CHOICES)
    assert len([one for one in found.faults if one.code in ("date_cell", "error_cell", "formula")]) == len(kept)
    plain = read(put("E2", value), Sheet1=[[*PLAIN[0], "Notes"], *PLAIN[1:]])
    assert plain.faults == () and len(asked(plain)) == 2
    nameless = read(put("C1", value), Sheet1=PLAIN)
    assert [one.effect for one in nameless.findings if one.where.startswith("sheet Sheet1, row 1, ")] == ["fault"]


def test_a_row_that_is_switched_off_is_left_out_and_named() -> None:
    """Other tools do not ask it either."""
    found = read(put("D3", "yes"), survey=FORM, choices=CHOICES)
    assert [text for text, _ in asked(found)] == ["Do you play?"]
    assert said(found, "disabled") == ["sheet survey, row 3, column D (disabled)"]
    kept = read(put("D3", "no"), survey=FORM, choices=CHOICES)
    assert len(asked(kept)) == 2 and not said(kept, "unknown_column")


def test_what_a_file_of_others_cannot_say_is_named() -> None:
    """Where it is answered and what is sensitive: other tools know neither, and a child can come to harm by both."""
    found = read(nothing, Sheet1=[*PLAIN, ["Has anyone hit you this week?", "Yes, somebody", "No"]])
    assert {one.where for one in found.findings if one.code in ("assumed", "none_sensitive")} == {"sheet Sheet1"}
    assert found.draft is not None and found.draft.title == {"en": "form"}
    told = [one.wrong for one in found.findings if one.effect == "assumed"]
    assert any(one.startswith("it has no title") for one in told)
    assert any("sitting: in a group" in one for one in told) and any("no question is marked" in one for one in told)
    assert found.draft is not None
    codes = {one.code for one in judge(found.draft).open}
    assert "maybe_sensitive" in codes and "passive" not in codes, "our own opening brings its reason"
    settings: list[list[object]] = [[f"heard_{name}" for name in ("ages", "mode", "sitting", "respondent", "waves")]]
    settings[0].append("form_title")
    settings.append(["11 16", "private", "one_to_one", "young_person", "before after", "What you like"])
    twice = read(nothing, survey=FORM, choices=CHOICES, settings=[*settings, ["8 11"]])
    assert said(twice, "setting") == ["sheet settings, row 3"]
    known = read(nothing, survey=FORM, choices=CHOICES, settings=settings)
    assert not {"none_sensitive", "assumed"} & {one.code for one in known.findings if "sentences" not in one.wrong}
