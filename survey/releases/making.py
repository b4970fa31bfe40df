"""A release in the making: what goes in, whether it may, and the snapshot that comes out.

A programme's release holds whole closed sittings; a further one holds those of the last and new ones. The final one may
also take late answers and the declared breakdowns. A school's own page is a small release of its own, of its knowledge,
help and enjoyment items only (CARE E6). Nothing here is stored yet: `store.keep` does that, in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.disclosure import release_item, release_response, release_share
from analysis.exact import DEFAULT, Count, Rules
from analysis.ledger import Group
from analysis.results import Breakdown, Change, Estimate, Row, Share, Suppressed
from questionnaires.instrument import Instrument, Item
from questionnaires.looks import versions_of
from questionnaires.trials import is_tried
from questionnaires.wording import asks_of_help, asks_of_law
from survey.estimators import require_fixed
from survey.manners import GROUPINGS, HELPED, VERSION
from survey.models import Decline, Participation, Programme, Response, Setting, Sitting
from survey.publishing import instrument_of
from survey.releases.arms import ARM, ARMS, arms, release_comparison
from survey.releases.cuts import Groups, Occasion, groups, manners, occasions, places, ready, too_full
from survey.releases.ledger import (
    EVERYBODY,
    FEWEST,
    LATE_ANSWERS,
    MOST_ANSWERS,
    PAGE_ANSWERS,
    PAIRED,
    WAVE,
    Ledger,
    ReleaseRefused,
    may_page_show_pairs,
    may_show_pairs,
    read_ledger,
    refusal,
    require_due,
    require_page,
    without_given_away,
    without_pairs,
)
from survey.releases.measures import (
    Measured,
    Waves,
    answers_by_setting,
    compared,
    linked_likeness,
    measured,
    paired_waves,
    pairs_by_setting,
    people_by_setting,
)
from survey.releases.reading import Reading, alike, pairs, read_answers
from survey.releases.snapshot import ShownItem, Snapshot
from survey.releases.yes_to_all import yes_to_all
from survey.separation import FEWEST_SETTINGS, asks_the_harmed

PAGE_FAMILIES = ("knowledge", "help", "enjoyment")
PAGE_RULES = Rules(people=PAGE_ANSWERS)
CEILING, CEILING_SITTINGS = 85, 5
LAW, HELP = "knows_image_law", "knows_help_without_trouble"
"""Teaching that something is illegal must not teach that asking for help is dangerous (CARE D1); questions that an
organisation wrote itself are known by their words."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A release that may be published: its snapshot, its groups for the ledger, the sittings that enter with it."""

    kind: str
    snapshot: Snapshot
    groups: Mapping[str, Group]
    sittings: tuple[int, ...]
    setting_id: int | None = None


def programme_release(session: Session, programme: Programme, kind: str, day: date) -> Draft:
    """The next release of a programme.

    Raises
    ------
    ReleaseRefused
        When none is due, or it would say too much beside what was published before.
    """
    if programme.mode == "linked":
        raise ReleaseRefused("linked")
    ledger = read_ledger(session, programme.id)
    require_due(ledger, kind, programme.status, day)
    waves, closing = Waves.of([wave.wave for wave in programme.waves]), kind == "final"
    reasons = []
    for entering, late in _choices(session, programme, ledger, waves, closing=closing):
        reading, entering = _read(session, programme, ledger, waves, entering, late=late)
        cut = dict(groups(reading, programme.breakdowns)) if closing else {}
        if closing:
            cut |= manners(reading, programme.breakdowns, versions_of(_pinned(programme)[0]))
            cut |= arms(session, programme, reading, entering, waves)
        people = _group_people(reading, waves, cut)
        reason = refusal(ledger, people, closing=closing) if reading.waves else "nothing"
        if not reason and asks_the_harmed(programme) and len(reading.settings) < FEWEST_SETTINGS:
            reason = "area_only"
        if not reason:
            new = tuple(one.sitting.id for one in entering if one.sitting.id not in ledger.sittings)
            paired = programme.design != "split" and may_show_pairs(ledger, people, closing=closing)
            shown = people if paired else without_pairs(people)
            snapshot = _snapshot(session, programme, kind, reading, waves, cut, entering, paired=paired)
            if too_full(occasions(session, programme)) - ledger.sittings:
                snapshot = replace(snapshot, warnings=(*snapshot.warnings, "too_many_answers"))
            return Draft(kind, snapshot, shown, new)
        reasons.append(reason)
    raise ReleaseRefused(reasons[0] if reasons else "nothing")


