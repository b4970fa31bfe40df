"""From what another tool asked to a draft of ours.

Their names become keys, their answers get codes, their "don't know" becomes a reason for no answer, and what their
files cannot say (for whom, when, in which mode) is assumed and named as assumed. Then the rules speak as they do for
every questionnaire, each in the words of the file it came from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, cast

from questionnaires import rules, wording
from questionnaires.faults import Place, shown
from questionnaires.imported import Effect, Finding, Imported
from questionnaires.instrument import (
    ENGLISH,
    STEP_OPTIONS,
    Absence,
    Condition,
    Explanation,
    Instrument,
    Item,
    Kind,
    Language,
    Measure,
    Option,
    Page,
    Part,
    Text,
    faults_of,
)
from questionnaires.kinds import nature
from questionnaires.tongues import language_of

_DONT_KNOW = re.compile(r"\W*(?:i ?)?(?:don.?t know|do not know|(?:.m |am )?(?:not sure|unsure))\W*", re.IGNORECASE)
_RATHER_NOT = re.compile(
    r"\W*(?:i(?:.d| would)? ?)?(?:rather not|prefer not|refuse|decline)(?: to)?(?: say| answer| tell)?\W*|refused",
    re.IGNORECASE,
)
ASSUMED_HIGHEST = 1000
LONGEST = 2000
INTRO = (
    "These questions ask what you think. Nobody marks them.",
    "We do not ask your name, and your school is not shown your answers. Your ticks are added up with other people’s.",
    "You may skip any question, and you may stop at any time. After you press Send we cannot take your answers out.",
    "If you want help, don’t wait for us: use Get help, or call Childline free on 0800 1111 at any time.",
)
"""The opening that a draft is given when its file has none: what this is, who sees it, what may be skipped, help."""
INTRO_EXPLAINED = {"passive": "The promise is in the same words as elsewhere."}
"""Why the words check may leave our own opening alone, as the library says it."""


@dataclass(slots=True)
class DraftOption:
    name: str
    label: dict[str, str]
    where: str
    code: int | None = None
    exclusive: bool = False
    negative: bool = False
    alert: bool = False
    ours: bool = False


@dataclass(slots=True)
class DraftPart:
    """One thing to sort, or a goal."""

    name: str
    text: dict[str, str]
    where: str
    measure: Measure | None = None


@dataclass(slots=True)
class DraftItem:
    """A question as it was found. `more` holds fields of Item that only our own files name."""

    name: str
    kind: str
    text: dict[str, str]
    where: str
    hint: dict[str, str] = field(default_factory=dict)
    options: list[DraftOption] = field(default_factory=list)
    absences: list[str] = field(default_factory=list)
    condition: tuple[str, tuple[str, ...]] | None = None
    parts: list[DraftPart] = field(default_factory=list)
    minimum: int | None = None
    maximum: int | None = None
    more: dict[str, Any] = field(default_factory=dict)
    key: str = ""


@dataclass(slots=True)
class DraftPage:
    name: str
    title: dict[str, str]
    items: list[DraftItem] = field(default_factory=list)


@dataclass(slots=True)
class Draft:
    """A whole file as it was found. `head` holds the fields of Instrument that were given; `has_settings`: it has a sheet in
    which whoever made it can say the others, too."""

    file: str
    where: str
    title: dict[str, str]
    pages: list[DraftPage] = field(default_factory=list)
    intro: list[dict[str, str]] = field(default_factory=list)
    languages: dict[str, str] = field(default_factory=dict)
    head: dict[str, Any] = field(default_factory=dict)
    has_settings: bool = False
    findings: list[Finding] = field(default_factory=list)

    def remark(self, where: str, code: str, wrong: str, mend: str, effect: Effect = "left_out") -> None:
        self.findings.append(Finding(self.file, where, code, wrong, mend, effect))


def imported(draft: Draft) -> Imported:
    """The instrument of a draft, with every finding."""
    _shortened(draft)
    _in_english(draft)
    keys = _Keys(draft)
    wheres: dict[Place, str] = {}
    pages: list[Page] = []
    for page in (one for one in draft.pages if one.items):
        place: Place = ("pages", len(pages))
        items = [_item(draft, one, keys, (*place, "items", n), wheres) for n, one in enumerate(page.items)]
        title = {code: words for code, words in page.title.items() if words} or None
        pages.append(Page(keys.page(page), _english(title), tuple(items)))
    instrument = _whole(draft, _conditions(draft, pages, keys))
    _unmarked(draft, instrument)
    for fault in faults_of(instrument):
        where = next((wheres[fault.place[:n]] for n in range(len(fault.place), 0, -1) if fault.place[:n] in wheres), "")
        draft.remark(where or draft.where, fault.code, fault.wrong, fault.mend, "fault")
    return Imported(instrument, tuple(draft.findings))


def _unmarked(draft: Draft, instrument: Instrument) -> None:
    """Other tools have no mark for what is sensitive: so whoever brings such a file in is told that nothing is marked."""
    if any(name not in draft.head for name, *_ in _ASSUMED) and not any(item.sensitive for item in instrument.items):
        wrong = "no question is marked as sensitive (about harm, home, the body, drugs)"
        mend = "tick it in the draft, in each such question under Who is asked, and when"
        draft.remark(draft.where, "none_sensitive", wrong, mend, "assumed")


def _shortened(draft: Draft) -> None:
    """A text that nobody could ask is cut before any rule has to read it; that it is too long is a fault anyway."""
    texts = [(draft.where, draft.title), *((draft.where, words) for words in draft.intro)]
    for page in draft.pages:
        texts.append((draft.where, page.title))
        for item in page.items:
            texts += [(item.where, item.text), (item.where, item.hint)]
            texts += [(option.where, option.label) for option in item.options]
            texts += [(part.where, part.text) for part in item.parts]
    for where, words in texts:
        for code in [code for code, said in words.items() if len(said) > LONGEST]:
            draft.remark(
                where, "cut", f"a text of {len(words[code])} signs", f"write at most {wording.LONGEST}", "fault"
            )
            words[code] = words[code][:LONGEST]


def _in_english(draft: Draft) -> None:
    """The source of a questionnaire is English, whatever else it is in. In a file without any English other words stand
    in for it until then; where only some words lack it, they stand in for what has to be asked, and the rest goes."""
    items = [one for page in draft.pages for one in page.items]
    texts = [(draft.where, draft.title), *((draft.where, one) for one in draft.intro)]
    for item in items:
        texts += [(item.where, item.text), *((one.where, one.label) for one in item.options)]
        texts += [(one.where, one.text) for one in item.parts]
    asked = [words for _, words in texts[1:] if words]
    if asked and not any("en" in words for words in asked):
        mend = "add them: English is the source"
        draft.remark(draft.where, "no_english", "there are no words in English", mend, "fault")
        return
    for where in (where for where, words in texts if words and "en" not in words):
        draft.remark(where, "no_english", "there are no words in English", "add them: English is the source", "fault")
    besides = [(item.where, item.hint, "a line below the question") for item in items]
    besides += [(draft.where, page.title, f"the title of page {shown(page.name)}") for page in draft.pages]
    for where, words, what in besides:
        if words and "en" not in words:
            draft.remark(where, "no_english", f"{what} has no words in English: it is left out", "add them in English")
            words.clear()


class _Keys:
    """Names become keys: small letters, no two alike, none that is taken."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.items: dict[str, tuple[str, dict[str, str]]] = {}
        self._taken: dict[str, int] = dict.fromkeys(rules.RESERVED, 1)
        self._pages: dict[str, int] = {}

    def item(self, item: DraftItem) -> str:
        key = _free(key_of(item.name, "item"), self._taken)
        if key != item.name:
            wrong = f"{shown(item.name)} is called {key} here"
            self.draft.remark(item.where, "renamed", wrong, "nothing, unless you look for the old name", "assumed")
        options: dict[str, str] = {}
        taken = dict.fromkeys(rules.NO_ANSWERS, 1)
        for option in item.options:
            options[option.name] = _free(key_of(option.name, "answer"), taken)
        self.items[item.name] = (key, options)
        return key

    def page(self, page: DraftPage) -> str:
        return _free(key_of(page.name, "page"), self._pages)


