"""Schools pasted from a list or a spreadsheet: a line each, "name, kind, number on roll". All faults at once."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from survey.languages import gettext

KINDS = ("primary", "secondary", "special", "alternative", "college", "youth", "service", "other")
MOST_LINES = 2000
MOST_ON_ROLL = 5000
LONGEST_NAME = 200
THOUSANDS = re.compile(r"(\d),(\d{3})(?=\"|$)")
"""A number as spreadsheets write it: 1,204, with quotes round it where commas part the columns."""


class School(NamedTuple):
    """One line that could be read."""

    name: str
    kind: str
    on_roll: int


class Pasted(NamedTuple):
    """What was read, and what was wrong with the rest."""

    schools: tuple[School, ...]
    faults: tuple[str, ...]


def read_lines(typed: str, taken: Collection[str]) -> Pasted:
    """Read a pasted list; `taken` are the names that take part already."""
    lines = [(n, line.strip()) for n, line in enumerate(typed.splitlines(), 1) if line.strip()]
    if not lines:
        return Pasted((), (gettext("Paste at least one line."),))
    if len(lines) > MOST_LINES:
        return Pasted((), (gettext("Paste at most %(most)s lines at once.", most=MOST_LINES),))
    schools: list[School] = []
    faults: list[str] = []
    seen = {name.casefold() for name in taken}
    for n, line in lines[1:] if len(lines) > 1 and _is_heading(lines[0][1]) else lines:
        school, wrong = _read(line, seen)
        faults += [gettext("Line %(n)s: %(wrong)s", n=n, wrong=one) for one in wrong]
        if school is not None:
            schools.append(school)
            seen.add(school.name.casefold())
    return Pasted(tuple(schools), tuple(faults))


def _columns(line: str) -> list[str]:
    """The columns of a line; a comma inside a quoted or tabbed number parts nothing."""
    if "\t" in line or line.endswith('"'):
        line = THOUSANDS.sub(r"\1\2", line)
    return [part.strip().strip('"') for part in (line.split("\t") if "\t" in line else line.rsplit(",", 2))]


def _is_heading(line: str) -> bool:
    """Whether a line names the columns, as the first line of a spreadsheet does; a school is never passed over for one."""
    parts = _columns(line)
    return len(parts) == 3 and parts[1].casefold() in ("kind", "type") and not re.search(r"\d", line)


def _read(line: str, seen: Collection[str]) -> tuple[School | None, list[str]]:
    parts = _columns(line)
    if len(parts) != 3:
        return None, [gettext("write name, kind and number on roll, with commas between them.")]
    name, kind, number = parts[0], kind_of(parts[1]), parts[2]
    wrong = []
    if not name or len(name) > LONGEST_NAME:
        wrong.append(gettext("give the school’s name, at most %(most)s characters.", most=LONGEST_NAME))
    elif name.casefold() in seen:
        wrong.append(gettext("%(name)s takes part already, or stands here twice.", name=name))
    if kind is None:
        unknown, known = parts[1][:40], ", ".join(KINDS)
        wrong.append(gettext("“%(kind)s” is not a kind we know. Use one of: %(kinds)s.", kind=unknown, kinds=known))
    if not is_roll(number):
        typed = number[:20]
        wrong.append(
            gettext(
                "“%(number)s” is not a number on roll: write 1 to %(most)s in digits.", number=typed, most=MOST_ON_ROLL
            )
        )
    return (None, wrong) if wrong or kind is None else (School(name, kind, int(number)), [])


def kind_of(typed: str) -> str | None:
    """The kind that somebody means by "Secondary school" or "youth club"; None for what we do not know."""
    words = typed.casefold().split()
    return next((kind for kind in KINDS if words and words[0] == kind), None)


def is_roll(typed: str) -> bool:
    """Whether a text is a number of children on roll."""
    return typed.isascii() and typed.isdecimal() and len(typed) < 6 and 1 <= int(typed) <= MOST_ON_ROLL
