"""Fast spatial Poisson scans against slow, obvious code."""

import numpy as np
import pytest
from clusters.obvious import by_distance, statistic
from hypothesis import given, settings
from hypothesis import strategies as st

from commonweal.clusters.data_sets import poisson
from commonweal.clusters.spatial_poisson import spatial_poisson_maxima


def obvious_maximum(order, length, expected, counts, min_cases):
    best = 0.0
    for places, size in zip(order, length, strict=True):
        for ranks in range(1, size + 1):
            observed = int(counts[places[:ranks]].sum())
            inside = float(np.cumsum(expected[places[:ranks]])[-1])
            if observed >= min_cases:
                best = max(best, statistic(observed, min(inside, counts.sum()), int(counts.sum())))
    return best


def both(order, length, expected, cases, seed, number, min_cases=2, threads=None):
    drawn = poisson(expected[:, None], cases, seed)

    def draw(replicate):
        area, _, count = drawn(replicate)
        return area, count

    def table(replicate):
        counts = np.zeros(len(expected), dtype=np.int64)
        area, count = draw(replicate)
        counts[area] = count
        return counts

    numbers = range(1, number + 1)
    slow = [obvious_maximum(order, length, expected, table(replicate), min_cases) for replicate in numbers]
    fast = spatial_poisson_maxima(
        order, length, expected, cases, draw, min_cases=min_cases, replicates=numbers, threads=threads
    )
    return fast, np.array(slow)


@settings(deadline=None, max_examples=60)
@given(
    st.integers(1, 12), st.integers(1, 60), st.integers(0, 10**6), st.integers(1, 4), st.integers(0, 5), st.booleans()
)
def test_maxima_equal_those_of_obvious_code(areas, cases, seed, min_cases, empty, small_numbers):
    random = np.random.default_rng(seed)
    order = by_distance(random.integers(0, 4, (areas, 2)).astype(float))
    length = random.integers(0, areas + 1, areas)
    population = random.integers(1, 100, areas).astype(float) ** random.integers(1, 4)
    population[1 : 1 + empty] = 0
    expected = population / population.sum() * cases
    order = order.astype(np.uint16) if small_numbers else order
    fast, slow = both(order, length, expected, cases, seed, 12, min_cases)
    np.testing.assert_allclose(fast, slow, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("cases", [3_000, 30_000, 200_000])
def test_areas_with_many_cases_need_larger_counters_and_change_nothing(cases):
    random = np.random.default_rng(cases)
    order, length = by_distance(random.normal(size=(60, 2))), np.full(60, 40)
    expected = random.pareto(1.0, 60) + 0.1
    fast, slow = both(order, length, expected / expected.sum() * cases, cases, 4, 20)
    np.testing.assert_allclose(fast, slow, rtol=1e-9)


def test_the_number_of_threads_changes_nothing():
    random = np.random.default_rng(3)
    order, length = by_distance(random.normal(size=(50, 2))), np.full(50, 25)
    expected = random.uniform(1, 9, 50)
    expected *= 200 / expected.sum()
    runs = [both(order, length, expected, 200, 1, 150, threads=threads)[0] for threads in (1, 3)]
    np.testing.assert_array_equal(*runs)
