"""The population a rate is of, by area, year, sex and age band: from the common data-set or from a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from commonweal.datasets.problems import DataFileError
from commonweal.datasets.records import PERSONS, RecordsError
from commonweal.datasets.tables import read_columns, read_layout
from commonweal.datasets.workspace import Workspace

if TYPE_CHECKING:
    from commonweal.datasets.recipe import Population, Recipe

SEXES = {"1": "Male", "2": "Female", "m": "Male", "f": "Female", "male": "Male", "female": "Female"}
SEXES |= {"males": "Male", "females": "Female", "persons": PERSONS, "all": PERSONS, "": PERSONS, "4": PERSONS}


def population_of(
    population: Population, recipe: Recipe, workspace: Workspace, bands: Sequence[int], *, by_age: bool
) -> pl.DataFrame:
    """Columns area_code, year, sex, age_start, population.

    Where only Male and Female are given, Persons are their sum.

    Args:
        bands: first ages of the bands, which must not cut the ages that the population is given by.
        by_age: whether ages are needed; without, all ages together stand under 0.

    Raises:
        RecordsError, DataFileError: it is not held, or its ages, sexes or numbers cannot be read.
    """
    rows = _held(population, workspace) if population.indicator else _from_file(population, recipe)
    rows = rows.with_columns(sex=pl.col("sex").str.to_lowercase().replace_strict(SEXES, default=None))
    if by_age or (rows["age"] != "").any():
        rows = _banded(rows, bands if by_age else [0])
    else:
        rows = rows.with_columns(age_start=pl.lit(0, pl.Int64))
    summed = rows.drop_nulls("sex").group_by("area_code", "year", "sex", "age_start").agg(pl.col("population").sum())
    return _with_persons(summed)


def _held(population: Population, workspace: Workspace) -> pl.DataFrame:
    rows = workspace.store.read(population.indicator, headline=True).filter(pl.col("value").is_not_null())
    if rows.is_empty():
        raise RecordsError(
            f"The population '{population.indicator}' is not in the common data-set. Load it first, or name a file."
        )
    ages = rows.filter(pl.col("age") != "All ages")
    return (ages if ages.height else rows.with_columns(age=pl.lit(""))).select(
        "area_code", "sex", "age", year=pl.col("period_start").dt.year(), population="value"
    )


def _from_file(population: Population, recipe: Recipe) -> pl.DataFrame:
    path = recipe.path_of(population.file)
    layout = read_layout(path)
    wanted = [population.area, population.year, population.population]
    wanted += [name for name in (population.sex, population.age) if name]
    absent = [name for name in wanted if name not in layout.headings]
    if absent:
        raise DataFileError(
            f"there is no such column; the columns are {', '.join(layout.headings)}.", file=path, column=absent[0]
        )
    text = read_columns(path, layout, wanted)
    numbers = {name: pl.col(name).cast(pl.Float64, strict=False) for name in (population.year, population.population)}
    for name, number in numbers.items():
        wrong = text.filter(number.is_null())
        if wrong.height:
            raise DataFileError(
                f"'{wrong[name][0]}' is not a number.", file=path, column=name, row=int(wrong["row_"][0])
            )
    return text.select(
        area_code=population.area,
        year=numbers[population.year].cast(pl.Int32),
        sex=pl.col(population.sex) if population.sex else pl.lit(""),
        age=pl.col(population.age) if population.age else pl.lit(""),
        population=numbers[population.population],
    )


def _banded(rows: pl.DataFrame, bands: Sequence[int]) -> pl.DataFrame:
    """The rows with `age_start`, the band that each age falls into; ages below the first band are left out."""
    starts = rows.select("age").unique().with_columns(first=pl.col("age").str.extract(r"(\d+)").cast(pl.Int64))
    unread = starts.filter(pl.col("first").is_null())
    if unread.height:
        raise RecordsError(f"'{unread['age'][0]}' is not an age: write 42, 40-44 or 90+.")
    cut = _cut(starts["age"].to_list(), bands)
    if cut:
        raise RecordsError(f"The population is given for '{cut[0]}', and the age group from {cut[1]} cuts it in two.")
    band = pl.lit(None, pl.Int64)
    for start in bands:
        band = pl.when(pl.col("first") >= start).then(pl.lit(start, pl.Int64)).otherwise(band)
    return rows.join(starts.with_columns(age_start=band), on="age").drop_nulls("age_start")


def _cut(ages: Sequence[str], bands: Sequence[int]) -> tuple[str, int] | None:
    """An age group that a band begins in the middle of, and where."""
    from commonweal.datasets.additivity import age_span

    for age in ages:
        span = age_span(age)
        if span is None:
            continue
        for start in bands:
            if span[0] < start < span[1]:
                return age, start
    return None


def _with_persons(rows: pl.DataFrame) -> pl.DataFrame:
    keys = ["area_code", "year", "age_start"]
    columns = [*keys, "sex", "population"]
    have = rows.filter(pl.col("sex") == PERSONS).select(keys)
    both = rows.join(have, on=keys, how="anti").group_by(keys).agg(pl.col("population").sum(), n=pl.len())
    summed = both.filter(pl.col("n") == 2).with_columns(sex=pl.lit(PERSONS)).select(columns)
    return pl.concat([rows.select(columns), summed])
