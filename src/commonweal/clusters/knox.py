"""Knox's test of space-time interaction: are events close in space also close in time more often than by chance?

Sources: Knox EG. The detection of space-time interactions. Appl Stat 1964;13:25-30. Mantel N. The detection of disease
clustering and a generalized regression approach. Cancer Res 1967;27:209-20. See docs/methods/clusters/knox.md.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from narwhals.typing import IntoDataFrameT
from scipy import stats

from commonweal.clusters.events import Events, checked_permutations, limits
from commonweal.stats.frames import like


def knox(
    data: IntoDataFrameT,
    *,
    x: str,
    y: str,
    time: str,
    distance: float | Sequence[float],
    interval: float | Sequence[float],
    permutations: int = 999,
    seed: int = 1,
) -> IntoDataFrameT:
    """Count the pairs of events close in space and in time, for each distance and interval.

    Args:
        data: one row an event; any eager frame Narwhals knows.
        x, y: columns of coordinates on a plane (eastings and northings, not degrees).
        time: column of dates or numbers.
        distance, interval: what is close: not further apart than this, in the units of the columns (days for dates).
        permutations: how often times are dealt out anew for the permutation p-value; the same for all limits.
        seed: of the random numbers.

    Returns:
        One row a distance and interval: the table of pairs (`close_in_both`, `close_in_space_only`,
        `close_in_time_only`, `close_in_neither`), `expected` (pairs close in both, by their margins), `ratio`,
        `p_poisson`, `p_permutation` (both one-sided: so many or more) and `method`.

    Raises:
        ColumnError: a column or an option breaks its rule.
    """
    events = Events.read(data, x=x, y=y, time=time)
    distances, intervals = limits(distance, "distance"), limits(interval, "interval")
    permutations = checked_permutations(permutations)
    pairs, apart = events.near(distances[-1])
    ring = np.searchsorted(distances, apart)

    def close(times: np.ndarray) -> np.ndarray:
        span = np.searchsorted(intervals, np.abs(times[pairs[:, 0]] - times[pairs[:, 1]]))
        cells = np.bincount(ring * (len(intervals) + 1) + span, minlength=len(distances) * (len(intervals) + 1))
        return cells.reshape(len(distances), -1)[:, :-1].cumsum(axis=0).cumsum(axis=1)

    both = close(events.times)
    as_many = np.zeros_like(both)
    for times in events.permuted_times(permutations, seed):
        as_many += close(times) >= both
    n = len(events.times)
    every = n * (n - 1) // 2
    in_space = np.bincount(ring, minlength=len(distances)).cumsum()
    ordered = np.sort(events.times)
    in_time = np.array([_pairs_within(ordered, limit) for limit in intervals])
    expected = in_space[:, None] * in_time[None, :] / every
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = both / expected
    shape = both.shape
    result = pl.DataFrame(
        {
            "distance": np.broadcast_to(distances[:, None], shape).ravel(),
            "interval": np.broadcast_to(intervals[None, :], shape).ravel(),
            "close_in_both": both.ravel(),
            "close_in_space_only": (in_space[:, None] - both).ravel(),
            "close_in_time_only": (in_time[None, :] - both).ravel(),
            "close_in_neither": (every - in_space[:, None] - in_time[None, :] + both).ravel(),
            "expected": expected.ravel(),
            "ratio": ratio.ravel(),
            "p_poisson": np.where(both > 0, stats.poisson.sf(both - 1, expected), 1.0).ravel(),
            "p_permutation": ((as_many + 1) / (permutations + 1)).ravel(),
        }
    )
    return like(data, result.with_columns(pl.col("ratio").fill_nan(None), method=pl.lit("Knox")))


def _pairs_within(ordered: np.ndarray, limit: float) -> int:
    """Pairs of ordered times not further apart than `limit`, by the same subtraction as for single pairs."""
    first = np.searchsorted(ordered, ordered - limit * (1 + 1e-9) - 1e-12)
    position = np.arange(len(ordered))
    while np.any(beyond := (first < position) & (ordered - ordered[first] > limit)):
        first = first + beyond
    return int((position - first).sum())
