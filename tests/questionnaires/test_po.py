"""Words go to translators and come back; what is half right is counted and left out."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from babel.messages import pofile
from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires.faults import InstrumentFaults
from questionnaires.files import library, load_library
from questionnaires.instrument import Instrument
from questionnaires.po import LARGEST_FILE, export_po, import_po

SHIPPED = [(key, one.code) for key in library() for one in load_library(key).languages[1:]]


@pytest.mark.parametrize(("key", "code"), SHIPPED)
def test_words_that_nobody_touched_change_nothing(key: str, code: str) -> None:
    instrument = load_library(key)
    returned = import_po(instrument, export_po(instrument, code), "x.po")
    assert returned.instrument == instrument
    assert not (returned.fuzzy or returned.missing or returned.outdated or returned.unknown)


def test_the_file_is_one_that_others_read(tiny: Instrument) -> None:
    catalog = pofile.read_po(io.BytesIO(export_po(tiny, "cy")), abort_invalid=True)
    assert str(catalog.locale) == "cy" and len(catalog) == 20
    message = catalog.get("Do you know it?", context="items.known.text")
    assert message is not None and message.string == "Wyt ti’n gwybod?"
    assert message.auto_comments == ["a question to a young person"]


def test_a_new_language_begins_empty_as_a_draft(tiny: Instrument) -> None:
    po = export_po(tiny, "ur")
    returned = import_po(tiny, po.replace(b'"A title"\nmsgstr ""', '"A title"\nmsgstr "عنوان"'.encode()), "x.po")
    language = returned.instrument.language("ur")
    assert (language.direction, language.draft) == ("rtl", True) and language.name == "اردو"
    assert returned.instrument.title["ur"] == "عنوان"
    assert len(returned.missing) == 19 and "19 missing" in str(returned)
    assert [one.code for one in returned.instrument.languages] == ["en", "cy", "ur"]


def test_fuzzy_outdated_and_unknown_words_are_counted_and_take_nothing_away(tiny: Instrument) -> None:
    po = export_po(tiny, "cy").decode()
    po = po.replace('msgctxt "title"', '#, fuzzy\nmsgctxt "title"').replace(
        'msgid "Do you know it?"', 'msgid "Do you know?"'
    )
    po += '\nmsgctxt "items.gone.text"\nmsgid "Gone?"\nmsgstr "Wedi mynd?"\n'
    returned = import_po(tiny, po.encode(), "x.po")
    assert (returned.fuzzy, returned.outdated, returned.unknown) == (
        ("title",),
        ("items.known.text",),
        ("items.gone.text",),
    )
    assert returned.kept == ("title", "items.known.text") and "2 kept" in str(returned)
    assert replace(returned.instrument, languages=tiny.languages) == tiny, "the words that stood there are still good"
    assert len(returned.translated) == 18


def test_words_that_changed_are_a_draft_again_and_others_are_not(tiny: Instrument) -> None:
    checked = replace(tiny, languages=(tiny.languages[0], replace(tiny.languages[1], checked="A speaker, May 2026")))
    po = export_po(checked, "cy")
    assert import_po(checked, po, "x.po").instrument == checked
    changed = import_po(checked, po.replace(b'msgstr "Teitl"', b'msgstr "Y teitl"'), "x.po").instrument
    assert changed.language("cy").draft and changed.title["cy"] == "Y teitl"
    doubted = import_po(checked, po.replace(b'msgctxt "title"', b'#, fuzzy\nmsgctxt "title"'), "x.po").instrument
    assert doubted.language("cy").draft and doubted.title == checked.title
    part = import_po(checked, po.replace(b'msgstr "Teitl"', b'msgstr ""'), "x.po")
    assert part.instrument == checked and part.missing == part.kept == ("title",)


def test_quotes_lines_and_back_strokes_come_back(tiny: Instrument) -> None:
    words = 'a "b" \\n c\\\nd %s {x} =1+1'
    spoken = replace(tiny, title={"en": words, "cy": words[::-1].strip()})
    assert import_po(spoken, export_po(spoken, "cy"), "x.po").instrument == spoken


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("X-Heard-Questionnaire: tiny", "X-Heard-Questionnaire: other", "translates_another"),
        ("X-Heard-Version: 1", "X-Heard-Version: 2", "translates_another"),
        ("Language: cy", "Language: ", "bad_language"),
        ("Language: cy", "Language: en", "bad_language"),
        ("Language: cy", "Language: Cymraeg!", "not_po"),
        ('msgstr "Teitl"', "what is this?", "not_po"),
        ('msgstr "Teitl"', 'msgstr "it is a secret"', "promise"),
        ("charset=utf-8", "charset=nowhere", ""),
        ('"Language: cy', '"Plural-Forms: nplurals=6; plural=0;\\n"\n"Language: cy', ""),
        ('"Language: cy', '"Plural-Forms: nplurals=2000000000; plural=0;\\n"\n"Language: cy', "plural_forms"),
        ('"Language: cy', '"Plural-Forms: nplu"\n"rals = 7; plural=0;\\n"\n"Language: cy', "plural_forms"),
        ('msgstr "Teitl"', 'msgid_plural "Titles"\nmsgstr[0] "Teitl"', "plural_forms"),
        ('msgstr "Teitl"', '\x0bmsgid_plural "Titles"\nmsgstr[0] "Teitl"', "plural_forms"),
        ('msgctxt "title"', '#~ msgid "a"\n#~ msgid_plural "b"\n#~ msgstr[0] "c"\n\nmsgctxt "title"', "plural_forms"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tiny: Instrument, old: str, new: str, code: str) -> None:
    po = export_po(tiny, "cy").decode()
    assert old in po
    try:
        import_po(tiny, po.replace(old, new).encode(), "x.po")
    except InstrumentFaults as found:
        assert {one.code for one in found.faults} == {code}
    else:
        assert not code


@pytest.mark.parametrize("code", ["en", "../x", "", "Welsh"])
def test_only_another_language_is_exported(tiny: Instrument, code: str) -> None:
    with pytest.raises(InstrumentFaults, match="bad_language"):
        export_po(tiny, code)


def test_what_is_too_big_or_not_utf8_is_refused(tiny: Instrument) -> None:
    for data, code in ((b"#" * (LARGEST_FILE + 1), "too_big"), (b'msgid "\xff"', "not_utf8")):
        with pytest.raises(InstrumentFaults) as found:
            import_po(tiny, data, "x.po")
        assert [one.code for one in found.value.faults] == [code]


@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_a_spoiled_file_gives_faults_or_an_instrument_and_nothing_else(tiny: Instrument, data: st.DataObject) -> None:
    lines = export_po(tiny, "cy").decode().splitlines(keepends=True)
    for _ in range(data.draw(st.integers(1, 4))):
        n = data.draw(st.integers(0, len(lines) - 1))
        junk = [
            'msgstr[1] "x"\n',
            "#~ \n",
            "msgid\n",
            '"\\',
            "#, fuzzy\n",
            'msgid_plural "a"\n',
            "POT-Creation-Date: x\n",
        ]
        lines[n] = data.draw(st.sampled_from([*junk, "", lines[n] * 2, lines[n][: len(lines[n]) // 2], "\ud800"]))
    try:
        returned = import_po(tiny, "".join(lines).encode("utf-8", "surrogatepass"), "x.po")
    except InstrumentFaults as found:
        assert found.faults
    else:
        assert isinstance(returned.instrument, Instrument) and str(returned)
