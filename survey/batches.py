"""Batches of paper sheets: typed twice, compared, settled, and only then stored as answers.

A sheet is a mapping from the fields of `questionnaires.digits` (and "no thanks", `helped`, `card`) to what was typed. While a
batch is being typed its sheets lie sealed under their place in the pile, because the second turn is held against the first.
Settling freezes the batch; storing then goes sheet by sheet in an order drawn by chance, each under a submission id that
follows from the batch and the sheet, so that storing again after a power cut stores nothing twice. When all are stored
the batch is deleted. A batch lives no longer than the receipts it leans on: 14 days after its wave has closed.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from questionnaires.answers import AnswerFault, parse
from questionnaires.codebook import Head
from questionnaires.digits import Slot, Unreadable, read, slots_in
from questionnaires.instrument import Instrument
from survey import audit, jobs
from survey.bounds import KEPT_AFTER_CLOSING
from survey.clock import now
from survey.database import Database
from survey.manners import MAY_BE_HELPED
from survey.models import Entry, Opening, PaperBatch, PaperSheet, Ticket
from survey.pairing import read_card
from survey.publishing import codebook_of, instrument_of
from survey.responses import Place, Submission, decline, place_of, store
from survey.sealing import Keys

MOST_SHEETS = 60
USE = "paper sheet"
FIRST, SECOND, SETTLED = 1, 2, 0
AGAIN_AFTER = timedelta(minutes=1)

CARD, NO_THANKS, HELPED = "card", "no-thanks", "helped"
"""Fields of a sheet that are no question; no key of an item can be one of these words."""
_REFUSAL, _HELP = (Slot(name, name, "one", {"1": "1"}) for name in (NO_THANKS, HELPED))

Typed = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SheetFault:
    """What cannot be taken at one field of a sheet; `fault` is None where the number stands beside no box."""

    field: str
    fault: AnswerFault | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one sheet that the two turns read differently."""

    place: int
    field: str
    first: str
    second: str


def is_over(opening: Opening, moment: datetime) -> bool:
    """Whether a wave closed so long ago that no sheet of it can be typed in any more."""
    return opening.closed_at is not None and opening.closed_at < moment - KEPT_AFTER_CLOSING


def begin(session: Session, keys: Keys, account_id: int, ticket: Ticket, sitting_id: int, sheets: int) -> PaperBatch:
    """A new batch of so many sheets; its number is the next one of its sitting."""
    openings = select(Opening.id).join(Entry, Opening.entry_id == Entry.id).where(Entry.sitting_id == sitting_id)
    tickets = select(Ticket.id).where(Ticket.opening_id.in_(openings))
    last = session.scalar(select(func.max(PaperBatch.number)).where(PaperBatch.ticket_id.in_(tickets)))
    batch = PaperBatch(id=secrets.token_hex(16), ticket_id=ticket.id, number=(last or 0) + 1, sheets=sheets)
    session.add(batch)
    _note(session, keys, account_id, "paper.begun", batch, sitting_id)
    session.flush()
    return batch


def _note(
    session: Session, keys: Keys, account_id: int | None, act: str, batch: PaperBatch, sitting_id: int, more: str = ""
) -> None:
    audit.record(session, keys, account_id, act, f"sitting {sitting_id}, batch {batch.number}", more)


def sheets_of(session: Session, keys: Keys, batch: PaperBatch, turn: int) -> dict[int, Typed]:
    """What was typed so far in a turn: place in the pile -> the sheet."""
    found = session.scalars(select(PaperSheet).where(PaperSheet.batch_id == batch.id, PaperSheet.turn == turn))
    return {one.place: json.loads(keys.open(USE, one.typed, _bound(one.batch_id, turn, one.place))) for one in found}


def _bound(batch_id: str, turn: int, place: int) -> bytes:
    return f"{batch_id}/{turn}/{place}".encode()


def keep(session: Session, keys: Keys, batch: PaperBatch, turn: int, place: int, typed: Typed) -> None:
    """Keep what was typed of one sheet in one turn, in place of what was typed of it before."""
    plain = json.dumps(dict(typed), sort_keys=True).encode()
    sealed = keys.seal(USE, plain, _bound(batch.id, turn, place))
    session.merge(PaperSheet(batch_id=batch.id, turn=turn, place=place, typed=sealed))


def end_pile(session: Session, batch: PaperBatch, place: int) -> None:
    """The pile ends before this sheet: there were fewer than was said."""
    batch.sheets = place - 1
    session.execute(delete(PaperSheet).where(PaperSheet.batch_id == batch.id, PaperSheet.place >= place))


def fields_of(instrument: Instrument, wave: str, *, has_card: bool) -> tuple[Slot, ...]:
    """All fields of a sheet as they are typed: "No thanks", whether somebody helped, the card, the questions."""
    helped = (_HELP,) if instrument.respondent in MAY_BE_HELPED else ()
    card = (Slot(CARD, CARD, "number", {}),) if has_card else ()
    return (_REFUSAL, *helped, *card, *slots_in(instrument, wave))


