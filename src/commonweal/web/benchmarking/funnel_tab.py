"""The funnel tab of an indicator."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from commonweal import figures
from commonweal.benchmarking import Funnel, NoFunnel, funnel
from commonweal.figures import Figure
from commonweal.figures.numbers import format_number
from commonweal.web.benchmarking.cells import Cell, cell
from commonweal.web.benchmarking.wording import in_words, listed

if TYPE_CHECKING:
    from commonweal.web.benchmarking.indicator_page import IndicatorPage

AVERAGE = "average"
SIZES = {
    "proportion": "People in the denominator",
    "crude rate": "Denominator in a year",
    "directly standardised rate": "People in a year, from count and rate",
    "indirectly standardised ratio": "Expected events",
}


class FunnelTab:
    """All areas of the kind in the chosen period, by size and value, with the limits of chance."""

    def __init__(self, page: IndicatorPage) -> None:
        self.page = page

    @cached_property
    def _found(self) -> Funnel | NoFunnel:
        page = self.page
        sex, age = page.people
        try:
            return funnel(page.query.board, page.indicator.id, period=page.period, sex=sex, age=age)
        except NoFunnel as reason:
            return reason

    @property
    def funnel(self) -> Funnel | None:
        return self._found if isinstance(self._found, Funnel) else None

    @property
    def why_not(self) -> str:
        """Why there is no funnel; empty where there is one."""
        return "" if self.funnel else str(self._found)

    @cached_property
    def points(self) -> pl.DataFrame:
        assert self.funnel is not None
        query = self.page.query
        rows = self.funnel.points
        names = pl.Series([query.name(code) for code in rows["area_code"]], dtype=pl.String)
        return rows.with_columns(area=names, in_collaborative=pl.col("area_code").is_in(list(query.areas)))

    @cached_property
    def title(self) -> str:
        query = self.page.query
        area = query.name(query.area)
        own = self.points.filter(pl.col("area_code") == query.area)["significance"].to_list()
        if not own:
            return f"{area} has no figure to place among the areas"
        if own[0].startswith("within"):
            return f"{area} is within the limits: no different from the average beyond chance"
        higher = "higher" if own[0].startswith("above") else "lower"
        return f"{area} lies {own[0]}: {higher} than chance alone explains"

    @cached_property
    def sentences(self) -> list[str]:
        """What the funnel says of our areas and of all, and what it leaves out."""
        assert self.funnel is not None
        ours = self.points.filter("in_collaborative")
        told = []
        for side in ("above", "below"):
            beyond = ours.filter(pl.col("significance").str.starts_with(side)).sort("area")
            if beyond.height:
                number = in_words(beyond.height).capitalize()
                verb = "lies" if beyond.height == 1 else "lie"
                told.append(f"{number} of our areas {verb} {side} the 95% limits: {listed(beyond['area'].to_list())}.")
        if ours.height and not told:
            told.append("All our areas are within the limits: they differ by no more than chance explains.")
        every, beyond_all = self.points.height, self.funnel.beyond.height
        told.append(
            f"Of all {every} areas {in_words(beyond_all)} {'lies' if beyond_all == 1 else 'lie'} outside the 99.8% "
            "limits; chance alone would put about one in 500 there."
        )
        if self.funnel.is_overdispersed:
            told.append(
                "With so many outside, areas truly differ (or are counted differently), and to lie outside says less "
                "than it seems: compare with similar areas as well."
            )
        if self.funnel.without:
            number = in_words(self.funnel.without).capitalize()
            told.append(
                f"{number} {'area' if self.funnel.without == 1 else 'areas'} cannot be placed for want of figures."
            )
        return told

    @cached_property
    def figure(self) -> Figure | None:
        if self.funnel is None:
            return None
        page = self.page
        return figures.funnel_plot(
            self.points,
            self.funnel.limits,
            baseline=self.funnel.baseline,
            baseline_name=AVERAGE,
            title=self.title,
            unit=page.indicator.unit,
            decimals=page.indicator.decimals,
            size_title=SIZES[self.funnel.statistic],
            highlighted=page.query.name(page.query.area),
            source=f"{page.period} · {page.source}",
        )

    @cached_property
    def table(self) -> list[tuple[str, str, Cell, str, str]]:
        """Of each of our areas: code, name, cell, size, and its place in words."""
        page = self.page
        placed = {row["area_code"]: row for row in self.points.iter_rows(named=True)} if self.funnel else {}
        rows = []
        for row in page.latest.iter_rows(named=True):
            point = placed.get(row["area_code"])
            comparison = point["comparison"] if point else "not compared"
            shown = cell(
                row | {"trend": None, "comparison": comparison}, benchmark=AVERAGE, decimals=page.indicator.decimals
            )
            size = format_number(point["x"], 0) if point else "–"
            words = point["significance"] if point else (shown.words if row["value"] is None else "not placed")
            rows.append((row["area_code"], page.query.name(row["area_code"]), shown, size, words))
        return rows

    @property
    def average(self) -> str:
        return format_number(self.funnel.baseline, self.page.indicator.decimals) if self.funnel else ""

    @property
    def size_title(self) -> str:
        return SIZES[self.funnel.statistic] if self.funnel else ""

    @cached_property
    def data(self) -> pl.DataFrame:
        """Every point, for download; the page's figures where there is no funnel."""
        if self.funnel is None:
            return self.page.data
        page = self.page
        return self.points.select(
            pl.lit(page.indicator.id).alias("indicator"),
            pl.lit(page.indicator.name).alias("indicator_name"),
            "area_code",
            "area",
            pl.lit(page.period).alias("period"),
            "count",
            "denominator",
            pl.col("x").alias("funnel_denominator"),
            pl.col("y").alias("value"),
            pl.lit(page.indicator.unit).alias("unit"),
            pl.lit(self.funnel.baseline).alias("average"),
            "significance",
            "in_collaborative",
        ).sort("area")
