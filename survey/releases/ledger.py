"""What was already published of a programme, and so what may still be: every release and school page is remembered.

The rules are those of CARE E6 and DESIGN 7. A commissioner's release adds at least three settings and thirty people to
every published group, or nothing; interim ones are made at most monthly; a programme in one or two settings releases once,
when it closes. A withdrawn release stays in the ledger: somebody may have kept it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.ledger import Group, may_add
from survey.models import Release, ReleasedSitting

EVERYBODY = "everybody"
PAIRED = "paired"
PAGE_ANSWERS = 30
LATE_ANSWERS = 10
MOST_ANSWERS = 1.2
"""Answers for each pupil present: more, and somebody may have sent made-up ones around those of a few."""
FEWEST = 10
MONTH = timedelta(days=28)

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
    "still_running": "Another session of this school is under way: its page waits until all are closed.",
}


class ReleaseRefused(Exception):
    """This release would say too much about too few, or is not due; `reason` is the code, the message says what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(REASONS[reason])
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Ledger:
    """What stands published: each group's people by setting, now and release by release; how many people of each group
    the page of a setting holds; the sittings that entered."""

    groups: Mapping[str, Group] = field(default_factory=dict)
    history: tuple[Mapping[str, Group], ...] = ()
    pages: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    sittings: frozenset[int] = frozenset()
    last_interim: date | None = None
    is_final: bool = False
    last_number: int = 0


def read_ledger(session: Session, programme_id: int) -> Ledger:
    """Everything that was published of a programme, withdrawn or not."""
    releases = session.scalars(
        select(Release).where(Release.programme_id == programme_id).order_by(Release.number)
    ).all()
    history: list[Mapping[str, Group]] = []
    pages: dict[int, Mapping[str, int]] = {}
    for release in releases:
        groups = _read(release.ledger)
        if release.setting_id is not None:
            pages[release.setting_id] = {name: group.size for name, group in groups.items()}
        else:  # a group that a release left out (the paired) stands as it was shown before
            history.append({**(history[-1] if history else {}), **groups})
    entered = select(ReleasedSitting.sitting_id).join(Release, ReleasedSitting.release_id == Release.id)
    return Ledger(
        groups=history[-1] if history else {},
        history=tuple(history),
        pages=pages,
        sittings=frozenset(session.scalars(entered.where(Release.programme_id == programme_id))),
        last_interim=max((release.made_on for release in releases if release.kind == "interim"), default=None),
        is_final=any(release.kind in ("final", "published") for release in releases),
        last_number=max((release.number for release in releases), default=0),
    )


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
    if kind == "interim" and ledger.last_interim is not None and day - ledger.last_interim < MONTH:
        raise ReleaseRefused("too_soon")


def refusal(ledger: Ledger, groups: Mapping[str, Group], *, closing: bool) -> str:
    """Why these groups may not be published after what stands; empty where they may."""
    everybody = groups[EVERYBODY]
    if everybody.size < FEWEST:
        return "nothing"
    if not closing and everybody.people == ledger.groups.get(EVERYBODY, Group({})).people:
        return "few_schools"  # nothing new: the last release says it all
    standing = {name: group for name, group in ledger.groups.items() if name != PAIRED}
    return may_add(standing, without_pairs(groups), closing).reason


def without_pairs(groups: Mapping[str, Group]) -> dict[str, Group]:
    """The groups that a release must hold; the table of the paired can be left out of one."""
    return {name: group for name, group in groups.items() if name != PAIRED}


def may_show_pairs(ledger: Ledger, groups: Mapping[str, Group], *, closing: bool) -> bool:
    """Whether the paired may stand in this release: they too are a group that two releases could be subtracted by."""
    if PAIRED not in groups or _given_away({PAIRED: groups[PAIRED]}, {}, ledger.pages):
        return False
    standing = {PAIRED: ledger.groups[PAIRED]} if PAIRED in ledger.groups else {}
    return may_add(standing, {PAIRED: groups[PAIRED]}, closing).allowed


def without_given_away(groups: Mapping[str, Group], ledger: Ledger) -> frozenset[str]:
    """The settings that stay out of the total: taking the standing school pages from the total, or from what it adds to
    the last one, would leave one to nine people, and these are theirs. Before and after are groups of their own."""
    groups = without_pairs(groups)
    return _given_away(groups, {}, ledger.pages) | _given_away(groups, ledger.groups, ledger.pages)


def _given_away(
    groups: Mapping[str, Group], before: Mapping[str, Group], pages: Mapping[int, Mapping[str, int]]
) -> frozenset[str]:
    if not pages:
        return frozenset()
    found: set[str] = set()
    for name, group in groups.items():
        old = before[name].people if name in before else {}
        paged = {str(setting): sizes.get(name, 0) for setting, sizes in pages.items()}
        left = {
            setting: abs(n - paged[setting]) if setting in paged else n - old.get(setting, 0)
            for setting, n in group.people.items()
        }
        if 0 < sum(left.values()) < FEWEST:
            found |= {setting for setting, n in left.items() if n}
    return frozenset(found)


def require_page(ledger: Ledger, setting_id: int, groups: Mapping[str, Group], fewest_answers: int) -> None:
    """Refuse a school's own page that rests on too few, or that gives others away beside what stands."""
    if fewest_answers < PAGE_ANSWERS:
        raise ReleaseRefused("few_answers")
    sizes = {name: group.size for name, group in groups.items()}
    standing = ledger.pages.get(setting_id, {})
    added = {name: n - standing[name] for name, n in sizes.items() if name in standing}
    if standing and (
        not added.get(EVERYBODY) or any(0 != added[name] < PAGE_ANSWERS for name in without_pairs(groups))
    ):
        raise ReleaseRefused("few_people")
    pages = {**ledger.pages, setting_id: sizes}
    previous: Mapping[str, Group] = {}
    for total in ledger.history:
        shown = {
            name: group for name, group in without_pairs(total).items() if name in sizes
        }  # a page has no breakdowns
        in_total = {name: group.people.get(str(setting_id), 0) for name, group in shown.items()}
        if (
            any(0 < abs(sizes.get(name, 0) - n) < FEWEST for name, n in in_total.items() if n)
            or _given_away(shown, {}, pages)
            or _given_away(shown, previous, pages)
        ):
            raise ReleaseRefused("would_show_change")
        previous = total


def may_page_show_pairs(ledger: Ledger, setting_id: int, groups: Mapping[str, Group]) -> bool:
    """Whether the paired may stand on a school's page: none or enough of them were added since its last one."""
    paired = groups[PAIRED].size if PAIRED in groups else 0
    before = ledger.pages.get(setting_id, {}).get(PAIRED, 0)
    return paired == before or paired - before >= PAGE_ANSWERS
