"""Whatever a form sends becomes answers, faults or nothing; it never raises and never becomes another answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.answers import asked, parse
from questionnaires.codebook import Codebook, Head
from questionnaires.files import read
from questionnaires.instrument import DONT_KNOW, LEFT_BLANK, NOT_ASKED, RATHER_NOT, Instrument


def test_of_who_is_being_helped_nothing_sensitive_is_asked(tiny: Instrument) -> None:
    """Neither is what depends on it, whatever was sent: whoever helps would see it."""
    (page, *others) = tiny.pages
    items = tuple(replace(item, sensitive=item.key == "known") for item in page.items)
    careful = replace(tiny, pages=(replace(page, items=items), *others), published=True)
    fields = {"known": ["good"], "feeling": ["high"], "ways": ["left"]}
    alone, helped = (parse(careful, "after", fields, helped=one).answers for one in (False, True))
    assert (alone["known"], alone["feeling"], alone["ways"]) == ("good", "high", ("left",))
    assert (helped["known"], helped["feeling"], helped["ways"]) == (NOT_ASKED, NOT_ASKED, ("left",))
    assert "known" not in [item.key for item in asked(careful, "after", helped, helped=True)]


@pytest.mark.parametrize(
    ("key", "values", "answer"),
    [
        ("known", ["good"], "good"),
        ("known", [" good "], "good"),
        ("known", ["good", "good"], "good"),
        ("known", ["dont_know"], DONT_KNOW),
        ("known", [], LEFT_BLANK),
        ("known", ["", " "], LEFT_BLANK),
        ("ways", ["right", "left"], ("left", "right")),
        ("ways", ["neither"], ("neither",)),
        ("ways", ["rather_not"], RATHER_NOT),
        ("number_of", ["0"], 0),
        ("number_of", ["", "300"], 300),
        ("number_of", ["٣"], 3),
        ("number_of", ["", "dont_know"], DONT_KNOW),
    ],
)
def test_what_fits_becomes_the_answer(tiny: Instrument, key: str, values: list[str], answer: object) -> None:
    parsed = parse(tiny, "after", {key: values})
    assert (parsed.answers[key], parsed.faults, parsed.unknown) == (answer, (), ())


@pytest.mark.parametrize(
    ("key", "values", "code"),
    [
        ("known", ["splendid"], "not_an_option"),
        ("known", ["rather_not"], "not_an_option"),
        ("known", ["left_blank"], "not_an_option"),
        ("known", ["good", "bad"], "choose_one"),
        ("known", ["good", "dont_know"], "choose_one"),
        ("ways", ["up"], "not_an_option"),
        ("ways", ["left", "neither"], "not_with_others"),
        ("ways", ["left", "rather_not"], "not_with_others"),
        ("number_of", ["301"], "out_of_range"),
        ("number_of", ["-1"], "out_of_range"),
        ("number_of", ["9" * 5000], "out_of_range"),
        ("number_of", ["three"], "not_a_number"),
        ("number_of", ["1.5"], "not_a_number"),
        ("number_of", ["²"], "not_a_number"),
        ("number_of", ["3", "4"], "choose_one"),
        ("number_of", ["3", "dont_know"], "not_with_others"),
    ],
)
def test_what_does_not_fit_is_a_fault_at_its_item(tiny: Instrument, key: str, values: list[str], code: str) -> None:
    parsed = parse(tiny, "after", {key: values, "feeling": ["low"]})
    assert [(fault.item, fault.code) for fault in parsed.faults] == [(key, code)]
    assert parsed.answers[key] == LEFT_BLANK


def test_the_range_is_told(tiny: Instrument) -> None:
    (fault,) = parse(tiny, "after", {"number_of": ["999"]}).faults
    assert fault.params == {"minimum": 0, "maximum": 300}


def test_unknown_fields_are_named_and_change_nothing(tiny: Instrument) -> None:
    parsed = parse(tiny, "after", {"known": ["good"], "intruder": ["1"], "ways.left": ["1"]})
    assert parsed.unknown == ("intruder", "ways.left")
    assert set(parsed.answers) == {item.key for item in tiny.items}


def test_answers_to_items_that_were_not_asked_are_discarded(tiny: Instrument) -> None:
    met = parse(tiny, "after", {"known": ["good"], "feeling": ["high"]})
    assert met.answers["feeling"] == "high"
    for known in (["bad"], ["dont_know"], [], ["splendid"]):
        assert parse(tiny, "after", {"known": known, "feeling": ["high"]}).answers["feeling"] == NOT_ASKED
    before = parse(tiny, "before", {"known": ["good"], "feeling": ["nonsense"]})
    assert (before.answers["feeling"], before.faults) == (NOT_ASKED, ())


def test_the_path_follows_from_the_answers(tiny: Instrument) -> None:
    def path(wave: str, known: str) -> list[str]:
        return [item.key for item in asked(tiny, wave, {"known": known})]

    assert path("before", "good") == ["known", "ways", "number_of"]
    assert path("after", "good") == ["known", "ways", "number_of", "feeling"]
    assert path("after", "bad") == path("after", NOT_ASKED) == ["known", "ways", "number_of"]
    assert path("never", "good") == []


def test_a_condition_on_several_needs_one_of_its_options(tiny_file: str) -> None:
    text = tiny_file.replace("{item: known, options: [good]}", "{item: ways, options: [left, neither]}")
    instrument = read(text.encode())
    for ways, wanted in ((["left", "right"], "low"), (["right"], NOT_ASKED), (["rather_not"], NOT_ASKED)):
        assert parse(instrument, "after", {"ways": ways, "feeling": ["low"]}).answers["feeling"] == wanted


def test_a_chain_of_conditions_breaks_where_it_is_not_met(tiny_file: str) -> None:
    more = (
        "      - {key: last_one, kind: one, text: And?, waves: [after], condition: {item: feeling, options: [low]},"
        " options: [{key: a, code: 1, label: A}, {key: b, code: 2, label: B}]}\n"
    )
    instrument = read(tiny_file.replace("scales:\n", more + "scales:\n").encode())
    fields = {"known": ["bad"], "feeling": ["low"], "last_one": ["a"]}
    assert parse(instrument, "after", fields).answers["last_one"] == NOT_ASKED
    assert parse(instrument, "after", fields | {"known": ["good"]}).answers["last_one"] == "a"


VALUES = st.lists(
    st.text(max_size=20) | st.sampled_from(["good", "left", "neither", "dont_know", "rather_not", "3", "-1", "1e5"]),
    max_size=4,
)


@given(
    st.sampled_from(["before", "after", "", "never"]),
    st.dictionaries(
        st.text(max_size=8) | st.sampled_from(["known", "ways", "number_of", "feeling"]), VALUES, max_size=6
    ),
)
def test_parse_never_raises_and_its_answers_can_always_be_stored(
    tiny: Instrument, wave: str, fields: dict[str, list[str]]
) -> None:
    parsed = parse(tiny, wave, fields)
    assert set(parsed.answers) == {item.key for item in tiny.items}
    book = Codebook.of(tiny)
    assert book.decode(book.encode(parsed.answers, Head("en")))[1] == parsed.answers
    paths = {item.key for item in asked(tiny, wave, parsed.answers)}
    assert {key for key, answer in parsed.answers.items() if answer != NOT_ASKED} == paths
