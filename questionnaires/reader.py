"""Nodes of a file into values, with every fault noted and every line remembered.

A `Reader` never stops at a fault: it notes it and goes on with an empty value of the right type, so that one reading
finds everything. `marks` remembers which line each place came from; rules that run later speak of places only. A
translation is a second file of the same shape whose words are looked up while the first is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import TypeVar

from questionnaires.faults import MOST_GUESSES, Fault, Place, listed, meant, shown, spoken
from questionnaires.instrument import Text
from questionnaires.translations import Translation
from questionnaires.tree import Mapping, Node, Scalar, Sequence

_WHOLE = re.compile(r"-?[0-9]{1,9}")
_DECIMAL = re.compile(r"-?[0-9]{1,6}(\.[0-9]{1,6})?")
_EMPTY = Mapping(0)
_T = TypeVar("_T")


class Reader:
    """Reads the nodes of one file."""

    def __init__(self, file: str, translations: Iterable[Translation] = ()) -> None:
        self.file = file
        self.translations = tuple(translations)
        self.faults: list[Fault] = []
        self.marks: dict[Place, tuple[str, int]] = {(): (file, 1)}
        self.paths: list[Place] = []
        self._noted: set[Place] = set()

    def note(self, line: int, place: Place, code: str, wrong: str, mend: str) -> None:
        """Note a fault; rules that come later are silent about this place."""
        self.faults.append(Fault(self.file, line, code, wrong, mend, place))
        self._noted.add(place)

    def fields(self, node: Node, place: Place, needed: str, allowed: str = "") -> Mapping:
        """The named fields of a node: unknown ones and missing ones are faults."""
        self.marks.setdefault(place, (self.file, node.line))
        if not isinstance(node, Mapping):
            wrong = f"{spoken(place)} is not named fields"
            self.note(node.line, place, "wrong_shape", wrong, "write `name: value` lines")
            return _EMPTY
        known = needed.split() + allowed.split()
        remedy = f"use {listed(known)}"
        for name, line in node.lines.items():
            if name in known:
                self.marks[(*place, name)] = (self.file, line)
            else:
                wrong = f"{shown(name)} is not a field of {spoken(place)}"
                mend = meant(name, known, remedy) if len(self.faults) < MOST_GUESSES else remedy
                self.note(line, (*place, name), "unknown_field", wrong, mend)
        for name in needed.split():
            if name not in node.fields:
                wrong = f"{spoken(place)} has no {name}"
                self.note(node.line, (*place, name), "missing_field", wrong, f"add `{name}:`")
        return node

    def nodes(self, node: Node | None, place: Place) -> list[Node]:
        """The entries of a list."""
        if node is None or (isinstance(node, Scalar) and node.empty):
            return []
        if not isinstance(node, Sequence):
            self.note(node.line, place, "wrong_shape", f"{spoken(place)} is not a list", "write `- ` before each entry")
            return []
        for n, entry in enumerate(node.nodes):
            self.marks[(*place, n)] = (self.file, entry.line)
        return node.nodes

    def words(self, node: Node | None, place: Place) -> str:
        """Words, as written. Empty where there are none."""
        if node is None:
            return ""
        if not isinstance(node, Scalar):
            self.note(node.line, place, "wrong_shape", f"{spoken(place)} is not a text", "write it on one line")
            return ""
        return node.words.strip()

    def some_words(self, node: Node | None, place: Place) -> str | None:
        """Words, or None where the field is absent or empty."""
        return None if node is None or (isinstance(node, Scalar) and node.empty) else self.words(node, place)

    def whole(self, node: Node | None, place: Place, default: int = 0) -> int:
        """A whole number."""
        if node is None:
            return default
        words = self.words(node, place)
        if isinstance(node, Scalar) and not _WHOLE.fullmatch(words):
            wrong = f"{shown(words)} is not a whole number"
            self.note(node.line, place, "not_a_number", wrong, "write digits only")
        return int(words) if _WHOLE.fullmatch(words) else default

    def some_whole(self, node: Node | None, place: Place) -> int | None:
        """A whole number, or None where the field is absent or empty."""
        return None if node is None or (isinstance(node, Scalar) and node.empty) else self.whole(node, place)

    def decimal(self, node: Node | None, place: Place) -> Fraction:
        """A number with or without a point, kept exact: 6.60 is 33/5."""
        words = self.words(node, place)
        if _DECIMAL.fullmatch(words):
            return Fraction(words)
        if isinstance(node, Scalar):
            self.note(node.line, place, "not_a_number", f"{shown(words)} is not a number", "write 7 or 6.60")
        return Fraction(0)

    def truth(self, node: Node | None, place: Place) -> bool:
        """True or false; false where the field is absent."""
        words = self.words(node, place)
        if isinstance(node, Scalar) and words not in ("true", "false"):
            self.note(node.line, place, "not_true_or_false", f"{shown(words)} is neither", "write true or false")
        return words == "true"

    def many(self, node: Node | None, place: Place) -> tuple[str, ...]:
        """A list of words."""
        return tuple(self.words(one, (*place, n)) for n, one in enumerate(self.nodes(node, place)))

    def pair(self, node: Node | None, place: Place) -> tuple[int, int]:
        """A list of two whole numbers."""
        nodes = self.nodes(node, place)
        if isinstance(node, Sequence) and len(nodes) != 2:
            self.note(node.line, place, "wrong_shape", f"{spoken(place)} holds {len(nodes)} numbers", "write [8, 11]")
        numbers = [self.whole(one, (*place, n)) for n, one in enumerate(nodes)]
        return (numbers[0], numbers[1]) if len(numbers) == 2 else (0, 0)

    def each(self, node: Node | None, place: Place, read: Callable[[Node, Place], _T]) -> tuple[_T, ...]:
        """A list, each entry read by `read`."""
        return tuple(read(one, (*place, n)) for n, one in enumerate(self.nodes(node, place)))

    def text(self, node: Node | None, place: Place, path: Place) -> Text:
        """Words in English, and in every translation that has this path."""
        return {"en": self.words(node, place)} | self.told(place, path)

    def told(self, place: Place, path: Place) -> dict[str, str]:
        """What each translation says under this path, by its language."""
        words: dict[str, str] = {}
        self.paths.append(path)
        for translation in self.translations:
            if path in translation.words:
                translated, line = translation.words[path]
                translation.used.add(path)
                words[translation.language.code] = translated
                self.marks[(*place, translation.language.code)] = (translation.file, line)
        return words

    def some_text(self, node: Node | None, place: Place, path: Place) -> Text | None:
        """Words in every language, or None where the field is absent or empty."""
        return None if node is None or (isinstance(node, Scalar) and node.empty) else self.text(node, place, path)

    def located(self, fault: Fault) -> Fault | None:
        """A rule's fault with its file and line; None if something here was already found wrong by the reader."""
        if any(fault.place[:n] in self._noted for n in range(1, len(fault.place) + 1)):
            return None
        place = fault.place
        while place not in self.marks:
            place = place[:-1]
        file, line = self.marks[place]
        return Fault(file, line, fault.code, fault.wrong, fault.mend, fault.place)
