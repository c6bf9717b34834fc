"""EARS: the definitions of Hutwagner et al. 2003 in slow words, and false alarms."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from scipy.stats import t as student

from commonweal import clusters

counts = st.lists(st.one_of(st.none(), st.integers(0, 12)), min_size=1, max_size=30)


def table(values):
    return pl.DataFrame({"day": range(len(values)), "n": values}, schema={"day": pl.Int64, "n": pl.Int64})


def c2(values, t, lag, least):
    base = values[t - lag - 7 : t - lag] if t - lag >= 7 else []
    if len(base) < 7 or None in base or values[t] is None:
        return None
    mean, deviation = np.mean(base), max(np.std(base, ddof=1), least)
    if deviation == 0:
        return 0.0 if values[t] == mean else np.sign(values[t] - mean) * np.inf
    return (values[t] - mean) / deviation


@given(counts, st.sampled_from([0.0, 0.5]))
@settings(max_examples=60, deadline=None)
def test_statistics_are_the_published_ones(values, least):
    for variant, lag in (("C1", 0), ("C2", 2)):
        found = clusters.ears(table(values), count="n", time="day", variant=variant, least_deviation=least)
        for t in range(len(values)):
            wanted = c2(values, t, lag, least)
            got = found["statistic"][t]
            assert got == pytest.approx(wanted) if wanted is not None else got is None
            assert (found["reason"][t] == "") == (found["alarm"][t] is not None) == (wanted is not None)
    found = clusters.ears(table(values), count="n", time="day", variant="C3", least_deviation=least)
    for t in range(len(values)):
        parts = [c2(values, i, 2, least) if i >= 0 else None for i in (t, t - 1, t - 2)]
        if None in parts:
            assert found["alarm"][t] is None
        else:
            wanted = sum(max(0, part - 1) for part in parts)
            assert found["statistic"][t] == pytest.approx(wanted)
            assert found["alarm"][t] == (wanted > norm.isf(0.025))


@given(st.lists(st.integers(0, 12), min_size=12, max_size=25))
@settings(max_examples=60, deadline=None)
def test_the_bound_of_c3_parts_alarms_from_the_rest(values):
    found = clusters.ears(table(values), count="n", time="day", variant="C3", least_deviation=0.5)
    for t in range(11, len(values)):
        bound = found["upperbound"][t]
        if bound > 0 and abs(values[t] - bound) > 1e-9:
            assert found["alarm"][t] == (values[t] > bound)


def test_false_alarms_under_no_change():
    random = np.random.default_rng(1)
    rows = pl.DataFrame(
        {"s": np.repeat(range(200), 60), "day": np.tile(range(60), 200), "n": random.poisson(30, 12000)}
    )
    found = clusters.ears(rows, count="n", time="day", by="s", alpha=0.05)
    # Mean and deviation are estimated from 7 values: t on 6 degrees of freedom, times the root of 8/7.
    wanted = student.sf(norm.isf(0.05) / np.sqrt(8 / 7), 6)
    assert found["alarm"].mean() == pytest.approx(wanted, abs=0.015)


def test_wrong_options_are_refused():
    for options, message in (
        ({"variant": "C4"}, "'variant' is one of C1, C2, C3"),
        ({"baseline": 1}, "'baseline' is 2"),
        ({"alpha": 2}, "'alpha' lies between"),
        ({"least_deviation": -1}, "'least_deviation' is 0 or more"),
    ):
        with pytest.raises(Exception, match=message):
            clusters.ears(table([1, 2]), count="n", time="day", **options)
