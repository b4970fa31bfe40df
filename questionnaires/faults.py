"""Everything wrong with a questionnaire, at once.

A person who mends a file wants the whole list, each entry with its line and its remedy. Rules that look at a built
instrument do not know lines; they name a place (the path of fields that leads to the fault) and the reader of files
turns the place into a line.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and how to mend it. `line` is 0 where no file is involved."""

    file: str
    line: int
    code: str
    wrong: str
    mend: str
    place: Place = ()

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else spoken(self.place)
        return f"{where}: {self.code}: {self.wrong}: {self.mend}"


class InstrumentFaults(ValueError):
    """A questionnaire that cannot be used as it stands; `faults` lists every reason."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def fault(place: Place, code: str, wrong: str, mend: str) -> Fault:
    """A fault that knows its place but not yet its file and line."""
    return Fault("", 0, code, wrong, mend, place)


def warn(place: Place, code: str, wrong: str, mend: str) -> Fault:
    """Something that a person should look at again; unlike a fault it stops nothing."""
    return Fault("", 0, code, wrong, mend, place)


def shown(value: object) -> str:
    """A value from a file as it may be printed: cut short, and with nothing that moves a terminal's cursor."""
    words = str(value)
    return repr(words if len(words) <= 60 else words[:57] + "...")


def listed(words: Iterable[str]) -> str:
    """Words for a remedy: `one, two or three`."""
    *most, last = list(words) or ["nothing"]
    return f"{', '.join(most)} or {last}" if most else last


def spoken(place: Place) -> str:
    """A place in words: `pages.1.items.3`, counted from 1 as people count."""
    return ".".join(str(step + 1 if isinstance(step, int) else step) for step in place) or "the file"


MOST_GUESSES = 10
"""Faults with a guess at what was meant; whoever has more of them has the wrong file, and each guess takes a moment."""


def meant(name: str, known: Iterable[str], otherwise: str, before: str = "") -> str:
    """A remedy for a name nobody knows: the nearest known one, if there is one, with what stands before it in its place."""
    near = difflib.get_close_matches(name[:80], sorted(known), n=1)
    return f"did you mean {before}{near[0]}?" if near else otherwise
