"""The gap to a benchmark: how far there is to go, in the rate and in people. See docs/methods/gap.md."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
from narwhals.typing import IntoDataFrameT

from commonweal.stats.comparison import POLARITIES
from commonweal.stats.frames import as_polars, like


@dataclass(frozen=True)
class Gap:
    """`rate` in the unit of the value; `people` in persons; 0 where the benchmark is reached, None where unknown."""

    rate: float | None
    people: float | None


def gap_to_benchmark(
    value: float | None, benchmark: float | None, denominator: float | None, per: float, polarity: str
) -> Gap:
    """How far a value has to go to reach the benchmark in the good direction.

    Args:
        value, benchmark: in the same unit, such as per cent.
        denominator: persons the value is out of; None where it cannot be turned into people.
        per: multiplier of the value: 100 for per cent, 100,000 for a rate.
        polarity: "high is good" or "low is good"; anything else has no gap.
    """
    if value is None or benchmark is None or polarity not in ("high is good", "low is good"):
        return Gap(None, None)
    rate = max(0.0, benchmark - value if polarity == "high is good" else value - benchmark)
    return Gap(rate, None if denominator is None else rate / per * denominator)


def gaps_to_benchmark(
    data: IntoDataFrameT, *, value: str, benchmark: str, denominator: str, per: str | float, polarity: str
) -> IntoDataFrameT:
    """Add the columns `gap_rate` and `gap_people`: `gap_to_benchmark` of every row.

    Raises:
        ColumnError: a column is absent.
    """
    columns = [value, benchmark, denominator]
    columns += [per] if isinstance(per, str) else []
    columns += [] if polarity in POLARITIES else [polarity]
    frame = as_polars(data, columns)
    judged_by = pl.lit(polarity) if polarity in POLARITIES else pl.col(polarity)
    multiplier = pl.col(per) if isinstance(per, str) else pl.lit(float(per))
    distance = pl.col(benchmark) - pl.col(value)
    rate = (
        pl.when(judged_by == "high is good")
        .then(distance)
        .when(judged_by == "low is good")
        .then(-distance)
        .clip(lower_bound=0.0)
    )
    return like(
        data,
        frame.with_columns(gap_rate=rate).with_columns(
            gap_people=pl.col("gap_rate") / multiplier * pl.col(denominator)
        ),
    )
