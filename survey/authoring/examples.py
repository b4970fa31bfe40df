"""Filled spreadsheets to begin with, for whoever has never made a questionnaire for another tool.

They are made from a questionnaire of the library, in English: the plain one holds its questions with one answer, the full
one is the XLSForm with all that Heard can read.
"""

from __future__ import annotations

from functools import cache

from flask import abort, make_response
from werkzeug.wrappers import Response as Reply

from questionnaires.files import library, read
from survey.access import staff
from survey.authoring.places import WRITERS, blueprint
from survey.authoring.text import SPREADSHEET

SHOWN = "online_play"
SORTS = ("plain", "full")


@blueprint.get("/example-<sort>.xlsx")
@staff(*WRITERS)
def example(sort: str) -> Reply:
    """A filled spreadsheet, plain or full."""
    reply = make_response(_written(sort) if sort in SORTS else abort(404))
    reply.content_type = SPREADSHEET
    reply.headers["Content-Disposition"] = f'attachment; filename="example_{sort}.xlsx"'
    return reply


@cache
def _written(sort: str) -> bytes:
    from questionnaires.plain_sheet import write_plain  # brings NumPy along: only when a spreadsheet is asked for
    from questionnaires.xlsform_writing import write_xlsform

    instrument = read(library()[SHOWN].read_bytes(), f"{SHOWN}.yaml")
    return write_plain(instrument) if sort == "plain" else write_xlsform(instrument)
