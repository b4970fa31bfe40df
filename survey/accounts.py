"""Signing in and out, the first page of staff, one's own password and language."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("accounts", __name__, url_prefix="/staff")
