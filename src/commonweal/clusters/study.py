"""A study made ready: tables read, checked and turned into arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from narwhals.typing import IntoDataFrame
from numpy.typing import NDArray

from commonweal.clusters import data_sets
from commonweal.clusters.case_table import LEAVE_OUT, Admission, Columns, read_counts
from commonweal.clusters.measure import (
    Measure,
    bernoulli_measure,
    constant_measure,
    count_table,
    permutation_measure,
    poisson_measure,
    weekday,
)
from commonweal.clusters.places import Places, read_places
from commonweal.clusters.population import read_population
from commonweal.clusters.problems import ScanError
from commonweal.clusters.settings import BERNOULLI, POISSON, SPACE_TIME_PERMUTATION, ScanSettings
from commonweal.clusters.simulation import CaseSample
from commonweal.clusters.study_period import StudyPeriod, TimeWindows, time_windows
from commonweal.clusters.windows import Limit
from commonweal.stats.frames import as_polars

FEWEST_CASES = 2
EVERYWHERE = ("all",)


@dataclass(frozen=True)
class Study:
    """What a scan needs to know.

    Attributes:
        identifiers: of the places, in the order of their indexes.
        places: with coordinates; None where the scan needs none.
        centres: where windows grow from; None for the places themselves.
        lists: with neighbour lists, indexes of the places of each, its centre first; else None.
        cases: columns `place`, `interval`, `day`, `count`, `stratum`.
        observed_time, simulated_time: windows of the data and of the replicates.
        population: mean people by place and interval, or None.
        limits: of the windows in space.
    """

    settings: ScanSettings
    period: StudyPeriod
    observed_time: TimeWindows
    simulated_time: TimeWindows
    identifiers: tuple[str, ...]
    places: Places | None
    centres: Places | None
    lists: list[list[int]] | None
    cases: pl.DataFrame
    controls: pl.DataFrame | None
    measure: Measure
    population: NDArray[np.float64] | None
    limits: tuple[Limit, ...]
    warnings: tuple[str, ...]

    @property
    def total_cases(self) -> int:
        return int(self.cases["count"].sum())

    def data_set(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Places, intervals and cases."""
        return (
            self.cases["place"].to_numpy().astype(np.int64),
            self.cases["interval"].to_numpy().astype(np.int64),
            self.cases["count"].to_numpy(),
        )

    def sample(self) -> CaseSample:
        """The cases one by one."""
        stratum = self.cases["stratum"].rank("dense").to_numpy().astype(np.int32) - 1
        place, interval, count = self.data_set()
        return CaseSample(
            np.repeat(place, count).astype(np.int32),
            np.repeat(interval, count).astype(np.int32),
            np.repeat(stratum, count).astype(np.int32),
        )

    def without(self, places: NDArray[np.int32], start: int, end: int) -> Study:
        """The study without the cases and the measure of some places from interval `start` to `end`.

        What is expected elsewhere is scaled so that it is again the cases (Bernoulli: controls stay what they are).
        """
        gone = pl.col("place").is_in(places.tolist()) & pl.col("interval").is_between(start, end)
        cases = self.cases.filter(~gone)
        left = self.measure.by_interval.copy()
        left[places, start : end + 1] = 0
        total = float(left.sum())
        if self.settings.model != BERNOULLI and total > 0:
            left *= float(cases["count"].sum()) / total
            total = float(cases["count"].sum())
        return replace(self, cases=cases, measure=replace(self.measure, by_interval=left, total=total))

    def draw(self) -> data_sets.Draw:
        """What makes its replicates."""
        settings, measure, seed = self.settings, self.measure.by_interval, self.settings.seed
        if settings.model == SPACE_TIME_PERMUTATION:
            sample = self.sample()
            return data_sets.permutation(sample.place, sample.interval, sample.stratum, seed)
        if settings.model == BERNOULLI:
            return data_sets.bernoulli(measure, self.total_cases, seed)
        if settings.spatial_adjustment == "stratified":
            counts = count_table(self.cases, len(self.identifiers), self.period.intervals)
            return data_sets.poisson_within_places(measure, counts.sum(axis=1), seed)
        return data_sets.poisson(measure, self.total_cases, seed)


