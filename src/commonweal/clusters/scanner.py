"""Scans of the same places again and again: who is near whom is found once and kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from narwhals.typing import IntoDataFrame
from numpy.typing import NDArray

from commonweal.clusters.batches import Progress
from commonweal.clusters.candidates import spatial_windows
from commonweal.clusters.case_table import LEAVE_OUT, REFUSE, Admission
from commonweal.clusters.dates import as_date
from commonweal.clusters.near_places import lengths_within, near_places
from commonweal.clusters.places import Places, read_places
from commonweal.clusters.problems import ScanError
from commonweal.clusters.result import ScanResult
from commonweal.clusters.scan import scan_study
from commonweal.clusters.settings import CARTESIAN, PROSPECTIVE_SPACE_TIME, SPACE_TIME_PERMUTATION, ScanSettings, When
from commonweal.clusters.study import Study, Tables, make_study
from commonweal.clusters.windows import Limit, SpatialWindows
from commonweal.stats.frames import like

MOST_PLACES = 20_000
"""Every place beside every other: beyond this many the table passes 1.6 GB."""


@dataclass(frozen=True)
class NeighbourTable:
    """Who is near whom: plain arrays that a caller may save, and give to the next `Scanner`.

    Attributes:
        order: `order[centre, rank]` is a place by distance from the centre, -1 beyond a row's end.
        length: how many places of each row lie within the greatest distance, shape (centres,).
    """

    order: NDArray[np.int32]
    length: NDArray[np.int32]


class Scanner:
    """Scans the same places for one day after the other.

    Everything but the cases and the study period is settled once; `scan` then gives what the function `scan` gives.
    """

    def __init__(
        self,
        places: IntoDataFrame,
        *,
        model: str = SPACE_TIME_PERMUTATION,
        analysis: str = PROSPECTIVE_SPACE_TIME,
        neighbour_table: NeighbourTable | None = None,
        place: str = "place",
        count: str | None = None,
        date: str = "date",
        covariates: Sequence[str] = (),
        latitude: str = "latitude",
        longitude: str = "longitude",
        x: str = "x",
        y: str = "y",
        unknown_places: str = REFUSE,
        threads: int | None = None,
        progress: Progress | None = None,
        **choices: Any,
    ) -> None:
        """Find the neighbours of every place, unless `neighbour_table` holds them.

        Args:
            places: columns `place` and `latitude`, `longitude` (or `x`, `y`).
            model, analysis, choices: as for `scan`.
            neighbour_table: the one of an earlier Scanner for the same places and `max_distance`.
            place, count, date, covariates, latitude, longitude, x, y, unknown_places: as for `scan`.
            threads: at most so many; by default one a core. Results do not depend on it.
            progress: called with places done and all of them while neighbours are looked for.

        Raises:
            ScanError: a setting or the places break a rule, or the table is one for other places.
        """
        self._places, self._choices, self._threads = places, {"model": model, "analysis": analysis, **choices}, threads
        self._columns: dict[str, Any] = {
            "place": place, "count": count, "date": date, "covariates": tuple(covariates),
            "admission": Admission(unknown_places, LEAVE_OUT),
        }  # fmt: skip
        kind = choices.get("coordinates", "latitude and longitude")
        self._coordinates = (x, y) if kind == CARTESIAN else (latitude, longitude)
        if choices.get("ellipse_shapes"):
            raise ScanError("A Scanner keeps circles only: use scan() for ellipses.")
        first, second = self._coordinates
        known, _ = read_places(places, place=place, first=first, second=second, kind=kind)
        if neighbour_table is None and choices.get("max_distance") is None and len(known) > MOST_PLACES:
            raise ScanError(
                f"A Scanner of {len(known):,} places without max_distance would need too much memory: give "
                f"max_distance, or use scan()."
            )
        if neighbour_table is None:
            neighbour_table = NeighbourTable(*self._near(known, choices.get("max_distance"), progress))
        elif len(neighbour_table.length) != len(known) or int(neighbour_table.order.max(initial=-1)) >= len(known):
            raise ScanError(
                f"The saved neighbour table is for {len(neighbour_table.length):,} places; there are {len(known):,}. "
                "Make it again."
            )
        self.neighbour_table = neighbour_table

    def _near(self, known: Places, max_distance: float | None, progress: Progress | None) -> tuple[NDArray, NDArray]:
        return near_places(
            known.points, known.points, known.tie_rank, max_distance=max_distance, threads=self._threads,
            progress=progress,
        )  # fmt: skip

    def settings(self, study_period: tuple[When | str, When | str]) -> ScanSettings:
        """The settings of the scan of a study period."""
        unit = self._choices.get("interval_unit", "day")
        start, end = (as_date(day, unit) for day in study_period)
        return ScanSettings.from_choices(study_period=(start, end), **self._choices)

    def scan(
        self,
        cases: IntoDataFrame,
        study_period: tuple[When | str, When | str],
        *,
        population: IntoDataFrame | None = None,
        controls: IntoDataFrame | None = None,
        population_count: str = "population",
        population_date: str | None = None,
        progress: Progress | None = None,
    ) -> ScanResult:
        """Scan the cases of a study period; cases outside it are left out with a warning.

        Args:
            cases: as for `scan`.
            study_period: its first and last day.
            population, controls, population_count, population_date: as for `scan`.
            progress: called with replicates done and asked for.

        Raises:
            ScanError: the data break a rule.
        """
        tables = Tables(
            cases=cases, places=self._places, population=population, controls=controls, centres=None, neighbours=None,
            circle_population=None, coordinates=self._coordinates, population_count=population_count,
            population_date=population_date, **self._columns,
        )  # fmt: skip
        study = make_study(tables, self.settings(study_period))

        def as_cases(frame: pl.DataFrame) -> Any:
            return like(cases, frame)

        return scan_study(study, self._windows(study), progress=progress, threads=self._threads, as_input=as_cases)

    def _windows(self, study: Study) -> SpatialWindows:
        if not study.settings.uses_space or study.settings.include_purely_temporal:
            return spatial_windows(study)
        table, limits = self.neighbour_table, study.limits
        length = lengths_within(table.order, table.length, _weights(limits, len(table.length)), _most(limits))
        one = np.ones(len(length))
        centre = np.arange(len(length), dtype=np.int32)
        return SpatialWindows(table.order, length, centre, one, np.zeros(len(length)), one)


def _weights(limits: Sequence[Limit], places: int) -> NDArray[np.float64]:
    return np.array([limit.weight for limit in limits], dtype=np.float64).reshape(len(limits), places)


def _most(limits: Sequence[Limit]) -> NDArray[np.float64]:
    return np.array([limit.most for limit in limits], dtype=np.float64)
