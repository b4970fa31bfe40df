"""The sheet a chart is drawn on: bars, lines, dots, words; its unit one hundredth of an inch.

There are two sheets: a wide one for a page's column and a narrow one for a phone, which shows it at its own width, so
that words stay as large there as the page's. y runs downwards and the sheet grows as it is drawn on. Text stays text, set
in the reader's own system font; how wide it may become is measured in a wide font, so that it fits in any. Positions
are mirrored for languages that run from right to left. What Matplotlib writes is then made plain: no date, no random ids,
no style attributes (a strict content security policy forbids them), and a title and description for screen readers.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any, Literal

import matplotlib
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.font_manager import get_font
from matplotlib.lines import Line2D
from matplotlib.patches import Ellipse, Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

Format = Literal["svg", "png"]
Size = Literal["wide", "narrow"]
Align = Literal["left", "center", "right"]
Direction = Literal["ltr", "rtl"]

PALETTE = DARK_BLUE, TURQUOISE, DARK_PINK, ORANGE, DARK_GREY, LIGHT_PURPLE = (
    "#12436D",
    "#28A197",
    "#801650",
    "#F46A25",
    "#3D3D3D",
    "#A285D1",
)
CARD, INK, QUIET = "#FFFFFF", "#1D2433", "#4A5468"
TRACK, PALE = "#C9CDD6", "#DCE6EF"
ON = {TURQUOISE: INK, ORANGE: INK, LIGHT_PURPLE: INK, TRACK: INK, PALE: INK, CARD: INK}  # else white

WIDTHS: dict[Size, float] = {"wide": 700, "narrow": 360}
WORD, NUMBER, TICK = 16.0, 23.0, 14.0  # sizes of text, in the canvas's unit
LINE = 1.3  # of a text's size, from one line to the next
EDGE = 2.0  # nothing is written nearer to the sheet's edge
POINT = 0.72  # points in a unit
FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', 'DejaVu Sans', sans-serif"
FILES = Path(matplotlib.get_data_path(), "fonts", "ttf")
SETTINGS: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": "heard", "path.simplify": False}
STAND_IN = "0"
TURNS = re.compile(r"[\u0590-\u08FF]")  # letters that run from right to left
MIRRORED: dict[Align, Align] = {"left": "right", "right": "left", "center": "center"}


@dataclass(frozen=True, slots=True)
class Mark:
    """How something is drawn, shown again beside its name in a key."""

    shape: Literal["bar", "dot", "line"]
    fill: str
    edge: str = ""
    dashed: bool = True


class Canvas:
    """One drawing in the making. x runs from the side where reading starts, y downwards."""

    def __init__(self, size: Size, direction: Direction, draws_words: bool) -> None:
        self.width = WIDTHS[size]
        self.draws_words = draws_words
        self._mirrored = direction == "rtl"
        self._figure = Figure(dpi=200, facecolor="none")
        self._figure.patch.set_visible(False)
        self._written: list[tuple[Text, str]] = []
        self._down = Affine2D()  # from our unit, running down, to inches, running up: known once the height is
        self._place = self._down + self._figure.dpi_scale_trans

    def bar(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        colour: str,
        edge: str = "",
        dashed: bool = True,
    ) -> None:
        """A filled area; with `edge` an outline, dashed for what cannot be told."""
        x = min(self._x(left), self._x(right))
        style, thick = ("--", 1.0) if dashed else ("-", 2 * POINT)
        box = Rectangle((x, top), abs(right - left), bottom - top, fc=colour, ec=edge or "none", lw=thick, ls=style)
        self._add(box)

    def line(
        self, x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1.5, dashed: bool = False
    ) -> None:
        """A straight line of `width` units."""
        style = (0, (2, 2)) if dashed else "-"
        ends = [self._x(x1), self._x(x2)], [y1, y2]
        self._add(Line2D(*ends, color=colour, lw=width * POINT, ls=style, solid_capstyle="butt"))

    def dot(self, x: float, y: float, radius: float, fill: str, edge: str, apart: bool = False) -> None:
        """A round mark with an edge of 3 units inside it; `apart`: set off from what lies under it."""
        if apart:
            self._round(x, y, 2 * radius + 3, CARD, "none")
        self._round(x, y, 2 * radius - 3, fill, edge)

    def _round(self, x: float, y: float, across: float, fill: str, edge: str) -> None:
        self._add(Ellipse((self._x(x), y), across, across, fc=fill, ec=edge, lw=3 * POINT))

    def number(self, x: float, y: float, text: str, align: Align, colour: str = INK, size: float = NUMBER) -> None:
        """A figure, in bold: drawn in every language."""
        self._text(x, y, text, align, colour, size, "bold")

    def word(self, x: float, y: float, text: str, align: Align, colour: str = QUIET, size: float = WORD) -> None:
        """A line of words, drawn only where they can be set."""
        if self.draws_words and text:
            self._text(x, y, text, align, colour, size, "normal")

    def words(self, x: float, top: float, text: str, room: float, align: Align = "left", colour: str = INK) -> float:
        """Words in lines of at most `room`, from `top` down; gives where they end."""
        if not self.draws_words:
            return top
        lines = wrapped(text, room)
        for i, line in enumerate(lines):
            self.word(x, top + WORD * LINE * (i + 0.5), line, align, colour)
        return top + WORD * LINE * len(lines)

    def tick(self, x: float, y: float, text: str, align: Align = "center") -> None:
        """A figure on the axis."""
        self._text(x, y, text, align, QUIET, TICK, "normal")

    def key(self, top: float, entries: Sequence[tuple[Mark, str]], left: float = EDGE) -> float:
        """What each mark means, side by side and on as many lines as it takes; gives where it ends."""
        if not self.draws_words or not entries:
            return top
        x, y = left, top
        for mark, text in entries:
            lines = wrapped(text, self.width - left - 28)
            across = 26 + max(width_of(line) for line in lines)
            if x > left and x + across > self.width:
                x, y = left, y + WORD * 1.5
            self._mark(x, y + WORD * 0.75, mark)
            for i, line in enumerate(lines):
                self.word(x + 26, y + WORD * (0.75 + LINE * i), line, "left", INK)
            y += WORD * LINE * (len(lines) - 1)
            x += across + 20
        return y + WORD * 1.5

    def _mark(self, x: float, y: float, mark: Mark) -> None:
        if mark.shape == "dot":
            self.dot(x + 10, y, 7, mark.fill, mark.edge)
        elif mark.shape == "line":
            self.line(x, y, x + 20, y, mark.fill, 3, mark.dashed)
        else:
            self.bar(x + 2, y - 8, x + 18, y + 8, mark.fill, mark.edge, mark.dashed)

    def drawing(self, height: float, form: Format, title: str, description: str, language: str) -> bytes:
        """The finished file, `height` high."""
        self._figure.set_size_inches(self.width / 100, height / 100)
        self._down.scale(0.01, -0.01).translate(0, height / 100)
        stream = io.BytesIO()
        if form == "png":
            for place, text in self._written:
                place.set_text(text)
        named = {"Date": None} if form == "svg" else {"Title": title, "Description": description}
        with matplotlib.rc_context(SETTINGS):
            self._figure.savefig(stream, format=form, metadata=named)
        if form == "png":
            return stream.getvalue()
        return _plain(self._spoken(stream.getvalue().decode()), self.width, title, description, language).encode()

    def _spoken(self, svg: str) -> str:
        """The drawing with its words in place of the stand-ins: Matplotlib need not know their script."""
        texts = iter([_turned(text) if self._mirrored else text for _, text in self._written])
        return re.sub(f">{STAND_IN}</text>", lambda _: f">{escape(next(texts))}</text>", svg)

    def _add(self, artist: Artist) -> None:
        """What is drawn later lies above."""
        artist.set(transform=self._place, zorder=len(self._figure.artists), clip_on=False)
        self._figure.add_artist(artist)

    def _x(self, x: float) -> float:
        return self.width - x if self._mirrored else x

    def _text(self, x: float, y: float, text: str, align: Align, colour: str, size: float, weight: str) -> None:
        """Text that would pass the sheet's edge is moved in."""
        across = width_of(text, size, weight == "bold")
        before = {"left": 0.0, "center": across / 2, "right": across}[align]
        start = min(max(x - before, EDGE), max(EDGE, self.width - EDGE - across))
        place = Text(
            self._x(start + before),
            y,
            STAND_IN,
            ha=MIRRORED[align] if self._mirrored else align,
            va="center_baseline",
            color=colour,
            fontsize=size * POINT,
            fontweight=weight,
            parse_math=False,
        )
        self._add(place)
        self._written.append((place, text))


