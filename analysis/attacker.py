"""What somebody who holds every released figure, and knows our rules, can still work out.

The gate asks this before it lets a breakdown go. A released share stands for all (base, agreed) pairs that would have
been printed the same way; adding the shown groups up and taking them from the total leaves the values that the people
in none of the shown groups may have. If fewer than five are left, something has been given away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.results import Share, Words

FEASIBLE = 5  # values an attacker must be unable to tell apart

PHRASES: tuple[Words, ...] = ("none_or_few", "about_a_quarter", "about_half", "about_three_quarters", "most_or_all")

Ranges = dict[int, tuple[int, int]]  # base -> lowest and highest number agreed that print the same


@dataclass(frozen=True, slots=True)
class Sums:
    """Every (base, agreed) of some people: base -> the numbers agreed, as the bits of an integer counted from `offset`."""

    offset: int
    bits: dict[int, int]


def whole_percent(x: int, n: int) -> int:
    """100 x / n to the nearest whole number, halves up, in exact arithmetic."""
    return (200 * x + n) // (2 * n)


def nearest_five(n: int) -> int:
    """n to the nearest 5; there are no ties."""
    return 5 * ((n + 2) // 5)


def in_words(x: int, n: int) -> int:
    """Which of `PHRASES` fits x of n, as its index; cut at the eighths."""
    return sum(8 * x >= eighths * n for eighths in (1, 3, 5, 7))


def possible(share: Share, minimum: int, percentages: int, cell: int) -> Ranges:
    """Every (base, agreed) that would have been released as `share`.

    Parameters
    ----------
    share : as released
    minimum, percentages : the gate's thresholds, which the attacker knows: 10 and 30
    cell : fewest people in a shown cell: 10 for a sensitive item, else 0
    """
    lowest, highest = (minimum, percentages - 1) if share.percent is None else (percentages, share.base + 2)
    found = {}
    for n in range(max(lowest, share.base - 2), min(highest, share.base + 2) + 1):
        low, high = _phrase_range(PHRASES.index(share.words), n) if share.words else _percent_range(share, n)
        low, high = max(low, cell), min(high, n - cell)
        if low <= high:
            found[n] = (low, high)
    return found


def _phrase_range(phrase: int, n: int) -> tuple[int, int]:
    fitting = [x for x in range(n + 1) if in_words(x, n) == phrase]
    return (fitting[0], fitting[-1]) if fitting else (1, 0)


def _percent_range(share: Share, n: int) -> tuple[int, int]:
    percent = int(share.percent or 0)
    if share.bound == "under":
        return 0, (percent * n - 1) // 100
    if share.bound == "over":
        return percent * n // 100 + 1, n
    # whole_percent(x, n) == p  <=>  (2p - 1) n <= 200 x < (2p + 1) n
    return max(0, -((1 - 2 * percent) * n // 200)), min(n, ((2 * percent + 1) * n - 1) // 200)


def summed(shares: Sequence[Ranges]) -> Sums:
    """Every (base, agreed) that the groups may have together."""
    offset, total = 0, {0: 1}
    for share in shares:
        least = min(low for low, _ in share.values())
        step: dict[int, int] = {}
        for n, bits in total.items():
            for base, (low, high) in share.items():
                step[n + base] = step.get(n + base, 0) | _spread(bits, low - least, high - least)
        offset, total = offset + least, step
    return Sums(offset, total)


def _spread(bits: int, low: int, high: int) -> int:
    """The set `bits` with every one of low..high added: doubling, so that wide ranges cost little."""
    width, spread = 1, bits
    while 2 * width <= high - low + 1:
        spread |= spread << width
        width *= 2
    return (spread | spread << (high - low + 1 - width)) << low


def within(total: Sums, shown: Sums) -> Sums:
    """What is left of a total when these groups are part of it: as many people at least, of both kinds."""
    found = {}
    for n, bits in total.bits.items():
        fits = 0
        for held, agreed in shown.bits.items():
            if held <= n:
                fits |= _shifted(_spread(agreed, 0, n - held), shown.offset - total.offset)
        if bits & fits:
            found[n] = bits & fits
    return Sums(total.offset, found)


def remainder_is_safe(total: Sums, shown: Sums, feasible: int = FEASIBLE) -> bool:
    """Whether the people in no shown group keep `feasible` values of both those who agreed and those who did not."""
    agreed: set[int] = set()
    other: set[int] = set()
    apart = total.offset - shown.offset
    for base, bits in total.bits.items():
        for n, held in shown.bits.items():
            found = _differences(bits, held, apart, base - n, feasible)
            agreed.update(found)
            other.update(base - n - x for x in found)
            if len(agreed) >= feasible and len(other) >= feasible:
                return True
    return False


def _differences(bits: int, held: int, apart: int, left: int, enough: int) -> list[int]:
    """What x of the `left` people may be (so many are enough), where everybody's may be `bits`, counted from `apart`
    above the shown groups' `held`."""
    fewest = apart + _lowest(bits) - (held.bit_length() - 1)
    most = apart + bits.bit_length() - 1 - _lowest(held)
    found: list[int] = []
    for x in range(max(0, fewest), min(left, most) + 1):
        if _shifted(bits, apart - x) & held:
            found.append(x)
            if len(found) >= enough:
                break
    return found


def _shifted(bits: int, by: int) -> int:
    return bits << by if by >= 0 else bits >> -by


def _lowest(bits: int) -> int:
    return (bits & -bits).bit_length() - 1
