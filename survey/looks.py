"""Which words a young person reads: the standard ones, shorter ones, easy read, or a recording beside them.

The choice stands as links on the first page and works without script. It is kept nowhere but in the form itself, which
says in which words it was answered.
"""

from __future__ import annotations

from questionnaires.instrument import Instrument
from questionnaires.looks import STANDARD, sounds_of, versions_of
from survey.assets import STATIC, asset
from survey.languages import gettext
from survey.sheets import LookLink

RECORDINGS = "audio"
"""The folder of recordings among the static files."""


def offered(instrument: Instrument, language: str) -> tuple[str, ...]:
    """The versions that can really be shown: listening only where every recording is there, in the language itself."""
    held = sounds_of(instrument, language).values()
    recorded = all(name is not None and (STATIC / RECORDINGS / name).is_file() for name in held)
    return tuple(name for name in versions_of(instrument) if recorded or name != "audio")


def look_shown(instrument: Instrument, language: str, wanted: str) -> str:
    """The version of the words that was asked for, if these questions have it; else the standard words."""
    return wanted if wanted in offered(instrument, language) else STANDARD


def look_links(instrument: Instrument, language: str, chosen: str, address: str) -> tuple[LookLink, ...]:
    """A link for each version that is not shown now; none where there is one version only."""
    names = {
        STANDARD: gettext("Standard words"),
        "plain": gettext("Shorter words"),
        "easy_read": gettext("Pictures and short sentences"),
        "audio": gettext("Listen to the questions"),
    }
    joined = "&" if "?" in address else "?"
    return tuple(
        LookLink(name, names[name], address if name == STANDARD else f"{address}{joined}look={name}")
        for name in offered(instrument, language)
        if name != chosen
    )


def sounds(instrument: Instrument, language: str, look: str) -> dict[str, str]:
    """Item key -> the address of its recording in this language, for who chose to listen."""
    held = sounds_of(instrument, language) if look == "audio" and look in offered(instrument, language) else {}
    return {key: asset(f"{RECORDINGS}/{name}") for key, name in held.items()}
