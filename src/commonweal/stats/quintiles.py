"""Fifths of a stated distribution of areas. See docs/methods/quintiles.md."""

from __future__ import annotations

import polars as pl
from narwhals.typing import IntoDataFrameT

from commonweal.stats.comparison import POLARITIES
from commonweal.stats.frames import as_polars, like

FEWEST_AREAS = 5


def quintiles(data: IntoDataFrameT, *, value: str, polarity: str, by: str | list[str]) -> IntoDataFrameT:
    """Add the column `quintile`: 1 the best fifth, or the lowest where there is no judgement, to 5.

    Values are ranked within `by`, equal values sharing the least rank, and rank r of N falls in fifth
    floor(5 (r - 1) / N) + 1. Fewer than five valid values give none.

    Args:
        value: column of values; missing ones have no fifth and do not count.
        polarity: "high is good", "low is good", ... for all rows, or a column of them.
        by: columns that tell distributions apart.

    Raises:
        ColumnError: a column is absent.
    """
    keys = [by] if isinstance(by, str) else list(by)
    literal = polarity in POLARITIES
    frame = as_polars(data, [*keys, value, *([] if literal else [polarity])])
    good_high = (pl.lit(polarity) if literal else pl.col(polarity)) == "high is good"
    ordered = pl.when(good_high).then(-pl.col(value)).otherwise(pl.col(value))
    rank = ordered.rank("min").over(keys)
    valid = pl.col(value).is_not_null().sum().over(keys)
    fifth = (5 * (rank - 1) // valid + 1).cast(pl.Int64)
    known = (valid >= FEWEST_AREAS) & pl.col(value).is_not_null()
    return like(data, frame.with_columns(quintile=pl.when(known).then(fifth)))
