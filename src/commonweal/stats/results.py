"""What the estimators share: levels of confidence, the rules of input, and the order of result columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from commonweal.errors import CommonwealError
from commonweal.stats.frames import ColumnError
from commonweal.stats.intervals import Limits

Confidence = float | Sequence[float]


def levels(confidence: Confidence) -> list[float]:
    """The levels asked for, each between 0 and 1.

    Raises:
        CommonwealError: a level is not, or none is given.
    """
    asked = [float(confidence)] if isinstance(confidence, int | float) else [float(level) for level in confidence]
    wrong = [level for level in asked if not 0 < level < 1]
    if wrong or not asked:
        given = wrong[0] if wrong else "none"
        raise CommonwealError(f"A confidence level lies between 0 and 1, such as 0.95 or 0.998; {given} was given.")
    return asked


def suffix(level: float) -> str:
    """The end of the name of a limit's column: 0.95 gives "95", 0.998 gives "99_8"."""
    return f"{level * 100:.10g}".replace(".", "_")


def with_limits(frame: pl.DataFrame, confidence: Confidence, limits: Callable[[float], Limits]) -> pl.DataFrame:
    """The frame with `lower_` and `upper_` columns for each level."""
    columns = {}
    for level in levels(confidence):
        lower, upper = limits(level)
        columns[f"lower_{suffix(level)}"] = pl.Series(lower, dtype=pl.Float64).fill_nan(None)
        columns[f"upper_{suffix(level)}"] = pl.Series(upper, dtype=pl.Float64).fill_nan(None)
    return frame.with_columns(**columns)


def grouping(by: str | Sequence[str] | None) -> list[str]:
    """The columns of `by` as a list."""
    return [] if by is None else [by] if isinstance(by, str) else list(by)


def refuse(frame: pl.DataFrame, fault: pl.Expr, rule: str) -> None:
    """Refuse the table where `fault` holds; `rule` may name columns as {column} for the values of the first such row.

    Raises:
        ColumnError: says the rule, how many rows break it and which is the first, counting the first row of data as 1.
    """
    found = frame.with_row_index("row_").filter(fault)
    if found.is_empty():
        return
    first = found.row(0, named=True)
    shown = {name: f"{value:g}" if isinstance(value, float) else value for name, value in first.items()}
    rows = f"{found.height:,} rows" if found.height > 1 else "1 row"
    raise ColumnError(f"{rule.format(**shown)} in {rows}, first at row {first['row_'] + 1}.")
