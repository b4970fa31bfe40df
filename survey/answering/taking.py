"""Taking a questionnaire in: store it once, or give it back with everything that was typed.

No cookie is needed to have an answer stored; the one there is says where to go on, and is replaced after every send so that
the browser's back-forward cache cannot bring the last pupil's answers back.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Response, abort, g, redirect
from werkzeug.wrappers import Response as Reply

from questionnaires.answers import parse
from questionnaires.codebook import Answers, Head
from questionnaires.looks import in_version
from survey.access import respondent
from survey.alerts import CaseWithdrawn
from survey.answering.asking import look_of, questions_page, sheet_of
from survey.answering.entering import home_page
from survey.answering.linked import told_by
from survey.answering.places import blueprint, line, sent_form, with_cookie
from survey.answering.wording import chosen_by, note_here, with_holds
from survey.bounds import TooLate, TooMany
from survey.clock import now
from survey.envelopes import WordsRefused
from survey.installation import database, keys
from survey.joining import Visit
from survey.languages import gettext
from survey.looks import sounds
from survey.pairing import is_code, read_card, tidy
from survey.publishing import codebook_of, instrument_of
from survey.remarks import desk_here, keep_words, seal_words, typed_words, without_words
from survey.responses import Outcome, Place, Submission, decline, hold, place_of, store, tell
from survey.sealed_answers import KeyDestroyed, open_sealed
from survey.sealing import SealBroken
from survey.sheets import CardField, Typed, error_lines, make_pages
from survey.troubles import BUSY, RETRY_AFTER, report_busy, report_fault


@blueprint.post("/answer")
@respondent
def answer() -> Reply:
    """Take a questionnaire: store it once, or give it back with everything that was typed."""
    submission = sent_form()
    place = place_of(database(), submission.ticket)
    if place is None and submission.sealed:
        return line("cannot open", submission, 410)  # nothing ever had this way in: the device lets go of it
    if place is None:
        abort(400)
    g.language = place.language
    if submission.sealed:
        return _take_sealed(submission, place)
    try:
        return _take(submission, place)
    except CaseWithdrawn:
        return _taken_out()
    except TooLate:
        return _too_late()
    except BUSY as fault:
        report_busy(fault)
        return _not_saved(submission, place, 503)
    except Exception as fault:  # whatever broke, the answers go back to the child
        report_fault(fault)
        return _not_saved(submission, place, 500)


def _taken_out() -> Reply:
    """Nothing more of this young person is kept; `held_case` has said so."""
    message = gettext("Your answers were taken out, as you wished. Nothing more is kept.")
    return with_cookie(Response(home_page(message=message), 410), Visit.read())


def _too_late() -> Reply:
    """Nobody could tell any more whether the same had come before, so no answers are stored; what was typed, or must not wait,
    may have gone to its readers all the same, so nothing is said of who sees it."""
    message = gettext(
        "These questions were closed more than two weeks ago, so your answers were not taken. "
        "If you were given a new code, type it here. If you want to tell somebody something, use Get help."
    )
    return with_cookie(Response(home_page(message=message), 410), Visit.read())


def _not_saved(submission: Submission, place: Place, status: int) -> Reply:
    """The page again with all the answers in it, to be sent once more under the same submission."""
    message = gettext(
        "We could not save your answers just now. They are still on this page. Wait a moment, then press Send again."
    )
    reply = Response(_given_back(submission, place, waiting_message=message), status)
    reply.headers["Retry-After"] = RETRY_AFTER
    return with_cookie(reply, Visit.read())


def _take(submission: Submission, place: Place) -> Reply:
    answers, card = _read(submission, place)
    if answers is None:
        tell(database(), keys(), place, submission, told_by(submission, place))
        return with_cookie(Response(_given_back(submission, place), 422), Visit.read())
    if not keep_typed(submission, place):
        message = gettext(
            "What you typed was not sent: nobody can read it just now. Your other answers are still here. Take out what "
            "you typed and press Send again, or wait and try later. If you need help now, use Get help."
        )
        return with_cookie(Response(_given_back(submission, place, waiting_message=message), 422), Visit.read())
    submission = without_words(instrument_of(place.version), place, submission)
    outcome, visit = _keep(submission, place, answers, card, openly=True)
    # Other answers under a submission that had arrived: put aside, and led on as everybody is, by way of the last page.
    return with_cookie(redirect("/thanks?twice" if outcome is Outcome.HELD else "/thanks", 303), visit)


def keep_typed(submission: Submission, place: Place) -> bool:
    """Seal and keep what was typed into boxes, before the answers: False when nobody is there to read it."""
    words = typed_words(instrument_of(place.version), place, submission.fields)
    if not words:
        return True
    moment = now()
    desk = desk_here(database(), place, moment, arriving=True)
    if desk is None:
        return False
    chosen = chosen_by(submission)
    envelopes = seal_words(desk, chosen, place, words)
    content = repr((chosen, *words)).encode()
    try:
        keep_words(database(), keys(), place, submission.id, chosen, envelopes, content, moment)
    except WordsRefused:  # whoever would have read it went off duty between the two
        return False
    return True


def _read(submission: Submission, place: Place) -> tuple[Answers | None, str | None]:
    """The answers and the card; no answers where something has to be put right first."""
    parsed = parse(instrument_of(place.version), place.wave, submission.fields, helped=submission.helped)
    card = read_card(submission.card)
    is_wrong = parsed.faults or parsed.unknown or (submission.card and card is None)
    return (None if is_wrong else parsed.answers), card


def _keep(
    submission: Submission, place: Place, answers: Answers, card: str | None, *, openly: bool
) -> tuple[Outcome, Visit]:
    """Store the answers, once; and the visit as it goes on."""
    visit = Visit.read()
    look = look_of(place, submission.look)
    head = Head(place.language, look, place.devices, submission.helped, place.respondent)
    codes = codebook_of(place.version).encode(answers, head)
    device = visit.device if place.devices == "own" else None
    told = told_by(submission, place)
    try:
        outcome = store(
            database(), keys(), place, submission, codes, card=card, device=device, told=told, openly=openly
        )
    except (TooLate, TooMany):
        # The answers are not taken; that somebody has to look at one of them is told all the same.
        tell(database(), keys(), place, submission, told)
        raise
    return outcome, (replace(visit, device="") if place.is_last else visit)


def _take_sealed(outer: Submission, place: Place) -> Reply:
    """Take what a device had sealed. The reply is one line that names the submission: no captive portal can say it."""
    try:
        return _take_opened(outer, place)
    except (KeyDestroyed, CaseWithdrawn):
        return line("cannot open", outer, 410)


def _take_opened(outer: Submission, place: Place) -> Reply:
    try:
        opened = open_sealed(database(), keys(), place, outer)
    except SealBroken:
        return _put_aside(outer, outer, place)
    if opened.declined:
        decline(database(), keys(), place, opened)
        return _receipt(outer, Outcome.STORED, Visit.read())
    # A device never queues any words: for an old page of ours.
    inner = without_words(instrument_of(place.version), place, opened)
    answers, card = _read(inner, place)
    if answers is None and outer.waited:
        # Nobody can look at the card again: they are answers all the same, only not paired.
        answers, card = _read(replace(inner, card=""), place)
    if answers is None:
        return _put_aside(outer, inner, place)
    outcome, visit = _keep(inner, place, answers, card, openly=False)
    return _receipt(outer, outcome, visit)


def _put_aside(outer: Submission, readable: Submission, place: Place) -> Reply:
    if not outer.waited:
        # The page is still open: its script sends the form openly, and what is wrong is put right there.
        return line("asks again", outer, 422)
    tell(database(), keys(), place, readable, told_by(readable, place))
    hold(database(), keys(), place, readable)
    return _receipt(outer, Outcome.HELD, Visit())


def _receipt(outer: Submission, outcome: Outcome, visit: Visit) -> Reply:
    """What had waited may arrive while somebody else comes in by a code: its receipt must not bring the earlier visit back."""
    reply = line("keeps", outer, 409 if outcome is Outcome.HELD else 200)
    return reply if outer.waited else with_cookie(reply, visit)


def _given_back(submission: Submission, place: Place, waiting_message: str | None = None) -> str:
    """The same page with what was typed, and what to do about it."""
    instrument = instrument_of(place.version)
    typed = Typed(submission.fields, submission.card[:60], submission.helped)
    parsed = parse(instrument, place.wave, submission.fields, helped=submission.helped)
    look = look_of(place, submission.look)
    sheet = sheet_of(place, typed, look, note_here(place))
    shown = in_version(instrument, look)
    has_boxes = sheet.box is not None or bool(typed_words(instrument, place, submission.fields))
    recorded = sounds(instrument, place.language, look)
    pages = make_pages(shown, place.wave, typed, parsed.faults, boxes=has_boxes, sounds=recorded)
    card = _card_field(sheet.card, submission.card)
    if parsed.unknown and waiting_message is None:
        waiting_message = gettext(
            "Something on this page was out of date. Your answers are still here. Look them over and press Send again."
        )
    errors = error_lines(pages, card)
    sheet = replace(
        sheet,
        pages=pages,
        card=card,
        errors=errors,
        waiting_message=waiting_message,
        who_reads=submission.who_reads,
    )
    return with_holds(questions_page(sheet, place, submission.ticket, submission.id), sheet.box)


def _card_field(field: CardField | None, typed: str) -> CardField | None:
    if field is None or not typed or read_card(typed) is not None:
        return field
    if is_code(tidy(typed)):
        error = gettext("That is the code from the board. Here goes the code of your own card, or leave it empty.")
    else:
        error = gettext(
            "This is not the code of a card. Look at it again: 7 letters and numbers, like 7N4Q-K2W. Or leave it empty."
        )
    return CardField(typed[:60], (error,))


@blueprint.post("/decline")
@respondent
def no_thanks() -> Reply:
    """Somebody would rather not: counted, then something ordinary to do that looks the same from the next desk."""
    submission = sent_form()
    place = place_of(database(), submission.ticket)
    if place is None:
        abort(400)
    try:
        decline(database(), keys(), place, submission, openly=True)
    except CaseWithdrawn:
        return _taken_out()
    except TooLate:
        pass  # counted nowhere, and nobody is told of it: they go on as everybody does
    return with_cookie(redirect("/activity", 303), Visit.read())
