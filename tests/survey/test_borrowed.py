"""A page in a language whose catalogue lacks sentences: what is still in English says so, down to the single sentence."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape

from questionnaires.files import read
from survey import languages
from survey.borrowed import marked
from survey.languages import BORROWED, RETURNED, TRANSLATIONS, catalogue, gettext, speaking
from survey.sheets import Typed, _quoted, make_pages

EVERYTHING = Path(__file__).parents[1] / "journeys" / "everything.yaml"
MET = ("/answer", "/help", "/thanks", "/finished", "/activity", "/about")
WORD = re.compile(r"[^\W\d_]{2,}")


def lent(words: str) -> str:
    return f"{BORROWED}{words}{RETURNED}"


def thinned(code: str, monkeypatch: pytest.MonkeyPatch) -> tuple[set[str], set[str]]:
    """Take every second sentence from a catalogue; returns what is left, in that language, and what it lacks, in English."""
    with (TRANSLATIONS / code / "messages.po").open("rb") as file:
        catalog = read_po(file, locale=code)
    said = [one for one in catalog if one.id and isinstance(one.id, str)]
    for one in said[::2]:
        one.string = ""
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    thin = replace(catalogue(code), translations=Translations(compiled))
    monkeypatch.setattr(languages, "catalogue", lambda _code: thin)
    return {str(one.string) for one in said if one.string}, {str(one.id) for one in said if not one.string}


def spoken(element: Element, lang: str, direction: str) -> Iterator[tuple[str, str, str]]:
    """Each run of text under an element, with the language and direction that it is in."""
    if not isinstance(element.tag, str) or element.tag in ("style", "script"):
        return
    lang, direction = element.get("lang", lang), element.get("dir", direction)
    if element.get("aria-label"):
        yield element.get("aria-label", ""), lang, "ltr"  # a name is heard: it runs in no direction
    yield (element.text or "").strip(), lang, direction
    for child in element:
        yield from spoken(child, lang, direction)
        yield (child.tail or "").strip(), lang, direction


@pytest.mark.parametrize(("code", "direction"), [("pl", "ltr"), ("ur", "rtl")])
def test_every_sentence_is_in_the_language_that_it_says(
    client: FlaskClient, tour, code: str, direction: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tour.open("before", code)
    client.set_cookie("heard", f"{tour.tickets['before']}..00000000")
    own, lacking = thinned(code, monkeypatch)
    seen: set[str] = set()
    for path in MET:
        page = client.get(path).text
        root = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False).parse(page)
        assert (root.get("lang"), root.get("dir")) == (code, direction)
        body = root.find("body")
        assert body is not None
        runs = [run for run in spoken(body, code, direction) if WORD.search(run[0])]
        assert [text for text, lang, _ in runs if text in lacking and lang != "en"] == [], path
        assert [text for text, _, way in runs if text in lacking and way != "ltr"] == [], path
        assert [text for text, lang, _ in runs if text in own and lang != code] == [], path
        seen |= {text for text, lang, _ in runs if lang == "en"}
        outside = re.sub(r'\sdata-[\w-]+="[^"]*"', "", page)
        assert BORROWED not in outside and RETURNED not in outside, path
    assert len(seen & lacking) > 20


def test_what_cannot_be_marked_says_it_on_its_element_or_stays_plain() -> None:
    assert marked(f"<p>{lent('Wait')} x</p>") == '<p><span lang="en" dir="ltr">Wait</span> x</p>'
    assert marked(f"<title>{lent('Wait')} – Heard</title>") == "<title>Wait – Heard</title>"
    assert marked(f"<option value=a>{lent('Wait')}</option>") == '<option lang="en" dir="ltr" value=a>Wait</option>'
    assert marked(f'<nav class="a" aria-label="{lent("Ways")}">') == '<nav lang="en" class="a" aria-label="Ways">'
    assert marked(f'<nav lang="pl" aria-label="{lent("Ways")}">') == '<nav lang="pl" aria-label="Ways">'
    assert (
        marked(f'<p data-text="{lent("One")}" title="{lent("Two")}">') == f'<p data-text="{lent("One")}" title="Two">'
    )


def test_english_pages_and_staff_pages_hold_no_signs(app: Flask, client: FlaskClient, tour) -> None:
    tour.open("before")
    client.post("/join", data={"code": tour.code})
    for path in (*MET, "/staff/"):
        assert BORROWED not in client.get(path, follow_redirects=True).text
    with app.test_request_context("/staff/?lang=pl"), speaking("pl"):
        assert gettext("Said nowhere yet") == "Said nowhere yet"


def test_an_answer_within_a_sentence_says_its_own_language() -> None:
    """ "Only if you chose ...": the answer may be in English and the sentence not, or the other way round."""
    instrument = read(EVERYTHING)
    for code, answer in (("en", "By bus"), ("ar", '<span lang="en" dir="ltr">By bus</span>')):
        with speaking(code):
            (page,) = make_pages(instrument, "before", Typed())
        condition = page.items[1].condition
        assert condition is not None
        assert f"“{answer}”" in escape(condition.words)
    bus = instrument.item("travelled").options[0]
    spoken_too = replace(bus, label={**bus.label, "so": "Bas"})
    with speaking("so"):
        assert _quoted(spoken_too.label) == '<span lang="so" dir="ltr">Bas</span>'
