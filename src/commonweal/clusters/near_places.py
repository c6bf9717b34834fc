"""The places near each centre, in order, only as far as the limits go: what a scan of many areas is set up with.

A full sort of 35,000 places round 35,000 centres takes minutes. Here places fall into buckets by distance, the bucket
in which a limit is reached is found, and only what lies before is sorted, bucket by bucket.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from commonweal.clusters.batches import Progress, in_batches

Floats = NDArray[np.float64]
CENTRES_AT_ONCE = 32
PLACES_A_BUCKET = 4
SMALL_BUCKET = 48
A_HAIR = 1e-12


def near_places(
    centres: Floats,
    points: Floats,
    tie_rank: NDArray,
    *,
    weights: Floats | None = None,
    most: Floats | None = None,
    max_distance: float | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Places by straight distance from each centre until a limit would be passed; at equal distance lower `tie_rank`.

    Args:
        centres, points: shapes (centres, axes) and (places, axes).
        tie_rank: of each place, shape (places,).
        weights, most: a row stops before the place that takes the sum of any `weights[limit]` above `most[limit]`;
            shapes (limits, places) and (limits,). Without them there is no such limit.
        max_distance: a row stops before the first place farther away.
        threads: how many; by default one a core.
        progress: called with centres done and all of them.

    Returns:
        `order[centre, rank]`, shape (centres, longest row), -1 beyond a row's end, and `length`, shape (centres,).
    """
    by_tie = np.argsort(tie_rank, kind="stable").astype(np.int32)
    weights = np.zeros((0, len(points))) if weights is None else np.asarray(weights, dtype=np.float64)
    most = np.zeros(0) if most is None else np.asarray(most, dtype=np.float64)
    columns = np.ascontiguousarray(points[by_tie].T)
    weights_by_tie = np.ascontiguousarray(weights[:, by_tie])
    farthest = np.inf if max_distance is None else float(max_distance)
    buckets = max(1, len(points) // PLACES_A_BUCKET)

    def near(start: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        return _near(
            np.ascontiguousarray(centres[start : start + CENTRES_AT_ONCE]), columns, by_tie, weights_by_tie,
            most * (1 + A_HAIR), farthest, buckets,
        )  # fmt: skip

    starts = range(0, len(centres), CENTRES_AT_ONCE)
    parts = in_batches(near, starts, threads=threads, progress=progress)
    length = np.concatenate([lengths for _, lengths in parts]) if parts else np.zeros(0, dtype=np.int32)
    order = np.full((len(centres), int(length.max(initial=0))), -1, dtype=np.int32)
    row = 0
    while parts:
        places, lengths = parts.pop(0)
        position = 0
        for size in lengths:
            order[row, :size] = places[position : position + size]
            position += size
            row += 1
    return order, length


@njit(cache=True, nogil=True)
def _near(centres, columns, by_tie, weights, most, farthest, buckets):
    places = len(by_tie)
    away, bucket_of = np.empty(places), np.empty(places, np.int32)
    starts, order = np.empty(buckets + 1, np.int64), np.empty(places, np.int32)
    found, lengths, used = np.empty(len(centres) * places, np.int32), np.empty(len(centres), np.int32), 0
    inside = np.empty(len(most))
    for centre in range(len(centres)):
        away[:] = 0
        for axis in range(len(columns)):
            for place in range(places):
                away[place] += (centres[centre, axis] - columns[axis, place]) ** 2
        widest = 0.0
        for place in range(places):
            away[place] = np.sqrt(away[place])
            widest = max(widest, away[place])
        last = _fill_buckets(away, bucket_of, starts, order, weights, most, min(widest, farthest), buckets)
        inside[:] = 0
        length, open_row = 0, True
        for bucket in range(last + 1):
            if not open_row:
                break
            _sort_bucket(away, order[starts[bucket] : starts[bucket + 1]])
            for position in range(starts[bucket], starts[bucket + 1]):
                place = order[position]
                open_row = away[place] <= farthest
                for limit in range(len(most)):
                    inside[limit] += weights[limit, place]
                    open_row &= inside[limit] <= most[limit]
                if not open_row:
                    break
                found[used] = by_tie[place]
                used += 1
                length += 1
        lengths[centre] = length
    return found[:used].copy(), lengths


@njit(cache=True, nogil=True)
def _fill_buckets(away, bucket_of, starts, order, weights, most, widest, buckets):
    """Distribute places over buckets by distance, keeping their order; return the last bucket that can matter."""
    places = len(away)
    scale = (buckets - 1) / widest if widest > 0 else 0.0
    starts[:] = 0
    inside = np.zeros((len(most), buckets))
    for place in range(places):
        bucket = int(min(away[place] * scale, buckets - 1.0))
        bucket_of[place] = bucket
        starts[bucket + 1] += 1
        for limit in range(len(most)):
            inside[limit, bucket] += weights[limit, place]
    last = buckets - 1
    for limit in range(len(most)):
        so_far = 0.0
        for bucket in range(last + 1):
            so_far += inside[limit, bucket]
            # Rounding differs with the order of addition: a bucket more costs little.
            if so_far > most[limit] * (1 + 1e-6):
                last = bucket
                break
    for bucket in range(buckets):
        starts[bucket + 1] += starts[bucket]
    following = starts[:-1].copy()
    for place in range(places):
        bucket = bucket_of[place]
        if bucket <= last:
            order[following[bucket]] = place
            following[bucket] += 1
    return last


@njit(cache=True, nogil=True)
def _sort_bucket(away, places):
    """Sort a few places by distance, keeping the order of equal ones."""
    if len(places) > SMALL_BUCKET:
        places[:] = places[np.argsort(away[places], kind="mergesort")]
        return
    for i in range(1, len(places)):
        place = places[i]
        hole = i
        while hole > 0 and away[place] < away[places[hole - 1]]:
            places[hole] = places[hole - 1]
            hole -= 1
        places[hole] = place


@njit(cache=True, nogil=True)
def lengths_within(order, length, weights, most):
    """How far each row of `near_places` goes until a limit would be passed, shape (centres,), int32.

    Args:
        order, length: a table made without limits on weights.
        weights, most: as of `near_places`.
    """
    within = np.empty(len(length), np.int32)
    inside = np.empty(len(most))
    for row in range(len(length)):
        inside[:] = 0
        size = 0
        while size < length[row]:
            allowed = True
            for limit in range(len(most)):
                inside[limit] += weights[limit, order[row, size]]
                allowed &= inside[limit] <= most[limit] * (1 + A_HAIR)
            if not allowed:
                break
            size += 1
        within[row] = size
    return within
