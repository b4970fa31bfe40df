"""The cells of a spreadsheet, as words, within limits.

An .xlsx file is a packed folder of XML, and both can be made to burst: a few kilobytes that unpack to gigabytes, an
entity that repeats itself, one cell a million rows down. So sizes are looked at before anything is unpacked, a part
that declares a document type is refused, and sheets, rows and columns are read up to a number that no questionnaire
needs. What goes further is refused only if it is used: many keep notes or data beside their questions.

A spreadsheet program also changes what was typed: `8-10` becomes a day in October, `25%` a quarter. What its author no
longer sees as typed (a date, an error, a formula without a result, a merged cell) is told at its cell, never guessed.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

from questionnaires.imported import Effect, Finding, Unreadable, unreadable
from questionnaires.workbook_cells import Cell, Part, cell_of, cells_in, part_of

LARGEST_FILE = 4 * 1024 * 1024
LARGEST_CONTENT = 32 * 1024 * 1024
MOST_PARTS = 500
LONGEST_CELL = 32_767
MOST_ROWS, MOST_COLUMNS, MOST_SHEETS = 3000, 250, 40
MOST_CELLS = 60_000
"""Over all sheets: a hundred questions in ten languages have fewer than a quarter of that, and more keep others waiting."""
_DECLARED = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: the words of its first row (number `top`) name its columns; `rows` are (row number, words of each cell).

    `spoiled` holds (row number, column) of the cells that say something which cannot be kept: they are empty here, and
    `findings` says what is wrong with them. `unread` says why it is not read to its end.
    """

    name: str
    columns: tuple[str, ...]
    top: int
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    hidden: bool = False
    spoiled: frozenset[tuple[int, int]] = frozenset()
    findings: tuple[Finding, ...] = ()
    unread: Unreadable | None = None

    def where(self, row: int, column: int | None = None) -> str:
        """A cell in the words of the person who has the sheet open."""
        said = f"sheet {self.name}, row {row}"
        if column is None:
            return said
        name = f" ({self.columns[column][:60]})" if column < len(self.columns) and self.columns[column] else ""
        return f"{said}, column {get_column_letter(column + 1)}{name}"

    def told(self, kept: Mapping[int, Effect]) -> Iterator[Finding]:
        """The findings. What cannot be kept has the effect that its column is given; a column that is given none is left
        out anyway. Where the first row itself cannot be read, nobody knows which column it is: that stays a fault."""
        effects: dict[str, Effect] = {
            self.where(row, column): kept.get(column, "left_out") for row, column in self.spoiled if row != self.top
        }
        for one in self.findings:
            yield replace(one, effect=effects.get(one.where, one.effect)) if one.effect == "fault" else one


def sheets(data: bytes, file: str) -> dict[str, Sheet]:
    """The sheets of a workbook by their names in small letters, in their order. Raises Unreadable."""
    try:
        parts = _measured(data, file)
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # styles and extensions that openpyxl does not keep are none of our business
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            with closing(book):
                read = book.worksheets[:MOST_SHEETS]
                found = [_sheet(sheet, parts.get(_path(sheet), Part()), file) for sheet in read]
                many = unreadable(file, "too_big", f"{len(book.worksheets)} sheets", f"keep at most {MOST_SHEETS}")
                found += [Sheet(str(one.title), (), 1, (), unread=many) for one in book.worksheets[MOST_SHEETS:]]
    except Unreadable:
        raise
    except Exception as reason:  # zipfile, zlib and openpyxl fail in as many ways as a workbook can be damaged
        remedy = "save it as .xlsx (not .xls, and without a password) from a spreadsheet program"
        raise unreadable(file, "not_a_workbook", f"it cannot be read ({type(reason).__name__})", remedy) from reason
    named: dict[str, Sheet] = {}
    for sheet in found:
        named.setdefault(sheet.name.strip().lower(), sheet)
    return named


def read_to_the_end(book: Mapping[str, Sheet], names: Iterable[str]) -> None:
    """Raises Unreadable if one of these sheets holds more than was read."""
    for name in names:
        if name in book and (unread := book[name].unread) is not None:
            raise unread


