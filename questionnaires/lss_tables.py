"""The tables inside a LimeSurvey file, within limits.

A `.lss` file is XML: a list of tables, each with rows, each with fields. It is read as a stream that stops at the first
document type (so that no entity can repeat itself), at too many parts and at any depth that the format does not have.
Old files carry the words in the rows themselves, a row a language; newer ones keep them in tables of their own. Both
become the same here.
"""

from __future__ import annotations

import html
import io
import re
from dataclasses import dataclass, field

from defusedxml.ElementTree import iterparse

from questionnaires.imported import Unreadable, unreadable
from questionnaires.tongues import code_of

LARGEST_FILE = 4 * 1024 * 1024
MOST_PARTS, MOST_ROWS, DEEPEST = 200_000, 3000, 8
Row = dict[str, str]
Words = dict[str, str]

_TAG = re.compile(r"<(/?)([a-zA-Z!][a-zA-Z0-9]{0,20})[^<>]*>")
_APART = frozenset({"br", "p", "li", "div", "ul", "ol", "tr", "td", "h1", "h2", "h3"})
_HIDDEN = frozenset({"script", "style"})
PICTURE = re.compile(r"<\s*(?:img|audio|video|iframe|object|embed|svg)\b", re.IGNORECASE)


@dataclass(slots=True)
class Survey:
    """The tables of a file, by name."""

    kind: str = ""
    tables: dict[str, list[Row]] = field(default_factory=dict)
    _index: dict[tuple[str, str], dict[str, list[Row]]] = field(default_factory=dict)

    def rows(self, name: str) -> list[Row]:
        return self.tables.get(name, [])

    def of(self, name: str, column: str, value: str) -> list[Row]:
        """The rows of a table with this value; looked up, not searched for: a file may have thousands of each."""
        if (name, column) not in self._index:
            index: dict[str, list[Row]] = {}
            for row in self.rows(name):
                index.setdefault(row.get(column, ""), []).append(row)
            self._index[name, column] = index
        return self._index[name, column].get(value, [])


def in_order(rows: list[Row], key: str, order: str) -> list[Row]:
    """One row for each thing, whatever the number of languages, in the order of the survey."""
    first: dict[str, Row] = {}
    for row in rows:
        first.setdefault(row.get(key, ""), row)
    return sorted(first.values(), key=lambda row: _number(row.get(order, "")))


def words_of(rows: list[Row], column: str) -> Words:
    """What a thing is called in each language; plain words, without tags."""
    found: Words = {}
    for row in rows:
        if plain(row.get(column, "")):
            found.setdefault(language(row.get("language", "")), plain(row[column]))
    return found


def language(code: str) -> str:
    """A code of theirs (`de-informal`, `pt-BR`) as one of ours; a code nobody knows stays as it is, to be named."""
    code = code.removesuffix("-informal").removesuffix("-easy")
    return code_of(code) or code_of(code.split("-")[0]) or code


def tables(data: bytes, file: str) -> Survey:
    """The tables of a .lss file. Raises Unreadable."""
    if len(data) > LARGEST_FILE:
        raise unreadable(file, "too_big", f"{len(data)} bytes", f"keep it below {LARGEST_FILE} bytes")
    try:
        survey = _read(data, file)
    except Unreadable:
        raise
    except Exception as reason:  # a damaged file, a document type, an encoding nobody knows: all end the reading
        wrong = f"it cannot be read as XML ({type(reason).__name__})"
        raise unreadable(file, "not_xml", wrong, "export the survey structure (.lss) from LimeSurvey again") from reason
    if max(len(survey.rows("questions")), len(survey.rows("subquestions"))) > MOST_ROWS:
        raise unreadable(file, "too_big", f"more than {MOST_ROWS} questions", "divide the survey")
    if survey.kind != "Survey":
        wrong = f"it holds {survey.kind[:40] or 'no survey'}"
        raise unreadable(file, "not_a_survey", wrong, "export the survey structure (.lss) from LimeSurvey")
    return survey


def _read(data: bytes, file: str) -> Survey:
    survey, path, count = Survey(), list[str](), 0
    row: Row = {}
    for event, element in iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True):
        if event == "start":
            count += 1
            path.append(str(element.tag))
            if count > MOST_PARTS or len(path) > DEEPEST:
                raise unreadable(file, "too_big", "more parts than a survey has", "divide the survey")
            continue
        tag = path.pop()
        if len(path) == 4 and path[2:] == ["rows", "row"]:
            row[tag] = (element.text or "").strip()
        elif tag == "row" and len(path) == 3:
            survey.tables.setdefault(path[1], []).append(row)
            row = {}
        elif tag == "LimeSurveyDocType":
            survey.kind = (element.text or "").strip()
        if len(path) < 5:
            element.clear()
    return survey


def plain(words: str) -> str:
    """Words without their tags, in one pass: what is set apart by a break stays apart, scripts are gone."""
    said: list[str] = []
    hidden, at = "", 0
    for match in _TAG.finditer(words):
        closes, name = match[1], match[2].lower()
        if not hidden:
            said.append(words[at : match.start()] + (" " if name in _APART else ""))
        at = match.end()
        if name in _HIDDEN:
            hidden = "" if closes and name == hidden else hidden or name
    said.append("" if hidden else words[at:])
    return re.sub(r"\s+", " ", html.unescape("".join(said))).strip()


def _number(words: str) -> int:
    return int(words) if re.fullmatch(r"[0-9]{1,9}", words) else 0
