"""`heard serve` with a fault on purpose: the alert has a transaction of its own, after its answer's. The proof must catch it.

It ends at the points that are asked for, as `killed_between` does."""

from __future__ import annotations

import time
from typing import Any

from survey.answering import taking
from survey.responses import Outcome, store, tell
from tests.proof.killed_between import lie_in_wait


def tell_afterwards(*arguments: Any, told: Any = (), **named: Any) -> Outcome:
    """Keep the answer, and a moment later the alert; only then is the young person thanked."""
    outcome = store(*arguments, **named)
    time.sleep(0.1)
    tell(*arguments[:4], told)
    return outcome


if __name__ == "__main__":
    lie_in_wait()
    taking.store = tell_afterwards
    from survey.commands import main

    main()
