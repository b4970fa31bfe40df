"""Drawings say what the released row says: in title, description, words and marks, and nothing that is hidden."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest

from analysis.canvas import DARK_BLUE, INK, ORANGE
from analysis.charts import (
    LEFT,
    RIGHT,
    Labels,
    change_chart,
    drawable,
    figures,
    moves_chart,
    response_chart,
    share_chart,
)
from analysis.disclosure import published, published_row, release_item, release_response
from analysis.exact import Count, Exact, Pairs
from analysis.results import Change, Estimate, Interval, Moves, Response, Row, Share

SVG = "{http://www.w3.org/2000/svg}"
POINTS = 0.72  # the file's unit is a point, the canvas's a hundredth of an inch

LABELS = Labels(
    title="{before} in 100 before, {after} in 100 after",
    description="{points} more in every 100 ({low} to {high}); {base_before} and {base_after} answered.",
    counts={"on_roll": "on roll", "saw_it": "saw it", "paired": "paired"},
)
MOVES = Labels(title="{up} in 100 moved up", description="{same} stayed, {down} moved down, of {base} pairs")
SHARE = Labels(title="{after} in 100 said so", description="{low} to {high}, {base} answers")
RESPONSE = Labels(title="{on_roll} on roll", description="{paired} paired")


def estimate(value: float, low: float, high: float) -> Estimate:
    return Estimate(value, Interval(low, high), 10, "cr2_satterthwaite", "unlinked")


def a_row(before: int = 480, after: int = 710, low: float = 0.19, high: float = 0.27, sensitive: bool = False) -> Row:
    pairs = Pairs(340, 570, 90, 0, 0, estimate(0.25, 0.21, 0.29))
    change = estimate((after - before) / 1000, low, high)
    return release_item(Exact("k", Count(before, 1000), Count(after, 1000), change, pairs, sensitive=sensitive))


def published_only() -> Row:
    return published_row("k", None, published(67, 763, "Chelsea's Choice", 61.4, 72.2))


def a_response() -> Response:
    return release_response({"on_roll": 4211, "saw_it": 3902, "paired": 3118, "declined": 4}, 40)


def parsed(svg: bytes) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own drawing


def words_in(svg: bytes) -> list[str]:
    return ["".join(text.itertext()) for text in parsed(svg).iter(f"{SVG}text")]


def numbers_in(*texts: str) -> list[int]:
    return [
        int(found.replace(",", "").replace("−", "-")) for text in texts for found in re.findall(r"−?[\d,]*\d", text)
    ]


def named(svg: bytes) -> tuple[str, str]:
    root = parsed(svg)
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None and description is not None and root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    return title.text or "", description.text or ""


def spans(svg: bytes, colour: str, mark: str = "fill") -> list[tuple[float, float]]:
    """From where to where each shape of a colour runs, in the canvas's unit."""
    found = []
    for path in parsed(svg).iter(f"{SVG}path"):
        if path.get(mark) == colour.lower():
            xs = [float(x) / POINTS for x in re.findall(r"[ML] ([\d.]+) ", path.get("d", ""))]
            found.append((min(xs), max(xs)))
    return found


def percent_at(x: float) -> float:
    return 100 * (x - LEFT) / (RIGHT - LEFT)


def test_a_change_reads_the_same_in_title_description_words_and_marks() -> None:
    row = a_row()
    svg = change_chart(row, LABELS)
    title, description = named(svg)
    assert isinstance(row.before, Share) and isinstance(row.after, Share) and isinstance(row.change, Change)
    assert numbers_in(title) == [48, 100, 71, 100]
    assert numbers_in(description) == [23, 100, 19, 27, 1000, 1000]
    words = words_in(svg)
    assert {"48%", "71%", "Before", "After"} <= set(words)
    assert set(numbers_in(*words)) == {0, 50, 100, 48, 71, 23, 19, 27}
    whisker = max(spans(svg, INK, "stroke"), key=lambda span: span[1] - span[0])
    assert [percent_at(end) for end in whisker] == pytest.approx([48 + 19, 48 + 27], abs=0.01)
    dots = [(a + b) / 2 for a, b in spans(svg, DARK_BLUE, "stroke")]
    assert [percent_at(x) for x in dots] == pytest.approx([48, 71], abs=0.1)


@pytest.mark.parametrize(("before", "after"), [(0, 1000), (1000, 0), (500, 510), (20, 10), (990, 1000)])
def test_a_change_at_the_ends_stays_on_the_sheet(before: int, after: int) -> None:
    value = (after - before) / 1000
    svg = change_chart(a_row(before, after, max(-1, value - 0.05), min(1, value + 0.05)), LABELS)
    for a, b in (*spans(svg, INK, "stroke"), *spans(svg, DARK_BLUE, "stroke")):
        assert 0 <= a <= b <= 600


def test_few_schools_are_drawn_without_an_interval() -> None:
    change = Estimate(0.23, None, 10, "pooled", "unlinked", ("two_or_three_schools",))
    row = release_item(Exact("k", Count(480, 1000), Count(710, 1000), change))
    svg = change_chart(row, Labels(title="{before}", description="{after}"))
    assert spans(svg, INK, "stroke") == [] and set(numbers_in(*words_in(svg))) == {0, 50, 100, 48, 71}


