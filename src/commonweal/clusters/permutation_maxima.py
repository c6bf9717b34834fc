"""Which fast kernel finds the maxima of space-time permutation replicates."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from commonweal.clusters.batches import Progress
from commonweal.clusters.case_reach import case_reach
from commonweal.clusters.prospective_permutation import prospective_maxima
from commonweal.clusters.random_numbers import FIRST_SEED
from commonweal.clusters.retrospective_permutation import retrospective_maxima
from commonweal.clusters.study_period import TimeWindows
from commonweal.clusters.windows import SpatialWindows

Floats = NDArray[np.float64]


def permutation_maxima(
    windows: SpatialWindows,
    place: NDArray,
    interval: NDArray,
    time: TimeWindows,
    *,
    min_cases: int = 2,
    replicates: range = range(1, 1000),
    seed: int = FIRST_SEED,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Floats:
    """The greatest test statistic of each replicate over all windows, penalised; high rates, one covariate stratum.

    Args:
        windows: in space.
        place, interval: of each case, shape (cases,).
        time: the windows in time of the replicates.
        min_cases: in a window.
        replicates: their numbers; 0 is the data themselves, the first simulated one is 1.
        seed: of the random numbers; replicate `i` starts from `seed` plus `i`.
        threads: how many; by default one a core. The answer does not depend on it.
        progress: called with replicates done and asked for, once for each penalty of ellipses.

    Returns:
        Shape (replicates,); 0 where no window has more cases than expected.

    Raises:
        ValueError: a window of time holds too many cases for the counters (24,000 at least fit).
    """
    best = np.zeros(len(replicates))
    for penalty in np.unique(windows.penalty):
        alike = windows.with_penalty(penalty)
        reach = case_reach(alike.order, alike.length, place, len(place), threads=threads)
        if time.first_end == time.intervals - 1:
            found = prospective_maxima(
                reach, place, interval, intervals=time.intervals, max_length=time.longest, min_length=time.shortest,
                min_cases=min_cases, replicates=replicates, seed=seed, threads=threads, progress=progress,
            )  # fmt: skip
        else:
            found = retrospective_maxima(
                reach, place, interval, intervals=time.intervals, max_length=time.longest, min_length=time.shortest,
                min_cases=min_cases, first_end=time.first_end, replicates=replicates, seed=seed, threads=threads,
                progress=progress,
            )  # fmt: skip
        best = np.maximum(best, penalty * found)
    return best
