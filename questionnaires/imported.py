"""What came in from another tool, and what did not.

Other tools ask in ways that Heard does not. Nothing of that is dropped in silence: whatever is left out, changed or
assumed becomes a finding that says where it stands in their file, what is wrong with it here and what to do. What can
be kept becomes a draft, to be looked at by a person; the draft is an instrument only if no finding is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, get_args

from questionnaires.instrument import Instrument

Effect = Literal["fault", "left_out", "assumed"]
EFFECTS: tuple[Effect, ...] = get_args(Effect)
"""The order in which they are told: what stops the publishing first."""
_ROW = re.compile(r"(?P<before>.*\brow )(?P<row>[0-9]+)(?P<after>.*)", re.DOTALL)
MOST_NAMED = 4
SAID_ONCE = ("renamed",)
"""What differs in each place and matters in none: one example is enough."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that needs a look. `where` is in the words of their file: `sheet survey, row 5, column C`."""

    file: str
    where: str
    code: str
    wrong: str
    mend: str
    effect: Effect = "left_out"

    def __str__(self) -> str:
        return f"{self.file}: {self.where}: {self.code}: {self.wrong}: {self.mend}"


class Unreadable(Exception):
    """Bytes that are no file of this sort, or more than anybody needs; `finding` says why."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(str(finding))


def unreadable(file: str, code: str, wrong: str, mend: str) -> Unreadable:
    return Unreadable(Finding(file, "the file", code, wrong, mend, "fault"))


@dataclass(frozen=True, slots=True)
class Imported:
    """`draft` is there whenever the file could be read at all, even if it has faults still to mend."""

    draft: Instrument | None
    findings: tuple[Finding, ...]

    @property
    def faults(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.effect == "fault")

    @property
    def instrument(self) -> Instrument | None:
        """The draft, if it may be published as it is."""
        return None if self.faults else self.draft

    @property
    def whole(self) -> bool:
        """Whether the instrument says all that their file said, and nothing that we made up."""
        return self.draft is not None and not self.findings


def together(findings: Iterable[Finding]) -> list[Finding]:
    """The findings with every fault first, and what is said of many places said once: `rows 2 to 91`."""
    groups: dict[tuple[Effect, str, str, str], list[Finding]] = {}
    for one in findings:
        wrong = "" if one.code in SAID_ONCE else one.wrong
        groups.setdefault((one.effect, one.code, wrong, one.mend), []).append(one)
    told = [
        replace(same[0], where=_places([one.where for one in same]), wrong=_wrong(same)) for same in groups.values()
    ]
    return sorted(told, key=lambda one: EFFECTS.index(one.effect))


def _wrong(same: list[Finding]) -> str:
    others = len({one.wrong for one in same}) - 1
    return f"{same[0].wrong}, and {others} more in the same way" if others else same[0].wrong


def _places(wheres: list[str]) -> str:
    """Rows of one column as a range; of other places the first few."""
    rows: dict[tuple[str, str], list[int]] = {}
    said: list[str] = []
    for where in dict.fromkeys(wheres):
        match = _ROW.fullmatch(where)
        if match:
            rows.setdefault((match["before"], match["after"]), []).append(int(match["row"]))
        else:
            said.append(where)
    said = [_rows(before, held, after) for (before, after), held in rows.items()] + said
    more = len(said) - MOST_NAMED
    return "; ".join(said[:MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")


def _rows(before: str, numbers: list[int], after: str) -> str:
    if len(numbers) == 1:
        return f"{before}{numbers[0]}{after}"
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    named = [f"{run[0]} to {run[-1]}" if len(run) > 1 else str(run[0]) for run in runs]
    if len(named) > 2 * MOST_NAMED:
        named = [*named[: 2 * MOST_NAMED], f"{len(numbers) - sum(map(len, runs[: 2 * MOST_NAMED]))} more"]
    return f"{before.removesuffix('row ')}rows {', '.join(named)}{after}"
