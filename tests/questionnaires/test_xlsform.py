"""Spreadsheets: ours come back as they were, those of others are kept as far as can be and named where not."""

from __future__ import annotations

import functools
import io
import re
import time
import zipfile

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyxform.xls2xform import convert

from questionnaires import workbook
from questionnaires.files import library, load_library, read
from questionnaires.imported import EFFECTS, Imported, together
from questionnaires.instrument import Instrument, Version
from questionnaires.kinds import KINDS
from questionnaires.plain_sheet import write_plain
from questionnaires.versions import canonical_json, from_json
from questionnaires.writing import files_of
from questionnaires.xlsform import read_xlsform
from questionnaires.xlsform_writing import write_xlsform
from tests.questionnaires.instruments import instruments

SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def book(**sheets: list[list[object]]) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


CHOICES: list[list[object]] = [
    ["list name", "name", "label"],
    ["yn", "yes", "Yes"],
    ["yn", "no", "No"],
    ["size", 1, "Small"],
    ["size", 2, "Large"],
    ["size", 98, "Don't know"],
    ["size", 99, "Prefer not to say"],
]


def survey(
    *rows: list[object], columns: tuple[str, ...] = ("type", "name", "label"), **more: list[list[object]]
) -> Imported:
    return read_xlsform(book(survey=[list(columns), *rows], **({"choices": CHOICES} | more)), "form.xlsx")


@pytest.mark.parametrize("key", sorted(library()))
def test_the_library_comes_back_the_same_and_other_tools_read_it(key: str) -> None:
    data = write_xlsform(load_library(key))
    back = read_xlsform(data, "x.xlsx")
    assert back.instrument == load_library(key) and back.whole
    assert convert(xlsform=io.BytesIO(data), file_type=".xlsx").warnings == []


def test_every_kind_comes_back_the_same_and_other_tools_read_it(kindly: Instrument) -> None:
    data = write_xlsform(kindly)
    back = read_xlsform(data, "x.xlsx")
    assert back.instrument == kindly and back.whole, back.findings
    made = convert(xlsform=io.BytesIO(data), file_type=".xlsx")
    assert made.warnings == [] and "boxes.cup" in made.xform and "odk:rank" in made.xform


@pytest.mark.proof
def test_the_strategy_draws_every_kind() -> None:
    """A property over all kinds says nothing about one that is never drawn."""
    seen: set[str] = set()

    @settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(instrument=instruments())
    def look(instrument: Instrument) -> None:
        seen.update(item.kind for item in instrument.items)
        seen.update(
            name for item in instrument.items for name in ("same_as", "then_test", "versions") if getattr(item, name)
        )
        seen.update("alert" for item in instrument.items for option in item.told if option.alert)
        seen.update("alert_up_to" for item in instrument.items if item.alert_up_to is not None)

    look()
    assert seen == {*KINDS, "same_as", "then_test", "versions", "alert", "alert_up_to"}


@SLOW
@given(instrument=instruments())
def test_any_questionnaire_comes_back_the_same(instrument: Instrument) -> None:
    back = read_xlsform(write_xlsform(instrument), "x.xlsx")
    assert back.instrument == instrument, "\n".join(map(str, back.findings))


@SLOW
@given(instrument=instruments())
def test_any_questionnaire_comes_back_from_its_files(instrument: Instrument) -> None:
    (name, source), *others = files_of(instrument).items()
    assert read(source, name, dict(others)) == instrument
    assert from_json(canonical_json(instrument)) == instrument


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(instrument=instruments())
def test_pyxform_reads_whatever_we_write(instrument: Instrument) -> None:
    """Words that look like their references (`${x}`) are meant as references there; all others go through."""
    if not any("${" in one for one in re.findall(r".+", repr(instrument))):
        assert convert(xlsform=io.BytesIO(write_xlsform(instrument)), file_type=".xlsx").xform


def test_a_text_is_never_a_formula(tiny_file: str) -> None:
    data = write_xlsform(read(tiny_file.replace("Which ways?", "=HYPERLINK(1)").encode()))
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(data))["survey"] for cell in row]
    (found,) = [cell for cell in cells if cell.value == "=HYPERLINK(1)"]
    assert found.data_type == "s"


