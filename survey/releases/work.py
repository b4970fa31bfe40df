"""The worker's heavy work: releases and school pages with their charts, for which alone it loads SciPy and Matplotlib.

Every function may run twice. A release that may not be made is no failure: the refusal is written into the audit and
nothing is published.
"""

from __future__ import annotations

from survey import audit
from survey.clock import today
from survey.database import Database
from survey.languages import gettext
from survey.models import Programme, Release, Sitting
from survey.releases.drawing import draw
from survey.releases.ledger import ReleaseRefused, read_ledger, write_ledger
from survey.releases.making import Draft, programme_release, school_page
from survey.releases.order import Payload
from survey.releases.store import keep
from survey.sealing import Keys


class ReleaseOvertaken(Exception):
    """Another release of the programme was made meanwhile: what may be published has to be worked out again."""


def release_now(database: Database, keys: Keys, programme_id: int) -> str:
    """Make a programme's next release: the final one when it is closed, else an interim one; says what was made.

    Raises
    ------
    survey.releases.ledger.ReleaseRefused
        When none may be made; the message says why.
    """
    with database.reading() as session:
        closed = session.get_one(Programme, programme_id).status == "closed"
    made = make_release(database, keys, programme_id, "final" if closed else "interim")
    return gettext(
        "Release %(number)s was made. See it under /staff/programmes/%(programme)s/report.",
        number=made.number,
        programme=programme_id,
    )


def make_release(database: Database, keys: Keys, programme_id: int, kind: str) -> Release:
    """Make and store a programme's release with its charts; raises `ReleaseRefused`."""
    with database.reading() as session:
        expected = read_ledger(session, programme_id).last_number
        draft = programme_release(session, session.get_one(Programme, programme_id), kind, today())
    return _publish(database, keys, programme_id, draft, expected)


def _publish(database: Database, keys: Keys, programme_id: int, draft: Draft, expected: int) -> Release:
    drawings = draw(draft.snapshot)
    with database.writing() as session:
        if read_ledger(session, programme_id).last_number != expected:
            raise ReleaseOvertaken(f"programme {programme_id} after release {expected}")
        made = keep(session, programme_id, draft, write_ledger(draft.groups), drawings, today())
        audit.record(
            session, keys, None, "release.made", f"programme {programme_id}, release {made.number}", draft.kind
        )
    return made


def release(database: Database, keys: Keys, payload: Payload) -> None:
    """Make the release that was asked for, or note why not."""
    try:
        make_release(database, keys, payload["programme"], payload["kind"])
    except ReleaseRefused as refused:
        _note(database, keys, f"programme {payload['programme']}", refused)


def page(database: Database, keys: Keys, payload: Payload) -> None:
    """Make the page of the school whose sitting has closed, or note why not."""
    try:
        with database.reading() as session:
            sitting = session.get_one(Sitting, payload["sitting"])
            expected = read_ledger(session, sitting.programme_id).last_number
            draft = school_page(session, sitting)
        _publish(database, keys, sitting.programme_id, draft, expected)
    except ReleaseRefused as refused:
        _note(database, keys, f"school page of sitting {payload['sitting']}", refused)


def _note(database: Database, keys: Keys, subject: str, refused: ReleaseRefused) -> None:
    with database.writing() as session:
        audit.record(session, keys, None, "release.refused", subject, refused.reason)
