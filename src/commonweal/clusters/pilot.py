"""Replicates in batches, after a few that show from which level on a maximum is worth finding."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from commonweal.clusters.batches import Progress, in_batches
from commonweal.clusters.statistic import level_below

PILOT_REPLICATES = 8


def after_pilot(
    maxima: Callable[[range, int], NDArray[np.float64]],
    replicates: range,
    *,
    at_once: int,
    threads: int | None,
    progress: Progress | None,
) -> NDArray[np.float64]:
    """The greatest statistic of each replicate, in their order.

    Args:
        maxima: of some replicates, right whatever the level it may begin at, and quicker from a higher one.
        at_once: replicates of a batch.
        progress: called with replicates done and asked for.
    """
    pilot, rest = replicates[:PILOT_REPLICATES], replicates[PILOT_REPLICATES:]
    first = maxima(pilot, 0)
    level = level_below(first.min(initial=0.0))
    later = in_batches(
        lambda batch: maxima(batch, level),
        [rest[start : start + at_once] for start in range(0, len(rest), at_once)],
        threads=threads,
        progress=None if progress is None else lambda done, _: progress(len(pilot) + done, len(replicates)),
        size=len,
    )
    return np.concatenate([first, *later])
