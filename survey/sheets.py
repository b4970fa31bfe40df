"""A questionnaire as a page shows it: questions with their words, answers and faults, ready for the template.

The same sheet is answered by pupils, previewed by staff and printed. What an item of each kind needs on the page stands in
`FIELDS`, beside the parser's and the template's own tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from babel import Locale
from markupsafe import Markup, escape

from questionnaires.answers import AnswerFault
from questionnaires.instrument import DONT_KNOW, Instrument, Item, Kind, Page, Text, text
from survey.forms import answer_fault
from survey.languages import current, gettext


class Choice(NamedTuple):
    """One answer that can be ticked."""

    value: str
    label: Text
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
class OnlyIf:
    """The condition under which a question is asked, for script and in words."""

    item: str
    options: tuple[str, ...]
    words: str


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
    number: NumberField | None
    errors: tuple[str, ...]


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
class SheetError:
    """One line of the error summary, and the field it leads to."""

    href: str
    text: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything the questionnaire template needs; `seal` is what a device needs to keep answers sealed until they arrive."""

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

    @property
    def items(self) -> tuple[Question, ...]:
        """All questions in order."""
        return tuple(question for page in self.pages for question in page.items)


@dataclass(frozen=True, slots=True)
class Typed:
    """What a refused form held: it goes back into the page, whether it could be read or not."""

    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    card: str = ""


def words(text_of: Text | str) -> Markup:
    """A questionnaire's words in the page's language; where they fall back, marked with the language they are in."""
    if isinstance(text_of, str):
        return escape(text_of)
    shown, used = text(text_of, current())
    if used == current():
        return escape(shown)
    direction = "rtl" if Locale.parse(used, sep="-").text_direction == "right-to-left" else "ltr"
    return Markup('<span lang="{}" dir="{}">{}</span>').format(used, direction, shown)


def make_pages(
    instrument: Instrument, wave: str, typed: Typed, faults: Sequence[AnswerFault] = ()
) -> tuple[SheetPage, ...]:
    """The pages of a wave with what was typed and what was wrong with it."""
    pages = (_page(page, instrument, wave, typed, faults) for page in instrument.pages)
    return tuple(page for page in pages if page.items)


def first_questions(pages: Sequence[SheetPage], count: int) -> tuple[SheetPage, ...]:
    """The same pages with no more than so many questions."""
    kept: list[SheetPage] = []
    for page in pages:
        items = page.items[: max(0, count - sum(len(one.items) for one in kept))]
        kept += [SheetPage(page.title, items)] if items else []
    return tuple(kept)


def _page(page: Page, instrument: Instrument, wave: str, typed: Typed, faults: Sequence[AnswerFault]) -> SheetPage:
    items = tuple(_question(item, instrument, typed, faults) for item in page.items if wave in item.waves)
    return SheetPage(page.title, items)


def _question(item: Item, instrument: Instrument, typed: Typed, faults: Sequence[AnswerFault]) -> Question:
    values = typed.fields.get(item.key, ())
    return Question(
        key=item.key,
        kind=item.kind,
        text=item.text,
        hint=item.hint,
        options=tuple(Choice(one.key, one.label, one.exclusive, one.key in values) for one in item.options),
        absences=tuple(AbsenceChoice(name, _absence_words(name), name in values) for name in item.absences),
        condition=_only_if(item, instrument),
        number=FIELDS[item.kind](item, values),
        errors=tuple(answer_fault(fault.code, fault.params) for fault in faults if fault.item == item.key),
    )


def _absence_words(name: str) -> str:
    return gettext("I don’t know") if name == DONT_KNOW else gettext("I’d rather not say")


def _only_if(item: Item, instrument: Instrument) -> OnlyIf | None:
    if item.condition is None:
        return None
    source = instrument.item(item.condition.item)
    labels = [text(source.option(key).label, current())[0] for key in item.condition.options]
    either = gettext(" or ").join(f"“{label}”" for label in labels)
    return OnlyIf(source.key, item.condition.options, gettext("Only if you chose %(answers)s above.", answers=either))


def _no_number(_item: Item, _values: Sequence[str]) -> NumberField | None:
    return None


def _number(item: Item, values: Sequence[str]) -> NumberField | None:
    typed = next((value for value in values if value not in item.absences), "")
    return NumberField(item.minimum or 0, item.maximum or 0, item.unit, typed[:20])


FIELDS: Mapping[Kind, Callable[[Item, Sequence[str]], NumberField | None]] = {
    "one": _no_number,
    "several": _no_number,
    "faces": _no_number,
    "number": _number,
}


def error_lines(pages: Sequence[SheetPage], card: CardField | None) -> tuple[SheetError, ...]:
    """The error summary: one line a fault, in the order of the page."""
    lines = [SheetError("#i-card", error) for error in (card.errors if card else ())]
    for page in pages:
        for question in page.items:
            lines += [SheetError(f"#i-{question.key}", error) for error in question.errors]
    return tuple(lines)
