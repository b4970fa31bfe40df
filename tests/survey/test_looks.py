"""Other words for the same questions: what may be chosen, and what is read then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from questionnaires.files import load_library, read
from questionnaires.instrument import Instrument, Version
from questionnaires.looks import in_version, versions_of
from questionnaires.versions import digest
from survey import assets, looks
from survey.sheets import Typed, make_pages

KINDS = Path(__file__).parents[1] / "journeys" / "kinds.yaml"


@pytest.fixture
def spoken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Instrument:
    """A questionnaire of which one question was recorded."""
    monkeypatch.setattr(looks, "STATIC", tmp_path)
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    instrument = read(KINDS)
    recorded = Version("audio", sound="easy.opus", sounds={"cy": "easy_cy.opus"})
    item = replace(instrument.item("easy"), versions=(recorded,))
    return replace(instrument, pages=(replace(instrument.pages[0], items=(item,)),))


@pytest.fixture
def request_there(app: Flask) -> Iterator[None]:
    with app.test_request_context("/answer"):
        yield


@pytest.mark.usefixtures("request_there")
def test_listening_is_offered_only_where_every_recording_is(spoken: Instrument, tmp_path: Path) -> None:
    assert versions_of(spoken) == ("standard", "audio")
    assert looks.offered(spoken, "en") == ("standard",) and looks.sounds(spoken, "en", "audio") == {}
    (tmp_path / "audio").mkdir()
    (tmp_path / "audio" / "easy.opus").write_bytes(b"OggS")
    (link,) = looks.look_links(spoken, "en", "standard", "/answer?lang=en")
    assert (link.name, link.href) == ("audio", "/answer?lang=en&look=audio")
    held = looks.sounds(spoken, "en", "audio")
    assert held["easy"].startswith("/static/audio/easy.opus?v=") and looks.sounds(spoken, "en", "standard") == {}
    ((page,),) = [make_pages(spoken, "before", Typed(), sounds=held)]
    assert page.items[0].sound == held["easy"]


@pytest.mark.usefixtures("request_there")
def test_nobody_hears_another_language_than_the_one_they_read(spoken: Instrument, tmp_path: Path) -> None:
    (tmp_path / "audio").mkdir()
    (tmp_path / "audio" / "easy.opus").write_bytes(b"OggS")
    for code in ("cy", "ar"):
        assert looks.sounds(spoken, code, "audio") == {} and looks.look_links(spoken, code, "standard", "/") == ()
    (tmp_path / "audio" / "easy_cy.opus").write_bytes(b"OggS")
    assert looks.sounds(spoken, "cy", "audio")["easy"].startswith("/static/audio/easy_cy.opus?v=")
    assert looks.offered(spoken, "ar") == ("standard",)


@pytest.mark.usefixtures("request_there")
def test_a_questionnaire_in_one_version_offers_no_choice() -> None:
    assert looks.look_links(load_library("case_audit"), "en", "standard", "/answer") == ()


def test_another_version_has_other_words_and_the_same_answers() -> None:
    instrument = read(KINDS)
    easy = in_version(instrument, "easy_read")
    assert easy.item("walk").text == {"en": "Sam walks in the rain."} and easy.item("walk").picture == "friends"
    for one, other in zip(instrument.items, easy.items, strict=True):
        assert [(x.key, x.code) for x in one.options] == [(x.key, x.code) for x in other.options]
    assert easy.item("easy") == instrument.item("easy")
    assert digest(in_version(instrument, "standard")) == digest(instrument)
