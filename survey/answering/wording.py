"""Words that young people type: the note beside each box, and the way in for words that a browser has sealed.

The note says who reads what is typed and when, and what they must do; without readers on duty there is no box at all.
"""

from __future__ import annotations

import base64
from datetime import datetime

from babel.dates import format_datetime
from flask import abort
from werkzeug.wrappers import Response as Reply

from questionnaires.instrument import PRIMARY_AGE
from survey.access import respondent
from survey.answering.places import blueprint, line, sent_form
from survey.clock import PLACE, now
from survey.duty import Desk
from survey.envelopes import WordsRefused, read_envelopes
from survey.helplines import any_time
from survey.installation import database, keys
from survey.languages import current, gettext
from survey.publishing import instrument_of
from survey.remarks import bound_to, box_promise, boxes, desk_here, keep_words
from survey.responses import LARGEST_WORDS, Place, Submission, place_of
from survey.sheet_notes import BoxNote

HOLDS_HERE = "holds-goes-here"


def box_note(place: Place, desk: Desk | None) -> BoxNote | None:
    """What the page says beside its boxes, and what its script needs to seal; None where there is no box."""
    if desk is None:
        return None
    ages = instrument_of(place.version).ages
    young = ages[1] <= PRIMARY_AGE
    return BoxNote(
        packed_readers(desk),
        bound_to(place, ""),
        desk.has_school,
        box_promise(young=young),
        _who(young=young),
        when_read(desk, ages),
        _when_they_are_gone(desk, ages),
        desk.offered_until,
        desk.ends_at,
    )


def note_here(place: Place) -> BoxNote | None:
    """The note for a place now; costs nothing where its questions ask for no words."""
    if not boxes(instrument_of(place.version), place.wave):
        return None
    return box_note(place, desk_here(database(), place, now()))


def with_holds(page: str, note: BoxNote | None) -> str:
    """A page that says for how long it may stand there with its boxes and what it says beside them."""
    return page.replace(HOLDS_HERE, note.holds(now())) if note else page


def packed_readers(desk: Desk) -> str:
    """The readers of a desk as script needs them: where each works, which key is theirs, and its public half."""
    return " ".join(
        f"{'outside' if one.is_outside else 'school'}.{one.key_id}.{_packed(one.public_key)}" for one in desk.recipients
    )


def _packed(point: bytes) -> str:
    return base64.urlsafe_b64encode(point).decode().rstrip("=")


def _who(*, young: bool) -> str:
    if young:
        return gettext("A grown-up whose job is to keep children safe reads what you write here.")
    return gettext("A trained adult reads what you type here. We do not tell them your name: we don’t know it.")


def when_read(desk: Desk, ages: tuple[int, int]) -> tuple[str, ...]:
    """When somebody reads what is typed here: today, or the next time and where help is until then."""
    if desk.is_read_now:
        return (gettext("Somebody reads today."),)
    return _nobody_until(desk.next_at), any_time(ages)


def _when_they_are_gone(desk: Desk, ages: tuple[int, int]) -> tuple[str, ...]:
    """What a page that still stands there says once those who read now are at home; empty where somebody takes over."""
    if desk.ends_at is None or desk.after_that == desk.ends_at:
        return ()
    return (*([_nobody_until(desk.after_that)] if desk.after_that else []), any_time(ages))


def _nobody_until(moment: datetime) -> str:
    """The day and hour at which somebody reads again."""
    spoken = format_datetime(moment.astimezone(PLACE), "EEEE d MMMM, HH:mm", locale=current())
    return gettext("Nobody is reading this right now. The next time is %(time)s.", time=spoken)


@blueprint.post("/words")
@respondent
def words() -> Reply:
    """Keep words that the browser has sealed to its readers; the reply is one line that names them."""
    submission = sent_form(LARGEST_WORDS)
    place = place_of(database(), submission.ticket)
    if place is None or place.mode != "private" or not boxes(instrument_of(place.version), place.wave):
        abort(400)
    sealed = submission.words
    try:
        envelopes = read_envelopes(sealed)
        keep_words(database(), keys(), place, submission.id, chosen_by(submission), envelopes, sealed.encode(), now())
    except WordsRefused:
        return line("asks again", submission, 422)
    return line("keeps", submission, 200)


def chosen_by(submission: Submission) -> str:
    """Who should read it: somebody at school only where that was chosen."""
    return "school" if submission.who_reads == "school" else "outside"
