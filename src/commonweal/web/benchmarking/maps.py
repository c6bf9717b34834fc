"""The map of the collaborative: boundaries where the workspace has them, else hexagons."""

from __future__ import annotations

import polars as pl

from commonweal import figures
from commonweal.datasets.workspace import Workspace
from commonweal.figures import Figure
from commonweal.places import hex_polygons, read_boundaries


def collaborative_map(
    workspace: Workspace, rows: pl.DataFrame, *, title: str, unit: str, decimals: int, source: str
) -> Figure:
    """Rows have code, area, value, comparison and status. Boundaries are any GeoJSON files in `boundaries/`."""
    codes = rows["code"].to_list()
    for path in sorted((workspace.path / "boundaries").glob("*.geojson")):
        shapes = read_boundaries(path)
        if all(code in shapes for code in codes):
            chosen = {code: shapes.to_geojson(code) for code in codes}
            return figures.area_map(chosen, rows, title=title, unit=unit, decimals=decimals, source=source)
    polygons = hex_polygons(workspace.collaborative, codes)
    return figures.hex_map(polygons, rows, title=title, unit=unit, decimals=decimals, source=source)
