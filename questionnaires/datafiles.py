"""Data beside the questionnaires, read with the same care.

A framework of outcomes, the key of a published measure and an organisation's permission to use one are YAML files as a
questionnaire is: read by the same cautious reader, judged by rules when they are built, refused with every fault at
once. What differs is only the shape, which each kind of file brings along.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from questionnaires import tree
from questionnaires.faults import Fault, InstrumentFaults, Place, shown, spoken
from questionnaires.files import bytes_of
from questionnaires.reader import Reader

_T = TypeVar("_T")


def read_data(source: Path | str | bytes, name: str, shape: Callable[[Reader, tree.Mapping], _T]) -> _T:
    """What `shape` makes of a file, or of bytes called `name`. Raises InstrumentFaults with every fault."""
    data = source if isinstance(source, bytes) else bytes_of(Path(source))
    try:
        root, noted = tree.read_tree(name, data)
    except tree.Refused as refusal:
        raise InstrumentFaults([refusal.fault]) from refusal
    faults: list[Fault] = list(noted)
    reader = Reader(name)
    value: _T | None = None
    try:
        value = shape(reader, root)
    except InstrumentFaults as found:
        faults += [fault for one in found.faults if (fault := reader.located(one))]
    faults += reader.faults
    if faults or value is None:
        raise InstrumentFaults(sorted(faults, key=lambda fault: fault.line))
    return value


def named(
    reader: Reader, node: tree.Node | None, place: Place, read: Callable[[tree.Node, Place], _T]
) -> tuple[tuple[str, _T], ...]:
    """Named values, in the order of the file."""
    if node is None:
        return ()
    if not isinstance(node, tree.Mapping):
        reader.note(
            node.line, place, "wrong_shape", f"{spoken(place)} is not named fields", "write `name: value` lines"
        )
        return ()
    reader.marks |= {(*place, name): (reader.file, line) for name, line in node.lines.items()}
    return tuple((name, read(one, (*place, name))) for name, one in node.fields.items())


def numbered(
    reader: Reader, node: tree.Node | None, place: Place, read: Callable[[tree.Node, Place], _T]
) -> tuple[tuple[int, _T], ...]:
    """Values named by whole numbers."""
    held = []
    for name, value in named(reader, node, place, read):
        if name.isdecimal() and name.isascii():
            held.append((int(name), value))
        else:
            line = reader.marks[(*place, name)][1]
            reader.note(
                line, (*place, name), "not_a_number", f"{shown(name)} is not a whole number", "write digits only"
            )
    return tuple(held)
