"""Quantiles by rank, as in deciles of deprivation. See docs/methods/quantiles.md."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from narwhals.typing import IntoDataFrameT

from commonweal.stats.frames import ColumnError, as_polars, like, numbers
from commonweal.stats.groups import groups
from commonweal.stats.results import grouping, in_order, reasons
from commonweal.stats.rules import keep_to


def quantiles(
    data: IntoDataFrameT,
    *,
    value: str,
    by: str | Sequence[str] | None = None,
    count: int = 10,
    highest_first: bool | str = True,
) -> IntoDataFrameT:
    """Add the column `quantile`, 1 to `count`, by rank of the value within `by`.

    With N values and Q quantiles, the value of rank r (equal values share the least rank) stands in quantile
    floor(Q + 1 - ceil((N + 1 - r) / (N / Q))), and 0 becomes 1; rank 1 is the highest where the highest come first.

    Args:
        value: column of values; a missing one has no quantile and does not count in N.
        by: columns within which values are ranked.
        count: how many quantiles: 10 for deciles, 5 for quintiles, 4 for quartiles.
        highest_first: whether quantile 1 holds the highest values; or a column of true and false (or yes and no, 1 and
            0) that says so for each group.

    Returns:
        The table with `quantile` and `reason` (why it is missing): the value is missing, or the group has fewer values
        than there are quantiles.

    Raises:
        ColumnError: a column is absent or holds text, a value is infinite, `count` is not a whole number from 2, or
            `highest_first` differs within a group or is neither true nor false.

    Source: OHID, PHEindicatormethods, phe_quantile; the rule that Public Health England published deciles by.
    """
    if isinstance(count, bool) or not isinstance(count, int) or count < 2:
        raise ColumnError(f"`count` is how many quantiles there are, a whole number from 2; {count} is not.")
    keys = grouping(by)
    column = highest_first if isinstance(highest_first, str) else None
    frame = as_polars(data, [*keys, value, *([column] if column else [])])
    if frame.is_empty():
        raise ColumnError("The table has no rows, so there is nothing to rank.")
    values = numbers(frame, value).astype(float)
    keep_to(value, values)
    gathered = groups(frame, keys)
    of_rows = gathered.of_rows
    if column:
        first = _yes(frame, column)
        share = gathered.sum(first) / gathered.sizes
        mixed = ((share > 0) & (share < 1))[of_rows]
        if mixed.any():
            row = int(mixed.argmax())
            group = gathered.name(int(of_rows[row])) or "the table"
            raise ColumnError(f"'{column}' must be the same in every row of a group; it differs in {group}.")
    else:
        first = np.full(frame.height, bool(highest_first))
    ranked = pl.DataFrame({"group": of_rows, "value": np.where(first, -values, values)}).select(
        pl.col("value").fill_nan(None).rank("min").over("group")
    )
    rank = ranked["value"].cast(pl.Float64).to_numpy()
    held = ~np.isnan(values)
    n = np.bincount(of_rows, weights=held, minlength=gathered.count)[of_rows]
    enough = n >= count
    with np.errstate(invalid="ignore", divide="ignore"):
        # Q (N + 1 - r) / N in whole numbers, so that no rounding carries a value over a cut.
        steps = -((-(n + 1 - rank) * count) // np.where(n > 0, n, 1))
    quantile = np.maximum(count + 1 - steps, 1)
    columns = {
        "quantile": pl.Series(np.where(held & enough, quantile, np.nan)).fill_nan(None).cast(pl.Int64),
        "reason": reasons(
            frame.height,
            (~held, f"'{value}' is missing"),
            (~enough, f"fewer than {count} values in the group"),
        ),
    }
    return like(data, in_order(frame, columns, ()))


def _yes(frame: pl.DataFrame, column: str) -> np.ndarray:
    """A column of true and false, however it is written."""
    words = {"true": True, "yes": True, "1": True, "1.0": True, "false": False, "no": False, "0": False, "0.0": False}
    read = frame[column].cast(pl.String).str.strip_chars().str.to_lowercase()
    meant = read.replace_strict(words, default=None, return_dtype=pl.Boolean)
    if meant.null_count():
        wrong = meant.is_null()
        row = int(wrong.arg_true()[0])
        told = f"'{column}' is '{frame[column][row]}', neither true nor false"
        raise ColumnError(told, rows=int(wrong.sum()), row=row + 1)
    return meant.to_numpy()
