"""The addresses of the paper journey, and how a batch is reached: through its sitting, within one's grants.

Paper is for private programmes. In a linked one an answer may have to tell a worker at once, and paper waits in a pile.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.digits import Slot
from questionnaires.instrument import Instrument
from survey import batches
from survey.clock import now
from survey.headers import style_of
from survey.models import Entry, Opening, PaperBatch, Sitting, Ticket
from survey.publishing import instrument_of
from survey.waves import RUNNERS, has_cards, reached_sitting

blueprint = Blueprint("paper", __name__, url_prefix="/staff/paper")

ROLES = RUNNERS
DESK = "typing.css"
style_of(blueprint, DESK)


@dataclass(frozen=True, slots=True)
class Pile:
    """A batch that somebody reached, with everything its pages need."""

    batch: PaperBatch
    sitting: Sitting
    opening: Opening
    language: str
    instrument: Instrument
    fields: tuple[Slot, ...]


def draws_cards(sitting: Sitting) -> bool:
    """Whether there is a card whose code can stand on a sheet."""
    return has_cards(sitting) and sitting.programme.design == "paired"


def reached_pile(session: Session, batch_id: str, *, locked: bool = False) -> Pile:
    """One batch whose sitting is within one's grants, and whose time is not over; the same 404 for all others.

    `locked` holds it until the end of the transaction: two people may press at the same moment.
    """
    batch = session.get(PaperBatch, batch_id, with_for_update=True if locked else None)
    if batch is None:
        abort(404)
    ticket = session.get_one(Ticket, batch.ticket_id)
    opening = session.get_one(Opening, ticket.opening_id)
    sitting_id = session.scalars(select(Entry.sitting_id).where(Entry.id == opening.entry_id)).one()
    sitting = reached_sitting(session, sitting_id)
    if batches.is_over(opening, now()):
        abort(404)
    instrument = instrument_of(opening.instrument_version)
    fields = batches.fields_of(instrument, opening.wave, has_card=draws_cards(sitting))
    return Pile(batch, sitting, opening, ticket.language, instrument, fields)
