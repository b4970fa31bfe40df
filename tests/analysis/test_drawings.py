"""Every kind of drawing, at both sizes: the same numbers in title, description, words, marks and the released values."""

from __future__ import annotations

import hashlib
import struct
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pytest

from analysis.canvas import CARD, DARK_BLUE, DARK_PINK, INK, ON, ORANGE, PALETTE, QUIET, TRACK, TURQUOISE, WIDTHS, Size
from analysis.charts import Labels, change_chart
from analysis.crossings import STEPS, shade
from analysis.disclosure import release_item
from analysis.exact import Count, Exact
from analysis.overviews import apart, slopes_chart
from tests.analysis.drawn import POINTS, SVG, Drawn, numbers_in
from tests.analysis.kinds import CHARTS, ITEMS, NAMES, VALUES, drawing, forty_places, labels

SIZES: tuple[Size, ...] = ("wide", "narrow")
TEXT = f"{SVG}text"
NEAR = 0.35  # of a percentage point: how exactly a mark is read back


@dataclass(frozen=True)
class Read:
    """What a drawing shows by where its marks lie, and what was released: they have to be the same."""

    marks: Sequence[float]
    released: Sequence[float]


def read_change(svg: Drawn) -> Read:
    (before,), (after,) = svg.dots(CARD, DARK_BLUE), [one for one in svg.dots(DARK_BLUE, DARK_BLUE)]
    span = max(svg.lines(INK), key=lambda line: line.width)
    low, high = (svg.across(x) - svg.across(before.x) for x in (span.left, span.right))
    return Read([svg.across(before.x), svg.across(after.x), low, high], [48, 71, 19, 27])


def read_share(svg: Drawn) -> Read:
    (bar,), span = svg.bars(DARK_BLUE), max(svg.lines(INK), key=lambda line: line.width)
    low = max(svg.lines(CARD), key=lambda line: line.width)
    return Read([svg.across(x) for x in (bar.left, bar.right, low.left, span.right)], [0, 67, 61.4, 72.2])


def read_response(svg: Drawn) -> Read:
    all_of, *bars = svg.bars(TRACK) + svg.bars(DARK_BLUE)
    return Read([100 * bar.width / all_of.width for bar in bars], [100 * n / 4210 for n in (3900, 3120)])


def read_moves(svg: Drawn) -> Read:
    parts = [max(svg.bars(colour), key=lambda bar: bar.foot) for colour in (DARK_BLUE, TRACK, ORANGE)]
    for one, other in pairwise(parts):
        assert other.left - one.right == pytest.approx(2, abs=0.01), "2 units between touching areas"
    whole = parts[-1].right - parts[0].left + 2
    return Read([100 * (part.width + 2) / whole for part in parts], [33, 59, 8])


def read_distribution(svg: Drawn) -> Read:
    foot = max(bar.foot for bar in svg.bars(DARK_BLUE))
    marks = []
    for is_after in (False, True):
        parts = [bar for colour in PALETTE[:5] for bar in svg.bars(colour) if bar.foot - bar.top > 20]
        parts = [bar for bar in parts if (bar.foot == foot) == is_after]
        if is_after:
            (rest,) = (bar for bar in svg.bars(CARD) if bar.foot == foot)
            parts.append(rest)
        for one, other in pairwise(parts):
            assert other.left - one.right == pytest.approx(2, abs=0.01)
        whole = parts[-1].right - parts[0].left + 2
        marks += [100 * (part.width + 2) / whole for part in parts]
    return Read(marks, [31, 29, 25, 12, 3, 12, 18, 33, 37])


def rows_of_dots(svg: Drawn, fill: str, edge: str) -> list[float]:
    """Where dots lie across, from the top down, without those of the key."""
    tracks = {round(line.y, 1) for line in svg.lines(TRACK)}
    return [dot.x for dot in svg.dots(fill, edge) if round(dot.y, 1) in tracks]


def read_changes(svg: Drawn) -> Read:
    places = [x for fill in (CARD, DARK_BLUE) for x in rows_of_dots(svg, fill, DARK_BLUE)]
    return Read([svg.across(x) for x in places], [48, 40, 79, 71, 43, 70])


def read_differences(svg: Drawn, most: str, lines: list[tuple[str, list[float]]]) -> Read:
    marks = []
    for colour, _ in lines:
        for span in (line for line in svg.lines(colour) if line.width > 1):
            dot = next(one for one in svg.shapes if one.kind == "dot" and abs(one.y - span.y) < 0.1)
            assert dot.fill == (DARK_BLUE if colour == DARK_BLUE else CARD).lower(), "what cannot be told is hollow"
            marks += [svg.across(x, "−" + most, "+" + most) for x in (span.left, dot.x, span.right)]
    return Read(marks, [figure for _, figures in lines for figure in figures])


