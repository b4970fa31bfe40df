"""How many tries of a kind are allowed in a window of time: wrong passwords, unknown codes, words from one page.

Of passwords and codes only failures are counted, so whoever has the right code always passes. What is spent writes nothing more
until its window ends: a flood of guesses cannot become a flood of writes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Connection, Executable, Table, bindparam, case, delete, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from survey.clock import now
from survey.models import Budget

KEPT = timedelta(days=1)
"""No window is longer; older rows are swept away whenever a window begins."""


_BUDGETS = cast(Table, Budget.__table__)


def _counting(insert: Callable[[Table], postgresql.Insert | sqlite.Insert]) -> Executable:
    """One statement, so that failures at the same moment are all counted; made here once, for every answer passes by it."""
    window_start, spent = _BUDGETS.c.window_start, _BUDGETS.c.spent
    began = bindparam("began", type_=window_start.type)
    is_old = window_start <= bindparam("before")
    return (
        insert(_BUDGETS)
        .values(name=bindparam("called"), window_start=began, spent=1)
        .on_conflict_do_update(
            index_elements=[_BUDGETS.c.name],
            set_={
                "window_start": case((is_old, began), else_=window_start),
                "spent": case((is_old, 1), else_=spent + 1),
            },
            where=or_(is_old, spent < bindparam("most")),
        )
        .returning(spent)
    )


_COUNT = {"postgresql": _counting(postgresql.insert), "sqlite": _counting(sqlite.insert)}
_SWEEP = delete(_BUDGETS).where(_BUDGETS.c.window_start < bindparam("before"))


def is_spent(session: Session, name: str, limit: int, window: timedelta) -> bool:
    """Whether no further try is allowed in the current window."""
    row = session.get(Budget, name)
    return row is not None and row.window_start > now() - window and row.spent >= limit


def spend(
    session: Session | Connection, name: str, limit: int, window: timedelta, *, began: datetime | None = None
) -> bool:
    """Count one; False, with nothing written, when the budget was spent already. `began`: when a new window began, where the
    moment of its first must not be kept."""
    moment = began or now()
    bind = session if isinstance(session, Connection) else session.get_bind()
    given = {"called": name, "began": moment, "before": moment - window, "most": limit}
    counted = session.scalar(_COUNT[bind.dialect.name], given)
    if counted == 1:
        session.execute(_SWEEP, {"before": moment - KEPT})
    return counted is not None
