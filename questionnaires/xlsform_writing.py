"""A questionnaire as an XLSForm, for everybody whose tools read that.

The sheets survey, choices and settings are those of any other form, so ODK, Kobo and Enketo can ask it; what only
Heard knows stands in columns of our own, which they pass over. Every cell is written as words: a text that begins with
`=` is a text, never a formula.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from questionnaires.instrument import Instrument, Item, Part, Text
from questionnaires.xlsform_conditions import formula_of
from questionnaires.xlsform_own import (
    GROUP,
    ITEM_FIELDS,
    OPTION_MARKS,
    OWN_TEXTS,
    PART,
    TYPES,
    head_cells,
    item_cells,
    lists_absences,
    measure_cells,
)

ABSENT: dict[str, Text] = {
    "dont_know": {
        "en": "I don’t know",
        "cy": "Dydw i ddim yn gwybod",
        "ar": "لا أعرف",
        "pl": "Nie wiem",
        "ro": "Nu știu",
        "uk": "Не знаю",
        "ur": "مجھے نہیں معلوم",
    },
    "rather_not": {
        "en": "I’d rather not say",
        "cy": "Byddai’n well gen i beidio â dweud",
        "ar": "أفضل ألا أقول",
        "pl": "Wolę nie mówić",
        "ro": "Prefer să nu spun",
        "uk": "Не хочу казати",
        "ur": "میں یہ بتانا نہیں چاہتا یا چاہتی",
    },
}
"""The ways out as our own pages say them: in another tool, too, none may look different from the answers or be blank."""
_IMAGE, _AUDIO = "media::image", "media::audio"
_Row = dict[str, str]


def write_xlsform(instrument: Instrument) -> bytes:
    """The bytes of an .xlsx file."""
    headers = {one.code: f"{one.name} ({one.code})" for one in instrument.languages}
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    own = [name for name in ITEM_FIELDS if name != "heard_more"]
    survey = ["type", "name", *_each("label", headers), *_each("hint", headers), "relevant", "constraint", *own]
    survey += [name for field in OWN_TEXTS for name in _each(field, headers)]
    survey += [*_each(_IMAGE, headers), *(_each(_AUDIO, headers) if _is_read_out(instrument) else ()), "heard_more"]
    choices = ["list_name", "name", *_each("label", headers), *(f"heard_{name}" for name in ("code", *OPTION_MARKS))]
    titles = [name for name in _each("heard_title", headers) if name != f"heard_title::{headers['en']}"]
    settings = ["form_title", "form_id", "version", "default_language", *titles, *head_cells(instrument)]
    fill(book.create_sheet("survey"), survey, _survey(instrument, headers))
    fill(book.create_sheet("choices"), choices, _choices(instrument, headers))
    fill(book.create_sheet("settings"), settings, [_settings(instrument, headers)])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _is_read_out(instrument: Instrument) -> bool:
    return any(version.sound for item in instrument.items for version in item.versions)


def _each(field: str, headers: Mapping[str, str]) -> list[str]:
    return [f"{field}::{language}" for language in headers.values()]


def _told(field: str, words: Text | None, headers: Mapping[str, str]) -> _Row:
    return {f"{field}::{headers[code]}": one for code, one in (words or {}).items()}


def _survey(instrument: Instrument, headers: Mapping[str, str]) -> Iterator[_Row]:
    for n, sentence in enumerate(instrument.intro):
        yield {"type": "note", "name": f"intro_{n + 1}"} | _told("label", sentence, headers)
    for page in instrument.pages:
        yield {"type": "begin_group", "name": f"{GROUP}{page.key}"} | _told("label", page.title, headers)
        for item in page.items:
            relevant = _relevant(instrument, item)
            yield _item(instrument, item, headers) | relevant
            for part in item.parts:
                yield _part(item, part, headers) | relevant
        yield {"type": "end_group"}


def _item(instrument: Instrument, item: Item, headers: Mapping[str, str]) -> _Row:
    row = {"type": TYPES[item.kind].format(item.key), "name": item.key}
    row |= _told("label", item.text, headers) | _told("hint", item.hint, headers)
    for name in ("unit", "low", "high"):
        row |= _told(f"heard_{name}", getattr(item, name), headers)
    row |= _told("heard_statement", item.measure.statement if item.measure else None, headers)
    row |= item_cells(item, instrument.waves)
    if item.kind == "number":
        row["constraint"] = f". >= {item.minimum} and . <= {item.maximum}"
    if item.picture is not None:
        row |= _told(_IMAGE, dict.fromkeys(headers, f"{item.picture}.svg"), headers)
    for version in item.versions:
        if version.sound is not None:
            row |= _told(_AUDIO, {"en": version.sound, **version.sounds}, headers)
    return row


def _part(item: Item, part: Part, headers: Mapping[str, str]) -> _Row:
    """A question for each part, for tools that know no boxes: it finds its way back by its name."""
    row = {"type": f"select_one {item.key}", "name": f"{item.key}.{part.key}", "heard_kind": PART}
    row |= _told("label", part.text, headers)
    row |= _told("heard_statement", part.measure.statement if part.measure else None, headers)
    return row | measure_cells(part.measure)


def _relevant(instrument: Instrument, item: Item) -> _Row:
    condition = item.condition
    if condition is None:
        return {}
    several = instrument.item(condition.item).answering == "several"
    return {"relevant": formula_of(condition.item, condition.options, several)}


def _choices(instrument: Instrument, headers: Mapping[str, str]) -> Iterator[_Row]:
    for item in instrument.items:
        for option in item.options:
            row = {"list_name": item.key, "name": option.key, "heard_code": str(option.code)}
            row |= {f"heard_{name}": "yes" if getattr(option, name) else "" for name in OPTION_MARKS}
            yield row | _told("label", option.label, headers)
        for absence in item.absences if lists_absences(item) else ():
            said = {code: ABSENT[absence].get(code, ABSENT[absence]["en"]) for code in headers}
            yield {"list_name": item.key, "name": absence} | _told("label", said, headers)


def _settings(instrument: Instrument, headers: Mapping[str, str]) -> _Row:
    title = _told("heard_title", {code: one for code, one in instrument.title.items() if code != "en"}, headers)
    named = {"form_title": instrument.title["en"], "form_id": instrument.key, "version": str(instrument.version)}
    return named | {"default_language": headers["en"]} | title | head_cells(instrument)


def fill(sheet: Worksheet, columns: list[str], rows: Iterable[_Row]) -> None:
    """Writes rows under their headers, each cell as words and never as a formula."""
    for n, name in enumerate(columns, start=1):
        cell = _words(sheet, 1, n, name)
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = 40 if "::" in name or name == "Question" else 16
    for number, row in enumerate(rows, start=2):
        for n, name in enumerate(columns, start=1):
            if row.get(name):
                _words(sheet, number, n, row[name]).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "C2"


def _words(sheet: Worksheet, row: int, column: int, words: str) -> Cell:
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)  # noqa: S101 - only merged cells are of another type, and there are none
    cell.value = words
    cell.data_type = "s"
    return cell