REAL: list[list[object]] = [
    [
        "type",
        "name",
        "label::English (en)",
        "label::Français (fr)",
        "hint",
        "relevant",
        "required",
        "appearance",
        "media::image",
    ],
    ["start", "start"],
    ["deviceid", "deviceid"],
    ["begin group", "About You", "About you", "Sur vous"],
    ["text", "full_name", "Your name", "Nom", None, None, "yes"],
    ["select_one size", "Shoe-Size", "Shoes", "Chaussures", "Any", None, "no", "minimal"],
    ["select one yn", "likes", "Do you like them?", "Aimez-vous?", None, None, None, None, "shoe.png"],
    ["select_multiple yn", "why", "Why?", "Pourquoi?", None, "selected(${likes}, 'yes') or ${likes}='no'"],
    ["integer", "pairs", "How many pairs?", "Combien?", None, "${pairs} > 3"],
    ["end group"],
    ["begin repeat", "kids", "Each child", "Chaque"],
    ["select_one yn or_other", "data", "Is ${likes} so?", "Oui?"],
    ["end repeat"],
    ["calculate", "total", None],
    ["geopoint", "where", "Where?", "Où?"],
    ["end group"],
]


def test_a_form_made_elsewhere_is_kept_as_far_as_can_be() -> None:
    choices: list[list[object]] = [["list_name", "name", "label::English (en)", "label::Français (fr)", "image"]]
    choices += [[*row, f"{row[2]} fr", "a.png" if row[1] == "no" else None] for row in CHOICES[1:]]
    meta: list[list[object]] = [
        ["form_title", "form_id", "version", "style"],
        ["Shoes", "Shoes 2026", "2026112001", "pages"],
    ]
    found = read_xlsform(book(survey=REAL, choices=choices, settings=meta, notes=[["x"]]), "form.xlsx")
    said = {(one.where, one.code) for one in found.findings}
    for where, code in [
        ("sheet survey, row 2, column A (type)", "unsupported_type"),
        ("sheet survey, row 5, column A (type)", "asks_who"),
        ("sheet survey, row 6, column H (appearance)", "unsupported_column"),
        ("sheet survey, row 6", "renamed"),
        ("sheet survey, row 7, column I (media::image)", "unsupported_media"),
        ("sheet survey, row 9, column F (relevant)", "unsupported_relevant"),
        ("sheet survey, row 11, column A (type)", "repeat"),
        ("sheet survey, row 12, column A (type)", "or_other"),
        ("sheet survey, row 12, column C (label::English (en))", "inserted"),
        ("sheet survey, row 14, column A (type)", "unsupported_type"),
        ("sheet survey, row 15, column A (type)", "unsupported_type"),
        ("sheet survey, row 16, column A (type)", "no_group"),
        ("sheet choices, row 3, column E (image)", "unsupported_media"),
        ("sheet choices, row 6", "absence"),
        ("sheet settings, row 2, column C (version)", "assumed"),
        ("sheet settings, row 2, column D (style)", "setting"),
        ("sheet notes", "other_sheet"),
    ]:
        assert (where, code) in said, (where, code, *map(str, found.findings))
    assert all(one.wrong and one.mend and str(one).startswith("form.xlsx: ") for one in found.findings)
    assert any(one.mend.startswith("give it in sheet settings as heard_ages, or change it") for one in found.findings)
    draft = found.draft
    assert draft is not None and draft.key == "shoes_2026" and not found.faults, found.faults
    assert [item.key for item in draft.items] == ["shoe_size", "likes", "why", "pairs", "data_2"]
    shoes = draft.item("shoe_size")
    assert [(one.key, one.code) for one in shoes.options] == [("answer_1", 1), ("answer_2", 2)]
    assert shoes.absences == ("dont_know", "rather_not")
    assert shoes.hint == {"en": "Any"} and shoes.text["fr"] == "Chaussures"
    condition = draft.item("why").condition
    assert condition is not None and (condition.item, condition.options) == ("likes", ("yes", "no"))
    assert [page.key for page in draft.pages] == ["about_you", "kids"]
    assert draft.language("fr").draft and len(draft.intro) == 4
    (name, source), *others = files_of(draft).items()
    assert read(source, name, dict(others)) == draft


FORMULAS = [
    ("${a} = 'yes'", ("yes",)),
    ('${a}="yes"', ("yes",)),
    ("selected(${a}, 'yes') or (${a} = 'no')", ("yes", "no")),
    ("( 'no' = ${ a } )", ("no",)),
    ("${a} != 'yes'", None),
    ("${a} = 'yes' and ${a} = 'no'", None),
    ("not(selected(${a}, 'yes'))", None),
    ("${b} = 'yes' or ${a} = 'yes'", None),
    ("${later} = 'yes'", None),
    ("(" * 900, None),
    ("${a} = 'yes' " * 400, None),
]


