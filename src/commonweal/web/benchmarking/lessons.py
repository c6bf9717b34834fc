"""The areas to learn from on one indicator, ready to show."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from commonweal.benchmarking import improving_areas, learn_from
from commonweal.datasets.indicator import Indicator
from commonweal.figures.numbers import format_number
from commonweal.web.benchmarking.query import Query
from commonweal.web.benchmarking.wording import with_unit


@dataclass(frozen=True)
class Lesson:
    """Why an area is worth asking, and the address of the form that asks it."""

    code: str
    area: str
    value: str
    reason: str
    ask: str


def _ask(indicator: Indicator, query: Query, code: str) -> str:
    address = reverse("benchmarking:ask", args=[indicator.id])
    return f"{address}?{urlencode({'from': query.area, 'to': code})}"


def _most_similar(rank: int) -> str:
    """A place among the nearest neighbours in words, such as "the 3rd most similar area"."""
    if rank == 1:
        return "the most similar area"
    ending = "th" if 10 < rank % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"the {rank}{ending} most similar area"


def lessons(query: Query, indicator: Indicator, neighbours: list[str]) -> list[Lesson]:
    """Similar areas that do significantly better, then those of the kind that improved from the worst fifth."""
    found = [
        Lesson(
            exemplar.area_code,
            query.name(exemplar.area_code),
            with_unit(exemplar.value, indicator.unit, indicator.decimals),
            f"significantly better, {_most_similar(exemplar.neighbour_rank)}",
            _ask(indicator, query, exemplar.area_code),
        )
        for exemplar in learn_from(query.board, indicator.id, query.area, neighbours)
    ]
    return found + improvers(query, indicator, leave_out={lesson.code for lesson in found} | {query.area})


def improvers(query: Query, indicator: Indicator, leave_out: set[str]) -> list[Lesson]:
    """Areas that moved from the worst fifth to the better half."""
    found = []
    for row in improving_areas(query.board, indicator.id).iter_rows(named=True):
        if row["area_code"] in leave_out:
            continue
        first = format_number(row["first_value"], indicator.decimals)
        found.append(
            Lesson(
                row["area_code"],
                query.name(row["area_code"]),
                with_unit(row["last_value"], indicator.unit, indicator.decimals),
                f"improved from {first}, then among the worst fifth, to the better half",
                _ask(indicator, query, row["area_code"]),
            )
        )
    return found
