"""The rules of a sound key.

A key that is wrong in one digit gives wrong scores for ever, and quietly. So whatever can be said twice is said twice
and compared: the range of a scale with what its rule can give, a table with all the sums it must hold, a total with the
direction of its parts (a strength never enters a total of difficulties). A number marked M (from memory) is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from questionnaires.faults import Fault, Place, fault, listed, shown
from questionnaires.rules import HIGHEST_CODE, KEY, RESPONDENTS

if TYPE_CHECKING:
    from questionnaires.published import BandSet, Cutoff, Published, PublishedScale, Threshold

MARKS = ("V", "V2", "S", "C")
"""How a number is known: read in a source, in two that agree, in somebody else's report of it, or computed from such."""
SCORE_DIRECTIONS = ("higher", "lower")
SIDES = ("at_least", "more_than", "at_most", "less_than")
UNITS = ("score", "t")
SEXES = ("female", "male")
SCORE_RULES = ("prorated", "mean")
ROUNDINGS = ("none", "half_up")
MOST_ITEMS = 300
OPEN = ("reversed", "table")


def faults(published: Published) -> list[Fault]:
    """Every fault of a key, in the order of the file."""
    found = [fault for rule in (_head, _licence, _norms, _marks) for fault in rule(published)]
    for n, scale in enumerate(published.scales):
        for scale_rule in _SCALE_RULES:
            found += scale_rule(published, ("scales", n), scale)
    return found


def _one_of(place: Place, value: str | None, allowed: Iterable[str], what: str) -> Iterator[Fault]:
    if value is not None and value not in allowed:
        yield fault(place, "not_a_choice", f"{shown(value)} is not a {what}", f"write {listed(allowed)}")


