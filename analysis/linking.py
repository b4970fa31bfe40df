"""Who is the same person before and after, without a name: printed cards, and codes people make up themselves.

Cards are drawn at random and carry a check sign, so a slip of the pen links nobody to somebody else. Self-made codes are
a last resort: matched exactly, then with one element different, always unique both ways and within one setting, year
group and programme; whatever is ambiguous stays unlinked. Some links will still be wrong, and what that would do to a
figure is said beside it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.ordinal import square

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's 32: no I, L, O, U
LOOK_ALIKES = str.maketrans("ILO", "110", " -")
CARD_LENGTH = 7
WRONG_LINKS = 0.03  # share to plan for with self-made codes; McGloin, Holcomb & Main (1996) found 2.7%


def check_sign(payload: str) -> str:
    """The sign that follows a card's random ones, over GF(32) with x^5 + x^2 + 1: from c = 0, c = 2 (c xor s).

    Finds every single wrong sign, every swap of neighbours and every swap across one sign, and stays in the alphabet.
    """
    c = 0
    for sign in payload:
        c = _doubled(c ^ _value(sign))
    return SIGNS[c]


def _doubled(c: int) -> int:
    """Multiply by x in GF(32)."""
    c <<= 1
    return c ^ 0b100101 if c & 0b100000 else c


def _value(sign: str) -> int:
    place = SIGNS.find(sign)
    if place < 0 or len(sign) != 1:
        raise ValueError(f"{sign!r} is not a sign of a card")
    return place


def read_card(typed: str) -> str | None:
    """The card somebody typed, as it is stored: capitals, I and L as 1, O as 0, no spaces or hyphens; None if it is not
    a card or its check sign does not fit."""
    card = typed.upper().translate(LOOK_ALIKES)
    if len(card) != CARD_LENGTH or any(sign not in SIGNS for sign in card):
        return None
    return card if check_sign(card[:-1]) == card[-1] else None


def spoken_card(card: str) -> str:
    """How a card is printed: 7N4Q-K2W."""
    return f"{card[:4]}-{card[4:]}"


Code = tuple[str | None, ...]  # elements of a self-made code; None where left out


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer sheet with a self-made code. `block` is setting, year group and programme: links never leave it."""

    block: Hashable
    code: Code


@dataclass(frozen=True, slots=True)
class Links:
    """Which rows belong together and how that was found. `ambiguous` rows could have belonged to several, so to none."""

    exact: tuple[tuple[int, int], ...]
    one_off: tuple[tuple[int, int], ...]
    ambiguous: int
    before: int
    after: int

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """All pairs (row before, row after)."""
        return self.exact + self.one_off

    @property
    def match_rate(self) -> float | None:
        """Linked over those who could have been: the smaller wave."""
        fewest = min(self.before, self.after)
        return len(self.pairs) / fewest if fewest else None


def linked(before: Sequence[Entry], after: Sequence[Entry]) -> Links:
    """Match self-made codes within blocks: exactly, then with one element different or missing, unique both ways."""
    _check_lengths([*before, *after])
    first, second = _by_block(before), _by_block(after)
    exact: list[tuple[int, int]] = []
    one_off: list[tuple[int, int]] = []
    ambiguous = 0
    for block, rows in first.items():
        others = second.get(block, {})
        same, left, right, unsure = _exact(rows, others)
        near, unsure_near = _near(left, right)
        exact += same
        one_off += near
        ambiguous += unsure + unsure_near
    return Links(tuple(exact), tuple(one_off), ambiguous, len(before), len(after))


def _by_block(entries: Sequence[Entry]) -> dict[Hashable, dict[int, Code]]:
    blocks: dict[Hashable, dict[int, Code]] = defaultdict(dict)
    for row, entry in enumerate(entries):
        blocks[entry.block][row] = tuple(
            None if part is None else part.strip().casefold() or None for part in entry.code
        )
    return blocks


def _exact(
    before: Mapping[int, Code], after: Mapping[int, Code]
) -> tuple[list[tuple[int, int]], dict[int, Code], dict[int, Code], int]:
    """Pairs with the same complete code; what is left of each wave; rows with a code that somebody else has too."""
    times_before, times_after = Counter(before.values()), Counter(after.values())
    clear = {
        code
        for code in times_before.keys() & times_after.keys()
        if None not in code and times_before[code] == times_after[code] == 1
    }
    row_of = {code: row for row, code in after.items() if code in clear}
    pairs = [(row, row_of[code]) for row, code in before.items() if code in clear]
    twice = {code for times in (times_before, times_after) for code, n in times.items() if n > 1}
    unsure = sum(code in twice for code in (*before.values(), *after.values()))
    left = {row: code for row, code in before.items() if code not in clear | twice}
    right = {row: code for row, code in after.items() if code not in clear | twice}
    return pairs, left, right, unsure


def _near(before: Mapping[int, Code], after: Mapping[int, Code]) -> tuple[list[tuple[int, int]], int]:
    """Pairs one element apart, unique both ways; and rows that had several such partners.

    Codes are looked up under each of their elements left out, so the work grows with the codes, not with their pairs.
    """
    shelves: dict[tuple[int, Code], list[int]] = defaultdict(list)
    for row, code in after.items():
        for key in _with_one_left_out(code):
            shelves[key].append(row)
    partners = {
        row: {other for key in _with_one_left_out(code) for other in shelves[key]} for row, code in before.items()
    }
    wanted = Counter(other for others in partners.values() for other in others)
    pairs = [
        (row, other) for row, others in partners.items() if len(others) == 1 for other in others if wanted[other] == 1
    ]
    unsure = sum(len(others) > 1 for others in partners.values()) + sum(n > 1 for n in wanted.values())
    return pairs, unsure


def _with_one_left_out(code: Code) -> list[tuple[int, Code]]:
    """The code without each element in turn; only ways in which all the rest was given."""
    ways = [(i, code[:i] + code[i + 1 :]) for i in range(len(code))]
    return [(i, rest) for i, rest in ways if None not in rest]


def _check_lengths(entries: Sequence[Entry]) -> None:
    lengths = {len(entry.code) for entry in entries}
    if len(lengths) > 1 or 0 in lengths or 1 in lengths:
        raise ValueError(f"codes of {sorted(lengths)} elements: all need the same number, two or more")


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A table of pairs as found, and as it would be without the share of links that joined strangers.

    `moved` are the shares that went up, stayed and went down, before and after the correction.
    """

    found: tuple[float, float, float]
    corrected: tuple[float, float, float]
    wrong: float


def without_wrong_links(table: ArrayLike, wrong: float = WRONG_LINKS) -> WhatIf | None:
    """What a share of wrong links would mean: observed = (1 - w) true + w (margins, independent), solved for true.

    Parameters
    ----------
    table : shape (k, k); pairs, before by after, options in rising order
    wrong : share of links that join strangers of the same block

    Returns
    -------
    None without pairs. Cells that would turn negative are put at 0: then the assumed share is too high for this table.
    Net improvement hardly changes, for strangers have the same margins; up and down both shrink.
    """
    counts = square(table)
    n = counts.sum()
    if not 0 <= wrong < 1:
        raise ValueError(f"{wrong} of the links cannot be wrong")
    if n == 0:
        return None
    p = counts / n
    true = np.maximum(0.0, (p - wrong * np.outer(p.sum(1), p.sum(0))) / (1 - wrong))
    return WhatIf(_moved(p), _moved(true / true.sum()), wrong)


def _moved(p: NDArray[np.float64]) -> tuple[float, float, float]:
    return float(np.triu(p, 1).sum()), float(np.trace(p)), float(np.tril(p, -1).sum())
