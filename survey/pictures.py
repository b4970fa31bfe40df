"""What a report draws beside each question's own picture, and the words for it: all questions, groups, who answered.

The worker draws with these words, and the page shows them as the text of the picture; both read the same snapshot, so
they cannot differ. Everything comes in the language of the page, or of `languages.speaking`.
"""

from __future__ import annotations

from dataclasses import dataclass

from analysis.results import Breakdown, Change, Distribution, Row, Share
from survey.findings import difference, in_words, words_of
from survey.grounds import about_words, count_label, response_sentence, shown_count, summary
from survey.languages import gettext, number
from survey.releases.snapshot import ShownItem, Snapshot
from survey.wave_words import asked_last, last_label

OVERVIEW, RESPONSE = "all.overview", "all.response"
NARROW = ".narrow"
"""Ends the name of the same drawing made for a phone."""

COUNTS = ("on_roll", "saw_it", "before", "after", "paired")
FEWEST_QUESTIONS = 2
DONT_KNOW = "dont_know"


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing in words: `title` states the finding, `alt` gives the figures and says where the table is."""

    name: str
    title: str
    alt: str
    caption: str = ""


def overview(snapshot: Snapshot) -> Picture | None:
    """All questions that were asked before and after, on one scale."""
    items = changed(snapshot)
    if len(items) < FEWEST_QUESTIONS:
        return None
    told = [
        gettext(
            "%(question)s: %(difference)s",
            question=capital(words_of(item.statement)),
            difference=difference(item.row.change.points, item.row.change.low, item.row.change.high),
        )
        for item in items
        if isinstance(item.row.change, Change)
    ]
    title = summary(snapshot) or gettext("All questions, before and after")
    caption = (
        gettext("All who answered: so many more or fewer in every 100 than before, and the range of the difference.")
        if is_ranged(items)
        else gettext("All who answered, before and after, and how many more or fewer in every 100.")
    )
    return Picture(OVERVIEW, title, _in_all(told), caption)


def is_ranged(items: list[ShownItem]) -> bool:
    """Whether the changes have ranges, as they have from four schools on."""
    return any(isinstance(item.row.change, Change) and item.row.change.low is not None for item in items)


def changed(snapshot: Snapshot) -> list[ShownItem]:
    """The questions with a change that may be shown."""
    return [item for item in snapshot.items if isinstance(item.row.change, Change)]


def answers(item: ShownItem, snapshot: Snapshot) -> Picture | None:
    """All answers to a question as parts of 100, before and after; None where they may not be shown."""
    told = []
    sides = ((item.row.answers_before, gettext("Before")), (item.row.answers_after, last_label(item, snapshot)))
    for side, wave in sides:
        if isinstance(side, Distribution):
            parts = [
                gettext("%(answer)s %(number)s", answer=answer_words(item, key), number=shown_part(percent))
                for key, percent in side.options
            ]
            told.append(gettext("%(what)s: %(number)s", what=wave, number=gettext(", ").join(parts)))
    if not told:
        return None
    title = gettext("All answers to “%(question)s”", question=words_of(item.text))
    return Picture(f"{item.key}.answers", title, _in_all(told))


def answer_words(item: ShownItem, key: str) -> str:
    """An answer in words."""
    return gettext("I don’t know") if key == DONT_KNOW else words_of(item.options[key])


def shown_part(percent: int | None) -> str:
    """So many of every 100, or that they are hidden."""
    return gettext("not shown") if percent is None else gettext("%(number)s%%", number=number(percent))


def groups(item: ShownItem, place: int, breakdown: Breakdown, snapshot: Snapshot) -> Picture:
    """The groups of one breakdown of a question, side by side."""
    told = [
        gettext(
            "%(group)s: %(figures)s",
            group=about_words(snapshot, breakdown.name, group),
            figures=_sides(row, asked_last(item, snapshot)),
        )
        for group, row in breakdown.groups
    ]
    return Picture(f"{item.key}.groups{place}", groups_title(item), _in_all(told))


def groups_title(item: ShownItem) -> str:
    """What the groups are compared in; nothing is claimed of any of them."""
    pattern = (
        gettext("Remembered: pupils who %(statement)s") if item.remembered else gettext("Pupils who %(statement)s")
    )
    return pattern % {"statement": words_of(item.statement)}


def response(snapshot: Snapshot) -> Picture | None:
    """Who could have answered and who did."""
    shown = [key for key in COUNTS if snapshot.response.count(key) is not None]
    if len(shown) < FEWEST_QUESTIONS or snapshot.approximate:
        return None
    told = [
        gettext("%(what)s: %(number)s", what=count_label(key, snapshot), number=shown_count(snapshot, key))
        for key in shown
    ]
    return Picture(RESPONSE, response_sentence(snapshot), _in_all(told))


def _sides(row: Row, last: str) -> str:
    shares = [
        gettext("%(share)s %(wave)s", share=in_words(share), wave=wave)
        for wave, share in ((gettext("before"), row.before), (last, row.after))
        if isinstance(share, Share)
    ]
    return gettext(", ").join(shares)


def _in_all(told: list[str]) -> str:
    return gettext("Chart. %(figures)s. The table after it holds these figures.", figures="; ".join(told))


def capital(words: str) -> str:
    """Words as the beginning of a line."""
    return words[:1].upper() + words[1:]
