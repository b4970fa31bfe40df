"""What machines ask: is the process alive, and can it take answers."""

from __future__ import annotations

from flask import Blueprint, current_app
from sqlalchemy import text

from survey.access import everyone
from survey.schema import is_current

blueprint = Blueprint("operations", __name__)


@blueprint.get("/healthz")
@everyone
def healthz() -> tuple[str, dict[str, str]]:
    """The process answers."""
    return "ok\n", {"Content-Type": "text/plain; charset=utf-8"}


@blueprint.get("/readyz")
@everyone
def readyz() -> tuple[str, int, dict[str, str]]:
    """The store can be written and has the newest shape; a 503 (of `troubles`) says that it cannot be reached."""
    database = current_app.extensions["database"]
    with database.writing() as session:
        session.execute(text("SELECT 1"))
    current = is_current(database)
    return (
        ("ready\n" if current else "migrate first\n"),
        200 if current else 503,
        {"Content-Type": "text/plain; charset=utf-8"},
    )
