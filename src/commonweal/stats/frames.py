"""Frames of any kind in, Polars within, the same kind out."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from narwhals.typing import IntoDataFrameT

from commonweal.errors import CommonwealError


class ColumnError(CommonwealError):
    """A table lacks a column, or a column breaks a rule.

    Attributes:
        rule: what is wrong, without the rows.
        rows: how many rows break the rule, or 0 where it is not a matter of rows.
        row: the first of them, counting the first row of data as 1.
    """

    def __init__(self, rule: str, *, rows: int = 0, row: int | None = None) -> None:
        self.rule, self.rows, self.row = rule, rows, row
        super().__init__(rule if row is None else self.told(row))

    def told(self, row: int) -> str:
        """The message with the first row numbered as its reader counts it."""
        return f"{self.rule} in {self.rows:,} row{'s' if self.rows > 1 else ''}, first at row {row}."


def as_polars(data: IntoDataFrameT, columns: Iterable[str] | None = None) -> pl.DataFrame:
    """The table as a Polars frame, NaN as null.

    Raises:
        ColumnError: it is not a table, one of `columns` is absent, or a column mixes text and numbers.
    """
    return _polars(_checked(data, columns)).with_columns(pl.selectors.float().fill_nan(None))


def selected(data: IntoDataFrameT, columns: Iterable[str]) -> pl.DataFrame:
    """The columns asked for, each once, as a Polars frame, NaN as it stands.

    Raises:
        ColumnError: as `as_polars`, or the table has no rows.
    """
    frame = _polars(_checked(data, columns).select(list(dict.fromkeys(columns))))
    if frame.is_empty():
        raise ColumnError("The table has no rows, so there is nothing to calculate.")
    return frame


def _checked(data: IntoDataFrameT, columns: Iterable[str] | None) -> nw.DataFrame[Any]:
    try:
        frame = nw.from_native(data, eager_only=True)
    except TypeError:
        raise ColumnError(
            f"A {type(data).__name__} is not a table. Give a pandas, Polars or PyArrow frame (a lazy one collected)."
        ) from None
    for name in dict.fromkeys(columns or ()):
        if name not in frame.columns:
            raise ColumnError(f"The table has no column '{name}'.{nearest(name, frame.columns)}")
    return frame


def nearest(name: str, names: Sequence[str], kind: str = "columns") -> str:
    """A sentence that suggests the nearest of `names`, and one that lists them."""
    folded = {known.casefold(): known for known in reversed(names)}
    close = difflib.get_close_matches(str(name).casefold(), list(folded), n=1)
    meant = f" Did you mean '{folded[close[0]]}'?" if close else ""
    shown = ", ".join(f"'{known}'" for known in names[:40]) + (" and more" if len(names) > 40 else "")
    return f"{meant} Its {kind} are {shown}." if names else f" It has no {kind} at all."


def _polars(frame: nw.DataFrame[Any]) -> pl.DataFrame:
    try:
        return frame.to_polars()
    except Exception as error:  # each library has its own error for a column that it cannot convert
        for name in frame.columns:
            cells = frame[name].to_list()
            text = [row for row, cell in enumerate(cells, start=1) if isinstance(cell, str)]
            if text and len(text) < sum(cell is not None and cell == cell for cell in cells):
                rule = f"'{name}' mixes text, such as '{cells[text[0] - 1]}', with numbers"
                raise ColumnError(rule, rows=len(text), row=text[0]) from error
        raise ColumnError(f"The table cannot be read: {error}") from error


def numbers(frame: pl.DataFrame, name: str) -> np.ndarray:
    """A column as numbers: whole numbers as they are where none is missing, otherwise floats with NaN for missing.

    Text is taken where every cell reads as a number.

    Raises:
        ColumnError: a cell is text, or the column holds dates or true and false.
    """
    series = frame[name]
    if series.dtype in (pl.String, pl.Categorical, pl.Enum, pl.Object):
        text = series.cast(pl.String).str.strip_chars()
        text = text.set(text == "", None)
        series = text.cast(pl.Float64, strict=False)
        wrong = (text.is_not_null() & series.is_null()).arg_true()
        if len(wrong):
            first = int(wrong[0])
            rule = f"'{name}' holds text, '{text[first]}', where a number is needed"
            raise ColumnError(rule, rows=len(wrong), row=first + 1)
    elif series.dtype == pl.Boolean or series.dtype.is_temporal() or series.dtype.is_nested():
        held = "true and false" if series.dtype == pl.Boolean else "dates" if series.dtype.is_temporal() else "lists"
        raise ColumnError(f"'{name}' holds {held}, where numbers are needed.")
    # Narrow integers would overflow when they are multiplied.
    if series.dtype not in (pl.Float64, pl.Int64) or series.null_count():
        series = series.cast(pl.Float64)
    return series.to_numpy()


def like(data: IntoDataFrameT, result: pl.DataFrame) -> IntoDataFrameT:
    """A Polars frame as the kind of frame that `data` is."""
    implementation = nw.from_native(data, eager_only=True).implementation
    if implementation.is_polars():
        return result  # type: ignore[return-value]
    if implementation.is_pandas():
        return result.to_pandas()  # type: ignore[return-value]
    if implementation.is_pyarrow():
        return result.to_arrow()  # type: ignore[return-value]
    rows = result.to_dict(as_series=False)
    return nw.from_dict(rows, backend=implementation).to_native()
