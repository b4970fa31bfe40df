"""The groups that a programme declares for its final report: what pupils said of themselves, and how they answered.

Questions marked `about` make groups, four at most (DESIGN 7). Beside them stand the words that were read and whether
somebody helped: both lie in the head of every stored row, and both can change what is ticked. The names of those two hold
a sign that no question's key may have.
"""

from __future__ import annotations

from collections.abc import Iterable

from questionnaires.instrument import Instrument
from questionnaires.looks import versions_of
from survey.languages import gettext
from survey.sheets import words

VERSION, HELPED = "answered.version", "answered.helped"
MOST_ABOUT = 4
MAY_BE_HELPED = frozenset({"young_person", "survivor", "parent", "adult"})
"""Who may say that somebody is helping; professionals answer for themselves."""


def breakdowns_of(instrument: Instrument) -> list[str]:
    """The groups to declare with this questionnaire."""
    about = [item.key for item in instrument.items if item.about and item.answering == "one"][:MOST_ABOUT]
    worded = [VERSION] if len(versions_of(instrument)) > 1 else []
    return [*about, *worded, *([HELPED] if instrument.respondent in MAY_BE_HELPED else [])]


def breakdown_words(instrument: Instrument, declared: Iterable[str]) -> list[str]:
    """The declared groups as an administrator reads them; what this version does not ask makes none."""
    said = {item.key: words(item.text) for item in instrument.items} | {
        VERSION: gettext("Which words they read"),
        HELPED: gettext("Whether somebody helped them to answer"),
    }
    return [said[name] for name in declared if name in said]
