"""Records as pages see them: the newest release of a programme's counts, opened and checked, and what may be counted.

Like every page this reads released values only; the worker alone adds up what was typed.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.results import Periods, Rates, from_json
from questionnaires.framework import Framework, Indicator
from questionnaires.framework_files import load_framework
from survey.models import BETWEEN_RELEASES, RecordRelease

FRAMEWORK = "cse"


class RecordsDamaged(Exception):
    """A stored release of records is not what was stored: its hash does not fit. It is not shown."""


@cache
def framework() -> Framework:
    """The framework whose indicators are counted."""
    return load_framework(FRAMEWORK)


@cache
def countable() -> dict[str, Indicator]:
    """The indicators that records can feed: events over days of exposure, and shares; not hours, nor numbers of places."""
    return {one.key: one for one in framework().indicators if one.measures[0].rater == "records" and _is_countable(one)}


def _is_countable(indicator: Indicator) -> bool:
    if indicator.measures[0].kind == "share":
        return indicator.unit == "percentage_points"
    return indicator.unit == "per_28_days" or (indicator.unit == "count" and indicator.level in ("person", "system"))


def newest_release(session: Session, programme_id: int, until: date | None = None) -> RecordRelease | None:
    """The newest release of a programme's records, up to a day if one is given."""
    query = select(RecordRelease).where(RecordRelease.programme_id == programme_id)
    if until is not None:
        query = query.where(RecordRelease.made_on <= until)
    return session.scalar(query.order_by(RecordRelease.made_on.desc()).limit(1))


def too_soon(last: RecordRelease | None, day: date) -> bool:
    """Whether the last release is less than four weeks ago."""
    return last is not None and day - last.made_on < BETWEEN_RELEASES


def opened(release: RecordRelease) -> dict[str, Rates | Periods]:
    """What a release says, by indicator.

    Raises
    ------
    RecordsDamaged
        When it was changed behind our back.
    """
    if hashlib.sha256(release.document.encode()).hexdigest() != release.sha256:
        raise RecordsDamaged(f"records of programme {release.programme_id}, {release.made_on}")
    return {key: from_json(value) for key, value in json.loads(release.document).items()}
