"""Who is in a release: which sittings are ready, which small ones go together, and the groups that may be shown.

Only whole closed sittings enter. A sitting with fewer than 10 present, or fewer than 10 answers (what is typed as present
may be wrong), is never looked at alone: it joins its setting's nearest sitting of the same wave, and both wait for each
other. Where every sitting is small (one to one), those that are closed go together. Groups other than everybody are formed
at closing only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.tables import NOT_ASKED
from questionnaires.kinds import VERSIONS
from survey.manners import HELPED, NO_YES, VERSION
from survey.models import SMALL_SITTING, Entry, Opening, Programme, Response, Sitting
from survey.publishing import codebook_of, instrument_of
from survey.releases.ledger import MOST_ANSWERS
from survey.releases.reading import HELPED_COLUMN, VERSION_COLUMN, Place, Reading, pairs

Mask = NDArray[np.bool_]
Groups = Mapping[str, Mapping[str, Mapping[str, Mask]]]
"""Breakdown -> group -> wave -> who of that wave is in the group."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """A sitting, the openings that its pupils answered, and how many answers each of them holds."""

    sitting: Sitting
    openings: tuple[Opening, ...]
    answers: Mapping[int, int] = field(default_factory=dict)

    @property
    def waves(self) -> frozenset[str]:
        """The waves that were opened there."""
        return frozenset(opening.wave for opening in self.openings)

    @property
    def is_locked(self) -> bool:
        """Whether everything that was opened is closed."""
        return bool(self.openings) and all(opening.closed_at is not None for opening in self.openings)

    @property
    def is_small(self) -> bool:
        """Whether a handful was there, or a handful answered when a wave was asked; nobody, once their rows have moved."""
        closed = [self.answers.get(one.id, 0) for one in self.openings if one.closed_at is not None]
        return self.sitting.present < SMALL_SITTING or any(answers < SMALL_SITTING for answers in closed)

    def closed(self, wave: str) -> list[Opening]:
        """The openings of this wave that are closed."""
        return [one for one in self.openings if one.wave == wave and one.closed_at is not None]


def occasions(session: Session, programme: Programme) -> list[Occasion]:
    """All sittings of a programme, with the openings of those whom its questionnaire is for."""
    respondents = {instrument_of(wave.instrument_version).respondent for wave in programme.waves}
    sittings = session.scalars(select(Sitting).where(Sitting.programme_id == programme.id).order_by(Sitting.id))
    openings: dict[int, list[Opening]] = {}
    rows = session.execute(
        select(Entry.sitting_id, Opening)
        .join(Opening, Opening.entry_id == Entry.id)
        .where(Opening.programme_id == programme.id, Entry.respondent.in_(respondents))
        .order_by(Opening.id)
    )
    for sitting_id, opening in rows:
        openings.setdefault(sitting_id, []).append(opening)
    here = select(Opening.id).where(Opening.programme_id == programme.id)
    counted = select(Response.opening_id, func.count()).where(Response.opening_id.in_(here))
    answers = {opening_id: n for opening_id, n in session.execute(counted.group_by(Response.opening_id))}
    return [Occasion(sitting, tuple(openings.get(sitting.id, ())), answers) for sitting in sittings]


def ready(found: Sequence[Occasion], last_wave: str, *, closing: bool) -> list[Occasion]:
    """The occasions that may enter a release: over, and so are those that they go together with.

    A setting is over when its last wave was asked and closed, and every class that chance drew to answer before has; when
    the programme closes, whatever is closed counts.
    """
    over = {one.sitting.setting_id for one in found if closing or (last_wave in one.waves and one.is_locked)}
    if not closing:
        over -= {one.sitting.setting_id for one in found if one.sitting.only_wave and not one.is_locked}
    partners = together(found)
    waiting = {partners[one.sitting.id] for one in found if one.openings and not one.is_locked}
    return [
        one
        for one in found
        if one.is_locked and one.sitting.setting_id in over and partners[one.sitting.id] not in waiting
    ]


def together(found: Iterable[Occasion]) -> dict[int, int]:
    """For each sitting the one whose rows it shares: itself, or for a small one its setting's nearest of the same wave.

    The small ones of a setting in which something is closed are all together: their rows may stand at any of them. One that
    is still open beside small ones only keeps nobody waiting: nothing of it has moved.
    """
    found = list(found)
    partner = {one.sitting.id: one.sitting.id for one in found}
    first: dict[int, int] = {}
    for one in in_turn(one for one in found if one.is_small):
        nearest = nearest_to(one, found)
        shared = [nearest.sitting.id] if nearest is not None and not nearest.is_small else []
        if any(opening.closed_at is not None for opening in one.openings):
            shared.append(first.setdefault(one.sitting.setting_id, one.sitting.id))
        for other in shared:
            old, new = partner[one.sitting.id], partner[other]
            partner = {sitting: new if group == old else group for sitting, group in partner.items()}
    return partner


def in_turn(found: Iterable[Occasion]) -> list[Occasion]:
    """The sittings by their days."""
    return sorted(found, key=lambda one: (one.sitting.held_on, one.sitting.id))


def too_full(found: Sequence[Occasion]) -> frozenset[int]:
    """Sittings with clearly more answers to a wave than pupils were there, counted with those whose rows they share:
    somebody may have sent made-up answers around those of a few."""
    partners, present, answers = together(found), Counter[tuple[int, str]](), Counter[tuple[int, str]]()
    for one in found:
        group = partners[one.sitting.id]
        present.update({(group, wave): one.sitting.present for wave in one.waves})
        for opening in one.openings:
            answers[group, opening.wave] += one.answers.get(opening.id, 0)
    full = {group for (group, wave), n in answers.items() if n > MOST_ANSWERS * present[group, wave]}
    return frozenset(sitting for sitting, group in partners.items() if group in full)


def nearest_to(small: Occasion, found: Iterable[Occasion]) -> Occasion | None:
    """The setting's nearest other sitting of a same wave, a large one before a small one; None where there is no other."""
    others = [
        one
        for one in found
        if one.sitting.id != small.sitting.id
        and one.sitting.setting_id == small.sitting.setting_id
        and one.waves & small.waves
    ]

    def distance(one: Occasion) -> tuple[bool, int, int]:
        days = abs((one.sitting.held_on - small.sitting.held_on).days)
        return one.is_small, days, one.sitting.id

    return min(others, key=distance, default=None)


