"""Translations as PO files, so that translators use the tools they know.

Each text is an entry: its name as context, the English as the message. What comes back is taken only where the English
it translates is still the English of the questionnaire; words marked fuzzy, and words for an older English, are counted
and left out, so that nothing half right reaches a child. They take nothing away: where the file has no words to take, those
of the questionnaire stay. Words that changed, or that the translator doubts, have not been checked by a speaker: the language
is a draft again.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, replace

from babel.messages import pofile
from babel.messages.catalog import Catalog

from questionnaires.faults import Fault, InstrumentFaults, Place, shown
from questionnaires.instrument import Instrument, Language
from questionnaires.texts import named_texts, retold
from questionnaires.tongues import language_of
from questionnaires.wording import LANGUAGE

LARGEST_FILE = 1024 * 1024
_KEY, _VERSION, _NAME = "X-Heard-Questionnaire", "X-Heard-Version", "X-Heard-Language-Name"
MOST_PLURALS = 6
"""Arabic has six; no language is known to have more."""
_PLURALS = re.compile(r"nplurals\s{0,9}=\s{0,9}(\d+)", re.IGNORECASE)
_HEAD_LINE = re.compile(r'^"([A-Za-z-]+): (.*)\\n"\s*$', re.MULTILINE)
"""A field of the head; Babel keeps only those it knows."""


@dataclass(frozen=True, slots=True)
class Returned:
    """What came back from a translator. The lists hold names of texts; `kept` are those among the fuzzy, the missing and the
    outdated whose words in the questionnaire stay."""

    instrument: Instrument
    language: Language
    translated: tuple[str, ...]
    fuzzy: tuple[str, ...]
    missing: tuple[str, ...]
    outdated: tuple[str, ...]
    unknown: tuple[str, ...]
    kept: tuple[str, ...]

    def __str__(self) -> str:
        said = f"{self.language.name} ({self.language.code}): {len(self.translated)} translated"
        for what in ("fuzzy", "outdated", "missing", "unknown", "kept"):
            names = getattr(self, what)
            if names:
                more = ", ..." if len(names) > 5 else ""
                said += f"; {len(names)} {what}: {', '.join(names[:5])}{more}"
        return said


def export_po(instrument: Instrument, code: str) -> bytes:
    """The words of one language, ready for a translator; a language that is not there yet is begun."""
    if code == "en" or not LANGUAGE.fullmatch(code):
        raise _fault(
            instrument.key, "bad_language", f"{shown(code)} is no language to translate into", "write cy or pt-BR"
        )
    language = _known(instrument, code)
    catalog = Catalog(locale=None, project=instrument.key, version=str(instrument.version), fuzzy=False)
    for name, words in named_texts(instrument):
        catalog.add(words["en"], words.get(code, ""), context=_spoken(name), auto_comments=[_about(name)])
    file = io.BytesIO()
    pofile.write_po(file, catalog, omit_header=True, width=0)
    return _head(instrument, language).encode() + file.getvalue()


def _head(instrument: Instrument, language: Language) -> str:
    fields = {
        "Project-Id-Version": f"{instrument.key} {instrument.version}",
        "Language": language.code.replace("-", "_"),
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        _KEY: instrument.key,
        _VERSION: str(instrument.version),
        _NAME: language.name,
    }
    lines = "".join(f'"{name}: {_quoted(value)}\\n"\n' for name, value in fields.items())
    return f'msgid ""\nmsgstr ""\n{lines}\n'


def _quoted(words: str) -> str:
    return re.sub(r'[\\"\n]', " ", words)


def import_po(instrument: Instrument, data: bytes, file: str) -> Returned:
    """The instrument with the words of a PO file. Raises InstrumentFaults if the file or the words cannot be used."""
    catalog = _catalog(data, file)
    head = {name: value.strip() for name, value in reversed(_HEAD_LINE.findall(data.decode("utf-8-sig")))}
    code = head.get("Language", "").replace("_", "-")
    language = _language(instrument, head, code, file)
    words: dict[Place, str] = {}
    found: dict[str, list[str]] = {what: [] for what in ("translated", "fuzzy", "missing", "outdated", "unknown")}
    entries = {one.context: one for one in catalog if one.id and one.context}
    for name, text in named_texts(instrument):
        entry = entries.pop(_spoken(name), None)
        told = entry.string.strip() if entry is not None and isinstance(entry.string, str) else ""
        state = "translated"
        if entry is None or not told:
            state = "missing"
        elif entry.id != text["en"]:
            state = "outdated"
        elif entry.fuzzy:
            state = "fuzzy"
        else:
            words[name] = told
        found[state].append(_spoken(name))
    found["unknown"] += [str(context) for context in entries]
    before = {name: text[code] for name, text in named_texts(instrument) if code in text}
    found["kept"] = [_spoken(name) for name in before if name not in words]
    words = before | words
    is_same = words == before and not set(found["kept"]) & set(found["fuzzy"])
    language = language if is_same else replace(language, checked=None)
    return Returned(
        retold(instrument, language, words), language, **{what: tuple(names) for what, names in found.items()}
    )


def _catalog(data: bytes, file: str) -> Catalog:
    if len(data) > LARGEST_FILE:
        raise _fault(file, "too_big", f"{len(data)} bytes", f"keep it below {LARGEST_FILE} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as reason:
        raise _fault(file, "not_utf8", "a sign that is not UTF-8", "save the file as UTF-8") from reason
    _without_plurals(text, file)
    try:
        return pofile.read_po(io.StringIO(text), ignore_obsolete=True, abort_invalid=True)
    except Exception as reason:  # Babel stumbles over damaged files in many ways; all mean the same to the reader
        remedy = "open it in a PO editor and save it again"
        raise _fault(file, "not_po", f"it cannot be read as a PO file ({type(reason).__name__})", remedy) from reason


def _without_plurals(text: str, file: str) -> None:
    """Refuse plural forms before Babel reads them: it believes the head and makes room for as many as that says."""
    lines = [line.strip() for line in text.split("\n")]
    if any(line.removeprefix("#~").lstrip().startswith("msgid_plural") for line in lines):
        wrong, remedy = "it has texts with plural forms", "take out `msgid_plural`: each text here has one form"
        raise _fault(file, "plural_forms", wrong, remedy)
    quoted = "".join(line.partition('"')[2].removesuffix('"') for line in lines)  # a field may run over several lines
    for count in _PLURALS.findall(quoted):
        if len(count) > 1 or int(count) > MOST_PLURALS:
            wrong = f"its head claims {shown(count)} plural forms"
            raise _fault(file, "plural_forms", wrong, "take the line `Plural-Forms` out of its head")


def _language(instrument: Instrument, head: dict[str, str], code: str, file: str) -> Language:
    theirs = (head.get(_KEY, instrument.key), head.get(_VERSION, str(instrument.version)))
    if theirs != (instrument.key, str(instrument.version)):
        wrong = f"it translates {theirs[0]} version {theirs[1]}, not {instrument.key} version {instrument.version}"
        raise _fault(file, "translates_another", wrong, "export this version and bring the words into that file")
    if code == "en" or not LANGUAGE.fullmatch(code):
        raise _fault(file, "bad_language", "its header names no language to translate into", "add `Language: cy`")
    language = _known(instrument, code)
    return replace(language, name=head.get(_NAME, "").strip() or language.name)


def _known(instrument: Instrument, code: str) -> Language:
    """The language as the questionnaire has it, or as the world's list has it."""
    for language in instrument.languages:
        if language.code == code:
            return language
    return language_of(code)


def _fault(file: str, code: str, wrong: str, mend: str) -> InstrumentFaults:
    return InstrumentFaults([Fault(file, 1, code, wrong, mend)])


def _spoken(name: Place) -> str:
    return ".".join(map(str, name))


def _about(name: Place) -> str:
    """A line for the translator: what this text is."""
    return _ABOUT[str(name[2] if name[0] == "items" else name[0])]


_ABOUT = {
    "title": "the title of the questionnaire",
    "intro": "the opening, read before the first question",
    "pages": "the title of a page",
    "text": "a question to a young person",
    "hint": "a line below the question",
    "unit": "what is counted, after the number",
    "statement": "for reports only: completes '48 in 100 pupils ...'",
    "options": "an answer to choose",
    "low": "what 0 means, where answers go from 0 to 10",
    "high": "what 10 means, where answers go from 0 to 10",
    "parts": "a thing to sort into a box, or a goal",
    "statements": "for reports only: completes '48 in 100 pupils ...'",
    "versions": "the same in plain words or easy read",
}
