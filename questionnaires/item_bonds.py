"""The rules of a question among others: conditions, pairs, other wordings, and what the mode forbids.

Nobody can read from the number of screens what a neighbour answered; two questions that are compared are asked in the
same words; what is remembered is never taken for what was; and a question on which somebody must act at once is asked
only where somebody is there to act.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from questionnaires.faults import Fault, Place, fault, listed, shown
from questionnaires.kinds import PICTURES, VERSIONS
from questionnaires.rules import PRIMARY_AGE, choice_faults, item_places, repeated_faults

if TYPE_CHECKING:
    from questionnaires.instrument import Condition, Instrument, Item, Version

PRINTING_AGE = 13
SOUND = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}\.(?:mp3|ogg|opus|m4a)")
_SAME = (
    *("kind", "text", "hint", "options", "absences", "minimum", "maximum", "unit"),
    *("low", "high", "parts", "picture", "versions"),
)
"""What two items have in common that are asked identically."""


def faults(instrument: Instrument) -> list[Fault]:
    """Every breach of the rules on items among others, in the order of the file."""
    found: list[Fault] = []
    for place, item in item_places(instrument):
        found += [fault for rule in _RULES for fault in rule(instrument, place, item)]
    return found


def _earlier(instrument: Instrument, item: Item, key: str) -> str | None:
    """Why this is no item that is asked earlier; None if it is one."""
    keys = [other.key for other in instrument.items]
    if key in keys[: keys.index(item.key)]:
        return None
    return f"{shown(key)}, which {'comes later or is the item itself' if key in keys else 'does not exist'}"


def _condition(instrument: Instrument, place: Place, item: Item) -> Iterator[Fault]:
    condition = item.condition
    if condition is None:
        return
    here = (*place, "condition")
    if not_earlier := _earlier(instrument, item, condition.item):
        wrong = f"the condition asks about {not_earlier}"
        yield fault((*here, "item"), "condition_item", wrong, "name an item that is asked earlier")
        return
    source = instrument.item(condition.item)
    if source.answering not in ("one", "several"):
        wrong = f"no answer is chosen at {shown(source.key)}, of kind {source.kind}"
        yield fault((*here, "item"), "condition_item", wrong, "name an item with answers to choose")
        return
    yield from _condition_source(instrument, here, item, source, condition)


def _condition_source(
    instrument: Instrument, here: Place, item: Item, source: Item, condition: Condition
) -> Iterator[Fault]:
    wanted, offered = set(condition.options), {option.key for option in source.options}
    if not wanted or not wanted <= offered:
        wrong = f"{listed(map(shown, sorted(wanted - offered)))} is no option of {shown(source.key)}"
        yield fault((*here, "options"), "condition_option", wrong, f"choose from {listed(sorted(offered))}")
    if not set(item.waves) & set(instrument.waves) <= set(source.waves):
        wrong = f"{shown(source.key)} is not asked in every wave in which this item is"
        yield fault((*here, "item"), "condition_wave", wrong, "ask both in the same waves")
    if instrument.sitting == "group" and (item.sensitive or source.sensitive):
        wrong = "a condition on a sensitive item shows a neighbour what was answered"
        yield fault(here, "condition_sensitive", wrong, "ask everybody, or write `sitting: one_to_one`")


def _same_as(instrument: Instrument, place: Place, item: Item) -> Iterator[Fault]:
    if item.same_as is None:
        return
    here = (*place, "same_as")
    if not_earlier := _earlier(instrument, item, item.same_as):
        yield fault(here, "same_as", f"it is the same as {not_earlier}", "name an item that is asked earlier")
        return
    other = instrument.item(item.same_as)
    different = [name for name in _SAME if getattr(item, name) != getattr(other, name)]
    if different:
        wrong = f"{listed(different)} of {shown(other.key)} is different"
        yield fault(here, "same_as", wrong, "ask both in exactly the same words, with the same answers")
    both = [wave for wave in item.waves if wave in other.waves]
    if both:
        wrong = f"both are asked in {listed(both)}"
        yield fault(here, "same_as", wrong, "ask them in different waves: within one wave once is enough")


def _asked_before(instrument: Instrument, item: Item) -> list[str]:
    """The items of the first of several waves that are the same question: in the same words, or in those of its pair."""
    first = instrument.waves[0] if len(instrument.waves) > 1 else None
    others = [other for other in instrument.items if other.key != item.key and first in other.waves]
    return [shown(other.key) for other in others if other.key == item.same_as or _words(other) == _words(item)]


def _words(item: Item) -> str:
    return " ".join(re.findall(r"\w+", item.text.get("en", "").casefold()))


def _then_test(instrument: Instrument, place: Place, item: Item) -> Iterator[Fault]:
    """CARE E11: how it was before, asked afterwards: only where nobody could be asked before, and never mixed."""
    if not item.then_test:
        return
    here = (*place, "then_test")
    if min(instrument.ages) < PRIMARY_AGE:
        wrong = f"children under {PRIMARY_AGE} are asked to remember how it was"
        yield fault(here, "then_test", wrong, f"ask it from {PRIMARY_AGE} years")
    if len(instrument.waves) > 1 and instrument.waves[0] in item.waves:
        wrong = f"it is asked in {instrument.waves[0]}, when there is nothing to look back on"
        yield fault(here, "then_test", wrong, f"ask it only in {listed(instrument.waves[1:])}")
    if words := _asked_before(instrument, item):
        wrong = f"{listed(words)} asks the same in {instrument.waves[0]}, so nobody has to remember how it was"
        yield fault(here, "then_test", wrong, "remove it: what was answered before is compared")
    page = instrument.pages[int(place[1])]
    if not all(one.then_test for one in page.items):
        wrong = "it stands on one page with questions about now"
        yield fault(here, "then_test", wrong, "put what is remembered on a page of its own")
    if any(measure.indicator for measure in item.measures):
        wrong = "it feeds an indicator, and what is remembered never stands on a scorecard"
        yield fault(here, "then_test", wrong, "remove the indicator of its measure")


def _alerts(instrument: Instrument, place: Place, item: Item) -> Iterator[Fault]:
    if instrument.mode != "private":
        return
    told = [(*place, "options", o, "alert") for o, option in enumerate(item.told) if option.alert]
    told += [(*place, "alert_up_to")] if item.alert_up_to is not None else []
    for here in told:
        wrong = "in private mode nobody is told what one child answered, so nobody could act on it"
        remedy = "ask it in mode linked, with a worker on duty, or remove the alert"
        yield fault(here, "alert_private", wrong, remedy)


def _linked_only(instrument: Instrument, place: Place, item: Item) -> Iterator[Fault]:
    if item.kind == "goals" and instrument.mode == "private":
        wrong = "goals are agreed with a worker, who must see the answers"
        yield fault((*place, "kind"), "linked_only", wrong, "write `mode: linked`, or ask steps")
    if item.may_print and (instrument.mode != "private" or min(instrument.ages) < PRINTING_AGE):
        wrong = f"words are printed only from private mode and from {PRINTING_AGE} years"
        yield fault((*place, "may_print"), "no_printing", wrong, "remove it: nobody is asked whether we may print")


def _about_worker(instrument: Instrument, place: Place, item: Item) -> Iterator[Fault]:
    """What somebody thinks of a worker is never asked in a form that this worker hands out and reads (CARE C3)."""
    families = {measure.family for measure in item.measures}
    of_worker = "your worker" in item.text["en"] and families & {"space", "voice", "audience", "influence"}
    if instrument.mode == "linked" and instrument.respondent == "young_person" and ("service" in families or of_worker):
        wrong = "the worker who is judged here reads the answer"
        remedy = "ask it in a private questionnaire of its own, which the worker does not hand out"
        yield fault(place, "about_worker", wrong, remedy)


def _versions(instrument: Instrument, place: Place, item: Item) -> Iterator[Fault]:
    named = [((*place, "versions", version.name), version) for version in item.versions]
    for here, version in named:
        yield from choice_faults(here, version.name, VERSIONS[1:], "version of an item")
        yield from _version(here, item, version)
    yield from repeated_faults(((here, version.name) for here, version in named), "version")


def _version(here: Place, item: Item, version: Version) -> Iterator[Fault]:
    if version.picture is not None:
        yield from choice_faults((*here, "picture"), version.picture, PICTURES, "picture of ours")
    if version.name == "easy_read" and (version.picture is None or version.text is None):
        yield fault(here, "version_words", "easy read is a picture and a short sentence", "give `picture` and `text`")
    if version.name == "plain" and not (version.text or version.labels or version.parts):
        yield fault(here, "version_words", "it says nothing in plainer words", "give `text`, or remove it")
    yield from _sounds(here, version)
    held = (("labels", version.labels, item.told), ("parts", version.parts, item.parts))
    for name, words, known in held:
        for key in [key for key in words if key not in [one.key for one in known]]:
            wrong = f"{shown(key)} is nothing that this item has"
            yield fault((*here, name, key), "version_words", wrong, f"use {listed(one.key for one in known)}")
    for name in ("hint", "low", "high"):
        if getattr(version, name) is not None and getattr(item, name) is None:
            wrong = f"the item itself has no {name}"
            yield fault((*here, name), "version_words", wrong, "give it to the item too, or remove it")


def _sounds(here: Place, version: Version) -> Iterator[Fault]:
    remedy = "write the name of a file such as know_who.opus"
    if (version.name == "audio") != (version.sound is not None):
        wrong = "a sound belongs to the version audio, and English has one"
        yield fault(here, "version_sound", wrong, remedy)
    elif version.sound is not None and not SOUND.fullmatch(version.sound):
        yield fault(here, "version_sound", f"the sound is {shown(version.sound)}", remedy)
    for code, name in version.sounds.items():
        if not SOUND.fullmatch(name):
            yield fault((*here, "sounds", code), "version_sound", f"the sound is {shown(name)}", remedy)


_RULES: tuple[Callable[[Instrument, Place, Item], Iterator[Fault]], ...] = (
    _condition,
    _same_as,
    _then_test,
    _alerts,
    _linked_only,
    _about_worker,
    _versions,
)
