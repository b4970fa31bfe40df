"""Where a sitting stands, derived from what is stored and never stored itself.

The moments are those of its openings and of the play's start. From them comes one stage, and from the stage the acts that
are allowed: there is no other place that decides what may happen next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import NamedTuple

BEFORE = "before"


class Stage(Enum):
    """The places where a sitting can stand, in their order."""

    WAITING = "waiting"
    """Its programme is not open yet."""
    READY = "ready"
    """Nothing was opened; the before questions come first."""
    BEFORE_OPEN = "before_open"
    BEFORE_CLOSED = "before_closed"
    """They can be opened again until the play starts."""
    PLAYING = "playing"
    """The before questions are locked for good, or there are none; the after questions come next."""
    AFTER_OPEN = "after_open"
    FINISHED = "finished"
    OVER = "over"
    """Its programme was closed before the sitting was finished."""


class Act(Enum):
    """What somebody can do to a sitting's waves."""

    OPEN_BEFORE = "open_before"
    CLOSE_BEFORE = "close_before"
    START_PLAY = "start_play"
    OPEN_AFTER = "open_after"
    CLOSE_AFTER = "close_after"


class Moments(NamedTuple):
    """When a wave was opened and closed at a sitting."""

    opened_at: datetime
    closed_at: datetime | None


ALLOWED: Mapping[Stage, tuple[Act, ...]] = {
    Stage.WAITING: (),
    Stage.READY: (Act.OPEN_BEFORE, Act.START_PLAY),
    Stage.BEFORE_OPEN: (Act.CLOSE_BEFORE, Act.START_PLAY),
    Stage.BEFORE_CLOSED: (Act.START_PLAY, Act.OPEN_BEFORE),
    Stage.PLAYING: (Act.OPEN_AFTER,),
    Stage.AFTER_OPEN: (Act.CLOSE_AFTER,),
    Stage.FINISHED: (),
    Stage.OVER: (),
}
"""What may be done at each stage, the obvious next step first."""


def stage_of(
    status: str, waves: Sequence[str], openings: Mapping[str, Moments], play_started_at: datetime | None
) -> Stage:
    """Where a sitting stands.

    Parameters
    ----------
    status : of its programme: draft, open or closed
    waves : of its programme, in order; the last one is the after questions
    openings : the moments of each wave that was opened at this sitting
    play_started_at : when somebody said that the play starts now
    """
    if tuple(waves) == (BEFORE,):
        return _stage_before_only(status, openings.get(BEFORE), play_started_at)
    after = openings.get(waves[-1]) if waves else None
    if after is not None and after.closed_at is not None:
        return Stage.FINISHED
    if status == "closed":
        return Stage.OVER
    if status != "open" or not waves:
        return Stage.WAITING
    if after is not None:
        return Stage.AFTER_OPEN
    if BEFORE not in waves or play_started_at is not None:
        return Stage.PLAYING
    before = openings.get(BEFORE)
    if before is None:
        return Stage.READY
    return Stage.BEFORE_OPEN if before.closed_at is None else Stage.BEFORE_CLOSED


def _stage_before_only(status: str, before: Moments | None, play_started_at: datetime | None) -> Stage:
    """Where a class stands that chance drew to answer before: it is finished when the play starts."""
    if play_started_at is not None and before is not None:
        return Stage.FINISHED
    if status == "closed" or play_started_at is not None:
        return Stage.OVER
    if status != "open":
        return Stage.WAITING
    if before is None:
        return Stage.READY
    return Stage.BEFORE_OPEN if before.closed_at is None else Stage.BEFORE_CLOSED


def steps_of(stage: Stage, waves: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The steps of the day by their keys, each done, now or later."""
    asked = [key for key, wave in (("before", BEFORE), ("play", BEFORE)) if wave in waves]
    asked += ["after"] if tuple(waves) != (BEFORE,) else []
    keys = ("set_up", *asked, "page")
    reached = keys.index(_step_at(stage))
    return tuple((key, "done" if n < reached else "now" if n == reached else "later") for n, key in enumerate(keys))


def _step_at(stage: Stage) -> str:
    match stage:
        case Stage.WAITING | Stage.OVER:
            return "set_up"
        case Stage.READY | Stage.BEFORE_OPEN:
            return "before"
        case Stage.BEFORE_CLOSED:
            return "play"
        case Stage.PLAYING | Stage.AFTER_OPEN:
            return "after"
        case Stage.FINISHED:
            return "page"


def shown_head_count(finished: int) -> int | None:
    """How many have finished, as far as anybody may see: nothing under 10, then in fives, so that nobody stands out."""
    return None if finished < 10 else finished - finished % 5
