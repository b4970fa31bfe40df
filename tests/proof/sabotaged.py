"""`heard serve` with a fault on purpose: it says thank you first and commits a little later. The proof must catch it."""

from __future__ import annotations

import threading
from typing import Any

from survey.answering import taking
from survey.responses import Outcome, store


def acknowledge_first(*arguments: Any, **named: Any) -> Outcome:
    """Promise now, keep it in a while."""
    threading.Timer(0.4, store, arguments, named).start()
    return Outcome.STORED


if __name__ == "__main__":
    taking.store = acknowledge_first
    from survey.commands import main

    main()
