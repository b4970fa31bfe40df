"""What a table that somebody else printed still tells: the change behind two means, and the people behind percentages.

Reports print means, spreads and a t, seldom the correlation or the base. The rest follows by arithmetic, within what
rounding leaves open, and is said to be open where rounding leaves too much. A percentage without a base is worth nothing;
percentages of one base narrow it down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt

from scipy.special import stdtr, stdtrit

from analysis.proportions import count_range
from analysis.results import Interval
from analysis.scores import around, hedges

KNOWN = 0.2  # width of the range of r up to which it may be used


@dataclass(frozen=True, slots=True)
class PrintedChange:
    """A paired change from printed means, SDs and t.

    Attributes
    ----------
    change, sd_change, interval, p : of after minus before
    r, r_range : correlation of before and after, and how far rounding of the means alone could move it
    d_z, g_z : by the SD of the changes; glass : by the SD before
    d_av, d_av_mean : by the root mean square of the two SDs (Cumming), by their mean (Lakens)
    """

    change: float
    sd_change: float
    interval: Interval
    p: float
    r: float
    r_range: tuple[float, float]
    d_z: float
    g_z: float
    glass: float
    d_av: float
    d_av_mean: float

    @property
    def r_is_known(self) -> bool:
        """Whether the correlation may be used at all: the printed means have to pin it down."""
        return self.r_range[1] - self.r_range[0] <= KNOWN


def change_from_t(
    before: tuple[str, str], after: tuple[str, str], n: int, t: float, level: float = 0.95
) -> PrintedChange | None:
    """A paired change from what is printed of it.

    Parameters
    ----------
    before, after : mean and SD as printed, for the decimals matter
    n : pairs; t : the paired t

    Returns
    -------
    None where t is nought, or so few people that it has no degrees of freedom: then nothing follows.

    Notes
    -----
    SD of the changes = (change) sqrt(n)/t; r = (s1^2 + s2^2 - sd^2)/(2 s1 s2). The range of r takes each mean half a unit
    of its last digit either way.
    """
    (m1, s1), (m2, s2) = ((float(mean), float(sd)) for mean, sd in (before, after))
    change = m2 - m1
    if n < 3 or t == 0:
        return None
    if min(s1, s2) <= 0 or change * t < 0:
        raise ValueError(f"a change of {change:g} with t = {t:g}, SDs {s1:g} and {s2:g}")
    slack = sum(0.5 * 10 ** -_decimals(mean) for mean, _ in (before, after))
    sd = abs(change / t) * sqrt(n)
    ends = (max(0.0, abs(change) - slack), abs(change) + slack)
    low, high = ((s1**2 + s2**2 - (end / abs(t)) ** 2 * n) / (2 * s1 * s2) for end in reversed(ends))
    d_z = t / sqrt(n)
    reach = float(stdtrit(n - 1, (1 + level) / 2)) * sd / sqrt(n)
    return PrintedChange(
        change,
        sd,
        around(change, reach, level),
        float(2 * stdtr(n - 1, -abs(t))),
        (s1**2 + s2**2 - sd**2) / (2 * s1 * s2),
        (max(-1.0, low), min(1.0, high)),
        d_z,
        hedges(n - 1) * d_z,
        change / s1,
        change / sqrt((s1**2 + s2**2) / 2),
        change / ((s1 + s2) / 2),
    )


def possible_bases(percentages: Sequence[str], most: int = 500) -> tuple[int, ...]:
    """The numbers of people, up to `most`, of whom every printed percentage is a whole number of people.

    Percentages as printed ("97.54"), of one and the same base; halves are taken to round upward. After Brown & Heathers
    (2017), Social Psychological and Personality Science 8:363.
    """
    known = [(float(one), _decimals(one)) for one in percentages]
    return tuple(n for n in range(1, most + 1) if all(_is_possible(*one, n) for one in known))


def _is_possible(percent: float, decimals: int, n: int) -> bool:
    try:
        count_range(percent, n, decimals)
    except ValueError:
        return False
    return True


def _decimals(printed: str) -> int:
    exponent = Decimal(printed).as_tuple().exponent
    if not isinstance(exponent, int):
        raise ValueError(f"{printed!r} is not a number")
    return max(0, -exponent)
