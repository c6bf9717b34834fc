"""Log likelihood ratios of the scan statistic.

With C cases in all, n of them in a window where u of U units of measure lie (expected cases, with U = C; or, for
Bernoulli, cases and controls). Source: Kulldorff M. A spatial scan statistic. Communications in Statistics
1997;26:1481-1496; for the space-time permutation model the same ratio by Kulldorff M and others, PLoS Medicine
2005;2:e59. A term of no cases is 0.
"""

from __future__ import annotations

import math

from numba import njit


@njit(cache=True, nogil=True)
def poisson_ratio(n, u, total_cases, total_measure):
    """n ln(n/u) + (C-n) ln((C-n)/(U-u)) with measures scaled to U = C; 0 where nothing is inside or outside."""
    expected = u * total_cases / total_measure
    outside = total_cases - expected
    ratio = 0.0
    if n > 0:
        if expected <= 0.0:
            return 0.0
        ratio += n * math.log(n / expected)
    if n < total_cases:
        if outside <= 0.0:
            return 0.0
        ratio += (total_cases - n) * math.log((total_cases - n) / outside)
    return ratio


@njit(cache=True, nogil=True)
def bernoulli_ratio(n, u, total_cases, total_points):
    """The ratio of two binomial probabilities to one, inside and outside."""
    return _binomial(n, u) + _binomial(total_cases - n, total_points - u) - _binomial(total_cases, total_points)


@njit(cache=True, nogil=True)
def _binomial(n, points):
    value = 0.0
    if points <= 0.0:
        return value
    if n > 0:
        value += n * math.log(n / points)
    if n < points:
        value += (points - n) * math.log(1.0 - n / points)
    return value


@njit(cache=True, nogil=True)
def log_likelihood_ratio(n, u, total_cases, total_measure, bernoulli):
    """Either ratio, by `bernoulli`."""
    if bernoulli:
        return bernoulli_ratio(n, u, total_cases, total_measure)
    return poisson_ratio(n, u, total_cases, total_measure)
