"""Where things are: places with coordinates, and the distances between them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from narwhals.typing import IntoDataFrame
from numpy.typing import NDArray

from commonweal.clusters.problems import ScanError
from commonweal.clusters.settings import CARTESIAN, LATITUDE_LONGITUDE
from commonweal.stats.frames import as_polars

EARTH_RADIUS_KM = 6367.0
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Places:
    """Places by position: `identifiers[i]` lies at `coordinates[i]` (latitude, longitude in degrees, or x, y)."""

    identifiers: tuple[str, ...]
    coordinates: Floats
    kind: str = LATITUDE_LONGITUDE

    def __len__(self) -> int:
        return len(self.identifiers)

    @cached_property
    def points(self) -> Floats:
        """Points whose straight distances order the places: shape (places, 2), or (places, 3) on the sphere, in km."""
        if self.kind == CARTESIAN:
            return self.coordinates
        return on_sphere(self.coordinates)

    @cached_property
    def tie_rank(self) -> NDArray[np.int64]:
        """Rank by first, then second coordinate: at equal distance the lower rank is nearer."""
        rank = np.empty(len(self), dtype=np.int64)
        rank[np.lexsort((self.coordinates[:, 1], self.coordinates[:, 0]))] = np.arange(len(self))
        return rank

    def printed_distance(self, straight: float) -> float:
        """A straight distance as it is told: on the sphere along the surface, else unchanged."""
        return straight if self.kind == CARTESIAN else float(arc(straight))


def on_sphere(coordinates: Floats) -> Floats:
    """Latitudes and longitudes in degrees as points on a sphere of 6367 km."""
    latitude, longitude = np.radians(coordinates[:, 0]), np.radians(coordinates[:, 1])
    return EARTH_RADIUS_KM * np.column_stack(
        [np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)]
    )


def arc(chord: float | Floats) -> float | Floats:
    """The distance along the surface of a straight line through the sphere, in km."""
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(1.0, np.asarray(chord) / (2 * EARTH_RADIUS_KM)))


def read_places(
    data: IntoDataFrame, *, place: str, first: str, second: str, kind: str, called: str = "places"
) -> tuple[Places, list[str]]:
    """Places from a table, and warnings that count what was left out.

    A place listed again at the same coordinates is left out with a warning. Places are sorted by identifier.

    Args:
        place, first, second: columns; `first` is latitude or x, `second` longitude or y.
        kind: "latitude and longitude" or "cartesian".
        called: what the table is called in messages.

    Raises:
        ScanError: no place, a missing or impossible coordinate, or a place at two sets of coordinates.
    """
    frame = as_polars(data, [place, first, second]).select(
        place=pl.col(place).cast(pl.String).str.strip_chars(),
        first=_number(first),
        second=_number(second),
    )
    _refuse(frame, pl.col("place").is_null() | (pl.col("place") == ""), f"The {called} have no identifier")
    if frame.is_empty():
        raise ScanError(f"The table of {called} is empty.")
    missing = ~(pl.col("first").is_finite() & pl.col("second").is_finite()).fill_null(False)
    _refuse(frame, missing, f"The {called} lack a coordinate, or it is not a number ('{first}' or '{second}')")
    warnings = []
    if kind == LATITUDE_LONGITUDE:
        _refuse(
            frame,
            (pl.col("first").abs() > 90) | (pl.col("second").abs() > 180),
            f"The {called} have a latitude beyond 90 or a longitude beyond 180 degrees (are '{first}' and "
            f"'{second}' swapped, or are they eastings and northings?)",
        )
        swapped = frame.filter(pl.col("first").is_between(-11, 3), pl.col("second").is_between(49, 61)).height
        if swapped == frame.height:
            warnings.append(
                f"All {called} lie off the coast of Africa. If they are in the British Isles, latitude and longitude "
                "are swapped."
            )
    unique = frame.unique(maintain_order=True).sort("place", maintain_order=True)
    _refuse(unique, pl.col("place").is_duplicated(), f"The {called} are listed at two different points")
    if unique.height < frame.height:
        warnings.append(f"Left out: {frame.height - unique.height:,} repeated rows of {called}.")
    coordinates = unique.select("first", "second").to_numpy().astype(np.float64)
    return Places(tuple(unique["place"]), coordinates, kind), warnings


def _number(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.String).str.strip_chars().cast(pl.Float64, strict=False)


def _refuse(frame: pl.DataFrame, fault: pl.Expr, rule: str) -> None:
    found = frame.with_row_index("row").filter(fault)
    if found.is_empty():
        return
    row = found.row(0, named=True)
    rows = f"{found.height:,} rows" if found.height > 1 else "1 row"
    raise ScanError(f"{rule}: {rows}, first row {row['row'] + 1} ('{row['place']}').")
