"""The funnel of one indicator in one period: does an area differ from the average of all by more than chance?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from commonweal import stats
from commonweal.benchmarking.collaborative import CollaborativeBenchmark
from commonweal.errors import CommonwealError

STATISTICS = {
    "proportion": "proportion",
    "crude rate": "crude rate",
    "directly standardised rate": "directly standardised rate",
    "indirectly standardised ratio": "indirectly standardised ratio",
}
"""Kinds of value that have a funnel, and the statistic of each."""
FEWEST_AREAS = 5
ROUNDED_TO = 5
"""Counts are often published rounded to this, to protect people."""
TOLERANCE = 0.01
DISAGREEING = 0.05
SIDES = {
    "above the 99.8% limit": ("best", "worst", "highest"),
    "above the 95% limit": ("better", "worse", "higher"),
    "within the limits": ("similar", "similar", "similar"),
    "below the 95% limit": ("worse", "better", "lower"),
    "below the 99.8% limit": ("worst", "best", "lowest"),
}
"""The comparison of each place on a funnel where high is good, low is good, and neither."""


class NoFunnel(CommonwealError):
    """No funnel can be drawn; the message says why."""


@dataclass(frozen=True)
class Funnel:
    """`points`: area_code, count, denominator, x, y, significance, comparison. `limits`: limit ("95%", "99.8%"), side
    ("lower", "upper"), x, y, in the order of each line. `baseline` is the average; `without` areas have no figures to
    place. `x` is of one year where the period has several."""

    points: pl.DataFrame
    limits: pl.DataFrame
    baseline: float
    statistic: str
    years: int
    without: int

    @property
    def beyond(self) -> pl.DataFrame:
        """Points outside the 99.8% limits."""
        return self.points.filter(pl.col("significance").str.contains("99.8%", literal=True))

    @property
    def is_overdispersed(self) -> bool:
        """More than a tenth outside limits that chance alone passes once in five hundred times."""
        return self.beyond.height > 0.1 * self.points.height


def funnel(
    benchmark: CollaborativeBenchmark, indicator: str, *, period: str, sex: str | None = None, age: str | None = None
) -> Funnel:
    """The funnel of an indicator over all areas of the kind.

    Raises:
        NoFunnel: the kind of value has none, counts or denominators are not held for enough areas, or they do not give
            the values.
    """
    about = benchmark.indicators[indicator]
    statistic = STATISTICS.get(about.value_type)
    if statistic is None:
        raise NoFunnel(
            f"A funnel is for proportions, rates and ratios of counts. This indicator is a {about.value_type}, whose "
            "chance variation does not follow from a count."
            if about.value_type != "other"
            else "A funnel is for proportions, rates and ratios of counts, and the kind of value of this indicator is "
            "not known. Its metadata would say."
        )
    everywhere = benchmark.everywhere(indicator, sex=sex, age=age)
    rows = everywhere.filter((pl.col("period") == period) & (pl.col("area_code") != benchmark.benchmark))
    usable = pl.col("value").is_not_null() & pl.col("count").is_not_null()
    if statistic != "directly standardised rate":
        usable &= pl.col("denominator").is_not_null() & (pl.col("denominator") > 0)
    else:
        usable &= (pl.col("count") == 0) | (pl.col("value") > 0)
    placed = rows.filter(usable)
    if placed.height < FEWEST_AREAS:
        raise NoFunnel(
            f"A funnel needs counts and denominators of at least {FEWEST_AREAS} areas, and in {period} they are held "
            f"for {placed.height or 'none'}."
        )
    if statistic != "directly standardised rate":
        placed = _with_counts_of_values(placed, about.per)
    years = _years(placed) if "rate" in statistic else 1
    columns: dict[str, Any] = {"count": "count", "statistic": statistic, "per": about.per, "years": years}
    columns |= {"rate": "value"} if statistic == "directly standardised rate" else {"denominator": "denominator"}
    lines = stats.funnel_limits(placed, **columns)
    judged = stats.funnel_significance(stats.funnel_points(placed, **columns), **columns)
    places = list(SIDES)
    side = {"high is good": 0, "low is good": 1}.get(about.polarity, 2)
    points = judged.filter(pl.col("funnel_value").is_not_null()).select(
        "area_code",
        "count",
        "denominator",
        "significance",
        x="funnel_denominator",
        y="funnel_value",
        comparison=pl.col("significance").replace_strict(places, [SIDES[p][side] for p in places], default="similar"),
    )
    baseline = lines["baseline"][0]
    if points.height < FEWEST_AREAS or baseline is None:
        raise NoFunnel(f"Too few areas have ten events or more in {period} for a funnel.")
    return Funnel(points, _drawn(lines), baseline, statistic, years, rows.height - points.height)


def _with_counts_of_values(rows: pl.DataFrame, per: float) -> pl.DataFrame:
    """The rows with the count that gives each value, which differs from the one held where that was rounded.

    Raises:
        NoFunnel: the counts and denominators are not those of the values, as where a value is modelled.
    """
    implied = pl.col("value") * pl.col("denominator") / per
    allowed = ROUNDED_TO / 2 + TOLERANCE * pl.col("count")
    wrong = rows.filter((pl.col("count") - implied).abs() > allowed).height
    if wrong > DISAGREEING * rows.height:
        raise NoFunnel(
            f"The counts and denominators held do not give the values published for {wrong} of {rows.height} areas, so "
            "a funnel made from them would mislead."
        )
    return rows.with_columns(count=implied)


def _years(rows: pl.DataFrame) -> int:
    first = rows.row(0, named=True)
    return max(1, round(((first["period_end"] - first["period_start"]).days + 1) / 365.25))


def _drawn(lines: pl.DataFrame) -> pl.DataFrame:
    parts = []
    for limit, name in (("95%", "95"), ("99.8%", "99_8")):
        for side in ("lower", "upper"):
            x = f"denominator_{side}_{name}" if f"denominator_{side}_{name}" in lines.columns else "denominator"
            parts.append(
                lines.select(
                    limit=pl.lit(limit), side=pl.lit(side), x=pl.col(x), y=pl.col(f"{side}_{name}")
                ).drop_nulls()
            )
    return pl.concat(parts)
