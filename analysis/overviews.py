"""Drawings of many released values at once, on one axis: questions under one another, groups side by side.

Nothing is ranked: rows stand in the order in which they were asked, groups in the order of their options. A row that is
hidden is left out and not named. Colours never speak alone: before is hollow and after is full, a change that cannot be
told from none is grey and hollow, and each line carries its figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal

from analysis.canvas import (
    CARD,
    DARK_BLUE,
    EDGE,
    INK,
    PALE,
    PALETTE,
    QUIET,
    TICK,
    TRACK,
    WORD,
    Canvas,
    Format,
    Mark,
    Size,
    width_of,
    wrapped,
)
from analysis.charts import (
    GAP,
    Labels,
    Scale,
    expect,
    finished,
    has_percent,
    percent_of,
    sheet,
    sorted_bar,
    whisker,
)
from analysis.results import Breakdown, Change, Moves, Row, Share

FIGURE = 17.0  # size of a figure on a line among others
MOST_LINES = 6  # in one drawing of slopes
BELOW = 30.0  # from a line to the next one's words
FIELD = 150.0  # height of a panel, and of the field of slopes


@dataclass(frozen=True, slots=True)
class Both:
    """A row's shares before and after, as drawn."""

    key: str
    before: Share
    after: Share
    change: Change | None

    @property
    def percents(self) -> tuple[float, float]:
        """Both in percent."""
        return float(self.before.percent or 0), float(self.after.percent or 0)


def both(rows: Sequence[Row]) -> list[Both]:
    """The rows that have a percentage before and after."""
    found = []
    for row in rows:
        expect(row, Row)
        before, after = row.before, row.after
        if isinstance(before, Share) and isinstance(after, Share) and has_percent(before) and has_percent(after):
            found.append(Both(row.key, before, after, row.change if isinstance(row.change, Change) else None))
    return found


def changes_chart(rows: Sequence[Row], labels: Labels, form: Format = "svg", size: Size = "wide") -> bytes:
    """A dumbbell a question, one axis for all, with the change at the end of each line.

    Rows that cannot be drawn are left out; `labels.names` holds each question's words by its key.
    """
    drawn = both(rows)
    if not drawn:
        raise ValueError("no share before and after to draw")
    canvas = sheet(labels, form, size)
    scale = Scale(56, canvas.width - 58)
    top = canvas.key(4, _waves(labels)) + 8
    for one in drawn:
        y = _heading(canvas, top, labels.name(one.key), _points(one)) + 17
        for percent in (0, 50, 100):
            canvas.line(scale.at(percent), y - 11, scale.at(percent), y + 11, PALE)
        _dumbbell(canvas, scale, y, one, labels)
        top = y + BELOW
    for percent in (0, 50, 100):
        canvas.tick(scale.at(percent), top - 4, labels.percent.format(percent))
    return finished(canvas, top + 9, labels, {"items": len(drawn)}, form)


def _waves(labels: Labels) -> list[tuple[Mark, str]]:
    return [(Mark("dot", CARD, DARK_BLUE), labels.before), (Mark("dot", DARK_BLUE, DARK_BLUE), labels.after)]


def _points(one: Both) -> str:
    return f"{one.change.points:+}".replace("-", "−").replace("+0", "0") if one.change else ""


def _heading(canvas: Canvas, top: float, words: str, figure: str) -> float:
    """A line's words at its start and its figures at its end; gives where they end."""
    room = canvas.width - 2 * EDGE - (width_of(figure, FIGURE, True) + GAP if figure else 0)
    if figure:
        canvas.number(canvas.width - EDGE, top + WORD * 0.65, figure, "right", size=FIGURE)
    return max(canvas.words(EDGE, top, words, room), top + FIGURE * 1.3)


def _dumbbell(canvas: Canvas, scale: Scale, y: float, one: Both, labels: Labels) -> None:
    first, second = (scale.at(percent) for percent in one.percents)
    canvas.line(scale.start, y, scale.end, y, TRACK)
    canvas.bar(*sorted_bar(first, second, y, 3), PALE)
    canvas.dot(first, y, 7, fill=CARD, edge=DARK_BLUE)
    canvas.dot(second, y, 7, fill=DARK_BLUE, edge=DARK_BLUE, apart=True)
    left, right = sorted(((first, one.before), (second, one.after)), key=lambda side: side[0])
    for (x, share), align in ((left, "right"), (right, "left")):
        text, away = percent_of(share, labels), -12 if align == "right" else 12
        across = width_of(text, TICK) * (-1 if align == "right" else 1)
        canvas.bar(*sorted_bar(x + away, x + away + across, y, 8), CARD)
        canvas.tick(x + away, y, text, "right" if align == "right" else "left")


