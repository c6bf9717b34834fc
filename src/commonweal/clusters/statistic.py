"""The scan statistic of the Poisson and permutation models, and what a window needs to pass a level of it.

Source: Kulldorff M. A spatial scan statistic. Communications in Statistics: Theory and Methods 1997;26:1481-1496.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

LEVEL_STEP = 0.25
LEVELS = 161
"""Levels 0, 0.25, ... 40 of the statistic; above the last one the screens only prune less."""
A_LITTLE_MORE = 1 + 1e-9


@njit(cache=True, nogil=True)
def poisson_statistic(observed, expected, total):
    """The log likelihood ratio of `observed` of `total` cases where `expected` were (high rates: observed above it)."""
    inside = observed * math.log(observed / expected)
    if observed == total:
        return inside
    return inside + (total - observed) * math.log((total - observed) / (total - expected))


@njit(cache=True, nogil=True)
def greatest_expected(observed, total, level):
    """The greatest expected number with which `observed` of `total` cases reach `level`, or a hair more.

    Newton's method on the logarithm of the expected number: the statistic is convex in it, and the start lies left of
    the root, so the steps never pass it.
    """
    if level <= 0:
        return float(observed)
    log_expected = math.log(observed) - level / observed - 1.0
    for _ in range(50):
        expected = math.exp(log_expected)
        height = observed * (math.log(observed) - log_expected) - level
        slope = -float(observed)
        if observed < total:
            height += (total - observed) * math.log((total - observed) / (total - expected))
            slope += (total - observed) * expected / (total - expected)
        step = height / slope
        log_expected -= step
        if abs(step) < 1e-12:
            break
    return min(math.exp(log_expected) * A_LITTLE_MORE, float(observed))


@njit(cache=True, nogil=True)
def greatest_products(total, most_cases, min_cases):
    """The greatest (cases inside over all time) x (cases of the interval) that reach each level with each count.

    Returns:
        Shape (levels, most_cases + 1); 0 for counts below `min_cases`. Rises with the count, falls with the level.
    """
    products = np.zeros((LEVELS, most_cases + 1))
    for level in range(LEVELS):
        for observed in range(min_cases, most_cases + 1):
            products[level, observed] = greatest_expected(observed, total, level * LEVEL_STEP) * total
    return products


@njit(cache=True, nogil=True)
def level_below(statistic):
    """The highest level that is not above `statistic`."""
    return min(int(statistic / LEVEL_STEP), LEVELS - 1)
