"""All answers to an item at once: which may be printed, and what they tell somebody who also holds the share.

A share splits the people into two sides, those who gave the agreed answer and the others; the printed answers split each
side further. Several rounded percentages of one base tell far more of that base than one, often the number itself, so
whatever is held against the share has to be held against these as well (`narrowed`). Of a sensitive item small cells are
hidden, always two or more of the same side: the side's own size is known from the share.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from analysis.attacker import FEASIBLE, Ranges, nearest_five, whole_percent
from analysis.exact import CAP, Count, Rules
from analysis.results import Distribution, Reason, Share, Suppressed

FEWEST_OPTIONS = 3  # two say what the share says
MOST_OPTIONS = 12  # more are no drawing, and too much for the audit

Shown = tuple[tuple[str, int | None], ...]


def answer_figures(
    count: Count, share: Share | Suppressed, agreed: Set[str], sensitive: bool, rules: Rules
) -> tuple[Shown, int] | Reason:
    """The percentage of each answer (None where it is hidden) and the base, or why there is nothing to show.

    Parameters
    ----------
    count : with its options
    share : what was printed of the same people; without a plain percentage there are no answers either
    agreed : the options that make up the share
    """
    if isinstance(share, Suppressed):
        return share.reason
    if share.percent is None:
        return "few_people"
    if share.bound:
        return "extreme"
    if len(count.options) > MOST_OPTIONS:
        return "protects_another"
    hidden = hidden_answers(count, agreed, rules) if sensitive else set()
    if len(hidden) == len(count.options):
        return "extreme"
    shown = tuple((key, None if key in hidden else whole_percent(n, count.base)) for key, n in count.options)
    return shown, nearest_five(count.base)


def hidden_answers(count: Count, agreed: Set[str], rules: Rules) -> set[str]:
    """Cells of a sensitive item under the rule or under 5%, with a partner of the same side, until they hold enough people
    together."""
    hidden: set[str] = set()
    for side in (True, False):
        cells = sorted((n, key) for key, n in count.options if (key in agreed) is side)
        small = [key for n, key in cells if n < rules.cell or 100 * n < CAP * count.base]
        held = 0
        for place, (n, key) in enumerate(cells):
            if small and (key in small or place < 2 or held < rules.cell):
                hidden.add(key)
                held += n
    return hidden


def narrowed(ranges: Ranges, answers: Distribution, agreed: Set[str]) -> Ranges:
    """What is left of (base, agreed) that print like a share when the answers must print as they did, too."""
    found = {}
    for n, (low, high) in ranges.items():
        sides = [list(_cells(answers, agreed, n, side=side)) for side in (True, False)]
        (low_in, high_in), (low_out, high_out) = (_sums(side) for side in sides)
        low, high = max(low, low_in, n - high_out), min(high, high_in, n - low_out)
        if low <= high:
            found[n] = (low, high)
    return found


def hides_enough(ranges: Ranges, answers: Distribution, agreed: Set[str]) -> bool:
    """Whether each hidden answer keeps five values for somebody who holds the share (`ranges`) and the other answers."""
    left = narrowed(ranges, answers, agreed)
    return all(
        len(_values(left, answers, agreed, key)) >= FEASIBLE for key, percent in answers.options if percent is None
    )


def _values(left: Ranges, answers: Distribution, agreed: Set[str], key: str) -> set[int]:
    """How many people may have given a hidden answer."""
    found: set[int] = set()
    for n, (low, high) in left.items():
        if key not in agreed:
            low, high = n - high, n - low
        others = [
            (one, percent) for one, percent in answers.options if one != key and (one in agreed) is (key in agreed)
        ]
        least, most = _sums([cell_range(percent, n) for _, percent in others])
        found.update(range(max(0, low - most), high - least + 1))
    return found


def _cells(answers: Distribution, agreed: Set[str], n: int, *, side: bool) -> Iterator[tuple[int, int]]:
    return (cell_range(percent, n) for key, percent in answers.options if (key in agreed) is side)


def cell_range(percent: int | None, n: int) -> tuple[int, int]:
    """The fewest and the most of n people that print as this percentage; hidden, it may be anybody."""
    if percent is None:
        return 0, n
    # whole_percent(x, n) == p  <=>  (2p - 1) n <= 200 x < (2p + 1) n
    return max(0, -((1 - 2 * percent) * n // 200)), min(n, ((2 * percent + 1) * n - 1) // 200)


def _sums(ranges: Sequence[tuple[int, int]]) -> tuple[int, int]:
    return sum(low for low, _ in ranges), sum(high for _, high in ranges)
