"""Points in space and time: one row an event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from narwhals.typing import IntoDataFrameT
from scipy.spatial import cKDTree

from commonweal.stats.frames import ColumnError, as_polars

FEWEST = 3


@dataclass(frozen=True)
class Events:
    """Where and when each event was.

    Attributes:
        places: n by 2, in the units of the columns.
        times: n, in days where the column holds dates.
    """

    places: np.ndarray
    times: np.ndarray

    @classmethod
    def read(cls, data: IntoDataFrameT, *, x: str, y: str, time: str) -> Events:
        """Check the frame.

        Raises:
            ColumnError: a column is absent, holds text, or has a missing value; fewer than three events.
        """
        frame = as_polars(data, [x, y, time])
        if frame.height < FEWEST:
            raise ColumnError(
                f"A test of space-time interaction needs {FEWEST} events or more; there are {frame.height}."
            )
        return cls(np.column_stack([_numbers(frame, name) for name in (x, y)]), _numbers(frame, time, dates=True))

    def near(self, distance: float) -> tuple[np.ndarray, np.ndarray]:
        """The unordered pairs not further apart than `distance`: m by 2 numbers of events, and distances."""
        # The tree rounds differently from the distance itself: a little further, then the limit itself.
        pairs = cKDTree(self.places).query_pairs(distance * (1 + 1e-9), output_type="ndarray")
        apart = np.hypot(*(self.places[pairs[:, 0]] - self.places[pairs[:, 1]]).T)
        within = apart <= distance
        order = np.lexsort((pairs[within, 1], pairs[within, 0]))
        return pairs[within][order], apart[within][order]

    def permuted_times(self, permutations: int, seed: int) -> Iterator[np.ndarray]:
        """The times, dealt out anew to the places, so many times."""
        random = np.random.default_rng(seed)
        for _ in range(permutations):
            yield random.permutation(self.times)


def limits(values: float | Sequence[float], name: str) -> np.ndarray:
    """The limits in ascending order, each once.

    Raises:
        ColumnError: there is none, or one is below 0 or not a number.
    """
    found = np.unique(np.atleast_1d(np.asarray(values, dtype=float)))
    if not len(found) or not np.all(np.isfinite(found)) or np.any(found < 0):
        raise ColumnError(f"'{name}' is a number from 0, or several; {values!r} was given.")
    return found


def checked_permutations(permutations: int) -> int:
    """Raises:
    ColumnError: not a whole number from 1.
    """
    if permutations != int(permutations) or permutations < 1:
        raise ColumnError(f"'permutations' is 1 or more, such as 999; {permutations} was given.")
    return int(permutations)


def _numbers(frame: pl.DataFrame, name: str, dates: bool = False) -> np.ndarray:
    column = frame[name]
    if dates and column.dtype == pl.Date:
        column = column.to_physical()
    elif dates and isinstance(column.dtype, pl.Datetime):
        column = column.dt.epoch("us") / 86_400_000_000
    elif not column.dtype.is_numeric():
        wanted = "dates or numbers" if dates else "numbers"
        raise ColumnError(f"The column '{name}' holds {column.dtype}, such as {column[0]!r}; it must hold {wanted}.")
    values = column.cast(pl.Float64).to_numpy()
    wrong = np.flatnonzero(~np.isfinite(values))
    if len(wrong):
        raise ColumnError(f"'{name}' is missing or infinite in {len(wrong):,} rows, first at row {wrong[0] + 1}.")
    return values