@lru_cache(maxsize=4096)
def width_of(text: str, size: float = WORD, bold: bool = False) -> float:
    """How wide a line of text is at most: as in DejaVu Sans, wider than what systems use; an unknown sign is a square."""
    font = get_font(FILES / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"))
    font.set_size(100, 72)
    font.set_text("".join(sign for sign in text if covered(sign)), 0.0)
    unknown = sum(not covered(sign) for sign in text)
    return size * (float(font.get_width_height()[0]) / 6400 + unknown)


@lru_cache(maxsize=4096)
def covered(sign: str) -> bool:
    """Whether the font that text is measured in holds this sign."""
    return get_font(FILES / "DejaVuSans.ttf").get_char_index(ord(sign)) != 0


def wrapped(text: str, room: float, size: float = WORD) -> list[str]:
    """The text in lines no wider than `room`, where its words allow it."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if not lines[-1] or width_of(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _turned(text: str) -> str:
    """Text that runs from right to left is marked as such, its signed numbers kept whole."""
    if not TURNS.search(text):
        return text
    return "\u2067" + re.sub(r"[+−]\d", lambda number: f"\u200e{number[0]}", text) + "\u2069"


def _plain(svg: str, width: float, title: str, description: str, language: str) -> str:
    """The SVG as we serve it: named, without date, comments, random ids or style attributes."""
    body = svg[svg.index("<svg") :]
    body = re.sub(
        r"<metadata>.*?</metadata>\s*|<!--.*?-->\s*|<defs>\s*<style.*?</style>\s*</defs>\s*", "", body, flags=re.S
    )
    body = re.sub(r' style="([^"]*)"', lambda found: _attributes(found[1]), body)
    body = re.sub(r' id="(?!p[0-9a-f]{10})[^"]*"| transform="rotate\(-0 [^"]*\)"', "", body)
    box = re.search(r'viewBox="([^"]*)"', body)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{width:g}"\n'
        f' viewBox="{box[1] if box else ""}" role="img" aria-labelledby="title description"\n'
        f' lang="{escape(language)}" font-family="{FONTS}" stroke-linejoin="round">\n'
        f'<title id="title">{escape(title)}</title>\n<desc id="description">{escape(description)}</desc>\n'
    )
    return '<?xml version="1.0" encoding="utf-8"?>\n' + head + body[body.index(">") + 1 :].lstrip()


def _attributes(style: str) -> str:
    """`fill: #fff; font: 700 17px X` as attributes of their own; the font's family stands once, on the whole drawing."""
    parts = dict(part.strip().split(": ", 1) for part in style.split(";") if ": " in part)
    font = parts.pop("font", "")
    if font:
        size = re.search(r"([\d.]+)px", font)
        parts |= {"font-size": size[1] if size else "12"}
        if "bold" in font or "700" in font:
            parts["font-weight"] = "bold"
    parts.pop("font-family", "")
    return "".join(f' {name}="{escape(value)}"' for name, value in parts.items())
