"""Taking answers: from raw bytes to one stored row, once, and nothing lost.

The contract of DESIGN 7. A body is read strictly or refused whole; a submission's id is remembered only as a keyed hash, so
that sending again stores nothing twice and other content under a used id is kept aside for a person to look at. Row and
receipt stand in one transaction and cannot be joined to each other.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, cast
from urllib.parse import parse_qsl

from sqlalchemy import Connection, Table, bindparam, insert, select, union_all, update
from sqlalchemy.exc import IntegrityError

from survey.alerts import HeldCase, Telling, held_case, raise_alerts
from survey.bounds import count_answers, refuse_too_late
from survey.clock import end_of_day
from survey.database import Database
from survey.models import (
    Decline,
    Entry,
    Held,
    InstrumentVersion,
    Opening,
    Programme,
    ProgrammeWave,
    Receipt,
    ReplacedTicket,
    Response,
    Sitting,
    Ticket,
)
from survey.pairing import pair_key
from survey.sealing import Keys

CONTENT_TYPE = "application/x-www-form-urlencoded"
LARGEST_BODY = 64 * 1024
LARGEST_WORDS = 240 * 1024
"""Words sealed on a device come once for each of their readers."""
MOST_FIELDS = 500
HEX_ID = re.compile(r"[0-9a-f]{32}")
ENVELOPE = frozenset(
    {"ticket", "submission", "card", "look", "sealed", "waited", "helped", "declined", "who-reads", "sealed-words"}
)


class BodyRefused(Exception):
    """A body that cannot be read as a submission; `status` is what to answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Outcome(Enum):
    """What became of a submission."""

    STORED = "stored"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Submission:
    """One sent form: its envelope, its fields, and the very bytes it came in. `sealed`: the form itself, sealed on its
    device; `waited`: it lay there first, and nobody looks at a reply any more. `look`: the version of the words.
    `helped`: somebody helps to answer; `declined`: a "No thanks" that travels sealed, as answers do.
    `who_reads` and `words`: the reader who was chosen, and what was typed, sealed to those who may read it."""

    ticket: str
    id: str
    card: str
    fields: Mapping[str, list[str]]
    body: bytes
    sealed: str = ""
    waited: bool = False
    look: str = ""
    who_reads: str = ""
    words: str = ""
    helped: bool = False
    declined: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ticket leads; none of it ever changes. An opening's may: a case that is started anew has new tickets, and
    perhaps other devices."""

    opening_id: int
    programme_id: int
    sitting_id: int
    setting_id: int
    wave: str
    mode: str
    language: str
    respondent: str
    devices: str
    version: InstrumentVersion
    is_paired: bool = False
    is_last: bool = False


def read_submission(content_type: str, body: bytes, largest: int = LARGEST_BODY) -> Submission:
    """Read a body strictly.

    Raises
    ------
    BodyRefused
        413 when too large; 400 for any other type, broken UTF-8, NUL, surrogates, too many fields, no envelope.
    """
    if len(body) > largest:
        raise BodyRefused(413)
    if content_type.partition(";")[0].strip().lower() != CONTENT_TYPE:
        raise BodyRefused(400)
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as fault:  # Unicode faults are ValueErrors too
        raise BodyRefused(400) from fault
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        if "\0" in name or "\0" in value:
            raise BodyRefused(400)
        fields.setdefault(name, []).append(value)
    envelope = {name: fields.pop(name, [""]) for name in ENVELOPE}
    ticket, submission = envelope["ticket"][0], envelope["submission"][0]
    if (
        not HEX_ID.fullmatch(ticket)
        or not HEX_ID.fullmatch(submission)
        or any(len(values) > 1 for values in envelope.values())
    ):
        raise BodyRefused(400)
    return Submission(
        ticket,
        submission,
        envelope["card"][0].strip(),
        fields,
        body,
        sealed=envelope["sealed"][0],
        waited=bool(envelope["waited"][0]),
        look=envelope["look"][0],
        who_reads=envelope["who-reads"][0],
        words=envelope["sealed-words"][0],
        helped=envelope["helped"][0] == "yes",
        declined=envelope["declined"][0] == "yes",
    )


def place_of(database: Database, ticket: str) -> Place | None:
    """Where a ticket leads, or None; found places are kept in memory."""
    if not HEX_ID.fullmatch(ticket):
        return None
    try:
        return _place(database, ticket)
    except LookupError:
        return None


def screens_of(sitting: Sitting) -> str:
    """Whose screens a sitting has; where paper is used, who has no sheet there answers on the school's."""
    return "shared" if sitting.devices == "paper" else sitting.devices


_WAYS_IN = union_all(  # what was begun is always taken
    *(select(one.id, one.opening_id, one.language) for one in (Ticket, ReplacedTicket))
).subquery()
_IN = _WAYS_IN.c
"""Its columns, made here once: two requests that were the first of all, and made them together, would have two kinds of them."""


