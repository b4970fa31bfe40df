"""Words in each language: complete, plural-safe, drafts kept from children, no placeholder lost in translation.

What the interface says is gathered here from code and templates with the same tool and the same keywords as `make words`,
so a sentence that nobody has translated yet is named, and so is one that nobody says any more.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from gettext import c2py
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords
from babel.messages.pofile import read_po
from flask import Flask, g
from jinja2 import Environment, nodes
from markupsafe import Markup

from questionnaires.files import load_library
from questionnaires.xlsform_writing import ABSENT
from survey import languages
from survey.languages import TRANSLATIONS, Catalogue, catalogue, catalogues, gettext, is_open_to_children, ngettext
from survey.sheets import words

ROOT = TRANSLATIONS.parents[1]
CODES = ("ar", "cy")
BEGUN = ("pl", "ro", "uk", "ur")
"""Drafts that nobody who speaks the language has read yet; what a catalogue does not say is in English on the page."""
LIBRARY = ROOT / "questionnaires" / "library"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+(?::[^{}]*)?\}")
WORD = re.compile(r"[^\W\d_]{2,}")
LATIN = re.compile(r"[A-Za-z]{2,}")
ARABIC = re.compile(r"[\u0620-\u064a\u0671-\u06d3]")
MARKUP = re.compile(r"[<>]|&#?\w+;")
PASS_ON = {
    "survey/daily.py",
    "survey/forms.py",
    "survey/helplines.py",
    "survey/languages.py",
    "survey/manners.py",
    "survey/notices.py",
    "survey/outbox.py",
    "survey/releases/arms.py",
}  # they hand on texts that are marked elsewhere
SIZE = "%(size)s KB"
SAME_AS_ENGLISH = {"cy": {"Poster", SIZE}, "pl": {"zero", SIZE}, "ro": {"zero", "Contact", "Indicator", SIZE}}


# What must hold of a catalogue


def recipe_keywords() -> list[str]:
    found = re.search(r'--keywords "([^"]+)"', (ROOT / "Makefile").read_text())
    assert found is not None
    return found[1].split()


@pytest.fixture(scope="module")
def said() -> Catalog:
    """Every sentence of the interface, as `make words` finds them."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    methods = [(one["pattern"], one["method"]) for one in mappings]
    catalog = Catalog()
    for _, _, message, _, _ in extract_from_dir(ROOT, methods, keywords=parse_keywords(recipe_keywords())):
        catalog.add(message)
    assert len(catalog) > 500
    return catalog


def translated(code: str) -> Catalog:
    with (TRANSLATIONS / code / "messages.po").open("rb") as file:
        return read_po(file, locale=code)


def ids(catalog: Catalog) -> set[str | tuple[str, ...]]:
    return {message.id for message in catalog if message.id}


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return text if isinstance(text, tuple) else (text,)


def says_one_number(catalog: Catalog, form: int) -> bool:
    """Whether a plural form stands for a single number, so that the number may be in the word ("two schools": مدرستان)."""
    form_of = c2py(catalog.plural_expr)
    return sum(form_of(number) == form for number in range(300)) == 1


def faults(catalog: Catalog, said: Catalog) -> Iterator[str]:
    """Everything that is wrong with a catalogue, one line each."""
    yield from (f"missing: {one!r}" for one in ids(said) - ids(catalog))
    yield from (f"obsolete: {one!r}" for one in ids(catalog) - ids(said))
    yield from (f"obsolete: {one.id!r}" for one in catalog.obsolete.values())
    for message in catalog:
        if not message.id:
            continue
        if message.fuzzy:
            yield f"fuzzy: {message.id!r}"
        strings = forms(message.string)
        if len(strings) != (catalog.num_plurals if message.pluralizable else 1):
            yield f"{len(strings)} plural forms: {message.id!r}"
        for number, string in enumerate(strings):
            kept_in_word = message.pluralizable and says_one_number(catalog, number)
            yield from (
                f"{one}: {string!r} for {message.id!r}" for one in wrong(forms(message.id)[-1], string, kept_in_word)
            )


