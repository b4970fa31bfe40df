"""A drawing of answers before against answers after: a table whose figures are also shaded.

Every cell carries its figure, so the shade only guides the eye. The diagonal, where the answer stayed the same, has a
frame; to its right answers moved up, to its left down. Options are numbered, so that narrow columns need no words.
"""

from __future__ import annotations

from math import ceil

from analysis.canvas import CARD, DARK_BLUE, EDGE, INK, QUIET, WORD, Canvas, Format, Mark, Size, wrapped
from analysis.charts import Labels, expect, finished, sheet
from analysis.results import Crossed

ROOM: dict[Size, float] = {"wide": 190.0, "narrow": 132.0}  # for the words of a row
LEAST = 44.0  # height of a row
FIGURE = 18.0
STEPS = (0.0, 0.1, 0.25, 0.6, 1.0)  # how much of the dark blue a shade holds
LIGHT = "#F4F6F9"  # of a cell with nobody in it


def crossed_chart(found: Crossed, labels: Labels, form: Format = "svg", size: Size = "wide") -> bytes:
    """Of every 100 pairs: before down, after across. `labels.names` holds the options' words by their place, from "0"."""
    expect(found, Crossed)
    canvas, room = sheet(labels, form, size), ROOM[size]
    across = (canvas.width - room - 2 * EDGE) / len(found.bins)
    canvas.word(EDGE, 36, f"{labels.before} ↓", "left")
    towards = "→" if labels.direction == "ltr" else "←"
    canvas.word(
        room, 12, f"{labels.after} {towards}" if labels.direction == "ltr" else f"{towards} {labels.after}", "left"
    )
    top, most = 52.0, max(1, *(percent for cells in found.cells for percent in cells))
    for j in range(len(found.bins)):
        canvas.number(room + across * (j + 0.5), 36, str(j + 1), "center", QUIET, WORD)
    for i, (ends, cells) in enumerate(zip(found.bins, found.cells, strict=True)):
        lines = wrapped(_named(ends, labels), room - 34)
        height = max(LEAST, WORD * 1.3 * len(lines) + 10)
        canvas.number(EDGE, top + height / 2, str(i + 1), "left", QUIET, WORD)
        canvas.words(22, top + (height - WORD * 1.3 * len(lines)) / 2, _named(ends, labels), room - 34)
        for j, percent in enumerate(cells):
            _cell(canvas, room + across * j, top, room + across * (j + 1), top + height, percent, percent / most)
        left = room + across * i
        canvas.bar(left + 2, top + 2, left + across - 2, top + height - 2, "none", edge=INK, dashed=False)
        top += height
    top = canvas.key(top + 8, [(Mark("bar", LIGHT, INK, dashed=False), labels.same)])
    up, down = ("→", "←") if labels.direction == "ltr" else ("←", "→")
    top = canvas.words(EDGE, top, f"{up} {labels.up} · {down} {labels.down}", canvas.width)
    return finished(canvas, top + 6, labels, {"base": found.base}, form)


def _named(ends: tuple[int, int], labels: Labels) -> str:
    first, last = (labels.name(str(end)) for end in ends)
    return first if first == last else f"{first} – {last}"


def _cell(canvas: Canvas, left: float, top: float, right: float, foot: float, percent: int, part: float) -> None:
    step = STEPS[ceil(part * (len(STEPS) - 1))]
    canvas.bar(left + 1, top + 1, right - 1, foot - 1, shade(step))
    canvas.number((left + right) / 2, (top + foot) / 2, str(percent), "center", CARD if step > 0.6 else INK, FIGURE)


def shade(part: float) -> str:
    """So much of the dark blue on the card's ground, 0 to 1, from a ground that can still be told from it."""
    if part == 0:
        return LIGHT
    ends = [[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in (CARD, DARK_BLUE)]
    return "#" + "".join(f"{round(light + (dark - light) * part):02X}" for light, dark in zip(*ends, strict=True))
