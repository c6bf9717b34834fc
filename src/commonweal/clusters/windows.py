"""The windows in space: from each centre, places by distance, as far as the limits allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from commonweal.clusters.near_places import near_places
from commonweal.clusters.places import Places

Floats = NDArray[np.float64]
Indexes = NDArray[np.int32]
ROWS_AT_ONCE = 64
A_HAIR = 1e-12


@dataclass(frozen=True)
class SpatialWindows:
    """Sequences of places; each prefix of a sequence is a window.

    Attributes:
        order: `order[row, rank]` is the place that enters window sequence `row` at `rank`; shape (rows, greatest
            length); -1 beyond a row's length.
        length: how many places of each row the limits allow, shape (rows,).
        centre: which centre each row grew from, shape (rows,).
        shape, angle: of each row's ellipse; shape 1 is a circle.
        penalty: what the statistic of a row is multiplied with; 1 for circles.
    """

    order: Indexes
    length: Indexes
    centre: Indexes
    shape: Floats
    angle: Floats
    penalty: Floats

    def with_penalty(self, penalty: float) -> SpatialWindows:
        """The rows of one penalty; nothing is copied where all have it."""
        rows = self.penalty == penalty
        if rows.all():
            return self
        return SpatialWindows(*(getattr(self, field.name)[rows] for field in fields(self)))

    @property
    def rows(self) -> int:
        return len(self.length)


@dataclass(frozen=True)
class Limit:
    """A window takes in places while the sum of `weight` (by place) stays at or below `most`."""

    weight: Floats
    most: float


def distances(centre: Floats, points: Floats) -> Floats:
    """Straight distances from centres to points: shape (centres, points)."""
    squares = np.zeros((len(centre), len(points)))
    for axis in range(points.shape[1]):
        squares += (centre[:, axis, None] - points[None, :, axis]) ** 2
    return np.sqrt(squares)


def neighbour_order(centres: Floats, points: Floats, tie_rank: NDArray[np.int64]) -> Indexes:
    """Places by distance from each centre; at equal distance the lower `tie_rank` first.

    Args:
        centres, points: as `Places.points`, shapes (centres, axes) and (places, axes).
        tie_rank: as `Places.tie_rank`, shape (places,).

    Returns:
        `order[centre, rank]`, indexes of places, shape (centres, places).
    """
    by_tie = np.argsort(tie_rank, kind="stable")
    order = np.empty((len(centres), len(points)), dtype=np.int32)
    for start in range(0, len(centres), ROWS_AT_ONCE):
        block = slice(start, start + ROWS_AT_ONCE)
        away = distances(centres[block], points[by_tie])
        order[block] = by_tie[np.argsort(away, axis=1, kind="stable")]
    return order


def circles(
    centres: Floats,
    places: Places,
    limits: Sequence[Limit],
    max_distance: float | None,
) -> SpatialWindows:
    """Circles of growing size round each centre.

    A circle grows while every limit holds and its furthest place is at most `max_distance` away; it stops at the first
    place that breaks a limit, and later ones are not tried.

    Args:
        centres: points of the centres as `Places.points`.
        max_distance: straight distance, None for no limit.

    Source: Kulldorff M. A spatial scan statistic. Communications in Statistics 1997;26:1481-1496.
    """
    order, length = near_places(
        centres,
        places.points,
        places.tie_rank,
        weights=np.array([limit.weight for limit in limits]).reshape(len(limits), len(places)),
        most=np.array([limit.most for limit in limits]),
        max_distance=max_distance,
    )
    one = np.ones(len(centres))
    return SpatialWindows(order, length, np.arange(len(centres), dtype=np.int32), one, np.zeros(len(centres)), one)


def ellipses(
    centres: Floats,
    places: Places,
    limits: Sequence[Limit],
    max_distance: float | None,
    *,
    shapes: Sequence[float],
    angles: Sequence[int],
    penalty: float,
) -> SpatialWindows:
    """Ellipses of growing size round each centre, one row a shape and angle.

    Places enter by the short semi-axis of the ellipse that reaches them; equal ones by coordinates. The angles of a
    shape divide half a turn evenly, from the first axis anticlockwise.

    Args:
        max_distance: of the long semi-axis.
        penalty: exponent a of (4 s / (s + 1)^2)^a.

    Source: Kulldorff M, Huang L, Pickle L, Duczmal L. An elliptic spatial scan statistic. Statistics in Medicine
    2006;25:3929-3943.
    """
    rows: list[Indexes] = []
    centre: list[int] = []
    shape_of: list[float] = []
    angle_of: list[float] = []
    for shape, number in zip(shapes, angles, strict=True):
        for step in range(number):
            angle = np.pi * step / number
            squash = _squash(shape, angle)
            reach = None if max_distance is None else max_distance / shape
            for start in range(0, len(centres), ROWS_AT_ONCE):
                block = centres[start : start + ROWS_AT_ONCE] @ squash
                stretched = places.points @ squash
                order = neighbour_order(block, stretched, places.tie_rank)
                far = np.take_along_axis(distances(block, stretched), order.astype(np.int64), axis=1)
                rows += _within(order, far, limits, reach)
            centre += range(len(centres))
            shape_of += [shape] * len(centres)
            angle_of += [float(np.degrees(angle))] * len(centres)
    ratio = np.array(shape_of)
    factor = (4 * ratio / (ratio + 1) ** 2) ** penalty
    return _table(rows, np.array(centre, dtype=np.int32), ratio, np.array(angle_of), factor)


def listed_neighbours(neighbours: Sequence[Sequence[int]], limits: Sequence[Limit]) -> SpatialWindows:
    """Windows from lists given by the user: the places of each list in its own order (non-Euclidean neighbours)."""
    rows = []
    for listed in neighbours:
        order = np.array([listed], dtype=np.int32)
        rows += _within(order, np.zeros(order.shape), limits, None)
    one = np.ones(len(rows))
    return _table(rows, np.arange(len(rows), dtype=np.int32), one, np.zeros(len(rows)), one)


def all_places(number: int) -> SpatialWindows:
    """The one window that holds every place."""
    one = np.ones(1)
    order = np.arange(number, dtype=np.int32)
    return _table([order], np.full(1, -1, dtype=np.int32), one, np.zeros(1), one)


def together(first: SpatialWindows, second: SpatialWindows) -> SpatialWindows:
    """The rows of both, the first's before the second's."""
    rows = [w.order[row, : w.length[row]] for w in (first, second) for row in range(w.rows)]
    return _table(
        rows,
        np.concatenate([first.centre, second.centre]),
        np.concatenate([first.shape, second.shape]),
        np.concatenate([first.angle, second.angle]),
        np.concatenate([first.penalty, second.penalty]),
    )


def shortened(windows: SpatialWindows, weight: Floats, most: float) -> SpatialWindows:
    """The windows, each row cut before the first place with which its sum of `weight` passes `most`."""
    inside = np.arange(windows.order.shape[1]) < windows.length[:, None]
    heavy = np.cumsum(np.where(inside, weight[windows.order], 0.0), axis=1) > most * (1 + A_HAIR)
    cut = np.where(heavy.any(axis=1), heavy.argmax(axis=1), windows.order.shape[1])
    length = np.minimum(windows.length, cut).astype(np.int32)
    return replace(windows, order=windows.order[:, : int(length.max(initial=0))], length=length)


def reach(windows: SpatialWindows, row: int, size: int, centres: Floats, points: Floats) -> float:
    """Straight distance from the centre of a row to the last of its first `size` places (short semi-axis)."""
    last = points[windows.order[row, size - 1]]
    return distance_from(centres[windows.centre[row]], last, float(windows.shape[row]), float(windows.angle[row]))


def distance_from(centre: Floats, point: Floats, shape: float, angle: float) -> float:
    """Straight distance of two points; for an ellipse the short semi-axis that reaches the point."""
    away = (point - centre)[None, :]
    if shape != 1:
        away = away @ _squash(shape, np.radians(angle))
    return float(np.sqrt((away**2).sum()))


def _squash(shape: float, angle: float) -> Floats:
    """What turns an ellipse into a circle of its short semi-axis, applied to row vectors."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos / shape, -sin], [sin / shape, cos]])


def _within(order: Indexes, far: Floats, limits: Sequence[Limit], max_distance: float | None) -> list[Indexes]:
    allowed = np.ones(order.shape, dtype=bool)
    for limit in limits:
        allowed &= np.cumsum(limit.weight[order], axis=1) <= limit.most * (1 + A_HAIR)
    if max_distance is not None:
        allowed &= far <= max_distance
    lengths = np.where(allowed.all(axis=1), order.shape[1], np.argmin(allowed, axis=1))
    return [row[:length].copy() for row, length in zip(order, lengths, strict=True)]


def _table(rows: Sequence[Indexes], centre: Indexes, shape: Floats, angle: Floats, penalty: Floats) -> SpatialWindows:
    length = np.array([len(row) for row in rows], dtype=np.int32)
    order = np.full((len(rows), int(length.max(initial=0))), -1, dtype=np.int32)
    for number, row in enumerate(rows):
        order[number, : len(row)] = row
    return SpatialWindows(order, length, centre, shape, angle, penalty)
