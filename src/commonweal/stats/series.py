"""Series numbered, so that what follows works on whole numbers and not on words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray


def numbered(rows: pl.DataFrame, keys: Sequence[str]) -> tuple[pl.DataFrame, NDArray[np.int64], NDArray[np.int64]]:
    """The series of the rows in order of first appearance, the number of each row's series, and each series' first row.

    Rows mostly come series by series, so that groups are sought among the runs of equal keys, not among all rows.
    """
    if rows.is_empty() or not keys:
        number = np.zeros(rows.height, dtype=np.int64)
        first = np.zeros(min(rows.height, 1), dtype=np.int64)
        return rows[first].select(keys), number, first
    begins = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift()) for name in keys)
    is_start = rows.select(begins).to_series().to_numpy().copy()
    is_start[0] = True
    starts = np.flatnonzero(is_start)
    series = rows[starts].select(keys).with_row_index("run_").group_by(list(keys), maintain_order=True).agg("run_")
    runs = series["run_"].list
    if series.height == len(starts):
        series_of_run, first = np.arange(len(starts)), starts
    else:
        series_of_run = np.empty(len(starts), dtype=np.int64)
        series_of_run[runs.explode(empty_as_null=False).to_numpy()] = np.repeat(
            np.arange(series.height), runs.len().to_numpy()
        )
        first = starts[runs.first().to_numpy()]
    number = np.repeat(series_of_run, np.diff(starts, append=rows.height))
    return series.select(keys), number, first
