"""An indicator computed from records by its recipe: counted by Ibis, then intervals on the small result."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import polars as pl

from commonweal import __version__, stats
from commonweal.datasets.admission import admit
from commonweal.datasets.conditions import matching
from commonweal.datasets.indicator import Indicator
from commonweal.datasets.population import population_of
from commonweal.datasets.problems import DataFileError
from commonweal.datasets.recipe import AgeGroup, Recipe, RecipeError
from commonweal.datasets.records import FINANCIAL, MONTHS, PERSONS, PeriodKind, RecordsError, aggregate, left_out
from commonweal.datasets.schema import SCHEMA
from commonweal.datasets.store import Change
from commonweal.datasets.workspace import Workspace

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

BANDS = tuple(range(0, 95, 5))
"""First ages of the bands of the European Standard Population 2013."""
LEVELS = [0.95, 0.998]
LIMITS = ("lower_95", "upper_95", "lower_99_8", "upper_99_8")


@dataclass(frozen=True)
class Computation:
    """What came of a recipe: the observations before disclosure control, and what was left out of them."""

    indicator: Indicator
    observations: pl.DataFrame
    records: int
    notices: list[str]


def compute(recipe: Recipe, workspace: Workspace, *, progress: Callable[[str], None] = lambda _: None) -> Computation:
    """The observations that a recipe makes of its records. Nothing is stored.

    Populations are those of the year a period begins in, times its length in years: rates are for a year whatever the
    length of the period.

    Raises:
        RecipeError, RecordsError, DataFileError: the recipe, a column or a file is not as it must be.
    """
    indicator = recipe.described(workspace.store.indicators().get(recipe.indicator))
    connection = ibis.duckdb.connect()
    progress("Reading records")
    records = _records(connection, recipe)
    bands = _bands(recipe, indicator)
    options: dict[str, Any] = {
        "area": "area_",
        "date": recipe.records.date,
        "period": recipe.period,
        "sex": recipe.records.sex if recipe.by_sex else None,
        "sexes": recipe.records.sexes,
        "age": recipe.records.age or None,
        "age_bands": bands if recipe.records.age else (),
    }
    whole = records.filter(matching(records, recipe.denominator or []))
    counted = whole.filter(matching(whole, recipe.records.where))
    progress("Counting")
    told = connection.to_polars(left_out(whole, **options)).row(0, named=True)
    more: dict[str, Any] = {
        "categories": [recipe.category.column] if recipe.category else [],
        "events": recipe.records.events or None,
    }
    counts = connection.to_polars(aggregate(counted, **options, **more)).cast({"age_start": pl.Int64})
    keys = [name for name in counts.columns if name != "count"]
    if indicator.value_type == "proportion":
        people = connection.to_polars(aggregate(whole, **options, **more)).cast({"age_start": pl.Int64})
        rows = people.rename({"count": "population"}).join(counts, on=keys, how="left")
    elif recipe.population is not None:
        rows = _with_population(recipe, workspace, counts, keys, bands)
    else:
        rows = counts.with_columns(population=pl.lit(None, pl.Float64))
    if rows.is_empty():
        raise DataFileError("no record meets the recipe's conditions.", file=recipe.path_of(recipe.records.file))
    rows = _with_headline(rows.with_columns(pl.col("count").fill_null(0.0)), recipe)
    progress("Adding up")
    rows = _pooled(_with_totals(rows, recipe, workspace), recipe)
    progress("Computing values and intervals")
    frames = [_of_group(rows, group, recipe, indicator) for group in recipe.ages]
    notices = _notices(told)
    return Computation(indicator, _observations(pl.concat(frames), recipe, indicator), told["all_records"], notices)


def store(computation: Computation, recipe: Recipe, workspace: Workspace, *, user: str = "") -> Change:
    """Put a computation into the store, under the disclosure rule of its indicator."""
    workspace.store.save_indicators([computation.indicator])
    load = f"{dt.datetime.now(tz=dt.UTC):%Y%m%dT%H%M%S}-computed"
    return admit(
        workspace,
        computation.observations.with_columns(load=pl.lit(load)),
        {
            "load": load,
            "source": f"computed from {recipe.records.file}",
            "mapping": "Recipe",
            "rows_in": computation.records,
            "rows_rejected": 0,
            "rows_collapsed": 0,
            "user": user,
            "program": f"commonweal {__version__}",
        },
    )


def _records(connection: Backend, recipe: Recipe) -> ir.Table:
    """The records with `area_`, the area each is counted in."""
    # As text, so that "01" stays "01" and "yes" is not taken for true.
    texts = [recipe.records.area, recipe.records.sex, recipe.category.column if recipe.category else ""]
    texts += [condition.column for condition in (*recipe.records.where, *(recipe.denominator or []))]
    records = _table(connection, recipe.path_of(recipe.records.file), set(texts) - {recipe.records.age})
    if recipe.records.area not in records.columns:
        raise RecordsError(
            f"{recipe.records.file} has no column '{recipe.records.area}'. "
            f"Its columns are {', '.join(records.columns)}."
        )
    area = records[recipe.records.area].cast("string")
    if recipe.area_lookup is None:
        return records.mutate(area_=area)
    lookup = recipe.area_lookup
    table = _table(connection, recipe.path_of(lookup.file), [lookup.from_column, lookup.to])
    for name in (lookup.from_column, lookup.to):
        if name not in table.columns:
            raise RecordsError(f"{lookup.file} has no column '{name}'. Its columns are {', '.join(table.columns)}.")
    pairs = table.select(
        from_=table[lookup.from_column].cast("string"), area_=table[lookup.to].cast("string")
    ).distinct()
    counted = pairs.group_by("from_").aggregate(areas=pairs.count())
    repeated = connection.to_polars(counted.filter(counted.areas > 1))
    if repeated.height:
        raise RecordsError(f"{lookup.file}: '{repeated['from_'][0]}' lies in more than one area.")
    return records.mutate(from_=area).left_join(pairs, "from_")


def _table(connection: Backend, path: Path, texts: Iterable[str]) -> ir.Table:
    """A CSV or Parquet file, or all that match a pattern; `texts` are read as text, so that codes keep their zeros."""
    found = sorted(path.parent.glob(path.name))
    if not found:
        raise DataFileError("there is no such file.", file=path)
    if path.suffix not in (".csv", ".parquet"):
        raise DataFileError("records are read from .csv or .parquet files. Save it as one of these.", file=path)
    try:
        if path.suffix == ".parquet":
            return connection.read_parquet([str(file) for file in found])
        headings = connection.read_csv([str(file) for file in found]).columns
        types = {name: "VARCHAR" for name in texts if name in headings}
        return (
            connection.read_csv([str(file) for file in found], types=types)
            if types
            else connection.read_csv([str(file) for file in found])
        )
    except Exception as error:  # DuckDB has no common root of what a damaged file raises
        raise DataFileError(f"the file cannot be read: {str(error).splitlines()[0]}", file=path) from error


def _bands(recipe: Recipe, indicator: Indicator) -> list[int]:
    """The first ages of the bands that make up every age group asked for."""
    edges = set(BANDS) if indicator.value_type == "directly standardised rate" else {0}
    for group in recipe.ages:
        edges.add(group.first)
        if group.last is not None:
            edges.add(group.last + 1)
    if indicator.value_type == "directly standardised rate" and not edges <= set(BANDS):
        odd = min(edges - set(BANDS))
        raise RecipeError(recipe.indicator, [f"ages: {odd} is not where a five-year band of the standard begins."])
    return sorted(edges)


def _with_population(
    recipe: Recipe, workspace: Workspace, counts: pl.DataFrame, keys: list[str], bands: list[int]
) -> pl.DataFrame:
    assert recipe.population is not None
    starts = counts.select("period_start").unique()
    people = population_of(recipe.population, recipe, workspace, bands, by_age=bool(recipe.records.age))
    # Financial years take the population of the middle of the calendar year they begin in.
    years = starts.with_columns(year=pl.col("period_start").dt.year())
    held = set(people["year"].unique())
    missing = sorted(set(years["year"]) - held)
    if missing:
        years_held = ", ".join(map(str, sorted(held)))
        raise RecordsError(f"The population of {', '.join(map(str, missing))} is not held; there are {years_held}.")
    sexes = [PERSONS, "Male", "Female"] if recipe.by_sex else [PERSONS]
    grid = years.join(people.filter(pl.col("sex").is_in(sexes)), on="year").with_columns(
        population=pl.col("population") * MONTHS[recipe.period] / 12
    )
    rows = grid.join(counts, on=keys, how="left")
    areas = set(counts["area_code"]) - set(people["area_code"])
    if areas:
        raise RecordsError(
            f"The population of {len(areas)} of the areas in the records is not held, such as {min(areas)}."
        )
    return rows.filter(pl.col("area_code").is_in(counts["area_code"].unique().to_list())).select(
        *keys, "count", "population"
    )


def _with_headline(rows: pl.DataFrame, recipe: Recipe) -> pl.DataFrame:
    """The rows with `category`, and those of all categories together, where it is empty."""
    if recipe.category is None:
        return rows.with_columns(category=pl.lit(""))
    column = recipe.category.column
    others = [name for name in rows.columns if name not in (column, "count", "population")]
    together = rows.group_by(others).agg(pl.col("count", "population").sum()).with_columns(category=pl.lit(""))
    # Records of no known category are in the headline only.
    split = rows.drop_nulls(column).rename({column: "category"}).filter(pl.col("category") != "")
    return pl.concat([together, split.select(together.columns)])


def _with_totals(rows: pl.DataFrame, recipe: Recipe, workspace: Workspace) -> pl.DataFrame:
    """The rows with those of each larger area asked for, summed from its parts."""
    found = [rows]
    others = [name for name in rows.columns if name not in ("area_code", "count", "population")]
    held = set(rows["area_code"])
    for code in recipe.totals:
        inside = _members(code, held, workspace)
        part = rows.filter(pl.col("area_code").is_in(inside))
        sums = part.group_by(others).agg(
            pl.col("count").sum(), pl.when(pl.col("population").null_count() == 0).then(pl.col("population").sum())
        )
        found.append(sums.with_columns(area_code=pl.lit(code)).select(rows.columns))
    return pl.concat(found)


def _members(code: str, held: set[str], workspace: Workspace) -> list[str]:
    ours = workspace.collaborative
    groups = {ours.id: ours.areas} | {group.id: group.areas for group in ours.groups}
    sets = [groups[code]] if code in groups else []
    if not sets:
        from commonweal.places.composition import composition

        sets = [list(each) for each in composition(workspace.catalogue, [dt.date.today()]).get(code, [])]
    if not sets:
        raise RecipeError("totals", [f"'{code}' is not a known area with parts, nor the collaborative or its group."])
    whole = [members for members in sets if set(members) <= held]
    if not whole:
        short = min((sorted(set(members) - held) for members in sets), key=len)
        raise RecordsError(f"'{code}' cannot be added up: no record or population of {', '.join(short[:5])} is there.")
    return whole[0]


def _pooled(rows: pl.DataFrame, recipe: Recipe) -> pl.DataFrame:
    """Rows of `pooled` years together, for every run of consecutive years."""
    if recipe.pooled == 1:
        return rows
    others = [name for name in rows.columns if name not in ("period_start", "count", "population")]
    starts = sorted(rows["period_start"].unique())
    found = []
    for first, last in zip(starts, starts[recipe.pooled - 1 :], strict=False):
        if last.year - first.year == recipe.pooled - 1:
            part = rows.filter(pl.col("period_start").is_between(first, last))
            sums = part.group_by(others).agg(pl.col("count", "population").sum())
            found.append(sums.with_columns(period_start=pl.lit(first)).select(rows.columns))
    if not found:
        raise RecordsError(f"The records do not span {recipe.pooled} consecutive years.")
    return pl.concat(found)


def _of_group(rows: pl.DataFrame, group: AgeGroup, recipe: Recipe, indicator: Indicator) -> pl.DataFrame:
    """Values and limits of one age group."""
    last = group.last if group.last is not None else 10_000
    some = rows.filter(pl.col("age_start").is_between(group.first, last))
    keys = [name for name in rows.columns if name not in ("age_start", "count", "population")]
    common: dict[str, Any] = {"by": keys, "confidence": LEVELS}
    if indicator.value_type == "directly standardised rate":
        found = stats.directly_standardised_rate(
            some, count="count", population="population", age_band="age_start", per=indicator.per, **common
        ).rename({"population": "denominator"})
    elif indicator.value_type == "crude rate":
        found = stats.rate(some, count="count", population="population", per=indicator.per, **common).rename(
            {"population": "denominator"}
        )
    elif indicator.value_type == "proportion":
        found = stats.proportion(some, count="count", denominator="population", per=indicator.per, **common).rename(
            {"population": "denominator"}, strict=False
        )
    else:
        found = some.group_by(keys).agg(pl.col("count").sum())
        nothing = pl.lit(None, pl.Float64)
        found = found.with_columns(value="count", denominator=nothing, **dict.fromkeys(LIMITS, nothing))
    return found.select(*keys, "count", "denominator", "value", *LIMITS).with_columns(age=pl.lit(group.label))


def _observations(rows: pl.DataFrame, recipe: Recipe, indicator: Indicator) -> pl.DataFrame:
    labels = {start: _period(start, recipe.period, recipe.pooled) for start in rows["period_start"].unique()}
    missing = pl.col("value").is_null()
    kind = recipe.category.type if recipe.category else ""
    described = rows.with_columns(
        indicator=pl.lit(indicator.id),
        period=pl.col("period_start").replace_strict({s: label for s, (label, _) in labels.items()}),
        period_end=pl.col("period_start").replace_strict({s: end for s, (_, end) in labels.items()}),
        category_type=pl.when(pl.col("category") == "").then(pl.lit("")).otherwise(pl.lit(kind)),
        status=pl.when(missing).then(pl.lit("missing")).otherwise(pl.lit("published")),
        note=pl.when(missing).then(pl.lit("Not given: fewer than 10 events")).otherwise(pl.lit("")),
        published_trend=pl.lit(""),
        published_comparison=pl.lit(""),
        source=pl.lit(recipe.source),
        extracted=pl.lit(None, pl.Date),
        licence=pl.lit(recipe.licence),
        load=pl.lit(""),
    )
    return described.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items()).sort(
        "area_code", "period_start", "sex", "age", "category"
    )


def _period(start: dt.date, kind: PeriodKind, pooled: int) -> tuple[str, dt.date]:
    """The label and last day of a period."""
    months = MONTHS[kind] * pooled
    after = start.year * 12 + start.month - 1 + months
    end = dt.date(after // 12, after % 12 + 1, 1) - dt.timedelta(days=1)
    year = start.year if kind not in FINANCIAL or start.month >= 4 else start.year - 1
    name = f"{year}/{(year + 1) % 100:02d}" if kind in FINANCIAL else f"{start.year}"
    if kind == "month":
        return f"{start:%b %Y}", end
    if MONTHS[kind] == 3:
        quarter = (start.month - 1) // 3 + 1
        return f"{name} Q{(quarter - 2) % 4 + 1 if kind in FINANCIAL else quarter}", end
    if pooled == 1:
        return name, end
    last = year + pooled - 1
    return (
        f"{name} - {last % 100:02d}/{(last + 1) % 100:02d}" if kind in FINANCIAL else f"{name} - {last % 100:02d}"
    ), end


def _notices(told: dict[str, int]) -> list[str]:
    words = {
        "no_area": "have no area, or one that the lookup does not know, and are left out",
        "no_date": "have no date and are left out",
        "no_age": "have no age within the bands and are left out",
        "no_sex": "have a sex that is neither Male nor Female by the recipe: they are counted among Persons only",
    }
    return [
        f"{told[name]:,} of {told['all_records']:,} records {text}." for name, text in words.items() if told.get(name)
    ]
