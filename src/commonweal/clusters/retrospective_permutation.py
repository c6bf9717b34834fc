"""Retrospective space-time permutation scans: the greatest statistic of the data and of many replicates, fast.

The algorithm is told in docs/methods/clusters/algorithms.md. In short: put all cases in a line by time. A window of
time is a stretch of that line, and a window in space marks the cases inside it. The line is covered with overlapping
blocks, for stretches up to 2, 3, 4, 6, ... cases long, such that every stretch lies in a block little longer than it
is. As a window in space grows, each case it takes in is counted in the blocks that hold it, eight at a time; only where
a count reaches what the best statistic so far demands are the stretches around that case looked at one by one.

Source of the statistic: Kulldorff M, Heffernan R, Hartman J, Assuncao R, Mostashari F. A space-time permutation scan
statistic for disease outbreak detection. PLoS Medicine 2005;2:e59.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from commonweal.clusters.batches import Progress
from commonweal.clusters.case_reach import CaseReach
from commonweal.clusters.pilot import after_pilot
from commonweal.clusters.random_numbers import FIRST_SEED, deal_intervals, list_order
from commonweal.clusters.statistic import LEVEL_STEP, greatest_products, level_below, poisson_statistic

REPLICATES_AT_ONCE = 64
STRETCH_RATIO = 1.5
MOST_IN_BYTE = 2**7 - 1
MOST_CASES = 24_000
"""Three quarters of what a counter of 15 bits and a flag holds: a block is up to a third longer than its stretches."""
UNREACHABLE = np.iinfo(np.int32).max


def retrospective_maxima(
    reach: CaseReach,
    place: NDArray,
    interval: NDArray,
    *,
    intervals: int,
    max_length: int,
    min_length: int = 1,
    min_cases: int = 2,
    first_end: int = 0,
    replicates: range = range(1, 1000),
    seed: int = FIRST_SEED,
    threads: int | None = None,
    progress: Progress | None = None,
) -> NDArray[np.float64]:
    """The greatest test statistic of each replicate over all windows; high rates.

    Args:
        reach: of the windows in space and the same cases, from `case_reach`.
        place, interval: of each case, whole numbers, intervals from 0; shape (cases,).
        intervals: how many the study has.
        max_length, min_length: of a window, in intervals.
        min_cases: in a window.
        first_end: windows end with this interval or later; 0 for all windows.
        replicates: their numbers; 0 is the data themselves, the first simulated one is 1.
        seed: of the random numbers; replicate `i` starts from `seed` plus `i`.
        threads: how many; by default one a core. The answer does not depend on it.
        progress: called with replicates done and asked for.

    Returns:
        Shape (replicates,); 0 where no window has more cases than expected.

    Raises:
        ValueError: a window of time holds more than 24,000 cases: the counters are too small for that.
    """
    order, stratum_starts = list_order(interval, place)
    listed = np.ascontiguousarray(np.asarray(interval)[order], dtype=np.int32)
    column = reach.column[order]
    before = np.concatenate([[0], np.cumsum(np.bincount(listed, minlength=intervals))])
    ends = np.arange(max(first_end, min_length - 1), intervals)
    longest = int((before[ends + 1] - before[np.maximum(ends + 1 - max_length, 0)]).max(initial=0))
    greatest_size = int(reach.cases_within.max(initial=0))
    if longest < min_cases or greatest_size == 0:
        return np.zeros(len(replicates))
    if longest > MOST_CASES:
        raise ValueError(f"A window of time holds {longest:,} cases, above the {MOST_CASES:,} that fit.")
    products = greatest_products(len(listed), longest, min_cases)
    stretches = _stretches(min_cases, longest)
    needed, shortest, size_limit = _needed(products, stretches, greatest_size, min_cases)
    first_byte, ones, bits, bytes_in_all = _blocks(stretches, len(listed))
    offsets = _offsets(needed, bits)
    same_place = _number_within_place(column)
    at_place = np.bincount(column, minlength=reach.cases_within.shape[1])

    def maxima(numbers: range, level: int) -> NDArray[np.float64]:
        return _maxima(
            np.array(numbers), seed, listed, stratum_starts, column, same_place, at_place, reach.cases_within, before,
            products, first_byte, ones, bits, bytes_in_all, offsets, shortest, size_limit, max_length, min_length,
            min_cases, first_end, level,
        )  # fmt: skip

    return after_pilot(maxima, replicates, at_once=REPLICATES_AT_ONCE, threads=threads, progress=progress)


def _stretches(min_cases: int, longest: int) -> NDArray[np.int64]:
    """The greatest number of cases (over all places) of each class of stretches, ascending."""
    most = [min(max(min_cases, 2), longest)]
    while most[-1] < longest:
        most.append(min(longest, max(most[-1] + 1, int(most[-1] * STRETCH_RATIO))))
    return np.array(most)


def _number_within_place(column: NDArray) -> NDArray[np.int64]:
    """For each case how many earlier ones in the list share its place."""
    order = np.argsort(column, kind="stable")
    starts = np.flatnonzero(np.diff(column[order].astype(np.int64), prepend=-1))
    number = np.empty(len(column), dtype=np.int64)
    number[order] = np.arange(len(column)) - np.repeat(starts, np.diff(np.append(starts, len(column))))
    return number


@njit(cache=True, nogil=True)
def _needed(products, stretches, greatest_size, min_cases):
    """The least number of marks with which a stretch of each class reaches each level, and sizes worth growing to.

    Returns:
        The numbers, shape (levels, greatest_size + 1, classes); the shortest class with any chance at this size or a
        greater one, shape (levels, greatest_size + 1); and the greatest size with any chance, shape (levels,).
    """
    levels, most = products.shape[0], products.shape[1] - 1
    needed = np.full((levels, greatest_size + 1, len(stretches)), UNREACHABLE, np.int32)
    shortest = np.full((levels, greatest_size + 1), len(stretches), np.int64)
    size_limit = np.zeros(levels, np.int64)
    for level in range(levels):
        for size in range(1, greatest_size + 1):
            shorter = 0
            for kind in range(len(stretches)):
                for observed in range(min_cases, min(most, stretches[kind]) + 1):
                    if size * max(observed, shorter + 1) <= products[level, observed]:
                        needed[level, size, kind] = observed
                        size_limit[level] = size
                        shortest[level, size] = min(shortest[level, size], kind)
                        break
                shorter = stretches[kind]
        for size in range(greatest_size - 1, -1, -1):
            shortest[level, size] = min(shortest[level, size], shortest[level, size + 1])
    return needed, shortest, size_limit


@intrinsic
def _count_in_blocks(typing_context, counters, byte, ones, offsets):  # type: ignore[no-untyped-def]
    """Add `ones` to the 64-bit word at `byte` of an array of bytes; return the new word plus `offsets`."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        counters, byte, ones, offsets = arguments
        data = context.make_array(signature.args[0])(context, builder, counters).data
        where = builder.bitcast(builder.gep(data, [byte]), ir.IntType(64).as_pointer())
        word = builder.load(where)
        word.align = 1
        counted = builder.add(word, ones)
        builder.store(counted, where).align = 1
        return builder.add(counted, offsets)

    return types.uint64(counters, types.int64, types.uint64, types.uint64), generate


