"""What each byte of a stored answer means.

A response is one row of codes. The codebook lists the columns of the row in order: first what describes the answering
(language, version, mode, help, respondent), then the items. A column is one byte wide, or two (big-endian) for a
number; an item with several answers has a column for each option, one with things to sort a column for each thing, one
with things to put in order the place of each. What is not answered with a code (a statement, a box for words) has no
column at all. The highest codes stand for the four ways of having
no answer, which are never mixed up with each other or with an answer. The same columns are the header of the CSV and
the dictionary of the SPSS file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from questionnaires.instrument import (
    DONT_KNOW,
    LEFT_BLANK,
    NOT_ASKED,
    RATHER_NOT,
    RESPONDENTS,
    Instrument,
    Item,
    Kind,
    Option,
    Part,
    Text,
)
from questionnaires.kinds import VERSIONS

Answer = str | int | tuple[str, ...]
Answers = Mapping[str, Answer]

BYTE_ABSENCES: Mapping[int, str] = MappingProxyType({252: RATHER_NOT, 253: DONT_KNOW, 254: LEFT_BLANK, 255: NOT_ASKED})
NUMBER_ABSENCES: Mapping[int, str] = MappingProxyType({65280 + code: name for code, name in BYTE_ABSENCES.items()})
_BYTE_CODES = {name: code for code, name in BYTE_ABSENCES.items()}
_NUMBER_CODES = {name: code for code, name in NUMBER_ABSENCES.items()}
CHOSEN: Mapping[int, Text] = MappingProxyType({0: {"en": "not chosen"}, 1: {"en": "chosen"}})

MODES = ("own", "shared", "paper")
HEAD = ("language", "version", "mode", "helped", "respondent")

ColumnKind = Literal["head"] | Kind


@dataclass(frozen=True, slots=True)
class Head:
    """How a row was answered: the words that were read, the device, whether someone helped, who answered."""

    language: str
    version: str = "standard"
    mode: str = "own"
    helped: bool = False
    respondent: str = "young_person"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `labels` are the codes that are answers, `absences` those that are not."""

    name: str
    item: Item | None
    option: Option | None
    kind: ColumnKind
    width: int
    offset: int
    labels: Mapping[int, Text]
    absences: Mapping[int, str]
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class Codebook:
    """The ordered columns of one version of an instrument."""

    instrument: Instrument
    columns: tuple[Column, ...]
    row_length: int

    @classmethod
    def of(cls, instrument: Instrument) -> Codebook:
        """The codebook of this instrument; the same instrument always gives the same one."""
        columns: list[Column] = []
        offset = 0
        drafts = [*_head_columns(instrument), *(one for item in instrument.items for one in COLUMNS[item.kind](item))]
        for draft in drafts:
            columns.append(replace(draft, offset=offset))
            offset += draft.width
        return cls(instrument, tuple(columns), offset)

    def column(self, name: str) -> Column:
        """The column with this name; KeyError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def encode(self, answers: Answers, head: Head) -> bytes:
        """The row of these answers. An item without an answer was not asked. ValueError if an answer does not fit."""
        unknown = set(answers) - {item.key for item in self.instrument.items}
        if unknown:
            raise ValueError(f"answers to no item of this questionnaire: {sorted(unknown)}")
        row = bytes(_head_codes(self.columns, head))
        return row + b"".join(
            ENCODERS[item.kind](item, answers.get(item.key, NOT_ASKED)) for item in self.instrument.items
        )

    def decode(self, row: bytes) -> tuple[Head, dict[str, Answer]]:
        """How the row was answered, and an answer or an absence for every item. ValueError if it is no such row."""
        if len(row) != self.row_length:
            raise ValueError(f"a row of {len(row)} bytes where {self.row_length} belong")
        head = _head_of(self.columns, row)
        answers: dict[str, Answer] = {}
        start = len(HEAD)
        for item in self.instrument.items:
            end = start + sum(column.width for column in COLUMNS[item.kind](item))
            answers[item.key] = DECODERS[item.kind](item, row[start:end])
            start = end
        return head, answers


def _head_columns(instrument: Instrument) -> Iterator[Column]:
    languages = [language.code for language in instrument.languages]
    meanings = (languages, VERSIONS, MODES, ("no", "yes"), RESPONDENTS)
    for name, words in zip(HEAD, meanings, strict=True):
        labels = {code: {"en": word} for code, word in enumerate(words)}
        yield Column(name, None, None, "head", 1, 0, labels, {})


def _head_codes(columns: Sequence[Column], head: Head) -> Iterator[int]:
    values = (head.language, head.version, head.mode, "yes" if head.helped else "no", head.respondent)
    for column, value in zip(columns, values, strict=False):
        known = {words["en"]: code for code, words in column.labels.items()}
        if value not in known:
            raise ValueError(f"{column.name} cannot be {value!r}")
        yield known[value]


def _head_of(columns: Sequence[Column], row: bytes) -> Head:
    for column, code in zip(columns[: len(HEAD)], row, strict=False):
        if code not in column.labels:
            raise ValueError(f"code {code} has no meaning in column {column.name}")
    language, version, mode, helped, respondent = (
        column.labels[code]["en"] for column, code in zip(columns[: len(HEAD)], row, strict=False)
    )
    return Head(language, version, mode, helped == "yes", respondent)


def _possible(item: Item, names: Mapping[int, str]) -> dict[int, str]:
    """The absences this item can have: what it offers, and always left blank and not asked."""
    return {code: name for code, name in names.items() if name in (*item.absences, LEFT_BLANK, NOT_ASKED)}


def _one_columns(item: Item) -> list[Column]:
    labels = {option.code: option.label for option in item.options}
    return [Column(item.key, item, None, item.kind, 1, 0, labels, _possible(item, BYTE_ABSENCES))]


def _several_columns(item: Item) -> list[Column]:
    absences = _possible(item, BYTE_ABSENCES)
    return [Column(f"{item.key}.{one.key}", item, one, item.kind, 1, 0, CHOSEN, absences) for one in item.options]


def _number_columns(item: Item) -> list[Column]:
    return [Column(item.key, item, None, "number", 2, 0, {}, _possible(item, NUMBER_ABSENCES))]


def _parts_columns(item: Item) -> list[Column]:
    labels = {option.code: option.label for option in item.options}
    absences = _possible(item, BYTE_ABSENCES)
    return [Column(f"{item.key}.{one.key}", item, None, item.kind, 1, 0, labels, absences, one) for one in item.parts]


def _order_columns(item: Item) -> list[Column]:
    places = {n: {"en": f"place {n}"} for n in range(1, len(item.options) + 1)}
    absences = _possible(item, BYTE_ABSENCES)
    return [Column(f"{item.key}.{one.key}", item, one, item.kind, 1, 0, places, absences) for one in item.options]


def _no_columns(item: Item) -> list[Column]:
    return []


def _absence_code(item: Item, answer: Answer, codes: Mapping[str, int]) -> int | None:
    """The code of this answer if it is an absence; ValueError if the item does not offer it."""
    if not isinstance(answer, str) or answer not in codes:
        return None
    if answer in (DONT_KNOW, RATHER_NOT) and answer not in item.absences:
        raise ValueError(f"{item.key} does not offer {answer}")
    return codes[answer]


def _encode_one(item: Item, answer: Answer) -> bytes:
    code = _absence_code(item, answer, _BYTE_CODES)
    if code is None:
        code = next((option.code for option in item.options if option.key == answer), None)
    if code is None:
        raise ValueError(f"{item.key} cannot be answered {answer!r}")
    return bytes([code])


def _encode_several(item: Item, answer: Answer) -> bytes:
    absent = _absence_code(item, answer, _BYTE_CODES)
    if absent is not None:
        return bytes([absent]) * len(item.options)
    if not isinstance(answer, tuple) or not answer or not set(answer) <= {option.key for option in item.options}:
        raise ValueError(f"{item.key} cannot be answered {answer!r}")
    return bytes(option.key in answer for option in item.options)


def _encode_number(item: Item, answer: Answer) -> bytes:
    code = _absence_code(item, answer, _NUMBER_CODES)
    if code is None and isinstance(answer, int) and not isinstance(answer, bool) and _in_range(item, answer):
        code = answer
    if code is None:
        raise ValueError(f"{item.key} cannot be answered {answer!r}")
    return code.to_bytes(2)


def _encode_parts(item: Item, answer: Answer) -> bytes:
    """A box for each part, in their order; the whole may only be left blank, or not be asked."""
    if answer in (NOT_ASKED, LEFT_BLANK):
        return bytes([_BYTE_CODES[str(answer)]]) * len(item.parts)
    if not isinstance(answer, tuple) or len(answer) != len(item.parts) or NOT_ASKED in answer:
        raise ValueError(f"{item.key} cannot be answered {answer!r}")
    return b"".join(_encode_one(item, one) for one in answer)


def _encode_order(item: Item, answer: Answer) -> bytes:
    absent = _absence_code(item, answer, _BYTE_CODES)
    if absent is not None:
        return bytes([absent]) * len(item.options)
    keys = [option.key for option in item.options]
    if not isinstance(answer, tuple) or sorted(answer) != sorted(keys):
        raise ValueError(f"{item.key} cannot be answered {answer!r}")
    return bytes(answer.index(key) + 1 for key in keys)


def _encode_nothing(item: Item, answer: Answer) -> bytes:
    if answer != NOT_ASKED:
        raise ValueError(f"{item.key} cannot be answered {answer!r}")
    return b""


def _decode_one(item: Item, codes: bytes) -> Answer:
    absences = _possible(item, BYTE_ABSENCES)
    if codes[0] in absences:
        return absences[codes[0]]
    for option in item.options:
        if option.code == codes[0]:
            return option.key
    raise ValueError(f"code {codes[0]} has no meaning in column {item.key}")


def _decode_several(item: Item, codes: bytes) -> Answer:
    absences = _possible(item, BYTE_ABSENCES)
    if codes[0] in absences and set(codes) == {codes[0]}:
        return absences[codes[0]]
    if set(codes) <= set(CHOSEN) and any(codes):
        return tuple(option.key for option, code in zip(item.options, codes, strict=True) if code)
    raise ValueError(f"codes {list(codes)} have no meaning in the columns of {item.key}")


def _decode_parts(item: Item, codes: bytes) -> Answer:
    whole = {_BYTE_CODES[NOT_ASKED], _BYTE_CODES[LEFT_BLANK]}
    if len(set(codes)) == 1 and codes[0] in whole:
        return BYTE_ABSENCES[codes[0]]
    if _BYTE_CODES[NOT_ASKED] in codes:
        raise ValueError(f"codes {list(codes)} have no meaning in the columns of {item.key}")
    return tuple(str(_decode_one(item, codes[n : n + 1])) for n in range(len(codes)))


def _decode_order(item: Item, codes: bytes) -> Answer:
    absences = _possible(item, BYTE_ABSENCES)
    if codes[0] in absences and set(codes) == {codes[0]}:
        return absences[codes[0]]
    if sorted(codes) != list(range(1, len(item.options) + 1)):
        raise ValueError(f"codes {list(codes)} are no order of the options of {item.key}")
    return tuple(option.key for _, option in sorted(zip(codes, item.options, strict=True), key=lambda one: one[0]))


def _decode_nothing(item: Item, codes: bytes) -> Answer:
    return NOT_ASKED


def _decode_number(item: Item, codes: bytes) -> Answer:
    code, absences = int.from_bytes(codes), _possible(item, NUMBER_ABSENCES)
    if code in absences:
        return absences[code]
    if not _in_range(item, code):
        raise ValueError(f"{code} is out of the range of {item.key}")
    return code


def _in_range(item: Item, number: int) -> bool:
    return item.minimum is not None and item.maximum is not None and item.minimum <= number <= item.maximum


COLUMNS: Mapping[Kind, Callable[[Item], list[Column]]] = {
    "one": _one_columns,
    "several": _several_columns,
    "faces": _one_columns,
    "number": _number_columns,
    "scale": _one_columns,
    "steps": _one_columns,
    "traffic": _one_columns,
    "sort": _parts_columns,
    "rank": _order_columns,
    "support": _several_columns,
    "goals": _parts_columns,
    "statement": _no_columns,
    "text": _no_columns,
}
ENCODERS: Mapping[Kind, Callable[[Item, Answer], bytes]] = {
    "one": _encode_one,
    "several": _encode_several,
    "faces": _encode_one,
    "number": _encode_number,
    "scale": _encode_one,
    "steps": _encode_one,
    "traffic": _encode_one,
    "sort": _encode_parts,
    "rank": _encode_order,
    "support": _encode_several,
    "goals": _encode_parts,
    "statement": _encode_nothing,
    "text": _encode_nothing,
}
DECODERS: Mapping[Kind, Callable[[Item, bytes], Answer]] = {
    "one": _decode_one,
    "several": _decode_several,
    "faces": _decode_one,
    "number": _decode_number,
    "scale": _decode_one,
    "steps": _decode_one,
    "traffic": _decode_one,
    "sort": _decode_parts,
    "rank": _decode_order,
    "support": _decode_several,
    "goals": _decode_parts,
    "statement": _decode_nothing,
    "text": _decode_nothing,
}
