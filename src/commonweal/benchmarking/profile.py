"""The profile of one area: where it sits among all areas of its kind, with the benchmark in the middle."""

from __future__ import annotations

import polars as pl

from commonweal.benchmarking.collaborative import CollaborativeBenchmark

ENDS = ("minimum", "q25", "value", "q75", "maximum")


def area_profile(benchmark: CollaborativeBenchmark, area: str, method: str = "indicator") -> pl.DataFrame:
    """One row for each indicator: the area's newest value and its place on a spine chart.

    The spine puts the benchmark at 0 and the farther of the least and greatest value of all areas at -1 or 1, as on the
    area profiles of Fingertips, so `at_value`, `at_minimum`, `at_q25`, `at_q75` and `at_maximum` lie in [-1, 1]. Where
    low is good the spine is turned round, so that better is always to the right. Indicators that are not compared, such
    as counts, have no spine.

    Returns:
        The columns of `CollaborativeBenchmark.latest`, `areas` (how many are in the distribution) and the five places.
    """
    frame = benchmark.latest(method).filter(pl.col("area_code") == area)
    frame = frame.join(benchmark.spread, on="indicator", how="left")
    middle = pl.col("benchmark_value")
    reach = pl.max_horizontal((pl.col("maximum") - middle).abs(), (pl.col("minimum") - middle).abs())
    turn = pl.when(pl.col("polarity") == "low is good").then(-1.0).otherwise(1.0)
    places = [
        pl.when((reach > 0) & (pl.col("comparison_method") != "none"))
        .then(((pl.col(end) - middle) / reach * turn).clip(-1, 1))
        .alias(f"at_{end}")
        for end in ENDS
    ]
    return frame.with_columns(places)
