"""The record of acts: who did what to which thing and why, each entry chained to the one before by a keyed hash.

An entry is written in the transaction of the act itself. It never holds an answer or a word of a child.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from survey.clock import now
from survey.models import AuditEntry
from survey.sealing import Keys

CHAIN_LOCK = 0x48454152
"""PostgreSQL's advisory lock for the chain: entries are written one at a time (SQLite has one writer anyway)."""


def record(session: Session, keys: Keys, account_id: int | None, action: str, subject: str, reason: str = "") -> None:
    """Add one entry to the chain; it stands or falls with the session's transaction."""
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


def _mac(keys: Keys, previous: bytes, entry: AuditEntry) -> bytes:
    content = [entry.n, entry.at.isoformat(), entry.account_id, entry.action, entry.subject, entry.reason]
    return keys.mac("audit", previous, json.dumps(content, ensure_ascii=False).encode())
