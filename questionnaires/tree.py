"""YAML as a tree that knows its lines, with nothing interpreted.

A questionnaire is data from people we may not know. So the reader takes only the plain part of YAML (mappings, lists,
words), refuses aliases, tags and second documents, and stops at once at files that are too big, too deep or have too
many parts, before anything is built from them. A scalar stays the words that were written: `no` is the word "no", never
a truth value. Every node keeps its line, so that a fault can say where it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml
from yaml import events

from questionnaires.faults import Fault, shown

LARGEST_FILE = 128 * 1024
DEEPEST = 12
MOST_NODES = 5_000

_Loader: type[yaml.SafeLoader] | type[yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Scalar:
    """Words as written; `quoted` tells `"null"` from `null`."""

    line: int
    words: str
    quoted: bool

    @property
    def empty(self) -> bool:
        return not self.quoted and self.words in ("", "~", "null")


@dataclass(slots=True)
class Sequence:
    """A list."""

    line: int
    nodes: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Mapping:
    """Named fields in their order, with the line of each name."""

    line: int
    fields: dict[str, Node] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)


Node = Scalar | Sequence | Mapping


class Refused(Exception):
    """The bytes are no tree at all; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(str(fault))


def read_tree(file: str, data: bytes) -> tuple[Mapping, list[Fault]]:
    """The tree of a file and the faults that do not stop its reading. Refused if there is no tree to speak of."""
    if len(data) > LARGEST_FILE:
        raise _refusal(file, 1, "too_big", f"{len(data)} bytes", f"keep it below {LARGEST_FILE} bytes")
    try:
        words = data.decode("utf-8-sig")
    except UnicodeDecodeError as reason:
        line = data.count(b"\n", 0, reason.start) + 1
        raise _refusal(file, line, "not_utf8", "a sign that is not UTF-8", "save the file as UTF-8") from reason
    builder = _Builder(file)
    try:
        for event in _events(words):
            builder.take(event)
    except yaml.MarkedYAMLError as reason:
        mark = reason.problem_mark or reason.context_mark
        line = mark.line + 1 if mark else 1
        remedy = "check spaces, colons and quotes on this line and the one above"
        raise _refusal(file, line, "not_yaml", str(reason.problem or reason.context), remedy) from reason
    except yaml.YAMLError as reason:
        line = words.count("\n", 0, getattr(reason, "position", 0)) + 1
        wrong = f"{getattr(reason, 'reason', None) or 'it cannot be read'}"
        raise _refusal(file, line, "not_yaml", wrong, "remove signs that cannot be shown") from reason
    if not isinstance(builder.root, Mapping):
        raise _refusal(file, 1, "not_fields", "the file does not hold named fields", "begin with `key: ...`")
    return builder.root, builder.faults


def _events(words: str) -> Iterator[events.Event]:
    loader = _Loader(words)
    try:
        while (event := loader.get_event()) is not None:
            yield event
    finally:
        loader.dispose()


def _refusal(file: str, line: int, code: str, wrong: str, mend: str) -> Refused:
    return Refused(Fault(file, line, code, wrong, mend))


class _Builder:
    """Builds the tree from events, one at a time, and stops at the first that no questionnaire needs."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Node | None = None
        self.faults: list[Fault] = []
        self._open: list[Sequence | Mapping] = []
        self._names: list[tuple[str, int] | None] = []
        self._nodes = 0
        self._documents = 0

    def take(self, event: events.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, events.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise self._refuse(line, "one_document", "a second document begins", "keep one questionnaire a file")
        elif isinstance(event, events.AliasEvent) or getattr(event, "anchor", None):
            raise self._refuse(line, "alias", "an anchor (&) or alias (*)", "write the words out where they are needed")
        elif getattr(event, "tag", None):
            raise self._refuse(line, "tag", "a tag (!)", "remove it: everything here is words")
        elif isinstance(event, events.ScalarEvent):
            self._scalar(event, line)
        elif isinstance(event, events.CollectionStartEvent):
            self._begin(Mapping(line) if isinstance(event, events.MappingStartEvent) else Sequence(line))
        elif isinstance(event, events.CollectionEndEvent):
            self._open.pop()
            self._names.pop()

    def _scalar(self, event: events.ScalarEvent, line: int) -> None:
        parent = self._open[-1] if self._open else None
        if isinstance(parent, Mapping) and self._names[-1] is None:
            self._names[-1] = (event.value, line)
        else:
            self._place(Scalar(line, event.value, event.style is not None and event.style != ""))

    def _begin(self, node: Sequence | Mapping) -> None:
        if len(self._open) >= DEEPEST:
            raise self._refuse(node.line, "too_deep", f"more than {DEEPEST} levels", "put the parts side by side")
        if self._open and isinstance(self._open[-1], Mapping) and self._names[-1] is None:
            raise self._refuse(node.line, "bad_name", "the name of a field is not a word", "write `name: value`")
        self._place(node)
        self._open.append(node)
        self._names.append(None)

    def _place(self, node: Node) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise self._refuse(node.line, "too_many", f"more than {MOST_NODES} parts", "divide the questionnaire")
        parent = self._open[-1] if self._open else None
        if parent is None:
            self.root = node
        elif isinstance(parent, Sequence):
            parent.nodes.append(node)
        else:
            self._name(parent, node)

    def _name(self, parent: Mapping, node: Node) -> None:
        name, line = self._names[-1] or ("", node.line)
        self._names[-1] = None
        if name in parent.fields:
            wrong = f"{shown(name)} stands here a second time (first in line {parent.lines[name]})"
            self.faults.append(Fault(self.file, line, "duplicate_field", wrong, "keep one of the two"))
            return
        parent.fields[name], parent.lines[name] = node, line

    def _refuse(self, line: int, code: str, wrong: str, mend: str) -> Refused:
        return _refusal(self.file, line, code, wrong, mend)