def wrong(source: str, string: str, kept_in_word: bool) -> Iterator[str]:
    if not string.strip():
        yield "empty"
        return
    expected, found = (Counter(PLACEHOLDER.findall(one)) for one in (source, string))
    if found != expected and not (kept_in_word and found == expected - Counter(["%(count)s"])):
        yield "placeholders"
    elif "%(" in source:
        try:
            string % dict.fromkeys(re.findall(r"%\((\w+)\)", source), "1")
        except (ValueError, TypeError, KeyError):
            yield "a per cent sign"
    if MARKUP.search(string):
        yield "markup"
    if string[:1].isspace() != source[:1].isspace() or string[-1:].isspace() != source[-1:].isspace():
        yield "a space at an end"


# Catalogues and what they say


@pytest.mark.parametrize("code", CODES)
def test_catalogues_say_all_that_the_interface_says(code, said) -> None:
    assert sorted(path.parent.name for path in TRANSLATIONS.glob("*/messages.po")) == sorted((*CODES, *BEGUN))
    assert sorted(faults(translated(code), said)) == []


@pytest.mark.parametrize("code", BEGUN)
def test_what_a_begun_catalogue_says_is_sound_and_a_draft(code, said) -> None:
    """What is not said yet, or waits empty for its translation, is in English; nobody has confirmed any of it."""
    waiting = re.compile(r"missing: |empty: |\d plural forms: ")
    assert [one for one in faults(translated(code), said) if not waiting.match(one)] == []
    assert catalogue(code).checked_by == "" and not is_open_to_children(code)
    assert len([one for one in translated(code) if one.id and one.string]) >= 1200


@pytest.mark.parametrize("code", BEGUN)
@pytest.mark.parametrize("key", ["staying_safe", "online_play"])
def test_begun_languages_call_things_by_the_names_on_the_page_too(code, key) -> None:
    catalog, intro = translated(code), [line[code] for line in load_library(key).intro]
    send = {"pl": "Wyślij", "ro": "Trimite", "uk": "Надіслати", "ur": "بھیجیں"}[code]
    assert catalog["Get help"].string in intro[3] and send in intro[2]
    assert send in catalog["Send my answers"].string
    with languages.speaking(code):
        assert gettext("Next") == catalog["Next"].string and gettext("Said by nobody") == "Said by nobody"


@pytest.mark.parametrize("code", CODES)
def test_the_checks_of_catalogues_can_fail(code, said) -> None:
    """Sabotage: each kind of damage to a copy is named."""
    catalog, before = translated(code), set(faults(translated(code), said))
    catalog["Get help"].string = ""
    catalog["Sessions"].flags.add("fuzzy")
    catalog["Hello, %(name)s"].string = "%(nmae)s"
    catalog["Back"].string = "<b>x</b> &amp;"
    catalog["Question %(n)s"].string = "%(n)s 50% x"
    catalog["school"].string = ("x", "x")
    catalog.delete("Next")
    catalog.add("Said by nobody", "x")
    new = set(faults(catalog, said)) - before
    for kind in (
        "empty",
        "fuzzy",
        "placeholders",
        "markup",
        "a per cent sign",
        "2 plural forms",
        "missing",
        "obsolete",
    ):
        assert kind in " ".join(new)
    assert len(new) == 8


@pytest.mark.parametrize("code", CODES)
def test_a_catalogue_names_its_checker_and_nothing_of_the_tool(code) -> None:
    text = (TRANSLATIONS / code / "messages.po").read_text("utf-8")
    header = text.partition("\n\n")[0]
    assert header.count('"X-Checked-By:') == 1
    assert not re.search(r"Babel|Date|Translator|Report-Msgid|#", header)
    assert not re.search(r"^#[:~]|^#,.*fuzzy", text, re.MULTILINE)
    assert str(ROOT) not in text and "\r" not in text


