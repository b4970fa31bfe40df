"""Drawings of a whole cut into parts: up, same and down; all options of a question before and after; reliable change.

Parts lie in their fixed order, 2 units apart, and are coloured in the palette's order, in which neighbours were tested
against each other. Colour never speaks alone: each part carries its figure, or the key does, which names the parts in
the same order. What is hidden is one pale rest with a dashed edge, never a part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from analysis.canvas import (
    CARD,
    DARK_BLUE,
    DARK_PINK,
    INK,
    NUMBER,
    ON,
    ORANGE,
    PALETTE,
    QUIET,
    TRACK,
    TURQUOISE,
    Canvas,
    Format,
    Mark,
    Size,
    width_of,
)
from analysis.charts import GAP, Labels, Scale, drawable, expect, figures, finished, sheet
from analysis.results import Categories, Distribution, Moves, Row

SIDE = 2.0  # left and right of a bar
BAR = 46.0
DONT_KNOW = "dont_know"  # the answer, where it is one of the whole


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a whole: so many of every 100, its words and its colour."""

    percent: int
    words: str
    colour: str


def moves_chart(row: Row, labels: Labels, form: Format = "svg", size: Size = "wide") -> bytes:
    """Up, same and down of every 100 pairs as one bar, 2 units apart, each with its number; hidden cells as a pale rest."""
    if "moves" not in drawable(row) or not isinstance(row.moves, Moves):
        raise ValueError(f"{row.key}: no moves to draw")
    moves = row.moves
    cells = [(moves.up, labels.up, DARK_BLUE), (moves.same, labels.same, TRACK), (moves.down, labels.down, ORANGE)]
    parts = [Part(percent, words, colour) for percent, words, colour in cells if percent is not None]
    is_whole = len(parts) == len(cells)
    canvas = sheet(labels, form, size)
    top = canvas.key(4, key_of(parts, labels, is_whole=is_whole)) + 4
    foot = stack(canvas, top, parts, is_whole=is_whole)
    return finished(canvas, foot + 4, labels, figures(row), form)


def distribution_chart(
    before: Distribution | None, after: Distribution | None, labels: Labels, form: Format = "svg", size: Size = "wide"
) -> bytes:
    """All options of a question, one bar before and one after, each of 100. `labels.names` holds the options' words."""
    sides = [(side, words) for side, words in ((before, labels.before), (after, labels.after)) if side is not None]
    for side, _ in sides:
        expect(side, Distribution)
    if not sides:
        raise ValueError("no answers to draw")
    parts = _options(sides[0][0], labels)
    canvas, numbers = sheet(labels, form, size), {}
    told = {key for side, _ in sides for key, percent in side.options if percent is not None}
    is_whole = all(percent is not None for side, _ in sides for _, percent in side.options)
    top = canvas.key(4, key_of([part for key, part in parts.items() if key in told], labels, is_whole=is_whole)) + 2
    for side, words in sides:
        shown = [replace(parts[key], percent=percent) for key, percent in side.options if percent is not None]
        top = canvas.words(SIDE, top, words, canvas.width, colour=QUIET) + 2 if len(sides) > 1 else top
        top = stack(canvas, top, shown, is_whole=len(shown) == len(side.options)) + 8
        numbers["base_before" if side is before else "base_after"] = side.base
    return finished(canvas, top - 4, labels, numbers, form)


def _options(side: Distribution, labels: Labels) -> dict[str, Part]:
    """The options in the palette's order; not knowing is grey."""
    chosen = [key for key, _ in side.options if key != DONT_KNOW]
    if not 1 < len(chosen) <= len(PALETTE):
        raise ValueError(f"{len(chosen)} options: 2 to {len(PALETTE)} can be told apart")
    colours = dict(zip(chosen, PALETTE, strict=False)) | {DONT_KNOW: TRACK}
    return {key: Part(0, labels.name(key), colours[key]) for key, _ in side.options}


def key_of(parts: Sequence[Part], labels: Labels, *, is_whole: bool) -> list[tuple[Mark, str]]:
    """The parts' names in their order, and that of the rest."""
    named = [(Mark("bar", part.colour), part.words) for part in parts]
    return named if is_whole else [*named, (Mark("bar", CARD, QUIET), labels.hidden)]