def faults_of(instrument: Instrument, wave: str, typed: Typed) -> list[SheetFault]:
    """Everything that cannot be taken as it was typed."""
    faults = []
    if typed.get(CARD) and read_card(typed[CARD]) is None:
        faults.append(SheetFault(CARD))
    for slot in (_REFUSAL, _HELP, *slots_in(instrument, wave)):
        try:
            read(slot, typed.get(slot.field, ""))
        except Unreadable:
            faults.append(SheetFault(slot.field))
    if faults:
        return faults
    first = {slot.item: slot.field for slot in reversed(slots_in(instrument, wave))}
    parsed = parse(instrument, wave, _sent(instrument, wave, typed), helped=_is_ticked(_HELP, typed))
    return [SheetFault(first[fault.item], fault) for fault in parsed.faults]


def _is_ticked(slot: Slot, typed: Typed) -> bool:
    return bool(read(slot, typed.get(slot.field, "")))


def _sent(instrument: Instrument, wave: str, typed: Typed) -> dict[str, list[str]]:
    """The sheet as a page would send it."""
    fields: dict[str, list[str]] = {}
    for slot in slots_in(instrument, wave):
        fields.setdefault(slot.field, []).extend(read(slot, typed.get(slot.field, "")))
    return fields


def differences(fields: Sequence[Slot], first: Mapping[int, Typed], second: Mapping[int, Typed]) -> list[Difference]:
    """Where the two turns read the paper differently, in the order of the pile."""
    return [
        Difference(place, slot.field, first[place].get(slot.field, ""), second[place].get(slot.field, ""))
        for place in sorted(first.keys() & second.keys())
        for slot in fields
        if _reading(slot, first[place]) != _reading(slot, second[place])
    ]


def _reading(slot: Slot, typed: Typed) -> object:
    text = typed.get(slot.field, "")
    if slot.field == CARD:
        return read_card(text)
    return sorted(read(slot, text))


def settle(
    session: Session, keys: Keys, account_id: int, batch: PaperBatch, sitting_id: int, agreed: Mapping[int, Typed]
) -> None:
    """Freeze a batch as it was agreed on; from here on it can only be stored."""
    session.execute(delete(PaperSheet).where(PaperSheet.batch_id == batch.id))
    for place, typed in agreed.items():
        keep(session, keys, batch, SETTLED, place, typed)
    batch.is_settled = True
    _note(session, keys, account_id, "paper.settled", batch, sitting_id, f"{batch.sheets} sheets")
    # In case this process ends before it has stored.
    jobs.add(session, "paper", {"batch": batch.id}, now() + AGAIN_AFTER)


def throw_away(session: Session, keys: Keys, account_id: int, batch: PaperBatch, sitting_id: int) -> None:
    """Delete a batch that was not settled; nothing of it was stored."""
    _note(session, keys, account_id, "paper.thrown_away", batch, sitting_id)
    _delete(session, batch.id)


def _delete(session: Session, batch_id: str) -> None:
    session.execute(delete(PaperSheet).where(PaperSheet.batch_id == batch_id))
    session.execute(delete(PaperBatch).where(PaperBatch.id == batch_id))


def store_settled(database: Database, keys: Keys, batch_id: str) -> None:
    """Store the sheets of a settled batch as answers and delete it; doing it again does nothing more."""
    with database.reading() as session:
        batch = session.get(PaperBatch, batch_id)
        if batch is None or not batch.is_settled:
            return
        sheets = list(sheets_of(session, keys, batch, SETTLED).items())
    place = place_of(database, batch.ticket_id)
    if place is None:
        raise LookupError(batch.ticket_id)
    secrets.SystemRandom().shuffle(sheets)
    for at, typed in sheets:
        _store(database, keys, place, batch_id, at, typed)
    with database.writing() as session:
        _delete(session, batch_id)
        if session.get_one(Opening, place.opening_id).closed_at is not None:
            jobs.add(session, "shuffle", {"opening": place.opening_id})


def _store(database: Database, keys: Keys, place: Place, batch_id: str, at: int, typed: Typed) -> None:
    """One sheet as one submission, or as one "No thanks"."""
    instrument = instrument_of(place.version)
    submission = Submission(
        ticket="",
        id=keys.mac(USE, batch_id.encode(), at.to_bytes(4, "big")).hex()[:32],
        card=typed.get(CARD, ""),
        fields=_sent(instrument, place.wave, typed),
        body=json.dumps(dict(typed), sort_keys=True).encode(),
        helped=_is_ticked(_HELP, typed),
    )
    if _is_ticked(_REFUSAL, typed):
        decline(database, keys, place, submission)
        return
    answers = parse(instrument, place.wave, submission.fields, helped=submission.helped).answers
    head = Head(place.language, mode="paper", helped=submission.helped, respondent=place.respondent)
    codes = codebook_of(place.version).encode(answers, head)
    store(database, keys, place, submission, codes, card=read_card(submission.card), device=None)


def forget(database: Database, moment: datetime) -> None:
    """Drop what is left of batches whose wave closed 14 days before this moment."""
    over = (
        select(PaperBatch.id)
        .join(Ticket, PaperBatch.ticket_id == Ticket.id)
        .join(Opening, Ticket.opening_id == Opening.id)
        .where(Opening.closed_at < moment - KEPT_AFTER_CLOSING)
    )
    with database.writing() as session:
        for batch_id in session.scalars(over).all():
            _delete(session, batch_id)