def key_of(name: str, otherwise: str) -> str:
    """The key nearest to a name."""
    key = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    if rules.KEY.fullmatch(name):
        return name
    key = key if re.match(r"[a-z]", key) else f"{otherwise}_{key}".rstrip("_")
    return key[:30].rstrip("_")


def _free(key: str, taken: dict[str, int]) -> str:
    """The key, or the key with a number behind it; `taken` counts how often each was wanted."""
    wanted = taken.get(key, 0)
    taken[key] = wanted + 1
    return _free(f"{key[:24]}_{wanted + 1}", taken) if wanted else key


def _english(words: Mapping[str, str] | None) -> Text | None:
    return None if not words else {"en": words.get("en") or next(iter(words.values())), **words}


def _item(draft: Draft, item: DraftItem, keys: _Keys, place: Place, wheres: dict[Place, str]) -> Item:
    wheres[place] = item.where
    absences = _absences(draft, item)
    kind = nature(item.kind)
    more: dict[str, Any] = {"waves": draft.head.get("waves", ("before", "after")), "ordered": kind.rises} | item.more
    item.key = keys.item(item)
    options = []
    codes = _codes(draft, item.options)
    for n, option in enumerate(item.options):
        wheres[(*place, "options", n)] = option.where
        label = _english(option.label) or {"en": ""}
        named = keys.items[item.name][1][option.name]
        options.append(Option(named, codes[n], label, option.exclusive, option.negative, option.alert))
    return Item(
        key=item.key,
        kind=cast(Kind, item.kind),
        text=_english(item.text) or {"en": ""},
        hint=_english(item.hint),
        options=_steps(options) if kind.steps else tuple(options),
        parts=_parts(item, place, wheres),
        absences=cast("tuple[Absence, ...]", absences),
        minimum=item.minimum,
        maximum=item.maximum,
        **more,
    )


