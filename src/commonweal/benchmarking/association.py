"""Two indicators side by side over all areas of a kind."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from commonweal.benchmarking.collaborative import CollaborativeBenchmark

FEWEST_AREAS = 10


@dataclass(frozen=True)
class Association:
    """`points`: area_code, x, y. `rank_correlation`: Spearman's rho, None with fewer than ten areas or no variation."""

    points: pl.DataFrame
    rank_correlation: float | None
    x_benchmark: float | None
    y_benchmark: float | None


def associate(benchmark: CollaborativeBenchmark, x: str, y: str) -> Association:
    """The newest headline values of two indicators for every area that has both.

    Spearman's rank correlation is used because indicators are often skewed and the question is only whether areas
    high on one tend to be high on the other.
    """
    values = benchmark.distribution.filter(pl.col("value").is_not_null())
    points = (
        values.filter(pl.col("indicator") == x)
        .select("area_code", x="value")
        .join(values.filter(pl.col("indicator") == y).select("area_code", y="value"), on="area_code")
        .sort("area_code")
    )
    varies = points.height >= FEWEST_AREAS and points["x"].n_unique() > 1 and points["y"].n_unique() > 1
    correlation = points.select(pl.corr("x", "y", method="spearman")).item() if varies else None
    middle = dict(
        benchmark.latest().unique("indicator", keep="first").select("indicator", "benchmark_value").iter_rows()
    )
    return Association(points, correlation, middle.get(x), middle.get(y))
