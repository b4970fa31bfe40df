"""Tables as files for a spreadsheet, which takes a cell that begins with = + - @ for a formula: such a text gets an
apostrophe before it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from werkzeug.wrappers import Response as Reply

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\0")


def csv_file(name: str, rows: Iterable[Sequence[object]]) -> Reply:
    """Rows as a CSV file to keep, with the mark by which spreadsheets know UTF-8."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([[cell(value) for value in row] for row in rows])
    reply = Reply("\ufeff" + text.getvalue(), mimetype="text/csv")
    reply.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return reply


def cell(value: object) -> object:
    """A value as a cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_SIGNS) else value
