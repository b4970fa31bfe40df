"""What changed between two versions of a questionnaire, and whether each trend goes on.

A figure of last year and one of this year may stand in one line only if children were asked the same. So every change
is said in words together with its effect: `comparable` (nothing that a child or a figure notices), `with_care` (a
person has to judge) or `broken` (the line ends and a new one begins). An item's trend is as good as the worst of its
changes. A programme asks one version from its first wave to its last, so no release joins two: this is for whoever lays
two reports side by side. Every field of an item stands in a table; a test names one that was forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from questionnaires.faults import listed, shown
from questionnaires.instrument import Condition, Instrument, Item, Measure, Option, Part, Text, Version

Effect = Literal["comparable", "with_care", "broken"]
EFFECTS: tuple[Effect, ...] = ("comparable", "with_care", "broken")
"""From the mildest to the worst."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One change, in words. `item` is empty where the whole questionnaire is concerned."""

    item: str
    field: str
    words: str
    effect: Effect


@dataclass(frozen=True, slots=True)
class Trend:
    """Whether the figures of one item go on, and why not."""

    item: str
    state: Literal["comparable", "with_care", "broken", "begins", "ends"]
    words: str


_Found = Iterator[tuple[str, Effect]]


def differences(old: Instrument, new: Instrument) -> tuple[Difference, ...]:
    """Every change from `old` to `new`: first of the whole, then of each item in the new order, then what is gone."""
    found = [Difference("", name, *one) for name, rule in _WHOLE.items() for one in rule(old, new)]
    before = {item.key: item for item in old.items}
    for item in new.items:
        if item.key in before:
            found += _of_item(before[item.key], item)
        else:
            found.append(Difference(item.key, "key", f"{shown(item.text['en'])} is new", "broken"))
    after = {item.key for item in new.items}
    for key, item in before.items():
        if key not in after:
            found.append(Difference(key, "key", f"{shown(item.text['en'])} is no longer asked", "broken"))
    return tuple(found)


def trends(old: Instrument, new: Instrument) -> tuple[Trend, ...]:
    """For each item of either version: does its trend go on?"""
    found = differences(old, new)
    whole = [one for one in found if not one.item and one.effect != "comparable"]
    before, after = ({item.key for item in one.items} for one in (old, new))
    return tuple(
        _trend(key, before, after, found, whole) for key in dict.fromkeys(one.key for one in (*new.items, *old.items))
    )


def _trend(
    key: str, before: set[str], after: set[str], found: tuple[Difference, ...], whole: list[Difference]
) -> Trend:
    if key not in before:
        return Trend(key, "begins", "It is new: there is nothing to compare it with yet.")
    if key not in after:
        return Trend(key, "ends", "It is no longer asked: its trend ends with the old version.")
    heavy = [*whole, *(one for one in found if one.item == key and one.effect != "comparable")]
    reasons = "; ".join(one.words for one in heavy)
    if any(one.effect == "broken" for one in heavy):
        return Trend(key, "broken", f"Not comparable, begin a new trend: {reasons}.")
    if heavy:
        return Trend(key, "with_care", f"Comparable only with care: {reasons}.")
    return Trend(key, "comparable", "Asked and counted as before: the trend goes on.")


def _of_item(old: Item, new: Item) -> Iterator[Difference]:
    for name, rule in _ITEM.items():
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            for words, effect in rule(was, now):
                yield Difference(new.key, name, words, effect)


def _same_words(was: str, now: str) -> bool:
    """Whether only spaces, capitals and the signs between words differ."""
    return re.findall(r"\w+", was.casefold()) == re.findall(r"\w+", now.casefold())


def _texts(what: str, effect: Effect) -> Callable[[Text | None, Text | None], _Found]:
    """How a text changed, in English and in each translation."""

    def rule(was: Text | None, now: Text | None) -> _Found:
        for code in dict.fromkeys([*(was or {}), *(now or {})]):
            one, other = (was or {}).get(code, ""), (now or {}).get(code, "")
            language = "" if code == "en" else f" in {shown(code)}"
            if one == other:
                continue
            if not one or not other:
                did = "was added" if other else "was taken away"
                yield f"{what}{language} {did}", effect if code == "en" else "with_care"
            elif _same_words(one, other):
                yield f"{what}{language} changed in its signs only", "comparable"
            else:
                changed = f"{what}{language} was {shown(one)} and is {shown(other)}"
                yield changed, effect if code == "en" else "with_care"

    return rule


