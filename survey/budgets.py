"""How many tries of a kind are allowed in a window of time: wrong passwords, unknown codes, words from one page.

Of passwords and codes only failures are counted, so whoever has the right code always passes. What is spent writes nothing more
until its window ends: a flood of guesses cannot become a flood of writes.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, case, delete, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from survey.clock import now
from survey.models import Budget

KEPT = timedelta(days=1)
"""No window is longer; older rows are swept away whenever a window begins."""


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
    is_old = Budget.window_start <= moment - window
    # One statement on either engine, so that failures at the same moment are all counted.
    bind = session if isinstance(session, Connection) else session.get_bind()
    insert = postgresql.insert if bind.dialect.name == "postgresql" else sqlite.insert
    counted = session.scalar(
        insert(Budget)
        .values(name=name, window_start=moment, spent=1)
        .on_conflict_do_update(
            index_elements=[Budget.name],
            set_={
                "window_start": case((is_old, moment), else_=Budget.window_start),
                "spent": case((is_old, 1), else_=Budget.spent + 1),
            },
            where=or_(is_old, Budget.spent < limit),
        )
        .returning(Budget.spent)
    )
    if counted == 1:
        session.execute(delete(Budget).where(Budget.window_start < moment - KEPT))
    return counted is not None
