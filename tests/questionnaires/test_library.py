"""The questionnaires we ship keep CARE's rules, in every language."""

from __future__ import annotations

import re

import pytest
import wtforms

from questionnaires.files import check, library, load_library
from questionnaires.instrument import RESERVED, Instrument
from questionnaires.wording import missing, texts

KEYS = ["online_play", "ordinary_activity", "staying_safe"]


def test_these_are_the_questionnaires() -> None:
    assert list(library()) == KEYS


def test_the_library_has_no_fault() -> None:
    done = check(library().values())
    assert done.faults == ()
    assert len(done.summary) == len(KEYS)


@pytest.mark.parametrize("key", KEYS)
def test_every_text_is_there_in_every_language(key: str) -> None:
    instrument = load_library(key)
    assert [language.code for language in instrument.languages] == ["en", "ar", "cy"]
    for language in instrument.languages:
        assert missing(instrument, language.code) == []


@pytest.mark.parametrize("key", KEYS)
def test_no_translation_is_open_to_children_before_a_speaker_has_checked_it(key: str) -> None:
    instrument = load_library(key)
    assert [language.draft for language in instrument.languages] == [False, True, True]
    assert instrument.language("ar").direction == "rtl"


@pytest.mark.parametrize("key", KEYS)
def test_arabic_is_in_arabic_letters_and_nothing_else_is(key: str) -> None:
    """Catches a text pasted under the wrong language."""
    for place, words in texts(load_library(key)):
        if not words["en"].isdigit():
            assert re.search(r"[\u0600-\u06ff]", words["ar"]), place
        assert not re.search(r"[\u0600-\u06ff]", words["en"] + words["cy"]), place


@pytest.mark.parametrize("key", KEYS)
def test_numbers_are_the_same_in_every_language(key: str) -> None:
    for place, words in texts(load_library(key)):
        if place[0] == "intro":
            numbers = {language: re.findall(r"\d{3,}", sentence) for language, sentence in words.items()}
            assert numbers["en"] == numbers["cy"] == numbers["ar"], place


def test_the_lengths_are_those_that_were_agreed() -> None:
    secondary, primary, light = load_library("staying_safe"), load_library("online_play"), load_library("ordinary_activity")
    assert 8 <= len(secondary.items) <= 12
    assert len(primary.items) <= 10
    assert len(light.items) >= max(len(secondary.items), len(primary.items))
    for kind in ("one", "several", "faces", "number"):
        assert any(item.kind == kind for one in (secondary, primary) for item in one.items)


@pytest.mark.parametrize("key", ["online_play", "staying_safe"])
def test_a_play_is_measured_as_care_asks(key: str) -> None:
    instrument = load_library(key)
    assert instrument.mode == "private" and instrument.waves == ("before", "after")
    assert instrument.items[-1].text["en"] == "Was anything in these questions upsetting or hard to understand?"
    families = [item.measure.family for item in instrument.items if item.measure]
    assert {"knowledge", "help", "intention", "enjoyment"} <= set(families)
    assert sum(item.about for item in instrument.items) <= 2
    assert all(item.condition is None for item in instrument.items)
    assert "we cannot take your answers out" in instrument.intro[2]["en"]
    assert "Childline" in instrument.intro[3]["en"] and "0800 1111" in instrument.intro[3]["en"]


def test_what_is_fine_is_asked_too() -> None:
    """Blanket suspicion must not look like knowledge."""
    for key, least in (("staying_safe", 1), ("online_play", 2)):
        taught = [item for item in load_library(key).items if item.measure and item.measure.family == "knowledge"]
        fine = [item for item in taught if any(item.option(agreed).negative for agreed in item.measure.agreed)]
        assert len(fine) >= least


def test_primary_answers_are_at_most_three() -> None:
    for item in load_library("online_play").items:
        if not item.about:
            assert len(item.options) + ("dont_know" in item.absences and len(item.options) == 2) <= 3


def test_statements_fit_their_sentence() -> None:
    for key in KEYS:
        for item in load_library(key).items:
            if item.measure:
                words = item.measure.statement["en"]
                assert words[0].islower() and words[-1] not in ".?" and not words.startswith(("pupils", "that"))


def test_the_light_questions_ask_nothing_of_weight() -> None:
    light = load_library("ordinary_activity")
    assert not any(item.sensitive or item.about or item.measure or item.condition for item in light.items)


def test_no_item_key_is_an_attribute_of_a_form() -> None:
    attributes = {name for name in dir(wtforms.Form()) if re.fullmatch(r"[a-z][a-z0-9_]*", name)}
    assert attributes <= RESERVED


def test_an_unknown_key_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        load_library("../library/staying_safe")


def test_an_instrument_finds_its_parts() -> None:
    instrument: Instrument = load_library("staying_safe")
    assert instrument.item("know_who").option("know").code == 1
    assert "enjoyed" not in {item.key for item in instrument.items_in("before")}
    for search in (instrument.item, instrument.language, instrument.item("know_who").option):
        with pytest.raises(KeyError):
            search("nowhere")
