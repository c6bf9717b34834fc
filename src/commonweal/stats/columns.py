"""Columns of a table read as numbers."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import polars as pl
from narwhals.typing import IntoDataFrame

from commonweal.stats.frames import numbers
from commonweal.stats.rules import keep_to

ROUNDING = 1 + 1e-9
"""A count that was derived from a proportion may exceed its denominator by what floating point rounds."""


def rows_of(frame: IntoDataFrame) -> list[dict[str, Any]]:
    """The rows of any frame by column name, None where missing; pandas has NaN there."""
    rows = nw.from_native(frame, eager_only=True).rows(named=True)
    return [{name: None if cell != cell else cell for name, cell in row.items()} for row in rows]


def number(frame: pl.DataFrame, name: str, place: str) -> pl.Series:
    """Column `name` of floats under the name `place`; text that is a number is read as one, missing stays missing.

    Raises:
        ColumnError: a value is not a number, or is infinite.
    """
    values = numbers(frame, name).astype(float)
    keep_to(name, values)
    return pl.Series(place, values).fill_nan(None)