@pytest.mark.parametrize(("formula", "options"), FORMULAS)
def test_conditions_are_understood_or_named(formula: str, options: tuple[str, ...] | None) -> None:
    columns = ("type", "name", "label", "relevant")
    found = survey(
        ["select_one yn", "a", "A?"],
        ["select_one yn", "b", "B?"],
        ["select_one yn", "c", "C?", formula],
        columns=columns,
    )
    assert found.draft
    condition = found.draft.item("c").condition
    assert (condition and condition.options) == options
    named = ("sheet survey, row 4, column D (relevant)", "unsupported_relevant")
    assert ((one := named) in {(f.where, f.code) for f in found.findings}) == (options is None), one


@pytest.mark.parametrize(
    ("formula", "bounds", "code"),
    [
        (". >= 1 and . <= 20", (1, 20), ""),
        (".>0 and .<21", (1, 20), ""),
        (". <= 20", (0, 20), ""),
        (". >= 1", (1, 1000), "assumed"),
        ("regex(., '[0-9]')", (0, 1000), "unsupported_column"),
        (None, (0, 1000), "assumed"),
    ],
)
def test_ranges_are_understood_or_named(formula: str | None, bounds: tuple[int, int], code: str) -> None:
    found = survey(["integer", "n", "How many?", formula], columns=("type", "name", "label", "constraint"))
    assert found.draft
    item = found.draft.item("n")
    assert (item.minimum, item.maximum) == bounds
    codes = {one.code for one in found.findings if one.where.startswith("sheet survey")}
    assert code in codes if code else not codes


@pytest.mark.parametrize(
    ("rows", "code", "where"),
    [
        ([["select_one nowhere", "a", "A?"]], "no_list", "sheet survey, row 2, column A (type)"),
        (
            [["select_one yn", "a", "A?"], ["select_one yn", "a", "B?"]],
            "bad_name",
            "sheet survey, row 3, column B (name)",
        ),
        ([["select_one yn", None, "A?"]], "bad_name", "sheet survey, row 2"),
        ([["select_one yn", "a", "It is a secret"]], "promise", "sheet survey, row 2"),
        ([["select_one yn", "a", None]], "text_length", "sheet survey, row 2"),
        ([], "item_count", "sheet settings"),
    ],
)
def test_what_cannot_be_published_is_a_fault_in_its_row(rows: list[list[object]], code: str, where: str) -> None:
    found = survey(*rows)
    assert (where, code) in {(one.where, one.code) for one in found.faults}, found.faults
    assert found.draft is not None and found.instrument is None


def test_words_in_no_language_we_know_and_no_english() -> None:
    columns = ("type", "name", "label::Klingonese", "label::Welsh")
    found = survey(["integer", "n", "nuq", "Sawl?"], columns=columns)
    codes = {one.code: one.where for one in found.findings}
    assert codes["unknown_language"] == "sheet survey, row 1, column C (label::Klingonese)"
    assert codes["no_english"]
    assert found.draft and found.draft.item("n").text == {"en": "Sawl?", "cy": "Sawl?"}


def test_a_column_of_another_tool_is_named_once_and_layout_where_it_stands() -> None:
    columns = ("type", "name", "label", "$kuid", "required::x", "image::English (en)")
    rows: list[list[object]] = [["integer", name, "**How** many?", "a1b2", "yes", "a.png"] for name in ("m", "n")]
    found = survey(*rows, columns=columns, settings=[[], ["form_title"], ["Some <b>title</b>"]])
    said = [(one.where, one.code) for one in found.findings]
    assert said.count(("sheet survey, row 1, column D ($kuid)", "unknown_column")) == 1
    for row in (2, 3):
        assert (f"sheet survey, row {row}, column C (label)", "markup") in said
        assert (f"sheet survey, row {row}, column E (required::x)", "unsupported_column") in said
        assert (f"sheet survey, row {row}, column F (image::English (en))", "unsupported_media") in said


