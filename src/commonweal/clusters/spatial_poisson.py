"""Purely spatial scans with many areas: the greatest Poisson statistic of many data sets, fast.

The algorithm is told in docs/methods/clusters/algorithms.md. In short: 64 data sets (or 32, where areas have many
cases) are scanned at once, side by side in one cache line an area. The neighbours of a centre are taken in by the
block; after each block every data set's count is compared with what its best statistic so far demands of the smallest
window of the block. Only blocks where a count suffices are looked at area by area.

Source of the statistic: Kulldorff M. A spatial scan statistic. Communications in Statistics 1997;26:1481-1496.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from commonweal.clusters.batches import Progress, in_batches
from commonweal.clusters.statistic import LEVEL_STEP, LEVELS, level_below, poisson_statistic

LINE_BYTES = 64
PILOT_DATA_SETS = 8
CAUTION = 0.9
"""Data sets start from this share of the least maximum of the pilot; a pass below which nothing lies is done again."""
LONGEST_BLOCK = 8
RANKS_A_BLOCK = 32
"""Blocks grow with the window, to a 32nd of it, so that a block changes what is expected little."""
FLOOR_RATIO = 1.02
MOST_FLOORS = 2**12
A_LITTLE_LESS = 1 - 1e-9
ROWS_AT_ONCE = 512
Counts = NDArray[np.integer]


def spatial_poisson_maxima(
    order: NDArray,
    length: NDArray,
    expected: NDArray[np.float64],
    cases: int,
    draw: Callable[[int], tuple[Counts, Counts]],
    *,
    min_cases: int = 2,
    replicates: range = range(1, 1000),
    threads: int | None = None,
    progress: Progress | None = None,
) -> NDArray[np.float64]:
    """The greatest log likelihood ratio of each data set over all windows; high rates.

    Args:
        order: `order[row, rank]` is the area that enters window sequence `row` at `rank`, shape (rows, longest).
        length: how far each row goes, shape (rows,).
        expected: of each area, summing to `cases`, shape (areas,).
        cases: of each data set.
        draw: from the number of a data set to its areas, none twice, and their cases.
        min_cases: in a window.
        replicates: the numbers to draw.
        threads: how many; by default one a core. The answer does not depend on it.
        progress: called with data sets done and asked for.

    Returns:
        Shape (data sets,); 0 where no window has more cases than expected.

    Raises:
        ValueError: an area has more than 65,535 cases: the counters are too small for that.
    """
    edges = _block_edges(order.shape[1])
    if order.size == 0 or not (expected > 0).any():
        return np.zeros(len(replicates))
    floors = _floors(expected, cases)
    before, floor = np.zeros((len(length), len(edges) - 1)), np.zeros((len(length), len(edges) - 1), dtype=np.uint16)

    def follow(start: int) -> None:
        rows = slice(start, start + ROWS_AT_ONCE)
        _follow(order[rows], length[rows], expected, edges, floors, before[rows], floor[rows])

    in_batches(follow, range(0, len(length), ROWS_AT_ONCE), threads=threads)
    needed = _needed(floors, cases, min_cases)

    def maxima(numbers: range, level: int) -> NDArray[np.float64]:
        drawn = [draw(number) for number in numbers]
        counter = _counter(drawn, cases)
        lanes = LINE_BYTES // counter.itemsize
        parts = []
        for start in range(0, len(drawn), lanes):
            counts = _side_by_side(drawn[start : start + lanes], len(expected), counter)
            sums = np.zeros(lanes, dtype=np.uint16 if counter.itemsize == 1 else np.uint32)
            parts.append(
                _maxima(
                    counts, sums, order, length, expected, edges, before, floor, needed, cases, min_cases, level,
                )[: len(drawn) - start]
            )  # fmt: skip
        return np.concatenate(parts)

    pilot = maxima(replicates[:PILOT_DATA_SETS], 0)
    level = level_below(CAUTION * float(pilot.min(initial=0.0)))
    batches = [replicates[start : start + LINE_BYTES] for start in range(0, len(replicates), LINE_BYTES)]
    parts = in_batches(lambda numbers: maxima(numbers, level), batches, threads=threads, progress=progress, size=len)
    return np.concatenate(parts) if parts else np.zeros(0)


def _block_edges(ranks: int) -> NDArray[np.int64]:
    """Ranks at which blocks of neighbours start, and the end."""
    edges = [0]
    while edges[-1] < ranks:
        edges.append(min(ranks, edges[-1] + min(LONGEST_BLOCK, max(1, edges[-1] // RANKS_A_BLOCK))))
    return np.array(edges)


def _floors(expected: NDArray[np.float64], cases: int) -> NDArray[np.float64]:
    """Expected numbers, each a little above the last, that what windows hold is rounded down to."""
    least = float(expected[expected > 0].min())
    steps = int(np.log(max(cases / least, 1.0)) / np.log(FLOOR_RATIO)) + 2
    return np.geomspace(least, max(cases, least), min(steps, MOST_FLOORS)) if cases > least else np.array([least])


def _counter(drawn: list[tuple[Counts, Counts]], cases: int) -> np.dtype:
    most = max((int(np.max(count, initial=0)) for _, count in drawn), default=0)
    if most > np.iinfo(np.uint16).max:
        raise ValueError(f"An area has {most:,} cases, above the {np.iinfo(np.uint16).max:,} that fit.")
    small = most <= np.iinfo(np.uint8).max and cases <= np.iinfo(np.uint16).max
    return np.dtype(np.uint8 if small else np.uint16)


def _side_by_side(drawn: list[tuple[Counts, Counts]], areas: int, counter: np.dtype) -> Counts:
    """The cases of each area in each data set, shape (areas, data sets in a line)."""
    counts = np.zeros((areas, LINE_BYTES // counter.itemsize), dtype=counter)
    for lane, (area, count) in enumerate(drawn):
        counts[area, lane] = count
    return counts


@njit(cache=True, nogil=True)
def _follow(order, length, expected, edges, floors, before, floor):
    """For each block of each row: what is expected before it, and the floor of its smallest window."""
    log_ratio = np.log(floors[-1] / floors[0]) / max(len(floors) - 1, 1)
    for row in range(len(length)):
        inside = 0.0
        for block in range(len(edges) - 1):
            before[row, block] = inside
            for rank in range(edges[block], min(edges[block + 1], length[row])):
                inside += expected[order[row, rank]]
                if rank == edges[block] and inside > floors[0] and log_ratio > 0:
                    found = min(int(np.log(inside / floors[0]) / log_ratio), len(floors) - 1)
                    while found > 0 and floors[found] > inside:
                        found -= 1
                    floor[row, block] = found


@njit(cache=True, nogil=True)
def _needed(floors, cases, min_cases):
    """The least number of cases that reaches each level where a floor is expected: shape (levels, floors)."""
    needed = np.empty((LEVELS, len(floors)), np.int64)
    for level in range(LEVELS):
        for place in range(len(floors)):
            expected = min(floors[place] * A_LITTLE_LESS, cases * A_LITTLE_LESS)
            low, high = max(min_cases, int(expected) + 1) - 1, cases + 1
            while high - low > 1:
                middle = (low + high) // 2
                if poisson_statistic(middle, expected, cases) >= level * LEVEL_STEP:
                    high = middle
                else:
                    low = middle
            needed[level, place] = high
    return needed


def _vectors(counts: Any) -> tuple[Any, Any]:
    """The LLVM types of a line of counters and of as many sums, twice as wide."""
    bits = counts.dtype.bitwidth
    lanes = LINE_BYTES * 8 // bits
    return ir.VectorType(ir.IntType(bits), lanes), ir.VectorType(ir.IntType(2 * bits), lanes)


def _data(context: Any, builder: Any, kind: Any, array: Any, pointed: Any) -> Any:
    return builder.bitcast(context.make_array(kind)(context, builder, array).data, pointed.as_pointer())


@intrinsic
def _take_in(typing_context, counts, areas, start, stop, sums):  # type: ignore[no-untyped-def]
    """Add the lines `counts[areas[start:stop]]` to `sums`; no sum of so many counters may overflow."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        counts, areas, start, stop, sums = arguments
        kinds = signature.args
        line, wide = _vectors(kinds[0])
        word = ir.IntType(64)
        lines = _data(context, builder, kinds[0], counts, line)
        area_numbers = _data(context, builder, kinds[1], areas, ir.IntType(kinds[1].dtype.bitwidth))
        sums_at = _data(context, builder, kinds[4], sums, wide)
        entry = builder.block
        check, visit, end = (builder.append_basic_block(name) for name in ("check", "visit", "end"))
        builder.branch(check)

        builder.position_at_end(check)
        rank, total = builder.phi(word), builder.phi(line)
        builder.cbranch(builder.icmp_signed("<", rank, stop), visit, end)

        builder.position_at_end(visit)
        area = builder.load(builder.gep(area_numbers, [rank]))
        area = area if kinds[1].dtype.bitwidth == 64 else builder.zext(area, word)
        added = builder.load(builder.gep(lines, [area]))
        added.align = 8
        with_area = builder.add(total, added)
        following = builder.add(rank, ir.Constant(word, 1))
        builder.branch(check)
        for value, first, then in ((rank, start, following), (total, ir.Constant(line, [0] * line.count), with_area)):
            value.add_incoming(first, entry)
            value.add_incoming(then, visit)

        builder.position_at_end(end)
        before = builder.load(sums_at)
        before.align = 8
        builder.store(builder.add(before, builder.zext(total, wide)), sums_at).align = 8
        return context.get_dummy_value()

    return types.void(counts, areas, types.int64, types.int64, sums), generate


