"""A row of codes says exactly what was answered, and nothing that was not."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires import answers as parsing
from questionnaires import codebook, kinds, rules, schema, words_check, xlsform_own
from questionnaires.codebook import Answer, Codebook, Head
from questionnaires.instrument import DONT_KNOW, LEFT_BLANK, NOT_ASKED, RATHER_NOT, RESPONDENTS, Instrument, Item, Kind


def any_answer(item: Item) -> st.SearchStrategy[Answer]:
    absent = st.sampled_from([*item.absences, LEFT_BLANK, NOT_ASKED])
    keys = [option.key for option in item.options]
    if item.kind == "number":
        return absent | st.integers(item.minimum or 0, item.maximum or 0)
    if item.kind == "several":
        chosen = st.sets(st.sampled_from(keys), min_size=1)
        return absent | chosen.map(lambda some: tuple(key for key in keys if key in some))
    return absent | st.sampled_from(keys)


def any_head(instrument: Instrument) -> st.SearchStrategy[Head]:
    return st.builds(
        Head,
        st.sampled_from([language.code for language in instrument.languages]),
        st.sampled_from(codebook.VERSIONS),
        st.sampled_from(codebook.MODES),
        st.booleans(),
        st.sampled_from(RESPONDENTS),
    )


@given(data=st.data())
def test_decode_gives_back_what_was_encoded(tiny: Instrument, data: st.DataObject) -> None:
    book = Codebook.of(tiny)
    head = data.draw(any_head(tiny))
    answers = {item.key: data.draw(any_answer(item)) for item in tiny.items}
    row = book.encode(answers, head)
    assert len(row) == book.row_length
    assert book.decode(row) == (head, answers)


@given(data=st.data())
def test_any_row_is_decoded_exactly_or_refused(tiny: Instrument, data: st.DataObject) -> None:
    book = Codebook.of(tiny)
    row = data.draw(st.binary(min_size=book.row_length, max_size=book.row_length))
    try:
        head, answers = book.decode(row)
    except ValueError:
        return
    assert book.encode(answers, head) == row


def test_the_columns_of_the_tiny_questionnaire(tiny: Instrument) -> None:
    book = Codebook.of(tiny)
    assert [(column.name, column.offset, column.width) for column in book.columns] == [
        ("language", 0, 1),
        ("version", 1, 1),
        ("mode", 2, 1),
        ("helped", 3, 1),
        ("respondent", 4, 1),
        ("known", 5, 1),
        ("ways.left", 6, 1),
        ("ways.right", 7, 1),
        ("ways.neither", 8, 1),
        ("number_of", 9, 2),
        ("feeling", 11, 1),
    ]
    assert book.row_length == 12
    assert book.column("known").labels == {1: tiny.item("known").options[0].label, 2: {"en": "Bad", "cy": "Drwg"}}
    assert book.column("known").absences == {253: DONT_KNOW, 254: LEFT_BLANK, 255: NOT_ASKED}
    assert set(book.column("number_of").absences) == {65532, 65533, 65534, 65535}


def test_the_bytes_are_those_of_the_design(tiny: Instrument) -> None:
    book = Codebook.of(tiny)
    answers: dict[str, Answer] = {"known": DONT_KNOW, "ways": ("right",), "number_of": 258, "feeling": NOT_ASKED}
    assert book.encode(answers, Head("cy"))[5:] == bytes([253, 0, 1, 0, 1, 2, 255])
    none = {"known": LEFT_BLANK, "ways": RATHER_NOT, "number_of": RATHER_NOT}
    assert book.encode(none, Head("en"))[5:] == bytes([254, 252, 252, 252, 255, 252, 255])


@pytest.mark.parametrize(
    "answers",
    [
        {"known": "splendid"},
        {"known": RATHER_NOT},
        {"known": ("good",)},
        {"known": 1},
        {"ways": "left"},
        {"ways": ()},
        {"ways": ("up",)},
        {"number_of": 301},
        {"number_of": -1},
        {"number_of": True},
        {"number_of": "3"},
        {"nowhere": "good"},
    ],
)
def test_what_does_not_fit_is_not_encoded(tiny: Instrument, answers: dict[str, Answer]) -> None:
    with pytest.raises(ValueError):
        Codebook.of(tiny).encode(answers, Head("en"))


@pytest.mark.parametrize(
    "head", [Head("fr"), Head("en", version="loud"), Head("en", mode="stolen"), Head("en", respondent="parrot")]
)
def test_an_unknown_way_of_answering_is_not_encoded(tiny: Instrument, head: Head) -> None:
    with pytest.raises(ValueError):
        Codebook.of(tiny).encode({}, head)


def test_a_row_of_another_length_is_refused(tiny: Instrument) -> None:
    book = Codebook.of(tiny)
    for row in (b"", bytes(book.row_length - 1), bytes(book.row_length + 1)):
        with pytest.raises(ValueError):
            book.decode(row)


def test_every_kind_is_known_in_every_table() -> None:
    every = set(get_args(Kind))
    assert set(kinds.KINDS) == every
    for table in (codebook.COLUMNS, codebook.ENCODERS, codebook.DECODERS, parsing.PARSERS):
        assert set(table) == every
    for named in (xlsform_own.TYPES, words_check._KIND_CHECKS, schema._KIND_NEEDS):
        assert set(named) == every


def test_no_option_can_have_the_code_of_an_absence() -> None:
    assert min(codebook.BYTE_ABSENCES) > rules.HIGHEST_CODE
    assert min(codebook.NUMBER_ABSENCES) > rules.HIGHEST_NUMBER
