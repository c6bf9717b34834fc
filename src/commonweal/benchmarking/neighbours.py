"""The areas most like an area, by the method its collaborative has chosen."""

from __future__ import annotations

import logging

import polars as pl

from commonweal.benchmarking.collaborative import CollaborativeBenchmark
from commonweal.places import Collaborative, PlacesError, nearest_neighbours_of, read_neighbours

logger = logging.getLogger(__name__)


def neighbours_of(benchmark: CollaborativeBenchmark, collaborative: Collaborative, area: str) -> list[str]:
    """Codes of the nearest neighbours of an area, most similar first; none where the method lacks its data.

    `listed`: from the file the collaborative names. `computed`: standardised Euclidean distance over the newest values
    of the indicators it names (see docs/methods/neighbours.md), among all areas of the same tier.
    """
    chosen = collaborative.neighbours
    if chosen.method == "listed":
        try:
            return read_neighbours(collaborative.path_of(chosen.file)).get(area, [])[: chosen.n]
        except PlacesError as error:
            # The file was there when the site was started: pages go on without it.
            logger.warning("%s", error)
            return []
    held = [identifier for identifier in chosen.indicators if identifier in benchmark.indicators]
    if not held:
        return []
    values = (
        benchmark.distribution.filter(pl.col("indicator").is_in(held))
        .filter(pl.col("value").is_not_null())
        .select("area_code", "indicator", "value")
    )
    if values.filter(pl.col("area_code") == area).is_empty():
        return []
    return [found.code for found in nearest_neighbours_of(values, area, n=chosen.n)]
