"""How answers were given: in which words, and whether somebody helped; groups of a final release like any other.

Easy read or a helper can change what is ticked, so whoever reads a report may hold those answers beside the others. The
groups are declared with the programme, made once at closing, and protected by the same gate and audit as all breakdowns.
"""

from __future__ import annotations

from collections.abc import Sequence

from questionnaires.kinds import VERSIONS
from survey.forms import N_
from survey.languages import catalogues
from survey.manners import HELPED, VERSION
from survey.releases.cuts import Groups
from survey.releases.reading import HELPED_COLUMN, VERSION_COLUMN, Reading

NO_YES = ("no", "yes")
LABELS = {
    VERSION: {
        "": N_("Which words they read"),
        "standard": N_("standard words"),
        "plain": N_("plain words"),
        "easy_read": N_("easy read"),
        "audio": N_("with sound"),
    },
    HELPED: {
        "": N_("Whether somebody helped them to answer"),
        "no": N_("nobody helped"),
        "yes": N_("somebody helped"),
    },
}


def manners(reading: Reading, breakdowns: Sequence[str], offered: Sequence[str]) -> Groups:
    """The declared groups by how answers were given, those with nobody in them too.

    Parameters
    ----------
    offered : the versions of the words that the questionnaire has
    """
    found = {VERSION: (VERSION_COLUMN, VERSIONS, offered), HELPED: (HELPED_COLUMN, NO_YES, NO_YES)}
    return {
        name: {
            group: {wave: answers.manners[:, column] == codes.index(group) for wave, answers in reading.waves.items()}
            for group in groups
        }
        for name, (column, codes, groups) in found.items()
        if name in breakdowns
    }


def labels(name: str) -> dict[str, dict[str, str]]:
    """What the groups are called, in every language of the interface."""
    return {
        key: {code: one.translations.gettext(words) for code, one in catalogues().items()}
        for key, words in LABELS[name].items()
    }
