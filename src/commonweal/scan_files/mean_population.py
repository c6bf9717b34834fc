"""The mean population of single locations over a window in time, as location tables list it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import polars as pl

from commonweal.clusters import Cluster, ScanResult
from commonweal.clusters.settings import BERNOULLI

EPOCH = dt.date(1970, 1, 1)


def member_populations(result: ScanResult, population: pl.DataFrame | None) -> list[Mapping[str, float]] | None:
    """For each cluster the population of each of its locations, averaged over its window; None where there is none.

    Between the dates of a population it is interpolated linearly, before the first and after the last it is constant;
    for cases and controls it is their number.
    """
    if result.settings.model == BERNOULLI:
        if not result.total_cases or not result.total_population:
            return None
        points = result.total_population / result.total_cases
        return [
            {
                place: expected * points
                for place, expected in zip(cluster.location_ids, cluster.location_expected, strict=False)
            }
            for cluster in result.clusters
        ]
    if population is None:
        return None
    if "date" not in population.columns:
        total = dict(population.group_by("place").agg(pl.col("population").sum()).iter_rows())
        return [{place: total.get(place, 0.0) for place in cluster.location_ids} for cluster in result.clusters]
    strata = [name for name in population.columns if name not in ("place", "date", "population")]
    wanted = {place for cluster in result.clusters for place in cluster.location_ids}
    known: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {}
    rows = population.filter(pl.col("place").is_in(list(wanted))).sort("date")
    for key, group in rows.group_by(["place", *strata], maintain_order=True):
        days = np.array([_number(when) for when in group["date"]], dtype=float)
        known.setdefault(str(key[0]), []).append((days, group["population"].to_numpy()))
    return [
        {place: _mean(known.get(place, []), cluster, result) for place in cluster.location_ids}
        for cluster in result.clusters
    ]


def _mean(parts: list[tuple[np.ndarray, np.ndarray]], cluster: Cluster, result: ScanResult) -> float:
    start, end = cluster.start, cluster.end
    if start is None or end is None:
        start, end = result.settings.study_period or (None, None)
    if start is None or end is None:
        return sum(float(numbers.mean()) for _, numbers in parts)
    days = np.arange(_number(start), _number(end) + 1)
    return sum(float(np.interp(days, dates, numbers).mean()) for dates, numbers in parts)


def _number(when: dt.date | int) -> int:
    return (when - EPOCH).days if isinstance(when, dt.date) else when
