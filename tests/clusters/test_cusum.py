"""CUSUM: its own recursion in slow words, bounds that part alarms from the rest, run length."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonweal import clusters
from commonweal.clusters.cusum import TRANSFORMS

OPTIONS = {"count": "n", "time": "day", "expected": "mu", "dispersion": 0.3}


def table(values, mean):
    return pl.DataFrame({"day": range(len(values)), "n": values, "mu": [mean] * len(values)})


@pytest.mark.parametrize("transform", TRANSFORMS)
@given(values=st.lists(st.integers(0, 30), min_size=1, max_size=15), mean=st.floats(0.3, 20))
@settings(max_examples=25, deadline=None)
def test_one_count_fewer_than_the_bound_is_no_alarm(transform, values, mean):
    found = clusters.cusum(table(values, mean), transform=transform, **OPTIONS)
    bound = found["upperbound"][-1]
    for last in {max(bound - 1, 0), bound}:
        again = clusters.cusum(table([*values[:-1], int(last)], mean), transform=transform, **OPTIONS)
        assert again["alarm"][-1] == (last >= bound)


def test_reset_starts_afresh():
    found = clusters.cusum(table([5, 50, 5, 5], 5.0), transform="standard", **OPTIONS)
    assert found["alarm"].to_list() == [False, True, True, True]
    again = clusters.cusum(table([5, 50, 5, 5], 5.0), transform="standard", reset=True, **OPTIONS)
    assert again["alarm"].to_list() == [False, True, False, False]


def test_a_missing_count_leaves_the_sum():
    found = clusters.cusum(table([9, None, 5], 5.0), transform="standard", **OPTIONS)
    assert found["statistic"][1] == found["statistic"][0]
    assert found["alarm"][1] is None
    assert found["reason"][1] == "the count is missing"


def test_run_length_without_change_is_about_five_hundred():
    # Rossi et al. 1999: k = 1.04 and h = 2.26 give an in-control average run length of 500.
    random = np.random.default_rng(2)
    rows = pl.DataFrame(
        {"s": np.repeat(range(100), 1000), "day": np.tile(range(1000), 100), "n": random.poisson(50, 100000), "mu": 50}
    )
    found = clusters.cusum(rows, count="n", time="day", by="s", expected="mu", transform="rossi", reset=True)
    assert 350 < 1 / found["alarm"].mean() < 700


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "Say what to expect by one of two"),
        ({"training": 3, "expected": "mu"}, "Say what to expect by one of two"),
        ({"training": 0}, "'training' is 1 time point or more"),
        ({"training": 2, "transform": "log"}, "'transform' is one of"),
        ({"training": 2, "mean": "seasonal"}, "The training has 2 counts, but the model has 4 coefficients"),
        ({"training": 2, "decision": 0}, "'decision' is above 0"),
        ({"expected": "zero"}, "'zero' is missing or not above 0 in 3 rows, first at row 1"),
    ],
)
def test_wrong_options_are_refused(options, message):
    rows = table([1, 2, 3], 2.0).with_columns(zero=0.0)
    with pytest.raises(Exception, match=message):
        clusters.cusum(rows, count="n", time="day", **options)


def test_a_training_without_cases_is_refused():
    with pytest.raises(Exception, match="no case in the training"):
        clusters.cusum(table([0, 0, 3], 2.0), count="n", time="day", training=2)