def test_what_is_said_of_many_rows_is_said_once_after_every_fault() -> None:
    rows: list[list[object]] = [
        ["select_one yn", f"Q{n}", f"Is it {n}?", "minimal" if n != 5 else ""] for n in range(8)
    ]
    found = survey(*rows, ["select_one gone", "last", "Is it?"], columns=("type", "name", "label", "appearance"))
    told = [(one.effect, one.where, one.wrong) for one in together(found.findings)]
    assert [effect for effect, *_ in told] == sorted((one[0] for one in told), key=EFFECTS.index)
    assert ("left_out", "sheet survey, rows 2 to 6, 8 to 9, column D (appearance)", "'minimal' is not kept") in told
    assert ("assumed", "sheet survey, rows 2 to 9", "'Q0' is called q0 here, and 7 more in the same way") in told
    assert told[0][:2] == ("fault", "sheet survey, row 10, column A (type)")


def test_recordings_belong_to_their_language() -> None:
    columns = ("type", "name", "label::English (en)", "media::audio::English (en)", "media::audio::Cymraeg (cy)")
    rows = [["integer", "both", "How many?", "both.opus", "both-cy.mp3"], ["integer", "one", "How many?", "one.opus"]]
    rows += [["integer", "welsh", "How many?", "", "only.opus"], ["integer", "bad", "How many?", "My Voice.WAV"]]
    found = survey(*rows, columns=columns)
    assert found.draft is not None
    both, one, *others = (item.versions for item in found.draft.items)
    assert both == (Version("audio", sound="both.opus", sounds={"cy": "both-cy.mp3"}),)
    assert one == (Version("audio", sound="one.opus"),) and others == [(), ()]
    told = [one for one in found.findings if one.code == "unsupported_media"]
    assert [one.where[:19] for one in told] == ["sheet survey, row 4", "sheet survey, row 5"]
    assert all("in English" in one.mend and ".opus" in one.mend for one in told)
    back = read_xlsform(write_xlsform(found.draft), "form.xlsx")
    assert back.draft is not None and [item.versions for item in back.draft.items] == [both, one, (), ()]


def test_a_default_language_names_the_plain_labels() -> None:
    found = survey(
        ["integer", "n", "Sawl?", "How many?"],
        columns=("type", "name", "label", "label::English"),
        settings=[["default_language"], ["Cymraeg (cy)"]],
    )
    assert found.draft and found.draft.item("n").text == {"cy": "Sawl?", "en": "How many?"}