def read_slopes(svg: Drawn) -> Read:
    rail = next(line for line in svg.shapes if line.kind == "line" and line.width == 0)
    top, foot = rail.top + 8, rail.foot - 8
    marks = []
    for colour in PALETTE[:3]:
        (before,), (after,) = svg.dots(CARD, colour), svg.dots(colour, colour)
        marks += [100 * (foot - dot.y) / (foot - top) for dot in (before, after)]
    return Read(marks, [48, 71, 40, 43, 79, 70])


def upright(svg: Drawn, y: float) -> float:
    """The value at a height, by the figures beside the axis; text hangs a little below its middle."""
    high, low = (next(text.y for text in svg.texts if text.text == label) for label in ("100%", "0%"))
    line = min((one for one in svg.shapes if one.kind == "line" and one.width > 40), key=lambda one: abs(one.y - low))
    return 100 * (line.y - y) / (low - high)


def read_multiples(svg: Drawn) -> Read:
    dots = [sorted(svg.dots(fill, DARK_BLUE), key=lambda dot: dot.x) for fill in (CARD, DARK_BLUE)]
    key = {min(one.y for one in side) for side in dots}
    marks = [upright(svg, dot.y) for side in dots for dot in side if dot.y not in key]
    spans = [line for line in svg.lines(QUIET) if line.width == 0]
    ends = [upright(svg, y) for line in sorted(spans, key=lambda line: line.x) for y in (line.foot, line.top)]
    return Read(marks + ends, [41, 48, 66, 73, 37, 45, 62, 70, 44, 52, 69, 77])


def read_places(svg: Drawn) -> Read:
    released = forty_places().dots  # type: ignore[attr-defined]
    widest = max(base for base, _ in released)
    dots = sorted((dot.x, upright(svg, dot.y)) for dot in svg.dots(DARK_BLUE, DARK_BLUE))
    bases = [svg.across(x, "0", str(widest)) for x, _ in dots]
    expected = sorted(released)
    assert sorted(round(base) for base in bases) == sorted(base for base, _ in expected)
    return Read(sorted(y for _, y in dots), sorted(percent for _, percent in expected))


def read_periods(svg: Drawn) -> Read:
    dots = sorted(svg.dots(DARK_BLUE, DARK_BLUE), key=lambda dot: dot.x)
    levels = sorted(upright(svg, line.y) for line in svg.lines(QUIET) if line.width > 100)
    marks = [upright(svg, dot.y) for dot in dots]
    return Read(marks + levels, [*(50 + 3 * (i % 3) for i in range(13)), 42.1, 52.8, 63.4])


def read_categories(svg: Drawn) -> Read:
    colours = (DARK_BLUE, TRACK, ORANGE, TURQUOISE, DARK_PINK, CARD)
    bars = {colour: [bar for bar in svg.bars(colour) if bar.foot - bar.top > 20] for colour in colours}
    (same,), (improved,), (recovered,), (worse,), (clinical,) = (
        bars[colour] for colour in (TRACK, DARK_BLUE, TURQUOISE, ORANGE, DARK_PINK)
    )
    unit = same.width / 26
    ends = [improved.right - recovered.left, recovered.width + 1, worse.right - clinical.left, clinical.width + 1]
    unmeasured = next(bar.width for bar in bars[CARD] if bar.stroke != "none" and bar.stroke)
    chance = min(svg.lines(INK)[1:], key=lambda line: line.y).x - recovered.left
    marks = [end / unit for end in (*ends, unmeasured, chance)]
    return Read(marks, [37, 21, 17, 6, 20, 2.5 * 150 / 190])


def read_crossed(svg: Drawn) -> Read:
    cells = [text for text in svg.texts if text.text.isdigit() and text.y > 55 and text.x > 130]
    rows = sorted({round(text.y) for text in cells})
    table = [[int(text.text) for text in sorted(cells, key=lambda one: one.x) if round(text.y) == y] for y in rows]
    shades = {}
    grounds = [bar for bar in svg.shapes if bar.kind == "bar" and bar.width < 200]
    for text in cells:
        ground = next(bar for bar in grounds if bar.left < text.x < bar.right and bar.top < text.y < bar.foot)
        shades[int(text.text)] = int(ground.fill[1:3], 16)
    darker = [shades[percent] for percent in sorted(shades)]
    assert darker == sorted(darker, reverse=True), "the larger, the darker"
    return Read([percent for row in table for percent in row], [8, 7, 4, 2, 15, 12, 1, 3, 48])


