"""From matrices to exact figures, item by item: shares before and after, the change, and how the paired moved.

The headline is the change in the share giving the agreed answer among everybody who answered, with schools as clusters
(CARE E2); the paired movement comes second. "I don't know" is "not yet" and stays in the base where the measure says so,
and leaves it where not; blank, not asked and rather-not-say always leave. Everything made here is exact and stays with the
worker: `analysis.disclosure` decides what leaves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.change import net_improvement_by_school, share_difference
from analysis.comparison import difference_from_later_schools
from analysis.exact import PERCENTAGES, Count, Exact, Pairs
from analysis.headlines import headlines
from analysis.proportions import clustered_share, wilson_of_printed
from analysis.results import Estimate, Interval
from analysis.tables import CODES, DONT_KNOW, frequencies, moves, transitions
from questionnaires.instrument import DONT_KNOW as DONT_KNOW_KEY
from questionnaires.instrument import Item
from survey.releases.cuts import Groups
from survey.releases.reading import Reading, WaveAnswers, agreed_codes, alike, pairs

NO_CHANGE = Estimate(None, None, 0, "none", "unlinked")

ALIKE = 0.10
"""Pupils who could be paired and those who could not are alike where they differ by less than this at the start."""

Counts = NDArray[np.int64]
Booleans = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Waves:
    """Which wave is the before, if there is one, and which the after."""

    before: str | None
    after: str

    @classmethod
    def of(cls, waves: Sequence[str]) -> Waves:
        """The first two waves of a programme; a single one is views afterwards."""
        return cls(waves[0], waves[1]) if len(waves) > 1 else cls(None, waves[0])

    @property
    def both(self) -> set[str]:
        """The waves there are."""
        return {self.after} if self.before is None else {self.before, self.after}


@dataclass(frozen=True, slots=True)
class WaveSums:
    """Of one item in one wave, by school: how many gave the agreed answer, of how many; and how many did not know."""

    agreed: Counts
    base: Counts
    unsure: Counts
    options: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Measured:
    """One item with everything exact about it; "don't know" apart where it leaves the base."""

    item: Item
    exact: Exact
    unsure: tuple[Count | None, Count | None]


def measured(reading: Reading, waves: Waves, groups: Groups, *, present: int | None = None) -> list[Measured]:
    """Everything exact about every measured item that these waves ask.

    Parameters
    ----------
    groups : the breakdowns to make, every group of each
    present : of one setting only: how many were there (for its interval with finite population correction)
    """
    everybody = _sums(reading, waves, None)
    moved = _pairs(reading, waves)
    parts = {
        name: {group: _sums(reading, waves, masks) for group, masks in members.items()}
        for name, members in groups.items()
    }
    found = []
    for number, item in enumerate(reading.items):
        if item.measure is None or not waves.both & set(item.waves):
            continue
        breakdowns = {
            name: {group: _exact(item, sums[number], present) for group, sums in members.items()}
            for name, members in parts.items()
        }
        exact = replace(_exact(item, everybody[number], present), pairs=moved.get(item.key), breakdowns=breakdowns)
        found.append(Measured(item, exact, _unsure(item, everybody[number])))
    return _with_headlines(found)


def compared(reading: Reading, waves: Waves, arms: Mapping[str, Mapping[str, Booleans]]) -> dict[str, Estimate]:
    """For each measured item the first arm after its visit against the second arm before its own, schools as clusters."""
    first, second = (_sums(reading, waves, masks) for masks in arms.values())
    found = {}
    for number, item in enumerate(reading.items):
        (before, after), (waiting, _) = first[number], second[number]
        if before is not None and after is not None and waiting is not None:
            mine, theirs = (before.base + after.base) > 0, waiting.base > 0
            visited = ((before.agreed[mine], before.base[mine]), (after.agreed[mine], after.base[mine]))
            later = (waiting.agreed[theirs], waiting.base[theirs])
            found[item.key] = difference_from_later_schools(visited, later, by_chance=True).difference
    return found


def _sums(
    reading: Reading, waves: Waves, masks: Mapping[str, Booleans] | None
) -> list[tuple[WaveSums | None, WaveSums | None]]:
    """For each item its sums before and after, of everybody or of a group."""
    tables = {}
    for wave in (waves.before, waves.after):
        if wave is None or wave not in reading.waves:
            continue
        answers = reading.waves[wave]
        chosen = masks[wave] if masks is not None else slice(None)
        tables[wave] = frequencies(answers.codes[chosen], answers.schools[chosen], len(reading.settings))
    return [
        (_wave_sums(item, number, waves.before, tables), _wave_sums(item, number, waves.after, tables))
        for number, item in enumerate(reading.items)
    ]


def _wave_sums(item: Item, number: int, wave: str | None, tables: Mapping[str, Counts]) -> WaveSums | None:
    if wave is None or wave not in tables or wave not in item.waves or item.measure is None:
        return None
    agreed, counted = _codes(item)
    table = tables[wave][number]
    options = tuple((key, int(table[:, code].sum())) for key, code in _told_apart(item, counted))
    return WaveSums(table[:, agreed].sum(axis=1), table[:, counted].sum(axis=1), table[:, DONT_KNOW], options)


def _told_apart(item: Item, counted: Booleans) -> list[tuple[str, int]]:
    """The answers that make up the base, in order, with their codes, where everybody gave exactly one."""
    if item.answering == "several":
        return []
    codes = [(option.key, option.code) for option in item.options if counted[option.code]]
    return [*codes, (DONT_KNOW_KEY, DONT_KNOW)] if counted[DONT_KNOW] and DONT_KNOW_KEY in item.absences else codes


def _codes(item: Item) -> tuple[Booleans, Booleans]:
    """Which codes are the agreed answer, and which are in the base at all."""
    agreed, counted = np.zeros(CODES, dtype=bool), np.zeros(CODES, dtype=bool)
    if item.measure is not None:
        agreed[list(agreed_codes(item))] = True
        options = {option.key: option.code for option in item.options}
        counted[list(options.values()) if item.answering != "several" else [0, 1]] = True
        if item.answering != "several":
            counted[[options[key] for key in item.measure.excluded]] = False
        counted[DONT_KNOW] = item.measure.dont_know == "not_yet"
    return agreed, counted


def _exact(item: Item, sums: tuple[WaveSums | None, WaveSums | None], present: int | None) -> Exact:
    before, after = sums
    change = None
    if before is not None and after is not None:
        change = share_difference(before.agreed, before.base, after.agreed, after.base)
    smallest = item.measure.smallest if item.measure is not None else 5
    return Exact(
        item.key,
        _count(before, present),
        _count(after, present),
        change,
        sensitive=item.sensitive,
        smallest=smallest,
        agreed=frozenset(item.measure.agreed) if item.measure is not None else frozenset(),
    )


def _count(sums: WaveSums | None, present: int | None) -> Count | None:
    if sums is None:
        return None
    agreed, base = int(sums.agreed.sum()), int(sums.base.sum())
    options = sums.options if sum(n for _, n in sums.options) == base else ()
    return Count(agreed, base, _interval(sums, agreed, base, present), options=options)


def _interval(sums: WaveSums, agreed: int, base: int, present: int | None) -> Interval | None:
    if base and len(sums.base) == 1 and present is not None:
        return wilson_of_printed(agreed, base, max(present, base))
    return clustered_share(sums.agreed, sums.base).interval if base else None


def _unsure(item: Item, sums: tuple[WaveSums | None, WaveSums | None]) -> tuple[Count | None, Count | None]:
    """Who did not know, beside those who said something; only where they are not in the base."""
    if item.measure is None or item.measure.dont_know != "apart" or "dont_know" not in item.absences:
        return None, None

    def count(wave: WaveSums | None) -> Count | None:
        if wave is None:
            return None
        unsure = int(wave.unsure.sum())
        return Count(unsure, int(wave.base.sum()) + unsure)

    return count(sums[0]), count(sums[1])


def _pairs(reading: Reading, waves: Waves) -> dict[str, Pairs]:
    """How those who could be paired and answered alike moved, for each item that is asked in both waves."""
    if (both := paired_waves(reading, waves)) is None:
        return {}
    before, after = both
    first, second = alike(before, after)
    if not len(first):
        return {}
    asked = [n for n, item in enumerate(reading.items) if item.measure and waves.both <= set(item.waves)]
    items = [reading.items[n] for n in asked]
    k = max((len(item.options) for item in items), default=2)
    lookup = np.array([_ranks(item) for item in items], dtype=np.uint8).reshape(len(items), CODES)
    codes = before.codes[first][:, asked], after.codes[second][:, asked]
    table = transitions(*codes, before.schools[first], len(reading.settings), lookup, k)
    unpaired = (before.size - len(first), after.size - len(second))
    return {item.key: _moved(moves(table[n]), unpaired, item) for n, item in enumerate(items)}


def _moved(by_school: Counts, unpaired: tuple[int, int], item: Item) -> Pairs:
    up, same, down = (int(n) for n in by_school.sum(axis=0))
    net = net_improvement_by_school(by_school) if up + same + down else None
    ranks, (_, counted) = _ranks(item), _codes(item)
    places = {key: ranks[code] for key, code in _told_apart(item, counted) if ranks[code] < CODES - 1}
    return Pairs(up, same, down, *unpaired, net=net, is_agreed=not item.ordered, places=places)


def _ranks(item: Item) -> list[int]:
    """The place of each code: in the options' order, or (where they have none) 1 for the agreed answer and 0 for others."""
    outside = CODES - 1
    agreed, counted = _codes(item)
    order = {option.code: place for place, option in enumerate(item.options)}
    if item.ordered:
        return [order.get(code, outside) if counted[code] else outside for code in range(CODES)]
    return [int(agreed[code]) if counted[code] else outside for code in range(CODES)]


