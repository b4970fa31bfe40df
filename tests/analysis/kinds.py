"""Every kind of drawing, each with released values and words to draw it from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from analysis.canvas import Size
from analysis.charts import Labels, change_chart, response_chart, share_chart
from analysis.crossings import crossed_chart
from analysis.disclosure import (
    published,
    published_row,
    release_breakdown,
    release_categories,
    release_crossed,
    release_item,
    release_periods,
    release_places,
    release_response,
)
from analysis.exact import Count, Exact, Pairs
from analysis.overviews import changes_chart, differences_chart, multiples_chart, slopes_chart
from analysis.reliable_change import Classified
from analysis.results import Distribution, Estimate, Interval, Released, from_json
from analysis.series import periods_chart, places_chart
from analysis.stacks import categories_chart, distribution_chart, moves_chart


def estimate(value: float, half: float) -> Estimate:
    return Estimate(value, Interval(value - half, value + half), 10, "cr2_satterthwaite", "unlinked")


def exact(key: str, before: float, after: float, half: float = 0.04, n: int = 1000) -> Exact:
    sides = (Count(round(n * share), n, Interval(share - half, share + half)) for share in (before, after))
    up, down = round(n * (0.1 + max(0.0, after - before))), round(n * 0.08)
    pairs = Pairs(up, n - up - down, down, 0, 0, estimate((up - down) / n, half))
    return Exact(key, *sides, estimate(after - before, half), pairs)


ITEMS = [
    release_item(one) for one in (exact("told", 0.48, 0.71), exact("law", 0.4, 0.43, 0.06), exact("by", 0.79, 0.7))
]
YEARS = {f"year {n}": exact("k", before, after, n=300) for n, before, after in ((7, 0.41, 0.66), (8, 0.48, 0.73))}
TOTAL = Exact("k", Count(267, 600), Count(417, 600), estimate(0.25, 0.05))


def of(released: object) -> Released:
    assert isinstance(released, Released)
    return released


def forty_places() -> Released:
    draw = np.random.default_rng(3)
    return of(release_places([Count(int(draw.binomial(n, 0.7)), int(n)) for n in draw.integers(30, 200, 40)]))


def stored(percents: Sequence[int | None]) -> Distribution:
    options = [[str(place), percent] for place, percent in enumerate(percents)]
    return of(from_json({"kind": "distribution", "origin": "gate", "options": options, "base": 1000}))  # type: ignore[return-value]


VALUES: dict[str, Callable[[], object]] = {
    "change": lambda: ITEMS[0],
    "share": lambda: published_row("k", None, published(67, 763, "Chelsea's Choice", 61.4, 72.2)),
    "response": lambda: release_response({"on_roll": 4211, "saw_it": 3902, "paired": 3118, "declined": 4}, 40),
    "moves": lambda: ITEMS[0],
    "distribution": lambda: (stored((31, 29, 25, 12, 3)), stored((12, 18, 33, None, None))),
    "changes": lambda: ITEMS,
    "differences": lambda: ITEMS,
    "net": lambda: ITEMS,
    "slopes": lambda: ITEMS,
    "multiples": lambda: release_breakdown("year", TOTAL, YEARS),
    "places": forty_places,
    "periods": lambda: release_periods([(f"month {i}", Count(50 + 3 * (i % 3), 100)) for i in range(13)]),
    "categories": lambda: release_categories(Classified(40, 30, 50, 20, 12), started=190),
    "crossed": lambda: release_crossed([[80, 70, 40], [20, 150, 120], [10, 30, 480]], (0, 0)),
}


def of_two(sides: object) -> tuple[Distribution | None, Distribution | None]:
    return sides if isinstance(sides, tuple) else (sides, None)  # type: ignore[return-value]


CHARTS: dict[str, Callable[..., bytes]] = {
    "change": change_chart,
    "share": share_chart,
    "response": response_chart,
    "moves": moves_chart,
    "distribution": lambda sides, *given, **more: distribution_chart(*of_two(sides), *given, **more),
    "changes": changes_chart,
    "differences": differences_chart,
    "net": lambda *given, **more: differences_chart(*given, **more, of="moves"),
    "slopes": slopes_chart,
    "multiples": multiples_chart,
    "places": places_chart,
    "periods": periods_chart,
    "categories": categories_chart,
    "crossed": crossed_chart,
}
TEXTS = {
    "change": ("{before} before, {after} after", "{points} ({low} to {high}), {base_before} and {base_after} answered"),
    "share": ("{after} said so", "{low} to {high}, {base} answers"),
    "response": ("{on_roll} on roll", "{saw_it} saw it, {paired} paired"),
    "moves": ("{up} moved up", "{same} stayed, {down} moved down, of {base}"),
    "distribution": ("All answers", "{base_before} before, {base_after} after"),
    "changes": ("{items} questions", ""),
    "differences": ("{items} questions", ""),
    "net": ("{items} questions", ""),
    "slopes": ("{items} questions", ""),
    "multiples": ("{groups} groups", ""),
    "places": ("{target} in all, {places} places", ""),
    "periods": ("{points} months", ""),
    "categories": ("{improved} improved, {worse} got worse", "{same} {unmeasured} {recovered} {started} {base}"),
    "crossed": ("Pairs", "{base} pairs"),
}
NAMES = {
    "told": "Knew whom to tell",
    "law": "Knew the law",
    "by": "Would stand by",
    "on_roll": "on roll",
    "chance": "{chance} by chance",
    "target": "{target} in all places",
    "centre": "mean {centre:.0f}",
    "limits": "usually {lower:.0f} to {upper:.0f}",
    "0": "Would not",
    "1": "Might",
    "2": "Would",
    "3": "Do",
    "4": "Always",
}


def labels(kind: str, **other: str) -> Labels:
    title, description = TEXTS[kind]
    return Labels(title=title, description=description, names=NAMES, **other)  # type: ignore[arg-type]


def drawing(kind: str, size: Size = "wide", form: str = "svg") -> bytes:
    return CHARTS[kind](VALUES[kind](), labels(kind), form=form, size=size)