@lru_cache(maxsize=512)
def _place(database: Database, ticket: str) -> Place:
    waves = select(ProgrammeWave.wave).where(ProgrammeWave.programme_id == Opening.programme_id)
    last = waves.order_by(ProgrammeWave.position.desc()).limit(1).correlate(Opening).scalar_subquery()
    with database.reading() as session:
        found = session.execute(
            select(_IN.language, Opening, Entry, Sitting, InstrumentVersion, Programme.design, last)
            .join(Opening, _IN.opening_id == Opening.id)
            .join(Entry, Opening.entry_id == Entry.id)
            .join(Sitting, Entry.sitting_id == Sitting.id)
            .join(InstrumentVersion, Opening.instrument_version_id == InstrumentVersion.id)
            .join(Programme, Opening.programme_id == Programme.id)
            .where(_IN.id == ticket)
        ).first()
    if found is None:  # a raised fault is not kept in memory, so a new ticket is found at once
        raise LookupError(ticket)
    language, opening, entry, sitting, version, design, last_wave = found
    return Place(
        opening.id,
        opening.programme_id,
        sitting.id,
        sitting.setting_id,
        opening.wave,
        opening.mode,
        language,
        entry.respondent,
        screens_of(sitting),
        version,
        design == "paired",
        opening.wave == last_wave,
    )


# Every answer passes here, so the statements are made once and run without the object layer: half the time of a submission.
_ROWS, _RECEIPTS, _HELD = (cast(Table, model.__table__) for model in (Response, Receipt, Held))
_OPENINGS, _PROGRAMMES = (cast(Table, model.__table__) for model in (Opening, Programme))
_EARLIER = select(_RECEIPTS.c.body_mac, _RECEIPTS.c.outcome).where(_RECEIPTS.c.id_mac == bindparam("id_mac"))
_STATE = (
    select(_OPENINGS.c.closed_at, _PROGRAMMES.c.pairing_key)
    .join(_PROGRAMMES, _OPENINGS.c.programme_id == _PROGRAMMES.c.id)
    .where(_OPENINGS.c.id == bindparam("opening_id"))
    # On PostgreSQL an opening does not close between this look and the commit: late is late, and nothing else is.
    .with_for_update(read=True, of=_OPENINGS)
)
_SAME_PAIR_KEY = select(_ROWS.c.id).where(
    _ROWS.c.programme_id == bindparam("programme_id"),
    _ROWS.c.wave == bindparam("wave"),
    _ROWS.c.pair_key == bindparam("pair_key"),
)
_SAME_CASE = select(_ROWS.c.id).where(_ROWS.c.case_id == bindparam("case_id"), _ROWS.c.wave == bindparam("wave"))
_USE_UP = (
    update(_OPENINGS)
    .where(_OPENINGS.c.id == bindparam("of"), _OPENINGS.c.closed_at.is_(None))
    .values(closed_at=bindparam("moment"))
)
"""The code of a case works once: with the answers its opening is closed, as if at the end of that day (`end_of_day`)."""
_KEEP_ROW, _KEEP_RECEIPT, _KEEP_ASIDE = insert(_ROWS), insert(_RECEIPTS), insert(_HELD)


def store(
    database: Database,
    keys: Keys,
    place: Place,
    submission: Submission,
    codes: bytes,
    *,
    card: str | None,
    device: str | None,
    told: Sequence[Telling] = (),
    openly: bool = False,
) -> Outcome:
    """Keep a row of codes and its receipt in one transaction, or recognise a submission that was kept before.

    In linked mode the alerts of the answers that are `told` stand in the same transaction; raises `CaseWithdrawn`. Raises
    `TooMany`, and `TooLate` for what was sent `openly`: the key of what was sealed has an end of its own.
    """
    for _ in range(3):  # two of the same may race on PostgreSQL: the loser looks again and finds the winner
        try:
            with database.writer.begin() as connection:
                return _store(connection, keys, place, submission, codes, told, openly, card=card, device=device)
        except IntegrityError:
            continue
    with database.writer.begin() as connection:
        return _store(connection, keys, place, submission, codes, told, openly, card=None, device=None)


def tell(database: Database, keys: Keys, place: Place, submission: Submission, told: Sequence[Telling]) -> None:
    """Raise the alerts of answers whose form has not come, or could not be kept; raises `CaseWithdrawn`."""
    if told:
        with database.writer.begin() as connection:
            case = held_case(connection, place.sitting_id)
            raise_alerts(connection, case, place.opening_id, _mark(keys, submission), told)


def _mark(keys: Keys, submission: Submission) -> bytes:
    return keys.mac("alert", submission.id.encode())[:16]


