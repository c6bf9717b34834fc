"""Values far from those of every other area: reported, never removed."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from commonweal.places import Catalogue

FEWEST_AREAS = 20
FAR = 7.0
FACTOR = 2.5
FEW = 0.02
SERIES = ["indicator", "period_end", "sex", "age", "category_type", "category", "tier"]
INDICATORS_AT_A_TIME = 20


def far_values(
    observations: pl.DataFrame, catalogue: Catalogue, ours: Collection[str] = (), *, leave_out: Collection[str] = ()
) -> pl.DataFrame:
    """Values far from the median of all areas of their tier.

    Far is more than seven robust standard deviations (1.4826 times the median absolute deviation) and 2.5 times the
    median or more, or as much below it, in no more than 2% of the areas: many far values in one series are a skewed
    distribution, not mistakes. Counts are left out, which differ because areas do.

    Args:
        ours: codes to put first.
        leave_out: indicators not looked at.

    Returns:
        One row an indicator and area: indicator, area_code, area, periods (how many), period, value and median (the
        farthest), the areas of `ours` first.
    """
    areas = catalogue.to_frame().select(area_code="code", area="name", tier="tier").lazy()
    needed = [*SERIES[:-1], "area_code", "period", "value"]
    is_count = pl.col("value") == pl.col("count").fill_null(-1)
    identifiers = sorted(set(observations["indicator"].unique()) - set(leave_out))
    batched = [identifiers[n : n + INDICATORS_AT_A_TIME] for n in range(0, len(identifiers), INDICATORS_AT_A_TIME)]
    found = [
        _far(
            observations.lazy()
            .filter(pl.col("indicator").is_in(some), pl.col("value").is_not_null(), ~is_count)
            .select(needed)
            .join(areas, on="area_code")
        ).collect()
        # Some at a time, so that what is kept in memory does not grow with the file.
        for some in batched
    ]
    if not found:
        return pl.DataFrame()
    return (
        pl.concat(found)
        .with_columns(ours=pl.col("area_code").is_in(list(ours)))
        .sort("score", descending=True)
        .group_by("indicator", "area_code", "area", "ours", maintain_order=True)
        .agg(pl.col("period_end").n_unique().alias("periods"), pl.col("period", "value", "median", "score").first())
        .sort("ours", "score", descending=True)
        .drop("ours", "score")
    )


def _far(rows: pl.LazyFrame) -> pl.LazyFrame:
    return (
        rows.with_columns(median=pl.col("value").median().over(SERIES), areas=pl.len().over(SERIES))
        .with_columns(distance=(pl.col("value") - pl.col("median")).abs())
        .with_columns(deviation=1.4826 * pl.col("distance").median().over(SERIES))
        .with_columns(score=pl.col("distance") / pl.col("deviation"), ratio=pl.col("value") / pl.col("median"))
        .filter(
            (pl.col("areas") >= FEWEST_AREAS)
            & (pl.col("deviation") > 0)
            & (pl.col("score") > FAR)
            & ((pl.col("ratio") > FACTOR) | (pl.col("ratio") < 1 / FACTOR))
        )
        .filter(pl.len().over(SERIES) <= (pl.col("areas") * FEW).clip(lower_bound=1))
    )