@dataclass(frozen=True, slots=True)
class Difference:
    """So many more (or fewer) of every 100, from `low` to `high`."""

    key: str
    points: int
    low: int | None
    high: int | None
    is_steady: bool = False

    @property
    def look(self) -> Look:
        """What is known of it: more or fewer ("told"), about the same, neither, or that there is no interval."""
        if self.low is None or self.high is None:
            return "without"
        if self.low > 0 or self.high < 0:
            return "told"
        return "steady" if self.is_steady else "unsure"


Look = Literal["told", "steady", "unsure", "without"]
MARKS: dict[Look, Mark] = {
    "told": Mark("dot", DARK_BLUE, DARK_BLUE),
    "steady": Mark("dot", QUIET, QUIET),
    "unsure": Mark("dot", CARD, QUIET),
    "without": Mark("dot", CARD, DARK_BLUE),
}


def differences(rows: Sequence[Row], of: Literal["change", "moves"]) -> list[Difference]:
    """The differences of rows: of all who answered ("change"), or net of those paired ("moves")."""
    found = []
    for row in rows:
        expect(row, Row)
        if of == "change" and isinstance(row.change, Change):
            steady = row.change.position == "same"
            found.append(Difference(row.key, row.change.points, row.change.low, row.change.high, steady))
        elif of == "moves" and isinstance(row.moves, Moves) and row.moves.net is not None:
            found.append(Difference(row.key, row.moves.net, row.moves.low, row.moves.high))
    return found


def differences_chart(
    rows: Sequence[Row],
    labels: Labels,
    form: Format = "svg",
    size: Size = "wide",
    of: Literal["change", "moves"] = "change",
) -> bytes:
    """A dot with its interval a question, around nought: net improvement of pairs, or the change of all who answered.

    What cannot be told from nought is hollow and grey. One without an interval (few schools) is a hollow dot alone.
    """
    drawn = differences(rows, of)
    if not drawn:
        raise ValueError("no differences to draw")
    canvas = sheet(labels, form, size)
    furthest = max(abs(end) for one in drawn for end in (one.points, one.low or 0, one.high or 0))
    most = max(10, 10 * ceil(furthest / 10))
    scale = Scale(28, canvas.width - 28, -most, most)
    _sides(canvas, labels)
    words = {"steady": labels.steady, "unsure": labels.unsure, "without": labels.without}
    looks = {one.look for one in drawn}
    top = canvas.key(26, [(MARKS[look], text) for look, text in words.items() if look in looks]) + 6
    for one in drawn:
        y = _heading(canvas, top, labels.name(one.key), _range(one, labels)) + 17
        for points in (-most, 0, most):
            canvas.line(scale.at(points), y - 13, scale.at(points), y + 13, PALE if points else QUIET)
        _interval(canvas, scale, y, one)
        top = y + BELOW
    for points in (-most, 0, most):
        canvas.tick(scale.at(points), top - 4, f"{points:+}".replace("-", "−") if points else "0")
    return finished(canvas, top + 9, labels, {"items": len(drawn)}, form)


def _sides(canvas: Canvas, labels: Labels) -> None:
    """What lies on either side of nought."""
    towards, away = ("←", "→") if labels.direction == "ltr" else ("→", "←")
    canvas.word(EDGE, 12, f"{towards} {labels.fewer}", "left")
    canvas.word(canvas.width - EDGE, 12, f"{labels.more} {away}", "right")


def _range(one: Difference, labels: Labels) -> str:
    figure = f"{one.points:+}" if one.points else "0"
    if one.low is not None and one.high is not None:
        figure = labels.difference.format(points=one.points, low=one.low, high=one.high)
    return figure.replace("-", "−").replace("+0", "0")


def _interval(canvas: Canvas, scale: Scale, y: float, one: Difference) -> None:
    mark = MARKS[one.look]
    canvas.line(scale.start, y, scale.end, y, PALE)
    if one.low is not None and one.high is not None:
        whisker(canvas, scale.at(one.low), scale.at(one.high), y, mark.edge)
    canvas.dot(scale.at(one.points), y, 6, fill=mark.fill, edge=mark.edge)


def multiples_chart(breakdown: Breakdown, labels: Labels, form: Format = "svg", size: Size = "wide") -> bytes:
    """The groups of a breakdown side by side, before and after on one axis, with intervals where there are any.

    Only groups that were released are there; the order is theirs, never that of their results.
    """
    expect(breakdown, Breakdown)
    drawn = both([row for _, row in breakdown.groups])
    names = [key for key, row in breakdown.groups if both([row])]
    if not drawn:
        raise ValueError(f"{breakdown.name}: no group with a share before and after to draw")
    canvas = sheet(labels, form, size)
    columns = 3 if size == "wide" and len(drawn) not in (2, 4) else 2
    across = (canvas.width - 44 - 12 * (columns - 1)) / columns
    top = canvas.key(4, _waves(labels)) + 8
    for start in range(0, len(drawn), columns):
        panels = list(zip(names, drawn, strict=True))[start : start + columns]
        lines = max(len(wrapped(labels.name(name), across)) for name, _ in panels) if canvas.draws_words else 0
        field = top + lines * WORD * 1.3 + 12
        for i, (name, one) in enumerate(panels):
            left = 44 + i * (across + 12)
            canvas.words(left, top, labels.name(name), across)
            _panel(canvas, Scale(field + FIELD, field), left, across, one, labels)
        for percent in (0, 50, 100):
            canvas.tick(38, field + FIELD - FIELD * percent / 100, labels.percent.format(percent), "right")
        top = field + FIELD + 26
    return finished(canvas, top - 14, labels, {"groups": len(drawn)}, form)


