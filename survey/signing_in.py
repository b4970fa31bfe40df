"""Staff sign-in: argon2 for passwords, a server-side row for each signed-in browser, and a budget for failures.

The cookie holds 256 random bits; the store holds only their hash. Rights are read from the store at every request, so
they end at once. Hashing is costly on purpose, so it has its turns (`survey.costly`).
"""

from __future__ import annotations

import functools
import hashlib
import secrets
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from survey.budgets import is_spent, spend
from survey.clock import now
from survey.costly import costly_turn
from survey.database import Database
from survey.languages import gettext
from survey.models import Account, SignIn
from survey.readers import lock_keys

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=8)
SEEN_EVERY = timedelta(minutes=1)
WINDOW = timedelta(minutes=15)
MOST_FAILURES = 10
"""So many wrong passwords in a window are taken under one address, and from who is signed in."""

_hasher = PasswordHasher()


@functools.cache
def _nobody() -> str:
    """A hash that no password fits, so that an unknown address costs the same time."""
    return _hasher.hash(secrets.token_hex(16))


def password_hash(password: str) -> str:
    """The argon2id hash of a password."""
    with costly_turn():
        return _hasher.hash(password)


def checked_account(session: Session, email: str, password: str) -> Account | None:
    """The account with this address and password; takes the same time whether or not the address exists."""
    account = session.scalar(select(Account).where(Account.email == email.strip().lower(), Account.is_active))
    expected = account.password_hash if account else _nobody()
    with costly_turn():
        try:
            _hasher.verify(expected, password)
        except (VerificationError, InvalidHashError):
            return None
    return account


def password_fault(database: Database, account: Account, typed: str) -> str:
    """What is wrong with the password that somebody signed in typed once more; empty when it is theirs. Wrong ones are
    counted, on whichever page they are tried: whoever sits at an open browser has no more tries than at a closed one."""
    name = f"password {account.id}"
    with database.reading() as session:
        if is_spent(session, name, MOST_FAILURES, WINDOW):
            return gettext("There were too many wrong passwords. Wait 15 minutes, then try again.")
        if checked_account(session, account.email, typed) is not None:
            return ""
    with database.writing() as session:
        spend(session, name, MOST_FAILURES, WINDOW)
    return gettext("This is not the password that you use now.")


def sign_in(session: Session, account: Account) -> str:
    """Begin a sign-in; returns the new token for the cookie."""
    token = secrets.token_hex(32)
    moment = now()
    session.execute(delete(SignIn).where(SignIn.started_at < moment - ABSOLUTE))
    session.add(SignIn(token_hash=_hash(token), account_id=account.id, started_at=moment, seen_at=moment))
    _see(session, account.id, moment)
    return token


def sign_out(session: Session, token: str) -> None:
    """End a sign-in at once; a reading key that was unlocked is locked."""
    row = session.get(SignIn, _hash(token)) if token else None
    if row is not None:
        lock_keys(session, row.account_id)
    session.execute(delete(SignIn).where(SignIn.token_hash == _hash(token)))


def end_sign_ins(session: Session, account_id: int) -> None:
    """End every sign-in of an account at once, and lock its reading key: only the passphrase opens that again."""
    session.execute(delete(SignIn).where(SignIn.account_id == account_id))
    lock_keys(session, account_id)


def signed_in_account(session: Session, token: str) -> Account | None:
    """Whose sign-in this token is; None when it is unknown, idle too long, too old, or the account was closed."""
    row = session.get(SignIn, _hash(token)) if token else None
    moment = now()
    if row is None or row.seen_at < moment - IDLE or row.started_at < moment - ABSOLUTE:
        return None
    account = session.get(Account, row.account_id)
    return account if account is not None and account.is_active else None


def is_due(session: Session, token: str) -> bool:
    """Whether "seen" should be written again (at most once a minute, to keep reads free of writes)."""
    row = session.get(SignIn, _hash(token))
    return row is not None and row.seen_at < now() - SEEN_EVERY


def mark_seen(session: Session, token: str) -> None:
    """Note that the sign-in is in use."""
    if (row := session.get(SignIn, _hash(token))) is not None:
        row.seen_at = now()
        _see(session, row.account_id, row.seen_at)


def _see(session: Session, account_id: int, moment: datetime) -> None:
    """The account remembers when it was last here; the sign-in itself is gone after signing out."""
    session.execute(update(Account).where(Account.id == account_id).values(seen_at=moment))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
