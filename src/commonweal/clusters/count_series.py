"""Regular series of counts: a frame of one row a series and time point, laid out as one matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from narwhals.typing import IntoDataFrameT

from commonweal.stats.frames import ColumnError, as_polars, like

WEEK = 7
Columns = dict[str, np.ndarray | pl.Series | list | str]
ADDED = "added by the method"


@dataclass(frozen=True)
class CountSeries:
    """Series on one calendar.

    Attributes:
        counts: float matrix, series by time point; NaN where a count is missing and outside the series.
        population: the same shape, 1 where no population was named.
        first, last: the first and last time point of each series, as columns of `counts`.
        time: the number of each column: days since 1970 where the time is a date, else the number given.
        step: days (or units of the number) between columns.
        dated: whether the time is a date.
        row_series, row_time: row and column in `counts` of each row of the frame.
        frame: the rows, as given.
    """

    counts: np.ndarray
    population: np.ndarray
    first: np.ndarray
    last: np.ndarray
    time: np.ndarray
    step: int
    dated: bool
    row_series: np.ndarray
    row_time: np.ndarray
    frame: pl.DataFrame

    @classmethod
    def read(
        cls,
        data: IntoDataFrameT,
        *,
        count: str,
        time: str,
        by: str | Sequence[str] | None = None,
        population: str | None = None,
    ) -> CountSeries:
        """Check the frame and lay it out.

        Args:
            data: one row a series and time point, in any order.
            count: column of whole numbers from 0; may be missing, which is not the same as 0.
            time: column of dates an equal number of days apart, or of consecutive whole numbers.
            by: columns that tell series apart; none for a single series.
            population: column of numbers above 0.

        Raises:
            ColumnError: a column is absent, holds text, breaks a rule, a time point is twice in a series, or a
                series has a gap.
        """
        keys = [] if by is None else [by] if isinstance(by, str) else list(by)
        given = as_polars(data, [*keys, time, count, *([population] if population else [])])
        if given.is_empty():
            raise ColumnError("The table has no rows, so there is no series to examine.")
        frame = given.with_columns(_numbers(given, name) for name in (count, population) if name)
        dated, number = _time(frame, time)
        _refuse(frame, pl.col(count) < 0, f"'{count}' {{{count}}} is below 0")
        _refuse(frame, pl.col(count).is_infinite(), f"'{count}' is infinite")
        _refuse(frame, pl.col(count) != pl.col(count).round(), f"'{count}' {{{count}}} is not a whole number")
        if population:
            bad = (pl.col(population) <= 0) | pl.col(population).is_null() | pl.col(population).is_infinite()
            _refuse(frame, bad, f"'{population}' {{{population}}} is missing or not above 0")
        series = _series(frame, keys)
        step = _step(frame, series, number, time, keys, dated)
        start = int(number.min())
        column = (number - start) // step
        width = int(column.max()) + 1
        height = int(series.max()) + 1
        counts = np.full((height, width), np.nan)
        counts[series, column] = frame[count].to_numpy()
        people = np.ones((height, width))
        if population:
            people[series, column] = frame[population].to_numpy()
        first = np.full(height, width)
        last = np.zeros(height, dtype=np.int64)
        np.minimum.at(first, series, column)
        np.maximum.at(last, series, column)
        axis = start + step * np.arange(width)
        return cls(counts, people, first, last, axis, step, dated, series, column, given)

    def tested(self, newest: int | None) -> np.ndarray:
        """Which rows of the frame are to be judged: all, or the `newest` time points of each series.

        Raises:
            ColumnError: `newest` is not a whole number from 1.
        """
        if newest is None:
            return np.ones(len(self.row_time), dtype=bool)
        if newest != int(newest) or newest < 1:
            raise ColumnError(f"'newest' is how many of the last time points to judge: 1 or more; {newest} was given.")
        return self.row_time > self.last[self.row_series] - newest

    def result(self, data: IntoDataFrameT, tested: np.ndarray, columns: Columns) -> IntoDataFrameT:
        """The tested rows with `columns` beside them, NaN as missing, as the kind of frame `data` is.

        Raises:
            ColumnError: the frame already has one of the columns.
        """
        taken = [name for name in columns if name in self.frame.columns]
        if taken:
            raise ColumnError(f"The table already has a column {taken[0]!r}, which is {ADDED}: rename it first.")
        rows = self.frame.filter(pl.Series(tested))
        found = [
            pl.lit(values).alias(name)
            if isinstance(values, str)
            else pl.Series(name, values).fill_nan(None)
            if np.asarray(values).dtype.kind == "f"
            else pl.Series(name, values)
            for name, values in columns.items()
        ]
        return like(data, rows.with_columns(found))


def optional_flags(flags: np.ndarray, known: np.ndarray) -> pl.Series:
    """True or false where known, else missing."""
    return pl.Series(flags.astype(bool)).zip_with(
        pl.Series(known.astype(bool)), pl.Series([None] * len(flags), dtype=pl.Boolean)
    )


def _numbers(frame: pl.DataFrame, name: str) -> pl.Expr:
    if not frame[name].dtype.is_numeric() and frame[name].dtype != pl.Null:
        shown = frame[name].drop_nulls().head(1).to_list()
        raise ColumnError(f"The column '{name}' holds {frame[name].dtype}, not numbers, such as {shown[0]!r}.")
    return pl.col(name).cast(pl.Float64)


def _time(frame: pl.DataFrame, time: str) -> tuple[bool, np.ndarray]:
    kind = frame[time].dtype
    _refuse(frame, pl.col(time).is_null(), f"'{time}' is missing")
    if kind == pl.Date or isinstance(kind, pl.Datetime):
        return True, frame[time].cast(pl.Date).to_physical().cast(pl.Int64).to_numpy()
    if kind.is_integer():
        return False, frame[time].cast(pl.Int64).to_numpy()
    if kind.is_float():
        _refuse(frame, pl.col(time) != pl.col(time).round(), f"'{time}' {{{time}}} is not a whole number")
        return False, frame[time].cast(pl.Int64).to_numpy()
    shown = frame[time].head(1).to_list()[0]
    raise ColumnError(f"The column '{time}' holds {kind}, such as {shown!r}; it must hold dates or whole numbers.")


def _series(frame: pl.DataFrame, keys: list[str]) -> np.ndarray:
    if not keys:
        return np.zeros(frame.height, dtype=np.int64)
    names = frame.select(keys).unique(maintain_order=True).with_row_index("series_")
    joined = frame.select(keys).join(names, on=keys, how="left", nulls_equal=True, maintain_order="left")
    return joined["series_"].to_numpy().astype(np.int64)


def _step(frame: pl.DataFrame, series: np.ndarray, number: np.ndarray, time: str, keys: list[str], dated: bool) -> int:
    """The days between time points, having made sure that no series has a gap or a time twice."""

    def place(row: int) -> str:
        named = ", ".join(f"{key} {frame[key][row]}" for key in keys)
        return f"{time} {frame[time][row]}" + (f" of {named}" if named else "")

    order = np.lexsort((number, series))
    same = np.diff(series[order]) == 0
    apart = np.diff(number[order])
    twice = np.flatnonzero(same & (apart == 0))
    if len(twice):
        row = int(np.maximum(order[twice[0]], order[twice[0] + 1]))
        raise ColumnError(
            f"The same '{time}' is there more than once in {len(twice):,} rows, first at row {row + 1}: {place(row)}. "
            "A series has one row a time point; name the columns that tell series apart in 'by'."
        )
    steps = apart[same]
    step = int(np.bincount(steps[steps <= 366]).argmax()) if dated and np.any(steps <= 366) else 1
    gaps = np.flatnonzero(same & (apart != step))
    if len(gaps):
        row = int(order[gaps[0]])
        unit = f"{step} days" if dated else "1"
        raise ColumnError(
            f"Time points are not {unit} apart in {len(gaps):,} places, first after row {row + 1}: {place(row)}. Add a "
            "row for each time point that is missing, with count 0 where there was none, or without a count where it "
            "is not known."
        )
    off = np.flatnonzero((number - number.min()) % step)
    if len(off):
        row = int(off[0])
        raise ColumnError(
            f"Series do not share one calendar: {len(off):,} rows are not a multiple of {step} days from the earliest "
            f"date, first at row {row + 1}: {place(row)}. Give the weeks of all series the same first day."
        )
    return step


def _refuse(frame: pl.DataFrame, fault: pl.Expr, rule: str) -> None:
    found = frame.with_row_index("row_").filter(fault)
    if found.is_empty():
        return
    first = found.row(0, named=True)
    shown = {name: f"{value:g}" if isinstance(value, float) else value for name, value in first.items()}
    rows = f"{found.height:,} rows" if found.height > 1 else "1 row"
    raise ColumnError(f"{rule.format(**shown)} in {rows}, first at row {first['row_'] + 1}.")
