"""One row of an XLSForm by what its columns mean, and the group that it stands in.

A row knows its sheet and number, so that whatever is wrong with it can be said in the words of the person who has the
sheet open.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from questionnaires.workbook import Sheet
from questionnaires.xlsform_columns import Column

AskedIf = tuple[str, tuple[str, ...]]


@dataclass(slots=True)
class Group:
    """A group that is open: what its page is called, and what all its questions depend on."""

    name: str
    title: dict[str, str]
    condition: AskedIf | None


@dataclass(slots=True)
class Row:
    """One row of a sheet by field; texts by field and language."""

    sheet: Sheet
    number: int
    cells: dict[str, tuple[str, Column]] = field(default_factory=dict)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)

    def get(self, name: str) -> str:
        return self.cells[name][0] if name in self.cells else ""

    def text(self, name: str) -> dict[str, str]:
        return self.texts.get(name, {})

    def where(self, name: str = "") -> str:
        column = self.cells[name][1].index if name in self.cells else None
        return self.sheet.where(self.number, column)
