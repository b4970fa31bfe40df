"""The reference values: what other programs and papers give, each with its source and tolerance, kept beside the tests.

`x` passes for `e` when |x - e| <= max(abs, rel * |e|); {"exact": true} asks for equality; a dictionary with field names
gives an absolute tolerance for each field.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# The same examples every time, and no time limit on one: a busy machine is not a fault.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


class Reference:
    """One reference value: `reference("tango_paired_diff").given`, `.agrees("ci", found)`."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.given: dict[str, Any] = row["input"]
        self.expected: Any = row["expected"]
        self.tolerance: dict[str, Any] = row["tolerance"]

    def agrees(self, field: str, found: Any) -> bool:
        """Whether `found` equals the expected `field` (dots reach into it) at its tolerance."""
        expected: Any = self.expected
        for part in field.split("."):
            expected = expected[part]
        if self.tolerance.get("exact"):
            return bool(found == expected)
        allowed = {"abs": self.tolerance[field]} if field in self.tolerance else self.tolerance
        return _close(found, expected, allowed)


@cache
def everything() -> dict[str, dict[str, Any]]:
    rows = json.loads(Path(__file__).with_name("reference_values.json").read_text())
    return {row["id"]: row for row in rows}


@pytest.fixture(scope="session")
def reference() -> Callable[[str], Reference]:
    return lambda name: Reference(everything()[name])


def _close(found: Any, expected: Any, allowed: dict[str, float]) -> bool:
    if isinstance(expected, list):
        return len(found) == len(expected) and all(
            _close(one, other, allowed) for one, other in zip(found, expected, strict=True)
        )
    if expected is None or isinstance(expected, str):
        return bool(found == expected)
    return abs(found - expected) <= max(allowed.get("abs", 0.0), allowed.get("rel", 0.0) * abs(expected))
