"""Every kind of question: what it must have, what it may not have, and what becomes of its answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.answers import alerts, field_names, parse
from questionnaires.codebook import COLUMNS, Answer, Codebook, Head
from questionnaires.faults import InstrumentFaults
from questionnaires.files import read
from questionnaires.instrument import DONT_KNOW, LEFT_BLANK, NOT_ASKED, RATHER_NOT, STEP_OPTIONS, Instrument, Item
from questionnaires.kinds import KINDS, NATURES
from questionnaires.looks import sounds_of
from questionnaires.po import export_po
from questionnaires.versions import canonical_json, from_json
from questionnaires.writing import files_of
from questionnaires.xlsform import read_xlsform
from questionnaires.xlsform_writing import write_xlsform

PRIVATE = ("mode: linked", "mode: private")
# code, what is replaced, what stands there instead, what is in the fault's line
SPOILED = [
    ("no_anchor", "low: Cold, ", "", "key: warm"),
    ("no_anchor", "        high: There\n", "", "key: aims"),
    ("not_ordered", "low: Cold", "ordered: false, low: Cold", "ordered: false"),
    ("no_nobody", ", exclusive: true", "", "options"),
    ("part_count", "          - {key: hat, text: A hat}\n", "", "parts"),
    ("part_count", "          - {key: goal_1, text: My first goal}\n", "          []\n", "parts"),
    ("option_count", "          - {key: halt, code: 3, label: Stop}\n", "", "options"),
    ("not_for_this_kind", "kind: rank", "kind: rank\n        low: Cold", "low: Cold"),
    ("not_for_this_kind", "low: Cold", "options: [{key: a, code: 1, label: A}], low: Cold", "options"),
    ("not_for_this_kind", "picture: phone", "absences: [dont_know]", "absences"),
    ("not_for_this_kind", "picture: phone", "options: [{key: a, code: 1, label: A}]", "options"),
    ("not_for_this_kind", "kind: rank", "kind: rank\n        about: true", "about"),
    ("not_for_this_kind", "label: In}", "label: In, alert: true}", "key: in"),
    ("not_for_this_kind", "label: In}", "label: In, exclusive: true}", "key: in"),
    ("not_for_this_kind", "kind: rank", "kind: rank\n        alert_up_to: 0", "alert_up_to"),
    ("not_for_this_kind", "kind: goals", "kind: goals\n        alert_up_to: 2", "alert_up_to"),
    ("alert_steps", "low: Cold", "alert_up_to: 10, low: Cold", "alert_up_to"),
    ("not_a_number", "low: Cold", "alert_up_to: few, low: Cold", "alert_up_to"),
    ("not_a_choice", "picture: phone", "picture: gun", "picture"),
    ("not_a_choice", "size: long", "size: huge", "size"),
    ("unknown_field", "          audio: {sound: ease.opus}", "          loud: {text: How?}", "loud"),
    ("reserved_key", "{key: hat,", "{key: left_blank,", "left_blank"),
    ("bad_key", "{key: hat,", "{key: Hat,", "Hat"),
    ("repeated", "{key: hat,", "{key: cup,", "key: cup"),
    ("measure_agreed", "agreed: [in]", "agreed: [up]", "measure"),
    ("condition_item", "{key: more,", "{key: more, condition: {item: order, options: [sea]},", "key: more"),
    ("same_as", "same_as: once", "same_as: nowhere", "nowhere"),
    ("same_as", "text: How many?\n", "text: How many were there?\n", "same_as"),
    ("same_as", "waves: [before]\n", "waves: [before, after]\n", "same_as"),
    ("then_test", "ages: [13, 16]", "ages: [10, 16]", "then_test"),
    ("then_test", "waves: [after]\n        then_test", "then_test", "then_test"),
    ("then_test", "How was it then?", "how warm", "then_test"),
    ("then_test", "then_test: true", "then_test: true\n        same_as: light", "then_test"),
    ("then_test", "statement: were fine", "statement: were fine, indicator: x", "then_test"),
    ("then_test", "  - key: third\n    items:\n", "", "then_test"),
    ("alert_private", *PRIVATE, "key: high"),
    ("linked_only", *PRIVATE, "kind: goals"),
    ("no_printing", "size: long", "may_print: true", "key: more"),
    ("version_words", "text: Now?, ", "", "easy_read"),
    ("version_words", "text: How?, labels: {low: Less}", "hint: Why?", "plain"),
    ("version_words", "labels: {low: Less}", "labels: {deep: Less}", "plain"),
    ("version_sound", "sound: ease.opus", "sound: ../ease.opus", "audio"),
    ("version_sound", "picture: home", "picture: home, sound: a.opus", "easy_read"),
    ("empty_wave", "waves: [before, after]", "waves: [before, after, later]", "waves"),
]
EXPECTED_WITH = {
    "then_test": {"same_as", "yes_to_everything"},
    "alert_private": {"linked_only"},
    "linked_only": {"alert_private"},
    "empty_wave": set(),
}


@pytest.mark.parametrize(("code", "old", "new", "within"), SPOILED)
def test_each_fault_of_a_kind_is_found_in_its_line(
    kindly_file: str, code: str, old: str, new: str, within: str
) -> None:
    text = kindly_file.replace(old, new, 1)
    if code == "empty_wave":
        text = text.replace("{key: read_this,", "{key: read_this, waves: [before],")
        for key in ("ease", "light", "boxes", "order", "go_to", "aims"):
            text = text.replace(f"- key: {key}\n", f"- key: {key}\n        waves: [before]\n")
        text = text.replace("{key: warm,", "{key: warm, waves: [before],")
    assert text != kindly_file
    with pytest.raises(InstrumentFaults) as found:
        read(text.encode(), "kindly.yaml")
    faults = found.value.faults
    assert {fault.code for fault in faults} - EXPECTED_WITH.get(code, set()) == {code}, "\n".join(map(str, faults))
    lines = [text.splitlines()[fault.line - 1] for fault in faults if fault.code == code]
    assert all(within in line for line in lines), lines
    assert all(fault.wrong and fault.mend for fault in faults)


def test_the_file_with_every_kind_has_no_fault_and_has_every_kind(kindly: Instrument) -> None:
    assert {*(item.kind for item in kindly.items), "several", "faces"} == set(KINDS)


WELSH = b"""\
key: kindly
version: 1
language: cy
name: Cymraeg
direction: ltr
checked: null
items:
  ease:
    versions:
      audio: {sound: ease-cy.opus}
