"""Columns of a table read as numbers."""

from __future__ import annotations

import polars as pl

from commonweal.stats.frames import ColumnError
from commonweal.stats.results import refuse


def number(frame: pl.DataFrame, name: str, place: str) -> pl.Series:
    """Column `name` of floats under the name `place`; text that is a number is read as one, missing stays missing.

    Raises:
        ColumnError: a value is not a number, or is infinite.
    """
    found = frame[name]
    if found.dtype.is_temporal() or found.dtype.is_nested():
        raise ColumnError(f"Column '{name}' should hold numbers; it holds {found.dtype}.")
    read = found.cast(pl.Float64, strict=False).alias(place)
    both = pl.DataFrame({"written_": found, "read_": read})
    refuse(both, pl.col("read_").is_null() & pl.col("written_").is_not_null(), f"'{name}' '{{written_}}' is no number")
    refuse(both, pl.col("read_").is_infinite(), f"'{name}' is infinite")
    return read.fill_nan(None)
