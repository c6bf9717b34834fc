"""Columns of a table read as numbers."""

from __future__ import annotations

import polars as pl

from commonweal.stats.frames import numbers
from commonweal.stats.rules import keep_to

ROUNDING = 1 + 1e-9
"""A count that was derived from a proportion may exceed its denominator by what floating point rounds."""


def number(frame: pl.DataFrame, name: str, place: str) -> pl.Series:
    """Column `name` of floats under the name `place`; text that is a number is read as one, missing stays missing.

    Raises:
        ColumnError: a value is not a number, or is infinite.
    """
    values = numbers(frame, name).astype(float)
    keep_to(name, values)
    return pl.Series(place, values).fill_nan(None)