def _store(
    connection: Connection,
    keys: Keys,
    place: Place,
    submission: Submission,
    codes: bytes,
    told: Sequence[Telling],
    openly: bool,
    *,
    card: str | None,
    device: str | None,
) -> Outcome:
    id_mac, body_mac = _macs(keys, "answer", submission)
    earlier = connection.execute(_EARLIER, {"id_mac": id_mac}).all()
    if (same := next((receipt for receipt in earlier if receipt.body_mac == body_mac), None)) is not None:
        return Outcome(same.outcome)
    outcome = Outcome.HELD if earlier else Outcome.STORED
    case = held_case(connection, place.sitting_id) if place.mode == "linked" else None
    if openly:
        refuse_too_late(connection, place.opening_id)
    count_answers(connection, keys, place.opening_id, aside=outcome is Outcome.HELD)
    if case is not None:
        raise_alerts(connection, case, place.opening_id, _mark(keys, submission), told)
    if outcome is Outcome.HELD:
        connection.execute(_KEEP_ASIDE, _aside(keys, place, submission))
    elif case is not None:
        connection.execute(_KEEP_ROW, _linked_row(connection, place, case, codes))
        connection.execute(_USE_UP, {"of": place.opening_id, "moment": end_of_day()})
    else:
        connection.execute(_KEEP_ROW, _row(connection, keys, place, codes, card=card, device=device))
    receipt = {"id_mac": id_mac, "body_mac": body_mac, "opening_id": place.opening_id, "outcome": outcome.value}
    connection.execute(_KEEP_RECEIPT, receipt)
    return outcome


def hold(database: Database, keys: Keys, place: Place, submission: Submission) -> None:
    """Keep a body that nobody can put right any more (it waited on a device and cannot be read) aside, once.

    Raises `CaseWithdrawn` in linked mode and `TooMany`, as `store` does.
    """
    id_mac, body_mac = _macs(keys, "answer", submission)
    receipt = {"id_mac": id_mac, "body_mac": body_mac, "opening_id": place.opening_id, "outcome": Outcome.HELD.value}
    with database.writer.begin() as connection:
        if place.mode == "linked":
            held_case(connection, place.sitting_id)
        earlier = connection.execute(_EARLIER, {"id_mac": id_mac}).all()
        if not any(one.body_mac == body_mac for one in earlier):
            count_answers(connection, keys, place.opening_id, aside=True)
            connection.execute(_KEEP_ASIDE, _aside(keys, place, submission))
            connection.execute(_KEEP_RECEIPT, receipt)


def _aside(keys: Keys, place: Place, submission: Submission) -> dict[str, Any]:
    body = keys.seal("held", submission.body, str(place.opening_id).encode())
    return {"id": secrets.token_bytes(16), "opening_id": place.opening_id, "body": body}


def _row(
    connection: Connection, keys: Keys, place: Place, codes: bytes, *, card: str | None, device: str | None
) -> dict[str, Any]:
    closed_at, wrapped = connection.execute(_STATE, {"opening_id": place.opening_id}).one()
    key = pair_key(keys, wrapped, place.setting_id, card=card, device=device) if wrapped else None
    wanted = {"programme_id": place.programme_id, "wave": place.wave, "pair_key": key}
    taken = key is not None and connection.scalar(_SAME_PAIR_KEY, wanted) is not None
    return {
        "id": secrets.token_bytes(16),
        "opening_id": place.opening_id,
        "programme_id": place.programme_id,
        "wave": place.wave,
        "mode": place.mode,
        "codes": codes,
        "pair_key": None if taken else key,
        "is_second": taken,
        "is_late": closed_at is not None,
    }


def _linked_row(connection: Connection, place: Place, case: HeldCase, codes: bytes) -> dict[str, Any]:
    """A row of a case; the first of its wave, or one more that came after it."""
    closed_at = connection.execute(_STATE, {"opening_id": place.opening_id}).one().closed_at
    is_second = connection.scalar(_SAME_CASE, {"case_id": case.id, "wave": place.wave}) is not None
    return {
        "id": secrets.token_bytes(16),
        "opening_id": place.opening_id,
        "programme_id": place.programme_id,
        "wave": place.wave,
        "mode": place.mode,
        "codes": codes,
        "case_id": case.id,
        "is_second": is_second,
        "is_late": closed_at is not None,
    }


def decline(database: Database, keys: Keys, place: Place, submission: Submission, *, openly: bool = False) -> None:
    """Count one "No thanks", once; raises `CaseWithdrawn` where nothing of a case is kept any more, `TooMany` and `TooLate`."""
    id_mac, body_mac = _macs(keys, "decline", submission)
    try:
        with database.writing() as session:
            if place.mode == "linked":
                held_case(session.connection(), place.sitting_id)
            if session.scalar(select(Receipt.outcome).where(Receipt.id_mac == id_mac)) is None:
                if openly:
                    refuse_too_late(session, place.opening_id)
                count_answers(session, keys, place.opening_id)
                session.add(Decline(id=secrets.token_bytes(16), opening_id=place.opening_id))
                session.add(Receipt(id_mac=id_mac, body_mac=body_mac, opening_id=place.opening_id, outcome="declined"))
    except IntegrityError:
        return  # the same press, twice at once: the other one was counted


def _macs(keys: Keys, act: str, submission: Submission) -> tuple[bytes, bytes]:
    use = f"receipt {act}"
    return keys.mac(use, submission.id.encode()), keys.mac(use, submission.id.encode(), submission.body)