"""


def test_a_translation_may_have_its_own_recording(kindly_file: str) -> None:
    """It comes back from every file, no translator is sent its name, and a name that is none is found in its line."""
    told = read(kindly_file.encode(), "kindly.yaml", {"kindly.cy.yaml": WELSH})
    assert sounds_of(told, "cy") == {"ease": "ease-cy.opus"} and sounds_of(told, "en") == {"ease": "ease.opus"}
    assert sounds_of(told, "ar") == {"ease": None}
    source, welsh = files_of(told).values()
    assert read(source, "kindly.yaml", {"kindly.cy.yaml": welsh}) == told == from_json(canonical_json(told))
    assert read_xlsform(write_xlsform(told), "x.xlsx").draft == told
    assert b"opus" not in export_po(told, "cy")
    for bad, code in ((b"../ease.opus", "version_sound"), (b"{a: b}", "translates_nothing")):
        with pytest.raises(InstrumentFaults) as found:
            read(kindly_file.encode(), "kindly.yaml", {"kindly.cy.yaml": WELSH.replace(b"ease-cy.opus", bad)})
        (fault,) = found.value.faults
        assert (fault.code, fault.file, fault.line) == (code, "kindly.cy.yaml", 10)


def test_steps_are_eleven_and_stand_in_no_file(kindly: Instrument) -> None:
    for key in ("warm", "aims"):
        item = kindly.item(key)
        assert item.options == STEP_OPTIONS and item.ordered and not item.told
        assert [option.code for option in item.options] == list(range(11))


def test_the_lowest_steps_may_tell_somebody(kindly: Instrument, kindly_file: str) -> None:
    """From 0 up to a number, and back from every file; in private mode, with a gap or of goals it is refused; a questionnaire
    without it is stored in the bytes in which it was stored before."""
    told = read(kindly_file.replace("low: Cold,", "low: Cold, alert_up_to: 2,").encode(), "kindly.yaml")
    warm = told.item("warm")
    assert [option.code for option in warm.options if option.alert] == [0, 1, 2] and warm.alert_up_to == 2
    assert [(item.key, option.key) for item, option in alerts(told, {"warm": "step_2"})] == [("warm", "step_2")]
    assert alerts(told, {"warm": "step_3"}) == ()
    (source,) = files_of(told).values()
    assert b"alert_up_to: 2" in source and read(source, "kindly.yaml") == told == from_json(canonical_json(told))
    assert read_xlsform(write_xlsform(told), "x.xlsx").draft == told
    assert b"alert_up_to" not in files_of(kindly)["kindly.yaml"]
    assert canonical_json(kindly).count(b'"alert"') == 1

    def refused(key: str, *telling: int, **more: Any) -> set[str]:
        options = tuple(replace(one, alert=one.code in telling) for one in STEP_OPTIONS)
        pages = tuple(
            replace(page, items=tuple(replace(x, options=options) if x.key == key else x for x in page.items))
            for page in kindly.pages
        )
        with pytest.raises(InstrumentFaults) as found:
            replace(kindly, pages=pages, **more)
        return {fault.code for fault in found.value.faults if fault.place[-1] == "alert_up_to"}

    assert refused("warm", 0, 2) == refused("warm", 1) == refused("warm", *range(11)) == {"alert_steps"}
    assert refused("aims", 0) == {"not_for_this_kind"}
    assert refused("warm", 0, mode="private") == {"alert_private"}


def test_what_is_sorted_counts_part_by_part(kindly: Instrument) -> None:
    cup, hat = kindly.item("boxes").singly()
    assert (cup.key, cup.kind, cup.text["en"]) == ("boxes.cup", "one", "A cup")
    assert cup.measure is not None and hat.measure is None
    assert kindly.item("ease").singly() == (kindly.item("ease"),)


def test_words_and_the_leave_to_print_them_are_never_codes(kindly: Instrument) -> None:
    more = replace(kindly.item("more"), may_print=True)
    assert field_names(more) == ("more", "more.print") and not COLUMNS["text"](more)
    asked = replace(kindly, mode="private", pages=(replace(kindly.pages[0], items=(more,)),), published=True)
    parsed = parse(asked, "before", {"more": ["Sam"], "more.print": ["yes"]})
    assert (parsed.answers, parsed.faults, parsed.unknown) == ({"more": NOT_ASKED}, (), ())


def test_the_columns_of_every_kind(kindly: Instrument) -> None:
    book = Codebook.of(kindly)
    names = [column.name for column in book.columns[5:]]
    assert names == [
        *("ease", "warm", "light", "boxes.cup", "boxes.hat", "order.sea", "order.sky", "order.sun"),
        *("go_to.aunt", "go_to.friend", "go_to.nobody", "aims.goal_1", "once", "again", "was"),
    ]
    assert [column.part.key for column in book.columns if column.part] == ["cup", "hat", "goal_1"]
    assert book.column("order.sky").labels == {n: {"en": f"place {n}"} for n in (1, 2, 3)}


SENT = [
    ("ease", {"ease": ["low"]}, "low"),
    ("warm", {"warm": ["step_10"]}, "step_10"),
    ("warm", {"warm": ["rather_not"]}, RATHER_NOT),
    ("light", {"light": ["halt"]}, "halt"),
    ("boxes", {"boxes.cup": ["in"], "boxes.hat": ["dont_know"]}, ("in", DONT_KNOW)),
    ("boxes", {"boxes.hat": ["out"]}, (LEFT_BLANK, "out")),
    ("boxes", {"boxes.hat": [""]}, LEFT_BLANK),
    ("order", {"order.sea": ["3"], "order.sky": ["1"], "order.sun": ["2"]}, ("sky", "sun", "sea")),
    ("order", {"order.sea": [""], "order.sky": [""]}, LEFT_BLANK),
    ("order", {"order": ["rather_not"]}, RATHER_NOT),
    ("go_to", {"go_to": ["friend", "aunt"]}, ("aunt", "friend")),
    ("aims", {"aims.goal_1": ["step_0"]}, ("step_0",)),
    ("read_this", {"read_this": ["anything"]}, NOT_ASKED),
    ("more", {"more": ["My name is Sam"]}, NOT_ASKED),
]


@pytest.mark.parametrize(("key", "fields", "answer"), SENT)
def test_what_fits_becomes_the_answer(
    kindly: Instrument, key: str, fields: dict[str, list[str]], answer: Answer
) -> None:
    parsed = parse(kindly, "before", fields)
    assert (parsed.answers[key], parsed.faults, parsed.unknown) == (answer, (), ())
    row = Codebook.of(kindly).encode(parsed.answers, Head("en"))
    assert Codebook.of(kindly).decode(row)[1] == parsed.answers
    assert b"Sam" not in row


@pytest.mark.parametrize(
    ("key", "fields", "code"),
    [
        ("warm", {"warm": ["11"]}, "not_an_option"),
        ("boxes", {"boxes.cup": ["up"]}, "not_an_option"),
        ("boxes", {"boxes.cup": ["in", "out"]}, "choose_one"),
        ("order", {"order.sea": ["1"]}, "not_an_order"),
        ("order", {"order.sea": ["1"], "order.sky": ["1"], "order.sun": ["2"]}, "not_an_order"),
        ("order", {"order.sea": ["1"], "order.sky": ["4"], "order.sun": ["2"]}, "not_an_order"),
        ("order", {"order.sea": ["²"], "order.sky": ["1"], "order.sun": ["3"]}, "not_an_order"),
        ("order", {"order.sea": ["1"], "order": ["rather_not"]}, "not_with_others"),
        ("order", {"order": ["dont_know"]}, "not_an_option"),
        ("go_to", {"go_to": ["aunt", "nobody"]}, "not_with_others"),
    ],
)
def test_what_does_not_fit_is_a_fault_at_its_item(
    kindly: Instrument, key: str, fields: dict[str, list[str]], code: str
) -> None:
    parsed = parse(kindly, "before", fields)
    assert [(fault.item, fault.code) for fault in parsed.faults] == [(key, code)]
    assert parsed.answers[key] == LEFT_BLANK and parsed.unknown == ()


@pytest.mark.parametrize(
    "answers",
    [
        {"boxes": ("in",)},
        {"boxes": ("in", "up")},
        {"boxes": ("in", NOT_ASKED)},
        {"boxes": DONT_KNOW},
        {"order": ("sea", "sky")},
        {"order": ("sea", "sky", "sky")},
        {"order": DONT_KNOW},
        {"read_this": LEFT_BLANK},
        {"more": "words"},
    ],
)
def test_what_does_not_fit_is_not_encoded(kindly: Instrument, answers: dict[str, Answer]) -> None:
    with pytest.raises(ValueError):
        Codebook.of(kindly).encode(answers, Head("en"))


def any_answer(item: Item) -> st.SearchStrategy[Answer]:
    """Any answer that an item of any kind can have, as it is written after it was read."""
    keys = [option.key for option in item.options]
    absent = st.sampled_from([*item.absences, LEFT_BLANK, NOT_ASKED])
    match item.answering:
        case "nothing":
            return st.just(NOT_ASKED)
        case "number":
            return absent | st.integers(item.minimum or 0, item.maximum or 0)
        case "several":
            chosen = st.sets(st.sampled_from(keys), min_size=1)
            return absent | chosen.map(lambda some: tuple(key for key in keys if key in some))
        case "order":
            return absent | st.permutations(keys).map(tuple)
        case "parts":
            box = st.sampled_from([*keys, *item.absences, LEFT_BLANK])
            boxed = st.tuples(*(box for _ in item.parts)).filter(lambda one: set(one) != {LEFT_BLANK})
            return st.sampled_from([LEFT_BLANK, NOT_ASKED]) | boxed
    return absent | st.sampled_from(keys)


@given(data=st.data())
def test_decode_gives_back_what_was_encoded(kindly: Instrument, data: st.DataObject) -> None:
    book = Codebook.of(kindly)
    answers = {item.key: data.draw(any_answer(item)) for item in kindly.items}
    assert book.decode(book.encode(answers, Head("en"))) == (Head("en"), answers)


@given(data=st.data())
def test_any_row_is_decoded_exactly_or_refused(kindly: Instrument, data: st.DataObject) -> None:
    book = Codebook.of(kindly)
    codes = st.sampled_from([0, 1, 2, 3, 4, 252, 253, 254, 255])
    row = bytes(5) + bytes(data.draw(st.lists(codes, min_size=book.row_length - 5, max_size=book.row_length - 5)))
    try:
        head, answers = book.decode(row)
    except ValueError:
        return
    assert book.encode(answers, head) == row


@given(data=st.data())
def test_no_form_at_all_makes_it_raise(kindly: Instrument, data: st.DataObject) -> None:
    names = st.sampled_from([name for item in kindly.items for name in field_names(item)]) | st.text(max_size=5)
    values = st.sampled_from(["1", "2", "3", "in", "sea", "step_3", "dont_know", "", " "]) | st.text(max_size=5)
    fields = data.draw(st.dictionaries(names, st.lists(values, max_size=3), max_size=12))
    parsed = parse(kindly, data.draw(st.sampled_from(["before", "after"])), fields)
    Codebook.of(kindly).encode(parsed.answers, Head("en"))


def test_the_table_of_kinds_says_enough() -> None:
    for name, kind in NATURES.items():
        assert (kind.options == (0, 0)) == (kind.answering in ("number", "nothing")), name
        assert not kind.steps or kind.rises, name