@dataclass(frozen=True)
class Tables:
    """The tables of a study and the names of their columns, as `scan` takes them."""

    cases: IntoDataFrame
    places: IntoDataFrame | None
    population: IntoDataFrame | None
    controls: IntoDataFrame | None
    centres: IntoDataFrame | None
    neighbours: Mapping[str, Sequence[str]] | Sequence[Sequence[str]] | None
    circle_population: IntoDataFrame | None
    place: str
    count: str | None
    date: str
    covariates: tuple[str, ...]
    coordinates: tuple[str, str]
    population_count: str
    population_date: str | None
    admission: Admission


def make_study(tables: Tables, settings: ScanSettings) -> Study:
    """Read and check every table.

    Raises:
        ScanError: a table is missing, or breaks a rule.
        ColumnError: a column is absent.
    """
    period = StudyPeriod.of(settings)
    observed_time, simulated_time = time_windows(settings, period)
    warnings: list[str] = []
    places, centres, lists, identifiers = _where(tables, settings, warnings)
    index = None if identifiers == EVERYWHERE else {name: number for number, name in enumerate(identifiers)}
    columns = Columns(
        tables.place,
        tables.count,
        tables.date,
        () if settings.model == BERNOULLI else tables.covariates,
    )

    def counted(data: IntoDataFrame, called: str) -> pl.DataFrame:
        found, more = read_counts(
            data,
            columns,
            place_index=index,
            period=period,
            needs_dates=settings.uses_time,
            admission=tables.admission,
            called=called,
        )
        warnings.extend(more)
        return found

    cases = counted(tables.cases, "cases")
    number = int(cases["count"].sum())
    if number < FEWEST_CASES:
        raise ScanError(f"A scan needs at least {FEWEST_CASES} cases in the study; there are {number}.")
    if settings.day_of_week_adjustment and settings.model == SPACE_TIME_PERMUTATION:
        names = [f"{name}|{day}" for name, day in zip(cases["stratum"], weekday(cases["day"].to_numpy()), strict=True)]
        cases = cases.with_columns(stratum=pl.Series(names))
    _refuse_needless_tables(tables, settings)
    controls, population = None, None
    if settings.model == BERNOULLI:
        if tables.controls is None:
            raise ScanError("The Bernoulli model needs a table of controls.")
        controls = counted(tables.controls, "controls")
        measure = bernoulli_measure(cases, controls, len(identifiers), period)
        if measure.total <= number:
            raise ScanError("There are no controls in the study.")
    elif settings.model == SPACE_TIME_PERMUTATION:
        measure = permutation_measure(cases, len(identifiers), period)
    elif tables.population is None:
        if settings.uses_space:
            raise ScanError("The Poisson model needs a table of populations.")
        measure = constant_measure(cases, period, settings)
    else:
        known, more = read_population(
            tables.population,
            place=tables.place,
            population=tables.population_count,
            date=tables.population_date,
            covariates=tables.covariates,
            place_index=index,
            leave_out_unknown=tables.admission.unknown_places == LEAVE_OUT,
            generic_time=settings.interval_unit == "generic",
        )
        warnings += more
        if settings.study_period is None and len(known.census_days) > 1:
            raise ScanError("Populations of several dates need a study period to be interpolated over.")
        measure = poisson_measure(cases, known, period, settings, list(identifiers))
        population = known.mean_people(period)
    return Study(
        settings,
        period,
        observed_time,
        simulated_time,
        identifiers,
        places,
        centres,
        lists,
        cases,
        controls,
        measure,
        population,
        tuple(_limits(tables, settings, measure, index)),
        tuple(warnings),
    )


