"""The texts of a questionnaire by name.

A place in a file (`pages.2.items.1.text`) moves when a question moves; a translation must not move with it. So whoever
exchanges words with people outside names each text by its keys: `items.know_who.options.know`. These are the names that
translation files have too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from questionnaires.faults import Place
from questionnaires.instrument import Instrument, Item, Language, Text


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
    yield (*path, "text"), item.text
    if item.hint is not None:
        yield (*path, "hint"), item.hint
    if item.unit is not None:
        yield (*path, "unit"), item.unit
    for option in item.options:
        yield (*path, "options", option.key), option.label
    if item.measure is not None:
        yield (*path, "statement"), item.measure.statement


def retold(instrument: Instrument, language: Language, words: Mapping[Place, str]) -> Instrument:
    """The instrument with these words, and no others, in this language. Raises InstrumentFaults like any instrument."""

    def told(name: Place, text: Text) -> Text:
        kept = {code: one for code, one in text.items() if code != language.code}
        return kept | ({language.code: words[name]} if name in words else {})

    def item_told(item: Item) -> Item:
        path: Place = ("items", item.key)
        options = (replace(one, label=told((*path, "options", one.key), one.label)) for one in item.options)
        measure = item.measure
        return replace(
            item,
            text=told((*path, "text"), item.text),
            hint=None if item.hint is None else told((*path, "hint"), item.hint),
            unit=None if item.unit is None else told((*path, "unit"), item.unit),
            options=tuple(options),
            measure=None
            if measure is None
            else replace(measure, statement=told((*path, "statement"), measure.statement)),
        )

    pages = tuple(
        replace(
            page,
            title=None if page.title is None else told(("pages", page.key), page.title),
            items=tuple(map(item_told, page.items)),
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