@njit(cache=True, nogil=True)
def _blocks(stretches, cases):
    """Where the counters of the blocks lie that hold each position of the line.

    A block starts at every `step`-th position and holds every stretch of its class that starts in the step. A word
    holds the counters of 8 blocks of one byte each, or of 4 of two bytes where a block may hold more than 127 cases.

    Returns:
        The first byte of the word and the ones to add, shapes (cases, classes); bits of a counter, shape (classes,);
        and the number of bytes in all.
    """
    kinds = len(stretches)
    first_byte = np.empty((cases, kinds), np.int64)
    ones = np.zeros((cases, kinds), np.uint64)
    bits = np.empty(kinds, np.int64)
    base = 0
    for kind in range(kinds):
        bits[kind], lanes = 8, 8
        step = max(1, -(-(stretches[kind] - 2) // (lanes - 2)))
        if stretches[kind] + step - 1 > MOST_IN_BYTE:
            bits[kind], lanes = 16, 4
            step = max(1, -(-(stretches[kind] - 2) // (lanes - 2)))
        width = bits[kind] // 8
        for position in range(cases):
            last = position // step
            first = max(-((stretches[kind] + step - 2 - position) // step), last - lanes + 1)
            first_byte[position, kind] = base + (last + 1) * width
            for block in range(first, last + 1):
                ones[position, kind] |= np.uint64(1) << np.uint64((block - last + lanes - 1) * bits[kind])
        base += (cases // step + 1 + lanes) * width
    return first_byte, ones, bits, base + 8


@njit(cache=True, nogil=True)
def _offsets(needed, bits):
    """What brings each counter of a word to its flag, its highest bit, when the needed number is reached."""
    levels, sizes, kinds = needed.shape
    offsets = np.zeros((levels, sizes, kinds), np.uint64)
    for level in range(levels):
        for size in range(sizes):
            for kind in range(kinds):
                offset = np.uint64(max((1 << (bits[kind] - 1)) - np.int64(needed[level, size, kind]), 0))
                for shift in range(0, 64, bits[kind]):
                    offsets[level, size, kind] |= offset << np.uint64(shift)
    return offsets


@njit(cache=True, nogil=True)
def _maxima(
    numbers, seed, listed, stratum_starts, column, same_place, at_place, cases_within, before,
    products, first_byte, ones, bits, bytes_in_all, offsets, shortest, size_limit, max_length, min_length,
    min_cases, first_end, first_level,
):  # fmt: skip
    replicates, rows, total = len(numbers), len(cases_within), len(listed)
    positions = _positions(numbers, seed, listed, stratum_starts, before)
    day_at = np.empty(total, np.int64)
    for day in range(len(before) - 1):
        day_at[before[day] : before[day + 1]] = day
    counters, marks, kinds = np.zeros(bytes_in_all, np.uint8), np.zeros(total, np.bool_), len(bits)
    near_days, near_counts = np.empty(2 * max_length + 2, np.int64), np.empty(2 * max_length + 2, np.int64)
    sequence, size_at = np.empty(total, np.int64), np.empty(total, np.int64)
    best, level, start_level = np.zeros(replicates), np.zeros(replicates, np.int64), first_level
    done = np.zeros(replicates, np.bool_)
    while True:
        level[:] = start_level
        for row in range(rows):
            inside = _by_size(cases_within[row], column, same_place, at_place, sequence, size_at)
            for replicate in range(replicates):
                if done[replicate]:
                    continue
                at = level[replicate]
                taken = 0
                while taken < inside and size_at[taken] <= size_limit[at]:
                    size = size_at[taken]
                    position = positions[replicate, sequence[taken]]
                    taken += 1
                    marks[position] = True
                    promising = np.uint64(0)
                    for kind in range(shortest[at, size], kinds):
                        added = ones[position, kind]
                        offset, byte = offsets[at, size, kind], first_byte[position, kind]
                        counted = _count_in_blocks(counters, byte, added, offset)  # type: ignore
                        promising |= counted & (added << np.uint64(bits[kind] - 1))
                    if promising != 0:
                        found = _best_around(
                            marks, day_at[position], size, before, products[at], max_length, min_length,
                            min_cases, first_end, best[replicate], near_days, near_counts,
                        )  # fmt: skip
                        if found > best[replicate]:
                            best[replicate] = found
                            at = max(at, level_below(found))
                counters[:] = 0
                marks[:] = False
                level[replicate] = at
        unfinished = False
        for replicate in range(replicates):
            # What lies below the level it started from has not been looked for.
            done[replicate] = start_level == 0 or best[replicate] > start_level * LEVEL_STEP
            unfinished |= not done[replicate]
        if not unfinished:
            return best
        start_level //= 2


@njit(cache=True, nogil=True)
def _positions(numbers, seed, listed, stratum_starts, before):
    """Where in the line of all cases by time each listed case stands in each replicate."""
    positions = np.empty((len(numbers), len(listed)), np.int32)
    dealt, uniforms = listed.copy(), np.empty(len(listed), np.float32)
    following = np.empty(len(before), np.int64)
    for replicate in range(len(numbers)):
        if numbers[replicate] > 0:
            deal_intervals(numbers[replicate] + seed - FIRST_SEED, listed, stratum_starts, uniforms, dealt)
        else:
            dealt[:] = listed
        following[:] = before
        for case in range(len(listed)):
            positions[replicate, case] = following[dealt[case]]
            following[dealt[case]] += 1
    return positions


@njit(cache=True, nogil=True)
def _by_size(within, column, same_place, at_place, sequence, size_at):
    """List the cases in the order in which the windows of a row take them in; return how many there are.

    A place that takes the number of cases from a to b holds the a-th to the (b-1)-th, so no sorting is needed.
    """
    inside = 0
    for case in range(len(column)):
        size = np.int64(within[column[case]])
        if size > 0:
            slot = size - at_place[column[case]] + same_place[case]
            sequence[slot] = case
            size_at[slot] = size
            inside += 1
    return inside


@njit(cache=True, nogil=True)
def _best_around(
    marks, day, size, before, products, max_length, min_length, min_cases, first_end, best,
    near_days, near_counts,
):  # fmt: skip
    """The greatest statistic, if above `best`, of the windows in time that hold `day`, for one window in space."""
    intervals, total = len(before) - 1, before[len(before) - 1]
    number, own = 0, 0
    for other in range(max(0, day - max_length + 1), min(intervals, day + max_length)):
        count = 0
        for position in range(before[other], before[other + 1]):
            count += marks[position]
        if count > 0:
            if other == day:
                own = number
            near_days[number], near_counts[number] = other, count
            number += 1
    up_to_own = 0
    for start in range(own, -1, -1):
        up_to_own += near_counts[start]
        observed = up_to_own - near_counts[own]
        first = near_days[start]
        for end in range(own, number):
            observed += near_counts[end]
            last = max(near_days[end], first_end)
            if last - first + 1 > max_length:
                break
            if observed < min_cases:
                continue
            fewest = UNREACHABLE
            if last - first + 1 >= min_length:
                fewest = before[last + 1] - before[first]
            else:
                for earlier in range(max(0, last - min_length + 1), min(first, intervals - min_length) + 1):
                    fewest = min(fewest, before[earlier + min_length] - before[earlier])
            product = size * fewest
            if fewest < UNREACHABLE and product <= products[observed] and product < observed * total:
                best = max(best, poisson_statistic(observed, product / total, total))
    return best
