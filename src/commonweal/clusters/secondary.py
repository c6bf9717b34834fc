"""Which clusters are reported after the most likely one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from commonweal.clusters.settings import SECONDARY_CRITERIA

MOST_REPORTED = 500
TIED = 1e-9
A_HAIR = 1e-9


@dataclass(frozen=True)
class Candidate:
    """The best window of a centre.

    Attributes:
        row: of the spatial windows; -1 for windows of all places.
        size: number of places inside.
        places: indexes of the places inside.
        radius: straight distance to the last of them.
        centre: the point it grew from, or None.
        holds_point: whether a point lies inside the circle or ellipse; None with neighbour lists.
        start, end: first and last interval.
    """

    statistic: float
    row: int
    size: int
    places: NDArray[np.int32]
    radius: float
    centre: NDArray[np.float64] | None
    centre_place: int
    holds_point: Callable[[NDArray[np.float64]], bool] | None
    start: int
    end: int
    low: bool
    cases: int
    measure: float

    @cached_property
    def place_set(self) -> frozenset[int]:
        """The places inside, to compare with others quickly."""
        return frozenset(self.places.tolist())

    def holds_centre_of(self, other: Candidate) -> bool:
        """Whether the other's centre lies inside."""
        if other.centre is not None and self.holds_point is not None:
            return self.holds_point(other.centre)
        if other.centre_place >= 0:
            return other.centre_place in self.places
        return other.size > 0 and self.size >= other.size


def ranked(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Most likely first; statistics within 1e-9 are tied, and then fewer places go first, then the earlier centre."""
    falling = sorted(candidates, key=lambda candidate: -candidate.statistic)
    order: list[Candidate] = []
    while len(order) < len(falling):
        start = len(order)
        end = start
        while end < len(falling) and falling[start].statistic - falling[end].statistic < TIED:
            end += 1
        order += sorted(falling[start:end], key=_order_of_ties)
    return order


def _order_of_ties(candidate: Candidate) -> tuple[int, int, int, int]:
    return candidate.size, candidate.row, candidate.end, -candidate.start


def reported(candidates: Sequence[Candidate], criterion: str) -> list[Candidate]:
    """The candidates to report, most likely first, by one of `SECONDARY_CRITERIA`; at most 500.

    Windows that share no interval never overlap.
    """
    order = ranked(candidates)
    if criterion == SECONDARY_CRITERIA[0] and _all_share_time(order):
        return _without_common_places(order)
    conflict = _CONFLICTS[criterion]
    kept: list[Candidate] = []
    for candidate in order:
        if any(_share_time(candidate, earlier) and conflict(candidate, earlier) for earlier in kept):
            continue
        kept.append(candidate)
        if len(kept) == MOST_REPORTED:
            break
    return kept


def _without_common_places(order: Sequence[Candidate]) -> list[Candidate]:
    taken = np.zeros(1 + max((int(candidate.places.max()) for candidate in order), default=0), dtype=bool)
    kept: list[Candidate] = []
    for candidate in order:
        if taken[candidate.places[0]] or taken[candidate.places].any():
            continue
        taken[candidate.places] = True
        kept.append(candidate)
        if len(kept) == MOST_REPORTED:
            break
    return kept


def _all_share_time(candidates: Sequence[Candidate]) -> bool:
    latest_start = max((candidate.start for candidate in candidates), default=0)
    return latest_start <= min((candidate.end for candidate in candidates), default=0)


def _share_time(one: Candidate, other: Candidate) -> bool:
    return one.start <= other.end and other.start <= one.end


def _share_place(candidate: Candidate, earlier: Candidate) -> bool:
    return not earlier.place_set.isdisjoint(candidate.places.tolist())


def _either_centre(candidate: Candidate, earlier: Candidate) -> bool:
    return earlier.holds_centre_of(candidate) or candidate.holds_centre_of(earlier)


def _centre_in_more_likely(candidate: Candidate, earlier: Candidate) -> bool:
    return earlier.holds_centre_of(candidate)


def _centre_of_more_likely(candidate: Candidate, earlier: Candidate) -> bool:
    return candidate.holds_centre_of(earlier)


def _both_centres(candidate: Candidate, earlier: Candidate) -> bool:
    return earlier.holds_centre_of(candidate) and candidate.holds_centre_of(earlier)


def _never(candidate: Candidate, earlier: Candidate) -> bool:
    return False


_CONFLICTS: dict[str, Callable[[Candidate, Candidate], bool]] = dict(
    zip(
        SECONDARY_CRITERIA,
        (_share_place, _either_centre, _centre_in_more_likely, _centre_of_more_likely, _both_centres, _never),
        strict=True,
    )
)