def _steps(found: list[Option]) -> tuple[Option, ...]:
    """0 to 10, which are the same everywhere; which of them tell a worker, the file says."""
    telling = {option.code for option in found if option.alert}
    return tuple(replace(one, alert=one.code in telling) for one in STEP_OPTIONS)


def _parts(item: DraftItem, place: Place, wheres: dict[Place, str]) -> tuple[Part, ...]:
    taken = dict.fromkeys(rules.NO_ANSWERS, 1)
    wheres |= {(*place, "parts", n): part.where for n, part in enumerate(item.parts)}
    return tuple(
        Part(_free(key_of(one.name, "part"), taken), _english(one.text) or {"en": ""}, one.measure)
        for one in item.parts
    )


def _codes(draft: Draft, options: list[DraftOption]) -> list[int]:
    """Their own numbers; an option whose number cannot be kept, or that has none, gets the next that is free."""
    kept: dict[int, DraftOption] = {}
    for option in options:
        if option.code is not None and 0 <= option.code <= rules.HIGHEST_CODE:
            kept.setdefault(option.code, option)
    codes: list[int] = []
    for option in options:
        if option.code is not None and kept.get(option.code) is option:
            codes.append(option.code)
            continue
        code = _free_code(codes[-1] if codes else 0, kept)
        kept[code] = option
        codes.append(code)
        if option.code is not None:
            wrong = f"{shown(option.name)} had the number {option.code}, which cannot be kept: it is {code} here"
            draft.remark(option.where, "recoded", wrong, "nothing, unless you look for the old number", "assumed")
    return codes


