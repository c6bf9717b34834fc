"""The generator, the sort and the permutation that simulated maxima rest on."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from commonweal.clusters import random_numbers
from commonweal.clusters.random_numbers import (
    FIRST_SEED,
    fill_with_uniforms,
    list_order,
    permuted_intervals,
    sort_with,
)


def test_the_generator_reaches_its_published_check_value():
    # Park, Miller and Stockmeyer 1993, page 109: multiplier 48271 from seed 1 gives 399268537 as the 10,000th number.
    assert fill_with_uniforms(1, np.empty(10_000, dtype=np.float32)) == 399268537


def test_uniforms_are_single_precision_shares_of_the_modulus():
    uniforms = np.empty(3, dtype=np.float32)
    fill_with_uniforms(FIRST_SEED + 1, uniforms)
    state, expected = FIRST_SEED + 1, []
    for _ in range(3):
        state = 48271 * state % (2**31 - 1)
        expected.append(np.float32(state / (2**31 - 1)))
    assert uniforms.tolist() == expected


@settings(deadline=None)  # the first example waits for compilation
@given(st.lists(st.integers(0, 40), max_size=300))
def test_the_sort_sorts_and_carries_every_value_along(keys):
    sorted_keys, values = np.array(keys, dtype=np.float32), np.arange(len(keys))
    sort_with(sorted_keys, values)
    assert sorted_keys.tolist() == sorted(keys)
    assert sorted(values) == list(range(len(keys)))
    assert all(keys[value] == key for key, value in zip(sorted_keys, values, strict=True))


def test_short_lists_keep_the_order_of_equal_keys_and_long_ones_need_not():
    keys, values = np.zeros(16, dtype=np.float32), np.arange(16)
    sort_with(keys, values)
    assert values.tolist() == list(range(16))
    keys, values = np.zeros(17, dtype=np.float32), np.arange(17)
    sort_with(keys, values)
    assert values.tolist() != list(range(17))


def test_cases_are_listed_newest_first_then_by_place_within_each_stratum():
    intervals, places, strata = np.array([3, 5, 5, 1, 9]), np.array([0, 2, 1, 4, 0]), np.array([0, 0, 0, 0, 1])
    order, starts = list_order(intervals, places, strata)
    assert order.tolist() == [2, 1, 0, 3, 4]
    assert starts.tolist() == [0, 4, 5]


@settings(deadline=None)
@given(st.integers(1, 10**6), st.lists(st.integers(0, 30), min_size=1, max_size=60), st.data())
def test_a_replicate_permutes_within_strata_and_is_always_the_same(replicate, intervals, data):
    cut = data.draw(st.integers(1, len(intervals)))
    starts = np.unique([0, cut, len(intervals)])
    dealt = permuted_intervals(replicate, np.array(intervals), starts)
    for start, end in pairwise(starts):
        assert sorted(dealt[start:end]) == sorted(intervals[start:end])
    assert (dealt == permuted_intervals(replicate, np.array(intervals), starts)).all()


def test_the_permutation_orders_intervals_by_their_uniforms():
    intervals = np.arange(50)[::-1]
    uniforms = np.empty(50, dtype=np.float32)
    fill_with_uniforms(FIRST_SEED + 7, uniforms)
    assert permuted_intervals(7, intervals).tolist() == intervals[np.argsort(uniforms, kind="stable")].tolist()


def test_constants_are_those_of_the_reference():
    assert (random_numbers.MULTIPLIER, random_numbers.MODULUS) == (48271, 2147483647)
