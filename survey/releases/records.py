"""What is released of a programme's records: by indicator a line over time, all places together, never a place by itself.

Only periods that are over enter, and what was released is frozen: a period takes no further row, so no two releases differ
by a place. A release holds every released period again. It is made when somebody asks, at most once in four weeks.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from analysis.disclosure import release_periods
from analysis.exact import Count
from analysis.rates import Events
from analysis.recorded import Recorded, release_rates
from analysis.results import Released
from questionnaires.framework import Framework
from questionnaires.framework_files import load_framework
from survey import audit
from survey.clock import today
from survey.database import Database
from survey.models import Observation, RecordRelease
from survey.records_kept import FRAMEWORK, newest_release, too_soon
from survey.sealing import Keys

PER_HUNDRED = 100


def release_records(database: Database, keys: Keys, payload: Mapping[str, Any]) -> None:
    """Release the periods that are over; nothing when there is nothing new, or too soon after the last."""
    programme = int(payload["programme"])
    with database.writing() as session:
        last = newest_release(session, programme)
        rows = list(
            session.scalars(
                select(Observation)
                .where(Observation.programme_id == programme, Observation.last_day < today())
                .order_by(Observation.first_day)
                .with_for_update()
            )
        )
        if too_soon(last, today()) or all(row.is_released for row in rows):
            return
        document = json.dumps(
            {name: one.to_json() for name, one in figures(load_framework(FRAMEWORK), rows).items()}, sort_keys=True
        )
        sha256 = hashlib.sha256(document.encode()).hexdigest()
        session.add(RecordRelease(programme_id=programme, made_on=today(), document=document, sha256=sha256))
        for row in rows:
            row.is_released = True
        audit.record(session, keys, None, "records.released", f"programme {programme}")


def figures(framework: Framework, rows: Sequence[Observation]) -> dict[str, Released]:
    """Every indicator's line over time, past the gate; of those that the framework still names."""
    known = {one.key: one for one in framework.indicators}
    found: dict[str, Released] = {}
    by_indicator: dict[str, list[Observation]] = defaultdict(list)
    for row in rows:
        if row.indicator in known:
            by_indicator[row.indicator].append(row)
    for key, mine in by_indicator.items():
        indicator = known[key]
        periods = _periods(mine)
        if indicator.measures[0].kind == "share":
            counts = [(one.label, Count(one.events.count, one.events.people)) for one in periods]
            found[key] = release_periods(counts)
        else:
            per = 1 if indicator.level == "system" else PER_HUNDRED
            found[key] = release_rates(periods, per, of_people=indicator.level == "person")
    return found


def _periods(rows: Sequence[Observation]) -> list[Recorded]:
    """All places of a period together, the earliest first."""
    sums: dict[tuple[date, date], list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in rows:
        total = sums[row.first_day, row.last_day]
        for n, value in enumerate((row.count, row.exposure, row.people)):
            total[n] += value
    return [
        Recorded(f"{first.isoformat()}/{last.isoformat()}", Events(count, exposure or people, people))
        for (first, last), (count, exposure, people) in sorted(sums.items())
    ]
