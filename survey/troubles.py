"""When something cannot be done: a plain page that says what happened and what to do, never a trace, never an answer.

A busy or full database is a 503 with Retry-After, and so is a page that cannot be made into a PDF just now. An unexpected fault
is logged once, by its kind and place only: no body, no locals, no address.
"""

from __future__ import annotations

import logging
import secrets
import traceback

from flask import Flask, render_template
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as Reply

from survey.database import DatabaseBusy
from survey.pdf import NoPDF

RETRY_AFTER = "5"
PDF_RETRY_AFTER = "60"
PAGES = (403, 404, 405, 413, 500, 503)
"""Those that have words of their own; of every other one could not read what was sent."""
BUSY = (OperationalError, DatabaseBusy, PoolTimeout)

log = logging.getLogger("heard")


def init_app(app: Flask) -> None:
    """Attach the pages for errors."""
    app.register_error_handler(HTTPException, show_refusal)
    for kind in BUSY:
        app.register_error_handler(kind, show_busy)
    app.register_error_handler(NoPDF, show_no_pdf)
    app.register_error_handler(Exception, show_fault)


def show_refusal(refusal: HTTPException) -> Reply | tuple[str, int]:
    """The page of a 4xx; redirects pass as they are."""
    code = refusal.code or 500
    if code < 400 and refusal.response is not None:
        return refusal.response  # type: ignore[return-value]
    if code < 400:
        return refusal.get_response()
    if code not in PAGES:
        return render_template("errors/400.html"), code
    return render_template(f"errors/{code}.html"), code


def show_busy(fault: Exception) -> tuple[str, int, dict[str, str]]:
    """The page when the store cannot take a write or a read just now."""
    report_busy(fault)
    return render_template("errors/503.html"), 503, {"Retry-After": RETRY_AFTER}


def show_no_pdf(fault: Exception) -> tuple[str, int, dict[str, str]]:
    """The page for staff who get no file just now; its message says why, without a word of theirs."""
    log.warning("no PDF: %s", fault)
    return render_template("errors/no_pdf.html"), 503, {"Retry-After": PDF_RETRY_AFTER}


def show_fault(fault: Exception) -> tuple[str, int]:
    """The page of last resort, with a number that staff can quote."""
    return render_template("errors/500.html", incident=report_fault(fault)), 500


def report_busy(fault: Exception) -> None:
    """Note that the store could not take something."""
    log.warning("busy: %s", type(fault).__name__)


def report_fault(fault: Exception) -> str:
    """Note an unexpected fault; returns the number under which it stands in the log."""
    incident = secrets.token_hex(4)
    log.error("incident %s: %s", incident, describe(fault))
    return incident


def describe(fault: BaseException) -> str:
    """A fault by kind and place, without its message or values: those may hold what a child typed."""
    places = [
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in traceback.extract_tb(fault.__traceback__)
    ]
    kind = type(fault.orig).__name__ if isinstance(fault, DBAPIError) and fault.orig else type(fault).__name__
    return f"{kind} at {' < '.join(reversed(places[-4:]))}"
