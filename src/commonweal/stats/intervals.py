"""Confidence intervals of counts, rates and proportions, over arrays. See docs/methods/intervals.md.

A confidence level is a fraction such as 0.95 or the same as a percentage, 95.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtri, ndtri

from commonweal.errors import CommonwealError
from commonweal.stats.confidence import level

Limits = tuple[NDArray[np.float64], NDArray[np.float64]]

EXACT_BELOW = 10
"""Counts below this take the exact interval, because Byar's is not close enough (APHO Technical Briefing 3)."""


def _normal(confidence: float) -> float:
    return float(ndtri(1 - (1 - level(confidence)) / 2))


def _counts(count: ArrayLike) -> NDArray[np.float64]:
    counts = np.asarray(count, dtype=float)
    if np.any(counts < 0):
        raise CommonwealError("A count cannot be negative.")
    if np.any(np.isinf(counts)):
        raise CommonwealError("A count cannot be infinite.")
    return counts


def byar(count: ArrayLike, confidence: float = 0.95) -> Limits:
    """Byar's approximate limits of a Poisson count.

    Source: Breslow NE, Day NE (1987), Statistical Methods in Cancer Research II, IARC. A count of 0 has no lower limit
    (NaN).

    Raises:
        CommonwealError: a count is negative, or the confidence is not a level.
    """
    z, x = _normal(confidence), _counts(count)
    with np.errstate(divide="ignore", invalid="ignore"):
        root = 1 - 1 / (9 * x) - z / (3 * np.sqrt(x))
        lower = x * (root * root * root)
    lower = np.where(lower < 0, np.nan, lower)
    y = x + 1
    root = 1 - 1 / (9 * y) + z / (3 * np.sqrt(y))
    return lower, y * (root * root * root)


def poisson_exact(count: ArrayLike, confidence: float = 0.95) -> Limits:
    """Exact limits of a Poisson count by its link with chi-square; the lower limit of 0 is 0.

    Source: Garwood F (1936), Biometrika 28. A count need not be whole.

    Raises:
        CommonwealError: a count is negative, or the confidence is not a level.
    """
    x, tail = _counts(count), (1 - level(confidence)) / 2
    # Quantiles are dear and counts repeat: each distinct count is worked out once.
    distinct, where = np.unique(x, return_inverse=True)
    with np.errstate(invalid="ignore"):
        lower = np.where(distinct == 0, 0.0, chdtri(2 * np.where(distinct == 0, 1, distinct), 1 - tail) / 2)
    lower = np.where(np.isnan(distinct), np.nan, lower)
    upper = chdtri(2 * distinct + 2, tail) / 2
    return lower[where].reshape(x.shape), upper[where].reshape(x.shape)


def poisson(count: ArrayLike, confidence: float = 0.95) -> Limits:
    """Limits of a Poisson count: exact below 10, Byar from 10, as Fingertips has them.

    Raises:
        CommonwealError: a count is negative, or the confidence is not a level.
    """
    x = _counts(count)
    lower, upper = (np.atleast_1d(end) for end in byar(x, confidence))
    small = np.atleast_1d(x < EXACT_BELOW)
    lower[small], upper[small] = poisson_exact(np.atleast_1d(x)[small], confidence)
    return lower.reshape(x.shape), upper.reshape(x.shape)


def wilson(count: ArrayLike, denominator: ArrayLike, confidence: float = 0.95) -> Limits:
    """Wilson score limits of a proportion, between 0 and 1.

    Source: Wilson EB (1927), JASA 22; Newcombe RG, Altman DG (2000), Statistics with Confidence. A denominator of 0
    has none.

    Raises:
        CommonwealError: a count is negative or above its denominator, or the confidence is not a level.
    """
    z, x = _normal(confidence), _counts(count)
    n = np.asarray(denominator, dtype=float)
    if np.any(x > n):
        raise CommonwealError("A count cannot be above its denominator in a proportion.")
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = z * np.sqrt(np.maximum(z**2 + 4 * x * (1 - x / n), 0))
        lower = (2 * x + z**2 - spread) / (2 * (n + z**2))
        upper = (2 * x + z**2 + spread) / (2 * (n + z**2))
    none = ~(n > 0)
    # Rounding in floating point must not carry a limit beyond nothing or everybody.
    return np.where(none, np.nan, np.maximum(lower, 0)), np.where(none, np.nan, np.minimum(upper, 1))


def dobson(value: ArrayLike, variance: ArrayLike, count: ArrayLike, confidence: float = 0.95) -> Limits:
    """Limits of a directly standardised rate from those of its total count.

    Source: Dobson AJ, Kuulasmaa K, Eberle E, Scherer J (1991), Statistics in Medicine 10. `value` and `variance` are
    in the same unit (the variance of the rate, in its square); limits of the count are Byar's.
    """
    v, s, x = (np.asarray(part, dtype=float) for part in (value, variance, count))
    lower, upper = byar(x, confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.sqrt(s / x)
    return v + scale * (lower - x), v + scale * (upper - x)
