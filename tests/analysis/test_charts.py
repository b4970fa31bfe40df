"""Drawings say what the released row says: in title, description, words and marks, and nothing that is hidden."""

import pytest

from analysis.canvas import DARK_BLUE, INK, ORANGE, WIDTHS
from analysis.charts import Labels, change_chart, drawable, figures, response_chart, share_chart
from analysis.disclosure import published, published_row, release_item, release_response
from analysis.exact import Count, Exact, Pairs
from analysis.results import Estimate, Interval, Response, Row
from analysis.stacks import moves_chart
from tests.analysis.drawn import Drawn, numbers_in

LABELS = Labels(
    title="{before} in 100 before, {after} in 100 after",
    description="{points} more in every 100 ({low} to {high}); {base_before} and {base_after} answered.",
    names={"on_roll": "on roll", "saw_it": "saw it", "paired": "paired"},
)
MOVES = Labels(title="{up} in 100 moved up", description="{same} stayed, {down} moved down, of {base} pairs")
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


@pytest.mark.parametrize(("before", "after"), [(0, 1000), (1000, 0), (500, 510), (20, 10), (990, 1000)])
def test_a_change_at_the_ends_stays_on_the_sheet(before: int, after: int) -> None:
    value = (after - before) / 1000
    for size, width in WIDTHS.items():
        row = a_row(before, after, max(-1, value - 0.05), min(1, value + 0.05))
        svg = Drawn(change_chart(row, LABELS, size=size))
        assert all(0 <= shape.left <= shape.right <= width for shape in svg.shapes)
        first, second = sorted((text for text in svg.texts if 30 < text.y < 60), key=lambda one: one.x)
        assert second.x - first.x > 9.9, "figures do not touch"


def test_few_schools_are_drawn_without_an_interval() -> None:
    change = Estimate(0.23, None, 10, "pooled", "unlinked", ("two_or_three_schools",))
    row = release_item(Exact("k", Count(480, 1000), Count(710, 1000), change))
    svg = Drawn(change_chart(row, Labels(title="{before}", description="{after}")))
    assert svg.lines(INK) == [] and set(numbers_in(*svg.words)) == {0, 50, 100, 48, 71}


def test_hidden_moves_are_neither_drawn_nor_named() -> None:
    row = release_item(Exact("k", Count(500, 1000), Count(520, 1000), pairs=Pairs(61, 900, 4, 0, 0), sensitive=True))
    svg = Drawn(moves_chart(row, Labels(title="{same} in 100 stayed", description="")))
    assert numbers_in(*svg.words) == [93] and svg.bars(DARK_BLUE) == svg.bars(ORANGE) == []
    assert "not shown" in svg.words and "moved up" not in svg.words
    with pytest.raises(ValueError, match="'up', which is not in what was released"):
        moves_chart(row, MOVES)


def test_a_capped_share_says_under_or_over() -> None:
    row = release_item(Exact("k", Count(40, 1000), Count(960, 1000), sensitive=True))
    assert {"<5%", ">95%"} <= set(Drawn(change_chart(row, Labels(title="x", description="y"))).words)


def test_small_counts_are_left_out() -> None:
    svg = Drawn(response_chart(a_response(), RESPONSE))
    assert numbers_in(*svg.words) == [4210, 3900, 3120] and "declined" not in "".join(svg.words)


def test_words_are_escaped() -> None:
    svg = Drawn(change_chart(a_row(), Labels(title="<b>{before}</b>", description='"&"', before="A & B")))
    assert svg.named == ("<b>48</b>", '"&"') and "A & B" in svg.words


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