def _choices(
    session: Session, programme: Programme, ledger: Ledger, waves: Waves, *, closing: bool
) -> Iterator[tuple[list[Occasion], bool]]:
    """What the release may hold, the fullest first: at closing, what is new or late may have to stay out."""
    found = occasions(session, programme)
    full = too_full(found)
    stays_out = full | ledger.sittings
    entering = [one for one in found if one.sitting.id in ledger.sittings]
    new = [one for one in ready(found, waves.after, closing=closing) if one.sitting.id not in stays_out]
    late = closing and full.isdisjoint(ledger.sittings) and _late_answers(session, [*entering, *new]) >= LATE_ANSWERS
    if not entering and not new:
        return
    yield from (([*entering, *new], takes) for takes in ((True, False) if late else (False,)))
    if closing and entering and new:
        yield from ((entering, takes) for takes in ((True, False) if late else (False,)))


def _late_answers(session: Session, entering: Sequence[Occasion]) -> int:
    late = select(func.count()).where(Response.opening_id.in_(places(entering)), Response.is_late)
    return session.scalar(late) or 0


def _read(
    session: Session, programme: Programme, ledger: Ledger, waves: Waves, entering: list[Occasion], *, late: bool
) -> tuple[Reading, list[Occasion]]:
    """The answers of these occasions, without the settings that the standing school pages would give away."""
    reading = read_answers(session, programme.id, places(entering), late=late)
    while hidden := without_given_away(_group_people(reading, waves, {}), ledger):
        entering = [one for one in entering if str(one.sitting.setting_id) not in hidden]
        reading = read_answers(session, programme.id, places(entering), late=late)
    return reading, entering


def _group_people(reading: Reading, waves: Waves, cut: Groups) -> dict[str, Group]:
    """Every published set of people: everybody, each wave by itself, the paired, and the groups of breakdowns."""
    people = {EVERYBODY: Group(people_by_setting(reading, waves))}
    for wave in reading.waves:
        people[f"{WAVE}{wave}"] = Group(answers_by_setting(reading, wave))
    if any((paired := pairs_by_setting(reading, waves)).values()):
        people[PAIRED] = Group(paired)
    for name, members in cut.items():
        for group, masks in members.items():
            people[f"{name}:{group}"] = Group(people_by_setting(reading, waves, masks))
    return people


def school_page(session: Session, sitting: Sitting) -> Draft:
    """A school's own page, from its closed sittings.

    Raises
    ------
    ReleaseRefused
        When it rests on fewer than 30 answers, would give others away beside what stands, a session is under way, or
        those who were harmed were asked.
    """
    programme = session.get_one(Programme, sitting.programme_id)
    if asks_the_harmed(programme):
        raise ReleaseRefused("area_only")
    ledger = read_ledger(session, programme.id)
    waves = Waves.of([wave.wave for wave in programme.waves])
    mine = [one for one in occasions(session, programme) if one.sitting.setting_id == sitting.setting_id]
    entering = ready(mine, waves.after, closing=programme.status == "closed")
    if any(one.openings and one not in entering for one in mine):
        raise ReleaseRefused("still_running")  # or a later page could lack what an earlier one held
    reading = read_answers(session, programme.id, places(entering))
    if not reading.waves:
        raise ReleaseRefused("nothing")
    fewest = min(reading.waves[wave].size if wave in reading.waves else 0 for wave in waves.both)
    if any(answers.size > MOST_ANSWERS * _present(entering, wave) for wave, answers in reading.waves.items()):
        raise ReleaseRefused("too_many")
    people = _group_people(reading, waves, {})
    require_page(ledger, sitting.setting_id, people, fewest)
    place = session.get_one(Setting, sitting.setting_id).name
    paired = may_page_show_pairs(ledger, sitting.setting_id, people)
    snapshot = _snapshot(session, programme, "school", reading, waves, {}, entering, paired=paired)
    shown = people if paired else without_pairs(people)
    return Draft("school", replace(snapshot, place=place), shown, (), sitting.setting_id)