def test_only_a_number_on_its_own_may_hide_in_a_word() -> None:
    assert [says_one_number(translated("ar"), form) for form in range(6)] == [True, True, True, False, False, False]
    assert [says_one_number(translated("cy"), form) for form in range(5)] == [False, True, True, True, True]


@pytest.mark.parametrize("code", ["ar", "ur"])
def test_arabic_and_urdu_are_in_arabic_letters(code) -> None:
    found = []
    for message in translated(code):
        for string in filter(None, forms(message.string) if message.id else ()):
            plain, source = (PLACEHOLDER.sub(" ", one) for one in (string, " ".join(forms(message.id))))
            foreign = set(LATIN.findall(plain)) - set(LATIN.findall(source))
            if foreign or (WORD.search(source) and not ARABIC.search(plain)):
                found.append((message.id, string))
    assert found == []


@pytest.mark.parametrize("code", [*CODES, *BEGUN])
def test_nothing_translated_is_left_in_english(code) -> None:
    found = {
        message.id
        for message in translated(code)
        if message.id and WORD.search(PLACEHOLDER.sub("", forms(message.id)[0])) and message.string == message.id
    }
    assert found == SAME_AS_ENGLISH.get(code, set())


@pytest.mark.parametrize("code", ["ar", "ur"])
def test_a_telephone_number_stays_whole_between_arabic_words(code) -> None:
    """Digits with a plain space between them change places in a line from right to left; a no-break space holds them."""
    for message in translated(code):
        for string in forms(message.string) if message.id else ():
            assert not re.search(r"\d \d", string), message.id
    for path in LIBRARY.glob(f"*.{code}.yaml"):
        assert "Childline" in path.read_text("utf-8") and not re.search(r"\d \d", path.read_text("utf-8")), path.name


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("key", ["staying_safe", "online_play"])
def test_questionnaires_call_things_by_the_names_on_the_page(code, key) -> None:
    catalog, intro = translated(code), [line[code] for line in load_library(key).intro]
    send, get_help = {"cy": ("Anfon", "Cael help"), "ar": ("إرسال", "الحصول على المساعدة")}[code]
    assert catalog["Get help"].string == get_help and get_help in intro[3]
    assert send in intro[2]
    for sentence in ("Send my answers", "After you press Send we cannot take your answers out."):
        assert send in catalog[sentence].string


# Code and templates


