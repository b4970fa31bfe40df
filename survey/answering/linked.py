"""What differs when a worker holds the key (CARE A1, B4): the page says who sees the answers and when they must tell somebody,
some questions open only while the worker is on duty, and an answer with an alert is taken when it is chosen. "At once" is said
only where a letter goes out at once: without a mail server, or while none of their letters gets through, it says when they will
see it, and these questions open only while one of them was in Heard within the hour. And only the script that sends an answer
when it is chosen says so: until it runs, and where none runs, the page promises what Send does.
"""

from __future__ import annotations

from flask import abort
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Reply

from questionnaires.answers import parse
from survey import outbox
from survey.access import respondent
from survey.alerts import SEEN_HOLDS, SEEN_WITHOUT_MAIL, CaseWithdrawn, Telling, is_on_duty, tellings
from survey.answering.places import blueprint, line, sent_form
from survey.clock import now
from survey.installation import config, database, keys
from survey.languages import gettext
from survey.models import Account, Case
from survey.publishing import instrument_of
from survey.responses import Place, Submission, place_of, tell
from survey.sealed_answers import KeyDestroyed, open_sealed
from survey.sealing import SealBroken
from survey.sheet_notes import LinkedNote


def linked_note(place: Place) -> LinkedNote | None:
    """Who sees the answers that are given here; None in private mode."""
    if place.mode != "linked":
        return None
    with database().reading() as session:
        case = session.scalars(select(Case).where(Case.sitting_id == place.sitting_id)).one()
        at_once = _is_told_by_letter(session, case)
        worker, deputy = (session.get_one(Account, person).name for person in (case.worker_id, case.deputy_id))
    who = gettext(
        "Who sees your answers: %(worker)s, and %(deputy)s, who stands in. If you or somebody else is not safe, they must tell "
        "people whose job is to keep you safe.",
        worker=worker,
        deputy=deputy,
    )
    chosen, sent = _told_at_once(worker, deputy) if at_once else _told_later(worker, deputy)
    third = gettext("Somebody else there, who leads on keeping people safe, may see it too.")  # CARE A1: all who see it
    return LinkedNote(who, f"{chosen} {third}", f"{sent} {third}")


def _told_at_once(worker: str, deputy: str) -> tuple[str, str]:
    """What is true once an answer is told when it is chosen, and what is true in any case."""
    chosen = gettext(
        "%(worker)s or %(deputy)s is on duty (Monday to Friday, 9 to 5) and is told of your answer at once. If you are not "
        "safe, they must tell someone whose job is to keep you safe.",
        worker=worker,
        deputy=deputy,
    )
    sent = gettext(
        "%(worker)s or %(deputy)s is on duty (Monday to Friday, 9 to 5) and is told of your answer when you press Send, or "
        "sooner. If you are not safe, they must tell someone whose job is to keep you safe.",
        worker=worker,
        deputy=deputy,
    )
    return chosen, sent


def _told_later(worker: str, deputy: str) -> tuple[str, str]:
    """The same where no letter calls them."""
    chosen = gettext(
        "%(worker)s or %(deputy)s sees your answer when they next open Heard. They work Monday to Friday, 9 to 5, and it can "
        "take hours. If you are not safe now, do not wait for them: use Get help or call 999. When they see it, they must tell "
        "someone whose job is to keep you safe.",
        worker=worker,
        deputy=deputy,
    )
    sent = gettext(
        "Press Send, so that %(worker)s or %(deputy)s sees your answer when they next open Heard. They work Monday to "
        "Friday, 9 to 5, and it can take hours. If you are not safe now, do not wait for them: use Get help or call 999. "
        "When they see it, they must tell someone whose job is to keep you safe.",
        worker=worker,
        deputy=deputy,
    )
    return chosen, sent


def _is_told_by_letter(session: Session, case: Case) -> bool:
    """Whether a letter to the worker or the deputy goes out at once, as far as anybody knows."""
    if not config().mail_server:
        return False
    return any(not outbox.mail_trouble(session, person) for person in (case.worker_id, case.deputy_id))


def waits_for_duty(place: Place) -> bool:
    """Whether these questions cannot be begun now: an answer may raise an alert, and nobody is there to be told."""
    if place.mode != "linked":
        return False
    items = instrument_of(place.version).items_in(place.wave)
    if not any(option.alert for item in items for option in item.options):
        return False
    with database().reading() as session:
        case = session.scalars(select(Case).where(Case.sitting_id == place.sitting_id)).one()
        seen_within = SEEN_HOLDS if _is_told_by_letter(session, case) else SEEN_WITHOUT_MAIL
        return not is_on_duty(session, case, now(), seen_within)


def told_by(submission: Submission, place: Place) -> tuple[Telling, ...]:
    """The answers of a form that raise an alert, whatever else in it has to be put right."""
    if place.mode != "linked":
        return ()
    instrument = instrument_of(place.version)
    return tellings(instrument, parse(instrument, place.wave, submission.fields).answers)


@blueprint.post("/alert")
@respondent
def tell_at_once() -> Reply:
    """Take an answer that a worker must be told of when it is chosen; the form that comes later does not raise it again.

    The form as far as it has come is sent, because what is asked may hang on earlier answers; nothing else of it is kept.
    It comes sealed where script can seal; what cannot be opened is asked for openly, so that no seal stands before an alert.
    """
    submission = sent_form()
    place = place_of(database(), submission.ticket)
    if place is None or place.mode != "linked":
        abort(400)
    try:
        inner = open_sealed(database(), keys(), place, submission) if submission.sealed else submission
        tell(database(), keys(), place, inner, told_by(inner, place))
    except (KeyDestroyed, SealBroken):
        return line("asks again", submission, 422)
    except CaseWithdrawn:
        return line("keeps nothing of", submission, 410)
    return line("tells", submission, 200)
