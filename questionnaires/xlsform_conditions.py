"""The formulas of an XLSForm, as far as Heard has words for them.

XLSForm has a whole language of formulas; a Heard condition says "asked if this earlier item was answered by one of
these options", and a number has a smallest and a largest. These few shapes are recognised; every other formula is
handed back as not understood, never guessed at.
"""

from __future__ import annotations

import re

LONGEST = 2000
_NAME = r"\$\{\s*([^${}\s]+)\s*\}"
_QUOTED = r"(?:'([^']*)'|\"([^\"]*)\"|‘([^’]*)’|“([^”]*)”)"
_EQUALS = re.compile(rf"{_NAME}\s*=\s*{_QUOTED}")
_TURNED = re.compile(rf"{_QUOTED}\s*=\s*{_NAME}")
_SELECTED = re.compile(rf"selected\s*\(\s*{_NAME}\s*,\s*{_QUOTED}\s*\)")
_OR = re.compile(r"\s+or\s+")
_AND = re.compile(r"\s+and\s+")
_BOUND = re.compile(r"\.\s*(>=|<=|>|<)\s*([0-9]{1,6})(?:\.0+)?")


def condition_of(formula: str) -> tuple[str, tuple[str, ...]] | None:
    """The item and the answers that a formula asks for; None if it says anything else."""
    if len(formula) > LONGEST:
        return None
    found = [_part(_bare(part)) for part in _OR.split(_bare(formula))]
    if any(one is None for one in found):
        return None
    pairs = [one for one in found if one is not None]
    if len({name for name, _ in pairs}) != 1:
        return None
    return pairs[0][0], tuple(dict.fromkeys(option for _, option in pairs))


def _part(words: str) -> tuple[str, str] | None:
    for pattern, turned in ((_EQUALS, False), (_SELECTED, False), (_TURNED, True)):
        match = pattern.fullmatch(words)
        if match:
            groups = list(match.groups())
            name = groups.pop(-1 if turned else 0)
            return str(name), next((one for one in groups if one is not None), "")
    return None


def _bare(words: str) -> str:
    """Without brackets around the whole."""
    words = words.strip()
    while words.startswith("(") and words.endswith(")") and _closes_last(words):
        words = words[1:-1].strip()
    return words


def _closes_last(words: str) -> bool:
    depth = 0
    for n, sign in enumerate(words):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return n == len(words) - 1
    return False


def range_of(formula: str) -> tuple[int | None, int | None] | None:
    """The smallest and the largest number that a formula allows; None if it says anything else."""
    low: int | None = None
    high: int | None = None
    if len(formula) > LONGEST:
        return None
    for part in _AND.split(_bare(formula)):
        match = _BOUND.fullmatch(_bare(part))
        if not match:
            return None
        number = int(match[2])
        if match[1].startswith(">"):
            low = max(number + (match[1] == ">"), low if low is not None else 0)
        else:
            number -= match[1] == "<"
            high = number if high is None else min(number, high)
    return low, high


def formula_of(item: str, options: tuple[str, ...], several: bool) -> str:
    """The formula for a condition of ours."""
    one = "selected(${{{}}}, '{}')" if several else "${{{}}} = '{}'"
    return " or ".join(one.format(item, option) for option in options)
