"""What may fill a cell of a scorecard.

A figure comes with what it is made of: which rows, who reported, how long after, and whether "before" was asked before
or only remembered. `admit` compares that with what the framework says of the indicator and answers with the cell it
belongs to, or refuses with every reason. A cell belongs to one measure, one rater and one timing, so two people's
reports cannot meet in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from questionnaires.faults import Fault, InstrumentFaults, fault, listed, meant, shown
from questionnaires.framework import CELLS, CHILD_KEYS, FITTING, Framework, Indicator, timing


@dataclass(frozen=True, slots=True)
class Feed:
    """Where a figure comes from. `keys` are the columns that tell its rows apart (`school`, `wave`, `pair_key`, ...);
    `days` is the time between the programme and the answers; `cell` the kind of answer (the family of an item)."""

    indicator: str
    measure: str
    rater: str
    rows: str
    keys: tuple[str, ...]
    cell: str
    days: int
    remembered: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A place on the scorecard."""

    indicator: str
    measure: str
    rater: str
    timing: str
    direction: str

    @property
    def marks_improvement(self) -> bool:
        """False where a rise can also mean that more is noticed and told (CARE E8)."""
        return self.direction != "either"


def admit(framework: Framework, feed: Feed) -> Cell:
    """The cell that a figure belongs to. Raises InstrumentFaults with every reason against it."""
    known = {one.key: one for one in framework.indicators}
    indicator = known.get(feed.indicator)
    if indicator is None:
        wrong = f"{shown(feed.indicator)} is no indicator of {framework.key}"
        raise InstrumentFaults(
            [fault(("indicator",), "unknown_indicator", wrong, meant(feed.indicator, known, "add it"))]
        )
    found = [fault for rule in (_rows, _measure, _time) for fault in rule(indicator, feed)]
    if found:
        raise InstrumentFaults(found)
    return Cell(feed.indicator, feed.measure, feed.rater, timing(feed.days), indicator.direction)


def _rows(indicator: Indicator, feed: Feed) -> Iterator[Fault]:
    fitting = FITTING[indicator.level]
    children = sorted(CHILD_KEYS & set(feed.keys)) if indicator.level != "person" else []
    if feed.rows not in fitting:
        wrong = f"rows of a {feed.rows} cannot feed {shown(indicator.key)}, which is about a {indicator.level}"
        code = "child_rows" if feed.rows in FITTING["person"] else "wrong_rows"
        yield fault(("rows",), code, wrong, f"count by {listed(fitting)} first")
    if children:
        wrong = f"the rows are told apart by {listed(children)}"
        yield fault(
            ("keys",), "child_rows", wrong, f"count by {indicator.level} first, and leave children's keys behind"
        )


def _measure(indicator: Indicator, feed: Feed) -> Iterator[Fault]:
    measures = {one.key: one for one in indicator.measures}
    measure = measures.get(feed.measure)
    if measure is None:
        wrong = f"{shown(feed.measure)} is no measure of {indicator.key}"
        yield fault(("measure",), "unknown_measure", wrong, f"use {listed(measures)}")
    elif measure.rater != feed.rater:
        wrong = f"{shown(feed.measure)} is reported by {measure.rater}, not by {shown(feed.rater)}"
        yield fault(("rater",), "raters_mixed", wrong, "show each person's report in its own cell")
    if feed.cell not in indicator.cells:
        wrong = f"an answer of kind {shown(feed.cell)} does not show {shown(indicator.key)}"
        yield fault(("cell",), "wrong_cell", wrong, f"use {listed(one for one in CELLS if one in indicator.cells)}")


def _time(indicator: Indicator, feed: Feed) -> Iterator[Fault]:
    when = timing(feed.days)
    if when not in indicator.timings:
        wrong = f"{when} is too early or too late for {shown(indicator.key)}"
        yield fault(("days",), "wrong_timing", wrong, f"measure it {listed(indicator.timings)}")
    elif when == "same_day" and feed.cell != "knowledge":
        wrong = f"an answer of kind {shown(feed.cell)} on the same day"
        yield fault(
            ("days",), "same_day_knowledge", wrong, "results of the same day fill only knowledge; ask again later"
        )
    if feed.remembered:
        wrong = "what was before is only remembered"
        yield fault(("remembered",), "remembered_before", wrong, "show it in the report, and say so there")
