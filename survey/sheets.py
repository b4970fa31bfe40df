"""A questionnaire as a page shows it: questions with their words, answers and faults, ready for the template.

The same sheet is answered by pupils, previewed by staff and printed. What an item of each kind needs on the page stands in
`FIELDS`, beside the parser's and the template's own tables.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from questionnaires.answers import AnswerFault
from questionnaires.instrument import DONT_KNOW, Instrument, Item, Kind, Text, text
from survey.forms import answer_fault
from survey.languages import SOURCE, current, direction, gettext
from survey.sheet_notes import BoxNote, KeptNote, LinkedNote


class Choice(NamedTuple):
    """One answer that can be ticked."""

    value: str
    label: Text | str
    exclusive: bool
    checked: bool


class AbsenceChoice(NamedTuple):
    """One way of not answering that can be ticked."""

    value: str
    label: str
    checked: bool


@dataclass(frozen=True, slots=True)
class NumberField:
    """A box for a whole number."""

    min: int
    max: int
    unit: Text | None
    value: str


@dataclass(frozen=True, slots=True)
class PartField:
    """One thing to sort, or one goal: a small group of answers with a field of its own."""

    name: str
    text: Text
    options: tuple[Choice, ...]
    absences: tuple[AbsenceChoice, ...]


@dataclass(frozen=True, slots=True)
class PlaceField:
    """The place of one thing in an order: `value` is what was typed, of `places`."""

    name: str
    label: Text
    places: tuple[str, ...]
    value: str


@dataclass(frozen=True, slots=True)
class WordsField:
    """A box for words; only where somebody is there to read them."""

    long: bool
    may_print: bool
    value: str
    print: str


@dataclass(frozen=True, slots=True)
class OnlyIf:
    """The condition under which a question is asked, for script and in words."""

    item: str
    options: tuple[str, ...]
    words: str  # with the marks of another language in it


@dataclass(frozen=True, slots=True)
class Question:
    """One item on the page."""

    key: str
    kind: Kind
    text: Text
    hint: Text | None
    options: tuple[Choice, ...]
    absences: tuple[AbsenceChoice, ...]
    condition: OnlyIf | None
    errors: tuple[str, ...]
    number: NumberField | None = None
    parts: tuple[PartField, ...] = ()
    places: tuple[PlaceField, ...] = ()
    words: WordsField | None = None
    low: Text | None = None
    high: Text | None = None
    picture: str | None = None
    looks_back: bool = False
    tells: bool = False
    sound: str | None = None
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class SheetPage:
    """Questions under one neutral title."""

    title: Text | None
    items: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class CardField:
    """The box for a pair card's code."""

    value: str = ""
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """A language in which these questions may be answered."""

    code: str
    name: str
    dir: str
    href: str


@dataclass(frozen=True, slots=True)
class LookLink:
    """A version of the words that may be chosen."""

    name: str
    words: str
    href: str


@dataclass(frozen=True, slots=True)
class SheetError:
    """One line of the error summary, and the field it leads to."""

    href: str
    text: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything the questionnaire template needs; `seal` is what a device needs to keep answers sealed until they arrive.

    `has_chosen`: these are the words, or the language, that one person chose; the next person begins with others.
    `has_slips`: who gets no last page on the screen can ask for somebody to talk with on paper.
    """

    title: Text
    intro: tuple[Text, ...]
    pages: tuple[SheetPage, ...]
    card: CardField | None
    languages: tuple[LanguageLink, ...] = ()
    errors: tuple[SheetError, ...] = ()
    waiting_message: str | None = None
    activity: bool = False
    draft: bool = False
    quiet: bool = False
    seal: str | None = None
    looks: tuple[LookLink, ...] = ()
    look: str = ""
    linked: LinkedNote | None = None
    box: BoxNote | None = None
    who_reads: str = ""
    helped: bool | None = None
    interruption: bool = False
    has_chosen: bool = False
    has_slips: bool = False
    kept: KeptNote | None = None

    @property
    def items(self) -> tuple[Question, ...]:
        """All questions in order."""
        return tuple(question for page in self.pages for question in page.items)


@dataclass(frozen=True, slots=True)
class Typed:
    """What a refused form held: it goes back into the page, whether it could be read or not."""

    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    card: str = ""
    helped: bool = False


def words(text_of: Text | str) -> Markup:
    """A questionnaire's words in the page's language; where they fall back, marked with the language they are in. A number
    to call stays on one line."""
    if isinstance(text_of, str):
        return escape(text_of)
    shown, used = text(text_of, current())
    if used == current():
        return escape(_unbroken(shown))
    return Markup('<span lang="{}" dir="{}">{}</span>').format(used, direction(used), _unbroken(shown))


def _unbroken(shown: str) -> str:
    return re.sub(r"(?<=\d) (?=\d)", "\u00a0", shown)


def _quoted(text_of: Text) -> Markup:
    """A questionnaire's words within a sentence of the interface: either may be in English while the other is not."""
    if current() == SOURCE:
        return words(text_of)
    shown, used = text(text_of, current())
    return Markup('<span lang="{}" dir="{}">{}</span>').format(used, direction(used), shown)