def places(entering: Iterable[Occasion]) -> dict[int, Place]:
    """The openings of these occasions, and where their rows belong."""
    return {
        opening.id: Place(opening.wave, one.sitting.setting_id, codebook_of(opening.instrument_version))
        for one in entering
        for opening in one.openings
    }


def groups(reading: Reading, breakdowns: Sequence[str]) -> Groups:
    """The groups of the declared breakdowns, every option, those with nobody in them too."""
    found: dict[str, dict[str, dict[str, Mask]]] = {}
    for item in reading.items:
        if not item.about or item.key not in breakdowns or item.answering != "one":
            continue
        codes = {wave: _own_answer(reading, wave, item.key) for wave in reading.waves}
        found[item.key] = {
            option.key: {wave: column == option.code for wave, column in codes.items()} for option in item.options
        }
    return found


def manners(reading: Reading, breakdowns: Sequence[str], offered: Sequence[str]) -> Groups:
    """The declared groups by how answers were given, those with nobody in them too.

    Parameters
    ----------
    offered : the versions of the words that the questionnaire has
    """
    found = {VERSION: (VERSION_COLUMN, VERSIONS, offered), HELPED: (HELPED_COLUMN, NO_YES, NO_YES)}
    return {
        name: {
            group: {wave: answers.manners[:, column] == codes.index(group) for wave, answers in reading.waves.items()}
            for group in shown
        }
        for name, (column, codes, shown) in found.items()
        if name in breakdowns
    }


def _own_answer(reading: Reading, wave: str, key: str) -> NDArray[np.uint8]:
    """What each person said of themselves, where need be in another wave, by their pair."""
    column = reading.column(wave, key).copy()
    for other in reading.waves:
        if other != wave and (column == NOT_ASKED).any():
            here, there = pairs(reading.waves[wave], reading.waves[other])
            unasked = column[here] == NOT_ASKED
            column[here[unasked]] = reading.column(other, key)[there[unasked]]
    return column
