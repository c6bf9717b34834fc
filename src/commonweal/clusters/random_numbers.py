"""Random numbers that make simulated maxima equal to those of SaTScan, replicate by replicate.

The generator is the minimal standard of Park and Miller with the multiplier 48271. It starts afresh for every
replicate, so that results do not depend on which thread does which replicate.

Source: Park SK, Miller KW. Random number generators: good ones are hard to find. Communications of the ACM
1988;31:1192-1201; Park SK, Miller KW, Stockmeyer PK. Another test for random number generation. Communications of the
ACM 1993;36(7):108-110. The permutation: Kulldorff M and others. A space-time permutation scan statistic for disease
outbreak detection. PLoS Medicine 2005;2:e59.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

MULTIPLIER = 48271
MODULUS = 2**31 - 1
FIRST_SEED = 12345678
"""Replicate `i` starts from this plus `i`; replicates are numbered from 1."""
INSERTION_SORT_BELOW = 17
DEEPEST = 128


@njit(cache=True, nogil=True)
def seed_of(replicate):
    """The seed of a replicate; the first replicate has number 1."""
    return FIRST_SEED + replicate


@njit(cache=True, nogil=True)
def fill_with_uniforms(state, uniforms):
    """Fill a float32 array with uniforms between 0 and 1 and return the state of the generator after them."""
    for i in range(len(uniforms)):
        state = MULTIPLIER * state % MODULUS
        uniforms[i] = np.float32(state / MODULUS)
    return state


@njit(cache=True, nogil=True)
def sort_with(keys, values):
    """Sort `keys` in place and carry `values` along.

    Equal keys come out in the order in which C++ standard libraries leave them, which is not the order they came in:
    quicksort on the median of second, middle and last element, parts of 16 or fewer left to one insertion sort (Musser
    DR. Introspective sorting and selection algorithms. Software: Practice and Experience 1997;27:983-993). Single
    precision makes equal keys likely among some thousand cases, so the order matters.
    """
    part_start = np.empty(DEEPEST, np.int64)
    part_end = np.empty(DEEPEST, np.int64)
    part_start[0] = 0
    part_end[0] = len(keys)
    parts = 1
    while parts > 0:
        parts -= 1
        start, end = part_start[parts], part_end[parts]
        while end - start >= INSERTION_SORT_BELOW and parts < DEEPEST:
            pivot = _median(keys, start + 1, start + (end - start) // 2, end - 1)
            _swap(keys, values, start, pivot)
            cut = _partition(keys, values, start, end)
            part_start[parts] = cut
            part_end[parts] = end
            parts += 1
            end = cut
    for i in range(1, len(keys)):
        key, value = keys[i], values[i]
        hole = i
        while hole > 0 and key < keys[hole - 1]:
            keys[hole] = keys[hole - 1]
            values[hole] = values[hole - 1]
            hole -= 1
        keys[hole] = key
        values[hole] = value


@njit(cache=True, nogil=True)
def _median(keys, first, middle, last):
    """Which of three positions holds the median key; of equal keys the choice is that of the C++ libraries."""
    if keys[first] < keys[middle]:
        if keys[middle] < keys[last]:
            return middle
        return last if keys[first] < keys[last] else first
    if keys[first] < keys[last]:
        return first
    return last if keys[middle] < keys[last] else middle


@njit(cache=True, nogil=True)
def _partition(keys, values, start, end):
    """Part the elements after `start` by the key at `start`, equal keys stopping both walks; return the first above."""
    pivot = keys[start]
    low, high = start + 1, end
    while True:
        while keys[low] < pivot:
            low += 1
        high -= 1
        while pivot < keys[high]:
            high -= 1
        if low >= high:
            return low
        _swap(keys, values, low, high)
        low += 1


@njit(cache=True, nogil=True)
def _swap(keys, values, one, other):
    keys[one], keys[other] = keys[other], keys[one]
    values[one], values[other] = values[other], values[one]


@njit(cache=True, nogil=True)
def deal_intervals(replicate, intervals, stratum_starts, uniforms, dealt):
    """One space-time permutation replicate: `dealt[i]` becomes the interval of the i-th case of the list.

    Args:
        replicate: its number, from 1.
        intervals: of the cases as `list_order` lists them, shape (cases,).
        stratum_starts: where each covariate stratum starts in the list, and the number of cases: shape (strata + 1,).
        uniforms, dealt: room for the work and the answer, float32 and the type of `intervals`, shape (cases,).
    """
    dealt[:] = intervals
    fill_with_uniforms(seed_of(replicate), uniforms)
    for stratum in range(len(stratum_starts) - 1):
        start, end = stratum_starts[stratum], stratum_starts[stratum + 1]
        sort_with(uniforms[start:end], dealt[start:end])


def list_order(intervals: NDArray, places: NDArray, strata: NDArray | None = None) -> tuple[NDArray, NDArray]:
    """The order in which a replicate lists the cases: by stratum, interval descending, place ascending.

    Args:
        intervals, places, strata: of each case, whole numbers, shape (cases,); without `strata` there is one.

    Returns:
        Indexes of the cases in list order, shape (cases,), and where each stratum starts in it, shape (strata + 1,).
    """
    strata = np.zeros(len(intervals), dtype=np.int64) if strata is None else np.asarray(strata)
    order = np.lexsort((places, -np.asarray(intervals, dtype=np.int64), strata))
    starts = np.flatnonzero(np.diff(strata[order], prepend=-1))
    return order, np.append(starts, len(intervals)).astype(np.int64)


def permuted_intervals(replicate: int, intervals: NDArray, stratum_starts: NDArray | None = None) -> NDArray:
    """The intervals that replicate number `replicate` deals to the cases, in list order, shape (cases,).

    Args:
        replicate: from 1.
        intervals: of the cases as `list_order` lists them, whole numbers, shape (cases,).
        stratum_starts: as `list_order` gives them; without them there is one stratum.
    """
    intervals = np.ascontiguousarray(intervals, dtype=np.int32)
    starts = np.array([0, len(intervals)]) if stratum_starts is None else np.asarray(stratum_starts, dtype=np.int64)
    dealt = np.empty_like(intervals)
    deal_intervals(replicate, intervals, starts, np.empty(len(intervals), dtype=np.float32), dealt)
    return dealt
