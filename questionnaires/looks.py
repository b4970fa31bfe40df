"""The same questionnaire in other words: shorter, easy read with pictures, or with a sound beside the words.

Every version of an item is the same item: one key, the same answers, the same codes. Only what is read differs, so a
version is made here as an instrument to be shown, never to be stored or counted; the row of answers says which was read.
"""

from __future__ import annotations

from dataclasses import replace

from questionnaires.instrument import ENGLISH, Instrument, Item, Version
from questionnaires.kinds import VERSIONS

STANDARD = VERSIONS[0]
SOURCE = ENGLISH.code


def versions_of(instrument: Instrument) -> tuple[str, ...]:
    """The versions that can be chosen: the standard one, and each that at least one item has."""
    named = {version.name for item in instrument.items for version in item.versions}
    return (STANDARD, *(name for name in VERSIONS[1:] if name in named))


def in_version(instrument: Instrument, name: str) -> Instrument:
    """The instrument in these words; an item that does not have them stays as it is."""
    pages = (replace(page, items=tuple(_item(item, name) for item in page.items)) for page in instrument.pages)
    return instrument if name == STANDARD else replace(instrument, pages=tuple(pages), published=True)


def sounds_of(instrument: Instrument, language: str) -> dict[str, str | None]:
    """Item key -> its recording in this language; None for one that was recorded in other languages only."""
    held = ((item.key, one) for item in instrument.items for one in item.versions if one.name == "audio")
    return {key: one.sound if language == SOURCE else one.sounds.get(language) for key, one in held}


def recordings_of(instrument: Instrument) -> set[str]:
    """The names of all recordings, in every language."""
    held = [one for item in instrument.items for one in item.versions]
    return {name for one in held for name in (one.sound, *one.sounds.values()) if name is not None}


def _item(item: Item, name: str) -> Item:
    version = next((one for one in item.versions if one.name == name), None)
    return item if version is None else _worded(item, version)


def _worded(item: Item, version: Version) -> Item:
    """The item with the words of the version, where it has any."""
    return replace(
        item,
        text=version.text or item.text,
        hint=version.hint or item.hint,
        low=version.low or item.low,
        high=version.high or item.high,
        picture=version.picture or item.picture,
        options=tuple(replace(one, label=version.labels.get(one.key, one.label)) for one in item.options),
        parts=tuple(replace(one, text=version.parts.get(one.key, one.text)) for one in item.parts),
    )