def _panel(canvas: Canvas, up: Scale, left: float, across: float, one: Both, labels: Labels) -> None:
    for percent in (0, 50, 100):
        canvas.line(left, up.at(percent), left + across, up.at(percent), PALE)
    places = left + across * 0.37, left + across * 0.63
    first, second = (up.at(percent) for percent in one.percents)
    canvas.line(places[0], first, places[1], second, DARK_BLUE, width=2)
    for x, y, share, is_after in ((places[0], first, one.before, False), (places[1], second, one.after, True)):
        if share.low is not None and share.high is not None:
            canvas.line(x, up.at(share.low), x, up.at(share.high), QUIET, width=2)
        canvas.dot(x, y, 6, fill=DARK_BLUE if is_after else CARD, edge=DARK_BLUE)
        text = percent_of(share, labels)
        canvas.number(x + 12 if is_after else x - 12, y, text, "left" if is_after else "right", size=WORD)


def slopes_chart(rows: Sequence[Row], labels: Labels, form: Format = "svg", size: Size = "wide") -> bytes:
    """Up to six lines from before to after, each named at its end: few questions, or the same in few services."""
    drawn = both(rows)
    if not 0 < len(drawn) <= MOST_LINES:
        raise ValueError(f"{len(drawn)} lines: one to {MOST_LINES} can be told apart")
    canvas = sheet(labels, form, size)
    room = canvas.width * 0.42
    start, end = 62.0, canvas.width - room - 74
    texts = [wrapped(labels.name(one.key), room) if canvas.draws_words else [""] for one in drawn]
    heights = [max(len(text) * WORD * 1.2, FIGURE * 1.3) + 12 for text in texts]
    field = max(FIELD * 1.4, sum(heights))
    up = Scale(40 + field, 40)
    canvas.word(start, 12, labels.before, "center")
    canvas.word(end, 12, labels.after, "center")
    for x in (start, end):
        canvas.line(x, up.end - 8, x, up.start + 8, PALE, width=2)
    lefts = apart([up.at(one.percents[0]) for one in drawn], [FIGURE * 1.3] * len(drawn))
    rights = apart([up.at(one.percents[1]) for one in drawn], heights)
    for i, (one, words) in enumerate(zip(drawn, texts, strict=True)):
        first, second = (up.at(percent) for percent in one.percents)
        canvas.line(start, first, end, second, PALETTE[i], width=2.5)
        canvas.dot(start, first, 6, fill=CARD, edge=PALETTE[i])
        canvas.dot(end, second, 6, fill=PALETTE[i], edge=PALETTE[i])
        canvas.number(start - 12, lefts[i], percent_of(one.before, labels), "right", size=FIGURE)
        canvas.line(end + 6, second, end + 14, rights[i], PALETTE[i])
        canvas.number(end + 18, rights[i], percent_of(one.after, labels), "left", size=FIGURE)
        for j, line in enumerate(words):
            canvas.word(end + 70, rights[i] + WORD * 1.2 * (j - (len(words) - 1) / 2), line, "left", INK)
    return finished(canvas, max(up.start, *rights) + 30, labels, {"items": len(drawn)}, form)


def apart(places: Sequence[float], heights: Sequence[float]) -> list[float]:
    """Places for labels of these heights that do not touch, together as near as can be to the places asked for.

    Neighbours that would touch are joined, and a joined pile lies where the mean of its labels wants to be.
    """
    order = sorted(range(len(places)), key=lambda i: places[i])
    piles: list[list[int]] = []
    for i in order:
        piles.append([i])
        while len(piles) > 1 and _top(piles[-2], places, heights) + sum(heights[j] for j in piles[-2]) > _top(
            piles[-1], places, heights
        ):
            piles[-2:] = [piles[-2] + piles[-1]]
    moved = list(places)
    for pile in piles:
        y = max(_top(pile, places, heights), EDGE)
        for i in pile:
            moved[i], y = y + heights[i] / 2, y + heights[i]
    return moved


def _top(pile: Sequence[int], places: Sequence[float], heights: Sequence[float]) -> float:
    """Where a pile of labels begins so that its members lie, on average, where they were asked for."""
    wanted, above = 0.0, 0.0
    for i in pile:
        wanted += places[i] - above - heights[i] / 2
        above += heights[i]
    return wanted / len(pile)
