"""Counting: the tables are what a slow loop over the rows would find."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.tables import frequencies, moves, pair, shares, transitions


@given(st.integers(0, 40), st.integers(1, 4), st.integers(1, 5), st.randoms())
@settings(max_examples=40)
def test_frequencies_are_those_of_a_slow_loop(n: int, items: int, schools: int, draw: object) -> None:
    rng = np.random.default_rng(n * 31 + items)
    codes = rng.choice(np.array([0, 1, 2, 251, 252, 253, 254, 255], np.uint8), (n, items))
    school = rng.integers(0, schools, n)
    table = frequencies(codes, school, schools)
    slow = Counter((i, int(s), int(row[i])) for row, s in zip(codes, school, strict=True) for i in range(items))
    assert table.shape == (items, schools, 256) and table.sum() == n * items
    assert all(table[key] == count for key, count in slow.items())


@given(st.lists(st.binary(min_size=16, max_size=16), max_size=30), st.randoms())
def test_pairs_are_those_of_a_dictionary(keys: list[bytes], draw: object) -> None:
    before = keys[: len(keys) * 2 // 3] + keys[:2]
    after = keys[len(keys) // 3 :] + keys[-1:]
    once = {key for key, n in Counter(before).items() if n == 1} & {key for key, n in Counter(after).items() if n == 1}
    found = pair(before, after)
    assert {(int(i), int(j)) for i, j in zip(found.before, found.after, strict=True)} == {
        (before.index(key), after.index(key)) for key in once
    }


def test_keys_that_share_their_first_half_are_told_apart() -> None:
    first, second, third = (bytes(8) + bytes([i] * 8) for i in (1, 2, 3))
    found = pair([second, first, third], [third, second])
    pairs = sorted(zip(found.before.tolist(), found.after.tolist(), strict=True))
    assert pairs == [(0, 1), (2, 0)]


def test_a_key_used_twice_in_a_wave_pairs_nobody() -> None:
    key, other = bytes(16), bytes([7] * 16)
    found = pair([key, key, other], [key, other])
    assert (found.before.tolist(), found.after.tolist(), found.ambiguous) == ([2], [1], 3)
    assert len(pair([], []).before) == 0


def test_keys_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        pair([b"short"], [])
    with pytest.raises(ValueError, match=r"\(3, 8\)"):
        pair(np.zeros((3, 8), np.uint8), np.zeros((0, 16), np.uint8))


@given(arrays(np.uint8, (25, 2), elements=st.integers(0, 5)), arrays(np.uint8, (25, 2), elements=st.integers(0, 5)))
@settings(max_examples=40)
def test_transitions_leave_out_first_and_count_second(before: np.ndarray, after: np.ndarray) -> None:
    school = np.arange(25) % 3
    lookup = np.full((2, 256), 255, np.uint8)
    lookup[0, [0, 1, 2, 3]] = [0, 1, 2, 3]
    lookup[1, [3, 2, 1]] = [0, 1, 2]  # another order, another base
    table = transitions(before, after, school, 3, lookup, 4)
    slow: Counter[tuple[int, int, int, int]] = Counter()
    for x, y, s in zip(before, after, school, strict=True):
        for item in range(2):
            cell = (int(lookup[item, x[item]]), int(lookup[item, y[item]]))
            if max(cell) < 4:
                slow[item, int(s), *cell] += 1
    assert table.sum() == sum(slow.values()) and all(table[key] == count for key, count in slow.items())


def test_many_options_do_not_overflow_a_byte() -> None:
    lookup = np.arange(256, dtype=np.uint8)[None, :]
    table = transitions([[30]], [[31]], [0], 1, lookup, 40)
    assert table[0, 0, 30, 31] == 1 and table.sum() == 1


def test_shares_count_the_agreed_answer_in_its_base() -> None:
    table = frequencies([[1], [2], [253], [254], [1]], [0, 0, 0, 1, 1], 2)
    agreed, counted = np.zeros((1, 256), bool), np.zeros((1, 256), bool)
    agreed[0, 1], counted[0, [1, 2, 253]] = True, True  # don't know stays in the base: "not yet"
    sums, bases = shares(table, agreed, counted)
    assert sums.tolist() == [[1, 1]] and bases.tolist() == [[3, 1]]
    counted[0, 1] = False
    with pytest.raises(ValueError, match="has to be in the base"):
        shares(table, agreed, counted)


def test_moves_are_above_on_and_below_the_diagonal() -> None:
    table = np.arange(9).reshape(3, 3)
    assert moves(table).tolist() == [1 + 2 + 5, 0 + 4 + 8, 3 + 6 + 7]
    assert moves(np.stack([table, table.T])).tolist() == [[8, 12, 16], [16, 12, 8]]


@pytest.mark.parametrize(
    ("codes", "schools", "message"),
    [
        ([[1], [2]], [0], r"codes are \(2, 1\), schools \(1,\)"),
        ([[1]], [5], "schools run from 5 to 5, but there are 2"),
        ([[1]], [-1], "from -1"),
    ],
)
def test_rows_without_a_school_are_refused(codes: list[list[int]], schools: list[int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        frequencies(codes, schools, 2)


def test_before_and_after_of_different_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"before is \(1, 1\), after \(1, 2\)"):
        transitions([[1]], [[1, 2]], [0], 1, np.zeros((1, 256), np.uint8), 2)
