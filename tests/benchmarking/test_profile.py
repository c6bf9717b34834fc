import pytest
from made_up_store import HALTON, KNOWSLEY, WARRINGTON

from commonweal.benchmarking import area_profile


def row(benchmark, area, indicator):
    return area_profile(benchmark, area).filter(indicator=indicator).row(0, named=True)


def test_the_benchmark_is_the_middle_and_the_farther_end_is_one(benchmark):
    found = row(benchmark, KNOWSLEY, "treated")
    # England 60, areas from 40 to 70: twenty below is the reach.
    assert found["at_value"] == pytest.approx(-0.5)
    assert (found["at_minimum"], found["at_maximum"]) == (-1, pytest.approx(0.5))


def test_better_is_to_the_right_where_low_is_good(benchmark):
    assert row(benchmark, WARRINGTON, "smoking")["at_value"] > 0 > row(benchmark, HALTON, "smoking")["at_value"]


def test_what_is_not_compared_has_no_spine(benchmark):
    assert row(benchmark, HALTON, "counted")["at_value"] is None


def test_one_row_an_indicator(benchmark):
    assert area_profile(benchmark, HALTON)["indicator"].to_list() == [
        "counted",
        "ranked",
        "screened",
        "sized",
        "smoking",
        "treated",
    ]
