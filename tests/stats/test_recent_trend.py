"""The recent trend: published outcomes, and what must hold for any series.

Source of expected values: DHSC FingertipsNext, unit tests (shared/cases/fingertips), and the Recent Trend printed
with the Fingertips data of the North West (shared/realdata/fingertips_north_west).
"""

import json
from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shared_data import SHARED, shared

from commonweal import stats
from commonweal.datasets.fingertips_metadata import read_metadata

COLUMNS = {"period_start": "start", "period_end": "end", "value": "value", "lower": "lower", "upper": "upper"}
CASES_FILE = SHARED / "cases/fingertips/recent_trend_cases.json"
CASES = json.loads(CASES_FILE.read_text())["cases"] if CASES_FILE.exists() else []


def yearly(values, *, first=2019, width=1.0, **columns):
    n = len(values)
    return pl.DataFrame(
        {
            "series": ["a"] * n,
            "start": [date(first + i, 1, 1) for i in range(n)],
            "end": [date(first + i, 12, 31) for i in range(n)],
            "value": [float(v) for v in values],
            "lower": [v - width / 2 for v in values],
            "upper": [v + width / 2 for v in values],
            **columns,
        }
    )


def trend(rows, **more):
    return stats.recent_trend(rows, by="series", **COLUMNS, **more).row(0, named=True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_published_outcome(case):
    points = case["points"]
    rows = pl.DataFrame(
        {
            "series": ["a"] * len(points),
            "start": [date(p["year"], 1, 1) for p in points],
            "end": [date(p["year"], 12, 31) for p in points],
            "value": [p["value"] for p in points],
            "lower": [p["lower95"] for p in points],
            "upper": [p["upper95"] for p in points],
            "count": [p["count"] for p in points],
            "denominator": [p["denominator"] for p in points],
            "polarity": [case["polarity"].replace("RAG - ", "").lower()] * len(points),
            "value_type": [case["value_type"].lower()] * len(points),
        },
        infer_schema_length=None,
    )
    found = trend(rows, count="count", denominator="denominator", polarity="polarity", value_type="value_type")
    if found["reason"] == "one of the newest five points has no interval":
        # The peer divides by nothing here and prints "no significant change"; we say that it cannot be calculated.
        assert case["expected"] == "No significant change"
        return
    assert found["trend"] == case["expected"].lower()
    if case.get("check"):
        assert found["slope"] == pytest.approx(case["check"]["slope"], rel=1e-9)
        assert found["chi_squared"] == pytest.approx(case["check"]["chi2"], rel=1e-9)


# The published trends of the North West ---

KEY = ["IndicatorId", "AreaCode", "Sex", "Age", "CategoryType", "Category"]


@pytest.fixture(scope="module")
def north_west():
    """Distinct rows, with the metadata of their indicator."""
    rows = pl.read_csv(shared("realdata/fingertips_north_west/health_data.csv"), infer_schema_length=None)
    metadata = read_metadata(shared("realdata/fingertips_la/indicator_metadata_35.json"))
    known = pl.DataFrame(
        [(int(i.id.rpartition(".")[2]), i.value_type, i.polarity) for i in metadata],
        schema=["IndicatorId", "value_type", "polarity"],
        orient="row",
    )
    rows = rows.with_columns(pl.col(pl.String).fill_null("")).unique(maintain_order=True)
    return rows.join(known, on="IndicatorId")


def recomputed(rows):
    return stats.recent_trend(
        rows.with_columns(start=pl.date("Year", 1, 1), end=pl.date("Year", 12, 31)),
        by=KEY,
        period_start="start",
        period_end="end",
        value="Value",
        lower="LowerCI",
        upper="UpperCI",
        count="Count",
        denominator="Denominator",
        polarity="polarity",
        value_type="value_type",
    )


def test_published_trends_of_the_north_west(north_west):
    told = (
        north_west.sort("Year")
        .group_by(KEY)
        .agg(told=pl.col("Trend").last().str.to_lowercase())
        .filter(pl.col("told") != "")
    )
    both = told.join(recomputed(north_west), on=KEY)
    changes = both.filter(pl.col("told") != "cannot be calculated")
    assert changes.height == 1543
    agreeing = changes.filter(pl.col("told") == pl.col("trend"))
    assert agreeing.height == 1115
    rest = changes.filter(pl.col("told") != pl.col("trend"))

    # The file begins in 2018 and leaves out suppressed values, so that these have fewer than five points here.
    short = rest.filter(pl.col("points") < 5)
    assert dict(short["IndicatorId"].value_counts().iter_rows()) == {
        20401: 37,
        30302: 1,
        41203: 8,
        93015: 10,
        93124: 107,
    }
    # Quarters, printed as years: the file holds no way to tell them apart.
    quarters = rest.filter(pl.col("IndicatorId") == 91040)
    assert quarters["reason"].to_list() == ["two points end on the same day"] * 27
    # Of these surveys no limits are published (and a year of some areas twice, at two roundings). The peer's rule then
    # falls through to "no significant change" (reference/indicators.md).
    surveys = rest.filter(pl.col("IndicatorId").is_in([352, 383, 90453]))
    assert surveys.height == 235
    assert set(surveys["trend"]) == {"cannot be calculated"}
    assert set(surveys["told"]) == {"no significant change"}
    # One vaccination coverage whose newest points lack limits in the file.
    no_limits = rest.filter(pl.col("IndicatorId") == 30302, pl.col("points") >= 5)
    assert no_limits["reason"].to_list() == ["one of the newest five points has no interval"]
    # The 2022 figures of two commissioning areas, whose boundaries changed, did not enter the published trend.
    two = rest.filter(pl.col("reason") == "")
    assert sorted(two.select("IndicatorId", "AreaCode").iter_rows()) == [(93085, "E38000200"), (93085, "E38000228")]
    without_2022 = north_west.filter(pl.col("Year") != 2022).join(two.select(KEY), on=KEY, how="semi")
    again = two.drop("trend").join(recomputed(without_2022), on=KEY)
    assert again["told"].to_list() == again["trend"].to_list()
    assert short.height + quarters.height + surveys.height + no_limits.height + two.height == rest.height

    cannot = both.filter(pl.col("told") == "cannot be calculated")
    assert cannot.height == 2013
    # One has five full points from 2019 on; that the peer has none must come from a year before the file begins.
    other = cannot.filter(pl.col("trend") != "cannot be calculated")
    assert other.select("IndicatorId", "AreaCode").rows() == [(30302, "E08000006")]


# What must hold for any series ---

VALUES = st.lists(st.floats(1, 100), min_size=5, max_size=9)


@given(VALUES)
def test_only_the_newest_five_points_matter(values):
    assert trend(yearly(values))["trend"] == trend(yearly(values[-5:]))["trend"]


@given(VALUES)
def test_high_and_low_is_good_mirror_each_other(values):
    judged = [
        trend(yearly(values).with_columns(polarity=pl.lit(p)), polarity="polarity")["trend"]
        for p in ("high is good", "low is good")
    ]
    swap = {"better": "worse", "worse": "better"}
    words = judged[0].split()
    assert judged[1] == " ".join([*words[:-1], swap.get(words[-1], words[-1])])


@given(VALUES, st.randoms())
def test_order_of_rows_does_not_matter(values, random):
    rows = yearly(values)
    order = list(range(len(values)))
    random.shuffle(order)
    assert trend(rows) == trend(rows[order])


@given(VALUES, st.floats(0.5, 2000))
def test_unit_does_not_matter(values, per):
    rows = yearly(values)
    scaled = rows.with_columns(pl.col("value", "lower", "upper") * per)
    assert trend(rows)["trend"] == trend(scaled)["trend"]


def test_slope_is_weighted_least_squares():
    rows = yearly([10, 12, 11, 15, 17]).with_columns(upper=pl.col("lower") + pl.Series([1.0, 2.0, 1.5, 1.0, 3.0]))
    error = (rows["upper"] - rows["lower"]).to_numpy() / 3.92
    slope, covariance = np.polyfit(range(1, 6), rows["value"].to_numpy(), 1, w=1 / error, cov="unscaled")
    found = trend(rows)
    assert found["slope"] == pytest.approx(slope[0])
    assert found["chi_squared"] == pytest.approx(slope[0] ** 2 / covariance[0, 0])


def test_one_steep_point_is_not_a_trend():
    assert trend(yearly([10, 10, 9.9, 9.8, 30]))["trend"] == "no significant change"


def test_exact_ties_count_as_rising_in_floating_point():
    # Without its first point this series has a slope of exactly 0 (Fingertips 93701, a deprivation decile of England).
    printed = [15.7, 16.6, 16.0, 16.6, 16.4]
    assert trend(yearly(printed, width=0.22))["trend"] == "increasing"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"value": None}, "fewer than five yearly points with value, count and denominator"),
        ({"count": None}, "fewer than five yearly points with value, count and denominator"),
        ({"count": 100.0}, "a count equals its denominator"),
        ({"lower": None}, "one of the newest five points has no interval"),
        ({"upper": 10.0, "lower": 10.0}, "one of the newest five points has no interval"),
        ({"end": date(2022, 12, 31), "start": date(2022, 1, 1)}, "two points end on the same day"),
    ],
)
def test_why_it_cannot_be_calculated(change, reason):
    rows = yearly([10, 11, 12, 13, 14], count=[10.0] * 5, denominator=[100.0] * 5)
    newest = pl.int_range(pl.len()) == 4
    rows = rows.with_columns(
        pl.when(newest).then(pl.lit(new, dtype=rows.schema[name])).otherwise(name).alias(name)
        for name, new in change.items()
    )
    found = trend(rows, count="count", denominator="denominator")
    assert (found["trend"], found["reason"], found["slope"]) == ("cannot be calculated", reason, None)


def test_three_year_periods_have_no_trend():
    rows = yearly([10, 11, 12, 13, 14]).with_columns(start=pl.col("start").dt.offset_by("-2y"))
    assert trend(rows)["reason"] == "the periods are not single years"


def test_a_ratio_has_no_trend():
    rows = yearly([10, 11, 12, 13, 14]).with_columns(kind=pl.lit("indirectly standardised ratio"))
    assert trend(rows, value_type="kind")["trend"] == "cannot be calculated"


@given(st.lists(VALUES, min_size=1, max_size=4), st.randoms())
def test_series_may_be_mixed_up_in_the_table(several, random):
    alone = [yearly(values).with_columns(series=pl.lit(str(n))) for n, values in enumerate(several)]
    rows = pl.concat(alone)
    order = list(range(rows.height))
    random.shuffle(order)
    found = stats.recent_trend(rows[order], by="series", **COLUMNS).sort("series")
    assert found.rows(named=True) == [trend(one) for one in alone]


def test_an_empty_table():
    assert stats.recent_trend(yearly([]), by="series", **COLUMNS).is_empty()
