"""A scale as plain tuples.

The rule of a scale is written in words an author can check (which options give how many points, which items are turned
round). Whoever applies it to a million rows needs numbers only, and must not need a questionnaire to do so. `compile`
turns the first into the second; a reversed item gets lowest + highest - points.
"""

from __future__ import annotations

from dataclasses import dataclass

from questionnaires.instrument import Instrument, Item, Scale


@dataclass(frozen=True, slots=True)
class CompiledScale:
    """For each column of the scale, pairs of (code, points); `lowest` and `highest` are the ends of the sum."""

    key: str
    columns: tuple[str, ...]
    points: tuple[tuple[tuple[int, int], ...], ...]
    minimum_answered: int
    lowest: int
    highest: int


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


def _points(item: Item, scale: Scale) -> tuple[tuple[int, int], ...]:
    given = [scale.points[option.key] for option in item.options]
    turned = item.key in scale.reversed
    ends = min(given) + max(given)
    return tuple(
        (option.code, ends - value if turned else value) for option, value in zip(item.options, given, strict=True)
    )
