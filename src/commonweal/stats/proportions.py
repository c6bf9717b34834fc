"""Proportions with Wilson intervals."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from narwhals.typing import IntoDataFrameT

from commonweal.stats import intervals
from commonweal.stats.frames import as_polars, like
from commonweal.stats.results import Confidence, grouping, refuse, with_limits


def proportion(
    data: IntoDataFrameT,
    *,
    count: str,
    denominator: str,
    by: str | Sequence[str] | None = None,
    per: float = 1,
    confidence: Confidence = 0.95,
) -> IntoDataFrameT:
    """Proportions, counts and denominators summed within `by` first; without `by`, one for each row.

    Args:
        count, denominator: columns; a row that misses either makes its group missing.
        per: multiplier: 1, or 100 for per cent.
        confidence: a level or several, such as [0.95, 0.998].

    Returns:
        `by` (or the table's own columns), `count`, `denominator`, `value`, limits, `method`.

    Raises:
        ColumnError: a column is absent, a count is negative or above its denominator, or a denominator is not above 0.

    Source: Wilson EB (1927), JASA 22; Newcombe RG, Altman DG (2000), Statistics with Confidence.
    """
    keys = grouping(by)
    rows = as_polars(data, [*keys, count, denominator])
    rows = rows.with_columns(count=pl.col(count).cast(pl.Float64), denominator=pl.col(denominator).cast(pl.Float64))
    refuse(rows, pl.col("count") < 0, f"'{count}' {{count}} is below 0")
    refuse(rows, pl.col("denominator") <= 0, f"'{denominator}' {{denominator}} is not above 0")
    if keys:
        rows = summed(rows, keys, "denominator")
    refuse(rows, pl.col("count") > pl.col("denominator"), "count {count} is above denominator {denominator}")
    x, n = (rows[name].to_numpy() for name in ("count", "denominator"))

    def limits(level: float) -> intervals.Limits:
        lower, upper = intervals.wilson(x, n, level)
        return lower * per, upper * per

    result = rows.with_columns(value=pl.col("count") / pl.col("denominator") * per)
    return like(data, with_limits(result, confidence, limits).with_columns(method=pl.lit("Wilson")))


def summed(rows: pl.DataFrame, keys: list[str], denominator: str) -> pl.DataFrame:
    """Counts and denominators summed within groups in order of appearance; null where any part is."""
    parts = [
        pl.when(pl.col(name).is_null().any()).then(None).otherwise(pl.col(name).sum()).alias(name)
        for name in ("count", denominator)
    ]
    return rows.group_by(keys, maintain_order=True).agg(parts)
