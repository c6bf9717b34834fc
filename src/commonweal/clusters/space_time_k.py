"""The space-time K function, and a test of interaction over a range of distances and intervals at once.

Source: Diggle PJ, Chetwynd AG, Häggkvist R, Morris SE. Second-order analysis of space-time clustering. Stat Methods Med
Res 1995;4:124-36. See docs/methods/clusters/space-time-k.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import shapely
from narwhals.typing import IntoDataFrameT
from shapely.geometry.base import BaseGeometry

from commonweal.clusters.events import Events, checked_permutations, limits
from commonweal.stats.frames import ColumnError, like

CIRCLE_SEGMENTS = 64
LEAST_SHARE = 1e-3


@dataclass(frozen=True)
class SpaceTimeK:
    """The answer of `space_time_k`.

    Attributes:
        table: a frame, one row a distance s and interval t: `k` = K(s,t), `k_space` = K1(s), `k_time` = K2(t),
            `difference` = K - K1 K2, `excess` = K / (K1 K2) - 1, `standard_error` of the difference under no
            interaction, `residual` = difference / standard_error.
        statistic: the sum of the residuals.
        p_value: one-sided, from the permutations.
        simulated: the statistic of each permutation.
    """

    table: Any
    statistic: float
    p_value: float
    simulated: np.ndarray


def space_time_k(
    data: IntoDataFrameT,
    *,
    x: str,
    y: str,
    time: str,
    distance: Sequence[float],
    interval: Sequence[float],
    region: BaseGeometry | None = None,
    period: tuple[float, float] | None = None,
    permutations: int = 999,
    seed: int = 1,
) -> SpaceTimeK:
    """Estimate K(s,t) and test whether it is above what space and time alone give.

    Args:
        data: one row an event; any eager frame Narwhals knows.
        x, y: columns of coordinates on a plane (eastings and northings, not degrees).
        time: column of dates or numbers.
        distance, interval: ascending limits above 0, in the units of the columns (days for dates).
        region: the study region; where given, pairs near its edge are weighted up by the share of their circle
            inside. Without it the bounding rectangle of the events gives the area and nothing is weighted.
        period: start and end of the study, as numbers of the column (days since 1970 for dates); where given, pairs
            near its ends are weighted up. Without it the times of the events give its length.
        permutations: how often times are dealt out anew.
        seed: of the random numbers.

    Raises:
        ColumnError: a column or an option breaks its rule, or an event lies outside the region or the period.
    """
    events = Events.read(data, x=x, y=y, time=time)
    distances, intervals = limits(distance, "distance"), limits(interval, "interval")
    permutations = checked_permutations(permutations)
    area = _area(events, region)
    length = _length(events, period)
    pairs, apart = events.near(distances[-1])
    ordered = np.vstack([pairs, pairs[:, ::-1]])
    weight = _edge_weights(events.places, ordered, np.tile(apart, 2), region)
    ring = np.searchsorted(distances, np.tile(apart, 2))
    n = len(events.times)
    scale = n * (n - 1)
    k_space = area / scale * np.bincount(ring, weight, len(distances)).cumsum()
    k_time = length / scale * _in_time(events.times, intervals, period)

    def k(times: np.ndarray) -> np.ndarray:
        gap = np.abs(times[ordered[:, 0]] - times[ordered[:, 1]])
        span = np.searchsorted(intervals, gap)
        cells = np.bincount(
            ring * (len(intervals) + 1) + span,
            weight * _end_weights(times[ordered[:, 0]], gap, period),
            len(distances) * (len(intervals) + 1),
        )
        return area * length / scale * cells.reshape(len(distances), -1)[:, :-1].cumsum(axis=0).cumsum(axis=1)

    product = k_space[:, None] * k_time[None, :]
    observed = k(events.times)
    difference = observed - product
    simulated = np.array([k(times) - product for times in events.permuted_times(permutations, seed)])
    error = np.sqrt((np.vstack([simulated, difference[None]]) ** 2).mean(axis=0))
    with np.errstate(invalid="ignore", divide="ignore"):
        residual = difference / error
        excess = observed / product - 1
        totals = np.nansum(simulated / error, axis=(1, 2))
    statistic = float(np.nansum(residual))
    shape = observed.shape
    table = pl.DataFrame(
        {
            "distance": np.broadcast_to(distances[:, None], shape).ravel(),
            "interval": np.broadcast_to(intervals[None, :], shape).ravel(),
            "k": observed.ravel(),
            "k_space": np.broadcast_to(k_space[:, None], shape).ravel(),
            "k_time": np.broadcast_to(k_time[None, :], shape).ravel(),
            "difference": difference.ravel(),
            "excess": excess.ravel(),
            "standard_error": error.ravel(),
            "residual": residual.ravel(),
        }
    ).with_columns(pl.selectors.float().fill_nan(None))
    # Sums of the same numbers in another order differ in their last digits: a tie is a tie.
    tie = 1e-9 * (1 + abs(statistic))
    p_value = (1 + int((totals >= statistic - tie).sum())) / (permutations + 1)
    return SpaceTimeK(like(data, table), statistic, p_value, totals)


def _area(events: Events, region: BaseGeometry | None) -> float:
    if region is None:
        area = float(np.prod(np.ptp(events.places, axis=0)))
        if area <= 0:
            raise ColumnError("All events lie on one line, so they span no area: give a 'region'.")
        return area
    outside = np.flatnonzero(~shapely.intersects(region, shapely.points(events.places)))
    if len(outside):
        raise ColumnError(f"{len(outside):,} events lie outside the region, first at row {outside[0] + 1}.")
    return float(region.area)


def _length(events: Events, period: tuple[float, float] | None) -> float:
    if period is None:
        length = float(np.ptp(events.times))
        if length <= 0:
            raise ColumnError("All events are at one time, so there is no time to speak of.")
        return length
    start, end = period
    outside = np.flatnonzero((events.times < start) | (events.times > end))
    if len(outside):
        raise ColumnError(f"{len(outside):,} events lie outside the period, first at row {outside[0] + 1}.")
    if end <= start:
        raise ColumnError(f"The period ends at {end:g}, not after its start {start:g}.")
    return float(end - start)


def _edge_weights(
    places: np.ndarray, ordered: np.ndarray, apart: np.ndarray, region: BaseGeometry | None
) -> np.ndarray:
    """One over the share of the circle around the first event through the second that lies in the region."""
    if region is None:
        return np.ones(len(ordered))
    weight = np.ones(len(ordered))
    # A circle that does not reach the edge lies inside whole.
    edge = shapely.distance(shapely.boundary(region), shapely.points(places))
    cut = np.flatnonzero((apart > 0) & (apart > edge[ordered[:, 0]]))
    if len(cut):
        shapely.prepare(region)
        circles = shapely.boundary(
            shapely.buffer(shapely.points(places[ordered[cut, 0]]), apart[cut], quad_segs=CIRCLE_SEGMENTS)
        )
        share = shapely.length(shapely.intersection(circles, region)) / shapely.length(circles)
        weight[cut] = 1 / np.maximum(share, LEAST_SHARE)
    return weight


def _end_weights(times: np.ndarray, gap: np.ndarray, period: tuple[float, float] | None) -> np.ndarray:
    """2 where only one of the two times that far from the first event's lies within the period, else 1."""
    if period is None:
        return np.ones(len(times))
    start, end = period
    return np.where((times - gap < start) | (times + gap > end), 2.0, 1.0)


def _in_time(times: np.ndarray, intervals: np.ndarray, period: tuple[float, float] | None) -> np.ndarray:
    """Weighted ordered pairs of events not further apart than each interval."""
    total = np.zeros(len(intervals) + 1)
    for one in range(len(times)):
        others = np.delete(times, one)
        gap = np.abs(others - times[one])
        weight = _end_weights(np.full(len(gap), times[one]), gap, period)
        total += np.bincount(np.searchsorted(intervals, gap), weight, len(intervals) + 1)
    return total[:-1].cumsum()
