"""A scale in words and the same scale in numbers."""

from __future__ import annotations

import pytest

from questionnaires.instrument import Instrument, Scale
from questionnaires.scoring import CompiledScale, compile_scale


def test_a_reversed_item_gets_lowest_plus_highest_minus_its_points(tiny: Instrument) -> None:
    (scale,) = tiny.scales
    assert compile_scale(tiny, scale) == CompiledScale("score", ("feeling",), (((1, 2), (2, 1), (3, 0)),), 1, 0, 2)


def test_points_follow_codes_not_places(tiny: Instrument) -> None:
    scale = Scale("other", ("known", "feeling"), {"good": 5, "bad": 1, "low": 1, "middle": 2, "high": 4}, (), 2)
    compiled = compile_scale(tiny, scale)
    assert compiled.points == (((1, 5), (2, 1)), ((1, 1), (2, 2), (3, 4)))
    assert (compiled.lowest, compiled.highest, compiled.minimum_answered) == (2, 9, 2)


def test_a_scale_of_another_questionnaire_is_refused(tiny: Instrument) -> None:
    with pytest.raises(KeyError):
        compile_scale(tiny, Scale("other", ("nowhere",), {}))
    with pytest.raises(KeyError):
        compile_scale(tiny, Scale("other", ("known",), {"good": 1}))
