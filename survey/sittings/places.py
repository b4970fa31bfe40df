"""The addresses of the sittings journey, and who uses it."""

from __future__ import annotations

from flask import Blueprint, current_app

from survey.database import Database
from survey.models import Entry, Sitting
from survey.sealing import Keys
from survey.waves import RUNNERS

blueprint = Blueprint("sittings", __name__, url_prefix="/staff/sittings")

ROLES = RUNNERS


def database() -> Database:
    """The store of this service."""
    found: Database = current_app.extensions["database"]
    return found


def keys() -> Keys:
    """The keys of this installation."""
    found: Keys = current_app.extensions["keys"]
    return found


def entry_of(sitting: Sitting) -> Entry:
    """The way in: a session has one."""
    return sitting.entries[0]
