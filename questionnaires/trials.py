"""Whether the wording of a question was tried with enough of those it is for (CARE D4).

Five children of sixteen say nothing of how children of eight read a question. So there must be five in each stage of school
that a questionnaire's ages take in; stages meet at their ends, as school years do. A trial counts in a stage only where all
its ages lie in it: of one with ages from 8 to 16 nobody knows how many were 8.
"""

from __future__ import annotations

from questionnaires.instrument import Item

STAGES = ((4, 7), (7, 11), (11, 14), (14, 16), (16, 120))
ENOUGH = 5


def is_tried(item: Item, ages: tuple[int, int]) -> bool:
    """Whether at least five people in each stage of these ages tried the question."""
    return all(_children(item, stage) >= ENOUGH for stage in stages_of(ages))


def stages_of(ages: tuple[int, int]) -> tuple[tuple[int, int], ...]:
    """The stages that these ages take in: by two years or more, since the end of one is the beginning of the next."""
    shared = {stage: min(stage[1], ages[1]) - max(stage[0], ages[0]) + 1 for stage in STAGES}
    longest = max(shared.values())
    return tuple(stage for stage, years in shared.items() if years >= min(2, longest) and years > 0)


def _children(item: Item, stage: tuple[int, int]) -> int:
    within = (trial for trial in item.tried_with if stage[0] <= trial.ages[0] and trial.ages[1] <= stage[1])
    return sum(trial.children for trial in within)
