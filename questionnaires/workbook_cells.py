"""What a cell of a spreadsheet says to whoever has the sheet open, and where that is not what its author typed.

A cell holds a value and a way to show it. Where the two part (a date, a percentage, an error), the words are those that
the author sees if they are known, and nothing otherwise. Formulas without a stored result and merged cells look empty to
every reader of values: they are searched for in the part of the file itself.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from openpyxl.utils import coordinate_to_tuple

from questionnaires.imported import Effect

_DATES = (datetime.date, datetime.time, datetime.timedelta)
_CELL = re.compile(rb"<(?:\w+:)?c(?=[\s>])")
_PLACE = re.compile(rb"\sr=[\"']([A-Z]{1,3}[0-9]{1,7})[\"']")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_SAID = re.compile(rb"<(?:\w+:)?(?:v(?:\s[^<>/]*)?>\s*[^<\s]|is[\s>])")
_END = re.compile(rb"</(?:\w+:)?c\s*>")
_LAST_CELL = re.compile(rb"</(?:\w+:)?sheetData\s*>")
_EMPTY_WORDS = re.compile(rb"\st=[\"']str[\"']")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s+ref=[\"']([A-Z]{1,3}[0-9]{1,7}):([A-Z]{1,3}[0-9]{1,7})[\"']")
_DECORATED = re.compile(r"[$£€¥\"]|^00")
_TYPED_AS_TEXT = "give the cell the format Text, then type it once more"
MOST_MERGED = 200
Place = tuple[int, int]
"""(row number from 1, column from 0)."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The words of a cell; with a code, what is to be said of it."""

    words: str
    code: str = ""
    wrong: str = ""
    mend: str = ""
    effect: Effect = "fault"

    @classmethod
    def of_formula(cls) -> Cell:
        wrong = "a formula whose result is not in the file"
        return cls("", "formula", wrong, "type the words, or save the file in a spreadsheet program")


@dataclass(frozen=True, slots=True)
class Part:
    """What stands in the file of a sheet beside the values: how far it goes, formulas without a result, merged cells with
    the name of the last of them."""

    last_row: int = 0
    last_column: int = 0
    formulas: frozenset[Place] = field(default_factory=frozenset)
    merged: tuple[tuple[Place, str], ...] = ()


def cell_of(cell: Any) -> Cell:
    """A cell of the reader as the words that its author sees: 1.0 is 1."""
    value = cell.value
    if cell.data_type == "e":
        wrong = f"the error {str(value)[:20]} stands there instead of words"
        return Cell("", "error_cell", wrong, "type what you mean")
    if isinstance(value, _DATES):
        wrong = f"a date or time ({_day(value)}): spreadsheet programs make one of what looks like it, such as 8-10"
        return Cell("", "date_cell", wrong, _TYPED_AS_TEXT)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return Cell(str(value))
    shown, words = str(cell.number_format or ""), _number(value)
    if "%" in shown:
        places = len((re.search(r"0\.(0+)", shown) or ["", ""])[1])
        words = f"{value * 100:.{places}f}%"
        return Cell(words, "percentage", f"a number shown as a percentage: {words}", _TYPED_AS_TEXT, "assumed")
    if _DECORATED.search(shown):
        wrong = f"a number that the sheet shows in another way: here it is {words}"
        return Cell(words, "number_format", wrong, _TYPED_AS_TEXT, "assumed")
    return Cell(words)


def _day(value: object) -> str:
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return str(value)


def _number(value: float) -> str:
    return str(int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value)


def cells_in(data: bytes, most: int) -> int:
    """How many cells the part of a sheet has, empty ones too; counted no further than one more than `most`."""
    return sum(1 for _ in islice(_CELL.finditer(data), most + 1))


def part_of(data: bytes) -> Part:
    """The part of a sheet, looked through once from its beginning to its end. What stands after the cells (lists to choose
    from, rules of layout) holds formulas of its own, and an empty cell that closes itself holds none of them."""
    rows, columns = [0], [0]
    formulas: set[Place] = set()
    for piece in _CELL.split(_LAST_CELL.split(data, maxsplit=1)[0])[1:]:
        head, _, held = _END.split(piece, maxsplit=1)[0].partition(b">")
        place, said, formula = _PLACE.search(head), _SAID.search(held), _FORMULA.search(held)
        if place is None or head.endswith(b"/") or not (said or (formula and not _EMPTY_WORDS.search(head))):
            continue
        row, column = coordinate_to_tuple(place[1].decode())
        rows.append(row)
        columns.append(column)
        if not said:
            formulas.add((row, column - 1))
    found = [(one[1].decode(), one[2].decode()) for one in _MERGED.finditer(data)][:MOST_MERGED]
    merged = [(coordinate_to_tuple(first), last) for first, last in found if first != last]
    return Part(
        max(rows), max(columns), frozenset(formulas), tuple(((row, column - 1), last) for (row, column), last in merged)
    )
