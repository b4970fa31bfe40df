"""Drawings of released values: what a commissioner sees beside the table of the same row.

Each function takes released rows and a `Labels` of translated words, and gives the bytes of an SVG (or PNG), for a wide
column or for a phone. The same row always gives the same bytes. Every number that is drawn, and every number in the title
and description, is read from the row: labels hold places such as `{after}`, never figures. Only `Figure` is used, never
pyplot, so nothing is shared between drawings. An SVG's words are set by the reader's browser, in any script; a PNG's by
Matplotlib, which neither shapes nor turns letters: there only Latin words are drawn, else the words stand in the table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from analysis.canvas import (
    CARD,
    DARK_BLUE,
    EDGE,
    INK,
    NUMBER,
    PALE,
    QUIET,
    TRACK,
    WIDTHS,
    Canvas,
    Direction,
    Format,
    Size,
    width_of,
)
from analysis.results import Change, Moves, Response, Row, Share

GAP = 10.0  # between two labels on one line


@dataclass(frozen=True, slots=True)
class Labels:
    """Translated words for one drawing. `title` states the finding.

    `title`, `description`, `difference` and `percent` hold places to be filled from the row: {before}, {after},
    {points}, {low}, {high}, {up}, {same}, {down}, {net}, {base}, {base_before}, {base_after}, or a response's keys.
    `names` holds the words of items, groups, options, categories and counts, by their keys.
    """

    title: str
    description: str
    language: str = "en"
    direction: Direction = "ltr"
    before: str = "Before"
    after: str = "After"
    up: str = "moved up"
    same: str = "stayed the same"
    down: str = "moved down"
    fewer: str = "fewer"
    more: str = "more"
    unsure: str = "we cannot tell"
    steady: str = "about the same"
    without: str = "no range can be given"
    across: str = ""
    hidden: str = "not shown"
    difference: str = "{points:+} ({low} to {high})"
    percent: str = "{}%"
    thousands: str = ","
    names: Mapping[str, str] = field(default_factory=dict)

    def name(self, key: str) -> str:
        """The words for a key, or the key."""
        return self.names.get(key, key)


@dataclass(frozen=True, slots=True)
class Scale:
    """Where values lie between two places of the sheet."""

    start: float
    end: float
    low: float = 0.0
    high: float = 100.0

    def at(self, value: float) -> float:
        """The place of a value; beyond an end it lies on it."""
        kept = min(max(value, self.low), self.high)
        return self.start + (self.end - self.start) * (kept - self.low) / (self.high - self.low)


def percents(size: Size) -> Scale:
    """0 to 100% across a sheet, with room for half a figure at either end."""
    return Scale(24, WIDTHS[size] - 28)


def drawable(row: Row) -> tuple[str, ...]:
    """Which drawings a row allows: "change", "share" (views after only), "moves"."""
    expect(row, Row)
    before, after = has_percent(row.before), has_percent(row.after)
    found = ["change"] if before and after else ["share"] if after and row.before is None else []
    return (*found, "moves") if isinstance(row.moves, Moves) and row.moves.words is None else tuple(found)


def change_chart(row: Row, labels: Labels, form: Format = "svg", size: Size = "wide") -> bytes:
    """Before and after on one line from 0 to 100%, and below it the change with its interval.

    The interval is that of the difference, laid from where before stands; without one (few schools) only the dots.
    """
    if "change" not in drawable(row) or not isinstance(row.before, Share) or not isinstance(row.after, Share):
        raise ValueError(f"{row.key}: no share before and after to draw")
    change = row.change if isinstance(row.change, Change) and row.change.low is not None else None
    canvas, scale = sheet(labels, form, size), percents(size)
    y, foot = 70.0, 150.0 if change is not None else 96.0
    axis(canvas, scale, 52, foot, labels)
    first, second = float(row.before.percent or 0), float(row.after.percent or 0)
    canvas.line(scale.start, y, scale.end, y, TRACK, width=2)
    canvas.bar(*sorted_bar(scale.at(first), scale.at(second), y, 4), PALE)
    canvas.dot(scale.at(first), y, 10, fill=CARD, edge=DARK_BLUE)
    canvas.dot(scale.at(second), y, 10, fill=DARK_BLUE, edge=DARK_BLUE, apart=True)
    sides = [(row.before, labels.before), (row.after, labels.after)]
    _beside(canvas, scale, sides if first <= second else sides[::-1], labels)
    if change is not None:
        _difference(canvas, scale, y, first, change, labels)
    return finished(canvas, foot + 24, labels, figures(row), form)


def _beside(canvas: Canvas, scale: Scale, sides: list[tuple[Share, str]], labels: Labels) -> None:
    """The left one's word and figure to its left, the right one's to its right; moved apart where they would touch."""
    texts = [(percent_of(share, labels), word if canvas.draws_words else "") for share, word in sides]
    one, other = (max(width_of(text, NUMBER, True), width_of(word)) for text, word in texts)
    left, right = (scale.at(float(share.percent or 0)) for share, _ in sides)
    middle = (left + right) / 2
    ends = max(min(left + 12, middle - GAP / 2), EDGE + one)
    starts = min(max(right - 12, middle + GAP / 2, ends + GAP), canvas.width - EDGE - other)
    ends = min(ends, starts - GAP)
    for x, align, (text, word) in zip((ends, starts), ("right", "left"), texts, strict=True):
        canvas.word(x, 12, word, "right" if align == "right" else "left")
        canvas.number(x, 37, text, "right" if align == "right" else "left")


def _difference(canvas: Canvas, scale: Scale, y: float, start: float, change: Change, labels: Labels) -> None:
    """Below the line: the interval of the change, laid from where before stands, with its figures under it."""
    below = y + 34
    low, high = (scale.at(start + end) for end in (change.low or 0, change.high or 0))
    canvas.line(scale.at(start), y + 11, scale.at(start), below + 9, QUIET, dashed=True)
    whisker(canvas, low, high, below, INK)
    canvas.dot(scale.at(start + change.points), below, 6, fill=INK, edge=INK)
    canvas.word((low + high) / 2, below + 26, signed(labels.difference, change), "center", colour=INK)


def share_chart(row: Row, labels: Labels, form: Format = "svg", size: Size = "wide") -> bytes:
    """Views after only: one bar from 0, its interval as a line across its end. It never looks like a change."""
    expect(row, Row)
    share = row.after
    if not has_percent(share) or not isinstance(share, Share):
        raise ValueError(f"{row.key}: no share to draw")
    canvas, scale = sheet(labels, form, size), percents(size)
    y, end = 50.0, scale.at(float(share.percent or 0))
    axis(canvas, scale, 32, 78, labels)
    canvas.bar(scale.start, y - 18, scale.end, y + 18, PALE)
    canvas.bar(scale.start, y - 18, end, y + 18, DARK_BLUE)
    if share.low is not None and share.high is not None:
        for limit, colour in ((scale.at(share.low), CARD), (scale.at(share.high), INK)):
            canvas.line(end, y, limit, y, colour, width=3)
            canvas.line(limit, y - 9, limit, y + 9, colour, width=3)
    canvas.number(end, 14, percent_of(share, labels), align="center")
    return finished(canvas, 102, labels, figures(row), form)


def response_chart(
    response: Response, labels: Labels, form: Format = "svg", size: Size = "wide", keys: Sequence[str] | None = None
) -> bytes:
    """On roll, saw it, answered, paired: a bar each from the same nought, its number at its end. Hidden ones are left out.

    `keys` are those to draw; all of them if None.
    """
    expect(response, Response)
    wanted = [key for key, _ in response.counts if keys is None or key in keys]
    bars = [(key, n) for key in wanted if (n := response.count(key)) is not None]
    if not bars:
        raise ValueError("no counts to draw")
    canvas, y = sheet(labels, form, size), 0.0
    texts = [thousands(n, labels) for _, n in bars]
    scale = Scale(EDGE, canvas.width - max(width_of(text, NUMBER, True) for text in texts) - 12, 0, _most(bars))
    for i, ((key, n), text) in enumerate(zip(bars, texts, strict=True)):
        y = canvas.words(EDGE, y, labels.name(key), canvas.width) + 4
        canvas.bar(scale.start, y, scale.at(n), y + 24, DARK_BLUE if i else TRACK)
        canvas.number(scale.at(n) + GAP, y + 12, text, align="left")
        y += 36
    return finished(canvas, y - 8, labels, dict(bars), form)


def _most(bars: list[tuple[str, int]]) -> float:
    return float(max(1, *(n for _, n in bars)))


def figures(row: Row) -> dict[str, float]:
    """The numbers of a row by the names that labels may use; what is hidden has none."""
    named: dict[str, float | None] = {}
    for side, share in (("before", row.before), ("after", row.after)):
        if isinstance(share, Share):
            named |= {side: share.percent, f"base_{side}": share.base}
    if isinstance(row.change, Change):
        named |= {"points": row.change.points, "low": row.change.low, "high": row.change.high}
    elif isinstance(row.after, Share):
        named |= {"low": row.after.low, "high": row.after.high, "base": row.after.base}
    if isinstance(row.moves, Moves):
        named |= {"up": row.moves.up, "same": row.moves.same, "down": row.moves.down, "net": row.moves.net}
        named |= {"base": row.moves.base, "net_low": row.moves.low, "net_high": row.moves.high}
    return {name: value for name, value in named.items() if value is not None}


def finished(canvas: Canvas, height: float, labels: Labels, numbers: Mapping[str, float], form: Format) -> bytes:
    """The drawing with its title and description filled in."""
    try:
        title, description = labels.title.format_map(numbers), labels.description.format_map(numbers)
    except KeyError as missing:
        raise ValueError(f"the labels name {missing}, which is not in what was released") from missing
    return canvas.drawing(height, form, title, description, labels.language)


def sheet(labels: Labels, form: Format, size: Size) -> Canvas:
    """An empty sheet for these words."""
    return Canvas(size, labels.direction, draws_words(labels, form))


def draws_words(labels: Labels, form: Format) -> bool:
    """A browser sets every script; Matplotlib only what is Latin and runs from left to right."""
    texts = (labels.before, labels.after, labels.up, labels.same, labels.down, labels.hidden, *labels.names.values())
    return form == "svg" or (labels.direction == "ltr" and all(ord(sign) < 0x250 for text in texts for sign in text))


def axis(canvas: Canvas, scale: Scale, top: float, foot: float, labels: Labels) -> None:
    """Pale lines from `top` to `foot` at 0, 50 and 100%, with their figures under them."""
    for percent in (0, 50, 100):
        canvas.line(scale.at(percent), top, scale.at(percent), foot, PALE)
        canvas.tick(scale.at(percent), foot + 13, labels.percent.format(percent))


def whisker(canvas: Canvas, low: float, high: float, y: float, colour: str) -> None:
    """An interval: a line with its ends."""
    canvas.line(low, y, high, y, colour, width=3)
    for end in (low, high):
        canvas.line(end, y - 8, end, y + 8, colour, width=3)


def sorted_bar(one: float, other: float, y: float, half: float) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a bar along y between two places."""
    return min(one, other), y - half, max(one, other), y + half


def signed(pattern: str, change: Change) -> str:
    """The change in figures, with a real minus."""
    return pattern.format(points=change.points, low=change.low, high=change.high).replace("-", "−")


def percent_of(share: Share, labels: Labels) -> str:
    """A share as it is written on a drawing; one that is capped says so."""
    sign = {"under": "<", "over": ">", "": ""}[share.bound]
    return sign + labels.percent.format(share.percent)


def thousands(n: int, labels: Labels) -> str:
    """A count in the language's way."""
    return f"{n:,}".replace(",", labels.thousands)


def has_percent(share: object) -> bool:
    """Whether this is a share with a percentage, not one in words, hidden or missing."""
    return isinstance(share, Share) and share.percent is not None


def expect(value: object, kind: type) -> None:
    """TypeError for anything that is not past the gate."""
    if not isinstance(value, kind):
        raise TypeError(f"charts draw released values only: {kind.__name__} expected, not {type(value).__name__}")
