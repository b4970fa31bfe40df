"""Piles of filled sheets: what a session has of them, how one begins, and where it stands."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any

from flask import abort, g, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Reply
from wtforms import SelectField, ValidationError

from survey import batches, pdf
from survey.access import staff
from survey.batches import FIRST, SECOND
from survey.clock import now
from survey.forms import CountField, Needed, StaffForm
from survey.installation import database, keys
from survey.languages import N_, catalogue, gettext
from survey.models import Opening, PaperBatch, Sitting, Ticket
from survey.openings import open_languages
from survey.paper.places import ROLES, Pile, blueprint, reached_pile
from survey.wave_words import wave_heading
from survey.waves import openings_of, reached_sitting, waves_of


class BeginForm(StaffForm):
    """A new batch: which sheets, and how many."""

    ticket = SelectField(N_("Which sheets"), validate_choice=False)
    sheets = CountField(
        N_("How many sheets are in this batch"),
        batches.MOST_SHEETS,
        validators=[Needed(N_("Count the sheets of this batch and give the number, from 1 to 60."))],
        description=N_("Up to 60. Make several batches of a larger pile."),
    )

    def __init__(self, *args: Any, open_tickets: Sequence[tuple[str, str]], **parameters: Any) -> None:
        super().__init__(*args, **parameters)
        self._known = {key for key, _ in open_tickets}
        self.ticket.choices = list(open_tickets)

    def validate_ticket(self, field: SelectField) -> None:
        """Only what was opened here."""
        if field.data not in self._known:
            raise ValidationError(gettext("Choose which sheets these are."))

    def validate_sheets(self, field: CountField) -> None:
        """A pile has at least one sheet."""
        if field.data == 0:
            raise ValidationError(gettext("Count the sheets of this batch and give the number, from 1 to 60."))


@blueprint.route("/<int:sitting_id>/", methods=["GET", "POST"])
@staff(*ROLES)
def index(sitting_id: int) -> Reply | str | tuple[str, int]:
    """The sheets of a session: print them, and type them in."""
    with database().reading() as session:
        sitting = reached_sitting(session, sitting_id)
        found = _open_tickets(session, sitting)
        open_tickets = [(key, said) for key, said, _ in found]
        form = BeginForm(request.form, open_tickets=open_tickets)
        is_sent = request.method == "POST"
        if is_sent and not found:
            abort(409)  # there is nothing that could be typed in; the page says so
        if not is_sent or not form.validate():
            page = _index_page(session, sitting, form, any_closed=any(closed for _, _, closed in found))
            return (page, 422) if is_sent else page
    with database().writing() as session:
        ticket = session.get_one(Ticket, form.ticket.data)
        batch = batches.begin(session, keys(), g.account.id, ticket, sitting_id, form.sheets.data or 1)
    return redirect(url_for("paper.sheet_typed", batch_id=batch.id, turn=FIRST, place=1), 303)


def _open_tickets(session: Session, sitting: Sitting) -> list[tuple[str, str, bool]]:
    """The waves and languages of which sheets can be typed in: ticket, words, and whether the wave is closed."""
    found = []
    for wave, opening in openings_of(session, sitting.id).items():
        if batches.is_over(opening, now()):
            continue
        tickets = session.scalars(select(Ticket).where(Ticket.opening_id == opening.id).order_by(Ticket.language))
        for ticket in tickets:
            said = f"{wave_heading(wave)}, {catalogue(ticket.language).name}"
            found.append((ticket.id, said, opening.closed_at is not None))
    return found


def _index_page(session: Session, sitting: Sitting, form: BeginForm, *, any_closed: bool) -> str:
    printed = []
    for wave in waves_of(sitting.programme, sitting):
        version = next(one.instrument_version for one in sitting.programme.waves if one.wave == wave)
        printed += [(wave, wave_heading(wave), code, catalogue(code).name) for code in open_languages(version)]
    rows = session.execute(
        select(PaperBatch, Ticket, Opening)
        .join(Ticket, PaperBatch.ticket_id == Ticket.id)
        .join(Opening, Ticket.opening_id == Opening.id)
        .where(Opening.id.in_([opening.id for opening in openings_of(session, sitting.id).values()]))
        .order_by(PaperBatch.number)
    )
    piles = [
        (batch, f"{wave_heading(opening.wave)}, {catalogue(ticket.language).name}", progress(session, batch))
        for batch, ticket, opening in rows
        if not batches.is_over(opening, now())
    ]
    return render_template(
        "paper/index.html",
        sitting=sitting,
        form=form,
        printed=printed,
        piles=piles,
        has_pdf=pdf.available(),
        any_closed=any_closed,
        said=request.args.get("said", ""),
    )


def progress(session: Session, batch: PaperBatch) -> dict[int, int]:
    """How many sheets were typed in each turn."""
    return {turn: len(batches.sheets_of(session, keys(), batch, turn)) for turn in (FIRST, SECOND)}


@blueprint.get("/batches/<batch_id>")
@staff(*ROLES)
def batch(batch_id: str) -> str:
    """Where a batch stands and what comes next."""
    with database().reading() as session:
        pile = reached_pile(session, batch_id)
        typed = {turn: batches.sheets_of(session, keys(), pile.batch, turn) for turn in (FIRST, SECOND)}
    return render_template(
        "paper/batch.html",
        pile=pile,
        wave=wave_heading(pile.opening.wave),
        language=catalogue(pile.language).name,
        typed={turn: len(done) for turn, done in typed.items()},
        next_place={turn: next_of(pile, done) for turn, done in typed.items()},
        is_late=pile.opening.closed_at is not None,
    )


def next_of(pile: Pile, done: Container[int]) -> int | None:
    """The first sheet that was not typed yet in a turn; None when there is none."""
    return next((place for place in range(1, pile.batch.sheets + 1) if place not in done), None)


@blueprint.route("/batches/<batch_id>/throw-away", methods=["GET", "POST"])
@staff(*ROLES)
def throw_away(batch_id: str) -> Reply | str:
    """Delete what was typed of a batch; asked once more before."""
    if request.method == "GET":
        with database().reading() as session:
            pile = reached_pile(session, batch_id)
        return render_template("paper/throw_away.html", pile=pile)
    with database().writing() as session:
        pile = reached_pile(session, batch_id, locked=True)
        if pile.batch.is_settled:
            abort(409)
        batches.throw_away(session, keys(), g.account.id, pile.batch, pile.sitting.id)
    return redirect(url_for("paper.index", sitting_id=pile.sitting.id, said="thrown_away"), 303)
