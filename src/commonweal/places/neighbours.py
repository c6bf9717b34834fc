"""Nearest neighbours of an area: computed, or read from a list."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from commonweal import stats
from commonweal.places.problems import PlacesError


@dataclass(frozen=True)
class Neighbour:
    """A similar area: `rank` 1 is the most similar; `distance` in standard deviations of an average indicator."""

    code: str
    rank: int
    distance: float


def nearest_neighbours_of(
    values: pl.DataFrame, code: str, *, n: int, among: Collection[str] | None = None
) -> list[Neighbour]:
    """The areas most like one area, by `commonweal.stats.nearest_neighbours`.

    Args:
        values: columns area_code, indicator, value; one value an area and indicator.
        among: codes that may be neighbours; None for all in `values`.

    Raises:
        PlacesError: `values` has none of the area.
    """
    wide = values.pivot(on="indicator", index="area_code", values="value", aggregate_function="first").sort("area_code")
    if among is not None:
        wide = wide.filter(pl.col("area_code").is_in(sorted({*among, code})))
    codes = wide["area_code"].to_list()
    if code not in codes:
        raise PlacesError(f"No figure of the area '{code}' is held, so its neighbours cannot be computed.")
    order, distance = stats.nearest_neighbours(wide.drop("area_code").to_numpy(), n)
    row = codes.index(code)
    return [
        Neighbour(codes[found], rank, float(apart))
        for rank, (found, apart) in enumerate(zip(order[row], distance[row], strict=True), start=1)
        if found >= 0
    ]


def read_neighbours(path: Path | str) -> dict[str, list[str]]:
    """Neighbours from a CSV with the columns area_code, neighbour_code and rank: by area, the most similar first.

    Raises:
        PlacesError: the file cannot be read, lacks a column, or a rank is not a whole number.
    """
    path = Path(path)
    needed = ("area_code", "neighbour_code", "rank")
    ranked: dict[str, list[tuple[int, str]]] = defaultdict(list)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            absent = [name for name in needed if name not in (reader.fieldnames or ())]
            if absent:
                raise PlacesError(f"{path.name}: the column {', '.join(absent)} is missing from its first line.")
            for number, row in enumerate(reader, start=2):
                if not (row["rank"] or "").strip().isdigit():
                    raise PlacesError(
                        f"{path.name}, row {number}, column 'rank': '{row['rank']}' is not a whole number."
                    )
                ranked[row["area_code"].strip()].append((int(row["rank"]), row["neighbour_code"].strip()))
    except OSError as error:
        raise PlacesError(f"{path}: the list of neighbours cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise PlacesError(f"{path.name}: the list of neighbours is not UTF-8 text.") from error
    return {code: [neighbour for _, neighbour in sorted(found)] for code, found in ranked.items()}
