"""The words of a questionnaire, as far as rules can judge them.

A child must be able to trust every promise: words that a mode cannot keep are refused (CARE A1). No words put the duty
on the child (CARE D1). Who teaches that something is against the law also asks whether one can get help without being
in trouble. A translation that a speaker has checked is complete. The rest (is it clear, is it kind, does it hold one
idea) only children and people can tell.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from questionnaires.faults import Fault, Place, fault, shown, spoken
from questionnaires.rules import item_places
from questionnaires.words_patterns import UNQUOTED

if TYPE_CHECKING:
    from questionnaires.instrument import Instrument, Item, Text

DIRECTIONS = ("ltr", "rtl")
LONGEST = 400
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})?")

_ANY_MODE = (
    r"\banonym\w*|\bsecre(?!tar)\w*",
    r"\b(?:d|dd|n)ienw\b|\b(?:c|g|ch|ngh)yfrinach\w*",  # Welsh
    r"مجهول|(?<!\w)(?:ال|ب|بال|و)?سر(?:ا|ي|ية)?(?!\w)",  # Arabic
    r"\banonim\w*|\btajemnic\w*|\btajn\w*|\bsekre(?!tar)\w*",  # Polish; anonim in Romanian too
    r"\btain(?:ă|ic\w*|ele?)\b",  # Romanian
    r"\bанонімн\w*|\bтаємн(?!ич)\w*|\bтаємниц\w*|\bсекрет(?!ар)\w*",  # Ukrainian
    r"(?<!\w)گمنام(?!\w)|(?<!\w)خفیہ(?!\w)|(?<!\w)راز(?!\w)",  # Urdu
    r"\bconfiden[tțţ]ial\w*|\bpoufn\w*|\bконфіденц\w*|(?<!\w)رازدار\w*",
    # Nobody can find out, nobody will: English, Welsh, Arabic, Polish, Romanian, Ukrainian, Urdu
    r"\b(?:nobody|no one|no-one)(?: else)? (?:can|could|will|would)(?: ever)? find out",
    r"\bneb\b.{0,30}\b(?:dd?od i wybod|d?darganfod|ddarganfod)\b",
    r"(?:لا|لن)(?: \w+)? ?(?:ل)?أحد.{0,25}(?:يعرف|يكتشف|معرفة|اكتشاف)|لن (?:يعرف|يكتشف) أحد",
    r"\bnikt\b.{0,30}\b(?:dowie|dowiedzie[ćl]\w*|odkry\w+)\b",
    r"\bnimeni\b.{0,25}\b(?:afla|află|descoperi\w*)\b|\baf(?:la|lă) nimeni\b",
    r"\bніхто\b.{0,30}\bдізна\w*",
    r"(?<!\w)(?:کوئی|کسی کو).{0,25}(?:پت[اہ] (?:نہیں|نہ) (?:چل|لگا)|نہیں جان سک|معلوم نہیں (?:ہو|کر))",
)
_ALONE = (
    r"\bprivat\w*|\b(?:p|b|ph|mh)reifat\w*|\bprywat\w*|\bприватн\w*|(?<!\w)نجی(?!\w)"
    r"|(?<!بشكل )(?<!\w)(?:ال|و)?خاص(?:ة|ه)?(?! طور| کر)(?!\w)"
)
"""`private` in the same languages; what Arabic and Urdu say for `especially` with the same word is left alone."""
_TOO_MUCH = "|".join(_ANY_MODE)
_PRIVATE = re.compile(_TOO_MUCH, re.IGNORECASE)
_LINKED = re.compile(f"{_TOO_MUCH}|{_ALONE}", re.IGNORECASE)
PROMISES = {"private": _PRIVATE, "linked": _LINKED}
"""Words that promise more than a mode can keep, in the languages we ship. In linked mode `private` is refused as well: also
`confidential unless` makes whoever reads it think of nobody, and the sentences there say who sees the answers instead."""

_DUTY = re.compile(
    r"\b(?:say(?:ing)? '?no\b|good choices|right choices|keep(?:ing)? (?:yourself|themselves) safe|risky behaviours?"
    r"|attention.seeking|put(?:ting)? (?:\w+sel(?:f|ves)) (?:at|in)(?: \w+)? (?:risk|danger))",
    re.IGNORECASE,
)
_LAW = re.compile(r"\b(?:illegal|unlawful|against the law|break(?:s|ing)? the law|a crime)\b", re.IGNORECASE)
_WITHOUT_TROUBLE = re.compile(r"\bwithout\b[^?.]*\btrouble\b", re.IGNORECASE)
_HELP = re.compile(r"\bhelp\b.*\btrouble\b", re.IGNORECASE)
_IN_TROUBLE = re.compile(r"\b(?:be|being|get|gets|getting) in(?:to)?(?: any)? trouble\b", re.IGNORECASE)
_ABSENT = re.compile(
    r"\W*(?:i ?)?(?:don.?t know|do not know|am not sure|.?m not sure|not sure|unsure"
    r"|(?:.?d |would )?(?:rather|prefer) not(?: to)?(?: say)?)\W*",
    re.IGNORECASE,
)
_SENSES = re.compile(r"\b(?:the (?:green|red|yellow|amber|orange|blue) (?:one|answer|button|face))\b", re.IGNORECASE)
_MARKS = re.compile(r"[\u064b-\u0652\u0640]")


def faults(instrument: Instrument) -> list[Fault]:
    """Every breach of the rules on words."""
    found = [fault for rule in _RULES for fault in rule(instrument)]
    judged = cache(lambda sentence: tuple(_sentence(instrument.mode, sentence)))  # many options say the same
    for place, words in texts(instrument):
        for language, sentence in words.items():
            here = place if language == "en" else (*place, language)
            found += [replace(one, place=here) for one in judged(sentence)]
    return found


def texts(instrument: Instrument) -> Iterator[tuple[Place, Text]]:
    """Every text of the instrument with its place: what a child reads, and the statements for reports."""
    yield ("title",), instrument.title
    for n, sentence in enumerate(instrument.intro):
        yield ("intro", n), sentence
    for p, page in enumerate(instrument.pages):
        if page.title is not None:
            yield ("pages", p, "title"), page.title
    for place, item in item_places(instrument):
        yield from _item_texts(place, item)


def _item_texts(place: Place, item: Item) -> Iterator[tuple[Place, Text]]:
    yield from _given(place, item, ("text", "hint", "unit", "low", "high"))
    for o, option in enumerate(item.options if item.told else ()):
        yield (*place, "options", o, "label"), option.label
    for n, part in enumerate(item.parts):
        yield (*place, "parts", n, "text"), part.text
        if part.measure is not None:
            yield (*place, "parts", n, "measure", "statement"), part.measure.statement
    if item.measure is not None:
        yield (*place, "measure", "statement"), item.measure.statement
    for version in item.versions:
        here = (*place, "versions", version.name)
        yield from _given(here, version, ("text", "hint", "low", "high"))
        for name in ("labels", "parts"):
            yield from (((*here, name, key), words) for key, words in getattr(version, name).items())


def _given(place: Place, held: object, names: tuple[str, ...]) -> Iterator[tuple[Place, Text]]:
    """These texts of an item or one of its versions, as far as it has them."""
    for name in names:
        if getattr(held, name) is not None:
            yield (*place, name), getattr(held, name)


def missing(instrument: Instrument, language: str) -> list[Place]:
    """The places that have no words in this language."""
    return [place for place, words in texts(instrument) if language not in words]


def _sentence(mode: str, sentence: str) -> Iterator[Fault]:
    """What is wrong with one text, wherever it stands."""
    if not sentence.strip() or len(sentence) > LONGEST:
        wrong = f"{len(sentence)} signs" if sentence.strip() else "there are no words"
        yield fault((), "text_length", wrong, f"write 1 to {LONGEST} signs")
        sentence = sentence[:LONGEST]  # whoever sends a book in place of a question waits for no judgement of it
    bad = [sign for sign in sentence if unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn") and sign != "\n"]
    if bad:
        yield fault((), "bad_sign", f"the sign U+{ord(bad[0]):04X} cannot be shown", "remove it")
    elif turning := _turning(sentence):
        wrong = f"the sign U+{ord(turning):04X} turns round what is read after it"
        yield fault((), "bad_sign", wrong, "remove it; U+2066 and U+2069 round a number keep its order in any script")
    promise = PROMISES[mode].search(_MARKS.sub("", sentence)) if mode in PROMISES else None
    if promise:
        wrong = f"{shown(promise.group())} promises more than mode {mode} keeps"
        yield fault((), "promise", wrong, "say what really happens with the answers")
    plain = sentence.translate(UNQUOTED)
    for pattern, code, remedy in _LINT:
        if match := pattern.search(plain):
            yield fault((), code, f"the words {shown(match.group())}", remedy)


def _turning(sentence: str) -> str | None:
    """The first sign that shows other words than were checked: one that turns round what follows, or an isolate left open."""
    open_isolates: list[str] = []
    for sign in sentence:
        if sign in _ISOLATES:
            open_isolates.append(sign)
        elif sign in _TURNS or (sign == _CLOSES and not open_isolates):
            return sign
        elif sign == _CLOSES:
            open_isolates.pop()
    return open_isolates[0] if open_isolates else None


_TURNS = "\u202a\u202b\u202c\u202d\u202e"
"""Embeddings and overrides: in a browser they reach past their text, on paper "yes" is "sey"."""
_ISOLATES, _CLOSES = "\u2066\u2067\u2068", "\u2069"
"""What keeps a number's order inside a line of Arabic; harmless when it is closed where it was opened."""

