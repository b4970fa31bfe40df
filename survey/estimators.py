"""How each design's change is worked out: fixed when a programme opens, kept with it, held to when it is released (CARE E1).

The name says who is counted, what is compared and how sure it is; `grounds` says the same in words. Another estimator gets
another name, so that a programme which was opened under the old one can never be told under the new one unseen.
"""

from __future__ import annotations

ESTIMATORS = {
    "after_only": "everybody_share_schools_cr2",
    "paired": "everybody_difference_schools_cr2",
    "split": "everybody_difference_schools_cr2",
    "waiting": "everybody_difference_and_later_schools_cr2",
}


class AnotherEstimator(ValueError):
    """The programme was opened under an estimator that this version of Heard does not use."""


def require_fixed(design: str, fixed: str | None) -> str:
    """The estimator that was fixed, empty for a programme that was opened before they were kept.

    Raises
    ------
    AnotherEstimator
        When figures made now would be made in another way than was declared.
    """
    if fixed is not None and fixed != ESTIMATORS.get(design):
        raise AnotherEstimator(f"opened under {fixed}, worked out now by {ESTIMATORS.get(design)}")
    return fixed or ""
