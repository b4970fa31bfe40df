"""What the gate is given: exact counts of people, and the thresholds they are held against.

Nothing here leaves the worker. `analysis.disclosure` turns it into released values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from analysis.results import Estimate, Interval

PEOPLE = 10  # fewest people a figure may rest on
PERCENTAGES = 30  # fewest people for a percentage; below that, words
SCHOOLS = 3  # fewest schools where schools are what is shown, and fewest that a release adds
CELL = 10  # fewest people in a cell of a sensitive item
CAP = 5  # percent: a sensitive share stops here and at 100 minus this
ADDED_PEOPLE = 30  # fewest people that a release adds to each published group


@dataclass(frozen=True, slots=True)
class Rules:
    """Thresholds in force. An organisation may ask for higher ones, never for lower."""

    people: int = PEOPLE
    percentages: int = PERCENTAGES
    schools: int = SCHOOLS
    cell: int = CELL

    def __post_init__(self) -> None:
        least = (PEOPLE, PERCENTAGES, SCHOOLS, CELL)
        asked = (self.people, self.percentages, self.schools, self.cell)
        if any(a < b for a, b in zip(asked, least, strict=True)):
            raise ValueError(f"rules may be raised, never lowered: {asked} asked, {least} least")


DEFAULT = Rules()  # what binds unless somebody asked for more


@dataclass(frozen=True, slots=True)
class Count:
    """Exact: `agreed` of `base` people. `schools` only where the group is one of schools; `interval` as fractions.

    `options` holds how many gave each answer, in the answers' order, where each of the `base` gave exactly one.
    """

    agreed: int
    base: int
    interval: Interval | None = None
    schools: int | None = None
    options: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        if self.options and (min(n for _, n in self.options) < 0 or sum(n for _, n in self.options) != self.base):
            raise ValueError(f"answers {self.options} of {self.base} people")
        if not 0 <= self.agreed <= self.base:
            raise ValueError(f"{self.agreed} of {self.base} people cannot agree")


@dataclass(frozen=True, slots=True)
class Pairs:
    """Exact: how the pairs moved, and how many people of each wave could not be paired (people, not answers).

    `is_agreed`: up means "now gives the agreed answer, and did not before", so the three tell of the margins too.
    `places` says where each answer stands in the order by which up and down are told; those without a place are in no pair.
    """

    up: int
    same: int
    down: int
    unpaired_before: int
    unpaired_after: int
    net: Estimate | None = None
    is_agreed: bool = False
    places: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if min(self.up, self.same, self.down, self.unpaired_before, self.unpaired_after) < 0:
            raise ValueError(f"fewer than no people: {self}")


@dataclass(frozen=True, slots=True)
class Exact:
    """Everything exact about one item, of everybody or of one group. It never leaves the worker.

    `breakdowns` maps a breakdown's name to its groups, every group that was offered, those with nobody in them too.
    `smallest` is the smallest change worth having, in points; `headline` what Benjamini-Hochberg decided. `agreed` names
    the options that make up the share, where the counts hold options.
    """

    key: str
    before: Count | None = None
    after: Count | None = None
    change: Estimate | None = None
    pairs: Pairs | None = None
    breakdowns: Mapping[str, Mapping[str, Exact]] = field(default_factory=dict)
    sensitive: bool = False
    smallest: int = 5
    headline: bool = True
    agreed: frozenset[str] = frozenset()
