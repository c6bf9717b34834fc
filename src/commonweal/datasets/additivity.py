"""Which counts of an indicator add up to which others: what anyone can subtract."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import polars as pl

from commonweal.stats import ColumnError, parse_age_band

Parts = Mapping[str, Sequence[Sequence[str]]]
"""Area code to the sets of areas that make it up, such as a region to its authorities."""


class Sum(NamedTuple):
    """The row of a total and the rows that add up to it."""

    total: int
    parts: tuple[int, ...]


def sums(rows: pl.DataFrame, parts: Parts) -> list[Sum]:
    """Every total among the rows of one indicator, by position.

    Totals are found over areas (`parts`), sexes (Persons), categories of one type (the headline), ages and periods
    (a band or period that shorter ones fill without gap or overlap).

    Args:
        rows: columns of `SCHEMA`, one indicator.
    """
    places = {
        key: position
        for position, key in enumerate(
            rows.select("area_code", "period_start", "period_end", "sex", "age", "category_type", "category").rows()
        )
    }
    found: set[Sum] = set()
    for (area, start, end, *rest), total in places.items():
        for members in parts.get(area, ()):
            found.update(_complete(total, [places.get((member, start, end, *rest)) for member in members]))
    for (area, start, end, sex, *rest), total in places.items():
        if sex == "Persons":
            both = [places.get((area, start, end, each, *rest)) for each in ("Male", "Female")]
            found.update(_complete(total, both))
    categories: dict[tuple, list[int]] = defaultdict(list)
    for (area, start, end, sex, age, kind, _), position in places.items():
        if kind:
            categories[(area, start, end, sex, age)].append(position)
    by_kind = rows["category_type"].to_list()
    for key, positions in categories.items():
        headline = places.get((*key, "", ""))
        for kind in {by_kind[position] for position in positions}:
            of_kind = [position for position in positions if by_kind[position] == kind]
            if headline is not None and len(of_kind) > 1:
                found.update(_complete(headline, of_kind))
    found.update(_over_intervals(places, age_span, lambda key: (*key[:4], *key[5:]), lambda key: key[4]))
    found.update(_over_intervals(places, _days, lambda key: (key[0], *key[3:]), lambda key: (key[1], key[2])))
    return sorted(found)


def _complete(total: int, parts: Sequence[int | None]) -> list[Sum]:
    whole = tuple(part for part in parts if part is not None)
    return [Sum(total, whole)] if whole and len(whole) == len(parts) else []


def _over_intervals(places, span, others, label) -> Iterable[Sum]:  # type: ignore[no-untyped-def]
    """Totals over a dimension whose members are intervals."""
    groups: dict[tuple, dict[tuple[int, int], int]] = defaultdict(dict)
    for key, position in places.items():
        interval = span(label(key))
        if interval is not None:
            groups[others(key)].setdefault(interval, position)
    for intervals in groups.values():
        for start, end in intervals:
            for chain in _chains(start, end, intervals):
                yield Sum(intervals[(start, end)], tuple(intervals[link] for link in chain))


def _chains(start: int, end: int, intervals: Mapping[tuple[int, int], int]) -> Iterable[list[tuple[int, int]]]:
    """Intervals that fill one without gap or overlap: with the shortest at each step, and with the longest."""
    inside = sorted(i for i in intervals if start <= i[0] and i[1] <= end and i != (start, end))
    if len(inside) < 2:
        return
    seen = []
    for longest in (False, True):
        chain, at = [], start
        while at < end:
            steps = [i for i in inside if i[0] == at]
            if not steps:
                break
            step = max(steps) if longest else min(steps)
            chain.append(step)
            at = step[1]
        if at == end and chain not in seen:
            seen.append(chain)
            yield chain


OLDEST = 200


def age_span(label: str) -> tuple[int, int] | None:
    """The first age and the one after the last, of a label such as "10-24 yrs", "85+ yrs" or "All ages".

    None where it is no band of ages in years, such as "Working age".
    """
    try:
        band = parse_age_band(label)
    except ColumnError:
        return None
    return band.start, OLDEST if band.end is None else band.end + 1


def _days(period: tuple[date, date]) -> tuple[int, int]:
    return period[0].toordinal(), (period[1] + timedelta(days=1)).toordinal()
