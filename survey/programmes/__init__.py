"""What is evaluated: making a programme, its schools, opening and closing it, and who may do what in it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("programmes", __name__, url_prefix="/staff/programmes")
