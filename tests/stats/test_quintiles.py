"""Fifths by rank: see docs/decisions/0005-fifths-by-rank.md for why, and what the peers do."""

from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonweal import stats


def fifths(values, polarity="low is good"):
    rows = pl.DataFrame({"v": values, "s": ["a"] * len(values)}, schema={"v": pl.Float64, "s": pl.String})
    return stats.quintiles(rows, value="v", polarity=polarity, by="s")["quintile"].to_list()


def test_ten_areas_fall_two_by_two():
    assert fifths([float(v) for v in range(10)]) == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert fifths([float(v) for v in range(10)], "high is good") == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]


def test_fewer_than_five_have_none():
    assert fifths([1.0, 2.0, 3.0, 4.0]) == [None] * 4
    assert fifths([1.0, 2.0, 3.0, 4.0, None]) == [None] * 5


def test_seven_areas_are_spread_over_the_fifths():
    assert fifths([float(v) for v in range(7)]) == [1, 1, 2, 3, 3, 4, 5]


@given(st.lists(st.one_of(st.none(), st.integers(0, 30).map(float)), max_size=60))
def test_equal_values_share_a_fifth_and_better_is_never_in_a_worse_one(values):
    found = list(zip(values, fifths(values), strict=True))
    known = sorted((v, q) for v, q in found if v is not None and q is not None)
    for (v, q), (w, r) in pairwise(known):
        assert q <= r
        assert v != w or q == r
    assert all(q is None for v, q in found if v is None)


@given(st.lists(st.floats(0, 1e6), min_size=5, max_size=60, unique=True))
def test_fifths_are_as_even_as_they_can_be(values):
    sizes = [fifths(values).count(q) for q in range(1, 6)]
    assert max(sizes) - min(sizes) <= 1


def test_distributions_are_kept_apart():
    rows = pl.DataFrame({"v": [1.0, 2, 3, 4, 5] * 2, "s": ["a"] * 5 + ["b"] * 5})
    found = stats.quintiles(rows, value="v", polarity="no judgement", by=["s"])
    assert found["quintile"].to_list() == [1, 2, 3, 4, 5] * 2


def test_absent_column_is_named():
    with pytest.raises(stats.ColumnError, match="'missing'"):
        stats.quintiles(pl.DataFrame({"v": [1.0]}), value="missing", polarity="low is good", by="v")
