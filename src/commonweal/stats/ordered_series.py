"""Series of points in order, and the phases that a user divides them into."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from commonweal.errors import CommonwealError
from commonweal.stats.frames import ColumnError
from commonweal.stats.groups import groups
from commonweal.stats.results import refuse

RebaseAt = str | float | date | datetime | Sequence[str | float | date | datetime] | None


@dataclass(frozen=True)
class OrderedSeries:
    """Rows sorted by series (in order of first appearance) and, within, by `order`.

    All arrays have one entry a row: `series` and `segment` are numbered from 0 over all rows, a segment being one
    phase of one series; `phase` is numbered from 1 within its series.
    """

    frame: pl.DataFrame
    series: NDArray[np.int64]
    segment: NDArray[np.int64]
    phase: NDArray[np.int64]

    @property
    def begins(self) -> NDArray[np.bool_]:
        """Whether a row is the first of its segment."""
        return np.diff(self.segment, prepend=-1) != 0

    def first_points(self, number: int | None, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether a row is among the first `number` known points of its segment; all of them without a number."""
        if number is None:
            return known
        passed = np.cumsum(known)
        before: NDArray[np.int64] = (passed - known)[self.begins]
        return known & (passed - before[self.segment] <= number)


def ordered(frame: pl.DataFrame, keys: list[str], order: str, rebase_at: RebaseAt) -> OrderedSeries:
    """The rows of `frame` in order, divided into phases.

    Args:
        order: column of dates, numbers, or text that sorts in time ("2024-01", "2024/25").
        rebase_at: the values of `order` at which a new phase begins (at the first point from there on), in every
            series; or the name of a column that is true, or 1, where one begins.

    Raises:
        ColumnError: the table is empty; an order is missing, occurs twice in a series, or is text that does not sort in
            time.
        CommonwealError: a value of `rebase_at` is after every point, or cannot be compared with the order.
    """
    if frame.is_empty():
        raise ColumnError("The table has no rows, so that there is nothing to chart.")
    refuse(frame, pl.col(order).is_null(), f"'{order}' is missing")
    frame = frame.with_columns(_sortable(frame[order]))
    series = groups(frame, keys).of_rows
    frame = frame.with_columns(pl.Series("series_", series)).with_row_index("was_")
    twice = pl.struct("series_", "order_").is_first_distinct().not_()
    refuse(frame, twice, f"'{order}' {{{order}}} occurs a second time in the same series")
    frame = frame.sort("series_", "order_")
    series = frame["series_"].to_numpy()
    first = np.diff(series, prepend=-1) != 0
    new = first | _new_phase(frame, order, rebase_at)
    segment = np.cumsum(new) - 1
    phase = segment - segment[first][series] + 1
    return OrderedSeries(frame.drop("series_", "was_"), series, segment, phase)


def _sortable(order: pl.Series) -> pl.Series:
    """The order as something that sorts in time."""
    if order.dtype not in (pl.String, pl.Categorical, pl.Enum):
        return order.alias("order_")
    text = order.cast(pl.String)
    numbers = text.cast(pl.Float64, strict=False)
    if not numbers.has_nulls():
        return numbers.alias("order_")
    uneven = text.str.len_chars() != text.str.len_chars().first()
    wrong = ~text.str.contains(r"^\d{4}") | uneven
    refuse(
        pl.DataFrame({"text_": text}),
        wrong,  # type: ignore[arg-type]
        f"'{order.name}' '{{text_}}' sorts by alphabet and not in time (dates, numbers and text such as 2024-01 do)",
    )
    return text.alias("order_")


def _new_phase(frame: pl.DataFrame, order: str, rebase_at: RebaseAt) -> NDArray[np.bool_]:
    """Whether the user has a new phase begin at each row."""
    if rebase_at is None:
        return np.zeros(frame.height, dtype=bool)
    if isinstance(rebase_at, str) and rebase_at in frame.columns:
        return frame[rebase_at].cast(pl.Float64).fill_null(0).to_numpy() != 0
    given = list(rebase_at) if isinstance(rebase_at, Iterable) and not isinstance(rebase_at, str) else [rebase_at]
    points = frame["order_"]
    try:
        values = pl.Series("at_", given)
        if values.dtype == pl.String and points.dtype.is_temporal():
            values = values.str.to_datetime() if isinstance(points.dtype, pl.Datetime) else values.str.to_date()
        if points.dtype == pl.String and values.dtype != pl.String:
            raise TypeError("numbers do not compare with text")
        values = values.cast(points.dtype if not points.dtype.is_integer() else pl.Float64, strict=True)
        comparable = points if not points.dtype.is_integer() else points.cast(pl.Float64)
        late = values.filter(values > comparable.max())
    except (pl.exceptions.PolarsError, TypeError, ValueError) as error:
        raise CommonwealError(
            f"`rebase_at` {given[0]!r} cannot be compared with column '{order}', which holds {frame[order].dtype}."
        ) from error
    if not late.is_empty():
        raise CommonwealError(f"`rebase_at` {late[0]} is after every point of column '{order}'.")
    # How many phases have begun at each point; a step between two points of a series is a new one.
    begun = values.sort().search_sorted(comparable, side="right").to_numpy().astype(np.int64)
    return np.diff(begun, prepend=0) > 0
