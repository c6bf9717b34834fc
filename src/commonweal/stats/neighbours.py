"""Nearest neighbours by standardised Euclidean distance. See docs/methods/neighbours.md."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from commonweal.errors import CommonwealError


def nearest_neighbours(features: ArrayLike, n: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The `n` rows most like each row.

    Every column is turned into z scores (mean 0, standard deviation 1 over the areas that have it). The squared
    distance of two areas is the mean squared difference over the columns both have, so that a missing figure neither
    adds nor removes; areas with no column in common are no neighbours. Ties go to the earlier row.

    Args:
        features: areas by indicators, NaN where missing.
        n: how many; fewer are returned where there are fewer other areas.

    Returns:
        Row numbers and distances, each areas by n, nearest first; -1 and infinity where no further area has a column in
        common.

    Raises:
        CommonwealError: the array is not two-dimensional, or n is below 1.

    Source: the standardised Euclidean distance of nearest-neighbour models of English authorities (CIPFA; NHS England
    peer groups), here with equal weights.
    """
    matrix = np.asarray(features, dtype=float)
    if matrix.ndim != 2:
        raise CommonwealError("Neighbours need a table of areas by indicators.")
    if n < 1:
        raise CommonwealError("Ask for at least one neighbour.")
    areas = len(matrix)
    present = ~np.isnan(matrix)
    number = np.maximum(present.sum(axis=0), 1)
    mean = np.where(present, matrix, 0).sum(axis=0) / number
    centred = np.where(present, matrix - mean, 0)
    deviation = np.sqrt((centred**2).sum(axis=0) / number)
    scores = np.divide(centred, deviation, out=np.zeros_like(centred), where=deviation > 0)
    shared = present.astype(float) @ present.T.astype(float)
    squares = scores**2 @ present.T.astype(float)
    total = squares + squares.T - 2 * scores @ scores.T
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = np.sqrt(np.maximum(np.where(shared > 0, total / shared, np.inf), 0))
    np.fill_diagonal(distance, np.nan)
    kept = min(n, max(areas - 1, 0))
    order = np.argsort(np.round(distance, 12), axis=1, kind="stable")[:, :kept]
    nearest = np.take_along_axis(distance, order, axis=1)
    return np.where(np.isfinite(nearest), order, -1), nearest
