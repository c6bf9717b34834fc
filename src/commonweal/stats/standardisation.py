"""Directly standardised rates with Dobson's intervals."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw
import polars as pl
from narwhals.typing import IntoDataFrameT

from commonweal.stats import intervals
from commonweal.stats.frames import ColumnError, as_polars, like
from commonweal.stats.results import Confidence, grouping, refuse, with_limits
from commonweal.stats.standard_population import european_2013

FEWEST_EVENTS = 10
"""Below this a directly standardised rate and its limits are not given (Dobson's method fails; OHID guidance)."""


def directly_standardised_rate(
    data: IntoDataFrameT,
    *,
    count: str,
    population: str,
    standard: str = "esp2013",
    age_band: str | None = None,
    by: str | Sequence[str] | None = None,
    per: float = 100_000,
    confidence: Confidence = 0.95,
    event_frequency: str | None = None,
) -> IntoDataFrameT:
    """The rate each group would have with the age structure of the standard population.

    Args:
        count, population: columns; a missing count is 0.
        standard: a column of standard populations; or "esp2013", where the table has no column of that name, with
            `age_band`, the column of the five-year bands.
        by: columns that tell groups apart; without it the whole table is one group.
        per: multiplier.
        confidence: a level or several.
        event_frequency: column of how many events each person had, where events are not independent; `count` is then
            people and `age_band` is needed. Population and standard must agree within group and band.

    Returns:
        `by`, `count` (events), `population`, `value`, limits, `method`. Value and limits are missing below 10 events.

    Raises:
        ColumnError: a column is absent; a count is negative; a population is missing or not above 0; a standard is
            missing or negative.

    Source: Dobson AJ et al (1991), Statistics in Medicine 10; for events that are not independent, OHID, Technical
    guidance: confidence intervals, "Non-independent events".
    """
    keys = grouping(by)
    columns = [*keys, count, population]
    shipped = standard == "esp2013" and standard not in nw.from_native(data, eager_only=True).columns
    if not shipped:
        columns.append(standard)
    elif age_band is None:
        raise ColumnError("The European Standard Population 2013 needs `age_band`, the column of the age bands.")
    columns += [name for name in (age_band, event_frequency) if name]
    frame = as_polars(data, columns)
    rows = frame.select(
        *keys,
        *([pl.col(age_band).alias("band_")] if age_band else []),
        count=pl.col(count).cast(pl.Float64).fill_null(0.0),
        population=pl.col(population).cast(pl.Float64),
        weight_=pl.Series("weight_", european_2013(frame[age_band]))
        if shipped and age_band
        else pl.col(standard).cast(pl.Float64),
        events_=pl.col(event_frequency).cast(pl.Float64) if event_frequency else pl.lit(1.0),
    )
    refuse(rows, pl.col("count") < 0, f"'{count}' {{count}} is below 0")
    refuse(rows, pl.col("population").is_null(), f"'{population}' is missing")
    refuse(rows, pl.col("population") <= 0, f"'{population}' {{population}} is not above 0")
    refuse(rows, pl.col("weight_").is_null(), f"the standard population '{standard}' is missing")
    refuse(rows, pl.col("weight_") < 0, f"the standard population '{standard}' {{weight_}} is below 0")
    rows = _by_band(rows, keys) if event_frequency else rows.with_columns(variance_of_count_=pl.col("count"))
    weight, population_ = pl.col("weight_"), pl.col("population")
    # group_by needs a key; the whole table is one group when there is none.
    grouped = rows.with_columns(group_=pl.lit(0)).group_by(["group_", *keys], maintain_order=True)
    sums = grouped.agg(
        pl.col("count").sum(),
        population_.sum(),
        total_weight_=weight.sum(),
        weighted_=(weight * pl.col("count") / population_).sum(),
        variance_=(weight**2 * pl.col("variance_of_count_") / population_**2).sum(),
    ).drop("group_")
    enough = pl.col("count") >= FEWEST_EVENTS
    result = sums.with_columns(
        value=pl.when(enough).then(pl.col("weighted_") / pl.col("total_weight_") * per),
        variance_=pl.when(enough).then(pl.col("variance_") / pl.col("total_weight_") ** 2 * per**2),
    )
    value, variance, events = (
        result[name].fill_null(float("nan")).to_numpy() for name in ("value", "variance_", "count")
    )
    with_intervals = with_limits(result, confidence, lambda level: intervals.dobson(value, variance, events, level))
    return like(
        data,
        with_intervals.drop("total_weight_", "weighted_", "variance_").with_columns(
            method=pl.lit("Dobson, non-independent events" if event_frequency else "Dobson")
        ),
    )


def _by_band(rows: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """People and their number of events summed to events and their variance in each band."""
    if "band_" not in rows.columns:
        raise ColumnError("Events that are not independent need `age_band`, the column of the age bands.")
    bands = rows.group_by([*keys, "band_"], maintain_order=True).agg(
        pl.col("population").first(),
        pl.col("weight_").first(),
        different_=(pl.col("population").n_unique() > 1) | (pl.col("weight_").n_unique() > 1),
        variance_of_count_=(pl.col("count") * pl.col("events_") ** 2).sum(),
        count=(pl.col("count") * pl.col("events_")).sum(),
    )
    refuse(bands, pl.col("different_"), "band {band_} has several populations or standards: they must agree")
    return bands
