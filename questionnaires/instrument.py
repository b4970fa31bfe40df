"""A questionnaire as a value.

An `Instrument` is built once, checked while it is built, and never changes: a sitting pins the version it was opened
with, and an answer means for ever what its instrument says it means. Whoever holds an `Instrument` may rely on every
rule in `rules.py` and `wording.py`; building a faulty one raises `InstrumentFaults` with all of its faults.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import InitVar, dataclass, field, replace
from typing import Literal

from questionnaires import item_bonds, item_rules, rules, wording
from questionnaires.faults import Fault, InstrumentFaults
from questionnaires.kinds import STEPS, Answering, nature

Text = Mapping[str, str]
"""Language code -> words. English (`en`) is the source and always there."""

Kind = Literal[
    "one",
    "several",
    "faces",
    "number",
    "scale",
    "steps",
    "traffic",
    "sort",
    "rank",
    "support",
    "goals",
    "statement",
    "text",
]
Absence = Literal["dont_know", "rather_not"]
Mode = Literal["private", "linked"]
Sitting = Literal["group", "one_to_one"]
Respondent = Literal["young_person", "parent", "practitioner", "professional", "survivor", "adult"]
Direction = Literal["ltr", "rtl"]
Family = Literal[
    "knowledge",
    "help",
    "awareness",
    "opinion",
    "enjoyment",
    "intention",
    "experience",
    "norm",
    "space",
    "voice",
    "audience",
    "influence",
    "service",
]
Wording = Literal["plain", "easy_read", "audio"]
Size = Literal["short", "long"]

DONT_KNOW: Absence = "dont_know"
RATHER_NOT: Absence = "rather_not"
LEFT_BLANK = "left_blank"
NOT_ASKED = "not_asked"

RESPONDENTS = rules.RESPONDENTS
FAMILIES = rules.FAMILIES
RESERVED = rules.RESERVED
PRIMARY_AGE = rules.PRIMARY_AGE


def text(words: Text, language: str) -> tuple[str, str]:
    """The words in this language, and the language they are really in: English where there is no translation."""
    if language in words:
        return words[language], language
    return words["en"], "en"


@dataclass(frozen=True, slots=True)
class Language:
    """A language the instrument can be read in. Without `checked` it is a draft: to preview, never to open."""

    code: str
    name: str
    direction: Direction = "ltr"
    checked: str | None = None

    @property
    def draft(self) -> bool:
        return self.checked is None


ENGLISH = Language("en", "English", "ltr", "source")


@dataclass(frozen=True, slots=True)
class Option:
    """One permitted answer. `exclusive` rules out every other answer to a several-of-many item ("none of these").

    `negative` marks an answer that says "no" or "it's fine": items where such an answer is the agreed one show
    whether children say yes to everything. `alert` tells the worker on duty at once when it is chosen (linked mode only).
    """

    key: str
    code: int
    label: Text
    exclusive: bool = False
    negative: bool = False
    alert: bool = False


STEP_OPTIONS = tuple(Option(f"step_{n}", n, {"en": str(n)}) for n in range(STEPS))
"""0 to 10: the answers of every item of kind steps or goals. Their numbers are in no language."""


def steps_telling(up_to: int | None) -> tuple[Option, ...]:
    """0 to 10, where each number from 0 up to this one tells the worker on duty at once."""
    return tuple(replace(one, alert=up_to is not None and one.code <= up_to) for one in STEP_OPTIONS)


@dataclass(frozen=True, slots=True)
class Condition:
    """Asked only if an earlier item of the same wave was answered by one of these options."""

    item: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """What an item tells about one respondent: whether the answer is one of the `agreed` ones (where several can be
    chosen, one agreed option is enough).

    `statement` completes "48 in 100 pupils ...". Respondents with an `excluded` answer leave the base (those who
    "already do this" cannot come to intend it). `smallest` is the change, in percentage points, worth speaking of.
    """

    agreed: tuple[str, ...]
    dont_know: Literal["not_yet", "apart"]
    family: Family
    direction: Literal["higher", "lower", "either"]
    indicator: str | None
    statement: Text
    excluded: tuple[str, ...] = ()
    smallest: int = 5


@dataclass(frozen=True, slots=True)
class Trial:
    """Children the question was tried with, and what was changed after that."""

    children: int
    ages: tuple[int, int]
    date: str
    changes: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is sorted into a box, or one goal: answered by itself, with a column and a measure of its own."""

    key: str
    text: Text
    measure: Measure | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """The same item in other words: shorter (plain), with a picture (easy read), or as a sound beside the words.

    What it does not say is as in the item itself. `labels` and `parts` are by the keys of options and parts. `sound` is
    the recording in English, `sounds` those in other languages: nobody hears another language than the one they read.
    """

    name: Wording
    text: Text | None = None
    hint: Text | None = None
    low: Text | None = None
    high: Text | None = None
    labels: Mapping[str, Text] = field(default_factory=dict)
    parts: Mapping[str, Text] = field(default_factory=dict)
    picture: str | None = None
    sound: str | None = None
    sounds: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a warning of the words check does not hold here."""

    warning: str
    why: str


@dataclass(frozen=True, slots=True)
class Item:
    """One question. Its key is the name of its form field and of its column.

    `low` and `high` say what 0 and 10 mean. `same_as` is an earlier item that is asked in exactly the same words in
    another wave. `then_test` asks afterwards how it was before, and is kept apart from everything else. `size` and
    `may_print` belong to a box for words: how large it is, and whether "may we print this" is asked beside it.
    """

    key: str
    kind: Kind
    text: Text
    hint: Text | None = None
    options: tuple[Option, ...] = ()
    waves: tuple[str, ...] = ()
    absences: tuple[Absence, ...] = ()
    condition: Condition | None = None
    sensitive: bool = False
    about: bool = False
    measure: Measure | None = None
    minimum: int | None = None
    maximum: int | None = None
    unit: Text | None = None
    tried_with: tuple[Trial, ...] = ()
    ordered: bool = False
    words_explained: tuple[Explanation, ...] = ()
    parts: tuple[Part, ...] = ()
    low: Text | None = None
    high: Text | None = None
    picture: str | None = None
    versions: tuple[Version, ...] = ()
    same_as: str | None = None
    then_test: bool = False
    size: Size | None = None
    may_print: bool = False

    @property
    def answering(self) -> Answering:
        """How it is answered, whatever it looks like."""
        return nature(self.kind).answering

    @property
    def measures(self) -> tuple[Measure, ...]:
        """What it measures: by itself, or part by part."""
        own = (self.measure, *(part.measure for part in self.parts))
        return tuple(one for one in own if one is not None)

    @property
    def told(self) -> tuple[Option, ...]:
        """The options that have words of their own; the numbers from 0 to 10 have none."""
        return () if nature(self.kind).steps else self.options

    @property
    def alert_up_to(self) -> int | None:
        """From 0 up to which number the steps tell the worker on duty at once; None where no number does."""
        return max((one.code for one in self.options if one.alert and not self.told), default=None)

    def singly(self) -> tuple[Item, ...]:
        """The item as items with one column of answers each: what is sorted is one item a part, `item.part`."""
        if self.answering != "parts":
            return (self,)
        return tuple(
            replace(
                self,
                key=f"{self.key}.{part.key}",
                kind="steps" if nature(self.kind).steps else "one",
                text=part.text,
                measure=part.measure,
                parts=(),
                versions=(),
            )
            for part in self.parts
        )

    def option(self, key: str) -> Option:
        """The option with this key; KeyError if there is none."""
        for option in self.options:
            if option.key == key:
                return option
        raise KeyError(key)


@dataclass(frozen=True, slots=True)
class Page:
    """Questions that belong together under one title."""

    key: str
    title: Text | None
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """Items scored together: points for each option, reversed in some items, void with too few answered."""

    key: str
    items: tuple[str, ...]
    points: Mapping[str, int]
    reversed: tuple[str, ...] = ()
    minimum_answered: int = 1


@dataclass(frozen=True, slots=True)
class Instrument:
    """A questionnaire as published. `published` skips the rules: a version that was accepted stays readable for ever,
    even when a rule is added later. `interruption`: before the first question stands how to leave at once."""

    key: str
    version: int
    title: Text
    ages: tuple[int, int]
    mode: Mode
    respondent: Respondent
    waves: tuple[str, ...]
    intro: tuple[Text, ...]
    pages: tuple[Page, ...]
    scales: tuple[Scale, ...] = ()
    languages: tuple[Language, ...] = (ENGLISH,)
    made_with: tuple[str, ...] = ()
    sitting: Sitting = "group"
    words_explained: tuple[Explanation, ...] = ()
    interruption: bool = False
    published: InitVar[bool] = False

    def __post_init__(self, published: bool) -> None:
        if not published:
            faults = faults_of(self)
            if faults:
                raise InstrumentFaults(faults)

    @property
    def items(self) -> tuple[Item, ...]:
        """Every item, in the order in which they are asked."""
        return tuple(item for page in self.pages for item in page.items)

    def items_in(self, wave: str) -> tuple[Item, ...]:
        """The items that belong to this wave."""
        return tuple(item for item in self.items if wave in item.waves)

    def item(self, key: str) -> Item:
        """The item with this key; KeyError if there is none."""
        for item in self.items:
            if item.key == key:
                return item
        raise KeyError(key)

    def language(self, code: str) -> Language:
        """The language with this code; KeyError if the instrument has no such translation."""
        for language in self.languages:
            if language.code == code:
                return language
        raise KeyError(code)


def faults_of(instrument: Instrument) -> list[Fault]:
    """Every breach of every rule: of the whole, of each item, of items among others, of the words."""
    judges = (rules.faults, item_rules.faults, item_bonds.faults, wording.faults)
    return [fault for judge in judges for fault in judge(instrument)]
