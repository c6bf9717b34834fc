"""Cases (or controls) from a table: where, when, which covariates, how many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from narwhals.typing import IntoDataFrame

from commonweal.clusters.dates import NOT_A_DATE, parse
from commonweal.clusters.problems import ScanError
from commonweal.clusters.study_period import StudyPeriod
from commonweal.stats.frames import as_polars

REFUSE = "refuse"
LEAVE_OUT = "leave out"
ROW = "row of the table"


@dataclass(frozen=True)
class Columns:
    """Names of columns: of the place, the number (None: each row is one), the date, the covariates."""

    place: str
    count: str | None
    date: str
    covariates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Admission:
    """What becomes of cases in unknown places and of dates outside the period: "refuse" or "leave out"."""

    unknown_places: str = REFUSE
    dates_outside: str = LEAVE_OUT

    def __post_init__(self) -> None:
        for name, value in (("unknown_places", self.unknown_places), ("dates_outside", self.dates_outside)):
            if value not in (REFUSE, LEAVE_OUT):
                raise ScanError(f"{name} is {value!r}; it must be '{REFUSE}' or '{LEAVE_OUT}'.")


def read_counts(
    data: IntoDataFrame,
    columns: Columns,
    *,
    place_index: dict[str, int] | None,
    period: StudyPeriod,
    needs_dates: bool,
    admission: Admission,
    called: str,
) -> tuple[pl.DataFrame, list[str]]:
    """A row a place, day and stratum: columns `place`, `interval`, `day`, `count`, `stratum`; and warnings.

    `stratum` is the covariates' values joined by a bar.

    Args:
        place_index: index of each known place; None where places do not matter (all cases count as place 0).
        needs_dates: whether the table must have dates; without them every case is in interval 0.
        called: what the table is called in messages.

    Raises:
        ScanError: a count that is negative or not whole, a date that cannot be read, or what `admission` refuses.
        ColumnError: a column is absent.
    """
    wanted = [*([columns.place] if place_index is not None else []), *columns.covariates]
    wanted += [columns.count] if columns.count is not None else []
    wanted += [columns.date] if needs_dates else []
    frame = as_polars(data, wanted)
    if frame.is_empty():
        raise ScanError(f"The table of {called} is empty.")
    has_dates = columns.date in frame.columns and period.unit != "generic"
    rows = frame.with_row_index(ROW).select(
        pl.col(ROW).alias("row"),
        name=pl.col(columns.place).cast(pl.String).str.strip_chars() if place_index is not None else pl.lit("all"),
        counted=_number(columns.count) if columns.count is not None else pl.lit(1.0),
        stratum=stratum(columns.covariates),
    )
    unreadable = ~pl.col("counted").is_finite().fill_null(False) | (pl.col("counted") != pl.col("counted").round())
    _refuse(rows, unreadable, f"The {called} have a count in '{columns.count}' that is not a whole number")
    _refuse(rows, pl.col("counted") < 0, f"The {called} have a negative count in '{columns.count}'")
    _refuse(rows, pl.col("stratum").is_null(), f"The {called} lack a covariate")
    if needs_dates and period.unit == "generic":
        days = frame[columns.date].cast(pl.Int64, strict=False)
        rows = rows.with_columns(day=days)
    elif has_dates:
        rows = rows.with_columns(day=pl.Series(parse(frame[columns.date]))).with_columns(
            day=pl.when(pl.col("day") == NOT_A_DATE).then(None).otherwise("day")
        )
    else:
        rows = rows.with_columns(day=pl.lit(int(period.boundaries[0]), dtype=pl.Int64))
    _refuse(
        rows, pl.col("day").is_null(), f"The {called} have a date in '{columns.date}' that is missing or cannot be read"
    )
    warnings: list[str] = []
    interval = period.interval_of(rows["day"].to_numpy())
    rows = rows.with_columns(interval=pl.Series(interval, dtype=pl.Int32))
    first, last = period.first_day(0), period.last_day(period.intervals - 1)
    rows = _admit(
        rows,
        pl.col("interval") < 0,
        f"{called} outside the study period {first} to {last}",
        admission.dates_outside,
        warnings,
    )
    if place_index is None:
        rows = rows.with_columns(place=pl.lit(0, dtype=pl.Int32))
    else:
        rows = rows.with_columns(place=pl.col("name").replace_strict(place_index, default=None, return_dtype=pl.Int32))
        rows = _admit(
            rows, pl.col("place").is_null(), f"{called} in unknown places", admission.unknown_places, warnings
        )
    totals = rows.group_by("place", "interval", "day", "stratum").agg(count=pl.col("counted").sum().cast(pl.Int64))
    return totals.filter(pl.col("count") > 0).sort("place", "interval", "day", "stratum"), warnings


def stratum(covariates: Sequence[str]) -> pl.Expr:
    """The values of the covariates joined by a bar; null where one is missing; the empty text without covariates."""
    if not covariates:
        return pl.lit("")
    texts = [pl.col(name).cast(pl.String).str.strip_chars() for name in covariates]
    return pl.concat_str(texts, separator="|")


def _number(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.String).str.strip_chars().cast(pl.Float64, strict=False)


def _refuse(rows: pl.DataFrame, fault: pl.Expr, rule: str) -> None:
    found = rows.filter(fault)
    if not found.is_empty():
        raise ScanError(f"{rule}: {_how_many(found)}.")


def _admit(rows: pl.DataFrame, fault: pl.Expr, what: str, rule: str, warnings: list[str]) -> pl.DataFrame:
    found = rows.filter(fault)
    if found.is_empty():
        return rows
    number = int(found["counted"].sum())
    if rule == REFUSE:
        raise ScanError(f"{what.capitalize()}: {number:,} in {_how_many(found)}.")
    warnings.append(f"Left out: {number:,} {what} ({_how_many(found)}).")
    return rows.filter(~fault)


def _how_many(found: pl.DataFrame) -> str:
    first = found.row(0, named=True)
    rows = f"{found.height:,} rows" if found.height > 1 else "1 row"
    return f"{rows}, first row {first['row'] + 1} (place '{first['name']}')"