_LINT = (
    (_DUTY, "duty_on_child", "ask who is responsible, or how to get help: the blame is with the other person"),
    (_SENSES, "sensory", "name the answer by its words: not everybody sees colours"),
    (re.compile(r"\band/or\b", re.IGNORECASE), "two_ideas", "ask one thing at a time"),
)


def _intro(instrument: Instrument) -> Iterator[Fault]:
    if len(instrument.intro) != 4:
        remedy = "write four: what this is, who will see it, that anything may be skipped, where help is"
        yield fault(("intro",), "intro_four", f"{len(instrument.intro)} opening sentences", remedy)


def _absent_options(instrument: Instrument) -> Iterator[Fault]:
    for place, item in item_places(instrument):
        for o, option in enumerate(item.options):
            if _ABSENT.fullmatch(option.label.get("en", "")[:LONGEST]):
                remedy = "remove the option and write `absences: [dont_know, rather_not]`: it is stored apart"
                wrong = f"{shown(option.label['en'])} is not an answer"
                yield fault((*place, "options", o, "label"), "absence_as_option", wrong, remedy)


def asks_of_law(item: Item) -> bool:
    """Whether a question asks if something is against the law, in any of its wordings."""
    return any(_LAW.search(words) for _, words in _asked(item))


def asks_of_help(item: Item) -> bool:
    """Whether a question asks if one can get help without being in trouble."""
    return _HELP.search(item.text.get("en", "")[:LONGEST]) is not None


