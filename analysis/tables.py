"""Counts: from a matrix of codes to frequency tables by school, and to tables of (before, after) pairs by school.

Everything the service measures is a function of these tables, so this is the only step whose cost grows with the number
of responses. One `bincount` an item; nothing is copied twice. Codes are bytes: 0 to 251 stand for options, 252 to 255
for rather not say, don't know, left blank and not asked. What leaves a base is decided by the caller's look-up tables,
so that exclusion comes first and counting second.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

CODES = 256
RATHER_NOT, DONT_KNOW, BLANK, NOT_ASKED = 252, 253, 254, 255

Bytes = NDArray[np.uint8]
Counts = NDArray[np.int64]
Index = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Pairing:
    """Which rows belong together: row `before[i]` and row `after[i]` are the same person.

    `ambiguous` rows share their key with another row of the same wave; they stay unpaired.
    """

    before: Index
    after: Index
    ambiguous: int


def frequencies(codes: ArrayLike, schools: ArrayLike, n_schools: int) -> Counts:
    """How often each code was given, by item and school.

    Parameters
    ----------
    codes : uint8, shape (n, m); one row a response, one column an item
    schools : int, shape (n,); 0 to n_schools - 1. Any numbering of groups will do: school * groups + group
    n_schools : how many

    Returns
    -------
    int64, shape (m, n_schools, 256)
    """
    matrix, school = _checked(codes, schools, n_schools)
    columns = np.ascontiguousarray(matrix.T)
    offset = school * CODES
    table = np.empty((len(columns), n_schools, CODES), np.int64)
    for item, column in enumerate(columns):
        table[item] = np.bincount(offset + column, minlength=n_schools * CODES).reshape(n_schools, CODES)
    return table


def pair(keys_before: ArrayLike, keys_after: ArrayLike) -> Pairing:
    """The rows with the same 16-byte key before and after, by one sort of the keys' first halves.

    Parameters
    ----------
    keys_before, keys_after : uint8, shape (n, 16), or a list of 16-byte strings. Rows without a key do not belong here.

    Notes
    -----
    A key that occurs twice in a wave pairs nobody: which of the two it was cannot be told.
    """
    before, after = _halves(keys_before), _halves(keys_after)
    first = np.concatenate((before[:, 0], after[:, 0]))
    order = np.argsort(first)
    ordered = first[order]
    second = np.concatenate((before[:, 1], after[:, 1]))[order]
    equal = ordered[1:] == ordered[:-1]
    if np.any(equal & (second[1:] < second[:-1])) or np.any(equal[1:] & equal[:-1]):
        order = np.lexsort((np.concatenate((before[:, 1], after[:, 1])), first))
        ordered, second = first[order], np.concatenate((before[:, 1], after[:, 1]))[order]
        equal = ordered[1:] == ordered[:-1]
    equal &= second[1:] == second[:-1]
    return _pairs(order, equal, len(before))


def _pairs(order: Index, equal: NDArray[np.bool_], n_before: int) -> Pairing:
    """Pairs among neighbours in key order: runs of exactly two rows, one of each wave."""
    is_after = order >= n_before
    starts = np.flatnonzero(np.concatenate(([True], ~equal))) if len(order) else np.empty(0, np.intp)
    lengths = np.diff(np.append(starts, len(order)))
    afters = np.add.reduceat(is_after, starts, dtype=np.intp) if len(starts) else lengths
    two = starts[(lengths == 2) & (afters == 1)]
    swapped = is_after[two]
    before, after = order[two + swapped], order[two + ~swapped] - n_before
    twice = lengths[(afters > 1) | (lengths - afters > 1)].sum()
    return Pairing(before, after, int(twice))


def transitions(
    before: ArrayLike, after: ArrayLike, schools: ArrayLike, n_schools: int, lookup: ArrayLike, k: int
) -> Counts:
    """How many pairs went from which answer to which, by item and school.

    Parameters
    ----------
    before, after : uint8, shape (n, m); row i of both is the same person
    schools : int, shape (n,)
    lookup : uint8, shape (m, 256); the category 0 to k - 1 of each code, in rising order; k or more leaves the table
    k : number of categories

    Returns
    -------
    int64, shape (m, n_schools, k, k), indexed [item, school, before, after]
    """
    first, school = _checked(before, schools, n_schools)
    second, _ = _checked(after, schools, n_schools)
    if first.shape != second.shape:
        raise ValueError(f"before is {first.shape}, after {second.shape}")
    side = k + 1
    categories = np.minimum(np.asarray(lookup, np.uint8), k)
    offset = school * (side * side)
    table = np.empty((first.shape[1], n_schools, k, k), np.int64)
    columns = zip(np.ascontiguousarray(first.T), np.ascontiguousarray(second.T), categories, strict=True)
    for item, (x, y, category) in enumerate(columns):
        cells = offset + (category.astype(np.intp) * side)[x]
        cells += category[y]
        full = np.bincount(cells, minlength=n_schools * side * side).reshape(n_schools, side, side)
        table[item] = full[:, :k, :k]
    return table


def shares(table: Counts, agreed: ArrayLike, counted: ArrayLike) -> tuple[Counts, Counts]:
    """How many gave an agreed answer, and the base, by item and school: exclude first, count second.

    Parameters
    ----------
    table : shape (m, n_schools, 256), from `frequencies`
    agreed, counted : bool, shape (m, 256); which codes are the agreed answer, which are in the base at all

    Returns
    -------
    sums, bases : int64, shape (m, n_schools) each
    """
    base, yes = np.asarray(counted, bool), np.asarray(agreed, bool)
    if np.any(yes & ~base):
        raise ValueError("an agreed answer has to be in the base")
    return np.einsum("isc,ic->is", table, yes), np.einsum("isc,ic->is", table, base)


def moves(table: Counts) -> Counts:
    """Up, same and down of each square table: shape (..., k, k) to (..., 3)."""
    k = table.shape[-1]
    up = np.triu(np.ones((k, k), np.int64), 1)
    parts = np.stack((up, np.eye(k, dtype=np.int64), up.T))
    return np.asarray(np.einsum("...ij,cij->...c", table, parts), np.int64)


def _checked(codes: ArrayLike, schools: ArrayLike, n_schools: int) -> tuple[Bytes, Index]:
    matrix = np.asarray(codes, np.uint8)
    school = np.asarray(schools, np.intp)
    if matrix.ndim != 2 or school.shape != matrix.shape[:1]:
        raise ValueError(f"codes are {matrix.shape}, schools {school.shape}: one row and one school a response")
    if school.size and not (school.min() >= 0 and school.max() < n_schools):
        raise ValueError(f"schools run from {school.min()} to {school.max()}, but there are {n_schools}")
    return matrix, school


def _halves(keys: ArrayLike) -> NDArray[np.uint64]:
    """Each 16-byte key as two 64-bit numbers."""
    if isinstance(keys, list | tuple):
        if any(len(key) != 16 for key in keys):
            raise ValueError("a pair key has 16 bytes")
        keys = np.frombuffer(b"".join(keys), np.uint8).reshape(-1, 16)
    array = np.ascontiguousarray(keys, np.uint8)
    if array.ndim != 2 or array.shape[1] != 16:
        raise ValueError(f"pair keys are {array.shape}, expected (n, 16)")
    return array.view(np.uint64)
