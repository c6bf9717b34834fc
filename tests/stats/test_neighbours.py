import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cdist

from commonweal.errors import CommonwealError
from commonweal.stats import nearest_neighbours

TABLES = arrays(float, st.tuples(st.integers(3, 12), st.integers(1, 5)), elements=st.floats(-1e3, 1e3))


@given(TABLES)
def test_distances_are_standardised_euclidean(table):
    spread = table.std(axis=0)
    kept = spread > 1e-6
    scores = (table[:, kept] - table[:, kept].mean(axis=0)) / spread[kept]
    expected = cdist(scores, scores) / np.sqrt(table.shape[1]) if kept.any() else np.zeros((len(table),) * 2)
    if not np.array_equal(kept, spread > 0):
        return
    order, distance = nearest_neighbours(table, len(table) - 1)
    for row in range(len(table)):
        assert row not in order[row]
        assert distance[row] == pytest.approx(np.sort(np.delete(expected[row], row)), abs=1e-5)


def test_unit_of_a_column_does_not_matter():
    table = np.random.default_rng(1).normal(size=(20, 3))
    assert np.array_equal(nearest_neighbours(table, 5)[0], nearest_neighbours(table * [1, 1e4, 1e-3], 5)[0])


def test_missing_figures_neither_add_nor_remove():
    table = np.array([[0.0, 0.0], [0.1, np.nan], [5.0, 5.0], [9.0, 9.0]])
    order, _ = nearest_neighbours(table, 1)
    assert order[0, 0] == 1


def test_nothing_in_common_is_infinitely_far():
    _, distance = nearest_neighbours([[1.0, np.nan], [np.nan, 1.0], [2.0, 2.0]], 2)
    assert distance[0, 1] == np.inf


def test_fewer_areas_than_asked_for():
    assert nearest_neighbours([[1.0], [2.0]], 10)[0].shape == (2, 1)


def test_refusals():
    with pytest.raises(CommonwealError, match="table of areas"):
        nearest_neighbours([1.0, 2.0], 1)
    with pytest.raises(CommonwealError, match="at least one"):
        nearest_neighbours([[1.0], [2.0]], 0)


def test_an_area_with_nothing_in_common_is_no_neighbour():
    nothing = float("nan")
    rows, distances = nearest_neighbours([[1, nothing], [2, nothing], [nothing, 3]], 2)
    assert rows.tolist() == [[1, -1], [0, -1], [-1, -1]]
    assert np.isinf(distances[2]).all()
