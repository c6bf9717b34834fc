"""All the data of a scan, read from the files that a parameter file names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from commonweal.clusters import ScanResult, ScanSettings, scan
from commonweal.scan_files.case_file import read_events
from commonweal.scan_files.coordinates_file import Locations, read_coordinates, read_grid
from commonweal.scan_files.neighbours_file import read_neighbours
from commonweal.scan_files.parameter_file import Parameters
from commonweal.scan_files.population_file import read_max_circle_population, read_population
from commonweal.scan_files.problems import ScanFileError
from commonweal.scan_files.study_time import StudyTime

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class ScanInput:
    """The tables of a scan, as `commonweal.clusters.scan` takes them.

    Attributes:
        places: place, latitude, longitude (or x, y); None in a purely temporal scan.
        cases, controls: place, count, date, covariates.
        population: place, date, population, covariates.
        centres: coordinates of the centres, where they are not the places.
        neighbours: by place, the places in the order in which its window takes them in.
        circle_population: place, population: limits the circles.
        notices: what was left out, counted, in words.
    """

    cases: pl.DataFrame
    places: pl.DataFrame | None = None
    population: pl.DataFrame | None = None
    controls: pl.DataFrame | None = None
    centres: pl.DataFrame | None = None
    neighbours: dict[str, tuple[str, ...]] | None = None
    circle_population: pl.DataFrame | None = None
    covariates: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()

    def scan(
        self, settings: ScanSettings, *, progress: Progress | None = None, threads: int | None = None
    ) -> ScanResult:
        """Scan these data.

        Raises:
            ScanError: the data or the settings break a rule.
        """
        dated = self.population is not None and "date" in self.population.columns
        tables: dict[str, Any] = {
            "population": self.population,
            "controls": self.controls,
            "centres": self.centres,
            "neighbours": self.neighbours,
            "circle_population": self.circle_population,
        }
        return scan(
            self.cases,
            self.places,
            count="count",
            covariates=self.covariates,
            population_date="date" if dated else None,
            settings=settings,
            progress=progress,
            threads=threads,
            **{name: table for name, table in tables.items() if table is not None},
        )


def read_input(parameters: Parameters, time: StudyTime) -> ScanInput:
    """Read every data file that the analysis uses.

    Raises:
        ParameterError: a file that the analysis needs is not named.
        ScanFileError: a file is absent or breaks a rule.
    """
    temporal = parameters["AnalysisType"] in ("2", "6")
    model = parameters["ModelType"]
    keep_strangers = parameters["GeographicalCoordinatesCheckType"] == "1"
    keep_late = parameters["StudyPeriodCheckType"] == "1"
    neighbours = None
    locations: Locations | None = None
    if not temporal:
        if parameters.is_on("UseNeighborsFile"):
            neighbours = read_neighbours(
                _needed(parameters, "NeighborsFilename"), layout=parameters.layout("NeighborsFilename")
            )
        if neighbours is None or parameters.path("CoordinatesFile") is not None:
            locations = read_coordinates(
                _needed(parameters, "CoordinatesFile"),
                in_degrees=parameters["CoordinatesType"] == "1",
                layout=parameters.layout("CoordinatesFile"),
            )
    known = _known(locations, neighbours)
    if neighbours is not None and locations is not None:
        _check_neighbours(parameters, neighbours, set(locations.frame["place"]))
    options: dict[str, Any] = {"places": known, "keep_strangers": keep_strangers, "keep_late": keep_late}
    cases = read_events(_needed(parameters, "CaseFile"), time, layout=parameters.layout("CaseFile"), **options)
    controls = population = None
    notices = [*(locations.notices if locations else []), *cases.notices]
    if model == "1":
        controls = read_events(
            _needed(parameters, "ControlFile"),
            time,
            layout=parameters.layout("ControlFile"),
            what="controls",
            **options,
        )
        notices += controls.notices
    if model == "0":
        path = parameters.path("PopulationFile")
        if path is not None:
            population = read_population(
                path,
                time,
                layout=parameters.layout("PopulationFile"),
                places=known,
                keep_strangers=keep_strangers,
                covariates=len(cases.covariates),
            )
            notices += population.notices
        elif not temporal:
            _needed(parameters, "PopulationFile")
    circle_population = None
    if not temporal and parameters.is_on("UseMaxCirclePopulationFileOption"):
        found = read_max_circle_population(
            _needed(parameters, "MaxCirclePopulationFile"), layout=parameters.layout("MaxCirclePopulationFile")
        )
        circle_population = pl.DataFrame({"place": list(found), "population": list(found.values())})
    centres = None
    if not temporal and parameters.is_on("UseGridFile"):
        centres = read_grid(
            _needed(parameters, "GridFile"),
            in_degrees=parameters["CoordinatesType"] == "1",
            layout=parameters.layout("GridFile"),
        )
    return ScanInput(
        cases=cases.frame,
        places=None if locations is None else locations.frame,
        population=None if population is None else population.frame,
        controls=None if controls is None else controls.frame,
        centres=centres,
        neighbours=neighbours,
        circle_population=circle_population,
        covariates=cases.covariates,
        notices=tuple(notices),
    )


def _needed(parameters: Parameters, name: str) -> Path:
    path = parameters.path(name)
    if path is None:
        raise parameters.wrong(name, "This analysis needs that file; name it.")
    return path


def _known(locations: Locations | None, neighbours: dict[str, tuple[str, ...]] | None) -> set[str] | None:
    if locations is not None:
        return set(locations.frame["place"])
    if neighbours is not None:
        return set(neighbours).union(*neighbours.values())
    return None


def _check_neighbours(parameters: Parameters, neighbours: dict[str, tuple[str, ...]], places: set[str]) -> None:
    strangers = {name for order in neighbours.values() for name in order if name not in places}
    if strangers:
        raise ScanFileError(
            f"{len(strangers):,} of its locations are not in the coordinates file, such as '{min(strangers)}'.",
            file=_needed(parameters, "NeighborsFilename"),
        )
