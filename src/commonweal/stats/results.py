"""What the estimators share in their results: grouping, the columns of limits, and the order of columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from commonweal.stats.confidence import Confidence, levels, suffix
from commonweal.stats.frames import ColumnError
from commonweal.stats.intervals import Limits
from commonweal.stats.rules import refuse

INPUTS = ("count", "population", "denominator")
"""Result columns that an own column of another meaning must not be replaced by; old values and limits may be."""
__all__ = [
    "Confidence",
    "grouping",
    "in_order",
    "levels",
    "limit_columns",
    "reasons",
    "refuse",
    "suffix",
    "with_limits",
]


def limit_columns(confidence: Confidence, limits: Callable[[float], Limits]) -> dict[str, pl.Series]:
    """`lower_` and `upper_` columns of each level."""
    columns = {}
    for level in levels(confidence):
        for end, values in zip(("lower", "upper"), limits(level), strict=True):
            name = f"{end}_{suffix(level)}"
            columns[name] = pl.Series(name, values, dtype=pl.Float64).fill_nan(None)
    return columns


def with_limits(frame: pl.DataFrame, confidence: Confidence, limits: Callable[[float], Limits]) -> pl.DataFrame:
    """The frame with `lower_` and `upper_` columns for each level."""
    return frame.with_columns(**limit_columns(confidence, limits))


def grouping(by: str | Sequence[str] | None) -> list[str]:
    """The columns of `by` as a list, each once."""
    return [] if by is None else [by] if isinstance(by, str) else list(dict.fromkeys(by))


def reasons(rows: int, *why: tuple[np.ndarray, str]) -> pl.Series:
    """Why a value is missing, for each row: the first of `why` that holds, or nothing."""
    which = np.zeros(rows, dtype=np.uint32)
    for number, (holds, _) in reversed(list(enumerate(why, start=1))):
        which[holds] = number
    return pl.Series("reason", [None, *(text for _, text in why)], dtype=pl.String).gather(which)


def in_order(own: pl.DataFrame, columns: Mapping[str, Any], replaced: Sequence[str] | None = None) -> pl.DataFrame:
    """The table's own columns, then the result's; a result column takes the place of an own one of that name.

    Args:
        own: the columns of `by`, or all of a table that is answered row by row.
        columns: result columns by name: series, arrays or expressions over `own`.
        replaced: of a table answered row by row, own columns that are inputs, so that a result column may bear their
            name. Without it the own columns are those of `by`, none of which may be replaced.

    Raises:
        ColumnError: an own column of another meaning bears the name of a result column.
    """
    kept_names = own.columns if replaced is None else [n for n in INPUTS if n in own.columns and n not in replaced]
    for name in kept_names:
        if name in columns:
            raise ColumnError(f"The table has a column '{name}' already, which the result needs. Give it another name.")
    kept = own.select(name for name in own.columns if name not in columns)
    made = own.select(
        **{name: value if isinstance(value, pl.Expr) else pl.Series(name, value) for name, value in columns.items()}
    )
    return pl.concat([kept, made], how="horizontal")