def _with_headlines(found: Sequence[Measured]) -> list[Measured]:
    """Mark which changes may be headlines: of many questions, some differ by chance. One that was not tested (few
    schools) keeps its place: its sentence says that nothing is claimed beyond those who answered."""
    changes = [one.exact.change or NO_CHANGE for one in found]
    return [
        replace(one, exact=replace(one.exact, headline=chosen or change.p is None))
        for one, change, chosen in zip(found, changes, headlines(changes), strict=True)
    ]


def paired_waves(reading: Reading, waves: Waves) -> tuple[WaveAnswers, WaveAnswers] | None:
    """The answers before and after, where both were given."""
    if waves.before is None or not waves.both <= reading.waves.keys():
        return None
    return reading.waves[waves.before], reading.waves[waves.after]


def linked_likeness(reading: Reading, waves: Waves) -> str:
    """Whether those who could be paired answered before like those who could not, over all questions together.

    "alike" where every difference lies within 10 points (90% ranges, schools as clusters), "apart" where one is more than
    chance gives among so many questions, else "unclear"; empty where either side has fewer than 30 to compare. One word for
    the whole release, of questions that are not sensitive: no figure of those who could not be paired leaves.
    """
    if (both := paired_waves(reading, waves)) is None:
        return ""
    before, schools = both[0], len(reading.settings)
    linked = np.zeros(before.size, dtype=bool)
    linked[alike(*both)[0]] = True
    sides = [frequencies(before.codes[mask], before.schools[mask], schools) for mask in (~linked, linked)]
    found = []
    for number, item in enumerate(reading.items):
        if item.measure is None or item.sensitive or waves.before not in item.waves:
            continue
        agreed, counted = _codes(item)
        (others, base), (paired, paired_base) = (
            (table[number][:, agreed].sum(axis=1), table[number][:, counted].sum(axis=1)) for table in sides
        )
        if min(base.sum(), paired_base.sum()) >= PERCENTAGES:
            found.append(share_difference(others, base, paired, paired_base))
    if not found:
        return ""
    if any(headlines(found)) or any(_is_beyond(one.interval, ALIKE) for one in found):
        return "apart"
    is_near = (one.inner is not None and max(-one.inner.low, one.inner.high) < ALIKE for one in found)
    return "alike" if all(is_near) else "unclear"


