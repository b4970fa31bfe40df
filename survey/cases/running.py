"""A case: which questions come next, opening them to the young person, and what came back, wave by wave.

Questions open on the worker's own device, which signs the worker out first, or by a code that works once: with the answers
the opening is closed, and each start makes a new code and new tickets. What was begun under older ones is still taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import abort, g, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Reply

from questionnaires.instrument import Instrument
from survey import audit, cookies, signing_in
from survey.access import staff
from survey.alerts import LEAD, WORKER
from survey.cases.answers import Line, lines_of
from survey.cases.places import blueprint, locked_case, my_alerts, openings_of, reached_case
from survey.clock import now
from survey.installation import config, database, keys
from survey.joining import Visit
from survey.languages import SOURCE, current, gettext
from survey.models import Alert, Case, Opening, Response, Ticket
from survey.openings import free_code, open_wave, renew_tickets
from survey.outbox import holders
from survey.pairing import shown
from survey.posters import spoken_address
from survey.publishing import codebook_of, instrument_of
from survey.sealed_answers import make_key

DEVICES = {"here": "shared", "code": "own"}
"""Where the young person answers, and what kind of device that is."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back in a wave; a second form of the same wave stands beside the first."""

    wave: str
    is_second: bool
    lines: tuple[Line, ...]


@blueprint.get("/<int:case_id>/")
@staff(WORKER)
def show(case_id: int) -> str:
    """Where the case stands, what comes next, and what was answered."""
    with database().reading() as session:
        case = reached_case(session, case_id)
        openings = openings_of(session, case)
        rows = session.scalars(select(Response).where(Response.case_id == case.id)).all()
        alerts = session.scalars(my_alerts().where(Alert.case_id == case.id).order_by(Alert.raised_at)).all()
        versions = {one.wave: one.instrument_version for one in case.programme.waves}
        has_lead = _has_lead(session, case)
    waves = list(versions)
    answered = [
        Answered(row.wave, row.is_second, _lines(openings, row))
        for row in sorted(rows, key=lambda row: (waves.index(row.wave), row.is_second))
    ]
    running = next((one for one in openings.values() if one.closed_at is None), None)
    done = {row.wave for row in rows}
    coming = next((wave for wave in waves if wave not in done), None)
    return render_template(
        "cases/show.html",
        case=case,
        answered=answered,
        alerts=alerts,
        running=running,
        coming=coming,
        code=shown(case.sitting.entries[0].code),
        address=spoken_address(),
        steps=[(step_words(wave), _state(wave, done, coming)) for wave in waves],
        is_over=case.closed_at is not None or case.programme.status != "open",
        tells=coming is not None and tells(instrument_of(versions[coming]), coming),
        has_lead=has_lead,
        sends_mail=bool(config().mail_server),
        step_words=step_words,
    )


def _state(wave: str, done: set[str], coming: str | None) -> str:
    return "done" if wave in done else "now" if wave == coming else "later"


def _lines(openings: Mapping[str, Opening], row: Response) -> tuple[Line, ...]:
    version = openings[row.wave].instrument_version
    _, answers = codebook_of(version).decode(row.codes)
    return lines_of(instrument_of(version), row.wave, answers)


def step_words(wave: str) -> str:
    """A wave of a linked programme, as workers name it: one step of a case."""
    return gettext("Questions %(wave)s", wave=wave.upper())


def tells(instrument: Instrument, wave: str) -> bool:
    """Whether an answer of this wave may raise an alert."""
    return any(option.alert for item in instrument.items_in(wave) for option in item.options)


@blueprint.post("/<int:case_id>/start/<wave>")
@staff(WORKER)
def start(case_id: int, wave: str) -> Reply:
    """Open the questions of a wave: here, signed out, or by a new code."""
    where = request.form.get("where", "")
    if where not in DEVICES:
        abort(400)
    with database().writing() as session:
        case = locked_case(session, case_id)
        opening = _opened(session, case, wave)
        told = tells(instrument_of(opening.instrument_version), wave)
        if told and not _has_lead(session, case):
            abort(409)  # an alert that nobody opens must have somebody to go to
        case.sitting.entries[0].code = free_code(session)
        case.sitting.devices = DEVICES[where]
        audit.record(session, keys(), g.account.id, "case.started", f"case {case.id}, {wave}", where)
        if where == "code":
            return redirect(url_for("cases.show", case_id=case_id), 303)
        session.flush()
        tickets = session.scalars(select(Ticket).where(Ticket.opening_id == opening.id)).all()
        signing_in.sign_out(session, g.token)
        audit.record(session, keys(), g.account.id, "account.signed_out", f"account {g.account.id}")
    reply = redirect("/answer?joined", 303)
    for one in (cookies.STAFF, cookies.READING):
        cookies.drop(reply, one)
    reply.headers["Clear-Site-Data"] = '"cache"'  # Back must not bring the worker's pages to the young person
    cookies.put(reply, cookies.RESPONDENT, Visit(_ticket(tickets)).value())
    return reply


def _has_lead(session: Session, case: Case) -> bool:
    """Whether a third person is called where neither worker nor deputy decides."""
    return bool(set(holders(session, LEAD, case.programme_id, now())) - {case.worker_id, case.deputy_id})


def _opened(session: Session, case: Case, wave: str) -> Opening:
    """The opening of a wave, open under new tickets and a living key; every other one of the case is closed."""
    if wave not in [one.wave for one in case.programme.waves]:
        abort(404)
    if session.scalar(select(Response.id).where(Response.case_id == case.id, Response.wave == wave)) is not None:
        abort(409)  # it was answered
    make_key(session, keys(), case.sitting_id)
    openings = openings_of(session, case)
    for other in openings.values():
        other.closed_at = other.closed_at or now()
    if wave not in openings:
        return open_wave(session, case.sitting.entries[0], wave)
    openings[wave].closed_at = None
    renew_tickets(session, openings[wave])
    return openings[wave]


def _ticket(tickets: Sequence[Ticket]) -> str:
    by_language = {ticket.language: ticket.id for ticket in tickets}
    return by_language.get(current(), by_language.get(SOURCE, ""))


@blueprint.post("/<int:case_id>/stop")
@staff(WORKER)
def stop(case_id: int) -> Reply:
    """Close the questions again; whoever has them on their screen can still send them."""
    with database().writing() as session:
        case = locked_case(session, case_id)
        for opening in openings_of(session, case).values():
            opening.closed_at = opening.closed_at or now()
        audit.record(session, keys(), g.account.id, "case.stopped", f"case {case.id}")
    return redirect(url_for("cases.show", case_id=case_id), 303)
