"""Fast retrospective permutation scans against the reference program and against slow, obvious code."""

import numpy as np
import pytest
from clusters.new_york import INTERVALS, new_york
from clusters.obvious import by_distance, permutation_maxima
from clusters.test_prospective_permutation import surveillance
from hypothesis import given, settings
from hypothesis import strategies as st

from commonweal.clusters.case_reach import case_reach
from commonweal.clusters.retrospective_permutation import retrospective_maxima


def test_the_retrospective_p_value_equals_that_of_the_reference_program():
    # reference/clusters.md, section 4, run c4 of SaTScan 10.3.2
    place, interval, order, length = new_york()
    reach = case_reach(order, length, place, len(place) // 2)
    maxima = retrospective_maxima(reach, place, interval, intervals=INTERVALS, max_length=7, replicates=range(1000))
    assert round(maxima[0], 6) == 8.119521
    assert (1 + (maxima[1:] >= maxima[0]).sum()) / 1000 == 0.020


def test_the_p_value_adjusted_for_earlier_analyses_equals_that_of_the_reference_program():
    # Run c5: the data scanned for windows that end on the last day, replicates for those that end on 20 November or
    # later.
    place, interval, order, length = new_york(within_km=3)
    reach = case_reach(order, length, place, len(place) // 2)
    simulated = retrospective_maxima(reach, place, interval, intervals=INTERVALS, max_length=7, first_end=19)
    assert (1 + (simulated >= 3.845418).sum()) / 1000 == 0.627


@settings(deadline=None, max_examples=150)
@given(surveillance(), st.data())
def test_maxima_equal_those_of_obvious_code(made, data):
    order, length, place, interval, intervals = made
    longest = data.draw(st.integers(1, intervals))
    shortest = data.draw(st.integers(1, longest))
    first_end = data.draw(st.integers(0, intervals - 1))
    most_cases = data.draw(st.integers(1, len(place)))
    min_cases = data.draw(st.integers(1, 4))
    windows = [
        (start, end)
        for end in range(first_end, intervals)
        for start in range(max(0, end - longest + 1), end - shortest + 2)
    ]
    numbers = range(6)
    expected = permutation_maxima(order, length, place, interval, most_cases, windows, min_cases, numbers)
    maxima = retrospective_maxima(
        case_reach(order, length, place, most_cases),
        place,
        interval,
        intervals=intervals,
        max_length=longest,
        min_length=shortest,
        min_cases=min_cases,
        first_end=first_end,
        replicates=numbers,
    )
    np.testing.assert_allclose(maxima, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("cases", [300, 1500])
def test_long_stretches_need_larger_counters_and_change_nothing(cases):
    random = np.random.default_rng(cases)
    order, length = by_distance(random.normal(size=(8, 2))), np.full(8, 8)
    place, interval = random.integers(0, 8, cases), random.integers(0, 30, cases)
    place[:9], interval[:9] = order[3, 0], 20
    windows = [(start, end) for end in range(30) for start in range(max(0, end - 19), end + 1)]
    expected = permutation_maxima(order, length, place, interval, cases // 2, windows, 2, range(2))
    reach = case_reach(order, length, place, cases // 2)
    maxima = retrospective_maxima(reach, place, interval, intervals=30, max_length=20, replicates=range(2))
    np.testing.assert_allclose(maxima, expected, rtol=1e-12)


def test_the_number_of_threads_changes_nothing():
    random = np.random.default_rng(5)
    order, length = by_distance(random.normal(size=(30, 2))), np.full(30, 30)
    place, interval = random.integers(0, 30, 80), random.integers(0, 90, 80)
    reach = case_reach(order, length, place, 40)
    runs = [
        retrospective_maxima(
            reach, place, interval, intervals=90, max_length=30, replicates=range(1, 200), threads=threads
        )
        for threads in (1, 3)
    ]
    np.testing.assert_array_equal(*runs)
