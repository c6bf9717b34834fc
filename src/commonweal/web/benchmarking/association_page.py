"""Two indicators side by side."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import polars as pl
from django.http import Http404
from django.urls import reverse

from commonweal import figures
from commonweal.benchmarking import Association, associate
from commonweal.benchmarking.association import FEWEST_AREAS
from commonweal.datasets.indicator import Indicator
from commonweal.figures import Figure
from commonweal.figures.numbers import format_number
from commonweal.web.benchmarking.query import Query


class AssociationPage:
    """The pair of indicators that an address asks for: the first two by title when it names none."""

    def __init__(self, query: Query) -> None:
        self.query = query

    @cached_property
    def offered(self) -> dict[str, str]:
        indicators = sorted(self.query.board.indicators.values(), key=lambda i: i.title.casefold())
        return {indicator.id: indicator.title for indicator in indicators}

    def _chosen(self, name: str, position: int) -> Indicator:
        if not self.offered:
            raise Http404("No figures are held yet, so there is nothing to compare.")
        default = list(self.offered)[min(position, len(self.offered) - 1)]
        return self.query.indicator(self.query.chosen(name, self.offered, default))

    @cached_property
    def x(self) -> Indicator:
        return self._chosen("x", 0)

    @cached_property
    def y(self) -> Indicator:
        return self._chosen("y", 1)

    @cached_property
    def association(self) -> Association:
        return associate(self.query.board, self.x.id, self.y.id)

    @cached_property
    def sentence(self) -> str:
        points, rho = self.association.points, self.association.rank_correlation
        if self.x.id == self.y.id:
            return "Choose two different indicators to compare."
        if points.is_empty():
            return "No area has a figure for both indicators."
        if rho is None:
            return (
                f"{points.height} areas have a figure for both. With fewer than {FEWEST_AREAS}, or with no variation, "
                "nothing can be said of whether they go together."
            )
        strength = (
            "hardly"
            if abs(rho) < 0.2
            else "weakly"
            if abs(rho) < 0.4
            else "moderately"
            if abs(rho) < 0.7
            else "strongly"
        )
        direction = "in the same direction" if rho > 0 else "in opposite directions"
        words = f"{strength} related" + ("" if strength == "hardly" else f", {direction}")
        return (
            f"Across {points.height} areas the two are {words} (rank correlation {format_number(rho, 2)}). "
            "That does not show that one causes the other."
        )

    @cached_property
    def data(self) -> pl.DataFrame:
        points = self.association.points
        names = [self.query.name(code) for code in points["area_code"]]
        ours = points["area_code"].is_in(list(self.query.areas))
        return points.with_columns(area=pl.Series(names, dtype=pl.String), in_collaborative=ours)

    @cached_property
    def figure(self) -> Figure | None:
        if self.association.points.is_empty() or self.x.id == self.y.id:
            return None
        return figures.scatter(
            self.data.select("area", "x", "y", "in_collaborative"),
            title=self.sentence.split(" (", 1)[0],
            x_title=_axis(self.x),
            y_title=_axis(self.y),
            x_benchmark=self.association.x_benchmark,
            y_benchmark=self.association.y_benchmark,
            source=f"Newest period of each indicator · data version {self.query.board.version}",
            highlighted=None,
        )

    def context(self) -> dict[str, Any]:
        query = self.query
        kinds = ("csv", "xlsx", "png", "svg", "pptx") if self.figure is not None else ("csv", "xlsx")
        ours = self.data.filter(pl.col("in_collaborative"))
        return {
            "title": f"{self.x.title} and {self.y.title}",
            "page": self,
            "query": query,
            "sentence": self.sentence,
            "figure": self.figure,
            "xs": query.options(self.offered, self.x.id),
            "ys": query.options(self.offered, self.y.id),
            "rows": [
                (name, format_number(x, self.x.decimals), format_number(y, self.y.decimals))
                for name, x, y in ours.select("area", "x", "y").sort("area").iter_rows()
            ],
            "swap": query.link(x=self.y.id, y=self.x.id),
            "exports": [
                (
                    "slide" if kind == "pptx" else kind.upper(),
                    query.link_to(reverse("benchmarking:association_export", args=[kind]), x=self.x.id, y=self.y.id),
                )
                for kind in kinds
            ],
        }


def _axis(indicator: Indicator) -> str:
    return f"{indicator.title} ({indicator.unit})" if indicator.unit else indicator.title
