"""Many items at once: which findings may be headlines.

Benjamini and Hochberg within one family: all outcome items of one programme in one report. Only the choice of headlines
uses the adjusted p; drawn intervals and sentences keep the unadjusted 95%. Sub-groups are never searched for findings.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from analysis.results import Estimate

RATE = 0.05  # share of false findings among headlines that we accept


def adjusted(p: Sequence[float], method: Literal["bh", "by"] = "bh") -> tuple[float, ...]:
    """p values adjusted by Benjamini & Hochberg (1995, JRSS B 57:289), or Benjamini & Yekutieli (2001)."""
    from scipy.stats import false_discovery_control  # slow to import

    if not p:
        return ()
    if not all(0 <= one <= 1 for one in p):
        raise ValueError(f"not p values: {[one for one in p if not 0 <= one <= 1]}")
    return tuple(float(one) for one in false_discovery_control(p, method=method))


def headlines(estimates: Sequence[Estimate], rate: float = RATE) -> tuple[bool, ...]:
    """Which of one family's estimates may be headlines. One without p (few schools) is never one, nor counted."""
    tested = [i for i, estimate in enumerate(estimates) if estimate.p is not None]
    levels = adjusted([float(estimates[i].p or 0.0) for i in tested])
    chosen = {i for i, level in zip(tested, levels, strict=True) if level <= rate}
    return tuple(i in chosen for i in range(len(estimates)))
