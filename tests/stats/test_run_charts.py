"""Run charts against published limits and findings, and against runs counted one by one."""

from itertools import groupby
from math import comb

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from published_series import INFECTIONS

from commonweal import CommonwealError
from commonweal.stats import run_chart


def chart(values, **asked):
    data = pl.DataFrame({"month": range(len(values)), "number": [None if v is None else float(v) for v in values]})
    return run_chart(data, value="number", order="month", **asked)


@pytest.mark.parametrize(("useful", "longest"), [(10, 6), (12, 7), (22, 7), (23, 8), (24, 8), (46, 9), (100, 10)])
def test_limits_of_the_rules_are_the_published_ones(useful, longest):
    """Anhøj J, Olesen AV (2014): round(log2 n) + 3; the 5% point of a binomial, here by counting its outcomes."""
    found = chart([1, 2] * (useful // 2) + [2] * (useful % 2), baseline=2).summary
    outcomes = np.cumsum([comb(useful - 1, crossings) for crossings in range(useful)]) / 2 ** (useful - 1)
    expected = (useful, longest, int(np.argmax(outcomes >= 0.05)))
    assert found.select("useful", "longest_run_limit", "crossings_limit").row(0) == expected


def test_infections_run_below_the_median_of_the_time_before_the_intervention():
    found = chart(INFECTIONS, baseline=24)
    assert found.summary.select("centre", "longest_run").row(0) == (19, 15)
    assert found.summary["signal"][0] == "unusually long run and unusually few crossings"
    assert found.points["in_long_run"].to_list()[-15:] == [True] * 15
    split = chart(INFECTIONS, rebase_at=24).summary
    assert split["signal"].to_list() == ["no signal", "no signal"]
    assert split["centre"].to_list() == [19, 6]
    assert "longest run 15 (limit 8)" in repr(found)


@given(st.lists(st.one_of(st.none(), st.integers(-2, 2)), min_size=1, max_size=60))
@settings(max_examples=200, deadline=None)
def test_runs_and_crossings_are_those_counted_by_hand(values):
    found = chart(values).summary.row(0, named=True)
    known = [value for value in values if value is not None]
    assert found["points"] == len(known)
    middle = float(np.median(known)) if known else 0.0
    sides = [value > middle for value in known if value != middle]
    runs = [len(list(run)) for _, run in groupby(sides)]
    assert found["useful"] == len(sides)
    if sides:
        assert (found["longest_run"], found["crossings"]) == (max(runs), len(runs) - 1)
    else:
        assert found["signal"] == "not assessed"


@given(st.integers(0, 1_000))
@settings(max_examples=10, deadline=None)
def test_rows_in_any_order_and_series_alone_or_together_give_the_same(seed):
    random = np.random.default_rng(seed)
    data = pl.DataFrame(
        {"area": np.repeat(["a", "b"], 20), "month": [*range(20)] * 2, "number": random.integers(0, 5, 40)}
    )
    asked = {"value": "number", "order": "month", "by": "area", "rebase_at": 10}
    together = run_chart(data, **asked)
    shuffled = run_chart(data.sample(fraction=1, shuffle=True, seed=seed), **asked)
    assert together.points.equals(shuffled.points.sort("area", "month"))
    for area in ("a", "b"):
        alone = run_chart(data.filter(area=area), **asked)
        assert alone.points.equals(together.points.filter(area=area))
        assert alone.summary.equals(together.summary.filter(area=area))


def test_pandas_and_arrow_give_what_polars_gives():
    data = pl.DataFrame({"month": range(12), "number": [3, 1, 2] * 4})
    expected = run_chart(data, value="number", order="month")
    of_pandas = run_chart(data.to_pandas(), value="number", order="month")
    of_arrow = run_chart(data.to_arrow(), value="number", order="month")
    assert pl.from_pandas(of_pandas.points).equals(expected.points)
    assert pl.from_arrow(of_arrow.summary).equals(expected.summary)


def test_few_points_and_none_are_said_to_be_so():
    assert "fewer than 10 useful points" in chart([1, 2] * 4).summary["note"][0]
    assert chart([None]).summary.select("signal", "note").row(0) == ("not assessed", "no point has a value")
    assert "no point has a value" in repr(chart([None]))
    assert chart([5]).summary["signal"][0] == "not assessed"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"baseline": 0}, "median comes from, not 0"),
        ({"value": "nunber"}, "no column 'nunber'"),
        ({"by": "phase"}, "The column 'phase' has a name that the result needs"),
    ],
)
def test_bad_input_is_refused_in_words(asked, message):
    data = pl.DataFrame({"phase": [1], "month": [1], "number": [1]})
    with pytest.raises(CommonwealError, match=message):
        run_chart(data, **{"value": "number", "order": "month"} | asked)
