"""The fast kernels are compiled when a machine first uses them; whoever waits is told."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread

import numpy as np

from commonweal.clusters.case_reach import case_reach
from commonweal.clusters.near_places import lengths_within, near_places
from commonweal.clusters.prospective_permutation import prospective_maxima
from commonweal.clusters.retrospective_permutation import retrospective_maxima
from commonweal.clusters.spatial_poisson import spatial_poisson_maxima

PATIENCE_SECONDS = 4.0
MESSAGE = "Preparing cluster detection for this machine: done once, it takes about a minute."


def prepare(announce: Callable[[str], None] | None = None) -> None:
    """Compile every fast kernel, or load what an earlier run compiled, with a scan of four places.

    Args:
        announce: called with a sentence for the user if it takes longer than loading would.

    Raises:
        Exception: whatever a kernel raised.
    """
    failures: list[Exception] = []

    def compile_all() -> None:
        try:
            _scan_four_places()
        except Exception as error:
            failures.append(error)

    thread = Thread(target=compile_all, daemon=True)
    thread.start()
    thread.join(PATIENCE_SECONDS)
    if thread.is_alive() and announce is not None:
        announce(MESSAGE)
    thread.join()
    if failures:
        raise failures[0]


def _scan_four_places() -> None:
    points = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 2.0], [5.0, 5.0]])
    rank, weight = np.arange(4), np.ones((1, 4))
    order, length = near_places(points, points, rank, weights=weight, most=np.array([3.0]), threads=1)
    lengths_within(order, length, weight, np.array([2.0]))
    place, interval = np.array([0, 0, 1, 2, 3, 3]), np.array([5, 5, 5, 0, 1, 2])
    for width in (np.int32, np.int64):
        reach = case_reach(order, length, place.astype(width), 5, threads=1)
        for kernel in (prospective_maxima, retrospective_maxima):
            kernel(reach, place.astype(width), interval, intervals=6, max_length=3, replicates=range(3), threads=1)
    counts = np.array([3, 1, 1, 1])
    spatial_poisson_maxima(
        order, length, np.full(4, 1.5), 6, lambda number: (rank, counts), replicates=range(2), threads=1
    )
