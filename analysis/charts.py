"""Drawings of released values: what a commissioner sees beside the table of the same row.

Each function takes released rows and a `Labels` of translated words, and gives the bytes of an SVG (or PNG). The same
row always gives the same bytes. Every number that is drawn, and every number in the title and description, is read from
the row: labels hold places such as `{after}`, never figures. Only `Figure` is used, never pyplot, so nothing is shared
between drawings. Words are drawn only where Matplotlib can set them: left to right, Latin script. Elsewhere the drawing
is mirrored and keeps to numbers, and the words stand in the page's table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from analysis.canvas import CARD, DARK_BLUE, INK, ORANGE, PALE, QUIET, TRACK, Canvas, Format
from analysis.results import Change, Moves, Response, Row, Share

LEFT, RIGHT = 72.0, 516.0  # where 0% and 100% lie on a canvas 600 wide
NARROW = 9  # percent: a narrower segment carries its number above itself


@dataclass(frozen=True, slots=True)
class Labels:
    """Translated words for one drawing. `title` states the finding.

    `title`, `description`, `difference` and `percent` hold places to be filled from the row: {before}, {after},
    {points}, {low}, {high}, {up}, {same}, {down}, {net}, {base}, {base_before}, {base_after}, or a response's keys.
    """

    title: str
    description: str
    language: str = "en"
    direction: Literal["ltr", "rtl"] = "ltr"
    before: str = "Before"
    after: str = "After"
    up: str = "moved up"
    same: str = "stayed the same"
    down: str = "moved down"
    difference: str = "{points:+} ({low} to {high})"
    percent: str = "{}%"
    thousands: str = ","
    counts: Mapping[str, str] = field(default_factory=dict)


def drawable(row: Row) -> tuple[str, ...]:
    """Which drawings a row allows: "change", "share" (views after only), "moves"."""
    expect(row, Row)
    before, after = _has_percent(row.before), _has_percent(row.after)
    found = ["change"] if before and after else ["share"] if after and row.before is None else []
    return (*found, "moves") if isinstance(row.moves, Moves) and row.moves.words is None else tuple(found)


def change_chart(row: Row, labels: Labels, form: Format = "svg") -> bytes:
    """Before and after on one line from 0 to 100%, and below it the change with its interval.

    The interval is that of the difference, laid from where before stands; without one (few schools) only the dots.
    """
    if "change" not in drawable(row) or not isinstance(row.before, Share) or not isinstance(row.after, Share):
        raise ValueError(f"{row.key}: no share before and after to draw")
    change = row.change if isinstance(row.change, Change) else None
    canvas = Canvas(204 if change else 150, labels.direction, draws_words(labels))
    y = canvas.height - 82
    first, second = float(row.before.percent or 0), float(row.after.percent or 0)
    axis(canvas, y, labels)
    canvas.line(place(0), y, place(100), y, TRACK, width=2)
    if change is not None:
        _difference(canvas, y, first, change, labels)
    canvas.bar(place(min(first, second)), y - 4, place(max(first, second)), y + 4, PALE)
    canvas.dot(place(first), y, 11, fill=CARD, edge=DARK_BLUE)
    canvas.dot(place(second), y, 11, fill=DARK_BLUE, edge=DARK_BLUE)
    middle = place((first + second) / 2)
    for share, word, is_left in (
        (row.before, labels.before, first <= second),
        (row.after, labels.after, first > second),
    ):
        at = place(float(share.percent or 0))
        x = min(at + 13, middle - 5) if is_left else max(at - 13, middle + 5)
        canvas.number(x, y + 27, _percent(share, labels), align="right" if is_left else "left")
        canvas.word(x, y + 57, word, align="right" if is_left else "left")
    return finished(canvas, labels, figures(row), form)


def _difference(canvas: Canvas, y: float, start: float, change: Change, labels: Labels) -> None:
    """Below the line: the interval of the change, laid from where before stands, with its figures beside it."""
    if change.low is None or change.high is None:
        return
    below = y - 52
    low, high = (max(0.0, min(100.0, start + end)) for end in (change.low, change.high))
    canvas.line(place(start), below - 9, place(start), y - 12, QUIET, dashed=True)
    canvas.line(place(low), below, place(high), below, INK, width=3)
    for end in (low, high):
        canvas.line(place(end), below - 8, place(end), below + 8, INK, width=3)
    canvas.dot(place(max(0.0, min(100.0, start + change.points))), below, 6, fill=INK, edge=INK)
    text = labels.difference.format(points=change.points, low=change.low, high=change.high).replace("-", "−")
    right = max(place(high), place(start)) + 14
    if right < 455:
        canvas.word(right, below, text, align="left", colour=INK)
    else:
        canvas.word(min(place(low), place(start)) - 14, below, text, align="right", colour=INK)


def moves_chart(row: Row, labels: Labels, form: Format = "svg") -> bytes:
    """Up, same and down of every 100 pairs as one bar, 2 px apart, each with its number; hidden cells as one pale rest."""
    if "moves" not in drawable(row) or not isinstance(row.moves, Moves):
        raise ValueError(f"{row.key}: no moves to draw")
    moves = row.moves
    outside = any(cell is not None and cell < NARROW for cell in (moves.up, moves.same, moves.down))
    canvas = Canvas(148 if outside else 120, labels.direction, draws_words(labels))
    cells = [(moves.up, labels.up, DARK_BLUE, CARD), (moves.same, labels.same, TRACK, INK)]
    cells.append((moves.down, labels.down, ORANGE, INK))
    shown = [cell for cell in cells if cell[0] is not None]
    rest = max(0, 100 - sum(cell[0] or 0 for cell in shown)) if len(shown) < len(cells) else 0
    scale = 560 / (sum(cell[0] or 0 for cell in shown) + rest)
    x, places = 20.0, []
    for percent, word, colour, ink in shown:
        width = (percent or 0) * scale
        canvas.bar(x + 1, 50, max(x + width - 1, x + 2), 106, colour)
        inside = (percent or 0) >= NARROW
        canvas.number(x + width / 2, 78 if inside else 124, str(percent), align="center", colour=ink if inside else INK)
        places.append((x, x + width, word))
        x += width
    if rest:
        canvas.bar(x + 1, 50, 579, 106, CARD, edge=QUIET)
    _words_below(canvas, places, 26)
    return finished(canvas, labels, figures(row), form)


def _words_below(canvas: Canvas, places: list[tuple[float, float, str]], y: float) -> None:
    """The first word at its segment's start, the last at its end, one between them in the middle."""
    for i, (start, end, word) in enumerate(places):
        if i == 0:
            canvas.word(start + 1, y, word, align="left", colour=INK)
        elif i == len(places) - 1:
            canvas.word(end - 1, y, word, align="right", colour=INK)
        else:
            middle = min(max((start + end) / 2, 250), 350)
            canvas.word(middle, y, word, align="center", colour=INK)


