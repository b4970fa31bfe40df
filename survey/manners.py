"""The groups that a programme declares for its final report: what pupils said of themselves, and how they answered.

Questions marked `about` make groups, four at most (DESIGN 7). Beside them stand the words that were read and whether
somebody helped: both lie in the head of every stored row, and both can change what is ticked. The names of those two hold
a sign that no question's key may have.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from questionnaires.instrument import Instrument
from questionnaires.looks import versions_of
from survey.languages import N_, catalogues, gettext
from survey.sheets import words

VERSION, HELPED = "answered.version", "answered.helped"
NO_YES = ("no", "yes")
MOST_ABOUT = 4
MAY_BE_HELPED = frozenset({"young_person", "survivor", "parent", "adult"})
"""Who may say that somebody is helping; professionals answer for themselves."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """What a grouping that no question makes is called, and each of its groups."""

    title: str
    groups: Mapping[str, str]

    def labels(self) -> dict[str, dict[str, str]]:
        """Both in every language of the interface, as a release keeps them: the title under no name."""
        return {
            key: {code: one.translations.gettext(said) for code, one in catalogues().items()}
            for key, said in {"": self.title, **self.groups}.items()
        }


GROUPINGS = {
    VERSION: Grouping(
        N_("Which words they read"),
        {
            "standard": N_("standard words"),
            "plain": N_("plain words"),
            "easy_read": N_("easy read"),
            "audio": N_("with sound"),
        },
    ),
    HELPED: Grouping(
        N_("Whether somebody helped them to answer"), {"no": N_("nobody helped"), "yes": N_("somebody helped")}
    ),
}


def breakdowns_of(instrument: Instrument) -> list[str]:
    """The groups to declare with this questionnaire."""
    about = [item.key for item in instrument.items if item.about and item.answering == "one"][:MOST_ABOUT]
    worded = [VERSION] if len(versions_of(instrument)) > 1 else []
    return [*about, *worded, *([HELPED] if instrument.respondent in MAY_BE_HELPED else [])]


def breakdown_words(instrument: Instrument, declared: Iterable[str]) -> list[str]:
    """The declared groups as an administrator reads them; what this version does not ask makes none."""
    said: dict[str, str] = {item.key: words(item.text) for item in instrument.items}
    said |= {name: gettext(grouping.title) for name, grouping in GROUPINGS.items()}
    return [said[name] for name in declared if name in said]
