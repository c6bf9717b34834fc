"""Frames of any kind in, Polars within, the same kind out."""

from __future__ import annotations

from collections.abc import Iterable

import narwhals as nw
import polars as pl
from narwhals.typing import IntoDataFrameT

from commonweal.errors import CommonwealError


class ColumnError(CommonwealError):
    """A table lacks a column, or a column breaks a rule."""


def as_polars(data: IntoDataFrameT, columns: Iterable[str] | None = None) -> pl.DataFrame:
    """The table as a Polars frame, NaN as null.

    Raises:
        ColumnError: one of `columns` is absent.
    """
    frame = nw.from_native(data, eager_only=True)
    absent = [name for name in dict.fromkeys(columns or ()) if name not in frame.columns]
    if absent:
        have = ", ".join(f"'{name}'" for name in frame.columns)
        raise ColumnError(f"The table has no column {', '.join(repr(n) for n in absent)}. Its columns are {have}.")
    found = frame.to_polars()
    return found.with_columns(pl.selectors.float().fill_nan(None))


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
