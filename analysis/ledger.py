"""What a further release may add to what a programme has already published.

Somebody who keeps two releases can subtract them: their difference is a published group of its own. So each release
adds at least three settings and thirty people to every published group, or nothing. And he can subtract the schools' own
pages, in every state that they ever had, from totals and from what lies between two totals: what is left is nobody or ten
people (`left_over`). Groups are sets of people, never the base of an item.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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


def differs_by_few(one: Group, other: Group) -> bool:
    """Whether one of two nested groups without the other is one to nine people."""
    settings = one.people.keys() | other.people.keys()
    return 0 < sum(abs(one.people.get(key, 0) - other.people.get(key, 0)) for key in settings) < PEOPLE


def left_over(total: Group, before: Group, pages: Mapping[str, Sequence[int]]) -> frozenset[str]:
    """The settings that make up one to nine people when pages are taken from what lies between two totals.

    A setting's people enter one after another, so everything published of it is a stretch of them: from how many to how
    many. Whatever somebody takes of a setting's pages (one, the difference of two, none), what is left of its stretch is
    found here, and all settings' left-overs are added up in every way that stays under ten.

    Parameters
    ----------
    total, before : the later total and the earlier one; an empty group for a total by itself
    pages : setting -> how many people of the group each of its pages held
    """
    sums, few = {0}, set()
    for setting in total.people:
        stretch = before.people.get(setting, 0), total.people.get(setting, 0)
        left = set(_left_of(stretch, (0, *pages.get(setting, ()))))
        few |= {setting} if any(0 < n < PEOPLE for n in left) else set()
        sums = {n + more for n in sums for more in left if n + more < PEOPLE}
    return frozenset(few) if sums - {0} else frozenset()


def _left_of(stretch: tuple[int, int], pages: Sequence[int]) -> Iterable[int]:
    """How many people a stretch and a page, or the difference of two pages, do not have in common."""
    low, high = min(stretch), max(stretch)
    for start in pages:
        for end in pages:
            if start <= end:
                common = max(0, min(high, end) - max(low, start))
                yield (high - low) + (end - start) - 2 * common


def _shrinks(before: Group, after: Group) -> bool:
    return any(after.people.get(setting, 0) < n for setting, n in before.people.items())
