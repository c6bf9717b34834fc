"""The profile of one area over every indicator."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl
from django.http import Http404
from django.urls import reverse

from commonweal import figures
from commonweal.benchmarking import METHODS, area_profile
from commonweal.datasets.indicator import Indicator
from commonweal.figures import Figure
from commonweal.figures.numbers import format_number
from commonweal.web.benchmarking.cells import Cell, cell
from commonweal.web.benchmarking.overview import UNSORTED_TOPIC
from commonweal.web.benchmarking.query import Query
from commonweal.web.benchmarking.sentences import gap_distance, gap_people, profile_sentence

WIDTH, MIDDLE, REACH = 240, 120, 112
"""Of a spine in its own units: as wide as WIDTH, the benchmark at MIDDLE, -1 and 1 at REACH from it."""


@dataclass(frozen=True)
class Spine:
    """Places on one row's spine, in its own units: x and width of the whole range, of the middle half, and the dot."""

    range_x: float
    range_width: float
    half_x: float
    half_width: float
    dot_x: float | None


@dataclass(frozen=True)
class ProfileRow:
    indicator: Indicator
    link: str
    period: str
    cell: Cell
    count: str
    benchmark: str
    lowest: str
    highest: str
    gap: str
    spine: Spine | None


def _spine(row: dict[str, Any]) -> Spine | None:
    if row["at_minimum"] is None or row["at_maximum"] is None:
        return None
    at = {name: MIDDLE + REACH * row[f"at_{name}"] for name in ("minimum", "q25", "q75", "maximum")}
    left, right = sorted((at["minimum"], at["maximum"]))
    half_left, half_right = sorted((at["q25"], at["q75"]))
    dot = None if row["at_value"] is None else round(MIDDLE + REACH * row["at_value"], 1)
    return Spine(round(left, 1), round(right - left, 1), round(half_left, 1), round(half_right - half_left, 1), dot)


class ProfilePage:
    """The profile that an address asks for."""

    def __init__(self, query: Query, code: str) -> None:
        if code not in query.areas:
            raise Http404(f"'{code}' is not an area of {query.workspace.collaborative.name}.")
        self.query, self.code = query, code
        self.area = query.name(code)

    @cached_property
    def rows(self) -> pl.DataFrame:
        return area_profile(self.query.board, self.code, self.query.method)

    @cached_property
    def sections(self) -> list[tuple[str, list[ProfileRow]]]:
        topics: dict[str, list[ProfileRow]] = {}
        for row in self.rows.iter_rows(named=True):
            indicator = self.query.board.indicators[row["indicator"]]
            address = reverse("benchmarking:indicator", args=[indicator.id])
            worst, best = row["minimum"], row["maximum"]
            if indicator.polarity == "low is good":
                worst, best = best, worst
            topics.setdefault(indicator.topic or UNSORTED_TOPIC, []).append(
                ProfileRow(
                    indicator,
                    self.query.link_to(address, area=self.code),
                    row["period"],
                    cell(row, benchmark=self.query.against_name, decimals=indicator.decimals),
                    format_number(row["count"], 0),
                    format_number(row["benchmark_value"], indicator.decimals),
                    format_number(worst, indicator.decimals),
                    format_number(best, indicator.decimals),
                    gap_people(row, indicator) or gap_distance(row, indicator),
                    _spine(row),
                )
            )
        for rows in topics.values():
            rows.sort(key=lambda r: r.indicator.title.casefold())
        return [(topic, topics[topic]) for topic in sorted(topics, key=lambda t: (t == UNSORTED_TOPIC, t))]

    @cached_property
    def sentence(self) -> str:
        return profile_sentence(self.rows, self.area, self.query.against_name)

    @cached_property
    def distribution_size(self) -> int:
        return int(self.rows["areas"].max() or 0) if self.rows.height else 0  # type: ignore[arg-type]

    @cached_property
    def figure(self) -> Figure:
        """The spine chart as one picture, for documents."""
        titles = [self.query.board.indicators[key].title for key in self.rows["indicator"]]
        return figures.spine(
            self.rows.select(
                "comparison",
                "status",
                "at_value",
                "at_minimum",
                "at_q25",
                "at_q75",
                "at_maximum",
                indicator=pl.Series(titles, dtype=pl.String),
            ),
            title=self.sentence,
            benchmark_name=self.query.against_name,
            source=f"Newest period of each indicator · data version {self.query.board.version}",
        )

    @cached_property
    def data(self) -> pl.DataFrame:
        names = [self.query.board.indicators[key].name for key in self.rows["indicator"]]
        units = [self.query.board.indicators[key].unit for key in self.rows["indicator"]]
        return self.rows.select(
            "indicator",
            pl.Series("indicator_name", names, dtype=pl.String),
            "area_code",
            pl.lit(self.area).alias("area"),
            "period",
            "sex",
            "age",
            "count",
            "denominator",
            "value",
            pl.Series("unit", units, dtype=pl.String),
            "lower_95",
            "upper_95",
            "status",
            pl.lit(self.query.against_name).alias("compared_with"),
            "benchmark_value",
            "comparison",
            "compared_by",
            "trend",
            "gap_rate",
            "gap_people",
            "minimum",
            "q25",
            "q75",
            "maximum",
            "areas",
        )

    def context(self) -> dict[str, Any]:
        query = self.query
        kinds = ("csv", "xlsx", "png", "svg", "pptx")
        others = {reverse("benchmarking:area", args=[code]): name for code, name in query.areas.items()}
        return {
            "title": f"{self.area}: profile",
            "page": self,
            "query": query,
            "area": self.area,
            "against": query.options(query.benchmarks, query.against),
            "methods": query.options(METHODS, query.method),
            "others": [(query.link_to(path), name, name == self.area) for path, name in others.items()],
            "exports": [
                (
                    "slide" if kind == "pptx" else kind.upper(),
                    query.link_to(reverse("benchmarking:area_export", args=[self.code, kind])),
                )
                for kind in kinds
            ],
            "learn": query.link_to(reverse("benchmarking:learn"), area=self.code),
        }
