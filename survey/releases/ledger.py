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

from analysis.ledger import Group, may_add, pages_allowed
from survey.models import Release, ReleasedSitting

EVERYBODY = "everybody"
PAGE_ANSWERS = 30
LATE_ANSWERS = 10
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
}


class ReleaseRefused(Exception):
    """This release would say too much about too few, or is not due; `reason` is the code, the message says what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(REASONS[reason])
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Ledger:
    """What stands published: each group's people by setting, the settings with a page, the sittings that entered."""

    groups: Mapping[str, Group] = field(default_factory=dict)
    pages: Mapping[int, int] = field(default_factory=dict)
    sittings: frozenset[int] = frozenset()
    last_interim: date | None = None
    is_final: bool = False
    last_number: int = 0


def read_ledger(session: Session, programme_id: int) -> Ledger:
    """Everything that was published of a programme, withdrawn or not."""
    releases = session.scalars(
        select(Release).where(Release.programme_id == programme_id).order_by(Release.number)
    ).all()
    latest: dict[str, Group] = {}
    pages: dict[int, int] = {}
    for release in releases:
        groups = _read(release.ledger)
        if release.setting_id is not None:
            pages[release.setting_id] = sum(group.size for group in groups.values())
        else:
            latest = dict(groups)
    entered = select(ReleasedSitting.sitting_id).join(Release, ReleasedSitting.release_id == Release.id)
    return Ledger(
        groups=latest,
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
    return may_add(ledger.groups, groups, closing).reason


def without_given_away(people: Mapping[str, int], ledger: Ledger) -> frozenset[str]:
    """The settings that stay out of the total: those without a page, where they hold one to nine people together."""
    alone = {setting for setting, n in people.items() if n and int(setting) not in ledger.pages}
    return frozenset(alone) if ledger.pages and 0 < sum(people[setting] for setting in alone) < FEWEST else frozenset()


def require_page(ledger: Ledger, setting_id: int, people: int, fewest_answers: int) -> None:
    """Refuse a school's own page that rests on too few, or that gives others away beside what stands."""
    if fewest_answers < PAGE_ANSWERS:
        raise ReleaseRefused("few_answers")
    before = ledger.pages.get(setting_id, 0)
    if before and people - before < PAGE_ANSWERS:
        raise ReleaseRefused("few_people")
    total = ledger.groups.get(EVERYBODY)
    if total is None:
        return
    shown = frozenset({str(setting) for setting in ledger.pages} | {str(setting_id)}) & total.people.keys()
    if pages_allowed(total.people, shown) != shown:  # those without a page would stand alone
        raise ReleaseRefused("would_show_change")
    in_total = total.people.get(str(setting_id), 0)
    if in_total and 0 < abs(people - in_total) < FEWEST:
        raise ReleaseRefused("would_show_change")