def _snapshot(
    session: Session,
    programme: Programme,
    kind: str,
    reading: Reading,
    waves: Waves,
    cut: Groups,
    entering: Sequence[Occasion],
    *,
    paired: bool,
) -> Snapshot:
    rules = PAGE_RULES if kind == "school" else DEFAULT
    instrument, names = _pinned(programme)
    exact = _exact(reading, waves, cut, entering, paired=paired)
    told = exact if kind != "school" else [one for one in exact if _is_for_schools(one.item)]
    items = _items(told, instrument, rules, reading, waves, cut)
    return Snapshot(
        **_declared(session, programme),
        kind=kind,
        source="",
        place="",
        first_day=min(one.sitting.held_on for one in entering).isoformat(),
        last_day=max(one.sitting.held_on for one in entering).isoformat(),
        instruments=names,
        response=release_response(
            _response(session, programme, reading, waves, entering, paired=paired), len(reading.settings), rules
        ),
        items=items,
        about=_about(reading, cut),
        warnings=_warnings(exact, {item.key: item.row for item in items}),
        groups_hidden=any(_hides(item.row) for item in items),
        # Once only, so that two releases cannot be held beside each other.
        linked_likeness=linked_likeness(reading, waves) if paired and kind == "final" else "",
        yes_to_all=yes_to_all(reading, waves, instrument, rules),
    )


def _declared(session: Session, programme: Programme) -> dict[str, Any]:
    """What was declared when the programme opened, by the snapshot's names."""
    return {
        "name": programme.name,
        "origin": programme.origin,
        "mode": programme.mode,
        "design": programme.design,
        "timing": programme.timing,
        "waves": tuple(wave.wave for wave in programme.waves),
        "sample": _sample(session, programme),
        "estimator": require_fixed(programme.design, programme.estimator),
    }


def _pinned(programme: Programme) -> tuple[Instrument, tuple[str, ...]]:
    """The newest questionnaire of the programme, and all that its waves pin, each by key, version and hash."""
    versions = {wave.instrument_version for wave in programme.waves}
    newest = instrument_of(max(versions, key=lambda version: version.version))
    return newest, tuple(sorted(f"{one.key} {one.version} {one.sha256}" for one in versions))


def _items(
    told: Sequence[Measured], instrument: Instrument, rules: Rules, reading: Reading, waves: Waves, cut: Groups
) -> tuple[ShownItem, ...]:
    against = compared(reading, waves, cut[ARM]) if ARM in cut else {}
    return tuple(_shown(one, instrument, rules, len(reading.settings), against.get(one.item.key)) for one in told)


def _about(reading: Reading, cut: Groups) -> dict[str, dict[str, dict[str, str]]]:
    """What the groups that are told apart are called."""
    own = {item.key: _labels(item) for item in reading.items if item.key in cut}
    answered = {name: GROUPINGS[name].labels() for name in (VERSION, HELPED) if name in cut}
    return own | answered | ({ARM: ARMS.labels()} if ARM in cut else {})


def _sample(session: Session, programme: Programme) -> tuple[int, int] | None:
    """How many schools chance drew, and of how many; None where all were asked."""
    drawn = session.scalars(select(Participation.in_sample).where(Participation.programme_id == programme.id)).all()
    return None if all(drawn) else (sum(drawn), len(drawn))


def _exact(
    reading: Reading, waves: Waves, cut: Groups, entering: Sequence[Occasion], *, paired: bool
) -> list[Measured]:
    """Everything exact about each item; without the paired where two releases would give one of them away."""
    present = _present(entering, waves.after) if len(reading.settings) == 1 else None
    exact = measured(reading, waves, cut, present=present)
    return exact if paired else [replace(one, exact=replace(one.exact, pairs=None)) for one in exact]


def _is_for_schools(item: Item) -> bool:
    return item.measure is not None and item.measure.family in PAGE_FAMILIES and not item.sensitive