def _asked(item: Item) -> Iterator[tuple[Place, str]]:
    """The question in each of its wordings, with its place in the item."""
    yield ("text",), item.text.get("en", "")[:LONGEST]
    for version in item.versions:
        if version.text is not None:
            yield ("versions", version.name, "text"), version.text.get("en", "")[:LONGEST]


def _law(instrument: Instrument) -> Iterator[Fault]:
    helped = {wave for item in instrument.items if asks_of_help(item) for wave in item.waves}
    teaches = any(asks_of_law(item) for item in instrument.items)
    for place, item in item_places(instrument):
        if teaches and asks_of_help(item):
            yield from _easily(place, item)
        if asks_of_law(item) and not set(item.waves) <= helped:
            wrong = "it asks about the law and nothing asks about getting help"
            remedy = 'add an item in the same waves: "Can they get help without being in trouble?"'
            yield fault((*place, "text"), "law_without_help", wrong, remedy)


def _easily(place: Place, item: Item) -> Iterator[Fault]:
    """Help "without trouble" may be help that is easy to get: no wording may leave open whether one is blamed."""
    for where, words in _asked(item):
        if _WITHOUT_TROUBLE.search(words) and not _IN_TROUBLE.search(words):
            wrong = "it can be read as: is help easy to get?"
            yield fault((*place, *where), "help_or_ease", wrong, "write: get help without being in trouble")


def _languages(instrument: Instrument) -> Iterator[Fault]:
    codes = [language.code for language in instrument.languages]
    if codes[:1] != ["en"] or instrument.languages[0].checked != "source":
        yield fault(("languages", 0), "no_source", "English is not the first language", "write the source in English")
    for n, language in enumerate(instrument.languages):
        place = ("languages", n)
        if not LANGUAGE.fullmatch(language.code) or language.code in codes[:n]:
            wrong = f"language {shown(language.code)}"
            yield fault((*place, "code"), "bad_language", wrong, "use each code once, such as cy, ar or pt-BR")
        if language.direction not in DIRECTIONS:
            yield fault((*place, "direction"), "not_a_choice", shown(language.direction), "write ltr or rtl")
        if not language.name.strip():
            yield fault((*place, "name"), "text_length", "the language has no name", "name it in the language itself")
        if language.draft:
            continue
        for gap in missing(instrument, language.code):
            wrong = f"{spoken(gap)} has no words in {shown(language.code)}"
            yield fault(
                place,
                "untranslated",
                wrong,
                "translate it, or let nobody be named as having checked it (`checked: null`) until that is done",
            )


def _undeclared(instrument: Instrument) -> Iterator[Fault]:
    codes = {language.code for language in instrument.languages}
    for place, words in texts(instrument):
        if "en" not in words:
            yield fault(place, "no_source", "no English words", "write the source in English")
        for code in sorted(set(words) - codes):
            yield fault(place, "bad_language", f"words in {shown(code)}", "declare the language, or remove them")


_RULES: tuple[Callable[[Instrument], Iterator[Fault]], ...] = (_intro, _absent_options, _law, _languages, _undeclared)
