"""What was already published of a programme, and so what may still be: every release and school page is remembered.

The rules are those of CARE E6 and DESIGN 7. A commissioner's release adds at least three settings and thirty people to
every published group, or nothing; interim ones are made at most monthly; a programme in one or two settings releases once,
when it closes. A withdrawn release stays in the ledger: somebody may have kept it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.ledger import Group, differs_by_few, left_over, may_add
from survey.models import BETWEEN_RELEASES, Release, ReleasedSitting

EVERYBODY = "everybody"
PAIRED = "paired"
WAVE = "wave:"
UNPAIRED = "unpaired "  # and the name of the wave: worked out, never stored
PAGE_ANSWERS = 30
LATE_ANSWERS = 10
MOST_ANSWERS = 1.2
"""Answers for each pupil present: more, and somebody may have sent made-up ones around those of a few."""
FEWEST = 10

REASONS = {
    "not_closed": "The programme is not closed yet: a final release is made when it closes.",
    "closed": "The programme is closed: its final release stands.",
    "already_final": "The final release was made before.",
    "too_soon": "The last release is less than four weeks old.",
    "few_schools": "Fewer than three settings would be added: wait for more, or for the closing.",
    "few_people": "Too few people would be added to what was published before.",
    "would_show_change": "Beside what was published before, this would show what a few people said.",
    "nothing": "No closed sitting holds answers yet.",
    "few_answers": "A school's own page needs at least 30 answers in each wave.",
    "too_many": "There are more answers than pupils were there: put the number present right, or find out who sent them.",
    "area_only": "What those who were harmed say is released for a whole area only: from three settings or more together.",
    "linked": "Answers that a worker sees are not released: the service sees its own cases, and no report of them is built yet.",
    "still_running": "Another session of this school is under way: its page waits until all are closed.",
}


class ReleaseRefused(Exception):
    """This release would say too much about too few, or is not due; `reason` is the code, the message says what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(REASONS[reason])
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Ledger:
    """What stands published: each group's people by setting, now (`groups`) and as each release told it (`history`); how
    many people of each group every page of a setting held, oldest first; the sittings that entered."""

    groups: Mapping[str, Group] = field(default_factory=dict)
    history: tuple[Mapping[str, Group], ...] = ()
    pages: Mapping[int, tuple[Mapping[str, int], ...]] = field(default_factory=dict)
    sittings: frozenset[int] = frozenset()
    last_interim: date | None = None
    is_final: bool = False
    last_number: int = 0

    def paged(self, name: str) -> dict[str, tuple[int, ...]]:
        """How many people of a group each page of each setting held; pages that left the group out do not count."""
        return {
            str(setting): tuple(page[name] for page in pages if name in page) for setting, pages in self.pages.items()
        }


def read_ledger(session: Session, programme_id: int) -> Ledger:
    """Everything that was published of a programme, withdrawn or not."""
    releases = session.scalars(
        select(Release).where(Release.programme_id == programme_id).order_by(Release.number)
    ).all()
    entered = select(ReleasedSitting.sitting_id).join(Release, ReleasedSitting.release_id == Release.id)
    told = after_all((release.setting_id, _read(release.ledger)) for release in releases)
    return replace(
        told,
        sittings=frozenset(session.scalars(entered.where(Release.programme_id == programme_id))),
        last_interim=max((release.made_on for release in releases if release.kind == "interim"), default=None),
        is_final=any(release.kind in ("final", "published") for release in releases),
        last_number=max((release.number for release in releases), default=0),
    )


def after_all(published: Iterable[tuple[int | None, Mapping[str, Group]]]) -> Ledger:
    """What stands after these were published, in their order: (the setting of a school's page or None, its groups)."""
    history: list[Mapping[str, Group]] = []
    pages: dict[int, tuple[Mapping[str, int], ...]] = {}
    standing: dict[str, Group] = {}  # a group that a release left out (the paired) stands as it was shown before
    for setting, told in published:
        groups = with_unpaired(told)
        if setting is not None:
            pages[setting] = (*pages.get(setting, ()), {name: group.size for name, group in groups.items()})
        else:
            history.append(groups)
            standing |= groups
    return Ledger(standing, tuple(history), pages)


def write_ledger(groups: Mapping[str, Group]) -> str:
    """The groups of a release as its row keeps them (never shown)."""
    people = {name: {str(setting): n for setting, n in group.people.items()} for name, group in groups.items()}
    return json.dumps(people, sort_keys=True, separators=(",", ":"))


def _read(document: str) -> dict[str, Group]:
    return {name: Group(people) for name, people in json.loads(document).items()}


def require_due(ledger: Ledger, kind: str, status: str, day: date) -> None:
    """Refuse a release that is not due, whatever is in it."""
    if ledger.is_final:
        raise ReleaseRefused("already_final")
    if kind == "final" and status != "closed":
        raise ReleaseRefused("not_closed")
    if kind == "interim" and status == "closed":
        raise ReleaseRefused("closed")
    if kind == "interim" and ledger.last_interim is not None and day - ledger.last_interim < BETWEEN_RELEASES:
        raise ReleaseRefused("too_soon")


