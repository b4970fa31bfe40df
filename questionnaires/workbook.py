"""The cells of a spreadsheet, as words, within limits.

An .xlsx file is a packed folder of XML, and both can be made to burst: a few kilobytes that unpack to gigabytes, an
entity that repeats itself, one cell a million rows down. So sizes are looked at before anything is unpacked, a part
that declares a document type is refused, and rows and columns are read up to a number that no questionnaire needs.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from dataclasses import dataclass

import openpyxl
from openpyxl.utils import get_column_letter

from questionnaires.imported import Unreadable, unreadable

LARGEST_FILE = 4 * 1024 * 1024
LARGEST_CONTENT = 32 * 1024 * 1024
MOST_PARTS = 500
LONGEST_CELL = 32_767
MOST_ROWS, MOST_COLUMNS, MOST_SHEETS = 3000, 120, 40
_DECLARED = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: the words of its first row (number `top`) name its columns; `rows` are (row number, words of each cell)."""

    name: str
    columns: tuple[str, ...]
    top: int
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    def where(self, row: int, column: int | None = None) -> str:
        """A cell in the words of the person who has the sheet open."""
        said = f"sheet {self.name}, row {row}"
        if column is None:
            return said
        name = f" ({self.columns[column][:60]})" if column < len(self.columns) and self.columns[column] else ""
        return f"{said}, column {get_column_letter(column + 1)}{name}"


def sheets(data: bytes, file: str) -> dict[str, Sheet]:
    """The sheets of a workbook by their names in small letters. Raises Unreadable."""
    try:
        _measure(data, file)
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # styles and extensions that openpyxl does not keep are none of our business
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            found = [_sheet(sheet, file) for sheet in book.worksheets[:MOST_SHEETS]]
            book.close()
    except Unreadable:
        raise
    except Exception as reason:  # zipfile, zlib and openpyxl fail in as many ways as a workbook can be damaged
        remedy = "save it as .xlsx (not .xls, and without a password) from a spreadsheet program"
        raise unreadable(file, "not_a_workbook", f"it cannot be read ({type(reason).__name__})", remedy) from reason
    return {sheet.name.strip().lower(): sheet for sheet in reversed(found)}


def _measure(data: bytes, file: str) -> None:
    """Refuse what would not fit, before it is unpacked."""
    if len(data) > LARGEST_FILE:
        raise unreadable(file, "too_big", f"{len(data)} bytes", f"keep it below {LARGEST_FILE} bytes")
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = packed.infolist()
        content = sum(part.file_size for part in parts)
        if len(parts) > MOST_PARTS or content > LARGEST_CONTENT:
            wrong = f"{len(parts)} parts that unpack to {content} bytes"
            raise unreadable(file, "too_big", wrong, "copy the sheets into a new workbook")
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                _look(packed.read(part), file)


def _look(part: bytes, file: str) -> None:
    if _DECLARED.search(part) or part[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in part[:64]:
        remedy = "open it in a spreadsheet program and save it again"
        raise unreadable(file, "doctype", "a part of it declares a document type or is not UTF-8", remedy)


def _sheet(sheet: object, file: str) -> Sheet:
    rows: list[tuple[int, tuple[str, ...]]] = []
    header: tuple[str, ...] = ()
    top = 1
    name = str(getattr(sheet, "title", ""))
    values = sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS, values_only=True)  # type: ignore[attr-defined]
    for number, cells in enumerate(values, start=1):
        words = tuple(map(_words, cells))
        if number > MOST_ROWS and any(words):
            wrong = f"sheet {name} goes on after row {MOST_ROWS}"
            raise unreadable(file, "too_big", wrong, "divide the questionnaire, or remove the empty rows")
        if not any(words):
            continue
        if not header:
            header, top = words, number
        else:
            rows.append((number, words))
    return Sheet(name, header, top, tuple(rows))


def _words(value: object) -> str:
    """A cell as the words that its author sees: 1.0 is 1."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return str(value)[:LONGEST_CELL].strip()
