"""Crude rates with Poisson intervals."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from narwhals.typing import IntoDataFrameT

from commonweal.stats import intervals
from commonweal.stats.frames import as_polars, like
from commonweal.stats.proportions import summed
from commonweal.stats.results import Confidence, grouping, refuse, with_limits


def rate(
    data: IntoDataFrameT,
    *,
    count: str,
    population: str,
    by: str | Sequence[str] | None = None,
    per: float = 100_000,
    confidence: Confidence = 0.95,
) -> IntoDataFrameT:
    """Crude rates, counts and populations summed within `by` first; without `by`, one for each row.

    Limits are exact below a count of 10 and Byar's from 10; `method` says which.

    Args:
        count, population: columns; person-years where the population is not one year's.
        per: multiplier, such as 100,000.
        confidence: a level or several.

    Returns:
        `by` (or the table's own columns), `count`, `population`, `value`, limits, `method`.

    Raises:
        ColumnError: a column is absent, a count is negative, or a population is not above 0.

    Source: Breslow NE, Day NE (1987), Statistical Methods in Cancer Research II; APHO Technical Briefing 3 (2008).
    """
    keys = grouping(by)
    rows = as_polars(data, [*keys, count, population])
    rows = rows.with_columns(count=pl.col(count).cast(pl.Float64), population=pl.col(population).cast(pl.Float64))
    refuse(rows, pl.col("count") < 0, f"'{count}' {{count}} is below 0")
    refuse(rows, pl.col("population") <= 0, f"'{population}' {{population}} is not above 0")
    if keys:
        rows = summed(rows, keys, "population")
    x, n = (rows[name].to_numpy() for name in ("count", "population"))

    def limits(level: float) -> intervals.Limits:
        lower, upper = intervals.poisson(x, level)
        return lower / n * per, upper / n * per

    exact = pl.col("count") < intervals.EXACT_BELOW
    method = pl.when(exact).then(pl.lit("Exact")).when(~exact).then(pl.lit("Byar"))
    result = rows.with_columns(value=pl.col("count") / pl.col("population") * per)
    return like(data, with_limits(result, confidence, limits).with_columns(method=method))
