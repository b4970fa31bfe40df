"""Taking the order out of what was stored: a closed wave's rows are written anew, by chance, under new random keys.

Until then both engines would tell a database administrator who answered when; what the old rows leave behind in the
store's files goes too. Rows of a sitting with fewer than 10 present, or fewer than 10 answers, also move to that setting's
nearest sitting of the same wave (CARE A2); where there are only small ones, as in a service that asks one person at a time,
they gather at the first of them that is closed. So no day of a handful is left, except of the first few of a setting until
others have come. Receipts are written anew too, and dropped 14 days after their wave has closed. What was written is put
in another order as well.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.orm import Session

from survey.bounds import KEPT_AFTER_CLOSING
from survey.clock import now
from survey.database import Database
from survey.models import (
    Entry,
    Envelope,
    Opening,
    PaperBatch,
    Programme,
    Receipt,
    ReleasedSitting,
    Remark,
    Response,
    SealingKey,
    Sitting,
    Ticket,
)
from survey.releases.cuts import Occasion, in_turn, nearest_to, occasions
from survey.sealing import Keys

Payload = dict[str, Any]


def shuffle(database: Database, _keys: Keys, payload: Payload) -> None:
    """Write a closed wave's rows and receipts anew in random order, and those of small sittings that belong with it."""
    with database.writing() as session:
        opening = session.get_one(Opening, payload["opening"])
        if opening.closed_at is None:
            return
        homes = {opening.id: opening.id} | _homes(session, opening)
        _rewrite_responses(session, homes)
        _rewrite_receipts(session, list(homes))
        _rewrite_remarks(session, opening)
    database.forget_order()


def _homes(session: Session, opening: Opening) -> dict[int, int]:
    """The openings of this setting and wave whose rows belong to another one, and that one: small opening -> its home."""
    found = occasions(session, session.get_one(Programme, opening.programme_id))
    sitting_id = session.get_one(Entry, opening.entry_id).sitting_id
    setting_id = next((one.sitting.setting_id for one in found if one.sitting.id == sitting_id), None)
    frozen = set(session.scalars(select(ReleasedSitting.sitting_id)))
    here = [one for one in found if one.sitting.setting_id == setting_id and one.sitting.id not in frozen]
    small = in_turn(one for one in here if one.is_small)
    homes: dict[int, int] = {}
    for one in small:
        near = nearest_to(one, here)
        homes |= _home_in(one, small if near is None or near.is_small else [near], opening.wave)
    return homes | {home: home for home in homes.values()}


def _home_in(small: Occasion, nearby: Sequence[Occasion], wave: str) -> dict[int, int]:
    closed = [home for one in nearby for home in one.closed(wave)]
    homes = {}
    for one in small.closed(wave):
        same = [home for home in closed if home.instrument_version_id == one.instrument_version_id]
        if same:
            homes[one.id] = same[0].id
    return homes


def _rewrite_responses(session: Session, homes: Mapping[int, int]) -> None:
    rows = _taken(session, cast(Table, Response.__table__), list(homes))
    if not rows:
        return
    secrets.SystemRandom().shuffle(rows)
    for row in rows:
        row |= {"id": secrets.token_bytes(16), "opening_id": homes[row["opening_id"]]}
    session.execute(insert(Response), rows)


def _rewrite_receipts(session: Session, openings: list[int]) -> None:
    rows = _taken(session, cast(Table, Receipt.__table__), openings)
    if not rows:
        return
    secrets.SystemRandom().shuffle(rows)
    session.execute(insert(Receipt), rows)


def _rewrite_remarks(session: Session, opening: Opening) -> None:
    """What was written at this school in this wave, under the same keys, which readers' records name."""
    entry = session.get_one(Entry, opening.entry_id)
    setting_id = session.get_one(Sitting, entry.sitting_id).setting_id
    here = (
        Remark.programme_id == opening.programme_id,
        Remark.setting_id == setting_id,
        Remark.wave == opening.wave,
    )
    ids = list(session.scalars(select(Remark.id).where(*here).with_for_update()))
    if not ids:
        return
    envelopes, remarks = cast(Table, Envelope.__table__), cast(Table, Remark.__table__)
    kept = [
        (
            table,
            [dict(row._mapping) for row in session.execute(delete(table).where(column.in_(ids)).returning(*table.c))],
        )
        for table, column in ((envelopes, envelopes.c.remark_id), (remarks, remarks.c.id))
    ]
    for table, rows in reversed(kept):  # remarks first: envelopes point at them
        secrets.SystemRandom().shuffle(rows)
        if rows:
            session.execute(insert(table), rows)


def _taken(session: Session, table: Table, openings: list[int]) -> list[dict[str, Any]]:
    """Take the rows out. Read and deleted by one statement: a late answer that comes in between would be deleted unread."""
    taken = session.execute(delete(table).where(table.c.opening_id.in_(openings)).returning(*table.c))
    return [dict(row._mapping) for row in taken]


def forget_receipts(database: Database) -> None:
    """Drop the receipts of waves that closed 14 days ago.

    Not while the same could still come again: from a batch of sheets, or from a device on which it waits sealed to the key of
    its sitting. Batches and keys have an end of their own.
    """
    typed = select(Ticket.id).join(PaperBatch, PaperBatch.ticket_id == Ticket.id).where(Ticket.opening_id == Opening.id)
    sealed = select(SealingKey.id).join(Entry, Entry.sitting_id == SealingKey.sitting_id)
    sealed = sealed.where(Entry.id == Opening.entry_id, SealingKey.private_key.is_not(None))
    with database.writing() as session:
        closed = select(Opening.id).where(
            Opening.closed_at < now() - KEPT_AFTER_CLOSING, ~typed.exists(), ~sealed.exists()
        )
        session.execute(delete(Receipt).where(Receipt.opening_id.in_(closed)))
    database.forget_order()
