"""Coordinates files (.geo: location and two coordinates) and grid files (.grd: two coordinates)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from commonweal.scan_files.problems import Faults
from commonweal.scan_files.rows import Layout, read_rows

DEGREES = ("latitude", "longitude")
PLANE = ("x", "y")


@dataclass(frozen=True)
class Locations:
    """Locations with their coordinates.

    Attributes:
        frame: place, latitude, longitude (or x, y).
        notices: what was merged, counted, in words.
    """

    frame: pl.DataFrame
    notices: list[str] = field(default_factory=list)


def read_coordinates(path: Path, *, in_degrees: bool, layout: Layout | None = None) -> Locations:
    """Read a coordinates file.

    Args:
        in_degrees: latitude, then longitude, in decimal degrees (else x, then y, in any unit of length).

    Raises:
        ScanFileError: a row lacks a column, a coordinate is no number or out of range, or a location stands twice with
            different coordinates; says the rule, how many rows, and the first.
    """
    faults = Faults(path)
    titles = DEGREES if in_degrees else PLANE
    found: dict[str, tuple[float, float]] = {}
    repeats = 0
    for row in read_rows(path, layout):
        cells = [cell for cell in row.cells if cell]
        if len(cells) < 3:
            faults.add(f"fewer than 3 columns (location, {titles[0]}, {titles[1]})", line=row.line)
            continue
        if len(cells) > 3 and not in_degrees and _number(cells[3]) is not None:
            faults.add("more than two coordinates", line=row.line, column=4)
            continue
        pair = coordinate_pair(cells[1:3], titles, faults, row.line, first_column=2)
        if pair is None:
            continue
        if cells[0] in found:
            if found[cells[0]] != pair:
                faults.add("location stands twice with different coordinates", line=row.line, column=1, value=cells[0])
            repeats += 1
            continue
        found[cells[0]] = pair
    faults.refuse()
    notices = [f"{path.name}: {repeats:,} rows repeat a location and were merged."] if repeats else []
    frame = pl.DataFrame(
        {
            "place": list(found),
            titles[0]: [pair[0] for pair in found.values()],
            titles[1]: [pair[1] for pair in found.values()],
        },
        schema={"place": pl.String, titles[0]: pl.Float64, titles[1]: pl.Float64},
    )
    return Locations(frame, notices)


def read_grid(path: Path, *, in_degrees: bool, layout: Layout | None = None) -> pl.DataFrame:
    """The centres of the circles: latitude and longitude (or x and y), a row a centre.

    Raises:
        ScanFileError: a coordinate is missing, no number or out of range; says the rule, how many rows, and the first.
    """
    faults = Faults(path)
    titles = DEGREES if in_degrees else PLANE
    found = []
    for row in read_rows(path, layout):
        cells = [cell for cell in row.cells if cell]
        if len(cells) < 2:
            faults.add(f"fewer than 2 columns ({titles[0]}, {titles[1]})", line=row.line)
            continue
        pair = coordinate_pair(cells[:2], titles, faults, row.line, first_column=1)
        if pair is not None:
            found.append(pair)
    faults.refuse()
    return pl.DataFrame(found, schema={titles[0]: pl.Float64, titles[1]: pl.Float64}, orient="row")


def coordinate_pair(
    cells: list[str], titles: tuple[str, str], faults: Faults, line: int, *, first_column: int
) -> tuple[float, float] | None:
    """Two coordinates, latitude (or x) first; None, and a fault noted, where they are none."""
    values = []
    for offset, (text, title) in enumerate(zip(cells, titles, strict=True)):
        value = _number(text)
        if value is None:
            faults.add(f"{title} is not a number", line=line, column=first_column + offset, field=title, value=text)
            return None
        values.append(value)
    first, second = values
    if titles == DEGREES and not (-90 <= first <= 90 and -180 <= second <= 180):
        if abs(first) <= 180 and abs(second) <= 90:
            rule = "latitude is beyond 90 degrees: latitude and longitude seem to be swapped"
        elif max(abs(first), abs(second)) > 1000:
            rule = "these are not degrees but perhaps eastings and northings (use cartesian coordinates)"
        else:
            rule = "latitude must be from -90 to 90 and longitude from -180 to 180"
        faults.add(rule, line=line, column=first_column, field=titles[0], value=f"{cells[0]} {cells[1]}")
        return None
    return first, second


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
