"""The addresses of the sittings journey, and the one way to load a sitting: within one's grants, or a plain 404."""

from __future__ import annotations

from flask import Blueprint, abort, current_app
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from survey.access import LARGEST_ID, reach
from survey.database import Database
from survey.models import Entry, Programme, Sitting
from survey.sealing import Keys

blueprint = Blueprint("sittings", __name__, url_prefix="/staff/sittings")

ROLES = ("facilitator", "administrator")


def database() -> Database:
    """The store of this service."""
    found: Database = current_app.extensions["database"]
    return found


def keys() -> Keys:
    """The keys of this installation."""
    found: Keys = current_app.extensions["keys"]
    return found


def reached_sitting(session: Session, sitting_id: int) -> Sitting:
    """One session within one's grants, with its school, programme and code; the same 404 for all others, and for cases."""
    sitting = session.scalar(
        select(Sitting)
        .join(Programme, Sitting.programme_id == Programme.id)
        .where(Sitting.id == min(sitting_id, LARGEST_ID), reach(*ROLES), Sitting.mode == "private")
        .options(
            joinedload(Sitting.setting),
            joinedload(Sitting.programme).selectinload(Programme.waves),
            selectinload(Sitting.entries),
        )
    )
    return sitting if sitting is not None else abort(404)


def entry_of(sitting: Sitting) -> Entry:
    """Young people's way in."""
    return next(entry for entry in sitting.entries if entry.respondent == "young_person")
