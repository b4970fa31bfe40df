"""What each kind of question is, in one table.

A kind is how a question is put and answered. Many look different on the page and are the same thing to whoever stores
and counts: a scale, a row of faces and a traffic light each have one answer of several. So the table says for every kind
how it is answered, how many answers and parts it has, and which fields are its own; rules, the published schema and the
editing pages read it from here.

    one         one answer of several                    number      a whole number with its unit
    several     any of several answers                   text        a box for words; shown only where somebody reads
    faces       one of three to five drawn faces         sort        each part goes into one of a few boxes
    scale       one point of a scale, each in words      rank        things in an order
    steps       0 to 10, both ends in words              goals       0 to 10 for each of a few goals
    traffic     green, amber or red, with shape, word    statement   words or a picture; nothing is answered
    support     whom you would go to; or nobody
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Answering = Literal["one", "several", "number", "parts", "order", "nothing"]
"""The ways to answer: one option, some, a number, one option for each part, all options in an order, not at all."""

NO_OPTIONS = (0, 0)
MOST_OPTIONS = 40
STEPS = 11
"""0 to 10."""
HIGHEST_ALERT = STEPS - 2
"""The highest of 0 to 10 that may tell a worker, with all below it: if every number did, none would mean anything."""


@dataclass(frozen=True, slots=True)
class Nature:
    """One kind. `needs` and `takes` are those of the `OWN` fields that it must and may have.

    `options` is how many it has at least and at most; `steps` says that they are 0 to 10 and stand in no file; `rises`
    that they run from little to much by their nature.
    """

    answering: Answering
    options: tuple[int, int] = NO_OPTIONS
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    parts: tuple[int, int] = (0, 0)
    steps: bool = False
    rises: bool = False

    @property
    def own(self) -> tuple[str, ...]:
        """The fields of `OWN` that it knows."""
        return (*self.needs, *self.takes)

    @property
    def absent(self) -> bool:
        """Whether there is anything that could be left unanswered for a reason."""
        return self.answering != "nothing"

    @property
    def measured(self) -> bool:
        """Whether the item itself may have an agreed answer; of a sorted item each part has its own."""
        return self.answering in ("one", "several")


OWN = ("minimum", "maximum", "unit", "low", "high", "alert_up_to", "parts", "size", "may_print")
"""Fields of an item that only some kinds have."""

NATURES: Mapping[str, Nature] = {
    "one": Nature("one", (2, MOST_OPTIONS)),
    "several": Nature("several", (2, MOST_OPTIONS)),
    "faces": Nature("one", (3, 5)),
    "number": Nature("number", needs=("minimum", "maximum"), takes=("unit",)),
    "scale": Nature("one", (3, 7), rises=True),
    "steps": Nature("one", (STEPS, STEPS), needs=("low", "high"), takes=("alert_up_to",), steps=True, rises=True),
    "traffic": Nature("one", (3, 3)),
    "sort": Nature("parts", (2, 4), needs=("parts",), parts=(2, 12)),
    "rank": Nature("order", (3, 7)),
    "support": Nature("several", (3, MOST_OPTIONS)),
    "goals": Nature("parts", (STEPS, STEPS), needs=("low", "high", "parts"), parts=(1, 5), steps=True, rises=True),
    "statement": Nature("nothing"),
    "text": Nature("nothing", takes=("size", "may_print")),
}
KINDS = tuple(NATURES)

PICTURES = (
    *("adult", "calendar", "chat", "friends", "help", "home", "locked", "message", "phone", "photo", "school", "stop"),
    *("talk", "tick", "cross", "question"),
)
"""The drawings that an item may show beside its words; each is a symbol of the pages' own file of pictures."""

SIZES = ("short", "long")
VERSIONS = ("standard", "plain", "easy_read", "audio")
"""The ways in which an item can be worded; the first is the item itself."""


def nature(kind: str) -> Nature:
    """What this kind is; a kind that nobody knows has an answer of several, as any question has."""
    return NATURES.get(kind, NATURES["one"])