def stack(canvas: Canvas, top: float, parts: Sequence[Part], *, is_whole: bool) -> float:
    """One bar of 100: each part with its figure inside it, or below it where it is too narrow; gives where it ends."""
    rest = 0 if is_whole else max(0, 100 - sum(part.percent for part in parts))
    scale = (canvas.width - 2 * SIDE) / max(1, sum(part.percent for part in parts) + rest)
    x, taken, foot = SIDE, 0.0, top + BAR
    for part in parts:
        end, text = x + part.percent * scale, str(part.percent)
        across = width_of(text, NUMBER, True)
        if part.percent:
            canvas.bar(x + 1, top, max(end - 1, x + 2), top + BAR, part.colour)
        if end - x >= across + 6:
            canvas.number((x + end) / 2, top + BAR / 2, text, "center", ON.get(part.colour, CARD))
        else:
            start = min(max((x + end - across) / 2, taken), canvas.width - across - SIDE)
            canvas.number(start, top + BAR + 16, text, "left")
            taken, foot = start + across + 8, top + BAR + 30
        x = end
    if rest:
        canvas.bar(x + 1, top, canvas.width - SIDE - 1, top + BAR, CARD, edge=QUIET)
    return foot


def categories_chart(found: Categories, labels: Labels, form: Format = "svg", size: Size = "wide") -> bytes:
    """Reliable change of every 100 who started: a bar a category from the same nought, those across the cut-off first in it.

    A dashed line in the bars of better and worse shows how many would lie there by chance: {chance} of every 100 with two
    scores. `labels.names` holds the words of "improved", "same", "worse", "unmeasured", "recovered", "became_clinical",
    and "chance" with that place in it.
    """
    expect(found, Categories)
    rows = [
        ("improved", found.improved, DARK_BLUE, "recovered", found.recovered),
        ("same", found.same, TRACK, "", None),
        ("worse", found.worse, ORANGE, "became_clinical", found.became_clinical),
        ("unmeasured", found.unmeasured, CARD, "", None),
    ]
    shown = [(key, percent, colour, part, within) for key, percent, colour, part, within in rows if percent is not None]
    if not shown:
        raise ValueError("no categories to draw")
    canvas, numbers = sheet(labels, form, size), {"base": found.base, "started": found.started}
    scale = Scale(SIDE, canvas.width - width_of("100%", NUMBER, True) - GAP)
    chance = labels.name("chance").format(chance=f"{found.chance:g}")
    top = canvas.key(4, [(Mark("line", INK, dashed=True), chance)]) + 6
    for key, percent, colour, part, within in shown:
        top = canvas.words(SIDE, top, labels.name(key), canvas.width) + 4
        _category(canvas, scale, top, (percent, within or 0), colour, labels)
        if key in ("improved", "worse"):
            x = scale.at(found.chance * found.base / found.started)
            canvas.line(x, top - 3, x, top + 29, CARD, width=4)
            canvas.line(x, top - 3, x, top + 29, INK, width=2, dashed=True)
        numbers[key], top = percent, top + 32
        if within is not None:
            words = f"{labels.percent.format(within)} {labels.name(part)}"
            numbers[part], top = within, canvas.key(top, [(Mark("bar", PARTS[part]), words)], SIDE)
        top += 8
    return finished(canvas, top - 4, labels, numbers, form)


PARTS = {"recovered": TURQUOISE, "became_clinical": DARK_PINK}


def _category(canvas: Canvas, scale: Scale, top: float, figures: tuple[int, int], colour: str, labels: Labels) -> None:
    """One bar: first those over the cut-off, then the others, and the figure of all at its end."""
    percent, within = figures
    end, cut = scale.at(percent), scale.at(within)
    if within:
        part = PARTS["recovered" if colour == DARK_BLUE else "became_clinical"]
        canvas.bar(scale.start, top, cut - 1, top + 26, part)
    if percent > within:
        canvas.bar(cut + (1 if within else 0), top, end, top + 26, colour, QUIET if colour == CARD else "")
    canvas.number(end + GAP, top + 13, labels.percent.format(percent), "left")