def _free_code(last: int, kept: Mapping[int, DraftOption]) -> int:
    """The first free number after the last one, then from 1; past the highest only where all are taken."""
    highest: int = rules.HIGHEST_CODE
    if len(kept) <= highest:
        for code in chain(range(last + 1, highest + 1), range(1, highest + 1)):
            if code not in kept:
                return code
    return max(len(kept), highest) + 1


def _absences(draft: Draft, item: DraftItem) -> tuple[str, ...]:
    """Options that say "I don't know" leave the options: such an answer is kept apart and is no point of a scale."""
    found = list(item.absences)
    for option in list(item.options):
        words = option.label.get("en") or next(iter(option.label.values()), "")
        own = option.name in rules.ABSENCES
        meant = option.name if own else None if option.ours else _absence(words)
        if meant is None:
            continue
        item.options.remove(option)
        if meant not in found:
            found.append(meant)
        if not own:
            wrong = f"{shown(words)} is a reason for no answer, not an answer"
            draft.remark(
                option.where, "absence", wrong, f"nothing: it is offered as {meant} beside the answers", "assumed"
            )
    return tuple(found)


def _absence(words: str) -> str | None:
    if _DONT_KNOW.fullmatch(words):
        return "dont_know"
    return "rather_not" if _RATHER_NOT.fullmatch(words) else None


def _conditions(draft: Draft, pages: list[Page], keys: _Keys) -> tuple[Page, ...]:
    """Conditions, once every item has its key."""
    drafts = {item.key: item for page in draft.pages for item in page.items}

    def with_condition(item: Item) -> Item:
        asked = drafts[item.key].condition
        if asked is None:
            return item
        source, options = keys.items.get(asked[0], (asked[0], {}))
        condition = Condition(source, tuple(options.get(one, one) for one in asked[1]))
        return replace(item, condition=condition)

    return tuple(replace(page, items=tuple(map(with_condition, page.items))) for page in pages)


_ASSUMED: tuple[tuple[str, Any, str], ...] = (
    ("ages", (11, 16), "11 to 16"),
    ("mode", "private", "private: no name is asked"),
    ("sitting", "group", "in a group, where a neighbour can see the screen"),
    ("respondent", "young_person", "young people answer"),
    ("waves", ("before", "after"), "before and after"),
)


def _whole(draft: Draft, pages: tuple[Page, ...]) -> Instrument:
    head = dict(draft.head)
    for name, value, said in _ASSUMED:
        if name not in head:
            head[name] = value
            in_file = f"give it in sheet settings as heard_{name}, or " if draft.has_settings else ""
            mend = f"{in_file}change it in the draft, under Title, ages and opening"
            draft.remark(draft.where, "assumed", f"it does not say {name}: {said}", mend, "assumed")
    intro = draft.intro
    if not intro:
        intro = [{"en": sentence} for sentence in INTRO]
        draft.remark(
            draft.where, "assumed", "it has no opening of four sentences: ours", "read it in the draft", "assumed"
        )
        given = head.get("words_explained", ())
        ours = [Explanation(*one) for one in INTRO_EXPLAINED.items() if one[0] not in {held.warning for held in given}]
        head["words_explained"] = (*given, *ours)
    stem = re.sub(r".*/|\.\w+$", "", draft.file)
    title = _english(draft.title) or {"en": stem[: wording.LONGEST] or "Questionnaire"}
    if not draft.title:
        mend = "change it in the draft, under Title, ages and opening: whoever sits beside a child may read it"
        draft.remark(draft.where, "assumed", f"it has no title: {shown(stem)}, as the file is called", mend, "assumed")
    named: dict[str, Any] = {"key": key_of(stem, "questionnaire"), "version": 1} | head
    return Instrument(
        title=title,
        intro=tuple(_english(one) or {"en": ""} for one in intro),
        pages=pages,
        languages=(ENGLISH, *_languages(draft.languages)),
        published=True,  # the rules run below: a draft with faults is still a draft
        **named,
    )


def _languages(named: Mapping[str, str]) -> Iterable[Language]:
    return (language_of(code, named[code]) for code in sorted(set(named) - {"en"}))
