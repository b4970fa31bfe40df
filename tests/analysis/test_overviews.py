"""Many released values at once: the gate for places and periods, and drawings that follow it."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable

import numpy as np
import pytest

from analysis.canvas import DARK_BLUE, ORANGE
from analysis.charts import Labels
from analysis.disclosure import release_item, release_periods, release_places
from analysis.exact import Count, Exact
from analysis.overviews import changes_chart
from analysis.results import Estimate, Interval, Places, Row, Share, Suppressed, from_json
from analysis.series import periods_chart, places_chart

PLAIN = Labels(title="a title", description="a description", names={"told": "Knew whom to tell"})


def elements(svg: bytes, tag: str) -> list[ET.Element]:
    return list(ET.fromstring(svg).iter(f"{{http://www.w3.org/2000/svg}}{tag}"))  # noqa: S314 - our own drawing


def words_in(svg: bytes) -> list[str]:
    return ["".join(text.itertext()) for text in elements(svg, "text")]


def filled(svg: bytes, colour: str) -> int:
    return sum(path.get("fill") == colour.lower() for path in elements(svg, "path"))


def a_row(key: str, before: int, after: int, base: int = 1000) -> Row:
    value = (after - before) / base
    change = Estimate(value, Interval(value - 0.04, value + 0.04), base, "cr2_satterthwaite", "unlinked")
    return release_item(Exact(key, Count(before, base), Count(after, base), change))


def forty_places(seed: int = 3) -> list[Count]:
    draw = np.random.default_rng(seed)
    sizes = draw.integers(30, 200, 40)
    return [Count(int(draw.binomial(n, 0.7)), int(n)) for n in sizes] + [Count(5, 150)]


def places(counts: list[Count]) -> Places:
    found = release_places(counts)
    assert isinstance(found, Places)
    return found


def test_items_under_one_another_share_an_axis_and_show_their_change() -> None:
    hidden = a_row("hidden", 3, 4, base=9)
    svg = changes_chart([a_row("told", 480, 710), a_row("friend", 790, 760), hidden], PLAIN)
    words = words_in(svg)
    assert {"Knew whom to tell", "friend", "+23", "−3"} <= set(words) and "hidden" not in words
    with pytest.raises(ValueError, match="to draw"):
        changes_chart([hidden], PLAIN)


def test_places_have_no_names_and_stand_in_order_of_size() -> None:
    found = places(forty_places())
    bases = [base for base, _ in found.dots]
    assert bases == sorted(bases) and all(base % 5 == 0 for base in bases)
    assert from_json(json.loads(json.dumps(found.to_json()))) == found


def test_few_or_small_places_are_not_set_side_by_side() -> None:
    assert isinstance(release_places(forty_places()[:9]), Suppressed)
    small = release_places([*forty_places(), Count(3, 29)])
    assert isinstance(small, Places) and small.some_too_small and len(small.dots) == 41


def test_places_left_out_never_hold_one_to_nine_people() -> None:
    found = places([*forty_places(), Count(3, 8)])
    assert len(found.dots) == 40, "the smallest shown place goes with the eight people"
    assert isinstance(release_places([Count(0, 50)] * 12), Suppressed)


def test_a_place_outside_the_funnel_stands_out_without_a_name() -> None:
    found = places(forty_places())
    svg = places_chart(found, Labels(title="{target} in 100 of all", description="{places} places"))
    assert filled(svg, ORANGE) == 1 and filled(svg, DARK_BLUE) == len(found.dots) - 1
    assert set(words_in(svg)) == {"0%", "50%", "100%", "0", str(max(base for base, _ in found.dots))}
    assert f"{found.target} in 100 of all".encode() in svg


def periods_of(*shares: float, base: int = 100) -> list[tuple[str, Count]]:
    return [(f"month {i}", Count(round(base * share), base)) for i, share in enumerate(shares)]


@pytest.mark.parametrize(("n", "drawn"), [(7, "run"), (8, "mean"), (12, "limits")])
def test_what_is_drawn_over_time_depends_on_how_many_points_there_are(n: int, drawn: str) -> None:
    found = release_periods(periods_of(*[0.5, 0.55] * (n // 2), *[0.5] * (n % 2)))
    assert found.drawn == drawn
    assert (found.centre is None, found.lower is None) == (drawn == "run", drawn != "limits")


def test_a_hidden_period_breaks_the_line_and_takes_the_limits_away() -> None:
    series = periods_of(*[0.5, 0.55] * 7)
    series[4] = ("month 4", Count(3, 9))
    found = release_periods(series)
    assert found.lower is None and isinstance(found.points[4][1], Suppressed)
    svg = periods_chart(found, PLAIN)
    whole = periods_chart(release_periods(periods_of(*[0.5, 0.55] * 7)), PLAIN)
    assert filled(whole, DARK_BLUE) - filled(svg, DARK_BLUE) == 1
    with pytest.raises(ValueError, match="no periods"):
        periods_chart(release_periods([]), PLAIN)


def test_signals_come_from_what_is_printed() -> None:
    found = release_periods(periods_of(*[0.5, 0.52] * 6, 0.9))
    special = [signal for signal in found.signals if signal != "common"]
    assert found.signals[-1] == "above" and filled(periods_chart(found, PLAIN), ORANGE) == len(special)
    assert all(isinstance(share, Share) for _, share in found.points)


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_the_same_values_give_the_same_bytes_on_the_sheet(direction: str) -> None:
    labels = Labels(title="t", description="d", direction=direction)  # type: ignore[arg-type]
    drawings: list[Callable[[], bytes]] = [
        lambda: changes_chart([a_row("told", 480, 710)], labels),
        lambda: places_chart(places(forty_places()), labels),
        lambda: periods_chart(release_periods(periods_of(*[0.5, 0.6] * 7)), labels),
    ]
    for draw in drawings:
        assert draw() == draw() and b"style=" not in draw()


def test_only_released_values_are_drawn() -> None:
    for chart in (places_chart, periods_chart):
        with pytest.raises(TypeError, match="released values only"):
            chart([(100, 50)], PLAIN)  # type: ignore[operator]
    with pytest.raises(TypeError, match="released values only"):
        changes_chart([{"before": 3}], PLAIN)  # type: ignore[list-item]
