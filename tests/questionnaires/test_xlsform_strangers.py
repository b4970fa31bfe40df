"""Spreadsheets as other people draw them: every construct that is not kept is named by sheet, row and column.

The rows are written after the public templates and manuals of ODK, KoboToolbox, Enketo and SurveyCTO: their types, their
columns, their sheets, and the spellings that their forms have gathered over the years.
"""

from __future__ import annotations

import pytest
from openpyxl.utils import get_column_letter

from questionnaires.xlsform import read_xlsform
from questionnaires.xlsform_writing import write_xlsform
from tests.questionnaires.test_xlsform import book

KEPT = {
    "select_one size": "one",
    "select one size": "one",
    "select_one from size": "one",
    "select1 size": "one",
    "add select one prompt using size": "one",
    "select_one size or_other": "one",
    "select_one size or specify other": "one",
    "select_multiple size": "several",
    "select all that apply from size": "several",
    "Select_Multiple  size  or_other": "several",
    "integer": "number",
    "int": "number",
    "rank size": "rank",
    "note": "statement",
}
NOT_KEPT = [
    *("start", "end", "today", "deviceid", "subscriberid", "simserial", "phonenumber", "username", "email", "audit"),
    *(
        "start-geopoint",
        "background-audio",
        "hidden",
        "decimal",
        "date",
        "time",
        "dateTime",
        "geopoint",
    ),
    *(
        "geotrace",
        "geoshape",
        "image",
        "audio",
        "video",
        "file",
        "barcode",
        "acknowledge",
        "trigger",
        "range",
        "calculate",
    ),
    *(
        "calculate_here",
        "xml-external",
        "csv-external",
        "select_one_from_file fruits.csv",
        "select_multiple_from_file a.csv",
    ),
    *(
        "select_one_external towns",
        "osm tags",
        "xforms",
        "add integer prompt",
        "speed violations count",
        "text audit",
        "_",
    ),
    *(
        "begin_kobomatrix",
        "end_kobomatrix",
        "begin_score",
        "score__row",
        "end_score",
        "begin_rank",
        "rank__level",
        "end_rank",
    ),
    *("begin_literacy", "select_one", "select_multiple", "rank", "sélection une size", "select_one  ", "x" * 300),
]
COLUMNS = {
    "hint::English (en)": ("A hint", ""),
    "label::Español (es)": ("Pregunta", ""),
    "required": ("no", ""),
    "required::Klingon (x!)": ("yes", "unsupported_column"),
    "appearance": ("likert", "unsupported_column"),
    "parameters": ("randomize=true, seed=1", "unsupported_column"),
    "constraint": ("string-length(.) < 5", "unsupported_column"),
    "constraint_message::Español (es)": ("Mal", "unsupported_column"),
    "calculation": ("${a} + 1", "unsupported_column"),
    "choice_filter": ("state=${a}", "unsupported_column"),
    "repeat_count": ("3", "unsupported_column"),
    "default": ("1", "unsupported_column"),
    "readonly": ("yes", "unsupported_column"),
    "read_only": ("TRUE", "unsupported_column"),
    "trigger": ("${a}", "unsupported_column"),
    "guidance_hint::English (en)": ("For staff", "unsupported_column"),
    "relevant": ("${later} = 'x'", "unsupported_relevant"),
    "relevance": ("count-selected(${a}) > 1", "unsupported_relevant"),
    "media::image": ("cat.png", "unsupported_media"),
    "media::image::Español (es)": ("gato.png", "unsupported_media"),
    "image": ("cat.png", "unsupported_media"),
    "audio::English (en)": ("My voice.wav", "unsupported_media"),
    "media::video": ("cat.mp4", "unsupported_media"),
    "big-image": ("big.png", "unsupported_media"),
    "label::Tlhingan Hol": ("nuq", "unknown_language"),
    "body::accuracyThreshold": ("5", "unknown_column"),
    "bind::jr:preload": ("uid", "unknown_column"),
    "instance::odk:tag": ("x", "unknown_column"),
    "$kuid": ("aZ3", "unknown_column"),
    "note to self": ("ask Ann", "unknown_column"),
    "heard_colour": ("red", "unknown_column"),
}
CHOICES: list[list[object]] = [["list_name", "name", "label::English (en)"]]
CHOICES += [["size", n, words] for n, words in ((1, "Small"), (2, "Medium"), (3, "Large"))]


@pytest.mark.parametrize("kind", KEPT)
def test_types_are_known_however_they_are_spelled(kind: str) -> None:
    rows: list[list[object]] = [["type", "name", "label::English (en)"], [kind, "a", "How?"]]
    found = read_xlsform(book(survey=rows, choices=CHOICES), "form.xlsx")
    assert found.draft is not None and [item.kind for item in found.draft.items] == [KEPT[kind]]
    other = [one for one in found.findings if one.code == "or_other"]
    assert len(other) == kind.endswith("other") and all(one.where.startswith("sheet survey, row 2") for one in other)
    assert found.faults == (), found.faults


