"""Simulated data sets: the greatest statistic of each replicate, for every model, analysis and limit.

Common set-ups have faster kernels of their own: see `replicates`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from commonweal.clusters.data_sets import Draw, entries
from commonweal.clusters.search import best_by_row, greatest_statistics
from commonweal.clusters.study_period import TimeWindows
from commonweal.clusters.windows import SpatialWindows

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]
CELLS_A_BATCH = 2**20
SETS_A_BATCH = 64


@dataclass(frozen=True)
class CaseSample:
    """Single cases: `place`, `interval` and covariate `stratum` of each, all of shape (cases,)."""

    place: NDArray[np.int32]
    interval: NDArray[np.int32]
    stratum: NDArray[np.int32]


@dataclass(frozen=True)
class Statistic:
    """What makes a window a cluster.

    Attributes:
        want_high, want_low: which rates are looked for.
        min_high, min_low: the fewest cases of each.
        bernoulli: the Bernoulli ratio, else the Poisson one.
    """

    want_high: bool
    want_low: bool
    min_high: int
    min_low: int
    bernoulli: bool


@dataclass(frozen=True)
class Survey:
    """Everything that data sets are scanned with.

    Attributes:
        windows: in space; places that no data set can ever have cases or measure in are left out.
        measure: by place and interval, shape (places, intervals).
        total: of the measure.
        cases: in all.
        whole_period: whether windows of all intervals are tried beyond the limits in time.
    """

    windows: SpatialWindows
    measure: Floats
    total: float
    cases: int
    statistic: Statistic
    whole_period: bool = False


@dataclass(frozen=True)
class BestWindows:
    """The best window of each row: statistic (0: none), last rank, first and last interval, rates, cases, measure."""

    statistic: Floats
    rank: NDArray[np.int32]
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    low: NDArray[np.bool_]
    cases: NDArray[np.int64]
    measure: Floats


def best_windows(
    survey: Survey,
    drawn: tuple[NDArray, NDArray, NDArray],
    time: TimeWindows,
    taken: NDArray[np.int32] | None = None,
    threads: int | None = None,
) -> BestWindows:
    """The best window of each row in one data set.

    Args:
        drawn: places, intervals and cases of the data set.
        taken: windows in time, by row, that the new one may not touch; shape (rows, any number, 2), -1 for none.
    """
    windows, statistic = survey.windows, survey.statistic
    first, cumulated = _relevant(survey, time)
    few = entries([drawn], len(survey.measure), first, time.intervals - first)
    rows = windows.rows
    found = BestWindows(
        np.zeros(rows),
        np.full(rows, -1, np.int32),
        np.zeros(rows, np.int32),
        np.zeros(rows, np.int32),
        np.zeros(rows, bool),
        np.zeros(rows, np.int64),
        np.zeros(rows),
    )
    blocked = np.full((rows, 1, 2), -1, np.int32) if taken is None else np.where(taken < 0, taken, taken - first)
    parts = np.linspace(0, rows, 1 + min(rows, 8 * _threads(threads))).astype(int)

    def search(part: tuple[int, int]) -> None:
        best_by_row(
            windows.order, windows.length, windows.penalty, cumulated, few.start, few.data_set, few.interval, few.count,
            blocked, part[0], part[1], time.shortest, time.longest, max(time.first_end - first, 0),
            survey.whole_period, statistic.want_high, statistic.want_low, statistic.min_high, statistic.min_low,
            survey.cases, survey.total, statistic.bernoulli, found.statistic, found.rank, found.start, found.end,
            found.low, found.cases, found.measure
        )  # fmt: skip

    with ThreadPoolExecutor(_threads(threads)) as pool:
        list(pool.map(search, pairwise(parts)))
    found.start[:] += first
    found.end[:] += first
    return found


def maxima(
    survey: Survey, draw: Draw, time: TimeWindows, *, first: int, replicates: int, threads: int | None = None
) -> Iterator[Floats]:
    """The greatest statistic of replicates `first` to `first + replicates` - 1 (counted from 1), batch by batch."""
    windows, statistic = survey.windows, survey.statistic
    earliest, cumulated = _relevant(survey, time)
    _, group = np.unique(windows.penalty, return_inverse=True)
    size = int(np.clip(CELLS_A_BATCH // (survey.cases + 1), 1, SETS_A_BATCH))
    size = max(1, min(size, -(-replicates // _threads(threads))))

    def simulate(start: int) -> Floats:
        numbers = range(start, min(start + size, first + replicates))
        many = entries([draw(number) for number in numbers], len(survey.measure), earliest, time.intervals - earliest)
        return greatest_statistics(
            windows.order, windows.length, windows.penalty, group.astype(np.int32), int(group.max(initial=0)) + 1,
            cumulated, many.start, many.data_set, many.interval, many.count, len(numbers), time.shortest, time.longest,
            max(time.first_end - earliest, 0), survey.whole_period, statistic.want_high, statistic.want_low,
            statistic.min_high, statistic.min_low, survey.cases, survey.total, statistic.bernoulli
        )  # fmt: skip

    starts = range(first, first + replicates, size)
    with ThreadPoolExecutor(_threads(threads)) as pool:
        waiting = [pool.submit(simulate, start) for start in starts]
        try:
            for batch in waiting:
                yield batch.result()
        finally:
            for batch in waiting:
                batch.cancel()


def _relevant(survey: Survey, time: TimeWindows) -> tuple[int, Floats]:
    """The first interval any window holds, and the measure cumulated over intervals from there."""
    first = 0 if survey.whole_period else max(0, time.first_end - time.longest + 1)
    cumulated = np.zeros((len(survey.measure), time.intervals - first + 1))
    np.cumsum(survey.measure[:, first:], axis=1, out=cumulated[:, 1:])
    return first, cumulated


def _threads(asked: int | None) -> int:
    return asked or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else asked or os.cpu_count() or 1
