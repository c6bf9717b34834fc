"""Partial sorts give what full ones do."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from commonweal.clusters.near_places import near_places


def obvious(centre, points, tie_rank, weights, most, max_distance):
    away = np.sqrt(((centre - points) ** 2).sum(axis=1))
    row = []
    for place in np.lexsort((tie_rank, away)):
        if away[place] > max_distance or (weights[:, [*row, place]].sum(axis=1) > most).any():
            break
        row.append(int(place))
    return row


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 400), st.integers(0, 10**6), st.integers(0, 2), st.booleans(), st.integers(1, 60))
def test_rows_equal_full_sorts_cut_at_the_limit(places, seed, limits, clustered, width):
    random = np.random.default_rng(seed)
    points = random.integers(0, width, (places, 2)).astype(float)
    if clustered:
        points[: places // 2] = points[0] + random.integers(0, 3, (places // 2, 2))
    centres = random.integers(0, width, (5, 2)).astype(float)
    tie_rank = random.permutation(places)
    weights = random.integers(0, 5, (limits, places)).astype(float)
    most = weights.sum(axis=1) * random.uniform(0, 1, limits)
    max_distance = None if seed % 2 else float(random.integers(0, width))
    order, length = near_places(
        centres, points, tie_rank, weights=weights, most=most, max_distance=max_distance, threads=2
    )
    for centre, row, size in zip(centres, order, length, strict=True):
        expected = obvious(centre, points, tie_rank, weights, most, np.inf if max_distance is None else max_distance)
        assert row[:size].tolist() == expected
        assert (row[size:] == -1).all()
