"""Drawings of many released values at once: items under one another, places by size, periods in order.

Small multiples share one axis. Places carry no names and no rank; a line over time breaks where a period is hidden, and
never falls to nought. Colours never speak alone: what stands out is also larger and ringed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from analysis.canvas import CARD, DARK_BLUE, INK, ORANGE, PALE, QUIET, TRACK, Canvas, Format
from analysis.charts import LEFT, RIGHT, Labels, axis, draws_words, expect, finished, place
from analysis.results import Change, Periods, Places, Row, Share

LINE = 58.0  # height of one item
FIELD = 250.0  # height of a funnel or a series
FOOT = 44.0


def changes_chart(rows: Sequence[Row], labels: Labels, form: Format = "svg") -> bytes:
    """A dumbbell an item, one axis for all, with the change and its interval at the end of each line.

    Rows that cannot be drawn are left out; `labels.counts` holds each item's words by its key.
    """
    drawn = []
    for row in rows:
        expect(row, Row)
        sides = (row.before, row.after)
        if all(isinstance(side, Share) and side.percent is not None for side in sides):
            drawn.append(row)
    if not drawn:
        raise ValueError("no share before and after to draw")
    canvas = Canvas(FOOT + 8 + LINE * len(drawn), labels.direction, draws_words(labels))
    axis(canvas, canvas.height - 8, labels)
    for i, row in enumerate(drawn):
        _dumbbell(canvas, canvas.height - LINE * i - 46, row, labels)
    return finished(canvas, labels, {}, form)


def _dumbbell(canvas: Canvas, y: float, row: Row, labels: Labels) -> None:
    first, second = (float(side.percent or 0) for side in (row.before, row.after) if isinstance(side, Share))
    canvas.word(LEFT, y + 24, labels.counts.get(row.key, row.key), align="left", colour=INK)
    canvas.line(place(0), y, place(100), y, TRACK)
    canvas.bar(place(min(first, second)), y - 3, place(max(first, second)), y + 3, PALE)
    canvas.dot(place(first), y, 8, fill=CARD, edge=DARK_BLUE)
    canvas.dot(place(second), y, 8, fill=DARK_BLUE, edge=DARK_BLUE)
    if isinstance(row.change, Change):
        canvas.number(RIGHT + 16, y, f"{row.change.points:+}".replace("-", "−"), align="left")


def places_chart(places: Places, labels: Labels, form: Format = "svg") -> bytes:
    """A funnel: share by number of answers, limits at 95% and 99.8%, unnamed dots."""
    expect(places, Places)
    canvas = Canvas(FIELD + FOOT + 20, labels.direction, draws_words(labels))
    widest = max(base for base, _ in places.dots)

    def across(base: float) -> float:
        return LEFT + (RIGHT - LEFT) * base / widest

    _levels(canvas, labels)
    canvas.line(across(0), _up(places.target), across(widest), _up(places.target), INK)
    for column, dashed in ((1, True), (2, True), (3, False), (4, False)):
        curve = [(across(row[0]), _up(row[column])) for row in places.limits]
        for (x1, y1), (x2, y2) in pairwise(curve):
            canvas.line(x1, y1, x2, y2, QUIET, dashed=dashed)
    outer = {row[0]: (row[3], row[4]) for row in places.limits}
    for base, percent in places.dots:
        low, high = outer[float(base)]
        is_outside = not low <= percent <= high
        canvas.dot(across(base), _up(percent), 8 if is_outside else 5, ORANGE if is_outside else DARK_BLUE, DARK_BLUE)
    for base in (0, widest):
        canvas.tick(across(base), 15, f"{base:,}".replace(",", labels.thousands))
    return finished(canvas, labels, {"target": places.target, "places": len(places.dots)}, form)


def periods_chart(periods: Periods, labels: Labels, form: Format = "svg") -> bytes:
    """A share over time: a run below 8 points, its mean from 8, limits from 12; special points larger and ringed."""
    expect(periods, Periods)
    if not periods.points:
        raise ValueError("no periods to draw")
    canvas = Canvas(FIELD + FOOT + 20, labels.direction, draws_words(labels))
    step = (RIGHT - LEFT) / max(1, len(periods.points) - 1)
    _levels(canvas, labels)
    for level, dashed in ((periods.centre, False), (periods.lower, True), (periods.upper, True)):
        if level is not None:
            canvas.line(LEFT, _up(level), RIGHT, _up(level), QUIET, dashed=dashed)
    spots = [
        (LEFT + step * i, _up(share.percent)) if isinstance(share, Share) and share.percent is not None else None
        for i, (_, share) in enumerate(periods.points)
    ]
    for one, other in pairwise(spots):
        if one is not None and other is not None:
            canvas.line(*one, *other, DARK_BLUE, width=2)
    for spot, signal in zip(spots, periods.signals, strict=True):
        if spot is not None:
            canvas.dot(*spot, *((5, DARK_BLUE) if signal == "common" else (8, ORANGE)), DARK_BLUE)
    for i in {0, len(spots) - 1}:
        canvas.word(LEFT + step * i, 15, periods.points[i][0], align="center")
    return finished(canvas, labels, {"points": len(periods.points)}, form)


def _levels(canvas: Canvas, labels: Labels) -> None:
    """Pale lines at 0, 50 and 100% with their figures."""
    for percent in (0, 50, 100):
        canvas.line(LEFT, _up(percent), RIGHT, _up(percent), PALE)
        canvas.tick(LEFT - 32, _up(percent), labels.percent.format(percent))


def _up(percent: float) -> float:
    return FOOT + FIELD * percent / 100
