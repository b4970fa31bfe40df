"""The addresses of the programmes journey, and how its pages load a programme: within one's grants, or a plain 404."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask import Blueprint, abort
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.access import reached_programme
from survey.models import Programme
from survey.publishing import instrument_of

blueprint = Blueprint("programmes", __name__, url_prefix="/staff/programmes")

ROLE = "administrator"


def locked_programme(session: Session, programme_id: int, *statuses: str) -> Programme:
    """A programme to change, held until the end of the transaction; 409 when it is not in one of these statuses."""
    programme = reached_programme(session, programme_id, ROLE)
    session.refresh(programme, with_for_update=True)
    if programme.status not in statuses:
        abort(409)
    return programme


def prints_in_a_service(programme: Programme, kinds: Iterable[str]) -> bool:
    """Whether it asks to print words where it may not: services meet children who were harmed, and words lead back (CARE B8).

    That a form is linked, or for children under 13, is refused with the questionnaire itself.
    """
    asked = (instrument_of(wave.instrument_version).items for wave in programme.waves)
    return "service" in kinds and any(item.may_print for items in asked for item in items)


def free_key(session: Session, name: str) -> str:
    """A short name for the command line that no other programme has."""
    stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:50] or "programme"
    taken = set(session.scalars(select(Programme.key).where(Programme.key.startswith(stem, autoescape=True))))
    return next(key for n in range(1, len(taken) + 2) if (key := stem if n == 1 else f"{stem}-{n}") not in taken)