def share_chart(row: Row, labels: Labels, form: Format = "svg") -> bytes:
    """Views after only: one bar from 0, its interval as a line across its end. It never looks like a change."""
    share = row.after
    if not _has_percent(share) or not isinstance(share, Share):
        raise ValueError(f"{row.key}: no share to draw")
    canvas = Canvas(104, labels.direction, draws_words(labels))
    y, end = 66.0, float(share.percent or 0)
    axis(canvas, y - 18, labels)
    canvas.bar(place(0), y - 18, place(100), y + 18, PALE)
    canvas.bar(place(0), y - 18, place(end), y + 18, DARK_BLUE)
    if share.low is not None and share.high is not None:
        for limit, colour in ((share.low, CARD), (share.high, INK)):
            canvas.line(place(end), y, place(limit), y, colour, width=3)
            canvas.line(place(limit), y - 9, place(limit), y + 9, colour, width=3)
    canvas.number(RIGHT + 8, y, _percent(share, labels), align="left")
    return finished(canvas, labels, figures(row), form)


def response_chart(response: Response, labels: Labels, form: Format = "svg") -> bytes:
    """On roll, saw it, answered, paired: a bar each from the same nought, its number at its end. Hidden ones are left out."""
    expect(response, Response)
    bars = [(key, n) for key, _ in response.counts if (n := response.count(key)) is not None]
    if not bars:
        raise ValueError("no counts to draw")
    canvas = Canvas(18 + 64 * len(bars), labels.direction, draws_words(labels))
    most = max(n for _, n in bars)
    for i, (key, n) in enumerate(bars):
        y = canvas.height - 56 - 64 * i
        end = 20 + 460 * n / most
        canvas.word(20, y + 34, labels.counts.get(key, key), align="left", colour=INK)
        canvas.bar(20, y - 12, end, y + 14, DARK_BLUE if i else TRACK)
        canvas.number(end + 10, y + 1, _thousands(n, labels), align="left")
    numbers = {key: n for key, n in bars}
    return finished(canvas, labels, numbers, form)


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


def finished(canvas: Canvas, labels: Labels, numbers: Mapping[str, float], form: Format) -> bytes:
    """The drawing with its title and description filled in."""
    try:
        title, description = labels.title.format_map(numbers), labels.description.format_map(numbers)
    except KeyError as missing:
        raise ValueError(f"the labels name {missing}, which is not in what was released") from missing
    return canvas.drawing(form, title, description, labels.language)


def axis(canvas: Canvas, top: float, labels: Labels) -> None:
    """Pale lines up to `top` at 0, 50 and 100%, with their figures at the foot."""
    for percent in (0, 50, 100):
        canvas.line(place(percent), 30, place(percent), top, PALE)
        canvas.tick(place(percent), 15, labels.percent.format(percent))


def place(percent: float) -> float:
    """Where a percentage lies on the canvas."""
    return LEFT + (RIGHT - LEFT) * percent / 100


def _percent(share: Share, labels: Labels) -> str:
    sign = {"under": "<", "over": ">", "": ""}[share.bound]
    return sign + labels.percent.format(share.percent)


def _thousands(n: int, labels: Labels) -> str:
    return f"{n:,}".replace(",", labels.thousands)


def _has_percent(share: object) -> bool:
    return isinstance(share, Share) and share.percent is not None


def draws_words(labels: Labels) -> bool:
    """Matplotlib neither shapes nor reorders letters, so only Latin words are drawn."""
    words = (labels.before, labels.after, labels.up, labels.same, labels.down, *labels.counts.values())
    return labels.direction == "ltr" and all(ord(letter) < 0x250 for word in words for letter in word)


def expect(value: object, kind: type) -> None:
    """TypeError for anything that is not past the gate."""
    if not isinstance(value, kind):
        raise TypeError(f"charts draw released values only: {kind.__name__} expected, not {type(value).__name__}")
