"""Recent trend, by the rule that Fingertips prints beside every indicator.

Source: OHID, Fingertips technical guidance, "Trend markers"; the rule as its open code has it is set out in
docs/methods/recent-trend.md.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from narwhals.typing import IntoDataFrameT

from commonweal.stats.frames import as_polars, like
from commonweal.stats.series import numbered

POINTS = 5
THRESHOLD = 9.54953570608324
"""Upper 0.2% point of chi-square on one degree of freedom: 99.8% confidence."""
ELIGIBLE = ("proportion", "crude rate", "directly standardised rate")
NORMAL_WIDTH = 3.92
TIE = 1e-10
"""Slopes below this share of the greatest value are zero: printed values often tie exactly, floating point does not."""
CANNOT = "cannot be calculated"
YEARLY = pl.col("days_").is_between(360, 370)


def recent_trend(
    data: IntoDataFrameT,
    *,
    by: str | list[str],
    period_start: str,
    period_end: str,
    value: str,
    lower: str,
    upper: str,
    count: str | None = None,
    denominator: str | None = None,
    polarity: str | None = None,
    value_type: str | None = None,
) -> IntoDataFrameT:
    """The trend of the newest five yearly points of each series.

    A straight line is fitted to the points, numbered 1 to 5 in order of time whatever the gaps, each weighted by the
    inverse square of its standard error, which is the width of its 95% interval over 3.92. The trend is significant
    when the square of slope over its standard error is above 9.5495 (99.8%) and the slope has the same sign (zero
    counts as positive) in all five lines that leave one point out. Only yearly periods count, so that points are
    independent.

    Args:
        data: one row a series and period; any eager frame Narwhals knows.
        by: columns that tell series apart.
        period_start, period_end: columns of dates, the first and the last day.
        value, lower, upper: columns of the value and its 95% limits.
        count, denominator: columns; a point needs both where they are named, and no count may equal its denominator.
        polarity: column ("high is good", "low is good", "no judgement", "not applicable"); without it no judgement is
            made.
        value_type: column; series of other kinds than proportion, crude rate and directly standardised rate have none.

    Returns:
        One row a series, in order of first appearance: `by`, `trend`, `reason` (why it cannot be calculated, else
        empty), `slope` (per point), `chi_squared`, `points` (valid ones).

    Raises:
        ColumnError: a named column is absent.
    """
    keys = [by] if isinstance(by, str) else list(by)
    needed = [*keys, period_start, period_end, value, lower, upper]
    needed += [name for name in (count, denominator, polarity, value_type) if name]
    frame = as_polars(data, needed)
    rows = frame.select(
        *keys,
        days_=(pl.col(period_end).cast(pl.Date) - pl.col(period_start).cast(pl.Date)).dt.total_days() + 1,
        end_=pl.col(period_end).cast(pl.Date).to_physical(),
        value_=pl.col(value).cast(pl.Float64),
        lower_=pl.col(lower).cast(pl.Float64),
        upper_=pl.col(upper).cast(pl.Float64),
        count_=pl.col(count).cast(pl.Float64) if count else pl.lit(0.0),
        denominator_=pl.col(denominator).cast(pl.Float64) if denominator else pl.lit(1.0),
        polarity_=pl.col(polarity) if polarity else pl.lit("no judgement"),
        type_=pl.col(value_type) if value_type else pl.lit("proportion"),
    )
    return like(data, _judged(_fitted(rows, keys)).select(*keys, "trend", "reason", "slope", "chi_squared", "points"))


def _fitted(rows: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """One row a series: the line through its newest valid points and what stands in the way of judging it."""
    series, number, first = numbered(rows, keys)
    end, order = rows["end_"].to_numpy(), np.arange(rows.height)
    step = np.diff(number)
    if np.any((step < 0) | ((step == 0) & (np.diff(end) < 0))):
        order = np.lexsort((end, number))
        number, end = number[order], end[order]

    def holds(expression: pl.Expr) -> np.ndarray:
        return rows.select(expression.fill_null(False)).to_series().to_numpy()[order]

    yearly = holds(YEARLY)
    valid = yearly & holds(pl.all_horizontal(pl.col("value_", "count_", "denominator_").is_not_null()))
    whole = valid & holds(pl.col("count_") == pl.col("denominator_"))
    repeated = np.diff(end[valid]) == 0
    repeated &= np.diff(number[valid]) == 0

    def any_of(numbers: np.ndarray) -> np.ndarray:
        return np.bincount(numbers, minlength=series.height) > 0

    points = np.bincount(number[valid], minlength=series.height)
    enough = points >= POINTS
    newest = order[valid][np.cumsum(points)[enough] + np.arange(-POINTS, 0)[:, None]]
    values, lowers, uppers = (rows[name].to_numpy()[newest] for name in ("value_", "lower_", "upper_"))
    lines = {
        "slope": np.full(series.height, np.nan),
        "chi_squared": np.full(series.height, np.nan),
        "steady": np.zeros(series.height, dtype=bool),
        "has_limits": np.zeros(series.height, dtype=bool),
    }
    for name, found in zip(lines, _lines(values, uppers - lowers), strict=True):
        lines[name][enough] = found
    return series.select(keys).with_columns(
        polarity=rows["polarity_"].gather(first),
        type=rows["type_"].gather(first),
        yearly=pl.Series(any_of(number[yearly])),
        points=pl.Series(points, dtype=pl.Int64),
        whole=pl.Series(any_of(number[whole])),
        repeated=pl.Series(any_of(number[valid][1:][repeated])),
        **{name: pl.Series(column) for name, column in lines.items()},
    )


def _lines(values: np.ndarray, widths: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Slope, chi-squared, whether no point alone decides its sign, and whether there are limits, for each column."""
    zero = -TIE * np.abs(values).max(axis=0, initial=0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        weights = (NORMAL_WIDTH / widths) ** 2
        slope, information = _slope(values, weights, list(range(POINTS)))
        steady = np.ones(values.shape[1], dtype=bool)
        for left_out in range(POINTS):
            kept = [point for point in range(POINTS) if point != left_out]
            steady &= (_slope(values, weights, kept)[0] >= zero) == (slope >= zero)
        return slope, slope**2 * information, steady, np.all(widths > 0, axis=0)


def _judged(series: pl.DataFrame) -> pl.DataFrame:
    """`trend` and `reason` of fitted series."""
    why = (
        pl.when(~pl.col("type").is_in(ELIGIBLE).fill_null(False))
        .then(pl.lit("not a proportion, a crude rate or a directly standardised rate"))
        .when(~pl.col("yearly"))
        .then(pl.lit("the periods are not single years"))
        .when(pl.col("points") < POINTS)
        .then(pl.lit("fewer than five yearly points with value, count and denominator"))
        .when("repeated")
        .then(pl.lit("two points end on the same day"))
        .when(pl.col("whole"))
        .then(pl.lit("a count equals its denominator"))
        .when(~pl.col("has_limits"))
        .then(pl.lit("one of the newest five points has no interval"))
        .otherwise(pl.lit(""))
    )
    significant = (pl.col("chi_squared") > THRESHOLD) & pl.col("steady")
    direction = pl.when(pl.col("slope") >= 0).then(pl.lit("increasing")).otherwise(pl.lit("decreasing"))
    better = (pl.col("polarity") == "high is good") == (pl.col("slope") >= 0)
    judged = pl.col("polarity").is_in(["high is good", "low is good"]).fill_null(False)
    trend = (
        pl.when(pl.col("reason") != "")
        .then(pl.lit(CANNOT))
        .when(~significant)
        .then(pl.lit("no significant change"))
        .when(~judged)
        .then(direction)
        .when(better)
        .then(direction + " and getting better")
        .otherwise(direction + " and getting worse")
    )
    known = pl.col("reason") == ""
    return series.with_columns(reason=why).with_columns(
        trend=trend,
        slope=pl.when(known).then(pl.col("slope")),
        chi_squared=pl.when(known).then(pl.col("chi_squared")),
    )


def _slope(values: np.ndarray, weights: np.ndarray, kept: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Weighted least squares slope of each column's `kept` points, and its information (one over its variance)."""
    weight = weights[kept]
    time = np.array([[point + 1.0] for point in kept])
    centred = time - (weight * time).sum(axis=0) / weight.sum(axis=0)
    information = (weight * centred**2).sum(axis=0)
    return (weight * centred * values[kept]).sum(axis=0) / information, information
