"""Readers' keys: made here, locked with what only the reader has, and proved by a planted note.

The private key is locked twice with Argon2id: by a passphrase, and by a recovery key that is shown once and kept on paper.
Nobody else holds either, so resetting somebody's password opens nothing that came before. While a reader works, the key also
lies locked by a random value that only the browser's cookie holds together with their sign-in, for a quarter of an hour; signing
out ends it.
Whoever loses both passphrase and paper makes a new key; what was sealed to the old one is then read by the other readers to
whom it was sealed as well. Whoever was given a new password could do the same in somebody's name: so all colleagues are told of
it, and nothing is sealed to such a key before one of them, with a key that is proved, has confirmed it. Only where nobody could
it needs nobody's word, so that no team is locked out.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from survey.costly import costly_turn
from survey.envelopes import new_pair
from survey.models import ReaderKey
from survey.pairing import SITTING_ALPHABET, tidy
from survey.sealing import NONCE, SealBroken

USE = "reader's key"
SALT = 16
ROUNDS, MEMORY_KIB, LANES = 3, 64 * 1024, 4
"""Argon2id as RFC 9106 recommends where 64 MiB can be had."""
RECOVERY_SIGNS = 28
SHORTEST_PASSPHRASE = 16
UNLOCKED_FOR = timedelta(minutes=15)
PROOF_HOLDS = timedelta(days=31)
SEEN_HOLDS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made, and the recovery key that is shown this once."""

    key: ReaderKey
    recovery: str


def new_reader_key(account_id: int, passphrase: str, moment: datetime) -> NewKey:
    """A new pair of keys for an account, locked twice: half a second, so not while a writer's turn is held."""
    private, public = new_pair()
    recovery = "".join(secrets.choice(SITTING_ALPHABET) for _ in range(RECOVERY_SIGNS))
    key_id = secrets.token_hex(8)
    key = ReaderKey(
        id=key_id,
        account_id=account_id,
        public_key=public,
        by_passphrase=_lock(private, passphrase, key_id),
        by_recovery=_lock(private, recovery, key_id),
        made_at=moment,
        seen_at=moment,
    )
    return NewKey(key, "-".join(recovery[n : n + 4] for n in range(0, RECOVERY_SIGNS, 4)))


def put_in_use(session: Session, key: ReaderKey) -> bool:
    """Keep a new key; the one its account had is in use no longer, and what was sealed to it is for the others. Returns whether
    the account had one before."""
    theirs = select(ReaderKey.id).where(ReaderKey.account_id == key.account_id).limit(1)
    has_former = session.scalar(theirs) is not None
    for old in session.scalars(
        select(ReaderKey).where(ReaderKey.account_id == key.account_id, ReaderKey.ended_at.is_(None))
    ):
        old.ended_at = key.made_at
    session.flush()
    session.add(key)
    session.flush()
    return has_former


def make_reader_key(session: Session, account_id: int, passphrase: str, moment: datetime) -> NewKey:
    """Both at once, where nobody waits for a turn to write."""
    made = new_reader_key(account_id, passphrase, moment)
    put_in_use(session, made.key)
    return made


def key_in_use(session: Session, account_id: int) -> ReaderKey | None:
    """The key to which words for this account are sealed now."""
    return session.scalar(select(ReaderKey).where(ReaderKey.account_id == account_id, ReaderKey.ended_at.is_(None)))


def unlock(key: ReaderKey, passphrase: str) -> bytes:
    """The private key by its passphrase; costs a quarter of a second. Raises `SealBroken` for a wrong one."""
    return _unlock(key.by_passphrase, passphrase, key.id)


def change_passphrase(key: ReaderKey, recovery: str, passphrase: str) -> None:
    """Lock the key with another passphrase, by the recovery key on paper. Raises `SealBroken` for a wrong one."""
    private = _unlock(key.by_recovery, tidy(recovery), key.id)
    key.by_passphrase = _lock(private, passphrase, key.id)


def lend_to_browser(key: ReaderKey, private: bytes, sign_in: str, moment: datetime) -> str:
    """Lock the private key by a random value for the browser's cookie and the token of this sign-in, while somebody reads."""
    mine = secrets.token_bytes(32)
    key.by_browser = _sealed(_within(sign_in, mine), private, key.id)
    key.unlocked_until = moment + UNLOCKED_FOR
    return mine.hex()


def from_browser(key: ReaderKey, cookie: str, sign_in: str, moment: datetime) -> bytes | None:
    """The private key as long as this browser may use it; None when it has to be unlocked again, as after each sign-in."""
    if key.by_browser is None or key.unlocked_until is None or key.unlocked_until < moment:
        return None
    try:
        return _opened(_within(sign_in, bytes.fromhex(cookie)), key.by_browser, key.id)
    except (SealBroken, ValueError):
        return None


def lock_keys(session: Session, account_id: int) -> None:
    """Lock what an account has unlocked, in whichever browser: only the passphrase opens it again."""
    theirs = ReaderKey.account_id == account_id
    session.execute(update(ReaderKey).where(theirs).values(by_browser=None, unlocked_until=None))


def _within(sign_in: str, mine: bytes) -> bytes:
    """The value that locks a key for one browser: it needs the cookie and the sign-in, so a new one opens nothing."""
    return hmac.digest(mine, sign_in.encode(), "sha256")


def _stretched(words: str, salt: bytes) -> bytes:
    with costly_turn():
        return hash_secret_raw(words.encode(), salt, ROUNDS, MEMORY_KIB, LANES, 32, Type.ID)


def _lock(private: bytes, words: str, key_id: str) -> bytes:
    salt = secrets.token_bytes(SALT)
    return salt + _sealed(_stretched(words, salt), private, key_id)


def _unlock(locked: bytes, words: str, key_id: str) -> bytes:
    return _opened(_stretched(words, locked[:SALT]), locked[SALT:], key_id)


def _sealed(key: bytes, private: bytes, key_id: str) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, private, key_id.encode())


def _opened(key: bytes, sealed: bytes, key_id: str) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], key_id.encode())
    except (InvalidTag, ValueError) as fault:
        raise SealBroken(USE) from fault
