"""`heard serve` where every minute lasts a second: an outage of ten minutes is over in ten, and each pause is the real one.

All of the service, the courier too, reads one clock, and that clock runs sixty times as fast from a Monday morning at ten on.
The courier's own waits between two looks are shortened by as much. Nothing else is changed: pauses, limits and working hours
are those of the service as it ships. How long it waits for a mail server's reply stays longer than a busy machine needs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from survey import clock

FASTER = 60
BEGAN = Path("began")
"""In the service's folder: when its clock began to run, by the real one."""
PATIENCE = 5.0
LAUNCHER = ("-m", "tests.proof.fast_clock", "serve")


def fast_clock(began: float) -> Callable[[], datetime]:
    """A clock that stood at ten o'clock of the Monday after it began."""
    day = datetime.fromtimestamp(began, clock.PLACE)
    monday = (day + timedelta(days=7 - day.weekday())).replace(hour=10, minute=0, second=0, microsecond=0)
    start = monday.astimezone(UTC)
    return lambda: start + timedelta(seconds=(time.time() - began) * FASTER)


if __name__ == "__main__":
    clock.now = fast_clock(float(BEGAN.read_text()))  # before any part of the service has taken it over
    from survey import courier, mail, outbox, serving
    from survey.commands import main

    courier.LOOK_EVERY, courier.LONGEST_WAIT = courier.LOOK_EVERY / FASTER, courier.LONGEST_WAIT / FASTER
    outbox.mail_line = partial(mail.mail_line, patience=PATIENCE)
    serving.WORK = "tests.proof.fast_clock"
    main()
