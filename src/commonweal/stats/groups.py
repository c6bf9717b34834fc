"""Rows gathered into groups, in order of first appearance, and sums within them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl


@dataclass(frozen=True)
class Groups:
    """Groups of rows.

    Rows of a group usually stand together; then nothing is sorted. Where they do not, `order` brings them together.

    Attributes:
        keys: one row a group, in order of first appearance; without keys, a frame of no columns.
        starts: position of the first row of each group, once the rows are in `order`.
        order: the row that stands at each position, or None where rows stand in order already.
        rows: how many rows there are.
    """

    keys: pl.DataFrame
    starts: np.ndarray
    order: np.ndarray | None
    rows: int

    @property
    def count(self) -> int:
        return len(self.starts)

    @cached_property
    def sizes(self) -> np.ndarray:
        """Rows of each group."""
        return np.diff(self.starts, append=self.rows)

    @cached_property
    def size(self) -> int | None:
        """Rows of every group where all have the same number."""
        first = int(self.sizes[0])
        return first if bool(np.all(self.sizes == first)) else None

    @cached_property
    def of_rows(self) -> np.ndarray:
        """The group of each row, in the order in which the rows were given."""
        codes = np.repeat(np.arange(self.count), self.sizes)
        if self.order is None:
            return codes
        given = np.empty_like(codes)
        given[self.order] = codes
        return given

    def arranged(self, values: np.ndarray) -> np.ndarray:
        """Values of rows, with those of a group together."""
        return values if self.order is None else values[self.order]

    def sum(self, values: np.ndarray) -> np.ndarray:
        """Sums of each group; NaN where any value is."""
        return np.add.reduceat(self.arranged(values), self.starts, dtype=float)

    def first_row(self, group: int) -> int:
        """The first row of a group as it was given, counting from 0."""
        start = int(self.starts[group])
        return start if self.order is None else int(self.order[start])

    def name(self, group: int) -> str:
        """A group in words: "area 'Halton', sex 'Male'"; "" where there are no keys."""
        if not self.keys.width:
            return ""
        return ", ".join(f"{key} '{value}'" for key, value in self.keys.row(group, named=True).items())


def groups(frame: pl.DataFrame, keys: Sequence[str]) -> Groups:
    """The rows of each combination of `keys`; missing is a value like any other. Without keys, one group."""
    if not keys:
        return Groups(pl.DataFrame(), np.zeros(1, dtype=np.intp), None, frame.height)
    changes = pl.any_horizontal(pl.col(key).ne_missing(pl.col(key).shift()) for key in keys)
    # The first row begins a run whatever it holds; comparing it with nothing would miss a missing key.
    begins = frame.select(changes.alias("begins_"))["begins_"].to_numpy().copy()
    begins[0] = True
    starts = np.flatnonzero(begins)
    runs = frame.select(keys)[starts] if len(starts) < frame.height else frame.select(keys)
    if not runs.is_duplicated().any():
        return Groups(runs, starts, None, frame.height)
    gathered = frame.select(keys).with_row_index("row_").group_by(keys, maintain_order=True).agg(pl.col("row_"))
    sizes = gathered["row_"].list.len().to_numpy()
    order = gathered["row_"].explode(empty_as_null=False).to_numpy()
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.intp)
    return Groups(gathered.drop("row_"), starts, order, frame.height)


def each_row(frame: pl.DataFrame) -> Groups:
    """Every row a group of its own, with all its columns."""
    return Groups(frame, np.arange(frame.height), None, frame.height)
