"""What came in from a file, in words, before it is kept: whom it asks and when, and each question with all that hangs on it.

Somebody who has a spreadsheet open beside this page can hold each row against it. Nothing is judged here: what is at
fault is told above it.
"""

from __future__ import annotations

from dataclasses import dataclass

from survey.authoring.trees import Plain, Tree, entries, fields, items, words
from survey.authoring.wording import kind_words, plain_words
from survey.languages import gettext


@dataclass(frozen=True, slots=True)
class Arrived:
    """One question: its words, and a line for each thing that is so about it."""

    text: str
    answers: tuple[str, ...]
    facts: tuple[str, ...]


def head_of(document: Tree) -> list[tuple[str, str]]:
    """Whom the questionnaire asks, when, in which way and in which languages."""
    source = document["source"]
    tongues = [words(fields(one).get("name")) or code for code, one in document["translations"].items()]
    ages = [words(one) for one in entries(source.get("ages"))]
    return [
        (gettext("Ages"), gettext("%(low)s to %(high)s", low=ages[0], high=ages[-1]) if ages else ""),
        (gettext("Who answers"), plain_words(words(source.get("respondent")))),
        (gettext("When"), _waves(source.get("waves"))),
        (gettext("Where"), plain_words(words(source.get("sitting")) or "group")),
        (gettext("What is known of them"), plain_words(words(source.get("mode")))),
        (gettext("Languages"), ", ".join(["English", *tongues])),
    ]


def questions_of(document: Tree) -> list[Arrived]:
    """Every question, in its order."""
    asked = {words(item.get("key")): item for _, _, item in items(document)}
    every_time = entries(document["source"].get("waves"))
    return [_arrived(item, asked, every_time) for _, _, item in items(document)]


def _arrived(item: Tree, asked: dict[str, Tree], every_time: list[Plain]) -> Arrived:
    facts = [kind_words(words(item.get("kind")))]
    if words(item.get("minimum")):
        facts.append(gettext("%(low)s to %(high)s", low=item["minimum"], high=words(item.get("maximum"))))
    if item.get("condition"):
        facts.append(_condition(fields(item["condition"]), asked))
    if entries(item.get("waves")) not in ([], every_time):
        facts.append(gettext("only %(waves)s", waves=_waves(item["waves"])))
    facts += [said for name, said in _marks() if item.get(name)]
    labels = [words(fields(one).get("label")) for one in entries(item.get("options"))]
    labels += [words(fields(one).get("text")) for one in entries(item.get("parts"))]
    labels += [plain_words(words(one)) for one in entries(item.get("absences"))]
    return Arrived(words(item.get("text")), tuple(labels), tuple(facts))


def _condition(condition: Tree, asked: dict[str, Tree]) -> str:
    source = asked.get(words(condition.get("item")), {})
    labels = {words(fields(one).get("key")): words(fields(one).get("label")) for one in entries(source.get("options"))}
    chosen = [labels.get(words(one)) or words(one) for one in entries(condition.get("options"))]
    either = gettext(" or ").join(f"“{one}”" for one in chosen)
    question = words(source.get("text")) or words(condition.get("item"))
    return gettext("asked only after %(answers)s to “%(question)s”", answers=either, question=question)


def _waves(waves: Plain) -> str:
    return ", ".join(plain_words(words(one)) for one in entries(waves))


def _marks() -> list[tuple[str, str]]:
    return [
        ("sensitive", gettext("sensitive")),
        ("about", gettext("about the person, to compare groups")),
        ("versions", gettext("also in other words")),
        ("measure", gettext("gives a figure in the report")),
    ]
