"""The addresses of the sittings journey, and who uses it."""

from __future__ import annotations

from flask import Blueprint

from survey.models import Entry, Sitting
from survey.waves import RUNNERS

blueprint = Blueprint("sittings", __name__, url_prefix="/staff/sittings")

ROLES = RUNNERS


def entry_of(sitting: Sitting) -> Entry:
    """The way in: a session has one."""
    return sitting.entries[0]
