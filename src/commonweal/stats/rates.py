"""Crude rates with Poisson intervals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from narwhals.typing import IntoDataFrameT

from commonweal.stats import intervals
from commonweal.stats.counts import counts
from commonweal.stats.frames import like
from commonweal.stats.results import Confidence, in_order, limit_columns
from commonweal.stats.rules import multiplier


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
        count, population: columns; person-years where the population is not one year's. A row that misses either makes
            its group missing.
        by: columns that tell groups apart.
        per: multiplier, such as 100,000.
        confidence: a level or several, such as 0.95 or [95, 99.8].

    Returns:
        `by` (or the table's own columns), `count`, `population`, `value`, limits, `method`, `reason` (why the value is
        missing).

    Raises:
        ColumnError: a column is absent or holds text, a count is negative, a population is not above 0, either is
            infinite, or the table has no rows.

    Source: Breslow NE, Day NE (1987), Statistical Methods in Cancer Research II; APHO Technical Briefing 3 (2008).
    """
    per = multiplier(per)
    found = counts(data, count, population, by)
    x, n = found.count, found.denominator

    def limits(level: float) -> intervals.Limits:
        lower, upper = intervals.poisson(x, level)
        return lower / n * per, upper / n * per

    columns = {
        "count": pl.Series(x).fill_nan(None),
        "population": pl.Series(n).fill_nan(None),
        "value": pl.Series(x / n * per).fill_nan(None),
        **limit_columns(confidence, limits),
        "method": poisson_method(x),
        "reason": found.reason,
    }
    return like(data, in_order(found.own, columns, None if by else (count, population)))


def poisson_method(count: np.ndarray) -> pl.Series:
    """Which limits of a Poisson count `intervals.poisson` gives: "Exact" or "Byar", or null where there is no count."""
    events = pl.Series("count", count, dtype=pl.Float64).fill_nan(None)
    exact = pl.col("count") < intervals.EXACT_BELOW
    word = pl.when(exact).then(pl.lit("Exact")).when(~exact).then(pl.lit("Byar"))
    return events.to_frame().select(method=word)["method"]