def _is_beyond(interval: Interval | None, most: float) -> bool:
    """Whether a range lies wholly outside: it stands where schools agree so exactly that nothing could be tested."""
    return interval is not None and (interval.low > most or interval.high < -most)


def people_by_setting(reading: Reading, waves: Waves, masks: Mapping[str, Booleans] | None = None) -> dict[str, int]:
    """How many people each setting's rows are, of everybody or of a group: a pair is one person."""
    schools = len(reading.settings)
    total = np.zeros(schools, dtype=np.int64)
    for wave, answers in reading.waves.items():
        total += np.bincount(answers.schools[masks[wave] if masks is not None else slice(None)], minlength=schools)
    if (both := paired_waves(reading, waves)) is not None and waves.before is not None:
        first, second = pairs(*both)
        if masks is not None:
            first = first[masks[waves.before][first] & masks[waves.after][second]]
        total -= np.bincount(both[0].schools[first], minlength=schools)
    return {str(setting): int(n) for setting, n in zip(reading.settings, total, strict=True)}


def answers_by_setting(reading: Reading, wave: str) -> dict[str, int]:
    """How many answered one wave in each setting."""
    counts = np.bincount(reading.waves[wave].schools, minlength=len(reading.settings))
    return {str(setting): int(n) for setting, n in zip(reading.settings, counts, strict=True)}


def pairs_by_setting(reading: Reading, waves: Waves) -> dict[str, int]:
    """How many pupils of each setting could be paired."""
    if (both := paired_waves(reading, waves)) is None:
        return {}
    counts = np.bincount(both[0].schools[alike(*both)[0]], minlength=len(reading.settings))
    return {str(setting): int(n) for setting, n in zip(reading.settings, counts, strict=True)}
