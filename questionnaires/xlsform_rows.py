"""One row of an XLSForm by what its columns mean, and the group that it stands in.

A row knows its sheet and number, so that whatever is wrong with it can be said in the words of the person who has the
sheet open. What is to be said of its columns and cells, whatever the row is for, is said while it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from questionnaires.drafting import Draft
from questionnaires.imported import Effect
from questionnaires.workbook import Sheet
from questionnaires.xlsform_columns import TRANSLATED, Column, columns_of
from questionnaires.xlsform_own import FIELDS, HEAD_FIELDS, OPTION_MARKS

AskedIf = tuple[str, tuple[str, ...]]
_MARKUP = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(?: [^<>]{0,200})?/?>|\*\*\S|^#{1,6} \S")
_KEPT = frozenset(
    {"type", "name", "list_name", "relevant", "disabled", "form_title", "form_id", "default_language", "heard_code"}
    | {*TRANSLATED, *FIELDS, *HEAD_FIELDS, *(f"heard_{name}" for name in OPTION_MARKS)}
)
"""What a draft needs: a date or an error in one of these is a fault, elsewhere nothing is lost that would be kept."""
_SPOKEN = TRANSLATED | {"media", "guidance_hint", "constraint_message", "required_message"}


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


def rows_of(sheet: Sheet, draft: Draft, source: str) -> Iterator[Row]:
    """The rows of a sheet, those that only a column of ours or of nobody has words in too; `source` is the language of
    words whose column names none."""
    columns = columns_of(sheet.columns)
    draft.findings += sheet.told({one.index: effect for one in columns if (effect := _if_spoiled(one))})
    for column in columns:
        if column.language is None and column.field.split("::")[0] in _SPOKEN:
            mend = "write the language as label::Cymraeg (cy)"
            draft.remark(sheet.where(sheet.top, column.index), "unknown_language", "no language we know", mend)
        elif column.language and column.field in TRANSLATED:
            draft.languages[column.language] = draft.languages.get(column.language) or column.tongue
    for number, words in sheet.rows:
        row = Row(sheet, number)
        for column in columns:
            if column.index < len(words) and words[column.index]:
                _cell(row, column, words[column.index], draft, source)
        yield row


def _if_spoiled(column: Column) -> Effect | None:
    """What it is for a draft that a cell of this column cannot be read; None: it would not be kept."""
    if column.field == "version":
        return "assumed"
    return "fault" if column.field in _KEPT and column.language is not None else None


def _cell(row: Row, column: Column, words: str, draft: Draft, source: str) -> None:
    if column.field not in TRANSLATED:
        name = column.field if column.language == "" else f"{column.field}::{column.tongue or column.language}"
        row.cells.setdefault(name, (words, column))
    elif column.language is not None:
        code = column.language or source
        texts = row.texts.setdefault(column.field, {})
        if column.language or code not in texts:
            texts[code] = words
        row.cells.setdefault(column.field, (words, column))
        draft.languages.setdefault(code, column.tongue)
        where = row.sheet.where(row.number, column.index)
        if "${" in words:
            draft.remark(where, "inserted", "an answer is put into the words", "say it without the answer")
        if _MARKUP.search(words):
            draft.remark(where, "markup", "signs of layout are shown as they are", "remove them")
