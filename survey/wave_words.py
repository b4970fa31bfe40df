"""When a report's questions were asked, in words: straight after is "afterwards", a follow-up is "weeks later" and no more.

A follow-up stands where the after of other programmes stands, because it is asked once and of everybody; but weeks lie
between it and the day, so no sentence, heading or label may call it "after" or "afterwards" (CARE E4).
"""

from __future__ import annotations

from survey.languages import gettext
from survey.releases.snapshot import Snapshot
from survey.waves import is_follow_up


def when(timing: str) -> str:
    """When the questions afterwards were asked."""
    return {
        "straight_after": gettext("straight after"),
        "within_a_week": gettext("within a week after"),
        "weeks_later": gettext("weeks later"),
    }[timing]


def is_later(snapshot: Snapshot) -> bool:
    """Whether these are the figures of a follow-up."""
    return is_follow_up(snapshot.waves)


def afterwards(snapshot: Snapshot) -> str:
    """The last wave within a sentence."""
    return gettext("weeks later") if is_later(snapshot) else gettext("afterwards")


def afterwards_label(snapshot: Snapshot) -> str:
    """The last wave before a colon."""
    return gettext("Weeks later") if is_later(snapshot) else gettext("Afterwards")


def after_heading(snapshot: Snapshot) -> str:
    """The last wave over a column or beside a bar."""
    return gettext("Weeks later") if is_later(snapshot) else gettext("After")
