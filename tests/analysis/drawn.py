"""A drawing read back: its words, and where its bars, lines and dots lie, in the canvas's unit."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from functools import cached_property

SVG = "{http://www.w3.org/2000/svg}"
POINTS = 0.72  # the file's unit is a point, the canvas's a hundredth of an inch


@dataclass(frozen=True)
class Shape:
    """A bar, a line or a dot: the box around it, its fill and its edge."""

    kind: str
    left: float
    top: float
    right: float
    foot: float
    fill: str
    stroke: str

    @property
    def x(self) -> float:
        return (self.left + self.right) / 2

    @property
    def y(self) -> float:
        return (self.top + self.foot) / 2

    @property
    def width(self) -> float:
        return self.right - self.left


@dataclass(frozen=True)
class Words:
    """A line of text and the place it hangs on."""

    text: str
    x: float
    y: float


class Drawn:
    """An SVG of ours, parsed."""

    def __init__(self, svg: bytes) -> None:
        self.root = ET.fromstring(svg)  # noqa: S314 - our own drawing

    @cached_property
    def named(self) -> tuple[str, str]:
        """Title and description, to which the drawing points."""
        title, description = self.root.find(f"{SVG}title"), self.root.find(f"{SVG}desc")
        assert title is not None and description is not None and self.root.get("role") == "img"
        assert self.root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
        return title.text or "", description.text or ""

    @cached_property
    def texts(self) -> list[Words]:
        return [
            Words("".join(text.itertext()), float(text.get("x", 0)) / POINTS, float(text.get("y", 0)) / POINTS)
            for text in self.root.iter(f"{SVG}text")
        ]

    @property
    def words(self) -> list[str]:
        return [text.text for text in self.texts]

    @cached_property
    def shapes(self) -> list[Shape]:
        return [_shape(path) for path in self.root.iter(f"{SVG}path") if path.get("d")]

    def bars(self, fill: str) -> list[Shape]:
        return [one for one in self.shapes if one.kind == "bar" and one.fill == fill.lower()]

    def lines(self, stroke: str) -> list[Shape]:
        return [one for one in self.shapes if one.kind == "line" and one.stroke == stroke.lower()]

    def dots(self, fill: str, stroke: str) -> list[Shape]:
        return [
            one for one in self.shapes if one.kind == "dot" and (one.fill, one.stroke) == (fill.lower(), stroke.lower())
        ]

    def across(self, x: float, low: str = "0%", high: str = "100%") -> float:
        """The value at a place, by the figures written under the axis."""
        ends = [next(text.x for text in self.texts if text.text == label) for label in (low, high)]
        first, last = (number_of(label) for label in (low, high))
        return first + (last - first) * (x - ends[0]) / (ends[1] - ends[0])


def _shape(path: ET.Element) -> Shape:
    d = path.get("d", "")
    steps = [[float(number) / POINTS for number in step.split()] for step in re.findall(r"[MLC]([^MLCz]*)", d)]
    xs, ys = [step[-2] for step in steps], [step[-1] for step in steps]
    kind = "dot" if "C" in d else "bar" if "z" in d else "line"
    return Shape(kind, min(xs), min(ys), max(xs), max(ys), path.get("fill", ""), path.get("stroke", ""))


def number_of(text: str) -> int:
    return int(re.sub(r"[^\d−]", "", text).replace("−", "-"))


def numbers_in(*texts: str) -> list[int]:
    return [
        int(found.replace(",", "").replace("−", "-")) for text in texts for found in re.findall(r"−?[\d,]*\d", text)
    ]
