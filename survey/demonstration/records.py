"""Simulated counts beside the simulated tour: incidents near its schools, month by month, and the changes agreed before it.

More are noticed and told in the months after the tour began. The line shows it, and takes no mark for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from survey.clock import today
from survey.models import AgreedChange, Observation

MONTHS = 13
AGREED = {"knows_signs": 10, "knows_image_law": 10, "knows_what_is_fine": 5}
AGREED_WITH = "a simulated safeguarding partnership"


def store_records(session: Session, programme_id: int, truth: Mapping[str, Any]) -> None:
    """Thirteen months of incidents, a place for each school of the tour and all together, and what was agreed before it."""
    random = np.random.default_rng(truth["seed"])
    first = today().replace(day=1)
    for back in range(MONTHS):
        last = first - timedelta(days=1)
        first = last.replace(day=1)
        days = (last - first).days + 1
        monthly = truth["schools"] * (1.5 if back < 1 else 0.9)
        session.add(
            Observation(
                programme_id=programme_id, indicator="incidents", place="All simulated places", first_day=first,
                last_day=last, count=int(random.poisson(monthly * days / 30)), exposure=truth["schools"] * days,
                people=truth["schools"],
            )
        )  # fmt: skip
    for indicator, smallest in AGREED.items():
        session.add(
            AgreedChange(
                programme_id=programme_id, indicator=indicator, smallest=smallest, agreed_with=AGREED_WITH,
                agreed_on=_agreed_on(),
            )
        )  # fmt: skip


def _agreed_on() -> date:
    return today() - timedelta(days=90)
