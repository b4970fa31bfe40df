"""A question is tried when five of each stage tried it, not when somebody did."""

from __future__ import annotations

from dataclasses import replace

import pytest

from questionnaires.files import _summary, load_library
from questionnaires.instrument import Trial
from questionnaires.trials import is_tried, stages_of

DAY = "2026-11-20"


def tried(ages: tuple[int, int], *trials: tuple[int, int, int]) -> bool:
    """Whether a question for these ages is tried after these trials: how many children, the youngest, the oldest."""
    item = load_library("staying_safe").items[0]
    held = tuple(Trial(children, (youngest, oldest), DAY) for children, youngest, oldest in trials)
    return is_tried(replace(item, tried_with=held), ages)


@pytest.mark.parametrize(
    ("ages", "trials", "enough"),
    [
        ((8, 17), [(5, 16, 17)], False),  # nobody under 16 has seen it
        ((8, 17), [(5, 8, 10), (5, 11, 13), (5, 14, 15), (5, 16, 17)], True),
        ((8, 17), [(5, 8, 10), (5, 11, 13), (4, 14, 15), (5, 16, 17)], False),
        ((8, 17), [(40, 8, 17)], False),  # how many of them were 8?
        ((8, 11), [(5, 8, 11)], True),
        ((8, 11), [(3, 8, 9), (2, 10, 11)], True),
        ((8, 11), [(1, 8, 11)], False),
        ((8, 11), [(5, 14, 16)], False),
        ((11, 16), [(5, 11, 13), (5, 15, 16)], True),  # one year of another stage is its end, no stage of its own
        ((18, 99), [(5, 25, 60)], True),
        ((11, 11), [(5, 11, 11)], True),
        ((8, 17), [], False),
    ],
)
def test_five_in_each_stage(ages: tuple[int, int], trials: list[tuple[int, int, int]], enough: bool) -> None:
    assert tried(ages, *trials) is enough


def test_all_ages_have_a_stage() -> None:
    assert all(stages_of((low, high)) for low in range(5, 100) for high in range(low, 100))


def test_what_is_checked_counts_as_a_report_does() -> None:
    """One child is no trial: the same rule speaks in `heard check` and beside the figures of a release."""
    instrument = load_library("staying_safe")
    one = (Trial(1, instrument.ages, DAY),)
    pages = tuple(
        replace(page, items=tuple(replace(item, tried_with=one) for item in page.items)) for page in instrument.pages
    )
    said = _summary("a.yaml", replace(instrument, pages=pages))
    assert f"{len(instrument.items)} questions not yet tried with children" in said