def _keys(place: Place, keys: Iterable[str], what: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for n, key in enumerate(keys):
        if not KEY.fullmatch(key):
            remedy = "begin with a small letter, then letters, digits and _"
            yield fault((*place, n, "key"), "bad_key", f"{shown(key)} cannot be a key", remedy)
        if key in seen:
            yield fault(
                (*place, n, "key"), "repeated", f"the {what} key {shown(key)} is used twice", f"name each {what} once"
            )
        seen.add(key)


def _head(published: Published) -> Iterator[Fault]:
    if not KEY.fullmatch(published.key):
        yield fault(("key",), "bad_key", f"{shown(published.key)} cannot be a key", "begin with a small letter a to z")
    yield from _one_of(("respondent",), published.respondent, RESPONDENTS, "respondent")
    yield from _keys(("scales",), (one.key for one in published.scales), "scale")
    yield from _keys(("codings",), (one.key for one in published.codings), "coding")
    if not 1 <= published.items <= MOST_ITEMS or not published.scales or not published.codings:
        yield fault((), "empty_key", "no items, no coding or no scale", f"give all three, 1 to {MOST_ITEMS} items")
    for n, coding in enumerate(published.codings):
        yield from _codes(("codings", n), (coding.low, coding.high))
    yield from _positions(published, ("risk",), published.risk)
    for n, what in enumerate(published.open):
        yield from _one_of(("open", n), what, ("risk",), "thing that can be open")


def _codes(place: Place, codes: tuple[int, int]) -> Iterator[Fault]:
    if not 0 <= codes[0] < codes[1] <= HIGHEST_CODE:
        remedy = f"give low, then high, from 0 to {HIGHEST_CODE}"
        yield fault(place, "bad_coding", f"codes {codes[0]} to {codes[1]}", remedy)


def _positions(published: Published, place: Place, positions: Iterable[int]) -> Iterator[Fault]:
    held = list(positions)
    for n, position in enumerate(held):
        if not 1 <= position <= published.items or position in held[:n]:
            remedy = f"name each position once, 1 to {published.items}"
            yield fault(place, "bad_position", f"position {position}", remedy)


def _licence(published: Published) -> Iterator[Fault]:
    licence = published.licence
    yield from _one_of(("licence", "wording"), licence.wording, ("ships", "holder"), "source of the wording")
    yield from _one_of(("licence", "electronic"), licence.electronic, ("free", "permission"), "rule for screens")


def _norms(published: Published) -> Iterator[Fault]:
    scales = {one.key for one in published.scales}
    for n, norms in enumerate(published.norms):
        for g, group in enumerate(norms.groups):
            here = ("norms", n, "groups", g)
            yield from _one_of((*here, "sex"), group.sex, SEXES, "sex that norms exist for")
            for key, _, deviation in group.values:
                if key not in scales or deviation <= 0:
                    remedy = "name a scale, with its mean and a standard deviation above 0"
                    yield fault((*here, key), "bad_norm", f"the norm of {shown(key)}", remedy)
            for other in norms.groups[:g]:
                ages = other.ages[0] <= group.ages[1] and group.ages[0] <= other.ages[1]
                if ages and (other.sex == group.sex or None in (other.sex, group.sex)):
                    yield fault(
                        here, "norms_overlap", "two groups for the same person", "let ages and sexes not overlap"
                    )


def _marks(published: Published) -> Iterator[Fault]:
    for place, mark, source in _facts(published):
        if mark not in MARKS:
            remedy = f"ship only what somebody read ({listed(MARKS)}); leave it out, or `open` until it is confirmed"
            yield fault((*place, "mark"), "not_read", f"a number marked {shown(mark)}", remedy)
        if source not in published.sources:
            yield fault(
                (*place, "source"), "no_source", f"{shown(source)} is not under `sources`", "add where it was read"
            )


def _facts(published: Published) -> Iterator[tuple[Place, str, str]]:
    for n, norms in enumerate(published.norms):
        yield ("norms", n), norms.mark, norms.source
    for n, scale in enumerate(published.scales):
        here: Place = ("scales", n)
        yield here, scale.mark, scale.source
        for where, fact in _steps_of(scale):
            yield (*here, *where), fact.mark, fact.source


def _steps_of(scale: PublishedScale) -> Iterator[tuple[Place, BandSet | Cutoff | Threshold]]:
    """Every set of bands, cut-off and threshold of a scale, with its place."""
    yield from ((("bands", n), one) for n, one in enumerate(scale.bands))
    yield from ((("cutoffs", n), one) for n, one in enumerate(scale.cutoffs))
    yield from ((("thresholds", n), one) for n, one in enumerate(scale.thresholds))


def _scale(published: Published, place: Place, scale: PublishedScale) -> Iterator[Fault]:
    yield from _one_of((*place, "direction"), scale.direction, SCORE_DIRECTIONS, "direction of a score")
    yield from _one_of((*place, "rule"), scale.rule, SCORE_RULES, "rule")
    yield from _one_of((*place, "rounding"), scale.rounding, ROUNDINGS, "rounding")
    for n, what in enumerate(scale.open):
        yield from _one_of((*place, "open", n), what, OPEN, "thing that can be open")
    if bool(scale.items) == bool(scale.parts):
        yield fault(place, "items_or_parts", "a scale has items or parts", "give one of the two")
    yield from _positions(published, (*place, "items"), scale.items)
    if scale.codes is not None:
        yield from _codes((*place, "codes"), scale.codes)
    if scale.unless is not None:
        yield from _positions(published, (*place, "unless"), [scale.unless.item])
    if scale.points and [code for code, _ in scale.points] != list(range(*_span_of(published, scale))):
        wrong = "the points do not fit the codes"
        yield fault(
            (*place, "points"), "bad_points", wrong, "give points for each code, from the lowest to the highest"
        )
    if not set(scale.reversed) <= set(scale.items):
        wrong = "an item that is not in the scale is reversed"
        yield fault((*place, "reversed"), "scale_reversed", wrong, "reverse only items of the scale")
    if "reversed" in scale.open and scale.reversed:
        yield fault((*place, "open"), "open_and_given", "the reversed items are open and given", "keep one of the two")
    most = len(scale.items or scale.parts)
    if not 1 <= scale.minimum_answered <= most:
        wrong = f"at least {scale.minimum_answered} of {most} are needed"
        yield fault((*place, "minimum_answered"), "scale_minimum", wrong, f"write 1 to {most}")


def _parts(published: Published, place: Place, scale: PublishedScale) -> Iterator[Fault]:
    known = {one.key: one for one in published.scales}
    for key in scale.parts:
        part = known.get(key)
        if part is None or part.parts:
            yield fault(
                (*place, "parts"), "bad_part", f"{shown(key)} is no scale of items", "name scales that have items"
            )
        elif part.direction != scale.direction:
            wrong = f"{shown(key)} points {part.direction} and the total {scale.direction}"
            yield fault((*place, "parts"), "mixed_direction", wrong, "leave it out of the total")


def _range(published: Published, place: Place, scale: PublishedScale) -> Iterator[Fault]:
    """The stated ends against what the rule can give. Whatever is open cannot be compared yet."""
    if set(scale.open) & {"table"} or not published.codings or (bool(scale.items) == bool(scale.parts)):
        return
    known = {one.key: one for one in published.scales}
    if any(part not in known for part in scale.parts):
        return
    found = _ends(published, scale) if scale.items else _sums(known[part].range for part in scale.parts)
    if found != scale.range:
        wrong = f"the range is {_span(scale.range)}, and its rule gives {_span(found)}"
        yield fault((*place, "range"), "bad_range", wrong, "look for the position, code or table that is wrong")


def _ends(published: Published, scale: PublishedScale) -> tuple[Fraction, Fraction]:
    low, high = scale.codes or (published.codings[0].low, published.codings[0].high)
    points = [value for _, value in scale.points] or [low, high]
    size = 1 if scale.rule == "mean" else len(scale.items)
    ends = (min(points) * size * scale.times, max(points) * size * scale.times)
    if not scale.table:
        return ends
    table = dict(scale.table)
    return table.get(int(ends[0]), ends[0]), table.get(int(ends[1]), ends[1])


def _span_of(published: Published, scale: PublishedScale) -> tuple[int, int]:
    """The lowest code of a scale, and one past its highest; nothing where the codes themselves are at fault."""
    low, high = scale.codes or ((published.codings[0].low, published.codings[0].high) if published.codings else (0, -1))
    return (low, high + 1) if 0 <= low < high <= HIGHEST_CODE else (0, 0)


def _sums(ranges: Iterable[tuple[Fraction, Fraction]]) -> tuple[Fraction, Fraction]:
    held = list(ranges)
    return sum((low for low, _ in held), Fraction(0)), sum((high for _, high in held), Fraction(0))


def _span(ends: tuple[Fraction, Fraction]) -> str:
    return f"{float(ends[0]):g} to {float(ends[1]):g}"


def _table(published: Published, place: Place, scale: PublishedScale) -> Iterator[Fault]:
    if not scale.table:
        return
    low, past = _span_of(published, scale)
    size, high = len(scale.items), past - 1
    if [key for key, _ in scale.table] != list(range(low * size, high * size + 1)):
        wrong = "the table does not hold each sum once"
        yield fault(
            (*place, "table"), "table_gap", wrong, f"give every sum from {low * size} to {high * size}, in order"
        )
    values = [value for _, value in scale.table]
    if any(later <= earlier for earlier, later in pairwise(values)):
        yield fault((*place, "table"), "table_order", "the table does not rise", "look for a wrong digit")
    if scale.minimum_answered != size:
        wrong = "a table holds for whole sums only"
        yield fault((*place, "minimum_answered"), "table_needs_all", wrong, f"write {size}: all answers are needed")


def _steps(published: Published, place: Place, scale: PublishedScale) -> Iterator[Fault]:
    """Bands, cut-offs and thresholds."""
    normed = {key for norms in published.norms for group in norms.groups for key, _, _ in group.values}
    low, high = scale.range
    for b, bands in enumerate(scale.bands):
        starts = [start for _, start in bands.starts]
        here = (*place, "bands", b)
        if starts != sorted(set(starts)) or (
            bands.unit == "score" and starts and (starts[0] != low or starts[-1] > high)
        ):
            wrong = "the bands do not follow one another from the lowest score"
            yield fault(
                here, "bad_bands", wrong, "give the lowest score of each band, beginning with the lowest of all"
            )
    for c, cutoff in enumerate(scale.cutoffs):
        here = (*place, "cutoffs", c)
        yield from _one_of((*here, "side"), cutoff.side, SIDES, "side")
        yield from _one_of((*here, "sex"), cutoff.sex, SEXES, "sex")
        if cutoff.unit == "score" and not low <= cutoff.value <= high:
            yield fault((*here, "value"), "out_of_reach", "no score reaches it", f"write {_span(scale.range)}")
    for t, threshold in enumerate(scale.thresholds):
        here = (*place, "thresholds", t)
        yield from _one_of((*here, "reached"), threshold.reached, SIDES[:2], "way to reach a threshold")
        if threshold.value <= 0 or (threshold.unit == "score" and threshold.value > high - low):
            yield fault((*here, "value"), "out_of_reach", "no change reaches it", "write the size of a change")
    for where, fact in _steps_of(scale):
        yield from _one_of((*place, *where, "unit"), fact.unit, UNITS, "unit")
        if fact.unit == "t" and scale.key not in normed:
            yield fault((*place, *where, "unit"), "no_norm", "a T-score without norms", "add norms of this scale")


_SCALE_RULES: tuple[Callable[[Published, Place, PublishedScale], Iterator[Fault]], ...] = (
    _scale,
    _parts,
    _range,
    _table,
    _steps,
)
