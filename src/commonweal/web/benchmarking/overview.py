"""The collaborative overview: every indicator and every area on one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl
from django.urls import reverse

from commonweal.benchmarking import BETTER, METHODS, WORSE
from commonweal.datasets.indicator import Indicator
from commonweal.figures.numbers import format_number
from commonweal.packs import Pack, shipped_packs
from commonweal.web.benchmarking.cells import Cell, cell
from commonweal.web.benchmarking.query import Query
from commonweal.web.benchmarking.sentences import overview_sentence
from commonweal.web.benchmarking.wording import in_words

SHOWN = {
    "all": "Every indicator",
    "worse": "Worse in an area",
    "worse-and-worsening": "Worse and getting worse",
    "better": "Better in an area",
    "improving": "Getting better",
    "worsening": "Getting worse",
    "absent": "Suppressed or missing",
}
UNSORTED_TOPIC = "Other indicators"
SEVERITY = {
    "worst": 0,
    "quintile 5": 0,
    "worse": 1,
    "not met": 1,
    "quintile 4": 2,
    "similar": 3,
    "quintile 3": 3,
    "quintile 2": 4,
    "better": 5,
    "met": 5,
    "quintile 1": 6,
    "best": 6,
}


@dataclass(frozen=True)
class Row:
    indicator: Indicator
    link: str
    period: str
    group: str
    benchmark: str
    cells: list[tuple[Cell, str]]  # and the address of the area on this indicator


@dataclass(frozen=True)
class Section:
    topic: str
    rows: list[Row]


@dataclass(frozen=True)
class Card:
    figure: str
    style: str
    words: str
    detail: str
    link: str
    link_words: str


class Overview:
    """The overview that an address asks for."""

    def __init__(self, query: Query) -> None:
        self.query = query

    # What is chosen ---

    @cached_property
    def packs(self) -> dict[str, Pack]:
        """Packs that have an indicator in the common data-set."""
        held = self.query.board.indicators
        return {key: pack for key, pack in shipped_packs().items() if any(i.id in held for i in pack.indicators)}

    @cached_property
    def programmes(self) -> dict[str, str]:
        """Choices of programme: the packs, then the topics that are not a pack's own."""
        packs = {f"pack:{key}": pack.name for key, pack in self.packs.items()}
        topics = sorted({i.topic or UNSORTED_TOPIC for i in self.query.board.indicators.values()})
        taken = {name.casefold() for name in packs.values()}
        return {"": "All programmes"} | packs | {topic: topic for topic in topics if topic.casefold() not in taken}

    @cached_property
    def programme(self) -> str:
        return self.query.chosen("programme", self.programmes, "")

    @cached_property
    def show(self) -> str:
        return self.query.chosen("show", SHOWN, "all")

    @cached_property
    def sorts(self) -> dict[str, str]:
        return {"": "Topic", "name": "Indicator"} | self.query.areas

    @cached_property
    def sort(self) -> str:
        return self.query.chosen("sort", self.sorts, "")

    @property
    def sorted_by(self) -> str:
        return self.sorts[self.sort]

    # The figures ---

    @cached_property
    def everything(self) -> pl.DataFrame:
        """The newest figures of the chosen programme, whatever is shown of them."""
        latest = self.query.board.latest(self.query.method)
        if self.programme.startswith("pack:"):
            pack = self.packs[self.programme.removeprefix("pack:")]
            wanted = {indicator.id for indicator in pack.indicators}
            topics = {pack.name.casefold()}
        elif self.programme:
            wanted, topics = set(), {self.programme.casefold()}
        else:
            return latest
        chosen = [
            i.id
            for i in self.query.board.indicators.values()
            if i.id in wanted or (i.topic or UNSORTED_TOPIC).casefold() in topics
        ]
        return latest.filter(pl.col("indicator").is_in(chosen))

    def _is_shown(self) -> pl.Expr:
        worse = pl.col("comparison").is_in(list(WORSE))
        trend = pl.col("trend").fill_null("")
        return {
            "all": pl.lit(True),
            "worse": worse,
            "worse-and-worsening": worse & trend.str.ends_with("getting worse"),
            "better": pl.col("comparison").is_in(list(BETTER)),
            "improving": trend.str.ends_with("getting better"),
            "worsening": trend.str.ends_with("getting worse"),
            "absent": pl.col("status") != "published",
        }[self.show]

    @cached_property
    def figures(self) -> pl.DataFrame:
        """The rows of the table: every area of an indicator of which some area is as asked for."""
        wanted = self.everything.filter(self._is_shown())["indicator"].unique().to_list()
        return self.everything.filter(pl.col("indicator").is_in(wanted))

    @cached_property
    def sections(self) -> list[Section]:
        rows = self.figures.partition_by("indicator", as_dict=True, maintain_order=True)
        built = [(self._row(str(key[0]), part), part) for key, part in rows.items()]
        if self.sort == "name":
            built.sort(key=lambda pair: pair[0].indicator.title.casefold())
            return [Section("", [row for row, _ in built])]
        if self.sort:
            built.sort(key=lambda pair: (_severity(pair[1], self.sort), pair[0].indicator.title.casefold()))
            return [Section("", [row for row, _ in built])]
        topics: dict[str, list[Row]] = {}
        for row, _ in sorted(built, key=lambda pair: pair[0].indicator.title.casefold()):
            topics.setdefault(row.indicator.topic or UNSORTED_TOPIC, []).append(row)
        return [Section(topic, topics[topic]) for topic in sorted(topics, key=lambda t: (t == UNSORTED_TOPIC, t))]

    def _row(self, identifier: str, part: pl.DataFrame) -> Row:
        query, indicator = self.query, self.query.board.indicators[identifier]
        first = part.row(0, named=True)
        address = reverse("benchmarking:indicator", args=[identifier])
        cells = [
            (
                cell(row, benchmark=query.against_name, decimals=indicator.decimals),
                query.link_to(address, area=row["area_code"], programme=None, show=None, sort=None),
            )
            for row in part.iter_rows(named=True)
        ]
        people = part.filter(pl.col("sex").is_not_null()).select("sex", "age").head(1).row(0) if first else ("", "")
        return Row(
            indicator,
            query.link_to(address, programme=None, show=None, sort=None),
            first["period"],
            ", ".join(text for text in people if text not in ("Persons", "All ages")),
            format_number(first["benchmark_value"], indicator.decimals),
            cells,
        )

    # What it says ---

    @cached_property
    def titles(self) -> dict[str, str]:
        return {key: indicator.title for key, indicator in self.query.board.indicators.items()}

    @cached_property
    def sentence(self) -> str:
        return overview_sentence(self.everything, self.query.areas, self.titles, self.query.against_name)

    @cached_property
    def cards(self) -> list[Card]:
        frame, query = self.everything, self.query
        trend = pl.col("trend").fill_null("")
        both = frame.filter(pl.col("comparison").is_in(list(WORSE)) & trend.str.ends_with("getting worse"))
        improving = frame.filter(trend.str.ends_with("getting better"))
        cards = [
            Card(
                f"{both.height:,}",
                "worse" if both.height else "",
                f"worse than {query.against_name} and getting worse",
                f"across {_areas(both)}" if both.height else "nowhere, by the recent trend",
                query.link(show="worse-and-worsening"),
                "show these",
            ),
            Card(
                f"{improving.height:,}",
                "better" if improving.height else "",
                "getting better, by the recent trend",
                f"across {_areas(improving)}",
                query.link_to(reverse("benchmarking:learn"), show=None, sort=None, programme=None),
                "who and how",
            ),
        ]
        gap = self._widest_gap()
        if gap is not None:
            indicator, people = gap
            more = "more" if indicator.polarity == "high is good" else "fewer"
            cards.append(
                Card(
                    format_number(people, 0),
                    "",
                    f"{more} {indicator.people} would reach {query.against_name}",
                    indicator.title,
                    query.link_to(
                        reverse("benchmarking:indicator", args=[indicator.id]), show=None, sort=None, programme=None
                    ),
                    "by area",
                )
            )
        return cards

    def _widest_gap(self) -> tuple[Indicator, float] | None:
        """The gap in people of a programme's own objective where there is one, else the greatest of all."""
        gaps: Mapping[str, float] = dict(
            self.everything.filter(pl.col("gap_people") >= 1)
            .group_by("indicator")
            .agg(pl.col("gap_people").sum())
            .sort("gap_people", "indicator", descending=[True, False])
            .iter_rows()
        )
        if not gaps:
            return None
        objectives = [o.indicator for pack in self.packs.values() for o in pack.objectives if o.indicator in gaps]
        identifier = objectives[0] if objectives else next(iter(gaps))
        return self.query.board.indicators[identifier], gaps[identifier]

    def context(self) -> dict[str, Any]:
        """Everything that the template and the exports show."""
        query = self.query
        return {
            "title": f"How our {in_words(len(query.areas))} areas compare",
            "overview": self,
            "query": query,
            "programmes": query.options(self.programmes, self.programme),
            "shown": query.options(SHOWN, self.show),
            "against": query.options(query.benchmarks, query.against),
            "methods": query.options(METHODS, query.method),
            "areas": [(code, name, query.link(sort=code), self.sort == code) for code, name in query.areas.items()],
            "by_name": query.link(sort="name"),
            "by_topic": query.link(sort=None),
            "exports": [
                (kind.upper(), query.link_to(reverse("benchmarking:overview_export", args=[kind])))
                for kind in ("csv", "xlsx", "png", "svg", "pptx")
            ],
        }


def _areas(frame: pl.DataFrame) -> str:
    number = frame["area_code"].n_unique()
    return f"{number} {'area' if number == 1 else 'areas'}"


def _severity(part: pl.DataFrame, area: str) -> tuple[int, float]:
    row = part.filter(pl.col("area_code") == area).row(0, named=True)
    return SEVERITY.get(row["comparison"], 9), -(row["gap_people"] or 0.0)
