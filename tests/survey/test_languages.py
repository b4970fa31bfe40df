"""Words in each language: plural-safe, drafts kept from children, no placeholder lost in translation."""

from __future__ import annotations

import re
from datetime import date

import pytest
from babel.messages.pofile import read_po
from flask import Flask, g

from survey import languages
from survey.languages import TRANSLATIONS, catalogue, catalogues, gettext, is_open_to_children, ngettext
from survey.sheets import words

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def test_english_is_always_there_and_open() -> None:
    assert is_open_to_children("en")
    assert catalogue("xx").code == "en"
    assert (catalogue("en").name, catalogue("en").direction) == ("English", "ltr")


@pytest.mark.parametrize("path", sorted(TRANSLATIONS.glob("*/messages.po")), ids=lambda path: path.parent.name)
def test_translations_keep_every_placeholder(path) -> None:
    with path.open("rb") as file:
        catalog = read_po(file, locale=path.parent.name)
    for message in catalog:
        if not message.id or not message.string:
            continue
        sources = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        expected = {name for source in sources for name in PLACEHOLDER.findall(source)}
        for string in strings:
            assert set(PLACEHOLDER.findall(string)) <= expected, message.id
            assert string == "" or "count" in expected or set(PLACEHOLDER.findall(string)) == expected, message.id


def test_a_draft_is_never_opened_to_children(client, tour) -> None:
    drafts = [code for code in catalogues() if not is_open_to_children(code)]
    for code in drafts:
        assert f'lang="{code}"' not in client.get(f"/?lang={code}").text.split("<body", 1)[0]


def test_numbers_days_and_plurals(app: Flask) -> None:
    with app.test_request_context():
        assert ngettext("%(count)s school", "%(count)s schools", 1) == "1 school"
        assert ngettext("%(count)s school", "%(count)s schools", 1234) == "1,234 schools"
        assert languages.day(date(2026, 11, 20)) == "20 November 2026"
        assert gettext(
            "Type a number from %(minimum)s to %(maximum)s, or leave it empty.", minimum=1, maximum=9
        ).startswith("Type a number from 1 to 9")


def test_words_that_fall_back_say_which_language_they_are_in(app: Flask) -> None:
    with app.test_request_context():
        g.language = "ar"
        assert words({"en": "Yes & no"}) == '<span lang="en" dir="ltr">Yes &amp; no</span>'
        assert words({"en": "Yes", "ar": "نعم"}) == "نعم"
        g.language = "en"
        assert words({"en": "<b>"}) == "&lt;b&gt;"
