"""Which cells of a table may be shown, and as what: the gate's rules for tables with more than two cells.

Works on exact counts and gives plain whole percentages, or the reason why there are none; `analysis.disclosure` seals
them. A hidden cell always has a partner, and what is hidden together is never fewer people than a figure may rest on, so
that nobody finds a cell by subtraction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise
from typing import Any

from analysis.attacker import PHRASES, in_words, nearest_five, whole_percent
from analysis.exact import CAP, Rules
from analysis.reliable_change import Classified
from analysis.results import Reason

Table = Sequence[Sequence[int]]
Bins = tuple[tuple[int, int], ...]


def hidden_cells(cells: Sequence[int], least: int) -> set[int]:
    """Cells under `least` people or 5%, and the smallest other as partner, so that none is found by subtraction."""
    n = sum(cells)
    hidden = {i for i, x in enumerate(cells) if x < least or 100 * x < CAP * n}
    if any(100 * x > (100 - CAP) * n for x in cells):
        return set(range(len(cells)))
    if len(hidden) == 1:
        hidden.add(min((i for i in range(len(cells)) if i not in hidden), key=lambda i: cells[i]))
    return hidden


def hidden_together(cells: Sequence[int], least: int) -> set[int]:
    """The same, and further cells until those that are hidden hold `least` people together."""
    hidden = hidden_cells(cells, least)
    for i in sorted(range(len(cells)), key=lambda i: cells[i]):
        if hidden and sum(cells[j] for j in hidden) < least:
            hidden.add(i)
    return hidden


def category_figures(found: Classified, started: int, rules: Rules) -> dict[str, Any] | Reason:
    """What may be shown of reliable change, of every 100 who started (CARE E7), or why nothing."""
    n, without = found.n, started - found.n
    if without < 0:
        raise ValueError(f"{started} started, and {n} have two scores")
    if n < rules.people:
        return "few_people"
    if 0 < without < rules.people:
        return "protects_another"
    improved, worse = found.recovered + found.improved, found.worse + found.became_clinical
    figures: dict[str, Any] = dict.fromkeys(("improved", "same", "worse", "unmeasured"))
    figures |= {"base": nearest_five(n), "started": nearest_five(started)}
    if n < rules.percentages:
        return figures | {"words": PHRASES[in_words(improved, started)]}
    names = ["improved", "same", "worse"] + ["unmeasured"] * (without > 0)
    cells = [improved, found.no_reliable_change, worse] + [without] * (without > 0)
    hidden = hidden_together(cells, rules.cell)
    if len(hidden) == len(cells):
        return "extreme"
    figures |= {name: whole_percent(cells[i], started) for i, name in enumerate(names) if i not in hidden}
    for name, whole, part in (
        ("recovered", improved, found.recovered),
        ("became_clinical", worse, found.became_clinical),
    ):
        may = figures["improved" if name == "recovered" else "worse"] is not None
        if may and min(part, whole - part) >= rules.cell:
            figures[name] = whole_percent(part, started)
    return figures


def crossed_figures(table: Table, unpaired: Sequence[int], sensitive: bool, rules: Rules) -> dict[str, Any] | Reason:
    """Answers before by answers after in the most bins that leave no cell with a few people, or why there are none."""
    n = sum(map(sum, table))
    if len(table) < 2 or any(len(row) != len(table) for row in table) or min(map(min, table)) < 0:
        raise ValueError(f"not a square table of counts: {table!r}")
    if n < rules.percentages:
        return "few_people"
    if any(0 < alone < rules.people for alone in unpaired):
        return "protects_another"
    least = max(rules.cell, -(-CAP * n // 100)) if sensitive else rules.people
    for bins in _binnings(len(table)):
        cells = binned(table, bins)
        if all(least <= x for row in cells for x in row):
            shares = tuple(tuple(whole_percent(x, n) for x in row) for row in cells)
            return {"bins": bins, "cells": shares, "base": nearest_five(n)}
    return "extreme"


def binned(table: Table, bins: Bins) -> list[list[int]]:
    """The table with neighbouring options joined, the same way before and after."""
    return [
        [sum(sum(row[left : right + 1]) for row in table[top : foot + 1]) for left, right in bins] for top, foot in bins
    ]


def _binnings(k: int) -> Iterator[Bins]:
    """Every way to join neighbours among k options into at least two bins, those with the most bins first."""
    for count in range(k, 1, -1):
        for cuts in combinations(range(1, k), count - 1):
            yield tuple((start, end - 1) for start, end in pairwise((0, *cuts, k)))
