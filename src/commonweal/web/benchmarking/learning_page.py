"""Whom an area can learn from, over every indicator it does worse on; and who is improving."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import polars as pl
from django.urls import reverse

from commonweal.benchmarking import WORSE
from commonweal.benchmarking.neighbours import neighbours_of
from commonweal.datasets.indicator import Indicator
from commonweal.web.benchmarking.cells import Cell, cell
from commonweal.web.benchmarking.lessons import Lesson, lessons
from commonweal.web.benchmarking.query import Query
from commonweal.web.benchmarking.wording import in_words, listed

SHOWN_LESSONS = 4


class LearningPage:
    """The page of the area an address asks for."""

    def __init__(self, query: Query) -> None:
        self.query = query
        self.area = query.name(query.area)

    @cached_property
    def neighbours(self) -> list[str]:
        return neighbours_of(self.query.board, self.query.workspace.collaborative, self.query.area)

    @cached_property
    def worse(self) -> list[tuple[Indicator, str, Cell, list[Lesson]]]:
        """Indicators on which the area is worse than the benchmark: address, cell and the lessons on offer."""
        query = self.query
        rows = query.board.latest(query.method).filter(
            (pl.col("area_code") == query.area) & pl.col("comparison").is_in(list(WORSE))
        )
        found = []
        for row in rows.iter_rows(named=True):
            indicator = query.board.indicators[row["indicator"]]
            offered = lessons(query, indicator, self.neighbours)[:SHOWN_LESSONS]
            address = query.link_to(reverse("benchmarking:indicator", args=[indicator.id]))
            shown = cell(row, benchmark=query.against_name, decimals=indicator.decimals)
            found.append((indicator, address, shown, offered))
        return sorted(found, key=lambda item: (not item[3], item[0].title.casefold()))

    @cached_property
    def improving(self) -> list[tuple[Indicator, str, list[tuple[str, str]]]]:
        """Indicators on which areas of the collaborative are getting better: trend, and each area with its address."""
        query = self.query
        rows = query.board.latest(query.method).filter(pl.col("trend").fill_null("").str.ends_with("getting better"))
        found = []
        for (identifier,), part in rows.partition_by("indicator", as_dict=True, maintain_order=True).items():
            path = reverse("benchmarking:indicator_tab", args=[identifier, "trend"])
            areas = [(query.areas[code], query.link_to(path, area=code)) for code in part["area_code"]]
            found.append((query.board.indicators[str(identifier)], part["trend"][0].split(" ", 1)[0], areas))
        return sorted(found, key=lambda item: (-len(item[2]), item[0].title.casefold()))

    @cached_property
    def sentence(self) -> str:
        offered = sum(bool(item[3]) for item in self.worse)
        if not self.worse:
            return f"{self.area} is not worse than {self.query.against_name} on any indicator."
        number = len(self.worse)
        return (
            f"{self.area} is worse than {self.query.against_name} on {in_words(number)} "
            f"{'indicator' if number == 1 else 'indicators'}. For {in_words(offered)} of them there is an area to ask."
        )

    def context(self) -> dict[str, Any]:
        query = self.query
        return {
            "title": f"Whom {self.area} can learn from",
            "page": self,
            "query": query,
            "area": self.area,
            "areas": query.options(query.areas, query.area),
            "against": query.options(query.benchmarks, query.against),
            "neighbours": listed([query.name(code) for code in self.neighbours]),
        }