def _path(sheet: object) -> str:
    """Where in the folder a sheet stands."""
    return str(getattr(sheet, "_worksheet_path", "")).lstrip("/")


def _measured(data: bytes, file: str) -> dict[str, Part]:
    """Refuse what would not fit, before it is unpacked; of each part of it, what a reader of cells does not tell."""
    found: dict[str, Part] = {}
    if len(data) > LARGEST_FILE:
        raise unreadable(file, "too_big", f"{len(data)} bytes", f"keep it below {LARGEST_FILE} bytes")
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = packed.infolist()
        content = sum(part.file_size for part in parts)
        if len(parts) > MOST_PARTS or content > LARGEST_CONTENT:
            wrong = f"{len(parts)} parts that unpack to {content} bytes"
            raise unreadable(file, "too_big", wrong, "copy the sheets into a new workbook")
        cells = 0
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                held = packed.read(part)
                _look(held, file)
                if b"sheetData" in held:
                    cells += cells_in(held, MOST_CELLS - cells)
                    if cells > MOST_CELLS:
                        wrong = f"more than {MOST_CELLS} cells in all its sheets, empty ones with a format counted"
                        raise unreadable(file, "too_big", wrong, "copy the questions alone into a new workbook")
                    found[part.filename.lstrip("/")] = part_of(held)
    return found


def _look(part: bytes, file: str) -> None:
    if _DECLARED.search(part) or part[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in part[:64]:
        remedy = "open it in a spreadsheet program and save it again"
        raise unreadable(file, "doctype", "a part of it declares a document type or is not UTF-8", remedy)


def _further(title: str, part: Part, file: str) -> Unreadable | None:
    """Why a sheet is not read to its end, if it is not."""
    if part.last_row > MOST_ROWS:
        wrong = f"sheet {title} goes on after row {MOST_ROWS}"
        return unreadable(file, "too_big", wrong, "divide the questionnaire, or remove what stands there")
    if part.last_column > MOST_COLUMNS:
        wrong = f"sheet {title} goes on after column {get_column_letter(MOST_COLUMNS)}"
        return unreadable(file, "too_big", wrong, "remove what stands there: no questionnaire needs so many columns")
    return None


def _sheet(sheet: Any, part: Part, file: str) -> Sheet:
    cells: dict[tuple[int, int], Cell] = {}
    for number, row in enumerate(sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS), start=1):
        cells |= {(number, column): cell_of(one) for column, one in enumerate(row) if one.value is not None}
    for place in part.formulas - {place for place, one in cells.items() if one.words}:
        if place[0] <= MOST_ROWS and place[1] < MOST_COLUMNS:
            cells[place] = Cell.of_formula()
    cells = {place: one for place, one in cells.items() if one.words or one.code}
    held: dict[int, dict[int, str]] = {}
    for (number, column), one in sorted(cells.items()):
        held.setdefault(number, {})[column] = one.words[:LONGEST_CELL].strip()
    rows = [(number, tuple(row.get(n, "") for n in range(max(row) + 1))) for number, row in held.items()]
    top, columns = rows[0] if rows else (1, ())
    hidden = sheet.sheet_state != "visible"
    spoiled = frozenset(place for place, one in cells.items() if not one.words)
    unread = _further(str(sheet.title), part, file)
    found = Sheet(str(sheet.title), columns, top, tuple(rows[1:]), hidden, spoiled, unread=unread)
    return replace(found, findings=tuple(_findings(found, cells, part, file)))


def _findings(sheet: Sheet, cells: dict[tuple[int, int], Cell], part: Part, file: str) -> Iterator[Finding]:
    """What is to be said of single cells, in their order."""
    for place, one in sorted(cells.items()):
        if one.code:
            yield Finding(file, sheet.where(*place), one.code, one.wrong, one.mend, one.effect)
    for place, last in part.merged:
        if place in cells:
            wrong = f"cells are merged from here to {last}: only the first of them holds the words"
            yield Finding(file, sheet.where(*place), "merged", wrong, "unmerge them, and write the words into each")
