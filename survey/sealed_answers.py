"""Answers that had to wait on a device: sealed there to their sitting's public key, opened here when they arrive.

HPKE in base mode (RFC 9180: P-256, HKDF-SHA256, AES-128-GCM). The seal is bound to the questionnaire version, the wave and
the key, so that nothing sealed for one place opens at another; inside are the very bytes of the plain form with its ticket
and submission id, filled with NUL to steps of 512 bytes. A lost tablet, a filter or a proxy holds only ciphertext. The
private key lies wrapped in the store and is destroyed 14 days after every wave that was opened has closed, or sooner when an
adult wipes what waits: from then on no device holds anything that can be opened, reached or not, and each one deletes its
sets when the server next tells it so. A wave that is opened after that gets a new key, so what is sealed names its own.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from datetime import datetime
from typing import cast

from sqlalchemy import Select, Table, bindparam, func, select, update
from sqlalchemy.orm import Session

from survey.bounds import KEPT_AFTER_CLOSING
from survey.database import Database
from survey.envelopes import new_pair, open_with
from survey.models import Entry, Opening, SealingKey
from survey.responses import CONTENT_TYPE, BodyRefused, Place, Submission, read_submission
from survey.sealing import Keys, SealBroken

USE = "sitting key"


class KeyDestroyed(Exception):
    """The sitting's private key is gone: nothing can open these answers any more."""


def make_key(session: Session, keys: Keys, sitting_id: int) -> None:
    """Give a sitting a pair of keys where none is living; the session's transaction keeps them."""
    # Held until then, so that no key dies of age between this look and the opening for which it is wanted.
    if session.scalar(_living(sitting_id).with_for_update()) is not None:
        return
    key_id = secrets.token_hex(8)
    private, public = new_pair()
    session.add(
        SealingKey(
            id=key_id,
            sitting_id=sitting_id,
            public_key=public,
            private_key=keys.seal(USE, private, key_id.encode()),
        )
    )


def _living(sitting_id: int) -> Select[SealingKey]:
    return select(SealingKey).where(SealingKey.sitting_id == sitting_id, SealingKey.private_key.is_not(None))


# Asked for every page of questions, so it is made once and run without the object layer.
_KEYS = cast(Table, SealingKey.__table__)
_PUBLIC = select(_KEYS.c.id, _KEYS.c.public_key).where(
    _KEYS.c.sitting_id == bindparam("sitting_id"), _KEYS.c.private_key.is_not(None)
)


def public_key(database: Database, place: Place) -> str | None:
    """What a device needs to seal for this place: `key id.public key in base64url.what the seal is bound to`.

    None where there is no key (a sitting opened before there were any) or it has died: then nothing is kept on devices.
    """
    with database.reader.connect() as connection:
        key = connection.execute(_PUBLIC, {"sitting_id": place.sitting_id}).first()
    if key is None:
        return None
    point = base64.urlsafe_b64encode(key.public_key).decode().rstrip("=")
    return f"{key.id}.{point}.{_bound_to(place, key.id)}"


def _bound_to(place: Place, key_id: str) -> str:
    return f"heard-answer-1/{place.version.sha256}/{place.wave}/{key_id}"


def open_sealed(database: Database, keys: Keys, place: Place, outer: Submission) -> Submission:
    """The form that was sealed for this place; what is sealed is `key id.base64url`.

    Raises
    ------
    KeyDestroyed
        When the sitting's private key is gone.
    SealBroken
        When it was not sealed for this place, was changed, or holds no readable form, or another's.
    """
    key_id, _, closed = outer.sealed.rpartition(".")
    with database.reading() as session:
        key = session.get(SealingKey, key_id)
    if key is None or key.sitting_id != place.sitting_id:
        raise SealBroken(USE)
    if key.private_key is None:
        raise KeyDestroyed(key.id)
    try:
        private = keys.open(USE, key.private_key, key.id.encode())
        blob = base64.urlsafe_b64decode(closed + "=" * (-len(closed) % 4))
        inner = read_submission(CONTENT_TYPE, open_with(private, _bound_to(place, key.id), blob))
    except (ValueError, binascii.Error, BodyRefused) as fault:
        raise SealBroken(USE) from fault
    if (inner.ticket, inner.id) != (outer.ticket, outer.id):
        raise SealBroken(USE)
    return inner


def can_open(session: Session, sitting_id: int) -> bool:
    """Whether what waits on devices for a sitting could still be opened."""
    return session.scalar(_living(sitting_id)) is not None


def wipe_waiting(session: Session, sitting_id: int) -> None:
    """Destroy a sitting's private key now: whatever still waits on devices is lost to everybody for good."""
    session.execute(update(SealingKey).where(SealingKey.sitting_id == sitting_id).values(private_key=None))


def destroy_keys(database: Database, moment: datetime) -> None:
    """Destroy the private keys of sittings whose last wave closed 14 days before this moment; the public ones stay.

    A wave that is still to come keeps no key alive: it makes its own when it is opened.
    """
    last_closed = (
        select(Entry.sitting_id)
        .join(Opening, Opening.entry_id == Entry.id)
        .group_by(Entry.sitting_id)
        .having(func.count() == func.count(Opening.closed_at))
        .having(func.max(Opening.closed_at) < moment - KEPT_AFTER_CLOSING)
    )
    old = (SealingKey.sitting_id.in_(last_closed), SealingKey.private_key.is_not(None))
    with database.writing() as session:
        # Who opens a wave again holds its key meanwhile: wait for them, then look once more.
        session.scalars(select(SealingKey.id).where(*old).order_by(SealingKey.id).with_for_update()).all()
        session.execute(update(SealingKey).where(*old).values(private_key=None))
