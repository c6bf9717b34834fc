"""Improvers: areas that left the worst fifth for the better half. See docs/methods/improvers.md."""

from __future__ import annotations

import polars as pl
from narwhals.typing import IntoDataFrameT

from commonweal.stats.comparison import POLARITIES
from commonweal.stats.frames import as_polars, like

RESULTS = ("first_value", "last_value", "first_percentile", "last_percentile", "change")


def improvers(
    data: IntoDataFrameT,
    *,
    by: str | list[str],
    area: str,
    period_end: str,
    value: str,
    polarity: str,
    count: str | None = None,
    worst: float = 0.2,
    better: float = 0.5,
    least_change: float = 0.05,
    least_count: float = 50,
) -> IntoDataFrameT:
    """Areas in the worst fifth of the first period and the better half of the last, really changed, and not small.

    Args:
        data: one row an area and period.
        by: columns that tell series apart, such as indicator, sex and age.
        polarity: "high is good" or "low is good" for all rows, or a column; other series have no improvers.
        count: column of counts; an area needs `least_count` in both periods. Not looked at when not named.
        worst, better: shares of the distribution, 0 the best and 1 the worst end.
        least_change: relative to the first value, in the good direction.

    Returns:
        `by`, `area`, `first_value`, `last_value`, `first_percentile`, `last_percentile` (0 the best, 1 the worst),
        `change` (relative), the greatest improvement first.

    Raises:
        ColumnError: a column is absent.

    Source: OpenPrescribing, "improvement radar" (from the worst 20% to the better half, a change of at least 5%, at
    least 50 items), made general for polarity.
    """
    keys = [by] if isinstance(by, str) else list(by)
    literal = polarity in POLARITIES
    columns = [*keys, area, period_end, value, *([] if literal else [polarity]), *([count] if count else [])]
    frame = as_polars(data, columns)
    rows = frame.select(
        *keys,
        area,
        end_=pl.col(period_end),
        value_=pl.col(value).cast(pl.Float64),
        count_=pl.col(count).cast(pl.Float64) if count else pl.lit(float("inf")),
        polarity_=pl.lit(polarity) if literal else pl.col(polarity),
    ).filter(pl.col("value_").is_not_null() & pl.col("polarity_").is_in(["high is good", "low is good"]))
    sign = pl.when(pl.col("polarity_") == "high is good").then(-1.0).otherwise(1.0)
    series = [*keys, "end_"]
    placed = rows.with_columns(badness_=pl.col("value_") * sign).with_columns(
        # The share of the other areas that do better.
        place_=(pl.col("badness_").rank("min").over(series) - 1) / (pl.len().over(series) - 1).clip(lower_bound=1),
        first_=pl.col("end_") == pl.col("end_").min().over(keys),
        last_=pl.col("end_") == pl.col("end_").max().over(keys),
    )
    ends = placed.filter(pl.col("first_")).join(
        placed.filter(pl.col("last_") & ~pl.col("first_")), on=[*keys, area], suffix="last"
    )
    improved = (pl.col("badness_") - pl.col("badness_last")) / pl.col("value_").abs()
    found = ends.filter(
        (pl.col("place_") >= 1 - worst)
        & (pl.col("place_last") <= better)
        & improved.is_not_nan()  # from 0 to 0 nothing changed, and no number counts as greater than any
        & (improved >= least_change)
        & (pl.col("count_") >= least_count)
        & (pl.col("count_last") >= least_count)
    )
    result = found.select(
        *keys,
        area,
        first_value="value_",
        last_value="value_last",
        first_percentile="place_",
        last_percentile="place_last",
        change=improved,
    )
    return like(data, result.sort("change", area, descending=[True, False]))
