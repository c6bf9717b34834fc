"""Whom to learn from: similar areas that do significantly better, and areas that improved from a poor start."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from commonweal import stats
from commonweal.benchmarking.collaborative import CollaborativeBenchmark


@dataclass(frozen=True)
class Exemplar:
    """A similar area that does significantly better."""

    area_code: str
    neighbour_rank: int  # 1 is the most similar
    value: float
    lower: float | None
    upper: float | None


def learn_from(
    benchmark: CollaborativeBenchmark,
    indicator: str,
    area: str,
    neighbours: list[str],
) -> list[Exemplar]:
    """Those of the `neighbours` (most similar first) that do significantly better than the area, best first.

    Significantly: the two 95% intervals do not touch, the stricter of the usual rules, because a request for help
    takes people's time. Nothing where there is no judgement, or where the area has no interval.
    """
    polarity = benchmark.indicators[indicator].polarity
    if polarity not in ("high is good", "low is good"):
        return []
    rows = benchmark.distribution.filter(
        (pl.col("indicator") == indicator) & pl.col("value").is_not_null() & pl.col("lower_95").is_not_null()
    )
    own = rows.filter(pl.col("area_code") == area)
    if own.is_empty():
        return []
    better = (
        pl.col("lower_95") > own["upper_95"][0]
        if polarity == "high is good"
        else pl.col("upper_95") < own["lower_95"][0]
    )
    rank = {code: position for position, code in enumerate(neighbours, start=1) if code != area}
    found = rows.filter(better & pl.col("area_code").is_in(list(rank))).sort(
        "value", descending=polarity == "high is good"
    )
    return [
        Exemplar(code, rank[code], value, lower, upper)
        for code, value, lower, upper in found.select("area_code", "value", "lower_95", "upper_95").iter_rows()
    ]


def improving_areas(benchmark: CollaborativeBenchmark, indicator: str) -> pl.DataFrame:
    """The improvers over all areas of the kind: see `commonweal.stats.improvers` for the rule and columns."""
    rows = benchmark.everywhere(indicator).filter(
        (pl.col("area_code") != benchmark.benchmark) & pl.col("value").is_not_null()
    )
    return stats.improvers(
        rows,
        by=["indicator", "sex", "age"],
        area="area_code",
        period_end="period_end",
        value="value",
        count="count",
        polarity="polarity",
    )
