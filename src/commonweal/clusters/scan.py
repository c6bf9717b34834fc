"""The scan: cases and places in, clusters out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from narwhals.typing import IntoDataFrame

from commonweal.clusters.result import ScanResult
from commonweal.clusters.settings import ScanSettings, When

Progress = Callable[[int, int], None]


def scan(
    cases: IntoDataFrame,
    places: IntoDataFrame | None = None,
    *,
    model: str | None = None,
    analysis: str | None = None,
    study_period: tuple[When | str, When | str] | None = None,
    population: IntoDataFrame | None = None,
    controls: IntoDataFrame | None = None,
    centres: IntoDataFrame | None = None,
    neighbours: Mapping[str, Sequence[str]] | Sequence[Sequence[str]] | None = None,
    circle_population: IntoDataFrame | None = None,
    place: str = "place",
    count: str | None = None,
    date: str = "date",
    covariates: Sequence[str] = (),
    latitude: str = "latitude",
    longitude: str = "longitude",
    x: str = "x",
    y: str = "y",
    population_count: str = "population",
    population_date: str | None = None,
    unknown_places: str = "refuse",
    dates_outside: str = "leave out",
    settings: ScanSettings | None = None,
    progress: Progress | None = None,
    threads: int | None = None,
    **choices: Any,
) -> ScanResult:
    """Find clusters with a scan statistic: `choices` are the attributes of `ScanSettings`."""
    raise NotImplementedError
