"""Turns at what is costly on purpose: Argon2, for passwords and for readers' keys, each with its 64 MiB.

At most two run at a time in each process and a few wait; whoever comes then is asked to try again. Else signing in, or unlocking
a key again and again, would be a way to stop the service: every thread would stand in this queue while young people's
answers wait.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from survey.database import DatabaseBusy

_turns = threading.BoundedSemaphore(2)
_places = threading.BoundedSemaphore(4)


class SigningInBusy(DatabaseBusy):
    """Too many people sign in or unlock a key at this moment: the page asks to try again."""


@contextmanager
def costly_turn() -> Iterator[None]:
    """A turn at Argon2; raises `SigningInBusy` when too many wait already."""
    if not _places.acquire(blocking=False):
        raise SigningInBusy
    try:
        with _turns:
            yield
    finally:
        _places.release()
