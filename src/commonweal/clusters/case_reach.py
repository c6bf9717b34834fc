"""For each window sequence and each place with cases: how many cases a window holds once it takes that place in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from commonweal.clusters.batches import in_batches

ROWS_AT_ONCE = 128


@dataclass(frozen=True)
class CaseReach:
    """What a permutation replicate needs to know of the windows in space.

    Attributes:
        cases_within: `cases_within[row, column]` cases (of the whole study period) lie in the smallest window of
            sequence `row` that holds the place of `column`; 0 where no window of the row holds it. Shape (rows, places
            with cases), uint16 or uint32. Within a row two places never share a number, so the numbers order the
            places as well.
        column: which column each case's place has, shape (cases,).
    """

    cases_within: NDArray
    column: NDArray[np.uint32]


def case_reach(
    order: NDArray, length: NDArray, place: NDArray, most_cases: int, *, threads: int | None = None
) -> CaseReach:
    """Follow each row of neighbours and add up the cases, as far as `most_cases` allows.

    A window stops growing at the first place that would take it past `most_cases`. Places without cases change nothing
    under the permutation model and have no column.

    Args:
        order: `order[row, rank]` is the place that enters sequence `row` at `rank`, shape (rows, greatest length).
        length: how far each row goes, shape (rows,).
        place: of each case, shape (cases,).
        most_cases: the limit on cases in a window.
    """
    places = int(max(place.max(initial=-1), order.max(initial=-1))) + 1
    cases_at = np.bincount(place, minlength=places)
    column_of = np.where(cases_at > 0, np.cumsum(cases_at > 0) - 1, -1)
    smallest = np.uint16 if len(place) < 2**16 else np.uint32
    cases_within = np.zeros((len(length), int((cases_at > 0).sum())), dtype=smallest)

    def fill(start: int) -> None:
        rows = slice(start, start + ROWS_AT_ONCE)
        _fill(order[rows], length[rows], cases_at, column_of, most_cases, cases_within[rows])

    starts: Sequence[int] = range(0, len(length), ROWS_AT_ONCE)
    in_batches(fill, starts, threads=threads)
    return CaseReach(cases_within, column_of[place].astype(np.uint32))


@njit(cache=True, nogil=True)
def _fill(order, length, cases_at, column_of, most_cases, cases_within):
    for row in range(len(length)):
        within = 0
        for rank in range(length[row]):
            place = order[row, rank]
            if cases_at[place] == 0:
                continue
            within += cases_at[place]
            if within > most_cases:
                break
            cases_within[row, column_of[place]] = within
