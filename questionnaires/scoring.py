"""A scale as plain tuples.

The rule of a scale is written in words an author can check (which options give how many points, which items are turned
round). Whoever applies it to a million rows needs numbers only, and must not need a questionnaire to do so. `compile`
turns the first into the second; a reversed item gets lowest + highest - points. `score_row` is the same rule for one
row, exact: a worker sees a score without any array, and the arrays have something to be tested against.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from questionnaires.instrument import Instrument, Item, Scale
from questionnaires.published import Coding, Published, PublishedScale

Rule = Literal["prorated", "mean"]
Rounding = Literal["none", "half_up"]


@dataclass(frozen=True, slots=True)
class CompiledScale:
    """For each column of the scale, pairs of (code, points); `lowest` and `highest` are the ends of the sum.

    With at least `minimum_answered` answers the score is their mean, times the number of columns if `rule` is
    `prorated`; then times `times` (numerator, denominator); then rounded (`half_up`: a half goes up, as owners of
    measures round, not to the even number as Python does); then looked up in `table` (sum, score), which holds for whole
    sums only. A code `unless[1]` in column `unless[0]` makes the score `unless[2]`, whatever the rest says.
    """

    key: str
    columns: tuple[str, ...]
    points: tuple[tuple[tuple[int, int], ...], ...]
    minimum_answered: int
    lowest: int
    highest: int
    rule: Rule = "prorated"
    rounding: Rounding = "none"
    times: tuple[int, int] = (1, 1)
    table: tuple[tuple[int, float], ...] = ()
    unless: tuple[str, int, int] | None = None


@dataclass(frozen=True, slots=True)
class CompiledTotal:
    """Scores added up. With a part missing, but at least `minimum_parts` there, the mean of those stands for it; the
    owners' own rule is that none may be missing."""

    key: str
    parts: tuple[str, ...]
    minimum_parts: int
    rounding: Rounding = "none"


def compile_scale(instrument: Instrument, scale: Scale) -> CompiledScale:
    """The scale in codes and points. KeyError if it speaks of an item or option that does not exist."""
    points = tuple(_points(instrument.item(key), scale) for key in scale.items)
    return CompiledScale(
        scale.key,
        scale.items,
        points,
        scale.minimum_answered,
        sum(min(value for _, value in column) for column in points),
        sum(max(value for _, value in column) for column in points),
    )


def compile_published(
    published: Published, key: str, coding: str | None = None, columns: Mapping[int, str] | None = None
) -> CompiledScale | CompiledTotal:
    """A scale of a published measure; `columns` says which column holds each position (else `1`, `2`, ...).

    KeyError if there is no such scale; ValueError if something in it still has to be confirmed, or the coding is not
    stated though there are several.
    """
    scale = published.scale(key)
    if scale.open:
        wrong = f"{published.key}.{key}: {', '.join(scale.open)} still to be confirmed"
        raise ValueError(f"{wrong}: read it in your own copy, then use `confirmed`")
    if scale.parts:
        return CompiledTotal(key, scale.parts, scale.minimum_answered, _rounding(scale))
    names = columns or {position: str(position) for position in range(1, published.items + 1)}
    points = tuple(_published_points(published.coding(coding), scale, position) for position in scale.items)
    unless = scale.unless
    return CompiledScale(
        key,
        tuple(names[position] for position in scale.items),
        points,
        scale.minimum_answered,
        sum(min(value for _, value in column) for column in points),
        sum(max(value for _, value in column) for column in points),
        "mean" if scale.rule == "mean" else "prorated",
        _rounding(scale),
        (scale.times.numerator, scale.times.denominator),
        tuple((total, float(score)) for total, score in scale.table),
        (names[unless.item], unless.code, unless.score) if unless else None,
    )


def score_row(scale: CompiledScale, codes: Mapping[str, int | None]) -> Fraction | None:
    """The exact score of one row (column -> code; None or absent: no answer); None if too few were answered.

    ValueError for a code that the scale does not know: it would be a wrong score, not a missing one.
    """
    if scale.unless is not None and codes.get(scale.unless[0]) == scale.unless[1]:
        return Fraction(scale.unless[2])
    given = []
    for column, points in zip(scale.columns, scale.points, strict=True):
        code = codes.get(column)
        if code is not None:
            if code not in dict(points):
                raise ValueError(f"{scale.key}: code {code} in column {column}")
            given.append(dict(points)[code])
    if len(given) < max(1, scale.minimum_answered):
        return None
    value = Fraction(sum(given), len(given)) * (len(scale.columns) if scale.rule == "prorated" else 1)
    value = rounded(value * Fraction(*scale.times), scale.rounding)
    if not scale.table:
        return value
    known = {total: Fraction(score).limit_denominator(10**6) for total, score in scale.table}
    return known[int(value)] if value.denominator == 1 else None


def score_total(total: CompiledTotal, scores: Mapping[str, Fraction | None]) -> Fraction | None:
    """The sum of the parts; None if too many are missing."""
    given: Sequence[Fraction] = [value for part in total.parts if (value := scores.get(part)) is not None]
    if len(given) < max(1, total.minimum_parts):
        return None
    return rounded(sum(given, Fraction(0)) * len(total.parts) / len(given), total.rounding)


def rounded(value: Fraction, rounding: Rounding) -> Fraction:
    """The value itself, or the nearest whole number with a half going up."""
    return value if rounding == "none" else Fraction((value + Fraction(1, 2)).__floor__())


def _points(item: Item, scale: Scale) -> tuple[tuple[int, int], ...]:
    given = [scale.points[option.key] for option in item.options]
    turned = item.key in scale.reversed
    ends = min(given) + max(given)
    return tuple(
        (option.code, ends - value if turned else value) for option, value in zip(item.options, given, strict=True)
    )


def _published_points(coding: Coding, scale: PublishedScale, position: int) -> tuple[tuple[int, int], ...]:
    low, high = scale.codes or (coding.low, coding.high)
    turned = (position in scale.reversed) != coding.turned
    recoded = dict(scale.points)
    return tuple(
        (code, recoded.get(value := low + high - code if turned else code, value)) for code in range(low, high + 1)
    )


def _rounding(scale: PublishedScale) -> Rounding:
    return "half_up" if scale.rounding == "half_up" else "none"
