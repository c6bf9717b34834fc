"""Proportions with Wilson intervals."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from narwhals.typing import IntoDataFrameT

from commonweal.stats import intervals
from commonweal.stats.counts import counts
from commonweal.stats.frames import ColumnError, like
from commonweal.stats.results import Confidence, grouping, in_order, limit_columns
from commonweal.stats.rules import multiplier, refuse_rows


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
        by: columns that tell groups apart.
        per: multiplier: 1, or 100 for per cent.
        confidence: a level or several, such as 0.95 or [95, 99.8].

    Returns:
        `by` (or the table's own columns), `count`, `denominator`, `value`, limits, `method`, `reason` (why the value is
        missing).

    Raises:
        ColumnError: a column is absent or holds text, a count is negative or above its denominator, a denominator is
            not above 0, either is infinite, or the table has no rows.

    Source: Wilson EB (1927), JASA 22; Newcombe RG, Altman DG (2000), Statistics with Confidence.
    """
    per = multiplier(per)
    found = counts(data, count, denominator, by)
    x, n = found.count, found.denominator
    above = x > n
    if above.any():
        first = int(above.argmax())
        rule = f"'{count}' {x[first]:g} is above '{denominator}' {n[first]:g}"
        if not grouping(by):
            refuse_rows(above, rule)
        group = ", ".join(f"{key} '{value}'" for key, value in found.own.row(first, named=True).items())
        raise ColumnError(f"{rule} for {group}, the first of {above.sum():,} such group(s).")

    def limits(level: float) -> intervals.Limits:
        lower, upper = intervals.wilson(x, n, level)
        return lower * per, upper * per

    columns = {
        "count": pl.Series(x).fill_nan(None),
        "denominator": pl.Series(n).fill_nan(None),
        "value": pl.Series(x / n * per).fill_nan(None),
        **limit_columns(confidence, limits),
        "method": pl.repeat("Wilson", len(x), eager=True),
        "reason": found.reason,
    }
    return like(data, in_order(found.own, columns, None if by else (count, denominator)))
