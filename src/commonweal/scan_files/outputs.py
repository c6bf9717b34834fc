"""The files that a scan writes: all of them, or none."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import polars as pl

from commonweal.clusters import ScanResult
from commonweal.scan_files.cluster_tables import (
    Table,
    cluster_table,
    location_table,
    positions,
    risk_table,
    simulated_table,
    stratified_table,
)
from commonweal.scan_files.dbase import dbase_bytes
from commonweal.scan_files.map_files import WGS84, cluster_rings, kml_text, point_shapes, polygon_shapes
from commonweal.scan_files.mean_population import member_populations
from commonweal.scan_files.parameter_file import Parameters
from commonweal.scan_files.problems import ScanFileError
from commonweal.scan_files.report import report_text
from commonweal.scan_files.result_json import geojson
from commonweal.scan_files.text_table import table_text

TABLES = (
    ("Cluster File", "MostLikelyClusterEachCentroid", cluster_table),
    ("Stratified Cluster File", "MostLikelyClusterCaseInfoEachCentroid", stratified_table),
    ("Location File", "CensusAreasReportedClusters", None),
    ("Risk Estimates File", "IncludeRelativeRisksCensusAreas", risk_table),
    ("Simulated LLRs File", "SaveSimLLRs", simulated_table),
)
REPORT_ENDINGS = (".txt", ".out", ".res", ".csv")


def output_files(
    result: ScanResult,
    parameters: Parameters,
    report: Path,
    *,
    population: pl.DataFrame | None = None,
    notices: Sequence[str] = (),
    started: dt.datetime | None = None,
    also: Sequence[tuple[str, Path]] = (),
) -> dict[Path, bytes]:
    """The contents of the report and of every other file that the parameters ask for, by path.

    Args:
        report: the path of the report; the others take its name with an ending of their own.
        population: the population table, for that of single locations.
        notices: for the report: what was left out or done otherwise.
        also: label and path of files written besides, for the list in the report.
    """
    base = report.with_suffix("") if report.suffix.lower() in REPORT_ENDINGS else report
    contents: dict[Path, bytes] = {}
    listed: list[tuple[str, str]] = [("Main Results File", str(report))]

    def add(label: str, ending: str, content: bytes) -> None:
        path = base.with_name(f"{base.name}.{ending}")
        contents[path] = content
        listed.append((label, str(path)))

    def locations() -> Table:
        return location_table(result, member_populations(result, population))

    headings = parameters.is_on("PrintAsciiColumnHeaders")
    for label, name, make in TABLES:
        as_text, as_dbase = parameters.is_on(f"{name}ASCII"), parameters.is_on(f"{name}DBase")
        if not as_text and not as_dbase:
            continue
        table: Table | None = locations() if make is None else make(result)
        if table is None:
            continue
        if as_text:
            add(label, f"{table.ending}.txt", table_text(table, headings=headings).encode("utf-8"))
        if as_dbase:
            add(label, f"{table.ending}.dbf", dbase_bytes(table))
    on_map = any(cluster.centre is not None for cluster in result.clusters)
    if parameters.is_on("OutputGoogleEarthKML") and on_map and result.settings.coordinates != "cartesian":
        kml = kml_text(result, title=base.name, with_locations=parameters.is_on("IncludeClusterLocationsKML"))
        add("Google Earth File", "kml", kml.encode("utf-8"))
    if parameters.is_on("OutputGoogleMaps") and on_map:
        add("Map of the clusters", "clusters.geojson", geojson(result).encode("utf-8"))
    if parameters.is_on("OutputShapefiles") and on_map:
        for ending, content in _shapefiles(result, locations()).items():
            label = "Shapefile (Cluster)" if ending.startswith("col") else "Shapefile (Locations)"
            add(label, ending, content)
    text = report_text(
        result,
        parameters,
        notices=notices,
        files=[*listed, *((label, str(path)) for label, path in also)],
        started=started,
    )
    return {report: text.encode("utf-8"), **contents}


def _shapefiles(result: ScanResult, locations: Table) -> dict[str, bytes]:
    clusters = cluster_table(result)
    where = {place: (second, first) for place, first, second in positions(result)}
    if result.settings.coordinates == "cartesian":
        where = {place: (first, second) for place, (second, first) in where.items()}
    shapes, index = polygon_shapes([ring for _, ring in cluster_rings(result)])
    points, point_index = point_shapes([where[row[0]] for row in locations.rows])
    found = {
        "col.shp": shapes,
        "col.shx": index,
        "col.dbf": dbase_bytes(clusters),
        "gis.shp": points,
        "gis.shx": point_index,
        "gis.dbf": dbase_bytes(locations),
    }
    if result.settings.coordinates != "cartesian":
        found |= {"col.prj": WGS84.encode(), "gis.prj": WGS84.encode()}
    return found


def check_folders(paths: Iterable[Path]) -> None:
    """See to it, before a long scan, that what it finds can be written.

    Raises:
        ScanFileError: a folder is absent or cannot be written to, or a path is that of a folder.
    """
    for path in paths:
        if not path.parent.is_dir():
            raise ScanFileError(f"it cannot be written: there is no folder {path.parent}.", file=path)
        if path.is_dir():
            raise ScanFileError("it cannot be written: it is a folder.", file=path)
        if not os.access(path.parent, os.W_OK):
            raise ScanFileError(f"it cannot be written: the folder {path.parent} is read-only.", file=path)


def write_files(contents: Mapping[Path, bytes]) -> None:
    """Write all files, or none: each is written beside its place under another name, and renamed once all are whole.

    Raises:
        ScanFileError: a folder is absent or cannot be written to.
    """
    waiting: list[tuple[str, Path]] = []
    try:
        for path, content in contents.items():
            try:
                handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
            except OSError as error:
                raise ScanFileError(f"it cannot be written ({error.strerror}).", file=path) from None
            waiting.append((name, path))
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            # mkstemp makes files that nobody else may read; a result has the rights that a new file has.
            os.chmod(name, 0o666 & ~_umask())
        while waiting:
            name, path = waiting[0]
            try:
                os.replace(name, path)
            except OSError as error:
                raise ScanFileError(f"it cannot be written ({error.strerror}).", file=path) from None
            waiting.pop(0)
    finally:
        for name, _ in waiting:
            with contextlib.suppress(OSError):
                os.unlink(name)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
