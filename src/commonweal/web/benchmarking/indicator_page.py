"""One indicator: the areas ranked, their trend, a map, inequalities within an area, the data, and what it means."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import polars as pl
from django.http import Http404
from django.urls import reverse

from commonweal import figures
from commonweal.benchmarking import METHODS
from commonweal.benchmarking.neighbours import neighbours_of
from commonweal.datasets.indicator import Indicator
from commonweal.figures import Figure
from commonweal.figures.numbers import format_number
from commonweal.web.benchmarking.cells import Cell, cell
from commonweal.web.benchmarking.control_tab import ControlTab
from commonweal.web.benchmarking.funnel_tab import FunnelTab
from commonweal.web.benchmarking.lessons import Lesson, lessons
from commonweal.web.benchmarking.maps import collaborative_map
from commonweal.web.benchmarking.query import Query
from commonweal.web.benchmarking.sentences import gap_sentence, indicator_sentence, ranked_title, trend_title
from commonweal.web.benchmarking.wording import ABSENCES, comparison_words, with_unit

TABS = {
    "compare": "Compare",
    "trend": "Trend",
    "map": "Map",
    "inequalities": "Inequalities",
    "funnel": "Funnel",
    "control": "Control chart",
    "data": "Data",
    "about": "About this indicator",
}
SHOWN_CHOICES = {
    "compare": ("area", "period", "against", "people", "among", "method"),
    "funnel": ("area", "period", "people"),
    "control": ("area", "people", "chart", "baseline", "rebase_too"),
}
"""The choices that the form of a tab offers, where they are not the usual."""
USUAL_CHOICES = ("area", "period", "against", "people", "method")
AMONG = {"ours": "Our areas", "all": "All areas of this kind"}


class IndicatorPage:
    """The page of one indicator that an address asks for."""

    def __init__(self, query: Query, identifier: str, tab: str) -> None:
        self.query, self.tab = query, tab
        self.indicator: Indicator = query.indicator(identifier)

    # What is chosen ---

    @cached_property
    def groups(self) -> dict[str, str]:
        """The groups of people this indicator is published for."""
        rows = self.query.board.groups.filter(pl.col("indicator") == self.indicator.id)
        return {f"{sex}|{age}": f"{sex}, {age}" for sex, age in rows.select("sex", "age").iter_rows()}

    @cached_property
    def group(self) -> str:
        default = "|".join(self.query.board.group(self.indicator.id))
        return self.query.chosen("people", self.groups, default)

    @cached_property
    def people(self) -> tuple[str, str]:
        sex, _, age = self.group.partition("|")
        return sex, age

    @cached_property
    def among(self) -> str:
        return self.query.chosen("among", AMONG, "ours")

    @cached_property
    def series(self) -> pl.DataFrame:
        """Every period of the collaborative's areas and the benchmark, compared."""
        sex, age = self.people
        return self.query.board.series(self.indicator.id, sex=sex, age=age, method=self.query.method)

    @cached_property
    def periods(self) -> dict[str, str]:
        """Periods in which one of the areas has a row, newest first."""
        rows = (
            self.series.filter(pl.col("area_code").is_in(list(self.query.areas)))
            .unique(["period_start", "period_end"])
            .sort("period_end", "period_start", descending=True)
        )
        return {period: period for period in rows["period"]}

    @cached_property
    def period(self) -> str:
        if not self.periods:
            raise Http404(f"No figures of {self.indicator.title} are held for these areas.")
        return self.query.chosen("period", self.periods, next(iter(self.periods)))

    # The figures ---

    @cached_property
    def trends(self) -> dict[str, dict[str, Any]]:
        """The recent trend of each area, to the newest period."""
        return {row["area_code"]: row for row in self.query.board.trends_of(self.series).iter_rows(named=True)}

    @cached_property
    def latest(self) -> pl.DataFrame:
        """One row for each of our areas in the chosen period, present or not, with gap and trend."""
        query = self.query
        rows = self.series.filter(pl.col("period") == self.period)
        grid = pl.DataFrame({"area_code": list(query.areas)})
        frame = grid.join(rows, on="area_code", how="left", maintain_order="left").with_columns(
            pl.col("status").fill_null("empty"),
            pl.col("period").fill_null(self.period),
            pl.col("comparison").fill_null("not compared"),
            pl.col("polarity").fill_null(self.indicator.polarity),
        )
        newest = self.period == next(iter(self.periods))
        trend = [self.trends.get(code, {}).get("trend") if newest else None for code in query.areas]
        return query.board.with_gap(frame.with_columns(trend=pl.Series(trend, dtype=pl.String)))

    @cached_property
    def own(self) -> dict[str, Any] | None:
        """The row of the area the page speaks about."""
        rows = self.latest.filter(pl.col("area_code") == self.query.area)
        return rows.row(0, named=True) if rows.height else None

    @cached_property
    def benchmark_value(self) -> float | None:
        rows = self.series.filter((pl.col("period") == self.period) & (pl.col("area_code") == self.query.against))
        return rows["value"][0] if rows.height else None

    @cached_property
    def source(self) -> str:
        """The line under every chart: source, period, date of the extract."""
        rows = self.series.filter(pl.col("source") != "").sort("extracted")
        parts = [self.indicator.source or (rows["source"][-1] if rows.height else "")]
        extracted = rows["extracted"].drop_nulls().to_list()
        if extracted:
            parts.append(f"extracted {max(extracted):%-d %B %Y}")
        parts.append(f"data version {self.query.board.version}")
        return " · ".join(part for part in parts if part)

    def _named(self, rows: pl.DataFrame) -> pl.DataFrame:
        names = pl.Series([self.query.name(code) for code in rows["area_code"]], dtype=pl.String)
        return rows.with_columns(area=names)

    # The charts ---

    @cached_property
    def ranked(self) -> Figure:
        query = self.query
        if self.among == "all":
            sex, age = self.people
            rows = query.board.everywhere(self.indicator.id, sex=sex, age=age, method=query.method)
            rows = rows.filter((pl.col("period") == self.period) & (pl.col("area_code") != query.against))
        else:
            rows = self.latest
        return figures.ranked_areas(
            self._named(rows).select(
                "area", "value", lower="lower_95", upper="upper_95", comparison="comparison", status="status"
            ),
            title=ranked_title(
                rows, {code: query.name(code) for code in rows["area_code"]}, query.against_name, query.area
            ),
            unit=self.indicator.unit,
            decimals=self.indicator.decimals,
            benchmark_name=query.against_name,
            benchmark_value=self.benchmark_value,
            highlighted=query.name(query.area),
            source=f"{self.period} · {self.source}",
        )

    @cached_property
    def trend(self) -> Figure:
        return self._trend()

    @cached_property
    def small_trend(self) -> Figure:
        """The trend as it stands on the card beside the ranked areas."""
        return self._trend(compact=True)

    def _trend(self, compact: bool = False) -> Figure:
        query = self.query
        rows = self._named(self.series).sort("period_end")
        own = rows.filter((pl.col("area_code") == query.area) & pl.col("value").is_not_null())
        shown = own if own.height else rows
        trend = self.trends.get(query.area, {}).get("trend")
        return figures.trend_lines(
            rows.select("area", "period", "period_end", "value", lower="lower_95", upper="upper_95"),
            title=trend_title(trend, query.name(query.area), shown["period"][0], shown["period"][-1]),
            unit=self.indicator.unit,
            decimals=self.indicator.decimals,
            benchmark_name=query.against_name,
            highlighted=query.name(query.area),
            source=self.source,
            breaks=[(b.date, b.reason) for b in self.indicator.series_breaks],
            compact=compact,
        )

    @cached_property
    def map(self) -> Figure:
        query = self.query
        return collaborative_map(
            query.workspace,
            self._named(self.latest).select("area", "value", "comparison", "status", code="area_code"),
            title=ranked_title(self.latest, query.areas, query.against_name, query.area),
            unit=self.indicator.unit,
            decimals=self.indicator.decimals,
            source=f"{self.period} · {self.source}",
        )

    @cached_property
    def splits(self) -> pl.DataFrame:
        """The area's figures by sex, age and category."""
        return self.query.board.inequalities(self.indicator.id, self.query.area)

    @cached_property
    def inequalities(self) -> Figure | None:
        rows = self.splits
        if rows.is_empty():
            return None
        area = self.query.name(self.query.area)
        different = rows.filter(~pl.col("comparison").is_in(["similar", "not compared"]))
        title = (
            f"{different.height} of {rows.height} groups in {area} differ from {area} as a whole"
            if different.height
            else f"No group in {area} differs significantly from {area} as a whole"
        )
        return figures.inequality_bars(
            rows.select("split", "part", "value", lower="lower_95", upper="upper_95", comparison="comparison"),
            title=title,
            unit=self.indicator.unit,
            decimals=self.indicator.decimals,
            whole_name=area,
            whole_value=rows["benchmark_value"][0],
            source=f"{rows['period'][0]} · {self.source}",
        )

    @property
    def figure(self) -> Figure | None:
        """The chart of the chosen tab."""
        return {
            "compare": lambda: self.ranked,
            "trend": lambda: self.trend,
            "map": lambda: self.map,
            "inequalities": lambda: self.inequalities,
            "funnel": lambda: self.funnel.figure,
            "control": lambda: self.control.figure,
        }.get(self.tab, lambda: None)()

    @cached_property
    def funnel(self) -> FunnelTab:
        return FunnelTab(self)

    @cached_property
    def control(self) -> ControlTab:
        return ControlTab(self)

    # The tables ---

    @property
    def downloaded(self) -> pl.DataFrame:
        """The figures behind the chosen tab."""
        return {
            "inequalities": lambda: self.splits,
            "funnel": lambda: self.funnel.data,
            "control": lambda: self.control.data,
        }.get(self.tab, lambda: self.data)()

    @cached_property
    def table(self) -> list[tuple[str, str, Cell, dict[str, str]]]:
        """Code, name, cell and the other figures of each area in the chosen period."""
        rows = []
        for row in self.latest.iter_rows(named=True):
            shown = cell(row, benchmark=self.query.against_name, decimals=self.indicator.decimals)
            rows.append((row["area_code"], self.query.name(row["area_code"]), shown, self._figures_of(row)))
        return rows

    def _figures_of(self, row: dict[str, Any]) -> dict[str, str]:
        trend = self.trends.get(row["area_code"], {})
        words = (
            comparison_words(row["comparison"], self.query.against_name)
            if row["value"] is not None
            else ABSENCES.get(row["status"], ABSENCES["missing"])[1]
        )
        return {
            "count": format_number(row["count"], 0),
            "denominator": format_number(row["denominator"], 0),
            "interval": self._interval(row),
            "words": words,
            "trend": trend.get("trend") or "",
            "why": trend.get("reason") or "",
            "gap": format_number(row["gap_people"], 0) if row.get("gap_people") else "–",
        }

    @cached_property
    def data(self) -> pl.DataFrame:
        """Every figure behind the page, for reading and for download."""
        rows = self._named(self.series.filter(pl.col("indicator") == self.indicator.id))
        return rows.select(
            "indicator",
            indicator_name=pl.lit(self.indicator.name),
            area_code="area_code",
            area="area",
            period="period",
            sex="sex",
            age="age",
            count="count",
            denominator="denominator",
            value="value",
            unit=pl.lit(self.indicator.unit),
            lower_95="lower_95",
            upper_95="upper_95",
            status="status",
            compared_with=pl.lit(self.query.against_name),
            benchmark_value="benchmark_value",
            comparison="comparison",
            compared_by="compared_by",
            note="note",
            source="source",
            extracted="extracted",
            licence="licence",
        ).sort("area", "period", descending=[False, True])

    def _interval(self, row: dict[str, Any]) -> str:
        lower, upper = row["lower_95"], row["upper_95"]
        if lower is None or upper is None:
            return "–"
        decimals = self.indicator.decimals
        return f"{format_number(lower, decimals)} to {format_number(upper, decimals)}"

    @cached_property
    def data_rows(self) -> list[dict[str, str]]:
        """The figures of the data tab, printed."""
        return [
            {
                "area": row["area"],
                "period": row["period"],
                "value": self._value_or_absence(row),
                "interval": self._interval(row),
                "count": format_number(row["count"], 0),
                "denominator": format_number(row["denominator"], 0),
                "note": row["note"] or "",
            }
            for row in self.data.iter_rows(named=True)
        ]

    def _value_or_absence(self, row: dict[str, Any]) -> str:
        if row["value"] is None:
            return ABSENCES.get(row["status"], ABSENCES["missing"])[1]
        return format_number(row["value"], self.indicator.decimals)

    @cached_property
    def split_rows(self) -> list[dict[str, Any]]:
        """The groups of the inequalities tab, printed."""
        area = f"{self.query.name(self.query.area)} as a whole"
        return [
            {
                "part": row["part"],
                "split": row["split"],
                "cell": cell(row, benchmark=area, decimals=self.indicator.decimals),
                "interval": self._interval(row),
                "count": format_number(row["count"], 0),
            }
            for row in self.splits.iter_rows(named=True)
        ]

    @cached_property
    def about(self) -> list[tuple[str, str]]:
        """The indicator's metadata under its field names."""
        indicator = self.indicator
        goal = indicator.goal
        return [
            ("Full name", indicator.name),
            ("Definition", indicator.definition),
            ("Why it matters", indicator.rationale),
            ("Numerator", indicator.numerator),
            ("Denominator", indicator.denominator),
            ("Unit", indicator.unit),
            ("Kind of value", indicator.value_type),
            ("What is good", indicator.polarity),
            ("How it is compared", METHODS.get(indicator.comparison, indicator.comparison)),
            (
                "Goal",
                f"{goal.label} {goal.lower}{f' to {goal.upper}' if goal.upper is not None else ''}" if goal else "",
            ),
            ("Method", indicator.method),
            ("Protecting people", indicator.disclosure_note or str(indicator.disclosure)),
            ("Breaks in the series", "\n".join(f"{b.date}: {b.reason}" for b in indicator.series_breaks)),
            ("Caveats", indicator.caveats),
            ("Source", self.source),
            ("Licence", indicator.licence),
            ("Identifier", indicator.id),
        ]

    # Whom to learn from ---

    @cached_property
    def neighbours(self) -> list[str]:
        return neighbours_of(self.query.board, self.query.workspace.collaborative, self.query.area)

    @cached_property
    def lessons(self) -> list[Lesson]:
        return lessons(self.query, self.indicator, self.neighbours)

    # What the template shows ---

    def address(self, tab: str, kind: str = "") -> str:
        """The address of a tab, or of its download of a kind, with the choices of this page kept."""
        identifier = self.indicator.id
        if kind:
            path = reverse("benchmarking:indicator_export", args=[identifier, tab, kind])
        elif tab == "compare":
            path = reverse("benchmarking:indicator", args=[identifier])
        else:
            path = reverse("benchmarking:indicator_tab", args=[identifier, tab])
        return self.query.link_to(path)

    @property
    def choices(self) -> tuple[str, ...]:
        return SHOWN_CHOICES.get(self.tab, USUAL_CHOICES)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Choices made elsewhere that the form of this tab does not offer and must not lose."""
        kept = {name: value for name, value in self.query.asked.items() if name not in self.choices}
        if self.tab == "control":
            kept["rebase"] = self.control.rebase
        return [(name, value) for name, value in kept.items() if value]

    def context(self) -> dict[str, Any]:
        query, indicator = self.query, self.indicator
        area = query.name(query.area)
        kinds = ("csv", "xlsx", "png", "svg", "pptx") if self.figure is not None else ("csv", "xlsx")
        return {
            "title": indicator.title,
            "page": self,
            "query": query,
            "indicator": indicator,
            "area": area,
            "sentence": indicator_sentence(self.own, indicator, area, query.against_name),
            "gap": gap_sentence(self.own, indicator, query.against_name),
            "tabs": [(label, self.address(tab), tab == self.tab) for tab, label in TABS.items()],
            "figure": self.figure,
            "exports": [(kind.upper() if kind != "pptx" else "slide", self.address(self.tab, kind)) for kind in kinds],
            "areas": query.options(query.areas, query.area),
            "periods": query.options(self.periods, self.period),
            "against": query.options(query.benchmarks, query.against),
            "groups": query.options(self.groups, self.group),
            "methods": query.options(METHODS, query.method),
            "charts": query.options(self.control.charts, self.control.chart) if self.tab == "control" else [],
            "baselines": query.options(self.control.baselines, self.control.baseline) if self.tab == "control" else [],
            "rebases": self.control.rebase_options if self.tab == "control" else [],
            "among": query.options(AMONG, self.among),
            "benchmark": with_unit(self.benchmark_value, indicator.unit, indicator.decimals),
            "trend_address": self.address("trend"),
            "about_address": self.address("about"),
            "split_rows": self.split_rows if self.tab == "inequalities" else [],
            "data_rows": self.data_rows if self.tab == "data" else [],
            "about": self.about if self.tab == "about" else [],
            "profile": query.link_to(
                reverse("benchmarking:area", args=[query.area]), area=None, people=None, period=None, among=None
            ),
            "ask": reverse("benchmarking:ask", args=[indicator.id]),
        }
