"""Sets of answers that were put aside, and what becomes of them.

A set is put aside when it came under a submission that had already arrived with other answers, or when it waited on a device
and cannot be read by this version any more. It counts nowhere until somebody has looked. Whoever looks learns why it lies
there and how much of it can be read, never what it says; they count it as a late, unpaired one, or leave it out for good. What
nobody decided on is deleted when a closed programme's receipts and keys go: it bears the card by which answers were paired, and
must not outlive the key to that.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from questionnaires.answers import Parsed, parse
from questionnaires.codebook import Head
from questionnaires.instrument import LEFT_BLANK, NOT_ASKED, Instrument
from survey import audit
from survey.alerts import held_case
from survey.bounds import KEPT_AFTER_CLOSING
from survey.languages import SOURCE
from survey.looks import look_shown
from survey.models import Held, Opening, Programme, ReplacedTicket, Response, Sitting, Ticket
from survey.pairing import read_card
from survey.publishing import codebook_of, instrument_of
from survey.responses import CONTENT_TYPE, LARGEST_WORDS, BodyRefused, Submission, read_submission, screens_of
from survey.sealing import Keys, SealBroken


@dataclass(frozen=True, slots=True)
class Aside:
    """One set that was put aside. `answered` of `asked` questions can be read; `unread`: what cannot, as a number."""

    id: str
    sitting: Sitting
    wave: str
    answered: int
    asked: int
    unread: int

    @property
    def is_whole(self) -> bool:
        """Whether all that came can be read: it lies here because other answers had come before it."""
        return self.unread == 0 and self.asked > 0

    @property
    def is_readable(self) -> bool:
        """Whether anything can be counted at all."""
        return self.asked > 0


def waiting(session: Session, programme_id: int) -> int:
    """How many sets of a programme nobody has looked at."""
    here = select(Opening.id).where(Opening.programme_id == programme_id)
    return session.scalar(select(func.count()).select_from(Held).where(Held.opening_id.in_(here))) or 0


def put_aside(session: Session, keys: Keys, programme_id: int) -> list[Aside]:
    """The sets of a programme that were put aside, in no order that means anything."""
    rows = session.execute(
        select(Held, Opening)
        .join(Opening, Held.opening_id == Opening.id)
        .where(Opening.programme_id == programme_id)
        .order_by(Held.id)
    )
    return [_described(held, opening, _read(keys, held, opening)) for held, opening in rows]


def count_in(session: Session, keys: Keys, programme_id: int, held_id: str) -> bool:
    """Count what can be read of a set, late and unpaired; False when there is no such set or nothing of it can be read.

    Raises `CaseWithdrawn` where the case it belongs to was taken out.
    """
    found = _found(session, programme_id, held_id)
    if found is None:
        return False
    held, opening = found
    content = _read(keys, held, opening)
    if content is None:
        return False
    submission, parsed = content
    sitting = opening.entry.sitting
    ticket = session.get(Ticket, submission.ticket) or session.get(ReplacedTicket, submission.ticket)
    language = ticket.language if ticket is not None else SOURCE
    look = look_shown(instrument_of(opening.instrument_version), language, submission.look)
    head = Head(language, look, screens_of(sitting), submission.helped, opening.entry.respondent)
    case = held_case(session.connection(), sitting.id) if opening.mode == "linked" else None
    session.add(
        Response(
            id=secrets.token_bytes(16),
            opening_id=opening.id,
            programme_id=opening.programme_id,
            wave=opening.wave,
            mode=opening.mode,
            codes=codebook_of(opening.instrument_version).encode(parsed.answers, head),
            case_id=case.id if case is not None else None,
            is_second=case is not None,
            is_late=True,
        )
    )
    session.delete(held)
    return True


def leave_out(session: Session, programme_id: int, held_id: str) -> bool:
    """Delete a set for good; False when there is no such set."""
    found = _found(session, programme_id, held_id)
    if found is not None:
        session.delete(found[0])
    return found is not None


ACTS: dict[str, Callable[[Session, Keys, int, str], bool]] = {
    "count": count_in,
    "leave": lambda session, _, programme_id, held_id: leave_out(session, programme_id, held_id),
}


def forget(session: Session, keys: Keys, moment: datetime) -> None:
    """Delete what was put aside in programmes that are closed, 14 days after the last of their questions closed."""
    old = (
        select(Programme.id)
        .join(Opening, Opening.programme_id == Programme.id)
        .where(Programme.status == "closed")
        .group_by(Programme.id)
        .having(func.max(Opening.closed_at) < moment - KEPT_AFTER_CLOSING)
    )
    for programme_id in session.scalars(old).all():
        here = select(Opening.id).where(Opening.programme_id == programme_id)
        gone = session.scalars(delete(Held).where(Held.opening_id.in_(here)).returning(Held.id)).all()
        if gone:
            audit.record(session, keys, None, "aside.forgotten", f"programme {programme_id}", str(len(gone)))


def _found(session: Session, programme_id: int, held_id: str) -> tuple[Held, Opening] | None:
    try:
        wanted = bytes.fromhex(held_id)
    except ValueError:
        return None
    row = session.execute(
        select(Held, Opening)
        .join(Opening, Held.opening_id == Opening.id)
        .where(Held.id == wanted, Opening.programme_id == programme_id)
        .with_for_update(of=Held)
    ).first()
    return None if row is None else (row[0], row[1])


def _read(keys: Keys, held: Held, opening: Opening) -> tuple[Submission, Parsed] | None:
    """What a set says to this version; None where it is still sealed for a key that is gone, or no form at all."""
    try:
        body = keys.open("held", held.body, str(held.opening_id).encode())
        submission = read_submission(CONTENT_TYPE, body, LARGEST_WORDS)
    except (SealBroken, BodyRefused):
        return None
    if submission.sealed:
        return None
    instrument = instrument_of(opening.instrument_version)
    return submission, parse(instrument, opening.wave, submission.fields, helped=submission.helped)


def _described(held: Held, opening: Opening, content: tuple[Submission, Parsed] | None) -> Aside:
    answered = asked = unread = 0
    if content is not None:
        submission, parsed = content
        answered, asked = _extent(instrument_of(opening.instrument_version), opening.wave, parsed)
        is_unread = bool(submission.card) and read_card(submission.card) is None
        unread = len(parsed.faults) + len(parsed.unknown) + is_unread
    return Aside(held.id.hex(), opening.entry.sitting, opening.wave, answered, asked, unread)


def _extent(instrument: Instrument, wave: str, parsed: Parsed) -> tuple[int, int]:
    """How many questions have an answer, of how many that the wave asks."""
    asked = [item.key for item in instrument.items_in(wave) if item.answering != "nothing"]
    return sum(parsed.answers[key] not in (LEFT_BLANK, NOT_ASKED) for key in asked), len(asked)
