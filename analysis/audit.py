"""The attacker's whole arithmetic: everything released about an item, taken together.

`attacker` looks at one breakdown at a time. But breakdowns share their total, the printed answers tell more of that total
than its share, and a table of moves shares its margins with both waves, so what one leaves open another may close. Here
the total is held against every breakdown and all answers at once, and moves and margins become one integer programme
(`paired_audit`). For those that no released figure covers (the people in no shown group, the people in one wave only,
hidden cells) less than five feasible values are too few, and the gate takes back what gave them away.
"""

from __future__ import annotations

from collections.abc import Mapping

from analysis.attacker import Ranges, possible, remainder_is_safe, summed, within
from analysis.exact import PEOPLE, Exact, Rules
from analysis.options import narrowed
from analysis.paired_audit import moves_leak
from analysis.results import Breakdown, Distribution, Moves, Row, Share

ANSWERS, MOVES = "*answers", "*moves"  # parts of a row beside the names of its breakdowns


def leaks(exact: Exact, row: Row, rules: Rules) -> tuple[str, ...]:
    """Which parts of a row give somebody away: `ANSWERS`, `MOVES`, or names of breakdowns; empty where all keep five values.
    The answers go first: only what would leak just the same without them is named instead.

    Breakdowns are tied by their total alone, so what each leaves of it is met with what the others leave, exactly. A
    table of moves is solved with all that was printed of both waves in whole numbers.
    """
    answers = {wave: getattr(row, f"answers_{wave}") for wave in ("before", "after")}
    told = {wave: one for wave, one in answers.items() if isinstance(one, Distribution)}
    found = _leaks(exact, row, told, rules)
    if not found or not told:
        return tuple(sorted(found))
    return (ANSWERS,) if _leaks(exact, row, {}, rules) != found else tuple(sorted(found))


def _leaks(exact: Exact, row: Row, told: Mapping[str, Distribution], rules: Rules) -> set[str]:
    shown = [one for one in row.breakdowns if isinstance(one, Breakdown)]
    found = {
        name for wave in ("before", "after") for name in _given_away(exact, row, shown, wave, told.get(wave), rules)
    }
    if isinstance(row.moves, Moves) and moves_leak(exact, row, row.moves, told, rules):
        found.add(MOVES)
    return found


def _given_away(
    exact: Exact, row: Row, shown: list[Breakdown], wave: str, answers: Distribution | None, rules: Rules
) -> list[str]:
    """Breakdowns whose left-over people lose their room once all breakdowns and answers are held against the same total."""
    share = getattr(row, wave)
    if not isinstance(share, Share) or not shown or (len(shown) < 2 and answers is None):
        return []
    cell = rules.cell if exact.sensitive else 0

    def ranges(one: Share) -> Ranges:
        return possible(one, rules.people, rules.percentages, cell)

    total = summed([narrowed(ranges(share), answers, exact.agreed) if answers else ranges(share)])
    sums = [summed([ranges(getattr(group, wave)) for _, group in one.groups]) for one in shown]
    for held in sums:
        total = within(total, held)
    return [
        one.name
        for one, held in zip(shown, sums, strict=True)
        if _has_secret(exact, one, wave) and not remainder_is_safe(total, held)
    ]


def _has_secret(exact: Exact, shown: Breakdown, wave: str) -> bool:
    """Whether somebody was dropped, or the people in no group are few."""
    groups = exact.breakdowns[shown.name]
    held = sum(getattr(groups[key], wave).base for key, _ in shown.groups)
    return shown.some_too_small or 0 < getattr(exact, wave).base - held < PEOPLE
