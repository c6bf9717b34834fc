"""Quantiles by rank."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonweal import stats

VALUES = st.lists(st.integers(-50, 50).map(float), min_size=1, max_size=60)


def places(values, **more):
    return stats.quantiles(pl.DataFrame({"v": values}, schema={"v": pl.Float64}), value="v", **more)[
        "quantile"
    ].to_list()


def test_ten_values_in_deciles_from_the_highest_and_from_the_lowest():
    assert places([float(v) for v in range(10)]) == list(range(10, 0, -1))
    assert places([float(v) for v in range(10)], highest_first=False) == list(range(1, 11))


@given(VALUES, st.integers(2, 10), st.booleans())
@settings(deadline=None)
def test_quantiles_follow_the_values_and_ties_stay_together(values, count, highest_first):
    found = places(values, count=count, highest_first=highest_first)
    if len(values) < count:
        assert set(found) == {None}
        return
    assert set(found) <= set(range(1, count + 1))
    ordered = sorted(
        zip(values, found, strict=True), key=lambda pair: (-pair[0] if highest_first else pair[0], pair[1])
    )
    assert [place for _, place in ordered] == sorted(found)
    assert len(set(zip(values, found, strict=True))) == len(set(values))


@given(st.integers(2, 10), st.integers(1, 8))
@settings(deadline=None)
def test_values_that_all_differ_are_shared_evenly(count, times):
    found = places([float(v) for v in range(count * times)], count=count)
    assert all(found.count(place) == times for place in range(1, count + 1))


def test_missing_values_have_no_quantile_and_do_not_count():
    table = pl.DataFrame({"v": [1.0, None, 2.0, float("nan"), 3.0]})
    found = stats.quantiles(table, value="v", count=3)
    assert found["quantile"].to_list() == [3, None, 2, None, 1]
    assert found["reason"].to_list() == [None, "'v' is missing", None, "'v' is missing", None]
    assert stats.quantiles(table, value="v", count=4)["reason"][0] == "fewer than 4 values in the group"


@pytest.mark.parametrize("words", [[True, False], ["yes", "No"], ["TRUE", "false"], [1, 0]])
def test_the_direction_may_be_a_column(words):
    table = pl.DataFrame({"g": ["a"] * 2 + ["b"] * 2, "v": [1, 2, 1, 2], "high": [words[0]] * 2 + [words[1]] * 2})
    found = stats.quantiles(table, value="v", by="g", count=2, highest_first="high")
    assert found["quantile"].to_list() == [2, 1, 1, 2]


@pytest.mark.parametrize(
    ("high", "count", "message"),
    [
        (["yes", "no"], 2, "'high' must be the same in every row of a group; it differs in g 'a'"),
        (["yes", "perhaps"], 2, "'high' is 'perhaps', neither true nor false in 1 row, first at row 2"),
        (["yes", "yes"], 1, "whole number from 2"),
        (["yes", "yes"], 2.5, "whole number from 2"),
    ],
)
def test_what_is_wrong_is_said(high, count, message):
    table = pl.DataFrame({"g": ["a", "a"], "v": [1, 2], "high": high})
    with pytest.raises(stats.ColumnError, match=message):
        stats.quantiles(table, value="v", by="g", count=count, highest_first="high")


def test_a_rank_exactly_at_a_cut_is_not_moved_by_rounding():
    """49 values in sevenths: in binary, N/Q steps of other sizes may put rank 7k over the cut."""
    for size, count in ((49, 7), (30, 10), (290, 10), (77, 7)):
        found = places([float(v) for v in range(size)], count=count)
        assert {found.count(place) for place in range(1, count + 1)} == {size // count}
