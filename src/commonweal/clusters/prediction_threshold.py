"""Upper bounds of a new count around an expected one: normal on a power scale, or negative binomial."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import special, stats

BEYOND = 1e9
"""An expected count above this has no bound that means anything."""
POWERS = {"none": 1.0, "1/2": 0.5, "2/3": 2.0 / 3.0}


def delta_bound(
    expected: np.ndarray, log_variance: np.ndarray, dispersion: np.ndarray, counts: np.ndarray, alpha: float, power: str
) -> tuple[np.ndarray, np.ndarray]:
    """Farrington's bound: a new count to a power is normal around the expected count to that power.

    Its variance is power^2 expected^(2 power - 1) (dispersion + expected x `log_variance`), by the delta
    method: the count's own variance and that of the estimate.

    Args:
        expected: of each time point.
        log_variance: variance of the estimate of its logarithm.
        dispersion: variance over mean, at least 1.
        counts: what was observed.
        alpha: one-sided probability beyond the bound.
        power: "none", "1/2" (stabilises the variance) or "2/3" (corrects skewness).

    Returns:
        The bound, and the probability of a count at least as high as that observed.
    """
    exponent = POWERS[power]
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = dispersion * expected + expected**2 * log_variance
        scale = exponent * expected ** (exponent - 1) * np.sqrt(variance)
        upper = (expected**exponent + stats.norm.isf(alpha) * scale) ** (1 / exponent)
        p_value = stats.norm.sf((counts**exponent - expected**exponent) / scale)
    empty = expected == 0
    return np.where(empty, 0.0, upper), np.where(empty, np.where(counts > 0, 0.0, 1.0), p_value)


def negative_binomial_bound(
    mean: np.ndarray, dispersion: np.ndarray, counts: np.ndarray, alpha: float
) -> tuple[np.ndarray, np.ndarray]:
    """The 1 - `alpha` quantile of a negative binomial of this mean and variance mean x dispersion; Poisson where 1.

    Returns:
        The bound, and the probability of a count at least as high as that observed.
    """
    upper = np.full(len(mean), np.nan)
    p_value = np.full(len(mean), np.nan)
    upper[mean > BEYOND] = np.inf
    p_value[mean > BEYOND] = 1.0
    known = mean <= BEYOND
    over = known & (dispersion > 1) & (mean > 0)
    # The incomplete beta function rather than the distributions of SciPy, which can abort on extreme values.
    size, chance = mean[over] / (dispersion[over] - 1), 1 / dispersion[over]
    high = np.ceil(mean[over] + 20 * np.sqrt(mean[over] * dispersion[over]) + 20 * dispersion[over])
    upper[over] = _quantile(lambda k: special.betainc(size, k + 1, chance), 1 - alpha, high)
    p_value[over] = _at_least(counts[over], lambda k: special.betaincc(size, k, chance))
    even = known & ~over
    high = np.ceil(mean[even] + 20 * np.sqrt(mean[even]) + 20)
    upper[even] = _quantile(lambda k: special.gammaincc(k + 1, mean[even]), 1 - alpha, high)
    p_value[even] = _at_least(counts[even], lambda k: special.gammainc(k, mean[even]))
    return upper, p_value


def _at_least(counts: np.ndarray, survival: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """The probability of a count at least as high: 1 for none."""
    with np.errstate(invalid="ignore"):
        return np.where(counts == 0, 1.0, survival(np.where(counts > 0, counts, 1.0)) + 0 * counts)


def _quantile(distribution: Callable[[np.ndarray], np.ndarray], chance: float, high: np.ndarray) -> np.ndarray:
    """The least whole number whose distribution function reaches `chance`, by bisection from -1 to above `high`."""
    low = np.full(len(high), -1.0)
    while np.any(short := distribution(high) < chance):
        high = np.where(short, 2 * high, high)
    while np.any(high - low > 1):
        middle = np.floor((low + high) / 2)
        # Where low and high are neighbours, the middle is low, which stays below.
        enough = (distribution(np.maximum(middle, 0)) >= chance) & (middle > low)
        high = np.where(enough, middle, high)
        low = np.where(enough, low, middle)
    return high
