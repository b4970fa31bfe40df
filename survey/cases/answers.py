"""One young person's answers as a plain list: what was asked, and what they said, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from questionnaires.codebook import Answer
from questionnaires.instrument import DONT_KNOW, LEFT_BLANK, NOT_ASKED, RATHER_NOT, Instrument, Item
from survey.languages import gettext
from survey.sheets import words


@dataclass(frozen=True, slots=True)
class Line:
    """A question with its answer; `is_absent` where they gave none."""

    question: Markup
    answers: tuple[Markup, ...]
    is_absent: bool = False


def lines_of(instrument: Instrument, wave: str, answers: Mapping[str, Answer]) -> tuple[Line, ...]:
    """The questions of a wave that were asked, with their answers."""
    asked = [item for item in instrument.items_in(wave) if answers.get(item.key, NOT_ASKED) != NOT_ASKED]
    return tuple(_line(item, answers[item.key]) for item in asked)


def _line(item: Item, answer: Answer) -> Line:
    if isinstance(answer, str) and answer in (LEFT_BLANK, DONT_KNOW, RATHER_NOT):
        return Line(words(item.text), (escape(absence_words(answer)),), is_absent=True)
    return Line(words(item.text), tuple(_SAID.get(item.answering, _chosen)(item, answer)))


def absence_words(answer: str) -> str:
    """The ways of not answering."""
    if answer == DONT_KNOW:
        return gettext("I don’t know")
    return gettext("I’d rather not say") if answer == RATHER_NOT else gettext("No answer")


def option_words(item: Item, key: str) -> Markup:
    """One answer in words; the numbers from 0 to 10 have none."""
    option = next((one for one in item.options if one.key == key), None)
    if option is None:
        return escape(absence_words(key))
    return words(option.label) if item.told else escape(option.label["en"])


def _chosen(item: Item, answer: Answer) -> list[Markup]:
    return [option_words(item, key) for key in (answer if isinstance(answer, tuple) else (str(answer),))]


def _number(item: Item, answer: Answer) -> list[Markup]:
    return [Markup("{} {}").format(str(answer), words(item.unit) if item.unit else "")]


def _parts(item: Item, answer: Answer) -> list[Markup]:
    said = answer if isinstance(answer, tuple) else ()
    return [
        Markup("{}: {}").format(words(part.text), option_words(item, key))
        for part, key in zip(item.parts, said, strict=True)
    ]


def _order(item: Item, answer: Answer) -> list[Markup]:
    return [Markup("{}. {}").format(n, said) for n, said in enumerate(_chosen(item, answer), start=1)]


_SAID: Mapping[str, Callable[[Item, Answer], list[Markup]]] = {"number": _number, "parts": _parts, "order": _order}