def packed(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/") + ".xml", content)
    return file.getvalue()


def with_part(name: str, change: bytes) -> bytes:
    """Our own workbook with one part begun otherwise."""
    source = zipfile.ZipFile(io.BytesIO(book(survey=[["type", "name", "label"], ["integer", "n", "How many?"]])))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for part in source.namelist():
            content = source.read(part)
            made.writestr(part, change + content if part == name else content)
    return file.getvalue()


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
BOMBS = {
    "bytes": (b"PK\3\4" + b"x" * 100, "not_a_workbook"),
    "empty": (b"", "not_a_workbook"),
    "old": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 9, "not_a_workbook"),
    "big": (b"0" * (workbook.LARGEST_FILE + 1), "too_big"),
    "unpacks": (packed(xl__workbook=b" " * (workbook.LARGEST_CONTENT + 1)), "too_big"),
    "parts": (packed(**{f"p{n}": b"" for n in range(workbook.MOST_PARTS + 1)}), "too_big"),
    "entities": (with_part("xl/worksheets/sheet1.xml", LAUGHS), "doctype"),
    "styles": (with_part("xl/styles.xml", LAUGHS), "doctype"),
    "utf16": (with_part("xl/workbook.xml", "<".encode("utf-16")), "doctype"),
    "foreign": (packed(word__document=b"<x/>"), "not_a_workbook"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_at_once(name: str) -> None:
    data, code = BOMBS[name]
    begun = time.process_time()
    found = read_xlsform(data, "bomb.xlsx")
    assert time.process_time() - begun < 2
    assert [one.code for one in found.findings] == [code] and found.draft is None and found.faults


def test_a_cell_a_million_rows_down_is_refused_at_once() -> None:
    made = openpyxl.Workbook()
    made.worksheets[0].title = "survey"
    made.worksheets[0]["A1"] = "type"
    made.worksheets[0].cell(1_048_576, 16_384, "x")
    made.worksheets[0].cell(workbook.MOST_ROWS + 1, 1, "integer")
    file = io.BytesIO()
    made.save(file)
    begun = time.process_time()
    found = read_xlsform(file.getvalue(), "deep.xlsx")
    assert time.process_time() - begun < 2
    assert [one.code for one in found.findings] == ["too_big"]


def test_a_plain_sheet_of_questions_and_answers_is_understood() -> None:
    rows: list[list[object]] = [["Question", "Answer 1", "Answer 2", "answer3", "Who asks"]]
    rows += [["Is it far?", "Yes", "No", "Don't know", "Ann"], ["How far?", "Near", "Far"], [None, "Near"]]
    rows += [["What would you change?"], ["What is your name?"], ["=1+1", "Two", "Three"], ["One only", "This"]]
    found = read_xlsform(book(Sheet1=rows, notes=[["x"]]), "form.xlsx")
    assert found.draft is not None
    asked = [(one.key, one.kind, [x.label["en"] for x in one.options]) for one in found.draft.items]
    assert asked[:3] == [
        ("question_1", "one", ["Yes", "No"]),
        ("question_2", "one", ["Near", "Far"]),
        ("question_3", "text", []),
    ]
    assert all(one.absences == ("dont_know", "rather_not") for one in found.draft.items if one.kind == "one")
    said = {(one.where, one.code) for one in found.findings}
    for where, code in [
        ("sheet Sheet1", "plain_sheet"),
        ("sheet Sheet1, row 1, column E (Who asks)", "unknown_column"),
        ("sheet Sheet1, row 2, column D (answer3)", "absence"),
        ("sheet Sheet1, row 4", "no_question"),
        ("sheet Sheet1, row 5", "text_box"),
        ("sheet Sheet1, row 6", "asks_who"),
        ("sheet Sheet1, row 7, column A (Question)", "formula"),
        ("sheet Sheet1, row 8", "option_count"),
    ]:
        assert (where, code) in said, (where, code, said)
    assert {one.code for one in found.faults} == {"option_count", "formula", "text_length"}
    back = read_xlsform(write_plain(load_library("online_play")), "form.xlsx")
    kept = [item for item in load_library("online_play").items if item.kind == "one"]
    assert back.draft is not None and not back.faults
    assert [item.text for item in back.draft.items] == [{"en": item.text["en"]} for item in kept]


def test_a_workbook_without_questions_is_a_fault() -> None:
    found = read_xlsform(book(Sheet1=[["a"], ["b"]]), "x.xlsx")
    assert [one.code for one in found.findings] == ["no_survey"] and "sheet1" in str(found.findings[0])


cells = st.one_of(
    st.sampled_from(
        [
            "select_one yn",
            "select_multiple size or_other",
            "begin group",
            "end group",
            "begin repeat",
            "integer",
            "note",
        ]
    ),
    st.sampled_from(
        ["a", "b", "data", "${a} = 'yes'", ". > 3 and . < 1", "intro_1", '{"scales": [{}]}', "[", "heard_more", "99 1"]
    ),
    st.sampled_from(
        ["type", "name", "label", "label::Welsh (cy)", "hint::", "media::image::x", "::", "relevant", "list_name"]
    ),
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-5, 999),
    st.text(st.characters(exclude_categories=("Cc", "Cs", "Co", "Cn")), max_size=6),
)
HEADS = [
    "type",
    "name",
    "label",
    "label::Welsh (cy)",
    "relevant",
    "constraint",
    "heard_more",
    "heard_agreed",
    "heard_unit",
    "heard_waves",
]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_sheets_at_all_give_findings_or_a_draft(data: st.DataObject) -> None:
    rows = st.lists(st.lists(cells, max_size=10), max_size=8)
    head = data.draw(st.just(HEADS) | st.lists(cells, max_size=10))
    choices = [["list_name", "name", "label", "heard_code"], *data.draw(rows), *CHOICES[1:]]
    meta = [
        ["form_title", "form_id", "version", "default_language", "heard_ages", "heard_mode", "heard_more"],
        *data.draw(rows),
    ]
    found = read_xlsform(book(survey=[head, *data.draw(rows)], choices=choices, settings=meta), "any.xlsx")
    assert found.draft is not None or found.faults
    assert found.instrument is None or not found.faults


@functools.cache
def _once(instrument_key: str) -> bytes:
    """The same bytes each time: a workbook holds the moment it was written."""
    return write_xlsform(load_library(instrument_key))


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_damage_gives_findings_or_a_draft(data: st.DataObject) -> None:
    spoiled = bytearray(_once("online_play"))
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(spoiled) - 1))
        spoiled[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(len(spoiled) // 2, len(spoiled)))
    found = read_xlsform(bytes(spoiled[: cut if data.draw(st.booleans()) else None]), "spoiled.xlsx")
    assert found.draft is not None or found.faults
