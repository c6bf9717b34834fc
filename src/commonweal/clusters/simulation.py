"""Simulated data sets: the greatest statistic of each replicate.

Three set-ups have kernels of their own (`permutation_prospective`, `permutation_retrospective`, `poisson_spatial`):
plain functions with the signatures below that return the maxima of replicates `first` to `first + replicates` - 1,
shape (replicates,):

    prospective_permutation_maxima(windows: SpatialWindows, sample: CaseSample, time: TimeWindows, *,
        min_cases: int, seed: int, first: int, replicates: int, threads: int) -> Floats
    retrospective_permutation_maxima(the same)
    spatial_poisson_maxima(windows: SpatialWindows, expected: Floats, cases: int, *,
        min_cases: int, seed: int, first: int, replicates: int, threads: int) -> Floats

They look for high rates, penalise by `windows.penalty`, and give 0 where no window qualifies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class CaseSample:
    """Single cases: `place`, `interval` and covariate `stratum` of each, all of shape (cases,)."""

    place: NDArray[np.int32]
    interval: NDArray[np.int32]
    stratum: NDArray[np.int32]
