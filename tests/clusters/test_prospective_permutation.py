"""Fast prospective permutation scans against the reference program and against slow, obvious code."""

import numpy as np
import pytest
from clusters.new_york import INTERVALS, new_york
from clusters.obvious import by_distance, permutation_maxima
from hypothesis import given, settings
from hypothesis import strategies as st

from commonweal.clusters.case_reach import case_reach
from commonweal.clusters.prospective_permutation import prospective_maxima


def p_value(within_km, min_length=1):
    place, interval, order, length = new_york(within_km)
    reach = case_reach(order, length, place, len(place) // 2)
    maxima = prospective_maxima(
        reach, place, interval, intervals=INTERVALS, max_length=7, min_length=min_length, replicates=range(1000)
    )
    return maxima[0], maxima[1:]


@pytest.mark.parametrize(
    # reference/clusters.md, section 4, runs c, c2 and c6 of SaTScan 10.3.2
    ("within_km", "min_length", "p"),
    [(3, 1, 0.216), (None, 1, 0.338), (3, 2, 0.128)],
)
def test_p_values_equal_those_of_the_reference_program(within_km, min_length, p):
    observed, simulated = p_value(within_km, min_length)
    assert round(observed, 6) == 3.845418
    assert (1 + (simulated >= observed).sum()) / 1000 == p


def test_the_fiftieth_greater_maximum_comes_at_the_replicate_of_the_reference_program():
    # Run c3 stopped after 207 replicates: it counts maxima that are greater, not those that are equal.
    observed, simulated = p_value(3)
    assert np.flatnonzero(np.cumsum(simulated > observed) == 50)[0] + 1 == 207


@st.composite
def surveillance(draw):
    places, cases, intervals = draw(st.integers(1, 8)), draw(st.integers(2, 25)), draw(st.integers(2, 12))
    random = np.random.default_rng(draw(st.integers(0, 10**6)))
    coordinates = random.integers(0, 4, (places, 2)).astype(float)
    length = random.integers(0, places + 1, places)
    place = random.integers(0, places, cases)
    interval = random.integers(0, intervals, cases)
    return by_distance(coordinates), length, place, interval, intervals


@settings(deadline=None, max_examples=150)
@given(surveillance(), st.data())
def test_maxima_equal_those_of_obvious_code(made, data):
    order, length, place, interval, intervals = made
    longest = data.draw(st.integers(1, intervals))
    shortest = data.draw(st.integers(1, longest))
    most_cases = data.draw(st.integers(1, len(place)))
    min_cases = data.draw(st.integers(1, 4))
    windows = [(intervals - w, intervals - 1) for w in range(shortest, longest + 1)]
    numbers = range(6)
    expected = permutation_maxima(order, length, place, interval, most_cases, windows, min_cases, numbers)
    maxima = prospective_maxima(
        case_reach(order, length, place, most_cases),
        place,
        interval,
        intervals=intervals,
        max_length=longest,
        min_length=shortest,
        min_cases=min_cases,
        replicates=numbers,
    )
    np.testing.assert_allclose(maxima, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("cases", [120, 400, 3000])
def test_many_recent_cases_need_larger_counters_and_change_nothing(cases):
    random = np.random.default_rng(cases)
    order, length = by_distance(random.normal(size=(12, 2))), np.full(12, 12)
    place, interval = random.integers(0, 12, cases), random.integers(0, 60, cases)
    place[:9], interval[:9] = order[3, 0], 58
    windows = [(60 - w, 59) for w in range(1, 51)]
    expected = permutation_maxima(order, length, place, interval, cases // 2, windows, 2, range(2))
    reach = case_reach(order, length, place, cases // 2)
    maxima = prospective_maxima(reach, place, interval, intervals=60, max_length=50, replicates=range(2))
    np.testing.assert_allclose(maxima, expected, rtol=1e-12)


def test_the_number_of_threads_changes_nothing_and_progress_is_told():
    random = np.random.default_rng(5)
    order, length = by_distance(random.normal(size=(40, 2))), np.full(40, 40)
    place, interval = random.integers(0, 40, 80), random.integers(0, 90, 80)
    reach = case_reach(order, length, place, 40)
    told = []
    runs = [
        prospective_maxima(
            reach, place, interval, intervals=90, max_length=30, replicates=range(1, 200), threads=threads, progress=p
        )
        for threads, p in ((1, None), (3, lambda done, total: told.append((done, total))))
    ]
    np.testing.assert_array_equal(*runs)
    assert told[-1] == (199, 199)


def test_a_run_can_be_interrupted_and_done_again():
    random = np.random.default_rng(6)
    order, length = by_distance(random.normal(size=(40, 2))), np.full(40, 40)
    place, interval = random.integers(0, 40, 80), random.integers(0, 90, 80)
    reach = case_reach(order, length, place, 40)

    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prospective_maxima(reach, place, interval, intervals=90, max_length=30, progress=stop)
    again = prospective_maxima(reach, place, interval, intervals=90, max_length=30, replicates=range(1, 50))
    assert (again > 0).all()
