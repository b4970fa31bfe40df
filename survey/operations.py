"""What machines ask: is the process alive, and can it take answers."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy import text

from survey.access import everyone
from survey.installation import config, database
from survey.outbox import is_overdue
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
    """The store can be written and has the newest shape; a 503 (of `troubles`) says that it cannot be reached.

    That staff cannot be told by mail is a warning: answers are safe all the same, and a probe must not stop the service.
    """
    with database().writing() as session:
        session.execute(text("SELECT 1"))
    plain = {"Content-Type": "text/plain; charset=utf-8"}
    if not is_current(database()):
        return "migrate first\n", 503, plain
    return "ready\n" + _warning(), 200, plain


def _warning() -> str:
    if not config().mail_server:
        return "warning: no mail server is set (HEARD_MAIL): staff see messages only when they sign in\n"
    with database().reading() as session:
        late = is_overdue(session)
    return "warning: messages to staff are overdue: look at the mail server and at 'heard work'\n" if late else ""
