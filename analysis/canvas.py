"""The sheet a chart is drawn on: bars, lines, dots, words; 600 wide, its unit one hundredth of an inch.

Text stays text, set in the reader's own system font. Positions are mirrored for languages that run from right to left.
What Matplotlib writes is then made plain: no date, no random ids, no style attributes (a strict content security policy
forbids them), and a title and description for screen readers.
"""

from __future__ import annotations

import io
import re
from html import escape
from typing import Any, Literal

import matplotlib
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse, Rectangle

Format = Literal["svg", "png"]

DARK_BLUE, TURQUOISE, DARK_PINK, ORANGE, DARK_GREY, LIGHT_PURPLE = (
    "#12436D",
    "#28A197",
    "#801650",
    "#F46A25",
    "#3D3D3D",
    "#A285D1",
)
CARD, INK, QUIET = "#FFFFFF", "#1D2433", "#4A5468"
TRACK, PALE = "#C9CDD6", "#DCE6EF"

WIDTH = 600
WORD, NUMBER, TICK = 17.0, 24.0, 15.0  # sizes of text, in the canvas's unit
POINT = 0.72  # points in a unit
FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', 'DejaVu Sans', sans-serif"
SETTINGS: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": "heard", "path.simplify": False}
MIRRORED = {"left": "right", "right": "left", "center": "center"}


class Canvas:
    """One drawing in the making. x runs 0 to 600 from the side where reading starts, y from the bottom."""

    def __init__(self, height: float, direction: Literal["ltr", "rtl"], draws_words: bool) -> None:
        self.height = height
        self._mirrored = direction == "rtl"
        self._draws_words = draws_words
        self._figure = Figure(figsize=(WIDTH / 100, height / 100), dpi=200, facecolor="none")
        self._axes = self._figure.add_axes((0, 0, 1, 1))
        self._axes.set(xlim=(0, WIDTH), ylim=(0, height))
        self._axes.set_axis_off()
        self._drawn = 0

    def bar(self, left: float, bottom: float, right: float, top: float, colour: str, edge: str | None = None) -> None:
        """A filled area; with `edge` a dashed outline, for what cannot be told."""
        x = min(self._x(left), self._x(right))
        style = "--" if edge else "-"
        box = Rectangle((x, bottom), abs(right - left), top - bottom, fc=colour, ec=edge or "none", lw=1, ls=style)
        box.set_zorder(self._above())
        self._axes.add_patch(box)

    def line(
        self, x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1.5, dashed: bool = False
    ) -> None:
        """A straight line of `width` units."""
        style = (0, (2, 2)) if dashed else "-"
        (stroke,) = self._axes.plot([self._x(x1), self._x(x2)], [y1, y2], color=colour, lw=width * POINT, ls=style)
        stroke.set(clip_on=False, zorder=self._above(), solid_capstyle="butt")

    def dot(self, x: float, y: float, radius: float, fill: str, edge: str) -> None:
        """A round mark with an edge of 4 units inside it."""
        size = 2 * radius - 2
        mark = Ellipse((self._x(x), y), size, size, fc=fill, ec=edge, lw=4 * POINT, clip_on=False)
        mark.set_zorder(self._above())
        self._axes.add_patch(mark)

    def number(self, x: float, y: float, text: str, align: str, colour: str = INK) -> None:
        """A figure, in bold: drawn in every language."""
        self._text(x, y, text, align, colour, NUMBER, "bold")

    def word(self, x: float, y: float, text: str, align: str, colour: str = QUIET) -> None:
        """Words, drawn only where they can be set."""
        if self._draws_words:
            self._text(x, y, text, align, colour, WORD, "normal")

    def tick(self, x: float, y: float, text: str) -> None:
        """A figure on the axis."""
        self._text(x, y, text, "center", QUIET, TICK, "normal")

    def drawing(self, form: Format, title: str, description: str, language: str) -> bytes:
        """The finished file."""
        stream = io.BytesIO()
        with matplotlib.rc_context(SETTINGS):
            self._figure.savefig(stream, format=form, metadata={"Date": None} if form == "svg" else {"Title": title})
        if form == "png":
            return stream.getvalue()
        return _plain(stream.getvalue().decode(), title, description, language).encode()

    def _above(self) -> int:
        """What is drawn later lies above."""
        self._drawn += 1
        return self._drawn

    def _x(self, x: float) -> float:
        return WIDTH - x if self._mirrored else x

    def _text(self, x: float, y: float, text: str, align: str, colour: str, size: float, weight: str) -> None:
        self._axes.text(
            self._x(x),
            y,
            text,
            ha=MIRRORED[align] if self._mirrored else align,
            va="center_baseline",
            color=colour,
            fontsize=size * POINT,
            fontweight=weight,
            parse_math=False,
            zorder=self._above(),
        )


def _plain(svg: str, title: str, description: str, language: str) -> str:
    """The SVG as we serve it: named, without date, comments, random ids or style attributes."""
    body = svg[svg.index("<svg") :]
    body = re.sub(
        r"<metadata>.*?</metadata>\s*|<!--.*?-->\s*|<defs>\s*<style.*?</style>\s*</defs>\s*", "", body, flags=re.S
    )
    body = re.sub(r' style="([^"]*)"', lambda found: _attributes(found[1]), body)
    body = re.sub(r' id="(?!p[0-9a-f]{10})[^"]*"', "", body)
    box = re.search(r'viewBox="([^"]*)"', body)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{WIDTH}"\n'
        f' viewBox="{box[1] if box else ""}" role="img" aria-labelledby="title description"\n'
        f' lang="{escape(language)}" stroke-linejoin="round">\n'
        f'<title id="title">{escape(title)}</title>\n<desc id="description">{escape(description)}</desc>\n'
    )
    return '<?xml version="1.0" encoding="utf-8"?>\n' + head + body[body.index(">") + 1 :].lstrip()


def _attributes(style: str) -> str:
    """`fill: #fff; font: 700 17px X` as attributes of their own."""
    parts = dict(part.strip().split(": ", 1) for part in style.split(";") if ": " in part)
    font = parts.pop("font", "")
    if font:
        size = re.search(r"([\d.]+)px", font)
        parts |= {"font-size": size[1] if size else "12", "font-family": FONTS}
        if "bold" in font or "700" in font:
            parts["font-weight"] = "bold"
    return "".join(f' {name}="{escape(value)}"' for name, value in parts.items())
