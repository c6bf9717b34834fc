"""The rules that numbers of an input must keep. A rule that is broken names its column, rows and first row."""

from __future__ import annotations

import numpy as np
import polars as pl

from commonweal.stats.frames import ColumnError


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
    raise ColumnError(rule.format(**shown), rows=found.height, row=first["row_"] + 1)


def refuse_rows(fault: np.ndarray, rule: str) -> None:
    """Refuse the table where `fault` is true for any row.

    Raises:
        ColumnError: as `refuse`.
    """
    rows = np.flatnonzero(fault)
    if rows.size:
        raise ColumnError(rule, rows=rows.size, row=int(rows[0]) + 1)


def keep_to(
    name: str,
    values: np.ndarray,
    *,
    at_least: float | None = None,
    above: float | None = None,
    missing: bool = True,
) -> None:
    """Refuse numbers that are infinite, below `at_least`, not above `above`, or missing where none may be.

    Raises:
        ColumnError: names the column and its first such number.
    """
    if not values.size:
        return
    least, most = values.min(), values.max()
    sound = np.isfinite(least) and np.isfinite(most)  # false too where any is missing
    if sound and (at_least is None or least >= at_least) and (above is None or least > above):
        return
    if not missing:
        refuse_rows(np.isnan(values), f"'{name}' is missing")
    _refuse_values(name, values, np.isinf(values), "is not a finite number")
    if at_least is not None:
        _refuse_values(name, values, values < at_least, f"is below {at_least:g}")
    if above is not None:
        _refuse_values(name, values, values <= above, f"is not above {above:g}")


def _refuse_values(name: str, values: np.ndarray, fault: np.ndarray, rule: str) -> None:
    if fault.any():
        refuse_rows(fault, f"'{name}' {values[fault.argmax()]:g} {rule}")


def multiplier(per: float) -> float:
    """`per`, where it is a number above 0.

    Raises:
        ColumnError: it is not.
    """
    if not (isinstance(per, int | float) and np.isfinite(per) and per > 0):
        raise ColumnError(f"`per` is the multiplier of the value, such as 100 or 100,000; {per} is not above 0.")
    return float(per)
