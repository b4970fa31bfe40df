"""Who else could see it: somebody beside a child alone, or a neighbour in a group.

One to one, a parent may sit beside the child: the first question finds out, and what is sensitive is asked only where nobody
looks on (CARE C3). In a group everybody gets the same number of screens, or the next desk reads from it what was answered
(CARE A4). Both are warnings, for a person may know why it does no harm here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from questionnaires.faults import Fault, Place, shown, warn
from questionnaires.instrument import Instrument, Item
from questionnaires.rules import item_places

_ASKS = "see your screen"
_LAST = "upsetting or hard to understand"
"""Asked of everybody at the end, whoever looks on: it asks about the questions, not about the child (CARE D4)."""
_YES = re.compile(r"yes\b", re.IGNORECASE)

CODES = ("screen_not_asked", "screen_ignored", "uneven_screens")


def warnings(instrument: Instrument) -> Iterator[Fault]:
    """Every question that somebody else could see being asked or answered."""
    if instrument.sitting == "group":
        yield from _uneven(instrument)
    elif instrument.respondent in ("young_person", "survivor"):
        yield from _looked_on(instrument)


def _looked_on(instrument: Instrument) -> Iterator[Fault]:
    for wave in instrument.waves:
        asked = instrument.items_in(wave)  # of a draft there may be none
        if any(item.sensitive for item in asked) and _ASKS not in asked[0].text["en"]:
            remedy = 'begin with "Can anyone else see your screen right now?" and ask the rest only after a no'
            wrong = f"sensitive questions in {wave}, whoever looks on"
            yield warn(("pages",), "screen_not_asked", wrong, remedy)
            return
    for place, item in item_places(instrument):
        if item.sensitive and _LAST not in item.text["en"] and not _waits(instrument, item):
            yield _ignored(place)


def _ignored(place: Place) -> Fault:
    wrong = "this sensitive question is asked although somebody else can see the screen"
    remedy = "under “Who is asked, and when” ask it only of those who said that nobody can see their screen"
    return warn(place, "screen_ignored", wrong, remedy)


def _waits(instrument: Instrument, item: Item) -> bool:
    """Whether an item is asked only after a no to the question about the screen, itself or by what it hangs on."""
    earlier = {one.key: one for one in instrument.items}
    met: set[str] = set()
    while item.condition is not None and item.key not in met:
        met.add(item.key)
        source = earlier.get(item.condition.item)
        if source is None:  # of a draft
            return False
        if _ASKS in source.text["en"]:
            wanted = [option for option in source.options if option.key in item.condition.options]
            return bool(wanted) and not any(_YES.match(option.label["en"]) for option in wanted)
        item = source
    return False


def _uneven(instrument: Instrument) -> Iterator[Fault]:
    for place, item in item_places(instrument):
        if item.condition is None:
            continue
        wrong = (
            f"only some are asked this, after {shown(item.condition.item)}: “Question 5 of 9” beside “Question 5 of 8” can be "
            "read from the next desk"
        )
        remedy = "ask everybody, with an answer for those whom it does not concern; or let everybody answer alone"
        yield warn((*place, "condition"), "uneven_screens", wrong, remedy)