def make_pages(
    instrument: Instrument,
    wave: str,
    typed: Typed,
    faults: Sequence[AnswerFault] = (),
    *,
    boxes: bool = False,
    sounds: Mapping[str, str] | None = None,
) -> tuple[SheetPage, ...]:
    """The pages of a wave with what was typed and what was wrong with it.

    Parameters
    ----------
    boxes : whether boxes for words are served here and now; without readers on duty they are not (CARE B1)
    sounds : item key -> the address of its recording, for who chose to listen
    """
    pages = []
    for page in instrument.pages:
        asked = [item for item in page.items if wave in item.waves and (boxes or item.kind != "text")]
        questions = (_question(item, instrument, typed, faults, (sounds or {}).get(item.key)) for item in asked)
        pages += [SheetPage(page.title, tuple(questions))] if asked else []
    return tuple(pages)


def first_questions(pages: Sequence[SheetPage], count: int) -> tuple[SheetPage, ...]:
    """The same pages with no more than so many questions."""
    kept: list[SheetPage] = []
    for page in pages:
        items = page.items[: max(0, count - sum(len(one.items) for one in kept))]
        kept += [SheetPage(page.title, items)] if items else []
    return tuple(kept)


def _question(
    item: Item, instrument: Instrument, typed: Typed, faults: Sequence[AnswerFault], sound: str | None
) -> Question:
    values = typed.fields.get(item.key, ())
    return Question(
        key=item.key,
        kind=item.kind,
        text=item.text,
        hint=item.hint,
        options=_choices(item, values),
        absences=_absences(item, values),
        condition=_only_if(item, instrument),
        errors=tuple(answer_fault(fault.code, fault.params) for fault in faults if fault.item == item.key),
        low=item.low,
        high=item.high,
        picture=item.picture,
        looks_back=item.then_test,
        tells=any(option.alert for option in item.options),
        sound=sound,
        sensitive=item.sensitive,
        **FIELDS[item.kind](item, typed),
    )


def _choices(item: Item, values: Sequence[str]) -> tuple[Choice, ...]:
    """The answers to tick; numbers are numbers in every language."""
    named = item.told != ()
    return tuple(
        Choice(one.key, one.label if named else one.label["en"], one.exclusive, one.key in values)
        for one in item.options
    )


def _absences(item: Item, values: Sequence[str]) -> tuple[AbsenceChoice, ...]:
    return tuple(AbsenceChoice(name, _absence_words(name), name in values) for name in item.absences)


def _absence_words(name: str) -> str:
    return gettext("I don’t know") if name == DONT_KNOW else gettext("I’d rather not say")


def _only_if(item: Item, instrument: Instrument) -> OnlyIf | None:
    if item.condition is None:
        return None
    source = instrument.item(item.condition.item)
    labels = (Markup("“{}”").format(_quoted(source.option(key).label)) for key in item.condition.options)
    either = Markup(gettext(" or ")).join(labels)  # noqa: S704 - our own catalogue's words
    return OnlyIf(source.key, item.condition.options, gettext("Only if you chose %(answers)s above.", answers=either))


def _plain(item: Item, typed: Typed) -> dict[str, Any]:
    """Nothing beyond the options."""
    return {}


def _number(item: Item, typed: Typed) -> dict[str, Any]:
    given = next((value for value in typed.fields.get(item.key, ()) if value not in item.absences), "")
    return {"number": NumberField(item.minimum or 0, item.maximum or 0, item.unit, given[:20])}


def _parts(item: Item, typed: Typed) -> dict[str, Any]:
    def part_field(name: str, text_of: Text) -> PartField:
        values = typed.fields.get(name, ())
        return PartField(name, text_of, _choices(item, values), _absences(item, values))

    return {"parts": tuple(part_field(f"{item.key}.{part.key}", part.text) for part in item.parts)}


def _places(item: Item, typed: Typed) -> dict[str, Any]:
    places = tuple(str(n) for n in range(1, len(item.options) + 1))

    def place_field(name: str, label: Text) -> PlaceField:
        given = next(iter(typed.fields.get(name, ())), "")
        return PlaceField(name, label, places, given if given in places else "")

    return {"places": tuple(place_field(f"{item.key}.{one.key}", one.label) for one in item.options)}


def _words(item: Item, typed: Typed) -> dict[str, Any]:
    given = "\n".join(typed.fields.get(item.key, ()))
    may_print = next(iter(typed.fields.get(f"{item.key}.print", ())), "")
    return {"words": WordsField(item.size == "long", item.may_print, given, may_print)}


FIELDS: Mapping[Kind, Callable[[Item, Typed], dict[str, Any]]] = {
    "one": _plain,
    "several": _plain,
    "faces": _plain,
    "number": _number,
    "scale": _plain,
    "steps": _plain,
    "traffic": _plain,
    "sort": _parts,
    "rank": _places,
    "support": _plain,
    "goals": _parts,
    "statement": _plain,
    "text": _words,
}
"""What the page of each kind needs beyond options and absences: fields of `Question`."""


def error_lines(pages: Sequence[SheetPage], card: CardField | None) -> tuple[SheetError, ...]:
    """The error summary: one line a fault, in the order of the page."""
    lines = [SheetError("#i-card", error) for error in (card.errors if card else ())]
    for page in pages:
        for question in page.items:
            lines += [SheetError(f"#i-{question.key}", error) for error in question.errors]
    return tuple(lines)
