"""Benchmarking a collaborative on the common data-set: which value is the headline, how it compares, where it is going.

Everything here is computed from one version of the store, so a page, its export and its link next month agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from commonweal import stats
from commonweal.datasets.indicator import Indicator
from commonweal.datasets.store import Store
from commonweal.errors import CommonwealError

if TYPE_CHECKING:
    from commonweal.places import Catalogue

METHODS = {
    "indicator": "As each indicator says",
    "confidence interval 95": "95% confidence interval",
    "confidence interval 99.8": "99.8% confidence interval",
    "two levels": "95% and 99.8% intervals",
    "quintiles": "Fifths of all areas",
}
SERIES = ("indicator", "sex", "age", "area_code")
WORSE = ("worse", "worst", "quintile 5", "not met")
BETTER = ("better", "best", "quintile 1", "met")


class NoSuchIndicator(CommonwealError):
    """The store holds no observation of the indicator."""


class CollaborativeBenchmark:
    """Comparisons among areas, at one version of the store.

    Args:
        store: where the observations are.
        catalogue: says which areas are of the same kind, for distributions.
        areas: the areas of the collaborative, in the order in which they are shown.
        benchmark: the area compared with, such as England.
        version: a version of the store; None for the newest.
    """

    def __init__(
        self,
        store: Store,
        catalogue: Catalogue,
        areas: Sequence[str],
        benchmark: str,
        version: int | None = None,
    ) -> None:
        self.store = store
        self.catalogue = catalogue
        self.areas = list(areas)
        self.benchmark = benchmark
        self.version = store.version if version is None else version

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        """Metadata of the indicators that have observations; a bare record where none was loaded."""
        known = self.store.indicators()
        return {
            identifier: known.get(identifier) or Indicator(id=identifier, name=identifier)
            for identifier in self.store.indicator_ids(self.version)
        }

    @cached_property
    def held_areas(self) -> list[str]:
        """Codes of every area that has an observation."""
        return self.store.scan(version=self.version).select("area_code").unique().collect()["area_code"].to_list()

    @cached_property
    def kindred(self) -> list[str]:
        """Codes of the areas of the same tier as the collaborative's, over which distributions are taken."""
        codes: set[str] = set(self.areas)
        for area in self.areas[:1]:
            codes |= self.catalogue.tier(area)
        return sorted(codes)

    @cached_property
    def groups(self) -> pl.DataFrame:
        """Every group of people (sex and age) of each indicator, the headline group first.

        The headline is everyone (Persons) where the source gives it, then the group with most areas and periods.
        """
        rank = pl.when(pl.col("sex") == "Persons").then(0).when(pl.col("sex") == "Female").then(1).otherwise(2)
        return (
            self.store.scan(version=self.version)
            .filter(pl.col("category_type") == "", pl.col("area_code").is_in([*self.areas, self.benchmark]))
            .group_by("indicator", "sex", "age")
            .agg(rows=pl.len(), latest=pl.col("period_end").max())
            .with_columns(rank=rank, whole=(pl.col("age") == "All ages").cast(pl.Int8))
            .sort(
                "indicator",
                "rank",
                "whole",
                "rows",
                "latest",
                "age",
                descending=[False, False, True, True, True, False],
            )
            .collect()
        )

    @cached_property
    def headline_groups(self) -> pl.DataFrame:
        """Indicator, sex and age of each indicator's headline group."""
        return self.groups.unique("indicator", keep="first", maintain_order=True).select("indicator", "sex", "age")

    # Values of the collaborative ---

    @cached_property
    def _headline_rows(self) -> pl.DataFrame:
        return (
            self.store.scan(version=self.version)
            .filter(pl.col("category_type") == "", pl.col("area_code").is_in([*self.areas, self.benchmark]))
            .join(self.headline_groups.lazy(), on=["indicator", "sex", "age"], how="semi")
            .collect()
        )

    @cached_property
    def latest_periods(self) -> pl.DataFrame:
        """The newest period in which an area of the collaborative has a row, for each indicator."""
        return (
            self._headline_rows.filter(pl.col("area_code").is_in(self.areas))
            .sort("period_end", "period_start")
            .group_by("indicator", maintain_order=True)
            .agg(pl.col("period_start", "period_end", "period").last())
        )

    @cached_property
    def distribution(self) -> pl.DataFrame:
        """The headline values of every area of the same tier, at each indicator's latest period."""
        return (
            self.store.scan(version=self.version)
            .filter(pl.col("category_type") == "", pl.col("area_code").is_in(self.kindred))
            .join(self.headline_groups.lazy(), on=["indicator", "sex", "age"], how="semi")
            .join(self.latest_periods.lazy(), on=["indicator", "period_start", "period_end"], how="semi")
            .collect()
        )

    @cached_property
    def spread(self) -> pl.DataFrame:
        """Least, lower quartile, upper quartile and greatest value over all areas, by indicator."""
        return (
            self.distribution.filter(pl.col("value").is_not_null())
            .group_by("indicator")
            .agg(
                minimum=pl.col("value").min(),
                q25=pl.col("value").quantile(0.25, "linear"),
                q75=pl.col("value").quantile(0.75, "linear"),
                maximum=pl.col("value").max(),
                areas=pl.len(),
            )
        )

    def latest(self, method: str = "indicator") -> pl.DataFrame:
        """One row for each indicator and area of the collaborative: newest value, comparison, trend and gap.

        An area without a row for the indicator's newest period appears with status `empty`.
        """
        grid = self.latest_periods.join(
            pl.DataFrame({"area_code": self.areas, "area_order": range(len(self.areas))}), how="cross"
        )
        rows = self._headline_rows.drop("period")
        on = ["indicator", "area_code", "period_start", "period_end"]
        frame = grid.join(rows, on=on, how="left").with_columns(pl.col("status").fill_null("empty"))
        frame = self._with_benchmark(frame, rows)
        frame = self.compare(frame, method)
        frame = frame.join(
            self.trends.select("indicator", "area_code", "trend"), on=["indicator", "area_code"], how="left"
        )
        return self.with_gap(frame).sort("indicator", "area_order")

    @cached_property
    def trends(self) -> pl.DataFrame:
        """The recent trend of every headline series of the collaborative and its benchmark."""
        return self.trends_of(self._headline_rows)

    def trends_of(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The recent trend of each series of the rows, of what came after the newest break in it."""
        with_metadata = rows.join(self._metadata, on="indicator", how="left")
        # What was measured before a break in the series is not comparable with what came after.
        before = pl.col("period_start") < pl.col("newest_break").str.to_date(strict=False)
        comparable = with_metadata.with_columns(value=pl.when(before).then(None).otherwise("value"))
        return stats.recent_trend(
            comparable,
            by=list(SERIES),
            period_end="period_end",
            period_start="period_start",
            value="value",
            count="count",
            denominator="denominator",
            lower="lower_95",
            upper="upper_95",
            polarity="polarity",
            value_type="value_type",
        )

    # Comparison ---

    @cached_property
    def _metadata(self) -> pl.DataFrame:
        return pl.DataFrame(
            [
                {
                    "indicator": i.id,
                    "polarity": i.polarity,
                    "value_type": i.value_type,
                    "comparison_method": i.comparison,
                    "per": i.per,
                    "newest_break": max((b.date for b in i.series_breaks), default=None),
                }
                for i in self.indicators.values()
            ],
            schema={
                "indicator": pl.String,
                "polarity": pl.String,
                "value_type": pl.String,
                "comparison_method": pl.String,
                "per": pl.Float64,
                "newest_break": pl.String,
            },
        )

    def _with_benchmark(self, frame: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
        on = ["indicator", "sex", "age", "category_type", "category", "period_start", "period_end"]
        benchmark = (
            rows.filter(pl.col("area_code") == self.benchmark)
            .select(*on, benchmark_value="value")
            .unique(on, keep="first")
        )
        return frame.join(benchmark, on=on, how="left")

    def compare(self, frame: pl.DataFrame, method: str = "indicator") -> pl.DataFrame:
        """Add `comparison` and `compared_by`, the method used, to rows that have `benchmark_value`.

        Fifths are "quintile 1" (best) to 5 (worst); where nothing is judged "fifth 1" (lowest) to 5 (highest).

        Raises:
            CommonwealError: the method is not one of `METHODS`.
        """
        if method not in METHODS:
            raise CommonwealError(f"'{method}' is not a method of comparison. Choose one of: {', '.join(METHODS)}.")
        frame = frame.join(self._metadata, on="indicator", how="left")
        chosen = pl.col("comparison_method") if method == "indicator" else pl.lit(method)
        frame = frame.with_columns(compared_by=chosen).with_row_index("row_order")
        parts = []
        for (used,), part in frame.group_by("compared_by"):
            parts.append(self._compare_by(part, str(used)))
        if not parts:
            return frame.drop("row_order").with_columns(comparison=pl.lit("not compared"))
        result = pl.concat(parts, how="diagonal_relaxed").sort("row_order").drop("row_order")
        # An area is not compared with itself.
        itself = pl.col("area_code") == self.benchmark
        return result.with_columns(comparison=pl.when(itself).then(pl.lit("not compared")).otherwise("comparison"))

    def _compare_by(self, part: pl.DataFrame, method: str) -> pl.DataFrame:
        if method == "none":
            return part.with_columns(comparison=pl.lit("not compared"))
        if method == "quintiles":
            return self._compare_by_fifths(part)
        if method == "goal":
            return self._compare_with_goals(part)
        return stats.compare(
            part,
            value="value",
            lower="lower_95",
            upper="upper_95",
            lower_wide="lower_99_8",
            upper_wide="upper_99_8",
            benchmark="benchmark_value",
            polarity="polarity",
            method=method,
        )

    def _compare_with_goals(self, part: pl.DataFrame) -> pl.DataFrame:
        compared = []
        for (identifier,), rows in part.group_by("indicator"):
            goal = self.indicators[str(identifier)].goal
            if goal is None:
                compared.append(rows.with_columns(comparison=pl.lit("not compared")))
            else:
                compared.append(
                    stats.compare(
                        rows,
                        value="value",
                        lower="lower_95",
                        upper="upper_95",
                        benchmark="benchmark_value",
                        polarity="polarity",
                        method="goal",
                        goal=(goal.lower, goal.upper),
                    )
                )
        return pl.concat(compared, how="diagonal_relaxed")

    def _compare_by_fifths(self, part: pl.DataFrame) -> pl.DataFrame:
        series = ["indicator", "sex", "age", "category_type", "category", "period_start", "period_end"]
        rows = (
            self.store.scan(part["indicator"].unique().to_list(), version=self.version)
            .filter(pl.col("area_code").is_in(self.kindred))
            .join(part.lazy().select(series).unique(), on=series, how="semi")
            .select(*series, "area_code", "value")
            .collect()
            .join(self._metadata, on="indicator", how="left")
        )
        if rows.is_empty():
            return part.with_columns(comparison=pl.lit("not compared"))
        fifths = stats.quintiles(rows, value="value", polarity="polarity", by=series)
        on = [*series, "area_code"]
        found = part.join(fifths.select(*on, "quintile"), on=on, how="left")
        word = (
            pl.when(pl.col("quintile").is_null() | (pl.col("polarity") == "not applicable"))
            .then(pl.lit("not compared"))
            .when(pl.col("polarity") == "no judgement")
            .then(pl.lit("fifth ") + pl.col("quintile").cast(pl.String))
            .otherwise(pl.lit("quintile ") + pl.col("quintile").cast(pl.String))
        )
        return found.with_columns(comparison=word).drop("quintile")

    def with_gap(self, frame: pl.DataFrame) -> pl.DataFrame:
        # Only a count over a denominator can be turned into people, and what is not compared has no gap.
        countable = pl.col("value_type").is_in(["proportion", "crude rate"])
        people_of = frame.with_columns(
            people_of=pl.when(countable).then(pl.col("denominator")),
            reached=pl.when(pl.col("comparison") != "not compared").then(pl.col("benchmark_value")),
        )
        return stats.gaps_to_benchmark(
            people_of,
            value="value",
            benchmark="reached",
            denominator="people_of",
            per="per",
            polarity="polarity",
        ).drop("people_of", "reached")

    # One indicator ---

    def series(
        self,
        indicator: str,
        *,
        sex: str | None = None,
        age: str | None = None,
        areas: Iterable[str] | None = None,
        method: str = "indicator",
    ) -> pl.DataFrame:
        """Every period of one indicator for a group of people (the headline group when not said), compared.

        Raises:
            NoSuchIndicator: nothing is held for it.
        """
        sex, age = self.group(indicator, sex, age)
        wanted = [*(areas if areas is not None else self.areas), self.benchmark]
        rows = (
            self.store.scan(indicator, version=self.version)
            .filter(
                pl.col("category_type") == "",
                pl.col("sex") == sex,
                pl.col("age") == age,
                pl.col("area_code").is_in(wanted),
            )
            .collect()
        )
        return self.compare(self._with_benchmark(rows, rows), method).sort("area_code", "period_end")

    def group(self, indicator: str, sex: str | None = None, age: str | None = None) -> tuple[str, str]:
        """The group of people to show: as asked where it exists, else the headline group."""
        groups = self.groups.filter(pl.col("indicator") == indicator)
        if groups.is_empty():
            raise NoSuchIndicator(f"No observations of the indicator '{indicator}' are held for these areas.")
        wanted = [pl.col(name) == given for name, given in (("sex", sex), ("age", age)) if given]
        found = groups.filter(*wanted) if wanted else groups.head(0)
        if not found.is_empty():
            return found["sex"][0], found["age"][0]
        return groups["sex"][0], groups["age"][0]

    def everywhere(
        self, indicator: str, *, sex: str | None = None, age: str | None = None, method: str = "indicator"
    ) -> pl.DataFrame:
        """Every period of one indicator for every area of the same tier and the benchmark, compared."""
        areas = [area for area in self.kindred if area != self.benchmark]
        return self.series(indicator, sex=sex, age=age, areas=areas, method=method)

    def inequalities(self, indicator: str, area: str, *, period_end: object | None = None) -> pl.DataFrame:
        """One area's values by sex, age and category at the newest (or stated) period, beside its own headline."""
        sex, age = self.group(indicator)
        rows = (
            self.store.scan(indicator, version=self.version)
            .filter(pl.col("area_code") == area, pl.col("value").is_not_null())
            .collect()
        )
        if rows.is_empty():
            return rows.with_columns(split=pl.lit(""), part=pl.lit(""), comparison=pl.lit("not compared"))
        headline = rows.filter((pl.col("category_type") == "") & (pl.col("sex") == sex) & (pl.col("age") == age))
        newest = period_end or rows["period_end"].max()
        rows = rows.filter(pl.col("period_end") == newest)
        whole = headline.filter(pl.col("period_end") == newest)["value"]
        by_sex = (pl.col("category_type") == "") & (pl.col("age") == age) & (pl.col("sex") != sex)
        by_age = (pl.col("category_type") == "") & (pl.col("sex") == sex) & (pl.col("age") != age)
        by_category = (pl.col("category_type") != "") & (pl.col("sex") == sex)
        split = pl.when(by_sex).then(pl.lit("Sex")).when(by_age).then(pl.lit("Age"))
        part = pl.when(by_sex).then(pl.col("sex")).when(by_age).then(pl.col("age"))
        rows = rows.with_columns(
            split=split.when(by_category).then(pl.col("category_type")),
            part=part.when(by_category).then(pl.col("category")),
            benchmark_value=pl.lit(whole[0] if len(whole) else None, dtype=pl.Float64),
        ).filter(pl.col("split").is_not_null())
        if rows.is_empty():
            return rows.with_columns(comparison=pl.lit("not compared"))
        return self.compare(rows, "confidence interval 95")
