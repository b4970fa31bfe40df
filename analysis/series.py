"""Drawings of places by size and of periods in order.

Places carry no names and no rank; a line over time breaks where a period is hidden, and never falls to nought. Colours
never speak alone: what stands out is also larger and ringed.
"""

from __future__ import annotations

from itertools import pairwise

from analysis.canvas import DARK_BLUE, INK, ORANGE, PALE, QUIET, Canvas, Format, Size
from analysis.charts import Labels, Scale, expect, finished, sheet, thousands
from analysis.results import Periods, Places, Share

FIELD = 250.0
HEAD = 14.0
UP = Scale(HEAD + FIELD, HEAD)


def places_chart(places: Places, labels: Labels, form: Format = "svg", size: Size = "wide") -> bytes:
    """A funnel: share by number of answers, limits at 95% and 99.8%, unnamed dots."""
    expect(places, Places)
    canvas = sheet(labels, form, size)
    widest = max(base for base, _ in places.dots)
    across = Scale(56, canvas.width - 28, 0, widest)
    _levels(canvas, across, labels)
    canvas.line(across.start, UP.at(places.target), across.end, UP.at(places.target), INK)
    for column, dashed in ((1, True), (2, True), (3, False), (4, False)):
        curve = [(across.at(row[0]), UP.at(row[column])) for row in places.limits]
        for (x1, y1), (x2, y2) in pairwise(curve):
            canvas.line(x1, y1, x2, y2, QUIET, dashed=dashed)
    outer = {row[0]: (row[3], row[4]) for row in places.limits}
    for base, percent in places.dots:
        low, high = outer[float(base)]
        is_outside = not low <= percent <= high
        fill = ORANGE if is_outside else DARK_BLUE
        canvas.dot(across.at(base), UP.at(percent), 8 if is_outside else 5, fill, DARK_BLUE)
    for base in (0, widest):
        canvas.tick(across.at(base), UP.start + 18, thousands(base, labels))
    foot = _under(canvas, labels.across)
    return finished(canvas, foot, labels, {"target": places.target, "places": len(places.dots)}, form)


def periods_chart(periods: Periods, labels: Labels, form: Format = "svg", size: Size = "wide") -> bytes:
    """A share over time: a run below 8 points, its mean from 8, limits from 12; special points larger and ringed."""
    expect(periods, Periods)
    if not periods.points:
        raise ValueError("no periods to draw")
    canvas = sheet(labels, form, size)
    across = Scale(56, canvas.width - 28, 0, max(1, len(periods.points) - 1))
    _levels(canvas, across, labels)
    for level, dashed in ((periods.centre, False), (periods.lower, True), (periods.upper, True)):
        if level is not None:
            canvas.line(across.start, UP.at(level), across.end, UP.at(level), QUIET, dashed=dashed)
    spots = [
        (across.at(i), UP.at(share.percent)) if isinstance(share, Share) and share.percent is not None else None
        for i, (_, share) in enumerate(periods.points)
    ]
    for one, other in pairwise(spots):
        if one is not None and other is not None:
            canvas.line(*one, *other, DARK_BLUE, width=2)
    for spot, signal in zip(spots, periods.signals, strict=True):
        if spot is not None:
            canvas.dot(*spot, *((5, DARK_BLUE) if signal == "common" else (8, ORANGE)), DARK_BLUE)
    for i in {0, len(spots) - 1}:
        canvas.word(across.at(i), UP.start + 18, labels.name(periods.points[i][0]), align="center")
    foot = _under(canvas, labels.across)
    return finished(canvas, foot, labels, {"points": len(periods.points)}, form)


def _levels(canvas: Canvas, across: Scale, labels: Labels) -> None:
    """Pale lines at 0, 50 and 100% with their figures."""
    for percent in (0, 50, 100):
        canvas.line(across.start, UP.at(percent), across.end, UP.at(percent), PALE)
        canvas.tick(across.start - 8, UP.at(percent), labels.percent.format(percent), "right")


def _under(canvas: Canvas, words: str) -> float:
    """What lies along the foot, said in words; gives where the drawing ends."""
    canvas.word(canvas.width / 2, UP.start + 38, words, "center")
    return UP.start + (54 if words and canvas.draws_words else 32)
