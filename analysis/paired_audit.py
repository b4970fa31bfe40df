"""The audit of a table of moves beside its margins: everything printed of the same people before and after.

The paired people are a table of answers before by answers after, never printed itself. Its margins, with those who are in
one wave only, make up both waves' shares and answers; its parts above, on and below the diagonal are the moves. All of it
becomes one integer programme. What no figure covers has to keep five feasible values: the one to nine people who are in
one wave only, each hidden cell of the moves, each hidden answer of a sensitive item.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.exact import PEOPLE, Exact, Pairs, Rules
from analysis.options import MOST_OPTIONS
from analysis.results import Distribution, Moves, Row, Share
from analysis.unknowns import MOST, Columns, Unknowns

WAVES = ("before", "after")
YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of one programme: both waves by answer, those in one wave only, and the pairs by how they moved."""

    unknowns: Unknowns
    whole: Mapping[str, Mapping[str, int]]
    alone: Mapping[str, Mapping[str, int]]
    moved: Mapping[str, Columns]


def moves_leak(exact: Exact, row: Row, moves: Moves, printed: Mapping[str, Distribution], rules: Rules) -> bool:
    """Whether everything printed of an item's two waves (`printed`: all answers of a wave) leaves too little room for
    somebody whom it does not show."""
    pairs, alone = exact.pairs, _alone(exact)
    if pairs is None or not (
        alone or _hides(moves) or any(None in dict(one.options).values() for one in printed.values())
    ):
        return False
    places = _places(exact, pairs, told=bool(printed))
    if len(places) > MOST_OPTIONS:
        return True
    agreed = exact.agreed if YES not in places else frozenset({YES})
    table = _table(places)
    for wave in WAVES:
        share = getattr(row, wave)
        if isinstance(share, Share):
            yes, other = _sides(table.whole[wave], agreed)
            table.unknowns.looks_like(yes, other, share, rules, rules.cell if exact.sensitive else 0)
    for wave, answers in printed.items():
        everybody = list(table.whole[wave].values())
        for key, percent in answers.options:
            if percent is not None:
                table.unknowns.prints([table.whole[wave][key]], everybody, percent)
    _moved_like(table, moves, rules, tied=bool(pairs.places) or pairs.is_agreed)
    return any(not table.unknowns.leaves(some) for some in _secrets(table, moves, printed, alone, agreed))


def _hides(moves: Moves) -> bool:
    return moves.words is None and None in (moves.up, moves.same, moves.down)


def _alone(exact: Exact) -> tuple[str, ...]:
    """The waves in which one to nine people answered who did not in the other."""
    pairs = exact.pairs
    paired = 0 if pairs is None else pairs.up + pairs.same + pairs.down
    counts = {wave: getattr(exact, wave) for wave in WAVES}
    return tuple(wave for wave, count in counts.items() if count is not None and 0 < count.base - paired < PEOPLE)


def _places(exact: Exact, pairs: Pairs, *, told: bool) -> dict[str, int | None]:
    """Each answer with its place in the order that moves are told by; None where it is in no pair. Two answers are enough
    where only the agreed one matters."""
    counts = [count for count in (exact.before, exact.after) if count is not None and count.options]
    if not counts or (pairs.is_agreed and not told):
        return {YES: 1, NO: 0}
    return {key: pairs.places.get(key) if pairs.places else 0 for count in counts for key, _ in count.options}


def _table(places: Mapping[str, int | None]) -> Table:
    unknowns, keys = Unknowns(), list(places)
    whole = {wave: dict(zip(keys, unknowns.columns(len(keys)), strict=True)) for wave in WAVES}
    alone = {wave: dict(zip(keys, unknowns.columns(len(keys)), strict=True)) for wave in WAVES}
    ranked = {key: place for key, place in places.items() if place is not None}
    moved: dict[str, list[int]] = {"up": [], "same": [], "down": []}
    rows: dict[str, list[int]] = {key: [alone["before"][key]] for key in keys}
    columns: dict[str, list[int]] = {key: [alone["after"][key]] for key in keys}
    for first, start in ranked.items():
        for second, end in ranked.items():
            cell = unknowns.columns(1)[0]
            rows[first].append(cell)
            columns[second].append(cell)
            moved["up" if end > start else "down" if end < start else "same"].append(cell)
    for key in keys:
        unknowns.adds_up(whole["before"][key], rows[key])
        unknowns.adds_up(whole["after"][key], columns[key])
    return Table(unknowns, whole, alone, moved)


def _sides(columns: Mapping[str, int], agreed: frozenset[str]) -> tuple[list[int], list[int]]:
    yes = [column for key, column in columns.items() if key in agreed]
    return yes, [column for key, column in columns.items() if key not in agreed]


def _moved_like(table: Table, moves: Moves, rules: Rules, *, tied: bool) -> None:
    """How many pairs there are and, where the order is known by which they moved, how many went where."""
    everybody = [column for columns in table.moved.values() for column in columns]
    in_words = moves.words is not None
    least, most = (rules.people, rules.percentages - 1) if in_words else (rules.percentages, MOST)
    table.unknowns.counts(everybody, moves.base, least, most)
    for name, columns in table.moved.items():
        percent = getattr(moves, name)
        if tied and percent is not None:
            table.unknowns.prints(columns, everybody, percent)


def _secrets(
    table: Table, moves: Moves, printed: Mapping[str, Distribution], alone: tuple[str, ...], agreed: frozenset[str]
) -> list[Columns]:
    """Sums of people that must not be known."""
    found: list[Columns] = []
    for wave in alone:
        found += list(_sides(table.alone[wave], agreed))
        found += [[column] for column in table.alone[wave].values()] if printed else []
    if _hides(moves):
        found += [columns for name, columns in table.moved.items() if getattr(moves, name) is None]
    for wave, answers in printed.items():
        found += [[table.whole[wave][key]] for key, percent in answers.options if percent is None]
    return found
