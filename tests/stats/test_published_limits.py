"""Published 95% limits, recomputed from their own count and denominator.

Source of expected values: Fingertips (OHID), as kept in shared/realdata/fingertips_north_west and fingertips_counts_ci.
"""

import polars as pl
import pytest
from shared_data import shared

from commonweal import stats

NUMBERS = ["count", "denominator", "lower", "upper"]


def decimals(column):
    return pl.col(column).cast(pl.String).str.split(".").list.get(1, null_on_oob=True).str.len_chars().fill_null(0)


def compared(frame, places=None):
    """With `same`: equal once rounded to the decimals in print (or `places`), halves either way; and the `furthest`."""
    apart = {end: (pl.col(f"{end}_95") - pl.col(end)).abs() for end in ("lower", "upper")}
    units = {end: decimals(end) if places is None else pl.lit(places) for end in apart}
    half = {end: 0.52 * 10.0 ** -units[end].cast(pl.Float64) + 1e-9 for end in apart}
    return frame.with_columns(
        same=pl.all_horizontal(apart[end] <= half[end] for end in apart), furthest=pl.max_horizontal(apart.values())
    )


# The North West ---

WHOLLY = (241, 247, 30302, 91040, 91894, 93085, 93474, 94063)


@pytest.fixture(scope="module")
def proportions():
    rows = pl.read_csv(shared("realdata/fingertips_north_west/health_data.csv"), infer_schema_length=None)
    rows = rows.filter(pl.col("IndicatorId").is_in(WHOLLY)).select(
        "IndicatorId",
        "AreaCode",
        count="Count",
        denominator="Denominator",
        told="Value",
        lower="LowerCI",
        upper="UpperCI",
    )
    rows = rows.with_columns(pl.col(*NUMBERS).cast(pl.Float64, strict=False)).drop_nulls([*NUMBERS, "told"])
    return compared(stats.proportion(rows, count="count", denominator="denominator", per=100))


def test_every_proportion_of_the_north_west_has_its_published_limits(proportions):
    assert proportions.height == 5309
    exact = proportions.filter("same")
    rest = proportions.filter(~pl.col("same"))
    assert exact.height == 4865
    # General practice counts (Quality and Outcomes Framework) are apportioned to areas: the limits were made from
    # fractions of people, the counts are printed whole. Fingertips prints these percentages to one decimal.
    assert set(rest["IndicatorId"]) == {241, 247}
    assert rest["furthest"].max() < 0.002


# Counts and intervals of about a hundred authorities ---


PLACES = 4
"""Decimals in these files; zeros at the end are left out."""


def authorities():
    frames = []
    for name in ("lower_tier", "lower_tier_with_neighbours", "upper_tier", "upper_tier_with_neighbours"):
        frame = pl.read_csv(shared(f"realdata/fingertips_counts_ci/{name}.csv"), infer_schema_length=None)
        frames.append(
            frame.rename({"indicator_name": "name"}, strict=False)
            .rename({"numerator": "count", "lower_ci": "lower", "upper_ci": "upper"})
            .select("name", "unit", "timeperiod", "area_name", pl.col("value", *NUMBERS).cast(pl.Float64, strict=False))
        )
    # Limits of 0 and 0 stand for "not given".
    return pl.concat(frames).drop_nulls(["value", *NUMBERS]).unique().filter(pl.col("upper") > 0)


# Counts rounded to five; five years in one; an exact interval; a survey.
NOT_WILSON = (
    "Children in low income families",
    "Cumulative percentage of the eligible population",
    "HIV late diagnosis",
    "Social Isolation",
)


def test_proportions_of_authorities_have_their_published_limits():
    rows = authorities().filter(pl.col("unit") == "proportion")
    rows = rows.filter(~pl.any_horizontal(pl.col("name").str.starts_with(name) for name in NOT_WILSON))
    found = compared(stats.proportion(rows, count="count", denominator="denominator", per=100).drop("value"), PLACES)
    assert (found.height, found["name"].n_unique()) == (1694, 20)
    rounded = found.filter(pl.col("name").str.contains("NEET"))
    assert found.filter(~pl.col("name").str.contains("NEET"))["same"].all()
    # These counts are estimates, printed to the nearest ten.
    assert rounded.height == 35
    assert rounded["furthest"].max() < 0.0005


RATES = {
    "Violent crime - violence offences per 1,000 population": 1_000,
    "First time entrants to the youth justice system": 100_000,
    "Under 18s conception rate / 1,000": 1_000,
    "Infant mortality rate": 1_000,
    "Killed and seriously injured (KSI) casualties on England's roads": 100_000,
}
ADMISSIONS = "Hospital admissions caused by unintentional and deliberate injuries in"


def test_rates_of_authorities_have_their_published_limits():
    rows = authorities().filter(pl.col("unit") == "rate")
    total = 0
    for name, per in RATES.items():
        some = rows.filter(pl.col("name") == name).drop("value")
        found = compared(stats.rate(some, count="count", population="denominator", per=per), PLACES)
        assert found["same"].all(), name
        total += found.height
    some = rows.filter(pl.col("name").str.starts_with(ADMISSIONS)).drop("value")
    found = compared(stats.rate(some, count="count", population="denominator", per=10_000))
    # Hospital counts are printed to the nearest five, so that limits agree to about one part in a hundred.
    assert (found["furthest"] / found["upper"]).max() < 0.01
    assert total + found.height == 526
