"""Which further clusters are reported, on three circles on a line."""

import numpy as np
import pytest

from commonweal.clusters.secondary import Candidate, ranked, reported
from commonweal.clusters.settings import SECONDARY_CRITERIA


def circle(statistic, centre, places, *, row=0, start=0, end=9):
    radius = max(abs(place - centre) for place in places)
    return Candidate(
        statistic, row, len(places), np.array(places, np.int32), float(radius), np.array([float(centre), 0.0]), -1,
        lambda point: abs(point[0] - centre) <= radius, start, end, False, 5, 1.0,
    )  # fmt: skip


WIDE = circle(9.0, 2, [2, 1, 3, 0, 4], row=0)
TOUCHING = circle(8.0, 5, [5, 4, 6], row=1)
INSIDE = circle(7.0, 3, [3], row=2)
OVER = circle(6.0, 6, [6, 5, 7, 4, 8, 3, 9, 2], row=3)


@pytest.mark.parametrize(
    ("criterion", "kept"),
    [
        ("no geographical overlap", [WIDE]),
        ("no centre in another cluster", [WIDE, TOUCHING]),
        ("no centre in a more likely cluster", [WIDE, TOUCHING]),
        ("no centre in a less likely cluster", [WIDE, TOUCHING, INSIDE]),
        ("no pairs of centres in each other's cluster", [WIDE, TOUCHING, INSIDE]),
        ("no restriction", [WIDE, TOUCHING, INSIDE, OVER]),
    ],
)
def test_criteria(criterion, kept):
    assert [c.row for c in reported([OVER, INSIDE, TOUCHING, WIDE], criterion)] == [c.row for c in kept]


def test_clusters_without_common_time_never_conflict():
    early, late = circle(9.0, 2, [2, 1], start=0, end=3), circle(8.0, 2, [2, 1], row=1, start=4, end=9)
    for criterion in SECONDARY_CRITERIA:
        assert len(reported([early, late], criterion)) == 2


def test_ties_go_to_fewer_places_then_to_the_earlier_centre():
    tied = [circle(5.0, 0, [0, 1], row=1), circle(5.0 + 1e-10, 5, [5, 6, 7], row=0), circle(5.0, 8, [8, 9], row=0)]
    assert [(c.size, c.row) for c in ranked(tied)] == [(2, 0), (2, 1), (3, 0)]
