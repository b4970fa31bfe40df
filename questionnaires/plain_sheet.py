"""A spreadsheet with a question in each row and its answers beside it, for whoever has never met an XLSForm.

One sheet whose first row says `Question`, `Answer 1`, `Answer 2` and so on is enough. Each row becomes a question with
one answer of several, and can become anything else in the draft.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping

import openpyxl

from questionnaires.boxes import box_kept
from questionnaires.drafting import Draft, DraftItem, DraftOption, DraftPage
from questionnaires.instrument import Instrument
from questionnaires.workbook import Sheet
from questionnaires.xlsform_writing import fill

_QUESTION = re.compile(r"(?:the )?questions?", re.IGNORECASE)
_ANSWER = re.compile(r"(?:answer|option|choice)s? ?[0-9]*", re.IGNORECASE)
WAYS_OUT = ("dont_know", "rather_not")


def plain_sheet(book: Mapping[str, Sheet]) -> str | None:
    """The name of the first sheet in sight that says in its first row where the questions and their answers stand; None if
    there is none."""
    return next((name for name, sheet in book.items() if not sheet.hidden and _is_plain(sheet)), None)


def _is_plain(sheet: Sheet) -> bool:
    return _question(sheet) is not None and bool(_answers(sheet))


def unkept(draft: Draft, book: Mapping[str, Sheet], used: set[str]) -> None:
    """Name every sheet that says something and is not used."""
    for name in (name for name in book if name not in used and (book[name].columns or book[name].unread)):
        mend = (
            "bring it in as a file of its own: only the first such sheet is read"
            if _is_plain(book[name])
            else "nothing"
        )
        hidden = "this sheet is hidden: " if book[name].hidden else ""
        draft.remark(f"sheet {book[name].name}", "other_sheet", f"{hidden}nothing of this sheet is kept", mend)


def _question(sheet: Sheet) -> int | None:
    return next((n for n, header in enumerate(sheet.columns) if _QUESTION.fullmatch(header.strip())), None)


def _answers(sheet: Sheet) -> list[int]:
    return [n for n, header in enumerate(sheet.columns) if _ANSWER.fullmatch(header.strip())]


def read_plain(sheet: Sheet, draft: Draft) -> Draft:
    """The questions of such a sheet, and what was taken for granted."""
    draft.where, draft.has_settings = f"sheet {sheet.name}", False
    asked, answers = _question(sheet) or 0, _answers(sheet)
    page = DraftPage("questions", {})
    for number, words in sheet.rows:
        where = sheet.where(number)
        spoiled = {column for row, column in sheet.spoiled if row == number}
        if asked not in spoiled and (asked >= len(words) or not words[asked]):
            draft.remark(where, "no_question", "a row without a question", "write one, or remove the row")
            continue
        item = DraftItem(f"question_{len(page.items) + 1}", "one", {"en": words[asked]}, where)
        given = [(n, words[n]) for n in answers if n < len(words) and (words[n] or n in spoiled)]
        item.options = [
            DraftOption(f"answer_{n}", {"en": label}, sheet.where(number, column))
            for n, (column, label) in enumerate(given, start=1)
        ]
        if given:
            item.absences = list(WAYS_OUT)
            page.items.append(item)
        elif box_kept(draft, where, item.text):
            item.kind = "text"
            page.items.append(item)
    draft.pages.append(page)
    draft.findings += sheet.told(dict.fromkeys((asked, *answers), "fault"))
    _said(sheet, draft, {asked, *answers})
    return draft


def _said(sheet: Sheet, draft: Draft, used: set[int]) -> None:
    where = f"sheet {sheet.name}"
    wrong = "each row is a question with one answer of several, beside “I don’t know” and “I’d rather not say”"
    draft.remark(where, "plain_sheet", wrong, "change in the draft what should be asked in another way", "assumed")
    for n, header in enumerate(sheet.columns):
        if header and n not in used:
            mend = "call it Question, or Answer with a number, if it is one"
            draft.remark(sheet.where(sheet.top, n), "unknown_column", "nothing of this column is kept", mend)


def write_plain(instrument: Instrument) -> bytes:
    """The questions of an instrument that have one answer of several, as such a sheet."""
    asked = [item for item in instrument.items if item.kind == "one"]
    headers = ["Question", *(f"Answer {n}" for n in range(1, max(len(item.options) for item in asked) + 1))]
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    rows = [[item.text["en"], *(one.label["en"] for one in item.options)] for item in asked]
    fill(book.create_sheet("Questions"), headers, [dict(zip(headers, row, strict=False)) for row in rows])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
