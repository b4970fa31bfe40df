"""The addresses of the records journey and who uses it."""

from __future__ import annotations

from flask import Blueprint, current_app

from survey.database import Database
from survey.sealing import Keys

blueprint = Blueprint("records", __name__, url_prefix="/staff/records")

ROLES = ("administrator", "commissioner")


def database() -> Database:
    """The store of this service."""
    found: Database = current_app.extensions["database"]
    return found


def keys() -> Keys:
    """The keys of this installation."""
    found: Keys = current_app.extensions["keys"]
    return found
