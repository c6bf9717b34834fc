"""Prospective space-time permutation scans: the greatest statistic of the data and of many replicates, fast.

The algorithm is told in docs/methods/clusters/algorithms.md. In short: in a replicate only the cases dealt to the last
`max_length` intervals matter. Each row of windows is first screened with counters: one row of counters for a range of
window sizes, one counter for a range of window lengths. A count that would have to reach the best statistic so far,
were its window as small as the range allows, is looked at closely; most rows of windows have none.

Source of the statistic: Kulldorff M, Heffernan R, Hartman J, Assuncao R, Mostashari F. A space-time permutation scan
statistic for disease outbreak detection. PLoS Medicine 2005;2:e59.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from commonweal.clusters.batches import Progress
from commonweal.clusters.case_reach import CaseReach
from commonweal.clusters.pilot import after_pilot
from commonweal.clusters.random_numbers import FIRST_SEED, deal_intervals, list_order
from commonweal.clusters.statistic import (
    LEVEL_STEP,
    greatest_products,
    level_below,
    poisson_statistic,
)
from commonweal.clusters.vector_rows import WORDS, add_row, next_flagged_row

REPLICATES_AT_ONCE = 32
ROWS_AT_ONCE = 32
SIZE_RATIO = 1.1
MOST_SIZE_RANGES = 250
SMALL, LARGE = 8, 16
"""Bits of a counter; its highest bit is its flag."""
MOST_SMALL, MOST_LARGE = 2**7 - 1, 2**15 - 1


@dataclass(frozen=True)
class _Screen:
    """Tables that are the same for all replicates.

    Attributes:
        size_range: of each row and place with cases the range of its `cases_within`; the last range is "in no window".
        addends: what a case of each age adds to a row of counters, shape (max_length + 1, 4).
        flags: the highest bits of the counters, shape (4,).
        offsets: what brings a counter to its flag when it reaches the number a level needs, shape (levels * ranges, 4).
    """

    size_range: NDArray[np.uint8]
    ranges: int
    addends: NDArray[np.uint64]
    flags: NDArray[np.uint64]
    offsets: NDArray[np.uint64]


def prospective_maxima(
    reach: CaseReach,
    place: NDArray,
    interval: NDArray,
    *,
    intervals: int,
    max_length: int,
    min_length: int = 1,
    min_cases: int = 2,
    replicates: range = range(1, 1000),
    seed: int = FIRST_SEED,
    threads: int | None = None,
    progress: Progress | None = None,
) -> NDArray[np.float64]:
    """The greatest test statistic of each replicate over all windows that end with the last interval; high rates.

    Args:
        reach: of the windows in space and the same cases, from `case_reach`.
        place, interval: of each case, whole numbers, intervals from 0; shape (cases,).
        intervals: how many the study has.
        max_length, min_length: of a window, in intervals.
        min_cases: in a window.
        replicates: their numbers; 0 is the data themselves, the first simulated one is 1.
        seed: of the random numbers; replicate `i` starts from `seed` plus `i`.
        threads: how many; by default one a core. The answer does not depend on it.
        progress: called with replicates done and asked for.

    Returns:
        Shape (replicates,); 0 where no window has more cases than expected.

    Raises:
        ValueError: the longest window holds more than 32,767 cases: the counters are too small for that.
    """
    order, stratum_starts = list_order(interval, place)
    listed = np.ascontiguousarray(np.asarray(interval)[order], dtype=np.int32)
    column = reach.column[order]
    cases = len(listed)
    by_age = np.bincount(np.maximum(intervals - listed, min_length), minlength=max_length + 1)[: max_length + 1]
    recent = np.cumsum(by_age)
    if recent[max_length] > MOST_LARGE:
        raise ValueError(
            f"The longest window holds {recent[max_length]:,} cases; at most {MOST_LARGE:,} can be counted."
        )
    if recent[max_length] < min_cases or reach.cases_within.size == 0:
        return np.zeros(len(replicates))
    products = greatest_products(cases, int(recent[max_length]), min_cases)
    screen = _screen(reach, recent, products, min_length, min_cases)

    def maxima(numbers: range, level: int) -> NDArray[np.float64]:
        return _maxima(
            np.array(numbers), seed, listed, stratum_starts, column, reach.cases_within, screen.size_range,
            screen.ranges, screen.addends, screen.flags, screen.offsets, products, recent, intervals, min_length,
            min_cases, level,
        )  # fmt: skip

    return after_pilot(maxima, replicates, at_once=REPLICATES_AT_ONCE, threads=threads, progress=progress)


def _screen(reach: CaseReach, recent: NDArray, products: NDArray, min_length: int, min_cases: int) -> _Screen:
    lowest_sizes = _lowest_sizes(int(reach.cases_within.max()))
    range_of = np.searchsorted(lowest_sizes, np.arange(int(reach.cases_within.max()) + 1), side="right") - 1
    range_of[0] = len(lowest_sizes)
    lengths = [w for w in range(min_length, len(recent)) if recent[w] > (recent[w - 1] if w > min_length else 0)]
    small = [w for w in lengths if recent[w] <= MOST_SMALL]
    large = lengths[len(small) :]
    words_small = WORDS if not large else (WORDS - 1 if small and recent[lengths[-1]] <= 4 * MOST_SMALL else 2)
    groups = _groups(small, recent, words_small * 64 // SMALL)
    counters = [(i // 8, 8 * (i % 8), SMALL, group) for i, group in enumerate(groups)]
    groups = _groups(large, recent, (WORDS - words_small) * 64 // LARGE)
    counters += [(words_small + i // 4, 16 * (i % 4), LARGE, group) for i, group in enumerate(groups)]
    addends, flags = np.zeros((len(recent), WORDS), dtype=np.uint64), np.zeros(WORDS, dtype=np.uint64)
    for word, shift, bits, group in counters:
        flags[word] |= np.uint64(1 << (shift + bits - 1))
        addends[: group[-1] + 1, word] |= np.uint64(1 << shift)
    offsets = _offsets(
        products, lowest_sizes, min_cases, np.array([recent[group[0]] for *_, group in counters]),
        *(np.array([counter[i] for counter in counters]) for i in range(3)),
    )  # fmt: skip
    ranges = len(lowest_sizes)
    return _Screen(range_of.astype(np.uint8)[reach.cases_within], ranges, addends, flags, offsets)


def _lowest_sizes(greatest: int) -> NDArray[np.int64]:
    """Where the ranges of window sizes 1 to `greatest` start: single sizes first, then each a tenth above the last."""
    ratio = SIZE_RATIO
    while True:
        lowest = [1]
        while (following := max(lowest[-1] + 1, int(np.ceil(lowest[-1] * ratio)))) <= greatest:
            lowest.append(following)
        if len(lowest) <= MOST_SIZE_RANGES:
            return np.array(lowest)
        ratio += 0.02


def _groups(lengths: list[int], recent: NDArray, most: int) -> list[list[int]]:
    """Window lengths in at most `most` groups, so that the cases over all places differ by a like ratio in each."""
    if not lengths:
        return []
    low, high = 1.0, recent[lengths[-1]] / recent[lengths[0]]
    best = [lengths]
    for _ in range(40):
        ratio = (low + high) / 2
        groups: list[list[int]] = []
        for w in lengths:
            if groups and recent[w] <= recent[groups[-1][0]] * ratio:
                groups[-1].append(w)
            else:
                groups.append([w])
        if len(groups) <= most:
            best, high = groups, ratio
        else:
            low = ratio
    return best


@njit(cache=True, nogil=True)
def _offsets(products, lowest_sizes, min_cases, lowest_recent, words, shifts, bits):
    levels, most = products.shape[0], products.shape[1] - 1
    ranges = len(lowest_sizes)
    offsets = np.zeros((levels * ranges, WORDS), np.uint64)
    for level in range(levels):
        for size in range(ranges):
            needed = min_cases
            for counter in range(len(words)):
                least = lowest_sizes[size] * lowest_recent[counter]
                while needed <= most and products[level, needed] < least:
                    needed += 1
                if needed > most:
                    break
                offset = max((1 << (bits[counter] - 1)) - needed, 0)
                offsets[level * ranges + size, words[counter]] |= np.uint64(offset) << np.uint64(shifts[counter])
    return offsets


@njit(cache=True, nogil=True)
def _maxima(
    numbers, seed, listed, stratum_starts, column, cases_within, size_range, ranges,
    addends, flags, offsets, products, recent, intervals, min_length, min_cases, first_level,
):  # fmt: skip
    replicates, rows = len(numbers), len(size_range)
    columns, ages = _recent_cases(numbers, seed, listed, stratum_starts, column, recent, intervals, min_length)
    cases = columns.shape[1]
    best, level, start_level = np.zeros(replicates), np.zeros(replicates, np.int64), first_level
    done = np.zeros(replicates, np.bool_)
    counters, sums = np.zeros((ranges + 1, WORDS), np.uint64), np.zeros(WORDS, np.uint64)
    by_age, in_range = np.empty(len(recent), np.int64), np.empty(cases, np.int64)
    while True:
        level[:] = start_level
        for first_row in range(0, rows, ROWS_AT_ONCE):
            for replicate in range(replicates):
                if done[replicate]:
                    continue
                case_columns, case_ages = columns[replicate], ages[replicate]
                for row in range(first_row, min(rows, first_row + ROWS_AT_ONCE)):
                    row_ranges = size_range[row]
                    for case in range(cases):
                        add_row(counters, row_ranges[case_columns[case]], addends, case_ages[case])  # type: ignore[call-arg]
                    sums[:] = 0
                    flagged = -1
                    while True:
                        first_offset = level[replicate] * ranges
                        flagged = next_flagged_row(counters, offsets, first_offset, flags, sums, flagged + 1, ranges)  # type: ignore[call-arg]
                        if flagged < 0:
                            break
                        found = _best_in_range(
                            flagged, row_ranges, cases_within[row], case_columns, case_ages, products[level[replicate]],
                            recent, len(listed), min_length, min_cases, best[replicate], by_age, in_range,
                        )  # fmt: skip
                        if found > best[replicate]:
                            best[replicate] = found
                            level[replicate] = max(level[replicate], level_below(found))
        unfinished = False
        for replicate in range(replicates):
            # What lies below the level it started from has not been looked for.
            done[replicate] = start_level == 0 or best[replicate] > start_level * LEVEL_STEP
            unfinished |= not done[replicate]
        if not unfinished:
            return best
        start_level //= 2


@njit(cache=True, nogil=True)
def _recent_cases(numbers, seed, listed, stratum_starts, column, recent, intervals, min_length):
    """Column and age (intervals from the end, at least `min_length`) of the cases dealt to the longest window."""
    most_age, cases = len(recent) - 1, recent[len(recent) - 1]
    columns, ages = np.empty((len(numbers), cases), np.uint32), np.empty((len(numbers), cases), np.uint32)
    dealt, uniforms = listed.copy(), np.empty(len(listed), np.float32)
    for replicate in range(len(numbers)):
        if numbers[replicate] > 0:
            deal_intervals(numbers[replicate] + seed - FIRST_SEED, listed, stratum_starts, uniforms, dealt)
        else:
            dealt[:] = listed
        found = 0
        for case in range(len(dealt)):
            age = max(intervals - dealt[case], min_length)
            if age <= most_age:
                columns[replicate, found] = column[case]
                ages[replicate, found] = age
                found += 1
    return columns, ages


@njit(cache=True, nogil=True)
def _best_in_range(
    flagged, row_ranges, cases_within, case_columns, case_ages, products, recent, total, min_length, min_cases,
    best, by_age, in_range,
):  # fmt: skip
    """The greatest statistic, if above `best`, of the windows of one row whose size lies in the range `flagged`."""
    by_age[:] = 0
    found = 0
    for case in range(len(case_columns)):
        size = row_ranges[case_columns[case]]
        if size < flagged:
            by_age[case_ages[case]] += 1
        elif size == flagged:
            key = (np.int64(cases_within[case_columns[case]]) << 32) | np.int64(case_ages[case])
            place = found
            while place > 0 and in_range[place - 1] > key:
                in_range[place] = in_range[place - 1]
                place -= 1
            in_range[place] = key
            found += 1
    case = 0
    while case < found:
        within = in_range[case] >> 32
        while case < found and in_range[case] >> 32 == within:
            by_age[in_range[case] & 0xFFFFFFFF] += 1
            case += 1
        observed = 0
        for length in range(min_length, len(recent)):
            observed += by_age[length]
            product = within * recent[length]
            if observed >= min_cases and product <= products[observed] and product < observed * total:
                best = max(best, poisson_statistic(observed, product / total, total))
    return best