def _value(what: str, effect: Effect) -> Callable[[Any, Any], _Found]:
    """How a plain value changed."""

    def rule(was: Any, now: Any) -> _Found:
        yield f"{what}: {_said(was)} before, {_said(now)} now", effect

    return rule


def _said(value: Any) -> str:
    if value is None or value == ():
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " to ".join(map(str, value)) if isinstance(value, tuple) and isinstance(value[0], int) else _plain(value)


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _options(was: tuple[Option, ...], now: tuple[Option, ...]) -> _Found:
    before, after = ({option.key: option for option in options} for options in (was, now))
    for key in [key for key in after if key not in before]:
        yield f"the answer {shown(after[key].label['en'])} is new", "broken"
    for key in [key for key in before if key not in after]:
        yield f"the answer {shown(before[key].label['en'])} is no longer offered", "broken"
    kept = [key for key in before if key in after]
    if kept != [key for key in after if key in before]:
        yield "the answers stand in another order", "with_care"
    for key in kept:
        yield from _option(before[key], after[key])


def _option(was: Option, now: Option) -> _Found:
    if was.code != now.code:
        yield f"the answer {shown(now.key)} is stored as {now.code}, no longer {was.code}", "broken"
    if was.exclusive != now.exclusive:
        yield (
            f"the answer {shown(now.key)} {'now rules' if now.exclusive else 'no longer rules'} out the others",
            "with_care",
        )
    if was.alert != now.alert:
        yield f"the answer {shown(now.key)} {'now tells' if now.alert else 'no longer tells'} a worker", "with_care"
    if was.negative != now.negative:
        yield f"the answer {shown(now.key)} {'now' if now.negative else 'no longer'} counts as a no", "comparable"
    yield from _texts(f"the answer {shown(now.key)}", "with_care")(was.label, now.label)


def _condition(was: Condition | None, now: Condition | None) -> _Found:
    yield f"it was asked {_asked(was)} and is asked {_asked(now)}", "broken"


def _asked(condition: Condition | None) -> str:
    if condition is None:
        return "of everybody"
    return f"only after {listed(condition.options)} at {condition.item}"


def _measure(was: Measure | None, now: Measure | None) -> _Found:
    if was is None or now is None:
        yield ("it is measured now" if now else "it is no longer measured"), "broken"
        return
    for name, rule in _MEASURE.items():
        one, other = getattr(was, name), getattr(now, name)
        if one != other:
            yield from rule(one, other)


def _parts(was: tuple[Part, ...], now: tuple[Part, ...]) -> _Found:
    before, after = ({part.key: part for part in parts} for parts in (was, now))
    for key in [key for key in after if key not in before]:
        yield f"the part {shown(after[key].text['en'])} is new", "with_care"
    for key in [key for key in before if key not in after]:
        yield f"the part {shown(before[key].text['en'])} is no longer there", "broken"
    kept = [key for key in before if key in after]
    if kept != [key for key in after if key in before]:
        yield "the parts stand in another order", "with_care"
    for key in kept:
        yield from _texts(f"the part {shown(key)}", "with_care")(before[key].text, after[key].text)
        if before[key].measure != after[key].measure:
            yield from _measure(before[key].measure, after[key].measure)


def _versions(was: tuple[Version, ...], now: tuple[Version, ...]) -> _Found:
    before, after = ({one.name: one for one in versions} for versions in (was, now))
    for name in dict.fromkeys([*before, *after]):
        if name not in before or name not in after:
            yield f"the version {name} {'is new' if name in after else 'is gone'}", "with_care"
        elif before[name] != after[name]:
            yield f"the version {name} says something else", "with_care"


def _waves(was: tuple[str, ...], now: tuple[str, ...]) -> _Found:
    for wave in [wave for wave in was if wave not in now]:
        yield f"it is no longer asked in {wave}", "broken"
    for wave in [wave for wave in now if wave not in was]:
        yield f"it is asked in {wave} too", "with_care"


