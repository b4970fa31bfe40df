"""A questionnaire from an XLSForm: the spreadsheet that ODK, Kobo, Enketo and many others write and read.

What Heard knows is kept: groups as pages, choices, whole numbers and boxes for words as items, labels and hints in every
language, conditions of the simple kind. Everything else (dates, places, pictures, formulas) is named by sheet, row and
column with what to do about it; a form made by somebody else's tool never ends in an exception. Our own columns
(`heard_...`) carry what XLSForm has no word for, so that what we wrote comes back as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from questionnaires.boxes import box_kept
from questionnaires.drafting import (
    ASSUMED_HIGHEST,
    Draft,
    DraftItem,
    DraftOption,
    DraftPage,
    DraftPart,
    imported,
    key_of,
)
from questionnaires.faults import shown
from questionnaires.imported import Imported, Unreadable
from questionnaires.plain_sheet import plain_sheet, read_plain, unkept
from questionnaires.workbook import MOST_SHEETS, Sheet, read_to_the_end, sheets
from questionnaires.xlsform_columns import language_named
from questionnaires.xlsform_conditions import condition_of, range_of
from questionnaires.xlsform_left import (
    COLUMNS_LEFT_OUT,
    MEDIA_LEFT_OUT,
    METADATA,
    NO_SURVEY,
    OTHER_PICTURES,
    OTHER_TYPE,
    TYPES_LEFT_OUT,
)
from questionnaires.xlsform_media import picture_of, recordings_of
from questionnaires.xlsform_own import (
    FIELDS,
    GROUP,
    HEAD_FIELDS,
    OPTION_MARKS,
    PART,
    has_many_lines,
    head_of,
    item_fields,
    measure_of,
    read_out,
    yes,
)
from questionnaires.xlsform_rows import AskedIf, Group, Row, rows_of

_SELECT = re.compile(
    r"(?:add )?(?:select[_ ]?(?P<one>one|1)|select[_ ](?P<several>multiple|all[_ ]that[_ ]apply))"
    r"(?: prompt using| from)? (?P<list>\S+)(?P<other> or[_ ](?:specify[_ ])?other)?",
    re.IGNORECASE,
)
_GROUP = re.compile(r"(begin|end)[_ ](group|repeat|loop|lgroup|looped group)(?: .*)?", re.IGNORECASE)
_RANK = re.compile(r"rank (?P<list>\S+)", re.IGNORECASE)
_SETTINGS = frozenset({"form_title", "form_id", "version", "default_language", "heard_title", *HEAD_FIELDS})
_NAMED = frozenset({"type", "name", "label", "hint"})


def read_xlsform(data: bytes, file: str) -> Imported:
    """What an .xlsx file asks, as a draft, and every construct that could not be kept."""
    try:
        return _read(sheets(data, file), file)
    except Unreadable as refused:
        return Imported(None, (refused.finding,))


def _read(book: dict[str, Sheet], file: str) -> Imported:
    """Raises Unreadable if a sheet that it needs was not read to its end."""
    draft = Draft(file, "sheet settings", {}, has_settings=True)
    if "survey" in book:
        read_to_the_end(book, ("survey", _choices(book), "settings"))
        return imported(_Form(draft, book).read())
    plain = plain_sheet(book)
    read_to_the_end(book, [*book][MOST_SHEETS:] if plain is None else [plain])
    if plain is not None:
        unkept(draft, book, {plain})
        return imported(read_plain(book[plain], draft))
    seen = [f"{name} (hidden)" if sheet.hidden else name for name, sheet in sorted(book.items())]
    wrong = f"there is no sheet survey, only {', '.join(seen) or 'none'}"
    draft.remark("the file", "no_survey", wrong, NO_SURVEY, "fault")
    return Imported(None, tuple(draft.findings))


class _Form:
    """One form while it is read."""

    def __init__(self, draft: Draft, book: dict[str, Sheet]) -> None:
        self.draft = draft
        self.book = book
        self.source = "en"
        self.lists: dict[str, list[DraftOption]] = {}
        self.asked: dict[str, DraftItem] = {}
        self.unknown: set[tuple[str, str]] = set()
        self.groups: list[Group] = []
        self.page: DraftPage | None = None

    def read(self) -> Draft:
        self._settings()
        for row in self._rows(_choices(self.book)):
            self._choice(row)
        for row in self._rows("survey"):
            self._question(row)
        unkept(self.draft, self.book, {"survey", _choices(self.book), "settings"})
        return self.draft

    def _rows(self, name: str) -> Iterator[Row]:
        return rows_of(self.book[name], self.draft, self.source) if name in self.book else iter(())

    def _left(self, row: Row, name: str, code: str, wrong: str, mend: str) -> None:
        self.draft.remark(row.where(name), code, wrong, mend)

    def _settings(self) -> None:
        rows = list(self._rows("settings"))
        for row in rows[:1]:
            self._setting(row)
        for row in rows[1:]:
            self._left(row, "", "setting", "only the first row of settings is read", "write it into the first row")

    def _setting(self, row: Row) -> None:
        named = row.get("default_language")
        if named and named != "default":
            self.source = language_named(named)[0] or "en"
        self.draft.where = row.where()
        self.draft.title = {"en": row.get("form_title")} if row.get("form_title") else {}
        self.draft.title |= row.text("heard_title")
        self.draft.head |= head_of(row.get, lambda name, wrong, mend: self._wrong(row, name, wrong, mend))
        self._identity(row)
        for name in sorted(set(row.cells) - _SETTINGS):
            self._left(row, name, "setting", f"the setting {shown(name)} is not kept", "nothing")

    def _identity(self, row: Row) -> None:
        if row.get("form_id"):
            self.draft.head["key"] = key_of(row.get("form_id"), "questionnaire")
        version = row.get("version")
        if re.fullmatch(r"[1-9][0-9]{0,3}", version):
            self.draft.head["version"] = int(version)
        elif version:
            wrong = f"version {shown(version)} is no whole number up to 9999: version 1"
            self.draft.remark(row.where("version"), "assumed", wrong, "count versions from 1", "assumed")

    def _wrong(self, row: Row, name: str, wrong: str, mend: str) -> None:
        self.draft.remark(row.where(name), "bad_value", wrong, mend, "fault")

    def _choice(self, row: Row) -> None:
        list_name, name = row.get("list_name"), row.get("name")
        if not list_name or not name:
            self._left(row, "", "no_name", "a choice needs list_name and name", "give both, or remove the row")
            return
        code = row.get("heard_code") or name
        option = DraftOption(
            name=name,
            label=row.text("label"),
            where=row.where(),
            code=int(code) if re.fullmatch(r"-?[0-9]{1,9}", code) else None,
            exclusive=yes(row.get("heard_exclusive")),
            negative=yes(row.get("heard_negative")),
            alert=yes(row.get("heard_alert")),
            ours=bool(row.get("heard_code")),
        )
        self.lists.setdefault(list_name, []).append(option)
        own = {"list_name", "name", "label", "heard_code", *(f"heard_{name}" for name in OPTION_MARKS)}
        for name in sorted(set(row.cells) - own):
            self._unkept(row, name)

    def _question(self, row: Row) -> None:
        kind = re.sub(r"\s+", " ", row.get("type"))
        group = _GROUP.fullmatch(kind)
        if kind.startswith("#") or not (kind or row.get("name") or row.texts):
            return
        if yes(row.get("disabled")):
            self._left(row, "disabled", "disabled", "a row that is switched off", "empty this cell to have it asked")
            return
        row.cells.pop("disabled", None)
        if group:
            self._group(row, group[1].lower(), group[2].lower())
            return
        item = self._item(row, kind)
        if item is None:
            return
        if self.page is None:
            self.page = self._new_page()
        self.page.items.append(item)
        self.asked[item.name] = item

    def _new_page(self) -> DraftPage:
        group = self.groups[-1] if self.groups else Group(str(len(self.draft.pages) + 1), {}, None)
        page = DraftPage(group.name, group.title)
        self.draft.pages.append(page)
        return page

    def _group(self, row: Row, step: str, what: str) -> None:
        self.page = None
        if step == "end":
            if self.groups:
                self.groups.pop()
            else:
                self._left(row, "type", "no_group", "it ends a group that never began", "remove the row")
            return
        name = row.get("name").removeprefix(GROUP) or str(len(self.draft.pages) + 1)
        self.groups.append(Group(name, row.text("label"), self._of_group(row)))
        if what != "group":
            wrong = f"a {what} asks its questions more than once: here they are asked once"
            self._left(row, "type", "repeat", wrong, "write a question for each time")
        for name in sorted(set(row.cells) - {"type", "name", "label"}):
            self._unkept(row, name)

    def _item(self, row: Row, kind: str) -> DraftItem | None:
        if self._opening(row, kind) or self._part(row, kind):
            return None
        found = self._kind(row, kind)
        if found is None:
            return None
        name = row.get("name")
        if not name or name in self.asked:
            wrong = f"the name {shown(name)} is used twice" if name else "a question without a name"
            self.draft.remark(row.where("name"), "bad_name", wrong, "give each question its own name", "fault")
            name = name or f"item_row_{row.number}"
        item = DraftItem(name, found[0], row.text("label"), row.where(), hint=row.text("hint"))
        if found[1] is not None:
            self._options(row, item, found[1])
        if item.kind == "text" and has_many_lines(row.get("appearance")):
            item.more["size"] = "long"
            del row.cells["appearance"]
        self._conditions(row, item)
        picture_of(row, item)
        item_fields(item, row.get, row.text, lambda name, wrong, mend: self._wrong(row, name, wrong, mend))
        read_out(item, recordings_of(row, self.source, self.draft.languages))
        for name in sorted(set(row.cells) - _NAMED - FIELDS):
            self._unkept(row, name)
        return item

    def _kind(self, row: Row, kind: str) -> tuple[str, re.Match[str] | None] | None:
        """The kind of item that a type is, with its list; None if it cannot be kept."""
        select, rank = _SELECT.fullmatch(kind), _RANK.fullmatch(kind)
        if select:
            return ("several" if select["several"] else "one"), select
        if rank:
            return "rank", rank
        if kind.lower() in ("integer", "int"):
            return "number", None
        if kind.lower() == "note":
            return "statement", None
        if kind.lower() in ("text", "string"):
            ours = row.get("heard_kind") == "text"
            return ("text", None) if ours or box_kept(self.draft, row.where("type"), row.text("label")) else None
        group = "metadata" if kind.lower() in METADATA else kind.lower().split(" ")[0]
        wrong = f"type {shown(kind)} is not kept" if kind else "a question without a type"
        self._left(row, "type", "unsupported_type", wrong, TYPES_LEFT_OUT.get(group, OTHER_TYPE))
        return None

    def _part(self, row: Row, kind: str) -> bool:
        """A thing to sort stands in a row of its own, after the note that asks where it goes."""
        item = self.page.items[-1] if self.page is not None and self.page.items else None
        select = _SELECT.fullmatch(kind)
        whole, _, name = row.get("name").partition(".")
        if row.get("heard_kind") != PART or item is None or select is None or (whole, bool(name)) != (item.name, True):
            return False
        if not item.parts:
            self._options(row, item, select)

        def wrong(field: str, said: str, mend: str) -> None:
            self._wrong(row, field, said, mend)

        item.parts.append(DraftPart(name, row.text("label"), row.where(), measure_of(row.get, row.text, wrong)))
        return True

    def _opening(self, row: Row, kind: str) -> bool:
        """Our own opening sentences are the notes intro_1 to intro_4."""
        if kind.lower() != "note" or not re.fullmatch(r"intro_[1-4]", row.get("name")) or self.draft.pages:
            return False
        self.draft.intro.append(row.text("label"))
        return True

    def _options(self, row: Row, item: DraftItem, select: re.Match[str]) -> None:
        held = self.lists.get(select["list"])
        if held is None:
            wrong = f"there is no list {shown(select['list'])} in sheet choices"
            self.draft.remark(row.where("type"), "no_list", wrong, "add its choices there", "fault")
        seen: set[str] = set()
        for one in held or ():
            if one.name in seen:
                wrong = f"the choice {shown(one.name)} stands twice in list {shown(select['list'])}"
                self.draft.remark(one.where, "bad_name", wrong, "give each choice its own name", "fault")
            else:
                seen.add(one.name)
                item.options.append(replace(one))
        if select.groupdict().get("other"):
            wrong = "`or other` asks for words"
            self._left(row, "type", "or_other", wrong, "add a choice such as Another one")

    def _condition(self, row: Row) -> AskedIf | None:
        """What the cell says about an earlier question that is kept; anything else is named."""
        formula = row.get("relevant")
        found = condition_of(formula) if formula else None
        if found is not None and (found[0] not in self.asked or not self.asked[found[0]].options):
            wrong = f"it depends on {shown(found[0])}, which is no choice that is asked before"
            remedy = "let it depend on an earlier question with answers to choose from"
            self._left(row, "relevant", "unsupported_relevant", wrong, remedy)
            found = None
        elif formula and found is None:
            wrong = f"the formula {shown(formula)}"
            self._left(row, "relevant", "unsupported_relevant", wrong, COLUMNS_LEFT_OUT["relevant"])
        row.cells.pop("relevant", None)
        return found

    def _of_group(self, row: Row) -> AskedIf | None:
        """What all questions of a group depend on: its own condition, or that of the group around it."""
        own, around = self._condition(row), self.groups[-1].condition if self.groups else None
        if own is not None and around is not None and own != around:
            self._both(row, own, around)
        return own or around

    def _both(self, row: Row, own: AskedIf, around: AskedIf) -> None:
        """One condition an item. No loss where the earlier question was itself asked only under the other one."""
        if self.asked[own[0]].condition != around:
            wrong = f"two conditions at once: that of the group, about {shown(around[0])}, is not kept"
            self._left(row, "", "unsupported_relevant", wrong, COLUMNS_LEFT_OUT["relevant"])

    def _conditions(self, row: Row, item: DraftItem) -> None:
        item.condition, group = self._condition(row), self.groups[-1].condition if self.groups else None
        if group is not None and item.condition is None:
            item.condition = group
        elif group is not None and item.condition is not None and item.condition != group:
            self._both(row, item.condition, group)
        if item.kind == "number":
            self._range(row, item)

    def _range(self, row: Row, item: DraftItem) -> None:
        formula = row.get("constraint")
        bounds = range_of(formula) if formula else (None, None)
        if formula and bounds is not None:
            del row.cells["constraint"]
        low, high = bounds or (None, None)
        item.minimum, item.maximum = low or 0, high if high is not None else ASSUMED_HIGHEST
        if high is None:
            wrong = f"no largest number: {item.minimum} to {ASSUMED_HIGHEST}"
            self.draft.remark(row.where("constraint"), "assumed", wrong, COLUMNS_LEFT_OUT["constraint"], "assumed")

    def _unkept(self, row: Row, name: str) -> None:
        """A cell in a column that Heard has no use for. What says nothing (not required) is no loss."""
        words, base = row.get(name), name.split("::")[0]
        if base in ("required", "read_only") and words.lower().rstrip("()") in ("no", "false", "0"):
            return
        if base == "media":
            remedy = MEDIA_LEFT_OUT.get(name.split("::")[1], OTHER_PICTURES)
            self._left(row, name, "unsupported_media", f"{shown(words)} is not kept", remedy)
        elif base in COLUMNS_LEFT_OUT:
            self._left(row, name, "unsupported_column", f"{shown(words)} is not kept", COLUMNS_LEFT_OUT[base])
        elif base in _NAMED or base in FIELDS:
            self._left(row, name, "unsupported_column", f"{shown(words)} is not kept here", "put it into a question")
        elif (row.sheet.name, name) not in self.unknown:
            self.unknown.add((row.sheet.name, name))
            where = row.sheet.where(row.sheet.top, row.cells[name][1].index)
            self.draft.remark(
                where, "unknown_column", "nothing of this column is kept", "remove it, or check its spelling"
            )


def _choices(book: dict[str, Sheet]) -> str:
    """The name of the sheet with the answers; old forms call it otherwise."""
    return next((name for name in ("choices", "choices and columns", "columns") if name in book), "choices")