def _where(
    tables: Tables, settings: ScanSettings, warnings: list[str]
) -> tuple[Places | None, Places | None, list[list[int]] | None, tuple[str, ...]]:
    if not settings.uses_space:
        return None, None, None, EVERYWHERE
    places = centres = None
    first, second = tables.coordinates
    if tables.places is not None:
        places, more = read_places(
            tables.places, place=tables.place, first=first, second=second, kind=settings.coordinates
        )
        warnings += more
    if tables.neighbours is not None:
        return places, None, *_neighbour_lists(tables.neighbours, places)
    if places is None:
        raise ScanError(f"A {settings.analysis} scan needs a table of places with their coordinates.")
    if tables.centres is not None:
        frame = as_polars(tables.centres, [first, second])
        if tables.place not in frame.columns:
            frame = frame.with_row_index(tables.place, offset=1)
        centres, more = read_places(
            frame, place=tables.place, first=first, second=second, kind=settings.coordinates, called="centres"
        )
        warnings += more
    return places, centres, None, places.identifiers


def _neighbour_lists(
    neighbours: Mapping[str, Sequence[str]] | Sequence[Sequence[str]], places: Places | None
) -> tuple[list[list[int]], tuple[str, ...]]:
    if isinstance(neighbours, Mapping):
        named = [
            [str(place), *(str(name) for name in near if str(name) != str(place))] for place, near in neighbours.items()
        ]
    else:
        named = [[str(name) for name in near] for near in neighbours]
    if not named or any(not near for near in named):
        raise ScanError("Every neighbour list must name at least one place.")
    identifiers = places.identifiers if places is not None else tuple(sorted({name for near in named for name in near}))
    index = {name: number for number, name in enumerate(identifiers)}
    for number, near in enumerate(named, 1):
        unknown = [name for name in near if name not in index]
        if unknown:
            raise ScanError(f"Neighbour list {number} names '{unknown[0]}', which is not among the places.")
        if len(set(near)) < len(near):
            raise ScanError(f"Neighbour list {number} (of '{near[0]}') names a place twice.")
    return [[index[name] for name in near] for near in named], identifiers


def _limits(tables: Tables, settings: ScanSettings, measure: Measure, index: dict[str, int] | None) -> list[Limit]:
    limits: list[Limit] = []
    if not settings.uses_space:
        return limits
    if settings.max_population_share is not None:
        limits.append(Limit(measure.size, settings.max_population_share * float(measure.size.sum())))
    if settings.max_circle_population_share is not None:
        if tables.circle_population is None or index is None:
            raise ScanError("max_circle_population_share needs a table of circle_population.")
        known, _ = read_population(
            tables.circle_population,
            place=tables.place,
            population=tables.population_count,
            date=None,
            covariates=(),
            place_index=index,
            leave_out_unknown=True,
        )
        weight = known.people.sum(axis=(1, 2))
        limits.append(Limit(weight, settings.max_circle_population_share * float(weight.sum())))
    return limits


def _refuse_needless_tables(tables: Tables, settings: ScanSettings) -> None:
    if tables.controls is not None and settings.model != BERNOULLI:
        raise ScanError(f"The {settings.model} model takes no controls.")
    if tables.population is not None and settings.model != POISSON:
        raise ScanError(f"The {settings.model} model takes no populations.")
    if tables.covariates and settings.model == BERNOULLI:
        raise ScanError("The Bernoulli model takes no covariates.")
    if tables.covariates and settings.model == POISSON and tables.population is None:
        raise ScanError("Covariates need a table of populations by the same covariates.")
    changes_daily = settings.max_population_share is not None
    is_steady = settings.max_distance is not None or settings.max_circle_population_share is not None
    if settings.adjust_for_earlier_analyses and settings.uses_space and changes_daily and not is_steady:
        raise ScanError(
            "A scan adjusted for earlier analyses needs a limit that does not change from day to day: "
            "max_distance or max_circle_population_share."
        )
