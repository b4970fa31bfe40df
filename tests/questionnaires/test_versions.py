"""A published version reads back as itself, and its hash tells it from every other."""

from __future__ import annotations

import dataclasses
import json
import string
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.faults import InstrumentFaults
from questionnaires.files import library, load_library
from questionnaires.instrument import Instrument, Language, Option, Page, Trial, text
from questionnaires.versions import canonical_json, digest, from_json

WORDS = st.text(string.ascii_letters + "éŵ’العربية 😀", min_size=1, max_size=12).filter(
    lambda words: words.strip() != ""
)


def test_the_round_trip_is_exact(tiny: Instrument) -> None:
    stored = canonical_json(tiny)
    assert from_json(stored) == tiny
    assert canonical_json(from_json(stored)) == stored
    assert b'": ' not in stored and json.loads(stored)["key"] == "tiny"


@pytest.mark.parametrize("key", library())
def test_the_library_survives_the_round_trip(key: str) -> None:
    instrument = load_library(key)
    assert from_json(canonical_json(instrument)) == instrument


@given(
    title=WORDS,
    label=WORDS,
    children=st.integers(0, 99),
    version=st.integers(1, 9999),
    made=st.lists(WORDS, max_size=3),
)
def test_any_instrument_survives_the_round_trip(
    tiny: Instrument, title: str, label: str, children: int, version: int, made: list[str]
) -> None:
    item = tiny.item("known")
    trial = Trial(children, (8, 11), "2026-11-20", title)
    options = (*item.options, Option("more", 3, {"en": label + "!", "cy": title}))
    changed = dataclasses.replace(item, options=options, tried_with=(trial,))
    page = Page("first", {"en": title}, (changed, *tiny.pages[0].items[1:]))
    drawn = dataclasses.replace(
        tiny, version=version, title={"cy": title, "en": label}, pages=(page, tiny.pages[1]), made_with=tuple(made),
        published=True,
    )  # fmt: skip
    stored = canonical_json(drawn)
    assert from_json(stored) == drawn
    assert canonical_json(from_json(stored)) == stored


def test_the_hash_changes_with_every_word_and_with_nothing_else(tiny: Instrument) -> None:
    assert digest(tiny) == digest(from_json(canonical_json(tiny)))
    assert digest(tiny) == digest(dataclasses.replace(tiny, title=dict(reversed(tiny.title.items())), published=True))
    assert digest(tiny) != digest(
        dataclasses.replace(tiny, title={**tiny.title, "en": "Another title"}, published=True)
    )


def test_a_field_at_its_default_is_not_stored(tiny: Instrument) -> None:
    """So a field that Heard learns later does not change the hash of the versions that do without it."""
    stored = json.loads(canonical_json(tiny))
    assert "sitting" not in stored and "made_with" not in stored
    assert "sensitive" not in stored["pages"][0]["items"][0]


def test_a_version_that_was_published_is_read_even_if_a_rule_came_later(tiny: Instrument) -> None:
    stored = canonical_json(tiny).replace(b"A title", b"A secret title")
    assert from_json(stored).title["en"] == "A secret title"
    with pytest.raises(InstrumentFaults):
        dataclasses.replace(tiny, title={"en": "A secret title", "cy": "Teitl"}, published=False)


def spoiled(tiny: Instrument) -> list[Mapping[str, Any]]:
    stored = json.loads(canonical_json(tiny))
    without = {name: value for name, value in stored.items() if name != "waves"}
    more = [
        {"version": "1"},
        {"pages": {}},
        {"ages": [1]},
        {"ages": [1, 2, 3]},
        {"mode": "x"},
        {"title": [1]},
        {"new": 1},
    ]
    return [without, *({**stored, **change} for change in more)]


def test_what_is_no_stored_version_is_a_value_error(tiny: Instrument) -> None:
    for stored in (b"", b"[]", b"\xff", b"null", b"[" * 100_000, *(json.dumps(one).encode() for one in spoiled(tiny))):
        with pytest.raises(ValueError):
            from_json(stored)


def test_text_falls_back_to_english_and_says_so() -> None:
    assert text({"en": "Yes", "cy": "Ydw"}, "cy") == ("Ydw", "cy")
    assert text({"en": "Yes", "cy": "Ydw"}, "ar") == ("Yes", "en")


def test_an_instrument_built_in_python_is_checked_and_lists_every_fault(tiny: Instrument) -> None:
    with pytest.raises(InstrumentFaults) as found:
        dataclasses.replace(
            tiny, key="Tiny", ages=(3, 2), languages=(Language("cy", "Cymraeg"),), title={"cy": "x"}, published=False
        )
    codes = {fault.code for fault in found.value.faults}
    assert {"bad_key", "bad_ages", "no_source", "bad_language"} <= codes
    assert all(str(fault).startswith(f"{'.'.join(map(str, fault.place[:1]))}") for fault in found.value.faults)