READERS: dict[str, Callable[[Drawn], Read]] = {
    "change": read_change,
    "share": read_share,
    "response": read_response,
    "moves": read_moves,
    "distribution": read_distribution,
    "changes": read_changes,
    "differences": lambda svg: read_differences(
        svg, "30", [(DARK_BLUE, [19, 23, 27, -13, -9, -5]), (QUIET, [-3, 3, 9])]
    ),
    "net": lambda svg: read_differences(svg, "30", [(DARK_BLUE, [21, 25, 29]), (QUIET, [-1, 5, 11, -2, 2, 6])]),
    "slopes": read_slopes,
    "multiples": read_multiples,
    "places": read_places,
    "periods": read_periods,
    "categories": read_categories,
    "crossed": read_crossed,
}
WRITTEN = {
    "change": {0, 50, 100, 48, 71, 23, 19, 27},
    "share": {0, 50, 100, 67},
    "response": {4210, 3900, 3120},
    "moves": {33, 59, 8},
    "distribution": {31, 29, 25, 12, 3, 18, 33},
    "changes": {0, 50, 100, 48, 71, 23, 40, 43, 3, 79, 70, -9},
    "differences": {0, 30, -30, 23, 19, 27, 3, -3, 9, -9, -13, -5},
    "net": {0, 30, -30, 25, 21, 29, 5, -1, 11, 2, -2, 6},
    "slopes": {48, 71, 40, 43, 79, 70},
    "multiples": {0, 50, 100, 7, 8, 41, 66, 48, 73},
    "places": {0, 50, 100, 70, 190},
    "periods": {0, 50, 100, 12, 53, 42, 63},
    "categories": {2, 5, 37, 21, 26, 17, 6, 20},
    "crossed": {1, 2, 3, 8, 7, 4, 15, 12, 48},
}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", CHARTS)
def test_marks_words_title_and_description_hold_the_released_numbers(kind: str, size: Size) -> None:
    svg = Drawn(drawing(kind, size))
    read = READERS[kind](svg)
    assert read.marks == pytest.approx(list(read.released), abs=NEAR)
    if kind in WRITTEN:
        assert set(numbers_in(*svg.words)) == WRITTEN[kind]


@pytest.mark.parametrize("kind", CHARTS)
def test_title_and_description_are_filled_from_the_released_values(kind: str) -> None:
    title, description = Drawn(drawing(kind)).named
    expected = {
        "change": [48, 71, 23, 19, 27, 1000, 1000],
        "share": [67, 61, 4, 72, 2, 763],
        "response": [4210, 3900, 3120],
        "moves": [33, 59, 8, 1000],
        "distribution": [1000, 1000],
        "multiples": [2],
        "places": [70, 40],
        "periods": [13],
        "categories": [37, 17, 26, 20, 21, 190, 150],
        "crossed": [1000],
    }
    assert numbers_in(title, description) == expected.get(kind, [3])


@pytest.mark.parametrize("kind", CHARTS)
def test_labels_cannot_name_a_number_that_was_not_released(kind: str) -> None:
    with pytest.raises(ValueError, match="'girls', which is not in what was released"):
        CHARTS[kind](VALUES[kind](), replace(labels(kind), title="{girls}"))


@pytest.mark.parametrize("kind", CHARTS)
def test_only_released_values_are_drawn(kind: str) -> None:
    raw = [{"before": 3}] if isinstance(VALUES[kind](), list) else {"before": 3}
    with pytest.raises(TypeError, match="released values only"):
        CHARTS[kind](raw, labels(kind))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", CHARTS)
def test_everything_stays_on_the_sheet_and_plain(kind: str, size: Size) -> None:
    for direction in ("ltr", "rtl"):
        file = CHARTS[kind](VALUES[kind](), labels(kind, direction=direction), size=size)
        svg = Drawn(file)
        height = (
            WIDTHS[size]
            * float(str(svg.root.get("viewBox")).split()[3])
            / float(str(svg.root.get("viewBox")).split()[2])
        )
        assert svg.root.get("width") == str(WIDTHS[size])
        for shape in svg.shapes:
            assert -0.5 <= shape.left <= shape.right <= WIDTHS[size] + 0.5
            assert -0.5 <= shape.top <= shape.foot <= height + 0.5
        assert all(0 <= text.x <= WIDTHS[size] and 0 < text.y <= height for text in svg.texts)
        for word in (b"<metadata", b" style=", b"<style", b"<!--", b"rotate("):
            assert word not in file


