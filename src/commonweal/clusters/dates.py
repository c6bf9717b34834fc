"""Dates as analysts write them, as day numbers."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
from numpy.typing import NDArray

from commonweal.clusters.problems import ScanError
from commonweal.clusters.settings import When

Days = NDArray[np.int64]
EPOCH = dt.date(1970, 1, 1)
FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y%m%d")
YEAR_AND_MONTH = r"^\d{4}[-/]\d{1,2}$"
YEAR = r"^\d{4}$"
NOT_A_DATE = np.iinfo(np.int64).min


def day_number(when: When) -> int:
    """Days since 1970; whole numbers of generic time stay as they are."""
    return (when - EPOCH).days if isinstance(when, dt.date) else int(when)


def from_day_number(day: int, unit: str) -> When:
    """The date of a day number; generic time stays a whole number."""
    return int(day) if unit == "generic" else EPOCH + dt.timedelta(days=int(day))


def as_date(value: When | str, unit: str) -> When:
    """A date as it may be typed: a date, "2026-11-24", "24/11/2026", "2026"; a whole number in generic time.

    Raises:
        ScanError: it is none of these.
    """
    if isinstance(value, dt.datetime):
        return value.date()
    if unit == "generic":
        if isinstance(value, int):
            return value
        raise ScanError(f"{value!r} is not a whole number of generic time.")
    if isinstance(value, dt.date):
        return value
    days = parse(pl.Series([str(value)]))
    if days[0] == NOT_A_DATE:
        raise ScanError(f"{value!r} is not a date such as 2026-11-24 or 24/11/2026.")
    return EPOCH + dt.timedelta(days=int(days[0]))


def parse(values: pl.Series) -> Days:
    """Day numbers of dates, times, text or years; `NOT_A_DATE` where a value is none of these or missing.

    A year alone is its first day, a month its first. Of 03/04/2026 the day comes first, as in Britain.
    """
    if values.dtype in (pl.Date, pl.Datetime):
        found = values.cast(pl.Date)
    else:
        text = values.cast(pl.String).str.strip_chars()
        whole = text.str.replace(r"[T ]\d{1,2}:.*$", "")
        month = whole.str.contains(YEAR_AND_MONTH)
        year = whole.str.contains(YEAR)
        frame = pl.DataFrame({"text": whole, "month": month, "year": year}).with_columns(
            text=pl.when("year")
            .then(pl.col("text") + "-01-01")
            .when("month")
            .then(pl.col("text").str.replace("/", "-") + "-01")
            .otherwise("text")
        )
        tries = [pl.col("text").str.to_date(form, strict=False, exact=True) for form in FORMATS]
        found = frame.select(pl.coalesce(tries))["text"]
    return found.to_physical().cast(pl.Int64).fill_null(NOT_A_DATE).to_numpy()


def parse_census(values: pl.Series) -> Days:
    """As `parse`, but a year alone is its 1 July and a month its 15th: the middle of what the figure stands for."""
    days = parse(values)
    if values.dtype in (pl.Date, pl.Datetime):
        return days
    text = values.cast(pl.String).str.strip_chars()
    months = text.str.contains(YEAR_AND_MONTH).fill_null(False).to_numpy()
    years = text.str.contains(YEAR).fill_null(False).to_numpy()
    middles = [
        dt.date((EPOCH + dt.timedelta(days=int(day))).year, 7, 1) if year else None
        for day, year in zip(days, years, strict=True)
    ]
    found = [day if middle is None else day_number(middle) for day, middle in zip(days, middles, strict=True)]
    return np.array(found, dtype=np.int64) + np.where(months, 14, 0)
