"""The texts of a questionnaire by name.

A place in a file (`pages.2.items.1.text`) moves when a question moves; a translation must not move with it. So whoever
exchanges words with people outside names each text by its keys: `items.know_who.options.know`. These are the names that
translation files have too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from questionnaires.faults import Place
from questionnaires.instrument import Instrument, Item, Language, Measure, Text, Version


def named_texts(instrument: Instrument) -> Iterator[tuple[Place, Text]]:
    """Every text with its name, in the order of the file."""
    yield ("title",), instrument.title
    for n, sentence in enumerate(instrument.intro):
        yield ("intro", n), sentence
    for page in instrument.pages:
        if page.title is not None:
            yield ("pages", page.key), page.title
    for item in instrument.items:
        yield from _of_item(item)


def _of_item(item: Item) -> Iterator[tuple[Place, Text]]:
    path: Place = ("items", item.key)
    for name in ("text", "hint", "unit", "low", "high"):
        words = getattr(item, name)
        if words is not None:
            yield (*path, name), words
    for option in item.told:
        yield (*path, "options", option.key), option.label
    for part in item.parts:
        yield (*path, "parts", part.key), part.text
        if part.measure is not None:
            yield (*path, "statements", part.key), part.measure.statement
    if item.measure is not None:
        yield (*path, "statement"), item.measure.statement
    for version in item.versions:
        yield from _of_version((*path, "versions", version.name), version)


def _of_version(path: Place, version: Version) -> Iterator[tuple[Place, Text]]:
    for name in ("text", "hint", "low", "high"):
        words = getattr(version, name)
        if words is not None:
            yield (*path, name), words
    for name in ("labels", "parts"):
        for key, words in getattr(version, name).items():
            yield (*path, name, key), words


def retold(instrument: Instrument, language: Language, words: Mapping[Place, str]) -> Instrument:
    """The instrument with these words, and no others, in this language. Raises InstrumentFaults like any instrument."""

    def told(name: Place, text: Text) -> Text:
        kept = {code: one for code, one in text.items() if code != language.code}
        return kept | ({language.code: words[name]} if name in words else {})

    pages = tuple(
        replace(
            page,
            title=None if page.title is None else told(("pages", page.key), page.title),
            items=tuple(_item_told(item, told) for item in page.items),
        )
        for page in instrument.pages
    )
    others = [one for one in instrument.languages[1:] if one.code != language.code]
    return replace(
        instrument,
        title=told(("title",), instrument.title),
        intro=tuple(told(("intro", n), one) for n, one in enumerate(instrument.intro)),
        pages=pages,
        languages=(instrument.languages[0], *sorted([*others, language], key=lambda one: one.code)),
        published=False,
    )


_Told = Callable[[Place, Text], Text]


def _some(told: _Told, path: Place, held: Item | Version, names: tuple[str, ...]) -> dict[str, Any]:
    """These texts of an item or a version, as far as it has them."""
    given = ((name, getattr(held, name)) for name in names)
    return {name: None if words is None else told((*path, name), words) for name, words in given}


def _item_told(item: Item, told: _Told) -> Item:
    path: Place = ("items", item.key)

    def measured(measure: Measure | None, name: Place) -> Measure | None:
        return None if measure is None else replace(measure, statement=told((*path, *name), measure.statement))

    options = tuple(replace(one, label=told((*path, "options", one.key), one.label)) for one in item.told)
    return replace(
        item,
        **_some(told, path, item, ("text", "hint", "unit", "low", "high")),
        options=options or item.options,
        parts=tuple(
            replace(
                one,
                text=told((*path, "parts", one.key), one.text),
                measure=measured(one.measure, ("statements", one.key)),
            )
            for one in item.parts
        ),
        measure=measured(item.measure, ("statement",)),
        versions=tuple(_version_told(one, (*path, "versions", one.name), told) for one in item.versions),
    )


def _version_told(version: Version, path: Place, told: _Told) -> Version:
    return replace(
        version,
        **_some(told, path, version, ("text", "hint", "low", "high")),
        labels={key: told((*path, "labels", key), words) for key, words in version.labels.items()},
        parts={key: told((*path, "parts", key), words) for key, words in version.parts.items()},
    )
