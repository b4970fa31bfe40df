"""What a further release may add to what a programme has already published.

Somebody who keeps two releases can subtract them: their difference is a published group of its own. So each release
adds at least three settings and thirty people to every published group, or nothing. Groups are sets of people, never the
base of an item.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from analysis.exact import ADDED_PEOPLE, PEOPLE, SCHOOLS

Refusal = Literal["", "few_people", "few_schools", "would_show_change"]


@dataclass(frozen=True, slots=True)
class Group:
    """A published set of people: which settings they come from, and how many people from each.

    Whole closed sittings only, each entering once: so a setting's number never falls.
    """

    people: Mapping[str, int]

    @property
    def size(self) -> int:
        """How many people."""
        return sum(self.people.values())


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the release may be made; if not, why and because of which group."""

    allowed: bool
    reason: Refusal = ""
    group: str = ""


def may_add(previous: Mapping[str, Group], new: Mapping[str, Group], closing: bool = False) -> Verdict:
    """Whether `new` may be published after `previous` (empty for the first release).

    Parameters
    ----------
    previous, new : group name -> group, as in the last release that stands and as it would be now
    closing : the programme closes. Late answers of settings already published may then enter, if at least 10; groups
        never published before may appear (breakdowns; a programme in one or two settings); the gate judges those.
    """
    for name in sorted(previous.keys() | new.keys()):
        refusal = _refusal(previous.get(name), new.get(name), closing)
        if refusal:
            return Verdict(False, refusal, name)
    return Verdict(True)


def _refusal(before: Group | None, after: Group | None, closing: bool) -> Refusal:
    if after is None or (before is not None and _shrinks(before, after)):
        return "would_show_change"
    if before is None and closing:
        return ""
    old = before.people if before is not None else {}
    people = after.size - sum(old.values())
    # One of a handful hides nobody: it would leave the other two, or one, to be read alone.
    settings = sum(1 for setting, n in after.people.items() if n >= PEOPLE and not old.get(setting))
    if people == 0 and before is not None:
        return ""
    if closing and settings == 0:
        return "" if people >= PEOPLE else "few_people"
    if settings < SCHOOLS:
        return "few_schools"
    return "" if people >= ADDED_PEOPLE else "few_people"


def _shrinks(before: Group, after: Group) -> bool:
    return any(after.people.get(setting, 0) < n for setting, n in before.people.items())
