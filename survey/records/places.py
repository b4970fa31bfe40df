"""The addresses of the records journey and who uses it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("records", __name__, url_prefix="/staff/records")

ROLES = ("administrator", "commissioner")
