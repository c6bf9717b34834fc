"""Maps of the clusters for other programs: KML (Google Earth) and shapefiles."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from commonweal.clusters import ScanResult
from commonweal.scan_files import number_texts as texts
from commonweal.scan_files.cluster_tables import positions

POINT, POLYGON = 1, 5
SHAPEFILE_CODE, SHAPEFILE_VERSION = 9994, 1000
WGS84 = (
    'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
)
Ring = Sequence[Sequence[float]]


def cluster_rings(result: ScanResult) -> Iterator[tuple[int, Ring]]:
    """The number and outline (longitude or x first) of each cluster that lies on the map."""
    for feature in result.to_geojson()["features"]:
        yield feature["properties"]["cluster"], feature["geometry"]["coordinates"][0]


def kml_text(result: ScanResult, *, title: str, with_locations: bool) -> str:
    """The clusters as outlines and, if asked for, their locations as points (KML 2.2)."""
    where = {place: (second, first) for place, first, second in positions(result)}
    parts = []
    for number, ring in cluster_rings(result):
        cluster = result.clusters[number - 1]
        told = [
            f"{cluster.observed} cases, {texts.amount(cluster.expected)} expected",
            *([f"{texts.day(cluster.start)} to {texts.day(cluster.end)}"] if cluster.start is not None else []),
            *([f"p = {cluster.p_value:.3f}"] if cluster.p_value is not None else []),
        ]
        corners = " ".join(f"{east:.6f},{north:.6f},0" for east, north in ring)
        parts.append(
            f"<Placemark><name>Cluster {number}</name><description>{escape('; '.join(told))}</description>"
            "<Polygon><outerBoundaryIs><LinearRing><coordinates>"
            f"{corners}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
        )
        if with_locations:
            parts += [
                f"<Placemark><name>{escape(place)}</name><Point><coordinates>"
                f"{where[place][0]:.6f},{where[place][1]:.6f},0</coordinates></Point></Placemark>"
                for place in cluster.location_ids
                if place in where
            ]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<name>{escape(title)}</name>\n" + "\n".join(parts) + "\n</Document></kml>\n"
    )


def polygon_shapes(rings: Sequence[Ring]) -> tuple[bytes, bytes]:
    """The .shp and .shx of a polygon a row."""
    records = []
    for ring in rings:
        # Outer rings run clockwise in a shapefile.
        corners = list(ring) if _area(ring) < 0 else list(ring)[::-1]
        box = _box(corners)
        points = b"".join(struct.pack("<2d", *corner) for corner in corners)
        records.append(struct.pack("<i4d3i", POLYGON, *box, 1, len(corners), 0) + points)
    return _shapefile(POLYGON, records, [corner for ring in rings for corner in ring])


def point_shapes(points: Sequence[Sequence[float]]) -> tuple[bytes, bytes]:
    """The .shp and .shx of a point a row."""
    return _shapefile(POINT, [struct.pack("<i2d", POINT, *point) for point in points], points)


def _shapefile(kind: int, records: Sequence[bytes], points: Sequence[Sequence[float]]) -> tuple[bytes, bytes]:
    shapes, index = b"", b""
    place = 50
    for number, record in enumerate(records, 1):
        words = len(record) // 2
        index += struct.pack(">2i", place, words)
        shapes += struct.pack(">2i", number, words) + record
        place += words + 4
    box = _box(points) if points else (0.0, 0.0, 0.0, 0.0)
    return _header(kind, len(shapes), box) + shapes, _header(kind, len(index), box) + index


def _header(kind: int, length: int, box: tuple[float, float, float, float]) -> bytes:
    return (
        struct.pack(">7i", SHAPEFILE_CODE, 0, 0, 0, 0, 0, (100 + length) // 2)
        + struct.pack("<2i", SHAPEFILE_VERSION, kind)
        + struct.pack("<8d", *box, 0, 0, 0, 0)
    )


def _box(points: Sequence[Sequence[float]]) -> tuple[float, float, float, float]:
    first, second = [point[0] for point in points], [point[1] for point in points]
    return min(first), min(second), max(first), max(second)


def _area(ring: Ring) -> float:
    return sum(x * ny - nx * y for (x, y), (nx, ny) in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2
