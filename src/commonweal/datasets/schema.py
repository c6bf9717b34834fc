"""The observation: one value of one indicator, for one area, period and group of people."""

from __future__ import annotations

import polars as pl

KEY = ("indicator", "area_code", "period_start", "period_end", "sex", "age", "category_type", "category")
"""Columns that identify an observation; no two rows of the store share them."""

NUMBERS = ("count", "denominator", "value", "lower_95", "upper_95", "lower_99_8", "upper_99_8")

STATUSES = ("published", "suppressed", "missing")
"""`published`: there is a value. `suppressed`: withheld to protect people. `missing`: the source gives no value."""

SCHEMA = pl.Schema(
    {
        "indicator": pl.String,  # identifier: a Fingertips number or a local slug, [a-z0-9._-]
        "area_code": pl.String,
        "period": pl.String,  # the canonical label, such as "2018/19"
        "period_start": pl.Date,
        "period_end": pl.Date,  # last day of the period
        "sex": pl.String,  # Persons, Male, Female
        "age": pl.String,  # "All ages", "18+ yrs"
        "category_type": pl.String,  # empty for the headline value
        "category": pl.String,
        "count": pl.Float64,
        "denominator": pl.Float64,
        "value": pl.Float64,  # in the unit of the indicator
        "lower_95": pl.Float64,
        "upper_95": pl.Float64,
        "lower_99_8": pl.Float64,
        "upper_99_8": pl.Float64,
        "status": pl.String,
        "note": pl.String,
        "published_trend": pl.String,  # as the source prints it, kept to check ours against
        "published_comparison": pl.String,
        "source": pl.String,
        "extracted": pl.Date,
        "licence": pl.String,
        "load": pl.String,  # identifies the load that brought the row
    }
)