@intrinsic
def _any_reaches(typing_context, sums, bounds, row):  # type: ignore[no-untyped-def]
    """Whether any of the sums is at least the bound beside it in `bounds[row]`."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        sums, bounds, row = arguments
        kinds = signature.args
        lanes = LINE_BYTES * 16 // kinds[0].dtype.bitwidth
        wide = ir.VectorType(ir.IntType(kinds[0].dtype.bitwidth), lanes)
        values = builder.load(_data(context, builder, kinds[0], sums, wide))
        values.align = 8
        beside = builder.load(builder.gep(_data(context, builder, kinds[1], bounds, wide), [row]))
        beside.align = 8
        reached = builder.bitcast(builder.icmp_unsigned(">=", values, beside), ir.IntType(lanes))
        return builder.icmp_unsigned("!=", reached, ir.Constant(ir.IntType(lanes), 0))

    return types.boolean(sums, bounds, types.int64), generate


@njit(cache=True, nogil=True)
def _maxima(counts, sums, order, length, expected, edges, before, floor, needed, cases, min_cases, first_level):
    lanes = len(sums)
    # More cases than this cannot be counted in one go: 255 (65,535) over the greatest number of an area.
    at_once = max(1, (256 if lanes == LINE_BYTES else 65536) // (np.int64(counts.max()) + 1))
    never = 65535 if lanes == LINE_BYTES else 4294967295
    bounds = np.empty((needed.shape[1], lanes), sums.dtype)
    best, level, done = np.zeros(lanes), np.zeros(lanes, np.int64), np.zeros(lanes, np.bool_)
    start_level = first_level
    while True:
        for lane in range(lanes):
            level[lane] = max(start_level, level_below(best[lane]))
            for place in range(needed.shape[1]):
                bounds[place, lane] = never if done[lane] else min(needed[level[lane], place], never)
        for row in range(len(length)):
            sums[:] = 0
            for block in range(len(edges) - 1):
                start, stop = edges[block], min(edges[block + 1], length[row])
                if start >= stop:
                    break
                for part in range(start, stop, at_once):  # type: ignore[call-overload]
                    _take_in(counts, order[row], part, min(stop, part + at_once), sums)  # type: ignore[call-arg]
                if not _any_reaches(sums, bounds, floor[row, block]):  # type: ignore[call-arg]
                    continue
                for lane in range(lanes):
                    if sums[lane] < bounds[floor[row, block], lane]:
                        continue
                    observed, inside = np.int64(sums[lane]), before[row, block]
                    for rank in range(start, stop):
                        observed -= counts[order[row, rank], lane]
                    for rank in range(start, stop):
                        observed += counts[order[row, rank], lane]
                        inside += expected[order[row, rank]]
                        if observed >= min_cases and observed > inside and inside > 0:
                            best[lane] = max(best[lane], poisson_statistic(observed, min(inside, cases), cases))
                    if level_below(best[lane]) > level[lane]:
                        level[lane] = level_below(best[lane])
                        for place in range(needed.shape[1]):
                            bounds[place, lane] = min(needed[level[lane], place], never)
        unfinished = False
        for lane in range(lanes):
            # What lies below the level it started from has not been looked for.
            done[lane] = start_level == 0 or best[lane] > start_level * LEVEL_STEP or done[lane]
            unfinished |= not done[lane]
        if not unfinished:
            return best
        start_level //= 2
