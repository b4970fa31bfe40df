"""A translation: a second file beside the questionnaire, with the same texts under the same keys.

It begins with `key` and `version` of the questionnaire that it translates, `language`, the language's own `name`, its
`direction` and who `checked` it (empty while nobody has: then it is a draft that is never opened to children). After
that come `title`, `intro`, `pages` (page key: words) and `items` (item key: text, hint, unit, statement, and `options`
by their keys). What is missing is shown in English; what translates nothing is a fault.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import cast

from questionnaires import tree
from questionnaires.faults import MOST_GUESSES, Fault, Place, meant, shown
from questionnaires.instrument import Direction, Language

_NEEDED = ("key", "version", "language", "name", "direction", "checked")
_TEXTS = ("title", "intro", "pages", "items")


@dataclass(slots=True)
class Translation:
    """The words of one language: path in the file -> (words, line); `used` are those that found their text."""

    file: str
    language: Language
    words: dict[Place, tuple[str, int]]
    lines: dict[str, int]
    used: set[Place] = field(default_factory=set)

    def marks(self) -> dict[Place, tuple[str, int]]:
        """Where the facts about the language stand."""
        lines = {("code" if name == "language" else name,): line for name, line in self.lines.items()}
        return {(): (self.file, 1)} | {place: (self.file, line) for place, line in lines.items()}

    def unused(self, known: Iterable[Place]) -> Iterator[Fault]:
        """A fault for each text that translates nothing, with the name that was perhaps meant."""
        below: dict[Place, set[str]] = {}
        for path in known:
            for n, step in enumerate(path):
                below.setdefault(path[:n], set()).add(str(step))
        idle = ((path, line) for path, (_, line) in self.words.items() if path not in self.used)
        for n, (path, line) in enumerate(idle):
            wrong = f"{shown(_name(path))} is no text of the questionnaire"
            mend = _remedy(path, below) if n < MOST_GUESSES else "remove it"
            yield Fault(self.file, line, "translates_nothing", wrong, mend)


def translation_of(file: str, data: bytes, source: tree.Mapping | None) -> tuple[Translation, list[Fault]]:
    """The translation in these bytes, and its faults. tree.Refused if there is nothing to read."""
    root, faults = tree.read_tree(file, data)
    for name in _NEEDED:
        if name not in root.fields:
            faults.append(Fault(file, 1, "missing_field", f"the translation has no {name}", f"add `{name}:`"))
    for name, line in root.lines.items():
        if name not in (*_NEEDED, *_TEXTS):
            mend = meant(name, (*_NEEDED, *_TEXTS), "remove it") if len(faults) < MOST_GUESSES else "remove it"
            faults.append(Fault(file, line, "unknown_field", f"{shown(name)} is not a field of a translation", mend))
    faults += _of_another(file, root, source)
    checked = root.fields.get("checked")
    code = _words(root.fields.get("language"))
    language = Language(
        code=code,
        name=_words(root.fields.get("name")) or code,
        direction=cast(Direction, _words(root.fields.get("direction")) or "ltr"),
        checked=None if not isinstance(checked, tree.Scalar) or checked.empty else checked.words,
    )
    held = [(name, node) for name, node in root.fields.items() if name in _TEXTS]
    words = {path: (leaf.words.strip(), leaf.line) for name, node in held for path, leaf in _leaves((name,), node)}
    return Translation(file, language, words, root.lines), faults


def _of_another(file: str, root: tree.Mapping, source: tree.Mapping | None) -> Iterator[Fault]:
    """Words of another questionnaire or version must not slip under the questions of this one."""
    for name in ("key", "version"):
        own, theirs = root.fields.get(name), source.fields.get(name) if source else None
        if own is not None and theirs is not None and _words(own) != _words(theirs):
            wrong = f"{name} is {shown(_words(own))}, in the questionnaire {shown(_words(theirs))}"
            remedy = "bring the translation up to date, then its number"
            yield Fault(file, own.line, "translates_another", wrong, remedy)


def _remedy(path: Place, below: dict[Place, set[str]]) -> str:
    """The guess is made at the first step that leads nowhere, among the few that lead on from there."""
    for n, step in enumerate(path):
        there = below.get(path[:n], set())
        if str(step) not in there:
            return meant(str(step), there, "remove it", before=_name((*path[:n], "")))
    return "remove it"


def _leaves(path: Place, node: tree.Node) -> Iterator[tuple[Place, tree.Scalar]]:
    """Every text under a node, with its path."""
    if isinstance(node, tree.Scalar):
        if not node.empty:
            yield path, node
    elif isinstance(node, tree.Sequence):
        for n, one in enumerate(node.nodes):
            yield from _leaves((*path, n), one)
    else:
        for name, one in node.fields.items():
            yield from _leaves((*path, name), one)


def _words(node: tree.Node | None) -> str:
    return node.words.strip() if isinstance(node, tree.Scalar) else ""


def _name(path: Place) -> str:
    return ".".join(map(str, path))
