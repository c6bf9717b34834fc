"""Groups of rows, numbered."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray


def numbered(frame: pl.DataFrame, keys: list[str]) -> tuple[NDArray[np.int64], pl.DataFrame]:
    """The number of each row's group, from 0 in order of first appearance, and the keys of each group.

    Without keys all rows are group 0. A missing key is a key like any other.
    """
    if not keys:
        return np.zeros(frame.height, dtype=np.int64), pl.DataFrame(height=min(frame.height, 1))
    groups = frame.select(keys).with_row_index("row_").group_by(keys, maintain_order=True).agg("row_")
    rows = groups["row_"].explode(empty_as_null=False).to_numpy()
    number = np.empty(frame.height, dtype=np.int64)
    number[rows] = np.repeat(np.arange(groups.height), groups["row_"].list.len().to_numpy())
    return number, groups.select(keys)
