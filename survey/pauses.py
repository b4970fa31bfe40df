"""Whether a place stands still: a school, or a whole programme, that somebody in charge of safeguarding stopped (CARE B6).

While it does, no questions are given out there and no box for words is served; what was being sent is still taken, because
an answer that was sent is never lost. Every page that gives out questions asks here first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from sqlalchemy import Table, bindparam, or_, select
from sqlalchemy.orm import Session

from survey.database import Database
from survey.languages import gettext
from survey.models import SAFEGUARDING_READER, Participation, Pause

STOPPERS = (SAFEGUARDING_READER, "administrator")
"""The roles that stop and that agree to go on."""

# Asked for every page, so it is made once and run without the object layer.
_PAUSES = cast(Table, Pause.__table__)
_STANDS_STILL = select(_PAUSES.c.id).where(
    _PAUSES.c.ended_at.is_(None),
    or_(_PAUSES.c.programme_id == bindparam("programme_id"), _PAUSES.c.setting_id == bindparam("setting_id")),
)


def pauses_over(session: Session, programme_id: int, setting_id: int) -> Sequence[Pause]:
    """What keeps one school in one programme still just now; nothing, as a rule."""
    return session.scalars(
        select(Pause)
        .where(Pause.ended_at.is_(None), or_(Pause.programme_id == programme_id, Pause.setting_id == setting_id))
        .order_by(Pause.id)
    ).all()


def stands_still(database: Database, programme_id: int, setting_id: int) -> bool:
    """Whether nothing may be asked of one school in one programme just now."""
    with database.reader.connect() as connection:
        here = {"programme_id": programme_id, "setting_id": setting_id}
        return connection.execute(_STANDS_STILL, here).first() is not None


def pauses_within(session: Session, programme_ids: Iterable[int]) -> Sequence[Pause]:
    """What stands still of some programmes: themselves, and schools that take part in them."""
    ids = list(programme_ids)
    schools = select(Participation.setting_id).where(Participation.programme_id.in_(ids))
    return session.scalars(
        select(Pause)
        .where(Pause.ended_at.is_(None), or_(Pause.programme_id.in_(ids), Pause.setting_id.in_(schools)))
        .order_by(Pause.id)
    ).all()


def name_of(pause: Pause) -> str:
    """What stands still, by its name."""
    return pause.programme.name if pause.programme is not None else pause.setting.name if pause.setting else ""


def notices_of(pauses: Iterable[Pause]) -> tuple[str, ...]:
    """What staff read on the page of a session or of a programme while it stands still."""
    return tuple(
        gettext(
            "%(name)s is paused. No questions are given out; answers that are on their way are still taken. Two people with "
            "the role for it must agree before it goes on.",
            name=name_of(one),
        )
        for one in pauses
    )