@pytest.mark.parametrize("kind", NOT_KEPT)
def test_every_other_type_is_named_in_its_row(kind: str) -> None:
    rows: list[list[object]] = [
        ["type", "name", "label::English (en)"],
        ["integer", "a", "How many?"],
        [kind, "b", "What?"],
    ]
    found = read_xlsform(book(survey=rows, choices=CHOICES), "form.xlsx")
    assert found.draft is not None and [item.key for item in found.draft.items] == ["a"]
    named = [one for one in found.findings if one.where == "sheet survey, row 3, column A (type)"]
    assert len(named) == 1 and named[0].wrong and named[0].mend, [*map(str, found.findings)]
    assert found.faults == () and not found.whole


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_that_is_not_kept_is_named_where_it_says_something(column: str) -> None:
    words, code = COLUMNS[column]
    head: list[object] = ["type", "name", "label::English (en)", "", column]
    rows: list[list[object]] = [
        head,
        ["select_one size", "a", "Which?"],
        ["select_one size", "b", "Which?", None, words],
    ]
    found = read_xlsform(book(survey=rows, choices=CHOICES), "form.xlsx")
    row = 1 if code.startswith("unknown") else 3
    where = f"sheet survey, row {row}, column {get_column_letter(5)} ({column})"
    said = [(one.where, one.code) for one in found.findings if one.where.startswith("sheet survey")]
    assert said == ([(where, code)] if code else []), said
    assert found.draft is not None and len(found.draft.items) == 2


def test_a_box_for_words_comes_in_with_what_it_needs_and_nobody_is_asked_who_they_are() -> None:
    head: list[object] = ["type", "name", "label::English (en)", "appearance", "relevant"]
    rows: list[list[object]] = [head, ["text", "why", "What did you like?", "multiline"]]
    rows += [["text", "short", "What else?"], ["integer", "n", "How many?", "", "${why} = 'x'"]]
    who = (
        "What is your name?",
        "Name",
        "Child’s name",
        "E-mail address",
        "Your postcode",
        "First name",
        "Phone number",
    )
    rows += [["text", f"w{n}", words] for n, words in enumerate(who)]
    found = read_xlsform(book(survey=rows, choices=CHOICES), "form.xlsx")
    assert found.draft is not None and not found.faults, found.faults
    assert [(item.key, item.kind, item.size) for item in found.draft.items] == [
        ("why", "text", "long"),
        ("short", "text", None),
        ("n", "number", None),
    ]
    told = [(one.where, one.code) for one in found.findings if one.where.startswith("sheet survey")]
    assert [code for _, code in told[:2]] == ["text_box", "text_box"]
    assert ("sheet survey, row 4, column E (relevant)", "unsupported_relevant") in told
    assert [code for _, code in told].count("asks_who") == len(who)
    back = read_xlsform(write_xlsform(found.draft), "form.xlsx")
    assert back.draft is not None and back.draft.items == found.draft.items


def test_a_row_of_words_without_type_and_name_is_named() -> None:
    head: list[object] = ["type", "name", "label::English (en)", "notes"]
    rows: list[list[object]] = [
        head,
        ["integer", "a", "How many?"],
        ["", "", "Which of these?"],
        ["", "", "", "by Ann"],
    ]
    rows += [["#", "", "A remark of the author"], ["integer", "b", "<h1>How</h1> many?"]]
    found = read_xlsform(book(survey=rows, choices=CHOICES), "form.xlsx")
    told = [(one.where, one.code) for one in found.findings if one.code in ("unsupported_type", "markup")]
    markup = ("sheet survey, row 6, column C (label::English (en))", "markup")
    assert told == [("sheet survey, row 3", "unsupported_type"), markup]


def test_groups_in_groups_repeats_and_ends_without_beginnings() -> None:
    rows: list[list[object]] = [
        ["type", "name", "label", "relevant", "repeat_count", "appearance"],
        ["begin group", "outer", "Outer", "${a} = '1'", None, "field-list"],
        ["begin_group", "inner", "Inner"],
        ["integer", "n", "How many?"],
        ["end group"],
        ["begin repeat", "kids", "Kids", None, "${n}"],
        ["select_one size", "one", "Which?"],
        ["end_repeat"],
        ["end group"],
        ["end group"],
        ["# a remark of the author"],
        [None, None, "words without a type"],
        ["begin loop over size", "loop", "Loop"],
        ["select_one size", "two", "Which?"],
    ]
    found = read_xlsform(book(survey=rows, choices=CHOICES), "form.xlsx")
    said = {(one.where, one.code) for one in found.findings}
    assert {
        ("sheet survey, row 2, column D (relevant)", "unsupported_relevant"),
        ("sheet survey, row 2, column F (appearance)", "unsupported_column"),
        ("sheet survey, row 6, column A (type)", "repeat"),
        ("sheet survey, row 6, column E (repeat_count)", "unsupported_column"),
        ("sheet survey, row 10, column A (type)", "no_group"),
        ("sheet survey, row 13, column A (type)", "repeat"),
    } <= said, said
    assert found.draft is not None
    assert [(page.key, [item.key for item in page.items]) for page in found.draft.pages] == [
        ("inner", ["n"]),
        ("kids", ["one"]),
        ("loop", ["two"]),
    ]


