"""Comparison arms: schools that chance put first, and schools that wait for their visit.

What waiting schools answered before their own visit, in the fortnight in which the first schools answered after theirs, is
what the others would have answered without it (CARE E1, design `waiting`). The arms are a breakdown like any other: the gate
protects them, and both baselines stand in its table. The difference between them is measured here and released as a change
is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.disclosure import release_change
from analysis.results import Breakdown, Change, Estimate, Row, Share, Suppressed
from survey.languages import N_
from survey.manners import Grouping
from survey.models import Participation, Programme
from survey.releases.cuts import Groups, Occasion
from survey.releases.measures import Waves
from survey.releases.reading import Reading
from survey.separation import asks_the_harmed

ARM, FIRST, LATER = "arm", "first", "later"
FORTNIGHT = timedelta(days=14)
ARMS = Grouping(N_("Schools visited first, and schools that waited"), {FIRST: N_("visited first"), LATER: N_("waited")})


def arms(
    session: Session, programme: Programme, reading: Reading, entering: Sequence[Occasion], waves: Waves
) -> Groups:
    """The two arms as a breakdown; nothing where the design has none, or where they were not asked in the same fortnight."""
    if asks_the_harmed(programme):  # an arm is a group of places
        return {}
    if programme.design != "waiting" or waves.before is None or not waves.both <= reading.waves.keys():
        return {}
    taking = select(Participation.setting_id, Participation.arm).where(Participation.programme_id == programme.id)
    arm_of = {setting_id: arm for setting_id, arm in session.execute(taking)}
    if not _in_one_fortnight(entering, arm_of, waves):
        return {}
    settings = np.asarray([arm_of.get(int(setting), "") for setting in reading.settings])
    return {
        ARM: {
            arm: {wave: settings[answers.schools] == arm for wave, answers in reading.waves.items()}
            for arm in (FIRST, LATER)
        }
    }


def _in_one_fortnight(entering: Sequence[Occasion], arm_of: Mapping[int, str], waves: Waves) -> bool:
    """Whether every waiting school was asked before its visit within two weeks of a day on which a first school was asked
    after its own."""
    after = [one.sitting.held_on for one in entering if _is(one, arm_of, FIRST) and waves.after in one.waves]
    before = [one.sitting.held_on for one in entering if _is(one, arm_of, LATER) and waves.before in one.waves]
    near = [any(abs(day - other) <= FORTNIGHT for other in after) for day in before]
    return bool(near) and all(near)


def _is(one: Occasion, arm_of: Mapping[int, str], arm: str) -> bool:
    return arm_of.get(one.sitting.setting_id) == arm


def release_comparison(row: Row, estimate: Estimate | None, smallest: int) -> Change | Suppressed | None:
    """The first schools afterwards against the waiting schools at that time, from what was released of both."""
    shown = next((one for one in row.breakdowns if isinstance(one, Breakdown) and one.name == ARM), None)
    if shown is None or estimate is None:
        return None
    rows = dict(shown.groups)
    if FIRST not in rows or LATER not in rows:
        return None
    waiting, visited = rows[LATER].before, rows[FIRST].after
    if not isinstance(waiting, Share | Suppressed) or not isinstance(visited, Share | Suppressed):
        return None
    return release_change(waiting, visited, estimate, smallest)
