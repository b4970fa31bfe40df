"""Pages that read a stored release: a programme's report, its releases, a school's own page."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("reporting", __name__, url_prefix="/staff")
