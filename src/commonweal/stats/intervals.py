"""Confidence intervals of counts, rates and proportions, over arrays. See docs/methods/intervals.md."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtri, ndtri

from commonweal.errors import CommonwealError

Limits = tuple[NDArray[np.float64], NDArray[np.float64]]

EXACT_BELOW = 10
"""Counts below this take the exact interval, because Byar's is not close enough (APHO Technical Briefing 3)."""


def _normal(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise CommonwealError(f"A confidence level lies between 0 and 1, such as 0.95; {confidence} does not.")
    return float(ndtri(1 - (1 - confidence) / 2))


def _counts(count: ArrayLike) -> NDArray[np.float64]:
    counts = np.asarray(count, dtype=float)
    if np.any(counts < 0):
        raise CommonwealError("A count cannot be negative.")
    return counts


def byar(count: ArrayLike, confidence: float = 0.95) -> Limits:
    """Byar's approximate limits of a Poisson count.

    Source: Breslow NE, Day NE (1987), Statistical Methods in Cancer Research II, IARC. A count of 0 has no lower limit
    (NaN).

    Raises:
        CommonwealError: a count is negative, or the confidence is not between 0 and 1.
    """
    z, x = _normal(confidence), _counts(count)
    with np.errstate(divide="ignore", invalid="ignore"):
        lower = x * (1 - 1 / (9 * x) - z / (3 * np.sqrt(x))) ** 3
    lower = np.where(lower < 0, np.nan, lower)
    y = x + 1
    return lower, y * (1 - 1 / (9 * y) + z / (3 * np.sqrt(y))) ** 3


def poisson_exact(count: ArrayLike, confidence: float = 0.95) -> Limits:
    """Exact limits of a Poisson count by its link with chi-square; the lower limit of 0 is 0.

    Source: Garwood F (1936), Biometrika 28. A count need not be whole.

    Raises:
        CommonwealError: a count is negative, or the confidence is not between 0 and 1.
    """
    _normal(confidence)
    x, tail = _counts(count), (1 - confidence) / 2
    with np.errstate(invalid="ignore"):
        lower = np.where(x == 0, 0.0, chdtri(2 * np.where(x == 0, 1, x), 1 - tail) / 2)
    return np.where(np.isnan(x), np.nan, lower), chdtri(2 * x + 2, tail) / 2


def poisson(count: ArrayLike, confidence: float = 0.95) -> Limits:
    """Limits of a Poisson count: exact below 10, Byar from 10, as Fingertips has them."""
    x = _counts(count)
    exact_lower, exact_upper = poisson_exact(x, confidence)
    byar_lower, byar_upper = byar(x, confidence)
    small = x < EXACT_BELOW
    return np.where(small, exact_lower, byar_lower), np.where(small, exact_upper, byar_upper)


def wilson(count: ArrayLike, denominator: ArrayLike, confidence: float = 0.95) -> Limits:
    """Wilson score limits of a proportion, between 0 and 1.

    Source: Wilson EB (1927), JASA 22; Newcombe RG, Altman DG (2000), Statistics with Confidence. A denominator of 0
    has none.

    Raises:
        CommonwealError: a count is negative or above its denominator, or the confidence is not between 0 and 1.
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
