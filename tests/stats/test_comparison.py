"""Comparison with a benchmark, by the rules in reference/indicators.md section 2 (Fingertips technical guidance)."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonweal import stats
from commonweal.errors import CommonwealError

COLUMNS = {"value": "v", "lower": "l", "upper": "u", "benchmark": "b"}
WIDE = {"lower_wide": "ll", "upper_wide": "uu"}


def row(value=10.0, lower=9.0, upper=11.0, benchmark=10.0, ll=8.0, uu=12.0):
    schema = dict.fromkeys(("v", "l", "u", "b", "ll", "uu"), pl.Float64)
    return pl.DataFrame([(value, lower, upper, benchmark, ll, uu)], schema=schema, orient="row")


def word(rows, polarity="high is good", **more):
    return stats.compare(rows, **COLUMNS, **WIDE, polarity=polarity, **more)["comparison"][0]


@pytest.mark.parametrize(
    ("benchmark", "polarity", "expected"),
    [
        (8.9, "high is good", "better"),
        (8.9, "low is good", "worse"),
        (8.9, "no judgement", "higher"),
        (11.1, "high is good", "worse"),
        (11.1, "low is good", "better"),
        (11.1, "no judgement", "lower"),
        (10.5, "high is good", "similar"),
        # An interval that ends exactly at the benchmark contains it (FingertipsNext: strict inequality).
        (9.0, "high is good", "similar"),
        (11.0, "high is good", "similar"),
        (8.9, "not applicable", "not compared"),
        (None, "high is good", "not compared"),
    ],
)
def test_interval_against_benchmark(benchmark, polarity, expected):
    assert word(row(benchmark=benchmark), polarity) == expected


@pytest.mark.parametrize(
    ("benchmark", "polarity", "expected"),
    [
        (8.5, "high is good", "better"),
        (7.5, "high is good", "best"),
        (11.5, "high is good", "worse"),
        (12.5, "high is good", "worst"),
        (12.5, "low is good", "best"),
        (12.5, "no judgement", "lowest"),
        (10.0, "high is good", "similar"),
    ],
)
def test_two_levels(benchmark, polarity, expected):
    assert word(row(benchmark=benchmark), polarity, method="two levels") == expected


def test_998_uses_the_wide_interval():
    assert word(row(benchmark=8.5), method="confidence interval 99.8") == "similar"
    assert word(row(benchmark=7.5), method="confidence interval 99.8") == "better"


@pytest.mark.parametrize("missing", ["value", "lower", "upper", "benchmark"])
def test_something_missing_is_not_compared(missing):
    assert word(row(**{missing: None})) == "not compared"


@pytest.mark.parametrize(
    ("value", "goal", "polarity", "expected"),
    [
        (95, (95, None), "high is good", "met"),
        (94, (95, None), "high is good", "similar"),
        (80, (95, None), "high is good", "not met"),
        (5, (6, None), "low is good", "met"),
        (80, (90, 95), "high is good", "not met"),
        (90, (90, 95), "high is good", "similar"),
        (95, (90, 95), "high is good", "met"),
        (80, (90, 95), "low is good", "met"),
        (95, (90, 95), "low is good", "not met"),
        (95, (95, None), "no judgement", "not compared"),
    ],
)
def test_goals(value, goal, polarity, expected):
    assert word(row(value, value - 2, value + 2), polarity, method="goal", goal=goal) == expected


@given(st.floats(-100, 100), st.floats(0, 50), st.floats(0, 50), st.floats(-200, 200))
def test_polarity_swaps_better_and_worse_only(value, below, above, benchmark):
    rows = row(value, value - below, value + above, benchmark)
    swap = {"better": "worse", "worse": "better", "similar": "similar"}
    assert word(rows, "low is good") == swap[word(rows, "high is good")]
    side = {"better": "higher", "worse": "lower", "similar": "similar"}
    assert word(rows, "no judgement") == side[word(rows, "high is good")]


@given(st.floats(-100, 100), st.floats(0, 50), st.floats(0, 50), st.floats(-200, 200))
def test_a_wider_interval_never_finds_a_difference_that_a_narrower_does_not(value, below, above, benchmark):
    narrow = word(row(value, value - below, value + above, benchmark))
    wide = word(row(value, value - 2 * below, value + 2 * above, benchmark))
    assert wide in (narrow, "similar")


def test_unknown_method_and_absent_column_are_refused():
    with pytest.raises(CommonwealError, match="not a method of comparison"):
        word(row(), method="eyeball")
    with pytest.raises(CommonwealError, match="no column 'u'"):
        word(row().drop("u"))
    with pytest.raises(CommonwealError, match=r"99\.8% limits"):
        stats.compare(row(), **COLUMNS, polarity="high is good", method="two levels")