def test_all_questions_of_a_group_are_asked_if_the_group_is() -> None:
    rows: list[list[object]] = [
        ["type", "name", "label", "relevant", "hint"],
        ["select_one size", "a", "Which?"],
        ["begin group", "more", "More", "${a} = '1' or ${a} = '2'", "For staff"],
        ["select_one size", "b", "Which one?"],
        ["select_one size", "c", "Which of them?", "${b} = '3'"],
        ["begin group", "inner", "Inner", "${c} = '1'"],
        ["integer", "d", "How many?"],
        ["end group"],
        ["select_one size", "e", "Which then?", "${a} = '3'"],
        ["end group"],
        ["select_one size", "f", "Which now?", "${gone} = '3'"],
    ]
    found = read_xlsform(book(survey=rows, choices=CHOICES), "form.xlsx")
    assert found.draft is not None
    said = {item.key: item.condition and (item.condition.item, item.condition.options) for item in found.draft.items}
    assert {key: one and one[0] for key, one in said.items()} == dict(a=None, b="a", c="b", d="c", e="a", f=None)
    assert said["b"] is not None and len(said["b"][1]) == 2
    named = {(one.where, one.code) for one in found.findings if one.effect == "left_out"}
    assert named == {
        ("sheet survey, row 3, column E (hint)", "unsupported_column"),
        ("sheet survey, row 6", "unsupported_relevant"),
        ("sheet survey, row 9", "unsupported_relevant"),
        ("sheet survey, row 11, column D (relevant)", "unsupported_relevant"),
    }


def test_forms_of_the_first_years_are_read() -> None:
    """Sheet columns, commands and tags, and attributes by the names that they have inside the form."""
    rows: list[list[object]] = [
        ["command", "tag", "text:English", "bind:relevant", "bind::jr:constraintMsg::English", "bind:constraint"],
        ["q select1 from size", "z", "Which?"],
        ["select one from size", "a", "Which?"],
        ["begin looped group", "kids", "Kids"],
        ["integer", "n", "How many?", "${a} = '1'", "Too many", ". <= 9"],
        ["end looped group"],
    ]
    settings: list[list[object]] = [["title", "id_string"], ["Shoes", "shoes"]]
    found = read_xlsform(book(survey=rows, columns=CHOICES, settings=settings), "form.xlsx")
    assert found.draft is not None and (found.draft.key, found.draft.title["en"]) == ("shoes", "Shoes")
    assert [(item.key, item.text["en"]) for item in found.draft.items] == [("a", "Which?"), ("n", "How many?")]
    number = found.draft.items[1]
    assert number.condition is not None and number.condition.item == "a" and number.maximum == 9
    assert [(one.where, one.code) for one in found.findings if one.effect != "assumed"] == [
        ("sheet survey, row 2, column A (command)", "unsupported_type"),
        ("sheet survey, row 4, column A (command)", "repeat"),
        ("sheet survey, row 5, column E (bind::jr:constraintMsg::English)", "unsupported_column"),
    ]


def test_sheets_and_settings_of_others_are_named() -> None:
    settings: list[list[object]] = [
        [
            "form_title",
            "form_id",
            "version",
            "default_language",
            "style",
            "instance_name",
            "public_key",
            "submission_url",
        ],
        [
            "Shoes",
            "shoes",
            "2024-01-31",
            "English (en)",
            "pages theme-grid",
            "concat(${a}, 1)",
            "MIIB",
            "https://x.example",
        ],
    ]
    rows: list[list[object]] = [["type", "name", "label::English (en)"], ["integer", "a", "How many?"]]
    more = {name: [["list_name", "name"], ["x", "y"]] for name in ("entities", "external_choices", "osm", "cascades")}
    found = read_xlsform(book(survey=rows, choices=CHOICES, settings=settings, **more), "form.xlsx")
    said = {(one.where, one.code) for one in found.findings}
    assert {(f"sheet {name}", "other_sheet") for name in more} <= said
    named = {where for where, code in said if code == "setting"}
    lettered = zip("EFGH", settings[0][4:], strict=True)
    assert named == {f"sheet settings, row 2, column {letter} ({name})" for letter, name in lettered}
    assert ("sheet settings, row 2, column C (version)", "assumed") in said
    assert found.faults == ()
