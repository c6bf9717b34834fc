"""Person-time: populations of census dates, interpolated in between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from narwhals.typing import IntoDataFrame
from numpy.typing import NDArray

from commonweal.clusters.case_table import stratum
from commonweal.clusters.dates import NOT_A_DATE, parse_census
from commonweal.clusters.problems import ScanError
from commonweal.clusters.study_period import StudyPeriod
from commonweal.stats.frames import as_polars

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Population:
    """People by place, covariate stratum and census date.

    Attributes:
        people: shape (places, strata, census dates).
        strata: index of each stratum, by its covariates joined by a bar.
        census_days: day numbers, ascending, shape (census dates,).
    """

    people: Floats
    strata: dict[str, int]
    census_days: NDArray[np.int64]

    def weights(self, period: StudyPeriod) -> Floats:
        """Days that each census counts for in each interval, shape (census dates, intervals).

        The population is linear between census dates and constant before the first and after the last; this is the
        integral of that line over the interval.
        """
        inner = self.census_days[(self.census_days > period.boundaries[0]) & (self.census_days < period.boundaries[-1])]
        grid = np.unique(np.concatenate([period.boundaries, inner])).astype(float)
        piece = np.searchsorted(period.boundaries, grid[:-1], side="right") - 1
        weights = np.zeros((len(self.census_days), period.intervals))
        for number in range(len(self.census_days)):
            share = np.interp(grid, self.census_days, np.eye(len(self.census_days))[number])
            area = np.diff(grid) * (share[:-1] + share[1:]) / 2
            weights[number] = np.bincount(piece, area, minlength=period.intervals)
        return weights

    def mean_people(self, period: StudyPeriod) -> Floats:
        """Mean people by place and interval, shape (places, intervals)."""
        return self.people.sum(axis=1) @ (self.weights(period) / np.diff(period.boundaries))


def read_population(
    data: IntoDataFrame,
    *,
    place: str,
    population: str,
    date: str | None,
    covariates: Sequence[str],
    place_index: dict[str, int] | None,
    leave_out_unknown: bool,
    generic_time: bool = False,
) -> tuple[Population, list[str]]:
    """Populations from a table, and warnings. A census given by its year stands for 1 July, by its month for the 15th.

    Args:
        place, population, date: columns; without `date` the population is constant.
        covariates: columns of the strata of indirect standardisation.
        place_index: index of each known place; None where places do not matter.
        leave_out_unknown: whether populations of unknown places are left out with a warning.
        generic_time: whether dates are whole numbers.

    Raises:
        ScanError: a population that is negative or missing, a date that cannot be read, an unknown place, or a place
            that some census dates lack.
        ColumnError: a column is absent.
    """
    wanted = [population, *covariates, *([date] if date else []), *([place] if place_index is not None else [])]
    frame = as_polars(data, wanted)
    if frame.is_empty():
        raise ScanError("The table of populations is empty.")
    rows = frame.select(
        name=pl.col(place).cast(pl.String).str.strip_chars() if place_index is not None else pl.lit("all"),
        people=pl.col(population).cast(pl.String).str.strip_chars().cast(pl.Float64, strict=False),
        stratum=stratum(covariates),
        day=_census_days(frame[date], generic_time) if date else pl.lit(0, dtype=pl.Int64),
    ).with_row_index("row")
    _refuse(rows, ~pl.col("people").is_finite().fill_null(False), f"'{population}' is missing or not a number")
    _refuse(rows, pl.col("people") < 0, f"'{population}' is negative")
    _refuse(rows, pl.col("stratum").is_null(), "A covariate of the population is missing")
    _refuse(rows, pl.col("day") == NOT_A_DATE, f"A census date in '{date}' is missing or cannot be read")
    warnings: list[str] = []
    index = {"all": 0} if place_index is None else place_index
    rows = rows.with_columns(place=pl.col("name").replace_strict(index, default=None, return_dtype=pl.Int32))
    unknown = rows.filter(pl.col("place").is_null())
    if not unknown.is_empty():
        if not leave_out_unknown:
            _refuse(rows, pl.col("place").is_null(), "The population is of an unknown place")
        warnings.append(
            f"Left out: {unknown.height:,} rows of population, of {unknown['name'].n_unique():,} unknown places."
        )
        rows = rows.filter(pl.col("place").is_not_null())
    if rows.is_empty():
        raise ScanError("No population is of a known place.")
    days = np.unique(rows["day"].to_numpy())
    uneven = rows.group_by("name").agg(dates=pl.col("day").n_unique(), row=pl.col("row").min())
    _refuse(
        uneven.sort("row"),
        pl.col("dates") < len(days),
        f"There are {len(days)} census dates, but not every place has a population at each",
    )
    strata = {name: number for number, name in enumerate(sorted(rows["stratum"].unique()))}
    people = np.zeros((len(index), len(strata), len(days)))
    where = (
        rows["place"].to_numpy(),
        rows["stratum"].replace_strict(strata, return_dtype=pl.Int32).to_numpy(),
        np.searchsorted(days, rows["day"].to_numpy()),
    )
    np.add.at(people, where, rows["people"].to_numpy())
    empty = int((people.sum(axis=(1, 2)) == 0).sum())
    if empty:
        warnings.append(f"Places without population: {empty:,}; nothing is expected there.")
    return Population(people, strata, days), warnings


def _census_days(values: pl.Series, generic_time: bool) -> pl.Series:
    if generic_time:
        return values.cast(pl.Int64, strict=False).fill_null(NOT_A_DATE)
    return pl.Series(parse_census(values))


def _refuse(rows: pl.DataFrame, fault: pl.Expr, rule: str) -> None:
    found = rows.filter(fault)
    if found.is_empty():
        return
    first = found.row(0, named=True)
    number = f"{found.height:,} rows" if found.height > 1 else "1 row"
    raise ScanError(f"{rule}: {number}, first row {first['row'] + 1} (place '{first['name']}').")
