"""Which words a young person reads: the standard ones, shorter ones, easy read, or a recording beside them.

The choice stands as links on the first page and works without script. It is kept nowhere but in the form itself, which
says in which words it was answered. A recording lies in the store, with the version that names it; or among the static
files, where whoever runs the installation put it. One of a draft is heard only where the draft is looked at.
"""

from __future__ import annotations

from flask import url_for

from questionnaires.instrument import Instrument
from questionnaires.looks import STANDARD, sounds_of, versions_of
from survey import recordings
from survey.assets import STATIC, asset
from survey.installation import database
from survey.languages import gettext
from survey.sheets import LookLink

RECORDINGS = "audio"
"""The folder of recordings among the static files."""


def offered(instrument: Instrument, language: str, *, draft_id: int | None = None) -> tuple[str, ...]:
    """The versions that can really be shown: listening only where every recording is there, in the language itself."""
    recorded = addresses(sounds_of(instrument, language), draft_id) is not None
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


def sounds(instrument: Instrument, language: str, look: str, *, draft_id: int | None = None) -> dict[str, str]:
    """Item key -> the address of its recording in this language, for who chose to listen; nothing where one is missing."""
    held = sounds_of(instrument, language) if look == "audio" else {}
    return addresses(held, draft_id) or {}


def addresses(held: dict[str, str | None], draft_id: int | None) -> dict[str, str] | None:
    """Item key -> the address of its recording; None where one of them is missing."""
    named = {name for name in held.values() if name is not None}
    if not named:
        return {} if not held else None
    with database().reading() as session:
        kept = recordings.published(session, named) if draft_id is None else set(recordings.sizes(session, named))
    found: dict[str, str] = {}
    for key, name in held.items():
        if name in kept and draft_id is None:
            found[key] = url_for("answering.recording", name=name)
        elif name in kept:
            found[key] = url_for("authoring.recorded", draft_id=draft_id, name=name)
        elif name is not None and (STATIC / RECORDINGS / name).is_file():
            found[key] = asset(f"{RECORDINGS}/{name}")
    return found if found.keys() == held.keys() else None
