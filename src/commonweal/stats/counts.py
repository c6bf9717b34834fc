"""Counts with their denominators: one pair for each group, or for each row of a table that is summed already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from narwhals.typing import IntoDataFrameT

from commonweal.stats.frames import ColumnError, as_polars, numbers, selected
from commonweal.stats.groups import groups
from commonweal.stats.results import grouping, reasons
from commonweal.stats.rules import keep_to


@dataclass(frozen=True)
class Counts:
    """Attributes:
    own: the columns of `by`, or all of the table's where it is answered row by row.
    count, denominator: NaN where any row of the group misses it.
    reason: why the pair is missing, or null.
    """

    own: pl.DataFrame
    count: np.ndarray
    denominator: np.ndarray
    reason: pl.Series


def counts(data: IntoDataFrameT, count: str, denominator: str, by: str | Sequence[str] | None) -> Counts:
    """Counts and denominators, summed within `by`; without `by`, as they stand in each row.

    Raises:
        ColumnError: a column is absent or holds text, a count is negative, a denominator is not above 0, either is
            infinite, or the table has no rows.
    """
    keys = grouping(by)
    frame = selected(data, [*keys, count, denominator]) if keys else as_polars(data, [count, denominator])
    if frame.is_empty():
        raise ColumnError("The table has no rows, so there is nothing to calculate.")
    x, n = numbers(frame, count), numbers(frame, denominator)
    keep_to(count, x, at_least=0)
    keep_to(denominator, n, above=0)
    own = frame
    if keys:
        gathered = groups(frame, keys)
        own, x, n = gathered.keys, gathered.sum(x), gathered.sum(n)
    x, n = x.astype(float), n.astype(float)
    return Counts(
        own, x, n, reasons(len(x), (np.isnan(x), f"'{count}' is missing"), (np.isnan(n), f"'{denominator}' is missing"))
    )
