"""Areas on a map: by their boundaries, or as hexagons of equal size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from commonweal.figures.figure import Figure
from commonweal.figures.numbers import format_number
from commonweal.figures.palette import INK, style
from commonweal.figures.ranked import ABSENT
from commonweal.figures.scales import NARROW, needs, specification, unit_suffix

SIZE = 420
LINE_LENGTH = 11
COLUMNS = ("code", "area", "value", "comparison", "status")


def hex_map(
    polygons: Mapping[str, list[tuple[float, float]]],
    frame: pl.DataFrame,
    *,
    title: str,
    unit: str,
    decimals: int,
    source: str,
) -> Figure:
    """A hexagon for each area, filled by its comparison and marked with name, value and symbol.

    Args:
        polygons: corners by code, y downwards.
        frame: columns code, area, value, comparison, status.

    Raises:
        FigureError: a column is absent or there is no row.
    """
    needs(frame, COLUMNS, "The map")
    drawn = f"Every area the same size · {source}"
    wide, narrow = _hexagons(polygons, frame, unit, decimals, SIZE), _hexagons(polygons, frame, unit, decimals, NARROW)
    return _figure(wide, frame, title, unit, decimals, drawn, narrow)


def _hexagons(
    polygons: Mapping[str, list[tuple[float, float]]], frame: pl.DataFrame, unit: str, decimals: int, size: int
) -> alt.TopLevelMixin:
    edges, middles = [], []
    for row in frame.iter_rows(named=True):
        corners = polygons[row["code"]]
        for number, (x, y) in enumerate([*corners, corners[0]]):
            edges.append({"code": row["code"], "x": x, "y": -y, "n": number, "comparison": _word(row)})
        middle_x = sum(x for x, _ in corners) / len(corners)
        middle_y = -sum(y for _, y in corners) / len(corners)
        middles += _lines(row, middle_x, middle_y, unit, decimals)
    xs, ys = [edge["x"] for edge in edges], [edge["y"] for edge in edges]
    span_x, span_y = max(xs) - min(xs), max(ys) - min(ys)
    unit_length = size / max(span_x, span_y, 5)
    shapes = []
    frame_scale = {
        "x": alt.X("x:Q", scale=alt.Scale(domain=[min(xs), max(xs)], nice=False, zero=False), axis=None),
        "y": alt.Y("y:Q", scale=alt.Scale(domain=[min(ys), max(ys)], nice=False, zero=False), axis=None),
    }
    for code in frame["code"]:
        part = [edge for edge in edges if edge["code"] == code]
        look = style(part[0]["comparison"])
        shapes.append(
            alt.Chart(alt.InlineData(values=part))
            .mark_line(fill=look.ground, stroke=look.ink, strokeWidth=2.5, strokeJoin="round")
            .encode(**frame_scale, order="n:Q")
        )
    labels = [
        alt.Chart(alt.InlineData(values=[line]))
        .mark_text(fontSize=line["size"], fontWeight=line["weight"], color=INK, dy=line["dy"])
        .encode(**frame_scale, text="text:N")
        for line in middles
    ]
    return alt.layer(*shapes, *labels).properties(width=span_x * unit_length, height=span_y * unit_length)


def area_map(
    features: Mapping[str, dict[str, Any]],
    frame: pl.DataFrame,
    *,
    title: str,
    unit: str,
    decimals: int,
    source: str,
) -> Figure:
    """Boundaries filled by comparison, each marked with its name and symbol.

    Args:
        features: GeoJSON geometries by code.
        frame: columns code, area, value, comparison, status.

    Raises:
        FigureError: a column is absent or there is no row.
    """
    from shapely.geometry import mapping, shape
    from shapely.geometry.polygon import orient

    needs(frame, COLUMNS, "The map")
    shapes, points = [], []
    for row in frame.iter_rows(named=True):
        geometry = shape(features[row["code"]])
        # Vega reads rings clockwise, the other way round from the GeoJSON standard.
        parts = [orient(part, -1) for part in getattr(geometry, "geoms", [geometry]) if part.geom_type == "Polygon"]
        for part in parts:
            shapes.append({"type": "Feature", "geometry": mapping(part), "properties": {"comparison": _word(row)}})
        point = max(parts, key=lambda part: part.area).representative_point()
        symbol = style(_word(row)).symbol
        points.append({"lon": point.x, "lat": point.y, "text": f"{row['area']} {symbol}".strip()})
    layers = []
    for word in sorted({shape_["properties"]["comparison"] for shape_ in shapes}):
        look = style(word)
        part = [shape_ for shape_ in shapes if shape_["properties"]["comparison"] == word]
        layers.append(
            alt.Chart(alt.InlineData(values=part)).mark_geoshape(
                fill=look.ground, stroke=look.ink, strokeWidth=1.2, strokeJoin="round"
            )
        )
    names = (
        alt.Chart(alt.InlineData(values=points))
        .mark_text(fontSize=11, fontWeight="bold", color=INK)
        .encode(longitude="lon:Q", latitude="lat:Q", text="text:N")
    )
    chart = alt.layer(*layers, names).properties(width=SIZE + 60, height=SIZE).project(type="mercator")
    return _figure(chart, frame, title, unit, decimals, source)


def _word(row: Mapping[str, Any]) -> str:
    return str(row["comparison"]) if row["value"] is not None else "not compared"


def _lines(row: Mapping[str, Any], x: float, y: float, unit: str, decimals: int) -> list[dict[str, Any]]:
    """Name, and value with symbol, centred in the hexagon."""
    words, names = row["area"].split(" "), [""]
    for word in words:
        if names[-1] and len(names[-1]) + len(word) >= LINE_LENGTH:
            names.append("")
        names[-1] = f"{names[-1]} {word}".strip()
    if row["value"] is None:
        figure = ABSENT.get(row["status"], "no value")
    else:
        symbol = style(row["comparison"]).symbol
        figure = f"{format_number(row['value'], decimals)}{unit_suffix(unit)} {symbol}".strip()
    lines = [*names, figure]
    top = -13 * (len(lines) - 1) / 2
    return [
        {
            "x": x,
            "y": y,
            "text": line,
            "dy": top + 13 * number,
            "size": 11 if number < len(names) else 12,
            "weight": "normal" if number < len(names) else "bold",
        }
        for number, line in enumerate(lines)
    ]


def _figure(
    chart: alt.TopLevelMixin,
    frame: pl.DataFrame,
    title: str,
    unit: str,
    decimals: int,
    source: str,
    narrow: alt.TopLevelMixin | None = None,
) -> Figure:
    told = [
        f"{row['area']}: {_word(row)}, {format_number(row['value'], decimals)}{unit_suffix(unit)}"
        if row["value"] is not None
        else f"{row['area']}: {ABSENT.get(row['status'], 'no value')}"
        for row in frame.iter_rows(named=True)
    ]
    described = "Map. " + "; ".join(told) + "."
    small = None if narrow is None else specification(narrow)
    return Figure(title, described, source, specification(chart), frame, "map", small)