@pytest.mark.parametrize("kind", CHARTS)
def test_a_png_opens_with_the_right_size(kind: str) -> None:
    svg, png = Drawn(drawing(kind, "narrow")), drawing(kind, "narrow", "png")
    across, down = (float(side) for side in str(svg.root.get("viewBox")).split()[2:])
    assert png.startswith(b"\x89PNG\r\n\x1a\n") and png[12:16] == b"IHDR"
    width, height = struct.unpack(">II", png[16:24])
    assert width == 720, "two dots a unit"
    assert height == pytest.approx(width * down / across, abs=1.5)
    assert png == drawing(kind, "narrow", "png")


def digests() -> str:
    return "\n".join(
        hashlib.sha256(drawing(kind, "wide", form)).hexdigest() for kind in CHARTS for form in ("svg", "png")
    )


def test_two_processes_draw_the_same_bytes() -> None:
    code = "from tests.analysis.test_drawings import digests; print(digests())"
    other = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        env={"PYTHONHASHSEED": "7"},
    )
    assert other.stdout.split() == digests().split()
    assert all(drawing(kind) == drawing(kind) for kind in CHARTS)


PHONE = 326  # how wide a page 390 px wide shows a drawing


@pytest.mark.parametrize("kind", CHARTS)
def test_words_are_large_enough_on_a_phone(kind: str) -> None:
    sizes = [
        float(str(text.get("font-size")).removesuffix("px")) for text in Drawn(drawing(kind, "narrow")).root.iter(TEXT)
    ]
    assert min(sizes) / POINTS * PHONE / WIDTHS["narrow"] >= 12


@pytest.mark.parametrize("kind", CHARTS)
def test_right_to_left_is_the_mirror_image(kind: str) -> None:
    plain, turned = (
        Drawn(CHARTS[kind](VALUES[kind](), replace(labels(kind), direction=direction))) for direction in ("ltr", "rtl")
    )
    mirrored = sorted((WIDTHS["wide"] - one.right, one.top, one.fill, one.stroke) for one in turned.shapes)
    for one, other in zip(sorted((s.left, s.top, s.fill, s.stroke) for s in plain.shapes), mirrored, strict=True):
        assert one[:2] == pytest.approx(other[:2], abs=0.01) and one[2:] == other[2:]


def test_arabic_words_are_left_to_the_browser_and_kept_from_a_picture() -> None:
    arabic = Labels("", "", "ar", "rtl", before="قبل", after="بعد", difference="{points:+} ({low} إلى {high})")
    svg = Drawn(change_chart(ITEMS[0], arabic))
    assert any("بعد" in word for word in svg.words)
    assert "\u2067\u200e+23 (19 إلى 27)\u2069" in svg.words, "its numbers keep their order"


@pytest.mark.filterwarnings("error")
def test_a_sign_that_no_font_of_ours_holds_is_left_to_the_browser() -> None:
    odd = replace(labels("changes"), names={"told": "\U0001f642 Knew whom to <tell>", "law": "\U00013080"})
    assert {"\U0001f642 Knew whom to <tell>", "\U00013080"} <= set(Drawn(CHARTS["changes"](ITEMS, odd)).words)
    assert CHARTS["changes"](ITEMS, odd, form="png").startswith(b"\x89PNG")


def relative(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    light, dark = sorted((relative(one), relative(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_colours_that_touch_and_figures_on_them_can_be_told_apart() -> None:
    for one, other in pairwise(PALETTE):
        assert contrast(one, other) >= 3
    for colour in (*PALETTE, TRACK):
        assert contrast(colour, ON.get(colour, CARD)) >= 4.5
    for step in STEPS:
        assert contrast(shade(step), CARD if step > 0.6 else INK) >= 4.5


@pytest.mark.parametrize("kind", ["changes", "differences", "net", "slopes"])
def test_a_hidden_row_is_neither_drawn_nor_named(kind: str) -> None:
    hidden = release_item(Exact("secret", Count(3, 8), Count(4, 9)))
    named = replace(labels(kind), names={**NAMES, "secret": "Secret"})
    assert CHARTS[kind]([*ITEMS, hidden], named) == CHARTS[kind](ITEMS, named)
    with pytest.raises(ValueError, match=r"to draw|0 lines"):
        CHARTS[kind]([hidden], named)


def test_no_more_lines_than_can_be_told_apart() -> None:
    with pytest.raises(ValueError, match="9 lines"):
        slopes_chart(ITEMS * 3, labels("slopes"))


def test_labels_that_would_touch_are_moved_apart() -> None:
    assert apart([10, 100], [20, 20]) == [10 + 2, 100], "kept on the sheet"
    moved = apart([100, 104, 96], [20, 20, 20])
    assert moved == [100, 120, 80], "around where they were, in their order"


def test_drawing_never_loads_pyplot() -> None:
    code = (
        "import sys, analysis.charts, analysis.overviews, analysis.series; sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
