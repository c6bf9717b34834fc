"""Change between two periods."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonweal import stats

few = settings(max_examples=30, deadline=None)


def proportions(before, after, **more):
    rows = pl.DataFrame({"period": [2019, 2023], "x": [before[0], after[0]], "n": [before[1], after[1]]})
    return stats.proportion(rows, count="x", denominator="n", by="period", **more)


def change(table, **more):
    found = stats.rate_of_change(table, **more)
    return found.select("value", "lower_95", "upper_95").row(0)


def test_a_difference_of_proportions_as_published():
    """Newcombe RG (1998), Statistics in Medicine 17:873-890, table II, method 10: 56/70 less 48/80."""
    assert change(proportions((48, 80), (56, 70)), measure="difference") == pytest.approx(
        (0.2, 0.0524, 0.3339), abs=5e-5
    )


@pytest.mark.parametrize(
    ("after", "lower", "upper"),
    # The same table: 9/10 less 3/10, and 5/56 less 0/29.
    [((9, 10, 3, 10), 0.1705, 0.8090), ((5, 56, 0, 29), -0.0381, 0.1926)],
)
def test_small_differences_as_published(after, lower, upper):
    found = change(proportions(after[2:], after[:2]), measure="difference")
    assert found[1:] == pytest.approx((lower, upper), abs=5e-5)


@given(st.integers(1, 500), st.integers(1, 500))
@few
def test_measures_agree(before, after):
    table = proportions((before, 1000), (after, 1000))
    ratio, percentage = change(table, measure="ratio"), change(table)
    assert percentage == pytest.approx(tuple(100 * (part - 1) for part in ratio))
    annual = change(table, measure="annual percentage change")
    assert annual == pytest.approx(tuple(100 * (part**0.25 - 1) for part in ratio))
    assert ratio[1] <= ratio[0] <= ratio[2]


@given(st.integers(20, 5000), st.integers(20, 5000))
@few
def test_the_other_way_round_is_the_reciprocal(before, after):
    there = change(proportions((before, 10_000), (after, 10_000)), measure="ratio")
    back = change(proportions((after, 10_000), (before, 10_000)), measure="ratio")
    assert (1 / back[0], 1 / back[2], 1 / back[1]) == pytest.approx(there)


def test_a_ratio_of_large_counts_is_that_of_the_logarithm():
    rows = pl.DataFrame({"period": [1, 2], "x": [40_000, 50_000], "n": [10**6, 10**6]})
    found = change(stats.rate(rows, count="x", population="n", by="period"), measure="ratio")
    away = 1.96 * np.sqrt(1 / 40_000 + 1 / 50_000)
    assert found == pytest.approx((1.25, 1.25 * np.exp(-away), 1.25 * np.exp(away)), rel=2e-4)


def test_the_interval_covers_as_it_says():
    random = np.random.default_rng(3)
    times, n, first, last = 3000, 400, 0.10, 0.14
    rows = pl.DataFrame(
        {
            "area": np.repeat(np.arange(times), 2),
            "period": [1, 2] * times,
            "x": np.column_stack([random.binomial(n, first, times), random.binomial(n, last, times)]).ravel(),
            "n": n,
        }
    )
    limits = stats.proportion(rows, count="x", denominator="n", by=["area", "period"])
    for measure, truth in (("ratio", last / first), ("difference", last - first)):
        found = stats.rate_of_change(limits, by="area", measure=measure)
        covered = ((found["lower_95"] <= truth) & (truth <= found["upper_95"])).mean()
        assert 0.94 < covered < 0.965


def test_several_series_levels_and_periods():
    rows = pl.DataFrame(
        {"area": ["a", "b"] * 3, "period": ["2019/20", "2019/20", "2020/21", "2020/21", "2021/22", "2021/22"],
         "x": [10, 20, 99, 99, 20, None], "n": [100] * 6}
    )  # fmt: skip
    table = stats.proportion(rows, count="x", denominator="n", by=["area", "period"], confidence=[95, 99.8])
    found = stats.rate_of_change(table, by="area", first="2019/20", last="2021/22", confidence=[95, 99.8])
    assert found["value"].to_list() == [pytest.approx(100), None]
    assert found["reason"].to_list() == [None, "no value in the last period"]
    assert found["last_period"].to_list() == ["2021/22"] * 2
    assert (found["lower_99_8"] < found["lower_95"])[0]
    with pytest.raises(stats.ColumnError, match="'period' holds 3: 2019/20, 2020/21, 2021/22"):
        stats.rate_of_change(table, by="area")
    with pytest.raises(stats.ColumnError, match="How many `years`"):
        stats.rate_of_change(table, by="area", first="2019/20", last="2021/22", measure="annual percentage change")


def test_years_between_dates():
    table = proportions((100, 1000), (121, 1000)).with_columns(
        period=pl.Series([dt.date(2020, 1, 1), dt.date(2022, 1, 1)])
    )
    assert change(table, measure="annual percentage change")[0] == pytest.approx(10, abs=0.02)


def test_from_nothing_there_is_no_ratio_but_a_difference():
    table = proportions((0, 100), (5, 100))
    found = stats.rate_of_change(table)
    assert found.select("value", "lower_95", "upper_95", "reason").row(0) == (None, None, None, "the first value is 0")
    assert change(table, measure="difference")[0] == pytest.approx(0.05)
    to_nothing = change(proportions((5, 100), (0, 100)))
    assert to_nothing[:2] == (-100, -100)
    assert to_nothing[2] > -100


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"measure": "odds"}, "Choose one of: percentage change"),
        ({"lower": "lower_95"}, "Name both `lower` and `upper`"),
        ({"first": 2019, "last": 2019}, "a change is between two periods"),
        ({"first": 2019, "last": 2050}, "`last` is 2050, but 'period' holds 2019, 2023"),
        ({"measure": "annual percentage change", "years": -1}, "years above 0"),
        ({"confidence": 99.8}, "no column 'lower_99_8'"),
    ],
)
def test_what_is_wrong_is_said(more, message):
    with pytest.raises(stats.ColumnError, match=message):
        stats.rate_of_change(proportions((5, 100), (6, 100)), **more)


def test_a_value_outside_its_limits_and_a_period_twice():
    table = proportions((5, 100), (6, 100))
    with pytest.raises(stats.ColumnError, match="'value' lies outside its limits 'lower_95', 'upper_95' in 2 rows"):
        stats.rate_of_change(table.with_columns(value=pl.lit(0.9)))
    with pytest.raises(stats.ColumnError, match=r"more than one row of a period .* in 4 rows, first at row 1"):
        stats.rate_of_change(pl.concat([table, table]))
