"""Tables for tests of many methods at once, and every method on one of them."""

import numpy as np
import polars as pl

from commonweal import stats

BANDS = ["0-4", "5-9", "10-14", "15+"]
LIFE = ["<1", "1-4", "5-14", "15-64", "65-84", "85+"]
RISK = np.array([0.004, 0.0003, 0.0002, 0.002, 0.03, 0.18])


def banded(groups: int, seed: int, bands=BANDS) -> pl.DataFrame:
    """Events, people, standard and reference by band in each group."""
    random = np.random.default_rng(seed)
    many = len(bands)
    return pl.DataFrame(
        {
            "area": np.repeat([f"area {number}" for number in range(groups)], many),
            "band": list(bands) * groups,
            "count": random.poisson(random.choice([1, 5, 60]), groups * many).astype(float),
            "population": random.integers(200, 9_000, groups * many).astype(float),
            "standard": np.tile(random.integers(1, 900, many).astype(float), groups),
            "reference_count": np.tile(random.integers(1, 500, many).astype(float), groups),
            "reference_population": np.tile(random.integers(5_000, 90_000, many).astype(float), groups),
        }
    )


def lives(groups: int, seed: int) -> pl.DataFrame:
    """Deaths, people and good health by band in each group."""
    random = np.random.default_rng(seed)
    population = random.integers(2_000, 30_000, (groups, len(LIFE)))
    return pl.DataFrame(
        {
            "area": np.repeat([f"area {number}" for number in range(groups)], len(LIFE)),
            "band": LIFE * groups,
            "deaths": np.maximum(random.binomial(population, RISK), 1).ravel().astype(float),
            "population": population.ravel().astype(float),
            "healthy": np.tile([0.97, 0.95, 0.93, 0.85, 0.6, 0.35], groups),
            "asked": np.full(groups * len(LIFE), 150.0),
        }
    )


def _standardised(table, **more):
    return stats.directly_standardised_rate(
        table, count="count", population="population", standard="standard", age_band="band", **({"by": "area"} | more)
    )


def _indirect(method):
    def applied(table, **more):
        return method(
            table, count="count", population="population", reference_count="reference_count",
            reference_population="reference_population", **({"by": "area"} | more),
        )  # fmt: skip

    return applied


METHODS = {
    "rate": (banded, lambda t, **k: stats.rate(t, count="count", population="population", **({"by": "area"} | k))),
    "proportion": (
        banded,
        lambda t, **k: stats.proportion(t, count="count", denominator="population", **({"by": "area"} | k)),
    ),
    "mean": (banded, lambda t, **k: stats.mean(t, value="population", **({"by": "area"} | k))),
    "directly_standardised_rate": (banded, _standardised),
    "indirectly_standardised_rate": (banded, _indirect(stats.indirectly_standardised_rate)),
    "indirectly_standardised_ratio": (banded, _indirect(stats.indirectly_standardised_ratio)),
    "life_expectancy": (
        lives,
        lambda t, **k: stats.life_expectancy(
            t, deaths="deaths", population="population", age_start="band", **({"by": "area"} | k)
        ),
    ),
    "healthy_life_expectancy": (
        lives,
        lambda t, **k: stats.healthy_life_expectancy(
            t,
            deaths="deaths",
            population="population",
            age_start="band",
            prevalence="healthy",
            sample="asked",
            **({"by": "area"} | k),
        ),
    ),
}
"""By name: how to make a table, and the method on it, one group an area."""