def python_calls() -> Iterator[tuple[str, ast.Call]]:
    for path in sorted((ROOT / "survey").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                yield path.relative_to(ROOT).as_posix(), node


def translates(call: ast.Call) -> int:
    """How many of its first arguments are sentences; none for a call that translates nothing."""
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    return {"_": 1, "N_": 1, "gettext": 1, "ngettext": 2}.get(name, 0)


def is_sentence(argument: ast.expr) -> bool:
    return isinstance(argument, ast.Constant) and isinstance(argument.value, str)


def test_every_sentence_in_code_stands_there_as_it_is(said) -> None:
    """A sentence put together from pieces is in no catalogue, nor is one inside an f-string: the tool does not look there."""
    calls = [(place, call) for place, call in python_calls() if translates(call) and place not in PASS_ON]
    assert len(calls) > 200
    known = {forms(one)[0] for one in ids(said)}
    found = [
        f"{place}:{call.lineno}"
        for place, call in calls
        if not all(map(is_sentence, call.args[: translates(call)])) or call.args[0].value not in known
    ]
    assert found == []


def test_every_label_of_a_form_is_marked() -> None:
    made = [(place, call) for place, call in python_calls() if ast.unparse(call.func).endswith("Field")]
    assert len(made) > 20
    assert [f"{place}:{call.lineno}" for place, call in made if call.args and is_sentence(call.args[0])] == []


def templates() -> list[Path]:
    found = sorted((ROOT / "templates").rglob("*.html"))
    assert len(found) > 30
    return found


def test_every_sentence_in_templates_stands_there_as_it_is() -> None:
    reader = Environment(autoescape=True)
    for path in templates():
        for call in reader.parse(path.read_text("utf-8")).find_all(nodes.Call):
            count = {"_": 1, "ngettext": 2}.get(getattr(call.node, "name", ""), 0)
            assert all(isinstance(one, nodes.Const) for one in call.args[:count]), f"{path.name}:{call.lineno}"


def bare(source: str) -> str:
    """The letters that a template says without asking a catalogue: between its tags, and in attributes that are read."""
    said_to_machines = r"\{% block body_class %\}.*?\{% endblock %\}|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}"
    plain = re.sub(said_to_machines, "", source, flags=re.DOTALL)
    read = re.findall(r'(?:alt|title|placeholder|aria-label)="([^"]*)"', plain)
    return " ".join([re.sub(r"<[^<>]*>|\bHeard\b", " ", plain), *read])


def test_templates_say_nothing_but_what_can_be_translated() -> None:
    assert {path.name: WORD.findall(bare(path.read_text("utf-8"))) for path in templates()} == {
        path.name: [] for path in templates()
    }
    assert WORD.findall(bare('<p class="a">{{ x }} Hello</p><img alt="A picture">')) == ["Hello", "picture"]


# The recipe


def test_the_recipe_begins_from_nothing_and_keeps_what_people_wrote(tmp_path) -> None:
    for name in ("Makefile", "pyproject.toml"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    code = tmp_path / "survey" / "one.py"
    code.parent.mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "two.html").write_text("{{ ngettext('%(count)s card', '%(count)s cards', 3) }}")
    code.write_text("gettext('Good day')\n")
    make = ["make", "words", f"BIN={Path(sys.executable).parent}", "LANGUAGES=ar"]
    subprocess.run(make, cwd=tmp_path, check=True, capture_output=True)
    file = tmp_path / "survey" / "translations" / "ar" / "messages.po"
    first = file.read_text("utf-8")
    assert '"X-Checked-By: \\n"' in first and "nplurals=6" in first and first.count("msgstr[") == 6
    assert not re.search(r"20\d\d|Babel|YEAR|EMAIL|fuzzy", first) and str(tmp_path) not in first
    file.write_text(
        first.replace('"X-Checked-By: ', '"X-Checked-By: A. Speaker, 1 May').replace(
            'msgid "Good day"\nmsgstr ""', 'msgid "Good day"\nmsgstr "نهار سعيد"'
        )
    )
    code.write_text("gettext('Good day')\ngettext('Good night')\n")
    subprocess.run(make, cwd=tmp_path, check=True, capture_output=True)
    second = file.read_text("utf-8")
    assert '"X-Checked-By: A. Speaker, 1 May\\n"' in second and 'msgstr "نهار سعيد"' in second
    assert second.count("X-Checked-By") == 1 and 'msgid "Good night"\nmsgstr ""' in second
    assert languages._checked_by(file) == "A. Speaker, 1 May"
    subprocess.run(make, cwd=tmp_path, check=True, capture_output=True)
    assert file.read_text("utf-8") == second
    assert list((tmp_path / "survey").rglob("*.pot")) == []


# Languages on the page


def test_english_is_always_there_and_open() -> None:
    assert is_open_to_children("en")
    assert catalogue("xx").code == "en"
    assert (catalogue("en").name, catalogue("en").direction) == ("English", "ltr")
    assert (catalogue("cy").name, catalogue("cy").direction) == ("Cymraeg", "ltr")
    assert (catalogue("ar").name, catalogue("ar").direction) == ("العربية", "rtl")


def test_a_name_after_the_header_opens_a_language_and_nothing_else_does(tmp_path, monkeypatch) -> None:
    for code, checked in (("cy", " "), ("ar", " A. Speaker, 1 May 2027")):
        text = (TRANSLATIONS / code / "messages.po").read_text("utf-8")
        (tmp_path / code).mkdir()
        (tmp_path / code / "messages.po").write_text(
            re.sub(r"X-Checked-By:.*?\\n", rf"X-Checked-By:{checked}\\n", text)
        )
    monkeypatch.setattr(languages, "TRANSLATIONS", tmp_path)
    found = catalogues.__wrapped__()
    assert [(code, found[code].checked_by) for code in ("en", "cy", "ar")] == [
        ("en", "source"),
        ("cy", ""),
        ("ar", "A. Speaker, 1 May 2027"),
    ]


def test_a_draft_is_never_opened_to_children(client, tour, monkeypatch) -> None:
    drafts = {code: Catalogue(code, "", catalogue(code).translations) for code in CODES}
    known = {"en": catalogue("en"), **drafts, "ar": Catalogue("ar", "A. Speaker", catalogue("ar").translations)}
    monkeypatch.setattr(languages, "catalogues", lambda: known)
    assert 'lang="cy"' not in client.get("/?lang=cy").text.split("<body", 1)[0]
    assert 'lang="ar" dir="rtl"' in client.get("/?lang=ar").text.split("<body", 1)[0]


def test_numbers_days_and_plurals(app: Flask) -> None:
    with app.test_request_context():
        assert ngettext("%(count)s school so far", "%(count)s schools so far", 1) == "1 school so far"
        assert ngettext("%(count)s school so far", "%(count)s schools so far", 1234) == "1,234 schools so far"
        assert languages.day(date(2026, 11, 20)) == "20 November 2026"
        assert gettext(
            "Type a number from %(minimum)s to %(maximum)s, or leave it empty.", minimum=1, maximum=9
        ).startswith("Type a number from 1 to 9")


def test_plurals_of_welsh_and_arabic() -> None:
    one, many = "%(count)s pupil present", "%(count)s pupils present"
    with languages.speaking("cy"):
        assert [ngettext(one, many, n).split(" yn ")[0] for n in (1, 2, 3, 6, 7)] == [
            "1 disgybl",
            "2 ddisgybl",
            "3 disgybl",
            "6 disgybl",
            "7 disgybl",
        ]
    with languages.speaking("ar"):
        assert len({ngettext(one, many, n).replace(str(n), "") for n in (0, 1, 2, 3, 11, 100)}) == 6


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("pl", ["1 uczeń", "2 uczniów", "5 uczniów"]),
        ("ro", ["1 elev", "2 elevi", "20 de elevi"]),
        ("uk", ["21 присутній", "2 присутні", "5 присутніх"]),
        ("ur", ["1 طالب علم", "2 طلبہ", "5 طلبہ"]),
    ],
)
def test_plurals_of_the_begun_languages(code, said) -> None:
    with languages.speaking(code):
        for begins in said:
            count = int(begins.split()[0])
            assert ngettext("%(count)s pupil present", "%(count)s pupils present", count).startswith(begins)


def test_words_that_fall_back_say_which_language_they_are_in(app: Flask) -> None:
    with app.test_request_context():
        g.language = "ar"
        assert words({"en": "Yes & no"}) == '<span lang="en" dir="ltr">Yes &amp; no</span>'
        assert words({"en": "Yes", "ar": "نعم"}) == "نعم"
        g.language = "en"
        assert words({"en": "<b>"}) == "&lt;b&gt;"


def test_a_number_to_call_stays_on_one_line(app: Flask) -> None:
    with app.test_request_context():
        assert words({"en": "Call 0800 068 4141, 9 to 5."}) == "Call 0800\u00a0068\u00a04141, 9 to 5."
        assert words(Markup("<b>0800 1111</b>")) == "<b>0800 1111</b>", "what is a page's already stays as it is"
        g.language = "ar"
        assert "0800\u00a01111" in words({"en": "Call 0800 1111."})


def test_a_file_for_another_tool_has_our_own_ways_out() -> None:
    """What those who answer can choose instead of an answer is called alike here and there, in each language."""
    for said in ABSENT.values():
        assert set(said) == {"en", *catalogues()}
        for code, told in said.items():
            with languages.speaking(code):
                assert gettext(said["en"]) == told, code
