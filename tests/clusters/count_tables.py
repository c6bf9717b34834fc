"""Synthetic weekly counts."""

import numpy as np
import polars as pl


def weekly(
    seed: int, *, series: int = 3, weeks: int = 330, level: float = 5.0, dispersion: float = 0.0
) -> pl.DataFrame:
    """Counts with a season; Poisson, or negative binomial of variance mean (1 + dispersion)."""
    random = np.random.default_rng(seed)
    week = np.arange(weeks)
    mean = level * np.exp(0.4 * np.sin(2 * np.pi * week / 52)) * np.linspace(0.7, 1.5, series)[:, None]
    count = random.negative_binomial(mean / dispersion, 1 / (1 + dispersion)) if dispersion else random.poisson(mean)
    return pl.DataFrame(
        {
            "area": np.repeat([f"area {number}" for number in range(series)], weeks),
            "week": np.tile(week, series),
            "count": count.ravel(),
        }
    )