def _whole(what: str, effect: Effect) -> Callable[[Instrument, Instrument], _Found]:
    def rule(old: Instrument, new: Instrument) -> _Found:
        was, now = getattr(old, what), getattr(new, what)
        if was != now:
            yield from _value(f"the {what}", effect)(was, now)

    return rule


def _opening(old: Instrument, new: Instrument) -> _Found:
    for n, (was, now) in enumerate(zip(old.intro, new.intro, strict=False)):
        yield from _texts(f"sentence {n + 1} of the opening", "comparable")(was, now)


def _title(old: Instrument, new: Instrument) -> _Found:
    if old.title != new.title:
        yield from _texts("the title", "comparable")(old.title, new.title)


def _order(old: Instrument, new: Instrument) -> _Found:
    after, before = [item.key for item in new.items], [item.key for item in old.items]
    if [key for key in before if key in after] != [key for key in after if key in before]:
        yield "the questions stand in another order", "with_care"


def _layout(old: Instrument, new: Instrument) -> _Found:
    was, now = ([(page.title, [item.key for item in page.items]) for page in one.pages] for one in (old, new))
    if was != now:
        yield "the pages or their titles changed", "comparable"


def _scales(old: Instrument, new: Instrument) -> _Found:
    before, after = ({scale.key: scale for scale in one.scales} for one in (old, new))
    for key in dict.fromkeys((*before, *after)):
        if before.get(key) != after.get(key):
            yield f"the score {key} is made otherwise: work it out anew for both versions", "comparable"


def _languages(old: Instrument, new: Instrument) -> _Found:
    before, after = ({one.code: one for one in x.languages} for x in (old, new))
    for code in dict.fromkeys((*before, *after)):
        if code not in after or code not in before:
            yield f"{(after.get(code) or before[code]).name} {'is new' if code in after else 'is gone'}", "comparable"
        elif before[code].checked != after[code].checked:
            yield f"{after[code].name} {'was checked' if after[code].checked else 'is a draft again'}", "comparable"


def _silent(was: Any, now: Any) -> _Found:
    yield from ()


_WHOLE: dict[str, Callable[[Instrument, Instrument], _Found]] = {
    "title": _title,
    "ages": _whole("ages", "with_care"),
    "mode": _whole("mode", "with_care"),
    "sitting": _whole("sitting", "with_care"),
    "interruption": _whole("interruption", "with_care"),
    "respondent": _whole("respondent", "broken"),
    "waves": _whole("waves", "comparable"),
    "intro": _opening,
    "items": _order,
    "pages": _layout,
    "scales": _scales,
    "languages": _languages,
}
_ITEM: dict[str, Callable[[Any, Any], _Found]] = {
    "kind": _value("the kind", "broken"),
    "text": _texts("the question", "with_care"),
    "hint": _texts("the hint", "with_care"),
    "options": _options,
    "waves": _waves,
    "absences": _value("the ways to answer without an answer", "with_care"),
    "condition": _condition,
    "sensitive": _value("whether it is sensitive", "comparable"),
    "about": _value("whether it is about the person", "comparable"),
    "measure": _measure,
    "minimum": _value("the smallest number", "with_care"),
    "maximum": _value("the largest number", "with_care"),
    "unit": _texts("the unit", "broken"),
    "tried_with": _silent,
    "ordered": _value("whether the answers rise", "comparable"),
    "words_explained": _silent,
    "parts": _parts,
    "low": _texts("what 0 means", "with_care"),
    "high": _texts("what 10 means", "with_care"),
    "picture": _value("the picture", "with_care"),
    "versions": _versions,
    "same_as": _value("the item that is asked the same", "comparable"),
    "then_test": _value("whether it looks back", "broken"),
    "size": _value("the size of the box", "comparable"),
    "may_print": _value("whether we ask to print words", "with_care"),
}
_MEASURE: dict[str, Callable[[Any, Any], _Found]] = {
    "agreed": _value("the agreed answer", "broken"),
    "excluded": _value("the answer that leaves the base", "broken"),
    "dont_know": _value("how don't know counts", "broken"),
    "family": _value("the family", "with_care"),
    "direction": _value("the way that is hoped for", "comparable"),
    "indicator": _value("the indicator", "comparable"),
    "statement": _texts("the statement in reports", "comparable"),
    "smallest": _value("the change worth speaking of", "comparable"),
}
