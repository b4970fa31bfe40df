"""Who said yes to everything: of young children some do, and would seem to have learned everything (CARE D3).

A third of what is taught to them therefore has "no" or "it's fine" as its answer. Here are counted, afterwards, those who
answered every such question (an answer of that kind can be chosen there) and never chose it. One share for the whole release,
of questions that are not sensitive, by the gate through which every other share goes; it has no groups and no pairs.
"""

from __future__ import annotations

import numpy as np

from analysis.disclosure import release_item
from analysis.exact import Count, Exact, Rules
from analysis.results import Share, Suppressed
from analysis.tables import DONT_KNOW, RATHER_NOT
from questionnaires.instrument import PRIMARY_AGE, Instrument, Item
from survey.releases.measures import Waves
from survey.releases.reading import Reading

FEWEST_QUESTIONS = 3


def yes_to_all(reading: Reading, waves: Waves, instrument: Instrument, rules: Rules) -> Share | Suppressed | None:
    """The share who never said no; nothing where older pupils are asked, or too few questions can be answered so."""
    asked = [item for item in reading.items if _can_be_refused(item) and waves.after in item.waves]
    if max(instrument.ages) > PRIMARY_AGE or len(asked) < FEWEST_QUESTIONS or waves.after not in reading.waves:
        return None
    codes = np.stack([reading.column(waves.after, item.key) for item in asked], axis=1)
    answered = ((codes < RATHER_NOT) | (codes == DONT_KNOW)).all(axis=1)
    yes = np.stack([np.isin(codes[:, n], _yes(item)) for n, item in enumerate(asked)], axis=1).all(axis=1)
    count = Count(int((answered & yes).sum()), int(answered.sum()))
    after = release_item(Exact("yes_to_all", after=count), rules).after
    return after if isinstance(after, Share | Suppressed) else None


def _can_be_refused(item: Item) -> bool:
    is_taught = item.measure is not None and item.measure.family == "knowledge" and item.answering == "one"
    return is_taught and not item.sensitive and item.condition is None and any(one.negative for one in item.options)


def _yes(item: Item) -> list[int]:
    return [option.code for option in item.options if not option.negative]
