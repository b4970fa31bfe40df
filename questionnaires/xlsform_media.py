"""The drawings and recordings that a row of an XLSForm names.

A drawing is one of ours, by its name. A recording is a file by its name, in English and in any other language: it
becomes the version of the question that is read out. What is no such name stays in its cell, to be named as not kept.
"""

from __future__ import annotations

from questionnaires.drafting import DraftItem
from questionnaires.item_bonds import SOUND
from questionnaires.kinds import PICTURES
from questionnaires.xlsform_rows import Row


def picture_of(row: Row, item: DraftItem) -> None:
    """Brings a drawing of ours into the item."""
    for column in _cells(row, "image"):
        name = row.get(column).removesuffix(".svg")
        if name in PICTURES and item.more.setdefault("picture", name) == name:
            del row.cells[column]


def recordings_of(row: Row, source: str, languages: dict[str, str]) -> dict[str, str]:
    """The recordings of a question by language; none where English has none, for English is what the others follow."""
    found: dict[str, tuple[str, str]] = {}
    for column in _cells(row, "audio"):
        file, header = row.cells[column]
        code = source if header.language == "" else header.language
        if code is not None and SOUND.fullmatch(file) and code not in found:
            found[code] = (file, column)
    if "en" not in found:
        return {}
    for code, (_, column) in found.items():
        languages.setdefault(code, row.cells.pop(column)[1].tongue)
    return {code: file for code, (file, _) in found.items()}


def _cells(row: Row, what: str) -> list[str]:
    return [name for name in row.cells if name.split("::")[:2] == ["media", what]]
