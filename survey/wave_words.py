"""When questions were asked, in words: straight after is "afterwards", a follow-up is "weeks later" and no more.

A follow-up stands where the after of other programmes stands, because it is asked once and of everybody; but weeks lie
between it and the day, so no sentence, heading or label may call it "after" or "afterwards" (CARE E4). What pupils were
asked to remember of the time before is called remembered, wherever it stands (CARE E11).
"""

from __future__ import annotations

from survey.languages import gettext
from survey.releases.snapshot import ShownItem, Snapshot
from survey.waves import is_follow_up


def wave_words(wave: str) -> str:
    """A wave within a sentence; those of linked programmes keep their own names."""
    return {
        "before": gettext("before"),
        "after": gettext("after"),
        "follow_up": gettext("some weeks later"),
    }.get(wave, wave)


def wave_heading(wave: str) -> str:
    """A wave as a heading says it."""
    return {
        "before": gettext("Before"),
        "after": gettext("After"),
        "follow_up": gettext("Some weeks later"),
    }.get(wave, wave)


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


def asked_last(item: ShownItem, snapshot: Snapshot) -> str:
    """What a question of the last wave tells of, within a sentence: how it was then, or how a pupil remembered it."""
    return gettext("as remembered") if item.remembered else afterwards(snapshot)


def asked_once(item: ShownItem, snapshot: Snapshot) -> str:
    """What must be said of a question that nobody was asked before."""
    if item.remembered:
        return gettext(
            "Pupils were asked to remember how it was before. That is no answer given before: what was seen since changes "
            "what is remembered, so nothing is compared with it."
        )
    if is_later(snapshot):
        return gettext("This was asked once, weeks later.")
    return gettext("This was asked only afterwards.")


def last_label(item: ShownItem, snapshot: Snapshot) -> str:
    """The last wave of a question before a colon."""
    if item.remembered:
        return gettext("Remembered")
    return gettext("Weeks later") if is_later(snapshot) else gettext("Afterwards")


def last_heading(item: ShownItem, snapshot: Snapshot) -> str:
    """The last wave of a question over a column or beside a bar."""
    return gettext("Remembered") if item.remembered else after_heading(snapshot)


def after_heading(snapshot: Snapshot) -> str:
    """The last wave of all questions together, over a column or beside a bar."""
    return gettext("Weeks later") if is_later(snapshot) else gettext("After")
