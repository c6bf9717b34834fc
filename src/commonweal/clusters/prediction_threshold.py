"""Upper bounds of a new count around an expected one: normal on a power scale, or negative binomial."""

from __future__ import annotations

import numpy as np
from scipy import stats

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
    known = np.isfinite(mean)
    over = known & (dispersion > 1) & (mean > 0)
    size = mean[over] / (dispersion[over] - 1)
    chance = 1 / dispersion[over]
    upper[over] = _quantile(stats.nbinom, 1 - alpha, mean[over], dispersion[over], size, chance)
    p_value[over] = stats.nbinom.sf(counts[over] - 1, size, chance)
    even = known & ~over
    upper[even] = stats.poisson.ppf(1 - alpha, mean[even])
    p_value[even] = stats.poisson.sf(counts[even] - 1, mean[even])
    return upper, p_value


def _quantile(law, chance, mean, dispersion, *shape):  # type: ignore[no-untyped-def]
    """The quantile by bisection on the distribution function, which is quicker than the law's own search."""
    low = np.full(len(mean), -1.0)
    high = np.ceil(mean + 20 * np.sqrt(mean * dispersion) + 20 * dispersion)
    while np.any(short := law.cdf(high, *shape) < chance):
        high[short] *= 2
    while np.any(high - low > 1):
        middle = np.floor((low + high) / 2)
        enough = law.cdf(middle, *shape) >= chance
        high = np.where(enough, middle, high)
        low = np.where(enough, low, middle)
    return high
