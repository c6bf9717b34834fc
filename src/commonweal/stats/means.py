"""Means with Student's intervals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from narwhals.typing import IntoDataFrameT
from scipy.special import stdtrit

from commonweal.stats.frames import like, numbers, selected
from commonweal.stats.groups import groups
from commonweal.stats.intervals import Limits
from commonweal.stats.results import Confidence, grouping, in_order, limit_columns, reasons
from commonweal.stats.rules import keep_to


def mean(
    data: IntoDataFrameT,
    *,
    value: str,
    by: str | Sequence[str] | None = None,
    confidence: Confidence = 0.95,
) -> IntoDataFrameT:
    """The mean of the values of each group, with the limits of Student's t.

    Args:
        value: column of values; one that is missing makes its group missing, because what is left may not be like what
            is not.
        by: columns that tell groups apart; without it the whole table is one group.
        confidence: a level or several, such as 0.95 or [95, 99.8].

    Returns:
        `by`, `sum`, `n` (values that are there), `standard_deviation` (of the sample), `value`, limits, `method`,
        `reason` (why the value or its limits are missing). One value has neither standard deviation nor limits.

    Raises:
        ColumnError: a column is absent or holds text, a value is infinite, or the table has no rows.

    Source: Student (1908), The probable error of a mean, Biometrika 6; Altman DG et al (2000), Statistics with
    Confidence, chapter 4.
    """
    keys = grouping(by)
    frame = selected(data, [*keys, value])
    values = numbers(frame, value).astype(float)
    keep_to(value, values)
    gathered = groups(frame, keys)
    held = ~np.isnan(values)
    n = gathered.sum(held)
    total = gathered.sum(values)
    average = total / gathered.sizes
    apart = gathered.arranged(values) - np.repeat(average, gathered.sizes)
    with np.errstate(divide="ignore", invalid="ignore"):
        deviation = np.sqrt(np.add.reduceat(apart * apart, gathered.starts) / (gathered.sizes - 1))
    deviation[gathered.sizes == 1] = np.nan
    error = deviation / np.sqrt(n)
    fewer = np.maximum(n - 1, 1)

    def limits(level: float) -> Limits:
        away = stdtrit(fewer, 1 - (1 - level) / 2) * error
        return average - away, average + away

    columns = {
        "sum": pl.Series(total).fill_nan(None),
        "n": n.astype(np.int64),
        "standard_deviation": pl.Series(deviation).fill_nan(None),
        "value": pl.Series(average).fill_nan(None),
        **limit_columns(confidence, limits),
        "method": pl.repeat("Student", gathered.count, eager=True),
        "reason": reasons(
            gathered.count,
            (n < gathered.sizes, f"'{value}' is missing in some rows"),
            (n == 1, "one value alone has no interval"),
        ),
    }
    return like(data, in_order(gathered.keys, columns))