def _shown(one: Measured, instrument: Instrument, rules: Rules, schools: int, against: Estimate | None) -> ShownItem:
    item, measure = one.item, one.item.measure
    if measure is None:
        raise ValueError(f"{item.key} has no measure")
    row = release_item(one.exact, rules)
    return ShownItem(
        key=item.key,
        text=dict(item.text),
        statement=dict(measure.statement),
        family=measure.family,
        direction=measure.direction,
        smallest=measure.smallest,
        tried=is_tried(item, instrument.ages),
        at_ceiling=_is_at_ceiling(row, schools),
        leaves_out=bool(measure.excluded),
        remembered=item.then_test,
        ordered=item.ordered,
        row=row,
        dont_know_before=_apart(one.unsure[0], item, rules),
        dont_know_after=_apart(one.unsure[1], item, rules),
        comparison=release_comparison(row, against, measure.smallest),
        options={option.key: dict(option.label) for option in item.options},
    )


def _apart(count: Count | None, item: Item, rules: Rules) -> Share | Suppressed | None:
    return release_share(count, item.sensitive, rules) if count is not None else None


def _is_at_ceiling(row: Row, schools: int) -> bool:
    # Judged by what is shown, so that the remark tells nothing new.
    before = row.before
    known = isinstance(before, Share) and before.percent is not None and before.percent >= CEILING
    return known and schools >= CEILING_SITTINGS


def _hides(row: Row) -> bool:
    return any(not isinstance(one, Breakdown) or one.some_too_small for one in row.breakdowns)


def _labels(item: Item) -> dict[str, dict[str, str]]:
    return {"": dict(item.text)} | {option.key: dict(option.label) for option in item.options}


def _warnings(exact: Sequence[Measured], rows: Mapping[str, Row]) -> tuple[str, ...]:
    """What must be said first, judged by what is shown."""
    law_rose = help_fell = False
    for one in exact:
        change = rows[one.item.key].change if one.item.key in rows else None
        if isinstance(change, Change):
            indicator = one.item.measure.indicator if one.item.measure is not None else None
            law_rose |= change.position.startswith("rose") and (indicator == LAW or asks_of_law(one.item))
            help_fell |= change.position.startswith("fell") and (indicator == HELP or asks_of_help(one.item))
    return ("law_rose_help_fell",) if law_rose and help_fell else ()


def _present(entering: Sequence[Occasion], wave: str) -> int:
    return sum(one.sitting.present for one in entering if wave in one.waves)


def _response(
    session: Session,
    programme: Programme,
    reading: Reading,
    waves: Waves,
    entering: Sequence[Occasion],
    *,
    paired: bool,
) -> dict[str, int]:
    """Who could have answered and who did, from the roll to the pairs."""
    on_roll = select(func.sum(Participation.on_roll)).where(
        Participation.programme_id == programme.id, Participation.setting_id.in_(reading.settings)
    )
    # A class that chance drew to answer before saw it too; it was not asked afterwards.
    saw = [one.sitting for one in entering if waves.after in one.waves or one.sitting.only_wave]
    people = {
        "on_roll": session.scalar(on_roll) or 0,
        "saw_it": sum(sitting.present for sitting in saw),
        "absent": sum(sitting.absent for sitting in saw),
        "opted_out": sum(sitting.opted_out for sitting in saw),
        "declined": _declined(session, entering, waves.after),
    }
    if waves.before is not None and waves.before in reading.waves:
        people["before"] = reading.waves[waves.before].size
    people["after"] = reading.waves[waves.after].size if waves.after in reading.waves else 0
    if paired and (both := paired_waves(reading, waves)) is not None:
        pupils = len(alike(*both)[0])
        if not any(0 < wave.size - pupils < FEWEST for wave in both):  # or the few unpaired would stand by themselves
            people["paired"], people["unlike"] = pupils, len(pairs(*both)[0]) - pupils
    return people


def _declined(session: Session, entering: Sequence[Occasion], wave: str) -> int:
    openings = [opening.id for one in entering for opening in one.openings if opening.wave == wave]
    return session.scalar(select(func.count()).where(Decline.opening_id.in_(openings))) or 0
