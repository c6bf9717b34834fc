"""Time between rare events, as t and g charts take it. See docs/methods/control-charts.md."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from narwhals.typing import IntoDataFrameT

from commonweal.stats.frames import ColumnError, as_polars, like
from commonweal.stats.groups import groups
from commonweal.stats.results import grouping
from commonweal.stats.rules import refuse

DAY = 86_400_000_000
"""Microseconds."""


def days_between(data: IntoDataFrameT, *, date: str, by: str | Sequence[str] | None = None) -> IntoDataFrameT:
    """The days from each event to the next, of a table of one row an event.

    Args:
        date: column of dates, or of dates with times, which give parts of days; text such as "2024-03-01" is read.
        by: columns that tell series apart.

    Returns:
        One row an event, in order of time within each series in order of first appearance: `by`, the date, `event`
        (numbered from 1) and `days_between` (since the one before; missing for the first, 0 for two on one day).
        `control_chart(..., value="days_between", order="event", kind="t")` charts them, or `kind="g"` where events of
        the same day occur.

    Raises:
        ColumnError: a column is absent; a date is missing or cannot be read; the table has no rows, or a column is
            named `event` or `days_between`.
    """
    keys = grouping(by)
    frame = as_polars(data, [*keys, date])
    if frame.is_empty():
        raise ColumnError("The table has no rows, so that there are no events.")
    taken = sorted({*keys, date} & {"event", "days_between"})
    if taken:
        raise ColumnError(f"The column '{taken[0]}' has a name that the result needs. Rename it first.")
    rows = frame.select(*keys, date)
    refuse(rows, pl.col(date).is_null(), f"'{date}' is missing")
    if rows.schema[date] == pl.String:
        read = rows.with_columns(at_=pl.col(date).str.to_datetime(strict=False, time_unit="us"))
        # Dates without a time are not read as dates with one.
        read = read.with_columns(pl.col("at_").fill_null(pl.col(date).str.to_date("%Y-%m-%d", strict=False)))
        refuse(read, pl.col("at_").is_null(), f"'{date}' '{{{date}}}' is no date such as 2024-03-01")
    elif rows.schema[date].is_temporal():
        read = rows.with_columns(at_=pl.col(date).cast(pl.Datetime("us")))
    else:
        raise ColumnError(f"'{date}' should hold dates; it holds {rows.schema[date]}.")
    series = pl.Series("series_", groups(rows, keys).of_rows)
    ordered = read.with_columns(series).sort("series_", "at_", maintain_order=True)
    days = pl.col("at_").to_physical().diff() / DAY
    return like(
        data,
        ordered.select(
            *keys,
            date,
            event=(pl.int_range(pl.len()) + 1).over("series_"),
            days_between=days.over("series_"),
        ),
    )
