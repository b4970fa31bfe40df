"""A questionnaire written as files and read again is the same questionnaire."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires.files import library, load_library, read
from questionnaires.instrument import Explanation, Instrument, Trial
from questionnaires.writing import files_of

PAYLOADS = [
    "{{ 7*7 }}",
    "<script>alert(1)</script>",
    "=cmd|'/c calc'!A1",
    "../../etc/passwd",
    "a: b # c",
    "- x",
    "Yes",
    "null",
]
PAYLOADS += [
    "1e3",
    "'\"",
    "&a *b !c %d @e `f",
    "\u200fabc\u2066d\u2069",
    "é 😀 \u00a0x",
    "2026-11-20",
    "a\nb",
    "[x, y]",
    "~",
    "0x10",
    "|",
]


def again(instrument: Instrument) -> Instrument:
    (name, source), *others = files_of(instrument).items()
    return read(source, name, dict(others))


@pytest.mark.parametrize("key", sorted(library()))
def test_the_library_comes_back_the_same(key: str) -> None:
    assert again(load_library(key)) == load_library(key)


def test_every_field_comes_back(tiny: Instrument) -> None:
    page, last = tiny.pages
    item = replace(
        page.items[0],
        hint={"en": "No", "cy": "Na"},
        tried_with=(Trial(5, (11, 12), "2026-11-20", "Shorter."),),
        words_explained=(Explanation("passive", "so be it"),),
    )
    full = replace(
        tiny,
        sitting="one_to_one",
        made_with=("Pupils of one school",),
        words_explained=(Explanation("idiom", "no"),),
        pages=(replace(page, items=(item, *page.items[1:])), last),
    )
    assert again(full) == full


@pytest.mark.parametrize("words", PAYLOADS)
def test_words_are_data_wherever_they_stand(tiny: Instrument, words: str) -> None:
    text = {"en": words, "cy": words}
    page, last = tiny.pages
    item = page.items[0]
    assert item.measure
    options = tuple(replace(option, label=text) for option in item.options)
    item = replace(item, text=text, hint=text, options=options, measure=replace(item.measure, statement=text))
    spoiled = replace(tiny, title=text, pages=(replace(page, title=text, items=(item, *page.items[1:])), last))
    assert again(spoiled) == spoiled


@settings(max_examples=60, deadline=None)
@given(words=st.text(st.characters(exclude_categories=("Cc", "Cs", "Co", "Cn")), min_size=1, max_size=30))
def test_any_words_come_back(tiny: Instrument, words: str) -> None:
    if words.strip() and not any(banned in words.lower() for banned in ("secre", "anonym")):
        spoken = replace(tiny, title={"en": words.strip(), "cy": words.strip()})
        assert again(spoken) == spoken
