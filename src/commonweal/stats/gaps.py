"""The gap to a benchmark: how far there is to go, in the rate and in people. See docs/methods/gap.md."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
from narwhals.typing import IntoDataFrameT

from commonweal.errors import CommonwealError
from commonweal.stats.comparison import POLARITIES
from commonweal.stats.frames import as_polars, like
from commonweal.stats.results import refuse


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

    Raises:
        CommonwealError: the multiplier is not above 0.
    """
    if not per > 0:
        raise CommonwealError(f"The multiplier of a value is above 0, such as 100 for per cent; {per:g} was given.")
    if value is None or benchmark is None or polarity not in ("high is good", "low is good"):
        return Gap(None, None)
    rate = max(0.0, benchmark - value if polarity == "high is good" else value - benchmark)
    return Gap(rate, None if denominator is None else rate / per * denominator)


def gaps_to_benchmark(
    data: IntoDataFrameT, *, value: str, benchmark: str, denominator: str, per: str | float, polarity: str
) -> IntoDataFrameT:
    """Add the columns `gap_rate` and `gap_people`: `gap_to_benchmark` of every row.

    Raises:
        ColumnError: a column is absent, or a multiplier is not above 0.
    """
    columns = [value, benchmark, denominator]
    columns += [per] if isinstance(per, str) else []
    columns += [] if polarity in POLARITIES else [polarity]
    frame = as_polars(data, columns)
    judged_by = pl.lit(polarity) if polarity in POLARITIES else pl.col(polarity)
    multiplier = pl.col(per) if isinstance(per, str) else pl.lit(float(per))
    refuse(frame.with_columns(per_=multiplier), ~(pl.col("per_") > 0), "the multiplier {per_} is not above 0")
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
