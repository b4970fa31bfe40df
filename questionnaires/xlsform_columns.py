"""The columns of an XLSForm: what each header means.

A header is a field, or a field and a language: `label`, `label::English (en)`, `label::cy`, and in old files
`label:Welsh`. Columns that begin with `heard_` are ours: they carry what XLSForm has no word for, and other tools pass
over them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from questionnaires.tongues import code_of

_ALIASES = {
    "relevance": "relevant",
    "readonly": "read_only",
    "caption": "label",
    "text": "label",
    "command": "type",
    "tag": "name",
    "title": "form_title",
    "set_form_title": "form_title",
    "id_string": "form_id",
    "set_form_id": "form_id",
    "calculate": "calculation",
    "constraining_message": "constraint_message",
    "requiredmsg": "required_message",
    "count": "repeat_count",
    "jr:count": "repeat_count",
    "listname": "list_name",
    "value": "name",
    "image": "media::image",
    "audio": "media::audio",
    "video": "media::video",
    "big-image": "media::big-image",
    "big_image": "media::big-image",
}
TRANSLATED = frozenset({"label", "hint", "heard_unit", "heard_low", "heard_high", "heard_statement", "heard_title"})
_OLD_STYLE = re.compile(
    r"(label|hint|text|caption|media|image|audio|video|constraint_message|required_message)\s*:(?!:)\s*(.+)", re.I
)
_MEDIA = "media::"
_ATTRIBUTE = re.compile(r"(?:bind|control|body)::?(?:jr:)?([a-z]+)", re.IGNORECASE)
_ATTRIBUTES = {
    **{name: name for name in ("relevant", "constraint", "required", "calculate", "readonly", "appearance", "count")},
    "constraintmsg": "constraint_message",
    "requiredmsg": "required_message",
}
"""What the forms of the first years called their columns: `bind:relevant`, `bind::jr:constraintMsg`."""
_CODE = re.compile(r"(.*)\(\s*([A-Za-z][\w-]*)\s*\)\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds. `language` is empty where the header names none; None where it names one nobody knows."""

    index: int
    field: str
    language: str | None = ""
    tongue: str = ""


def columns_of(headers: tuple[str, ...]) -> list[Column]:
    """The columns that have a header."""
    return [column_of(n, header) for n, header in enumerate(headers) if header]


def column_of(index: int, header: str) -> Column:
    attribute = _ATTRIBUTE.match(header.strip())
    if attribute and attribute[1].lower() in _ATTRIBUTES:
        header = _ATTRIBUTES[attribute[1].lower()] + header.strip()[attribute.end() :]
    old = _OLD_STYLE.fullmatch(header.strip())
    first, *rest = old.groups() if old else [part.strip() for part in header.split("::")]
    field = field_of(first)
    if field == "media" and rest:
        inner = re.split(r"::?", rest[0], maxsplit=1)
        field, rest = f"media::{field_of(inner[0]).removeprefix(_MEDIA)}", [*inner[1:], *rest[1:]]
    if not rest or not rest[0]:
        return Column(index, field)
    code, tongue = language_named("::".join(rest))
    return Column(index, field, code, tongue)


def field_of(words: str) -> str:
    """The name of a field, however it was spelled."""
    name = re.sub(r"\s+", "_", words.strip().lower())
    return _ALIASES.get(name, name)


def language_named(words: str) -> tuple[str | None, str]:
    """`English (en)` -> en, English. The code is None where nobody can tell which language is meant."""
    match = _CODE.fullmatch(words)
    if match:
        return code_of(match[2]), match[1].strip()
    return code_of(words), "" if code_of(words) == words.strip() else words.strip()
