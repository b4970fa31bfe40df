"""Drawings of places by size and of periods in order.

Places carry no names and no rank; a line over time breaks where a period is hidden, and never falls to nought. Colours
never speak alone: what stands out is also larger and ringed.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from analysis.canvas import DARK_BLUE, INK, ORANGE, PALE, QUIET, Canvas, Format, Mark, Size
from analysis.charts import Labels, Scale, expect, finished, sheet, thousands
from analysis.results import Periods, Places, Share

FIELD = 250.0
SPECIAL = Mark("dot", ORANGE, DARK_BLUE)


def places_chart(places: Places, labels: Labels, form: Format = "svg", size: Size = "wide") -> bytes:
    """A funnel: share by number of answers, limits at 95% and 99.8%, unnamed dots.

    `labels.names` may name what is drawn: "target" (with its place {target}), "inner", "outer", and "outside" for a dot
    beyond them.
    """
    expect(places, Places)
    canvas = sheet(labels, form, size)
    marks = {
        "target": Mark("line", INK, dashed=False),
        "inner": Mark("line", QUIET),
        "outer": Mark("line", QUIET, dashed=False),
    }
    up = _field(canvas, marks | {"outside": SPECIAL}, labels, {"target": places.target})
    widest = max(base for base, _ in places.dots)
    across = Scale(56, canvas.width - 28, 0, widest)
    _levels(canvas, across, up, labels)
    canvas.line(across.start, up.at(places.target), across.end, up.at(places.target), INK)
    for column, dashed in ((1, True), (2, True), (3, False), (4, False)):
        curve = [(across.at(row[0]), up.at(row[column])) for row in places.limits]
        for (x1, y1), (x2, y2) in pairwise(curve):
            canvas.line(x1, y1, x2, y2, QUIET, dashed=dashed)
    outer = {row[0]: (row[3], row[4]) for row in places.limits}
    for base, percent in places.dots:
        low, high = outer[float(base)]
        is_outside = not low <= percent <= high
        fill = ORANGE if is_outside else DARK_BLUE
        canvas.dot(across.at(base), up.at(percent), 8 if is_outside else 5, fill, DARK_BLUE)
    for base in (0, widest):
        canvas.tick(across.at(base), up.start + 18, thousands(base, labels))
    foot = _under(canvas, up, labels.across)
    return finished(canvas, foot, labels, {"target": places.target, "places": len(places.dots)}, form)


def periods_chart(periods: Periods, labels: Labels, form: Format = "svg", size: Size = "wide") -> bytes:
    """A share over time: a run below 8 points, its mean from 8, limits from 12; special points larger and ringed.

    `labels.names` may name what is drawn: "centre" (with {centre}), "limits" (with {lower} and {upper}), and "special" for
    a point beyond chance.
    """
    expect(periods, Periods)
    if not periods.points:
        raise ValueError("no periods to draw")
    canvas = sheet(labels, form, size)
    marks = {"centre": Mark("line", QUIET, dashed=False)} if periods.centre is not None else {}
    marks |= {"limits": Mark("line", QUIET)} if periods.lower is not None else {}
    special = any(signal != "common" for signal in periods.signals)
    up = _field(canvas, marks | ({"special": SPECIAL} if special else {}), labels, _levels_of(periods))
    across = Scale(56, canvas.width - 28, 0, max(1, len(periods.points) - 1))
    _levels(canvas, across, up, labels)
    for level, dashed in ((periods.centre, False), (periods.lower, True), (periods.upper, True)):
        if level is not None:
            canvas.line(across.start, up.at(level), across.end, up.at(level), QUIET, dashed=dashed)
    spots = [
        (across.at(i), up.at(share.percent)) if isinstance(share, Share) and share.percent is not None else None
        for i, (_, share) in enumerate(periods.points)
    ]
    for one, other in pairwise(spots):
        if one is not None and other is not None:
            canvas.line(*one, *other, DARK_BLUE, width=2)
    for spot, signal in zip(spots, periods.signals, strict=True):
        if spot is not None:
            canvas.dot(*spot, *((5, DARK_BLUE) if signal == "common" else (8, ORANGE)), DARK_BLUE)
    for i in {0, len(spots) - 1}:
        canvas.word(across.at(i), up.start + 18, labels.name(periods.points[i][0]), align="center")
    foot = _under(canvas, up, labels.across)
    return finished(canvas, foot, labels, {"points": len(periods.points)}, form)


def _levels_of(periods: Periods) -> dict[str, float]:
    levels = {"centre": periods.centre, "lower": periods.lower, "upper": periods.upper}
    return {name: level for name, level in levels.items() if level is not None}


def _field(canvas: Canvas, marks: Mapping[str, Mark], labels: Labels, numbers: Mapping[str, float]) -> Scale:
    """The key of what was named, its places filled, and below it the field from 100% down to 0."""
    named = [(mark, labels.names[key].format_map(numbers)) for key, mark in marks.items() if key in labels.names]
    top = canvas.key(4, named) + 10
    return Scale(top + FIELD, top)


def _levels(canvas: Canvas, across: Scale, up: Scale, labels: Labels) -> None:
    """Pale lines at 0, 50 and 100% with their figures."""
    for percent in (0, 50, 100):
        canvas.line(across.start, up.at(percent), across.end, up.at(percent), PALE)
        canvas.tick(across.start - 8, up.at(percent), labels.percent.format(percent), "right")


def _under(canvas: Canvas, up: Scale, words: str) -> float:
    """What lies along the foot, said in words; gives where the drawing ends."""
    canvas.word(canvas.width / 2, up.start + 38, words, "center")
    return up.start + (54 if words and canvas.draws_words else 32)
