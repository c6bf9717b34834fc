"""The tables of a scan under the names and columns that existing scripts expect: col, gis, rr, sci, llr."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from commonweal.clusters import Cluster, ScanResult
from commonweal.clusters.settings import BERNOULLI, SPACE_TIME_PERMUTATION
from commonweal.scan_files import number_texts as texts

LEAST_REPLICATES = 99
TEXT, NUMBER, LOGICAL = "C", "N", "L"


@dataclass(frozen=True)
class Column:
    """A column: its name, its dBase kind, width and decimals, and how its values are written in a text table."""

    name: str
    kind: str = NUMBER
    width: int = 19
    decimals: int = 0
    text: Callable[[Any], str] = str


@dataclass(frozen=True)
class Table:
    """A table by its ending ("col", "gis", ...)."""

    ending: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Any]]


def _degrees(value: float) -> str:
    return f"{value:.6f}"


def _logical(value: bool) -> str:
    return "T" if value else "F"


def identifier(result: ScanResult) -> Column:
    """The column of locations: 30 wide, or as the longest of them."""
    longest = max((len(place) for place in result.locations["place"]), default=0) if result.locations.width else 0
    return Column("LOC_ID", TEXT, min(254, max(30, longest)))


def whole(name: str) -> Column:
    return Column(name)


def measure(name: str, text: Callable[[float], str] = texts.amount) -> Column:
    return Column(name, decimals=10, text=text)


P_VALUE = Column("P_VALUE", decimals=17, text=texts.p_value_in_table)
POPULATION = Column("POPULATION", decimals=2, text=lambda value: f"{value:.2f}")
GINI = Column("GINI_CLUST", LOGICAL, 1, text=_logical)


def cluster_table(result: ScanResult) -> Table:
    """A row a cluster (*.col.*)."""
    settings = result.settings
    columns = [whole("CLUSTER"), identifier(result)]
    spherical = settings.coordinates == "latitude and longitude"
    on_map = settings.uses_space and all(cluster.centre is not None for cluster in result.clusters)
    elliptic = bool(settings.ellipse_shapes)
    if on_map:
        columns += [measure(name, _degrees) for name in (("LATITUDE", "LONGITUDE") if spherical else ("X", "Y"))]
        if elliptic:
            columns += [measure(name) for name in ("E_MINOR", "E_MAJOR", "E_ANGLE", "E_SHAPE")]
        else:
            columns.append(measure("RADIUS"))
    columns += [Column("START_DATE", TEXT, 16), Column("END_DATE", TEXT, 16), whole("NUMBER_LOC")]
    permutation = settings.model == SPACE_TIME_PERMUTATION
    if not permutation:
        columns.append(measure("LLR", _degrees))
    if permutation or elliptic:
        columns.append(measure("TEST_STAT", _degrees))
    columns += _significance_columns(result)
    columns += [whole("OBSERVED"), measure("EXPECTED"), measure("ODE")]
    if not permutation:
        columns.append(measure("REL_RISK"))
    populated = all(cluster.population is not None for cluster in result.clusters)
    if populated:
        columns.append(POPULATION)
    if settings.uses_space:
        columns.append(GINI)
    rows = []
    for number, cluster in enumerate(result.clusters, 1):
        row: list[Any] = [number, central_location(result, cluster)]
        if on_map:
            row += list(cluster.centre or ())
            radius = cluster.radius or 0.0
            if elliptic:
                shape = cluster.ellipse_shape or 1.0
                row += [radius, radius * shape, cluster.ellipse_angle or 0.0, shape]
            else:
                row.append(radius)
        start, end = _frame(result, cluster)
        row += [texts.day(start), texts.day(end), len(cluster.location_ids)]
        if not permutation:
            row.append(unpenalised(result, cluster))
        if permutation or elliptic:
            row.append(cluster.statistic)
        row += _significance(result, cluster)
        row += [cluster.observed, cluster.expected, cluster.ratio]
        if not permutation:
            row.append(texts.relative_risk(cluster.relative_risk or 0.0))
        if populated:
            row.append(cluster.population)
        if settings.uses_space:
            row.append(cluster.gini)
        rows.append(row)
    return Table("col", tuple(columns), rows)


def location_table(result: ScanResult, populations: Sequence[Mapping[str, float]] | None = None) -> Table:
    """A row a location of a cluster (*.gis.*).

    Args:
        populations: for each cluster, the population of each of its locations; see `member_populations`.
    """
    settings = result.settings
    rated = settings.model != SPACE_TIME_PERMUTATION
    spherical = settings.coordinates == "latitude and longitude"
    populated = all(cluster.population is not None for cluster in result.clusters)
    where = {place: (first, second) for place, first, second in positions(result)}
    columns = [identifier(result), whole("CLUSTER"), *_significance_columns(result)]
    columns += [whole("CLU_OBS"), measure("CLU_EXP"), measure("CLU_ODE")]
    if rated:
        columns.append(measure("CLU_RR"))
    if populated:
        columns.append(Column("CLU_POP", decimals=2, text=POPULATION.text))
    columns += [whole("LOC_OBS"), measure("LOC_EXP"), measure("LOC_ODE")]
    if rated:
        columns.append(measure("LOC_RR"))
    if populations is not None:
        columns.append(Column("LOC_POP", decimals=2, text=POPULATION.text))
    if where:
        names = ("LOC_LAT", "LOC_LONG") if spherical else ("LOC_X", "LOC_Y")
        columns += [measure(name, _degrees) for name in names]
    columns.append(GINI)
    rows = []
    for number, cluster in enumerate(result.clusters, 1):
        shared = [number, *_significance(result, cluster), cluster.observed, cluster.expected, cluster.ratio]
        if rated:
            shared.append(texts.relative_risk(cluster.relative_risk or 0.0))
        if populated:
            shared.append(cluster.population)
        for place, observed, expected in zip(
            cluster.location_ids, cluster.location_observed, cluster.location_expected, strict=False
        ):
            row = [place, *shared, observed, expected, observed / expected if expected > 0 else 0.0]
            if rated:
                row.append(texts.relative_risk(_risk(observed, expected, result.total_cases)))
            if populations is not None:
                row.append(populations[number - 1].get(place, 0.0))
            if where:
                row += list(where.get(place, (0.0, 0.0)))
            rows.append([*row, cluster.gini])
    return Table("gis", tuple(columns), rows)


def risk_table(result: ScanResult) -> Table | None:
    """A row a location of the study (*.rr.*); None for the permutation model, which estimates no risk, and for time."""
    if result.settings.model == SPACE_TIME_PERMUTATION or not result.settings.uses_space:
        return None
    columns = (identifier(result), whole("OBSERVED"), measure("EXPECTED"), measure("ODE"), measure("REL_RISK"))
    rows = []
    for place, observed, expected in result.locations.select("place", "observed", "expected").iter_rows():
        ratio = observed / expected if expected > 0 else 0.0
        rows.append(
            [place, observed, expected, ratio, texts.relative_risk(_risk(observed, expected, result.total_cases))]
        )
    return Table("rr", columns, rows)


def stratified_table(result: ScanResult) -> Table:
    """A row a cluster, data set and category (*.sci.*); there is one data set and one category."""
    rated = result.settings.model != SPACE_TIME_PERMUTATION
    populated = all(cluster.population is not None for cluster in result.clusters)
    columns = [whole("CLUSTER"), whole("DATASET"), whole("CATEGORY"), whole("OBSERVED")]
    columns += [measure("EXPECTED"), measure("ODE")]
    if rated:
        columns.append(measure("REL_RISK"))
    if populated:
        columns.append(POPULATION)
    share = result.settings.model == BERNOULLI
    if share:
        columns.append(measure("PCT_CASES", lambda value: f"{value:.1f}"))
    rows = []
    for number, cluster in enumerate(result.clusters, 1):
        row: list[Any] = [number, 1, 1, cluster.observed, cluster.expected, cluster.ratio]
        if rated:
            row.append(texts.relative_risk(cluster.relative_risk or 0.0))
        if populated:
            row.append(cluster.population)
        if share:
            row.append(percent_cases(cluster))
        rows.append(row)
    return Table("sci", tuple(columns), rows)


def simulated_table(result: ScanResult) -> Table:
    """The greatest statistic of each replicate, in replicate order (*.llr.*)."""
    name = "TST_STAT" if result.settings.model == SPACE_TIME_PERMUTATION else "LLR"
    return Table("llr", (measure(name, _degrees),), [[float(value)] for value in result.simulated])


def positions(result: ScanResult) -> list[tuple[str, float, float]]:
    """The places of the study with their coordinates (latitude or x first); none where they have none."""
    if result.locations.is_empty():
        return []
    return [row for row in result.locations.select("place", "first", "second").rows() if not math.isnan(row[1])]


def central_location(result: ScanResult, cluster: Cluster) -> str:
    """The location in which a cluster grew (from a point of a grid: the nearest); "All" in a purely temporal scan."""
    if not result.settings.uses_space or not cluster.location_ids:
        return "All"
    return cluster.centre_id if cluster.centre_id in cluster.location_ids else cluster.location_ids[0]


def unpenalised(result: ScanResult, cluster: Cluster) -> float:
    """The log likelihood ratio before the penalty on long ellipses."""
    shape = cluster.ellipse_shape
    if shape is None or result.settings.ellipse_penalty == 0:
        return cluster.statistic
    return cluster.statistic / (4 * shape / (shape + 1) ** 2) ** result.settings.ellipse_penalty


def percent_cases(cluster: Cluster) -> float:
    """Cases in a hundred of the cases and controls of a cluster."""
    return 100 * cluster.observed / cluster.population if cluster.population else 0.0


def _significance_columns(result: ScanResult) -> list[Column]:
    columns = []
    if result.settings.replicates >= LEAST_REPLICATES:
        columns.append(P_VALUE)
        if result.settings.is_prospective:
            columns.append(whole("RECURR_INT"))
    return columns


def _significance(result: ScanResult, cluster: Cluster) -> list[Any]:
    values: list[Any] = []
    if result.settings.replicates >= LEAST_REPLICATES:
        values.append(1.0 if cluster.p_value is None else cluster.p_value)
        if result.settings.is_prospective:
            values.append(max(1, round(cluster.recurrence_interval_days or 1)))
    return values


def _frame(result: ScanResult, cluster: Cluster) -> tuple[Any, Any]:
    start, end = result.settings.study_period or (None, None)
    return cluster.start if cluster.start is not None else start, cluster.end if cluster.end is not None else end


def _risk(observed: float, expected: float, total: float) -> float:
    outside, outside_expected = total - observed, total - expected
    if expected <= 0 or observed == 0:
        return 0.0
    if outside <= 0 or outside_expected <= 0:
        return float("inf")
    return (observed / expected) / (outside / outside_expected)
