"""Files of a stored release: the released table and its codebook, never answers."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("exports", __name__, url_prefix="/staff")
