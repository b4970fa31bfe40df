"""The record of acts: who did what to which thing and why, each entry chained to the one before by a keyed hash.

An entry is written in the transaction of the act itself. It never holds an answer or a word of a child. The worker follows the
chain once a day, and `heard audit` whenever somebody asks: who changed an entry in the store itself cannot mend the chain.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import closing

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from survey.clock import now
from survey.models import AuditEntry, Job
from survey.sealing import Keys

DAILY_LOOK = "follow_acts"
CHAIN_LOCK = 0x48454152
"""PostgreSQL's advisory lock for the chain: entries are written one at a time (SQLite has one writer anyway)."""


class RecordBroken(Exception):
    """The chain does not hold: an entry was changed, added or taken out from outside."""


def record(session: Session, keys: Keys, account_id: int | None, action: str, subject: str, reason: str = "") -> None:
    """Add one entry to the chain; it stands or falls with the session's transaction. An action is named `noun.verb`."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CHAIN_LOCK})
    last = session.scalar(select(AuditEntry).order_by(AuditEntry.n.desc()).limit(1))
    entry = AuditEntry(
        n=last.n + 1 if last else 1,
        at=now().replace(microsecond=0),
        account_id=account_id,
        action=action,
        subject=subject[:200],
        reason=reason[:300],
    )
    entry.mac = _mac(keys, last.mac if last else b"", entry)
    session.add(entry)
    session.flush()


def first_broken(keys: Keys, entries: Iterable[AuditEntry]) -> int | None:
    """The number of the first entry that was changed, or after which one is missing; None when the chain is whole."""
    previous, expected = b"", 1
    for entry in entries:
        if entry.n != expected or _mac(keys, previous, entry) != entry.mac:
            return expected
        previous, expected = entry.mac, expected + 1
    return None


def follow(session: Session, keys: Keys) -> int:
    """Follow the whole chain; returns how many entries it has. Raises `RecordBroken`.

    That the newest entries are missing cannot be seen in the chain: only somebody who noted their number can tell.
    """
    every = select(AuditEntry).order_by(AuditEntry.n).execution_options(yield_per=1000)
    with closing(session.scalars(every)) as entries:
        broken = first_broken(keys, entries)
    if broken is not None:
        raise RecordBroken(f"the record of acts is not whole: see what was changed or taken out at entry {broken}")
    return session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def was_found_broken(session: Session) -> bool:
    """Whether the worker could not follow the chain to its end."""
    found = select(Job.id).where(Job.kind == DAILY_LOOK, Job.fault.startswith(RecordBroken.__name__))
    return session.scalar(found.limit(1)) is not None


def _mac(keys: Keys, previous: bytes, entry: AuditEntry) -> bytes:
    content = [entry.n, entry.at.isoformat(), entry.account_id, entry.action, entry.subject, entry.reason]
    return keys.mac("audit", previous, json.dumps(content, ensure_ascii=False).encode())
