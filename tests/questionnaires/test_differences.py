"""Two versions side by side: every change is said, and no trend goes on that children would not recognise."""

from __future__ import annotations

from dataclasses import fields

import pytest

from questionnaires.differences import _ITEM, _MEASURE, differences, trends
from questionnaires.files import library, load_library, read
from questionnaires.instrument import Item, Measure

# what is replaced in the tiny questionnaire, by what, the item concerned, its trend, and words of the reason
CHANGES = [
    ("text: Do you know it?", "text: Do you know  it ?", "known", "comparable", ""),
    ("text: Do you know it?", "text: Did you know this?", "known", "with_care", "'Did you know this?'"),
    ("label: Left", "label: To the left", "ways", "with_care", "'To the left'"),
    ("{key: left, code: 1,", "{key: left, code: 7,", "ways", "broken", "stored as 7, no longer 1"),
    ("{key: left, code: 1,", "{key: west, code: 1,", "ways", "broken", "no longer offered"),
    ("          - {key: right, code: 2, label: Right}\n", "", "ways", "broken", "'Right' is no longer offered"),
    (", exclusive: true", "", "ways", "with_care", "no longer rules out"),
    ("kind: several", "kind: one", "ways", "broken", "the kind: several before, one now"),
    ("unit: times", "unit: days", "number_of", "broken", "the unit"),
    ("unit: times", "unit: times\n        hint: A number.", "number_of", "with_care", "the hint was added"),
    ("maximum: 300", "maximum: 30", "number_of", "with_care", "300 before, 30 now"),
    ("absences: [rather_not]", "absences: [dont_know]", "ways", "with_care", "without an answer"),
    ("        condition: {item: known, options: [good]}\n", "", "feeling", "broken", "asked of everybody"),
    ("waves: [after]", "waves: [before]", "feeling", "broken", "no longer asked in after"),
    ("        waves: [after]\n", "", "feeling", "with_care", "asked in before too"),
    ("agreed: [good]", "agreed: [bad]", "known", "broken", "the agreed answer: good before, bad now"),
    ("family: knowledge", "family: awareness", "known", "with_care", "the family"),
    ("statement: knew it", "statement: knew all of it", "known", "comparable", ""),
    ("ordered: true", "ordered: false", "feeling", "comparable", ""),
    ("mode: private", "mode: linked", "known", "with_care", "private before, linked now"),
    ("respondent: young_person", "respondent: parent", "ways", "broken", "the respondent"),
    ("ages: [11, 16]", "ages: [11, 18]", "ways", "with_care", "11 to 16 before, 11 to 18 now"),
    ("key: ways", "key: paths", "ways", "ends", "no longer asked"),
    ("key: ways", "key: paths", "paths", "begins", "nothing to compare"),
]


@pytest.mark.parametrize(("old", "new", "item", "state", "words"), CHANGES)
def test_each_change_is_said_and_judged(tiny_file: str, old: str, new: str, item: str, state: str, words: str) -> None:
    single = tiny_file.replace(", exclusive: true", "") if new == "kind: one" else tiny_file
    assert old in single
    before, later = read(single.encode()), read(single.replace(old, new, 1).encode())
    assert differences(before, later)
    found = {trend.item: trend for trend in trends(before, later)}
    assert found[item].state == state, found[item]
    assert words in found[item].words
    if old not in ("mode: private", "respondent: young_person", "ages: [11, 16]"):
        touched = {item, "ways", "paths"} if item == "paths" else {item, "paths"}
        assert all(one.state == "comparable" for key, one in found.items() if key not in touched)


def test_a_moved_question_is_compared_with_care(tiny_file: str) -> None:
    old = read(tiny_file.encode())
    first, second = tiny_file.index("      - key: known"), tiny_file.index("      - key: ways")
    end = tiny_file.index("  - key: second")
    moved = tiny_file[:first] + tiny_file[second:end] + tiny_file[first:second] + tiny_file[end:]
    assert {one.state for one in trends(old, read(moved.encode()))} == {"with_care"}


def test_answers_in_another_order_are_compared_with_care(tiny_file: str) -> None:
    left, right = "          - {key: left, code: 1, label: Left}\n", "          - {key: right, code: 2, label: Right}\n"
    found = differences(read(tiny_file.encode()), read(tiny_file.replace(left + right, right + left).encode()))
    assert [(one.item, one.words, one.effect) for one in found] == [
        ("ways", "the answers stand in another order", "with_care")
    ]


def test_a_changed_translation_is_named_with_its_language(tiny_file: str, tiny_welsh_file: str) -> None:
    old = read(tiny_file.encode(), "tiny.yaml", {"tiny.cy.yaml": tiny_welsh_file.encode()})
    welsh = tiny_welsh_file.replace("Pa ffyrdd?", "Pa rai?").replace("checked:", "checked: a speaker")
    new = read(tiny_file.encode(), "tiny.yaml", {"tiny.cy.yaml": welsh.encode()})
    (checked, question) = differences(old, new)
    assert checked.words == "Cymraeg was checked" and checked.effect == "comparable"
    assert "in 'cy'" in question.words and question.effect == "with_care"
    gone = differences(old, read(tiny_file.encode()))
    assert any(one.words == "Cymraeg is gone" for one in gone)


def test_a_score_made_otherwise_is_said(tiny_file: str) -> None:
    found = differences(
        read(tiny_file.encode()), read(tiny_file.replace("middle: 1, high: 2", "middle: 1, high: 5").encode())
    )
    assert [one.field for one in found] == ["scales"] and "score" in found[0].words


@pytest.mark.parametrize("key", sorted(library()))
def test_a_version_differs_in_nothing_from_itself(key: str) -> None:
    instrument = load_library(key)
    assert differences(instrument, instrument) == ()
    assert {one.state for one in trends(instrument, instrument)} == {"comparable"}


def test_no_field_is_forgotten() -> None:
    assert set(_ITEM) == {field.name for field in fields(Item)} - {"key"}
    assert set(_MEASURE) == {field.name for field in fields(Measure)}
