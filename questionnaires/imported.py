"""What came in from another tool, and what did not.

Other tools ask in ways that Heard does not. Nothing of that is dropped in silence: whatever is left out, changed or
assumed becomes a finding that says where it stands in their file, what is wrong with it here and what to do. What can
be kept becomes a draft, to be looked at by a person; the draft is an instrument only if no finding is a fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from questionnaires.instrument import Instrument

Effect = Literal["fault", "left_out", "assumed"]


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
