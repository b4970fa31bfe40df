"""Stored rows of a programme's sittings as matrices of codes, one a wave, with each row's school and pair key.

One query, in no order, and no Python work a row: the codes are one buffer (`rows`). Versions are joined by item where the
options are equal; where they are not, the older answers mean something else and count as not asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.tables import NOT_ASKED, RATHER_NOT, pair
from questionnaires.codebook import HEAD, MODES, Codebook
from questionnaires.instrument import Instrument, Item
from survey.models import AgreedChange
from survey.releases.rows import Codes, Rows, fetch

Indices = NDArray[np.intp]

LANGUAGE_COLUMN, VERSION_COLUMN, PAPER_COLUMN, HELPED_COLUMN = range(4)
"""The columns of `manners`; those of the stored head, with devices told apart only from paper."""
PAPER = MODES.index("paper")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the rows of an opening belong: its wave, its setting, and the columns of its questionnaire version."""

    wave: str
    setting_id: int
    codebook: Codebook


@dataclass(frozen=True, slots=True)
class WaveAnswers:
    """The answers of one wave: a row a respondent, a column an item, 16 bytes of pair key (all zero where there is none).

    `manners` says how each row was answered: language, version of the words, whether on paper, whether somebody helped.
    """

    codes: Codes
    schools: Indices
    keys: Codes
    manners: Codes

    @property
    def size(self) -> int:
        """How many people answered."""
        return len(self.schools)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was answered: the items in order, the settings behind the school numbers, and a matrix a wave."""

    items: tuple[Item, ...]
    settings: tuple[int, ...]
    waves: Mapping[str, WaveAnswers]

    def column(self, wave: str, key: str) -> Codes:
        """The codes of one item in one wave."""
        return self.waves[wave].codes[:, [item.key for item in self.items].index(key)]


def read_answers(session: Session, programme_id: int, places: Mapping[int, Place], *, late: bool = False) -> Reading:
    """The rows of these openings (opening id -> where it belongs); late rows only where they are asked for.

    Parameters
    ----------
    places : the openings to read; rows of other openings are left out
    late : also rows that came after their opening had closed (only a final release takes them)
    """
    rows = fetch(session, programme_id, sorted(places), late=late)
    ordered = [places[opening] for opening in sorted(places)]
    known = np.array(sorted(places), dtype=np.int64)
    slots = np.searchsorted(known, rows.openings).astype(np.intp)
    slots[slots == len(known)] = 0
    wanted = known[slots] == rows.openings if len(known) else np.zeros(len(slots), dtype=bool)
    settings = tuple(sorted({place.setting_id for place in ordered}))
    items = _as_agreed(session, programme_id, measured_items(place.codebook for place in ordered))
    parts = [_version(book, ordered, settings, items, rows, slots, wanted) for book in _codebooks(ordered)]
    waves = {wave: _joined([part[wave] for part in parts]) for wave in dict.fromkeys(place.wave for place in ordered)}
    return Reading(items, settings, waves)


def _as_agreed(session: Session, programme_id: int, items: Sequence[Item]) -> tuple[Item, ...]:
    """The items with the smallest change worth having that was agreed before the programme opened, where one was."""
    kept = select(AgreedChange).where(AgreedChange.programme_id == programme_id)
    agreed = {one.indicator: one.smallest for one in session.scalars(kept)}
    return tuple(
        replace(item, measure=replace(item.measure, smallest=agreed[item.measure.indicator]))
        if item.measure is not None and item.measure.indicator in agreed
        else item
        for item in items
    )


def _codebooks(places: Iterable[Place]) -> list[Codebook]:
    return list({place.codebook.instrument.version: place.codebook for place in places}.values())


def measured_items(codebooks: Iterable[Codebook]) -> tuple[Item, ...]:
    """The items that a release speaks of (measured, or about the person), as the newest version has them."""
    newest = max(codebooks, key=lambda codebook: codebook.instrument.version, default=None)
    if newest is None:
        return ()
    twins = {twin.key for item in newest.instrument.items for twin in _twins(newest.instrument, item)}
    items = (one for item in newest.instrument.items if item.key not in twins for one in item.singly())
    return tuple(_in_all_waves(newest.instrument, item) for item in items if item.measure is not None or item.about)


def _twins(instrument: Instrument, item: Item) -> list[Item]:
    """The later items that are this one under another key, asked in another wave in the same words: they are one question.

    What is remembered of the time before never is (CARE E11), nor what is measured in another way.
    """
    found, keys = [], {item.key}
    for one in instrument.items:
        is_same = one.same_as in keys and one.then_test == item.then_test and one.measure in (None, item.measure)
        if is_same and item.answering != "parts":
            found.append(one)
            keys.add(one.key)
    return found


def _in_all_waves(instrument: Instrument, item: Item) -> Item:
    """The item with the waves of its twins."""
    asked = {*item.waves, *(wave for twin in _twins(instrument, item) for wave in twin.waves)}
    return replace(item, waves=tuple(wave for wave in instrument.waves if wave in asked))


def _version(
    codebook: Codebook,
    places: Sequence[Place],
    settings: Sequence[int],
    items: Sequence[Item],
    rows: Rows,
    slots: Indices,
    wanted: NDArray[np.bool_],
) -> dict[str, WaveAnswers]:
    """The wanted rows of one version, wave by wave."""
    numbers = {setting: number for number, setting in enumerate(settings)}
    school_of = np.array([numbers[place.setting_id] for place in places], dtype=np.intp)
    is_mine = np.array(
        [place.codebook.instrument.version == codebook.instrument.version for place in places], dtype=bool
    )
    mine = np.flatnonzero(wanted & is_mine[slots])
    table = rows.table(mine, codebook.row_length)
    codes, keys, how = matrix(table, codebook, items), rows.keys[mine], _manners(table, codebook, places)
    slots = slots[mine]
    answers = {}
    for wave in dict.fromkeys(place.wave for place in places):
        here = np.array([place.wave == wave for place in places], dtype=bool)[slots]
        answers[wave] = WaveAnswers(codes[here], school_of[slots[here]], keys[here], how[here])
    return answers


def _manners(table: Codes, codebook: Codebook, places: Sequence[Place]) -> Codes:
    """How rows were answered, with the same number for the same language in every version of the questionnaire."""
    named = sorted({one.code for place in places for one in place.codebook.instrument.languages})
    numbers = np.array([named.index(one.code) for one in codebook.instrument.languages], dtype=np.uint8)
    found = table[:, [HEAD.index(name) for name in ("language", "version", "mode", "helped")]].copy()
    found[:, LANGUAGE_COLUMN] = numbers[found[:, LANGUAGE_COLUMN]]
    found[:, PAPER_COLUMN] = found[:, PAPER_COLUMN] == PAPER
    return found


def _joined(parts: Sequence[WaveAnswers]) -> WaveAnswers:
    if len(parts) == 1:
        return parts[0]
    return WaveAnswers(
        np.concatenate([part.codes for part in parts]),
        np.concatenate([part.schools for part in parts]),
        np.concatenate([part.keys for part in parts]),
        np.concatenate([part.manners for part in parts]),
    )


def matrix(table: Codes, codebook: Codebook, items: Sequence[Item]) -> Codes:
    """Rows of one version, one a line, as a matrix with a column for each of `items`."""
    columns = [_with_twins(table, codebook, item) for item in items]
    return np.stack(columns, axis=1) if columns else np.zeros((len(table), 0), dtype=np.uint8)


def _with_twins(table: Codes, codebook: Codebook, item: Item) -> Codes:
    """The codes of an item, or where it was not asked those of the same question under another key."""
    column = _column(table, codebook, item)
    mine = next((one for one in codebook.instrument.items if one.key == item.key), None)
    for twin in _twins(codebook.instrument, mine) if mine is not None else ():
        other = _column(table, codebook, replace(twin, measure=item.measure))
        column = np.where(column == NOT_ASKED, other, column)
    return column


def _column(table: Codes, codebook: Codebook, item: Item) -> Codes:
    asked = {one.key: one for whole in codebook.instrument.items for one in whole.singly()}
    if item.key not in asked or not _means_the_same(asked[item.key], item):
        return np.full(len(table), NOT_ASKED, dtype=np.uint8)
    mine = [
        column
        for column in codebook.columns
        if column.name == item.key or (column.item is not None and column.item.key == item.key)
    ]
    first = table[:, mine[0].offset]
    if item.answering != "several" or item.measure is None:
        return first
    chosen = table[:, [column.offset for column in mine if column.option and column.option.key in item.measure.agreed]]
    return np.where(first >= RATHER_NOT, first, (chosen == 1).any(axis=1)).astype(np.uint8)


def _means_the_same(one: Item, other: Item) -> bool:
    def options(item: Item) -> set[tuple[str, int]]:
        return {(option.key, option.code) for option in item.options}

    return one.kind == other.kind and options(one) == options(other)


def pairs(before: WaveAnswers, after: WaveAnswers) -> tuple[Indices, Indices]:
    """The rows of the same people in two waves: row `first[i]` before is row `second[i]` after."""
    keyed = [np.flatnonzero(wave.keys.any(axis=1)) for wave in (before, after)]
    found = pair(before.keys[keyed[0]], after.keys[keyed[1]])
    return keyed[0][found.before], keyed[1][found.after]


def alike(before: WaveAnswers, after: WaveAnswers) -> tuple[Indices, Indices]:
    """Those of the pairs who answered in the same way both times. Another language, other words, paper instead of a screen
    or a helper can move a tick by themselves, so such a pair shows no change of the pupil's."""
    first, second = pairs(before, after)
    same = (before.manners[first] == after.manners[second]).all(axis=1)
    return first[same], second[same]


def agreed_codes(item: Item) -> frozenset[int]:
    """The codes that count as the agreed answer in an item's column."""
    if item.measure is None:
        return frozenset()
    if item.answering == "several":
        return frozenset({1})
    return frozenset(item.option(key).code for key in item.measure.agreed)