def test_moves_read_the_same_in_title_description_words_and_marks() -> None:
    row = a_row()
    svg = moves_chart(row, MOVES)
    assert isinstance(row.moves, Moves)
    assert numbers_in(*named(svg)) == [34, 100, 57, 9, 1000]
    assert numbers_in(*words_in(svg)) == [34, 57, 9]
    (up,), (down,) = spans(svg, DARK_BLUE), spans(svg, ORANGE)
    assert (up[1] - up[0] + 2) / 560 == pytest.approx(0.34) and (down[1] - down[0] + 2) / 560 == pytest.approx(0.09)
    same = spans(svg, "#c9cdd6")[0]
    assert same[0] - up[1] == pytest.approx(2) and down[0] - same[1] == pytest.approx(2)


def test_hidden_moves_are_neither_drawn_nor_named() -> None:
    row = release_item(Exact("k", Count(500, 1000), Count(520, 1000), pairs=Pairs(61, 900, 4, 0, 0), sensitive=True))
    svg = moves_chart(row, Labels(title="{same} in 100 stayed", description=""))
    assert numbers_in(*words_in(svg)) == [93] and spans(svg, DARK_BLUE) == spans(svg, ORANGE) == []
    with pytest.raises(ValueError, match="'up', which is not in what was released"):
        moves_chart(row, MOVES)


def test_views_after_only_read_the_same_and_never_show_a_before() -> None:
    svg = share_chart(published_only(), SHARE)
    assert named(svg) == ("67 in 100 said so", "61.4 to 72.2, 763 answers")
    assert set(words_in(svg)) == {"0%", "50%", "100%", "67%"}
    bar = spans(svg, DARK_BLUE)[0]
    assert [percent_at(x) for x in bar] == pytest.approx([0, 67])
    ends = [b for a, b in spans(svg, INK, "stroke") if b - a > 1]
    assert percent_at(ends[0]) == pytest.approx(72.2, abs=0.01)


def test_a_capped_share_says_under_or_over() -> None:
    row = release_item(Exact("k", Count(40, 1000), Count(960, 1000), sensitive=True))
    assert {"<5%", ">95%"} <= set(words_in(change_chart(row, Labels(title="x", description="y"))))


def test_response_bars_are_in_proportion_and_small_counts_left_out() -> None:
    svg = response_chart(a_response(), RESPONSE)
    assert numbers_in(*named(svg)) == [4210, 3120]
    assert numbers_in(*words_in(svg)) == [4210, 3900, 3120] and "declined" not in "".join(words_in(svg))
    saw, paired = spans(svg, DARK_BLUE)
    assert (saw[1] - saw[0]) / (paired[1] - paired[0]) == pytest.approx(3900 / 3120, rel=1e-4)


def drawings() -> list[tuple[Callable[..., bytes], Row | Response, Labels]]:
    return [
        (change_chart, a_row(), LABELS),
        (moves_chart, a_row(), MOVES),
        (share_chart, published_only(), SHARE),
        (response_chart, a_response(), RESPONSE),
    ]


@pytest.mark.parametrize(("chart", "value", "labels"), drawings())
def test_the_same_row_gives_the_same_bytes(chart: Callable[..., bytes], value: Row, labels: Labels) -> None:
    svg = chart(value, labels)
    assert svg == chart(value, labels)
    text = svg.decode()
    assert "<metadata" not in text and " style=" not in text and "<style" not in text and "<!--" not in text
    assert chart(value, labels, "png").startswith(b"\x89PNG")


@pytest.mark.parametrize(("chart", "value", "labels"), drawings())
def test_right_to_left_is_mirrored_and_keeps_to_numbers(
    chart: Callable[..., bytes], value: Row, labels: Labels
) -> None:
    arabic = Labels(
        title=labels.title, description=labels.description, language="ar", direction="rtl", before="قبل", after="بعد"
    )
    svg = chart(value, arabic)
    assert not any(letter.isalpha() for word in words_in(svg) for letter in word)
    left_to_right = sorted(spans(chart(value, labels), DARK_BLUE))
    assert sorted((600 - b, 600 - a) for a, b in spans(svg, DARK_BLUE)) == [
        pytest.approx(span, abs=1e-3) for span in sorted(left_to_right)
    ]


def test_words_are_escaped() -> None:
    svg = change_chart(a_row(), Labels(title="<b>{before}</b>", description='"&"', before="A & B"))
    assert named(svg) == ("<b>48</b>", '"&"') and "A & B" in words_in(svg)


def test_what_is_hidden_cannot_be_drawn() -> None:
    hidden = release_item(Exact("k", Count(3, 8), Count(3, 9), pairs=Pairs(3, 3, 2, 0, 0)))
    words = release_item(Exact("k", Count(3, 20), Count(3, 20), pairs=Pairs(3, 12, 5, 0, 0)))
    for row in (hidden, words):
        assert drawable(row) == ()
        for chart in (change_chart, moves_chart, share_chart):
            with pytest.raises(ValueError, match="to draw"):
                chart(row, LABELS)
    with pytest.raises(ValueError, match="no counts"):
        response_chart(release_response({"on_roll": 3}), LABELS)


def test_only_released_values_can_be_drawn() -> None:
    for raw in ({"before": 48}, Count(4, 8), a_row().before):
        with pytest.raises(TypeError, match="released values only"):
            change_chart(raw, LABELS)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="released values only"):
        response_chart({"on_roll": 10}, LABELS)  # type: ignore[arg-type]


def test_each_row_says_what_can_be_drawn_of_it() -> None:
    assert drawable(a_row()) == ("change", "moves")
    assert drawable(published_only()) == ("share",)
    assert figures(published_only()) == {"after": 67, "base_after": 763, "low": 61.4, "high": 72.2, "base": 763}


def test_drawing_never_loads_pyplot() -> None:
    code = "import sys, analysis.charts; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
