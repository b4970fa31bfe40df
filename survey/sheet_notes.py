"""What a sheet says beside its questions: who reads what is typed, which worker sees the answers, whose a copy is.

Each is made where that is known (`survey.answering`), in the page's language; the sheet only carries it to the template.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class BoxNote:
    """What stands beside boxes for words: who reads them and when, and what the device's script needs to seal to them.

    `later`: what is true instead of `when` from `read_until` on. An empty box is offered until `offered_until`.
    """

    recipients: str
    bound_to: str
    has_school: bool
    promise: str
    who: str
    when: tuple[str, ...]
    later: tuple[str, ...]
    offered_until: datetime
    read_until: datetime | None

    def holds(self, moment: datetime) -> str:
        """For how many seconds from a moment an empty box is offered, and `when` is true: clocks of devices go wrong."""
        ends = (self.offered_until, *([self.read_until] if self.later and self.read_until else []))
        return " ".join(str(max(0, int((end - moment).total_seconds()))) for end in ends)


@dataclass(frozen=True, slots=True)
class LinkedNote:
    """Where a worker sees the answers: who that is, and what is said beside a question that must not wait: where script tells
    them when it is `chosen`, and where Send alone does."""

    who: str
    chosen: str
    sent: str


@dataclass(frozen=True, slots=True)
class KeptNote:
    """What a copy that a shared device keeps says of itself: the session's code, when it is for, since what hour it is there."""

    code: str
    when: str
    since: str