def refusal(ledger: Ledger, groups: Mapping[str, Group], *, closing: bool) -> str:
    """Why these groups may not be published after what stands; empty where they may."""
    everybody = groups[EVERYBODY]
    if everybody.size < FEWEST:
        return "nothing"
    if not closing and everybody.people == ledger.groups.get(EVERYBODY, Group({})).people:
        return "few_schools"  # nothing new: the last release says it all
    standing = without_pairs(ledger.groups)
    return may_add(standing, without_pairs(groups), closing).reason


def with_unpaired(groups: Mapping[str, Group]) -> dict[str, Group]:
    """Beside the paired also those of each wave who are not: whoever holds both groups holds the third."""
    found = dict(groups)
    if PAIRED in groups:
        paired = groups[PAIRED].people
        for name, group in groups.items():
            if name.startswith(WAVE):
                alone = {setting: n - paired.get(setting, 0) for setting, n in group.people.items()}
                found[UNPAIRED + name] = Group(alone)
    return found


def _is_of_pairs(name: str) -> bool:
    return name == PAIRED or name.startswith(UNPAIRED)


def without_pairs(groups: Mapping[str, Group]) -> dict[str, Group]:
    """The groups that a release must hold; the table of the paired can be left out of one."""
    return {name: group for name, group in groups.items() if not _is_of_pairs(name)}


def of_pairs(groups: Mapping[str, Group]) -> dict[str, Group]:
    """The paired, and those of each wave who are not."""
    return {name: group for name, group in with_unpaired(groups).items() if _is_of_pairs(name)}


def may_show_pairs(ledger: Ledger, groups: Mapping[str, Group], *, closing: bool) -> bool:
    """Whether the paired may stand in this release: they, and those who are not paired, are groups that two releases, or a
    release and the pages, could be subtracted by."""
    found = of_pairs(groups)
    earlier = [old for old in ledger.history if PAIRED in old]
    if PAIRED not in found or any(
        differs_by_few(group, old[name]) for old in earlier for name, group in found.items() if name in old
    ):
        return False
    if _given_away(found, earlier, ledger):
        return False
    standing = {PAIRED: ledger.groups[PAIRED]} if PAIRED in ledger.groups else {}
    return may_add(standing, {PAIRED: groups[PAIRED]}, closing).allowed


def without_given_away(groups: Mapping[str, Group], ledger: Ledger) -> frozenset[str]:
    """The settings that stay out of the total: taking standing school pages from the total, or from what it adds to any
    earlier one, would leave one to nine people, and these are theirs. Before and after are groups of their own."""
    return _given_away(without_pairs(groups), ledger.history, ledger)


def _given_away(groups: Mapping[str, Group], earlier: Sequence[Mapping[str, Group]], ledger: Ledger) -> frozenset[str]:
    if not ledger.pages:
        return frozenset()
    return frozenset(
        setting
        for name, group in groups.items()
        for old in ({}, *earlier)
        for setting in left_over(group, old.get(name, Group({})), ledger.paged(name))
    )


def require_page(ledger: Ledger, setting_id: int, groups: Mapping[str, Group], fewest_answers: int) -> None:
    """Refuse a school's own page that rests on too few, or that gives others away beside what stands."""
    if fewest_answers < PAGE_ANSWERS:
        raise ReleaseRefused("few_answers")
    sizes = {name: group.size for name, group in without_pairs(groups).items()}
    for page in ledger.pages.get(setting_id, ()):
        added = {name: abs(n - page[name]) for name, n in sizes.items() if name in page}
        if not added.get(EVERYBODY) or any(0 != n < PAGE_ANSWERS for n in added.values()):
            raise ReleaseRefused("few_people")
    if _page_gives_away(ledger, setting_id, sizes):
        raise ReleaseRefused("would_show_change")


def _page_gives_away(ledger: Ledger, setting_id: int, sizes: Mapping[str, int]) -> bool:
    """Whether this page, beside those that stand, would leave one to nine people of a total or of two totals' difference."""
    with_page = replace(ledger, pages={**ledger.pages, setting_id: (*ledger.pages.get(setting_id, ()), sizes)})
    for number, total in enumerate(ledger.history):
        shown = {name: group for name, group in total.items() if name in sizes}  # a page has no breakdowns
        if any(0 < abs(sizes[name] - n) < FEWEST for name, group in shown.items() if (n := _part(group, setting_id))):
            return True
        if _given_away(shown, ledger.history[:number], with_page):
            return True
    return False


def _part(group: Group, setting_id: int) -> int:
    return group.people.get(str(setting_id), 0)


def may_page_show_pairs(ledger: Ledger, setting_id: int, groups: Mapping[str, Group]) -> bool:
    """Whether the paired may stand on a school's page: none or enough of them, and none or ten of the others, lie between
    it and each page and each release that showed them."""
    sizes = {name: group.size for name, group in of_pairs(groups).items()}
    if PAIRED not in sizes:
        return False
    for page in ledger.pages.get(setting_id, ()):
        added = {name: abs(n - page[name]) for name, n in sizes.items() if name in page}
        if 0 < added.get(PAIRED, 0) < PAGE_ANSWERS or any(0 < n < FEWEST for n in added.values()):
            return False
    return not _page_gives_away(ledger, setting_id, sizes)
