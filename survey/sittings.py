"""One supervised occasion at a school: making it, running it step by step, and what is printed for it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("sittings", __name__, url_prefix="/staff")
