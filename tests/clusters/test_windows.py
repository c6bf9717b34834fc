"""Windows in space: circles, ellipses, lists, limits."""

import numpy as np
import pytest

from commonweal.clusters import windows
from commonweal.clusters.places import Places, arc, on_sphere

LINE = Places(("a", "b", "c", "d", "e"), np.array([[0.0, 0], [1, 0], [2, 0], [3, 0], [4, 0]]), "cartesian")
EACH = np.ones(5)


def rows(found):
    return [found.order[row, : found.length[row]].tolist() for row in range(found.rows)]


def test_places_enter_by_distance_and_then_by_coordinates():
    assert rows(windows.circles(LINE.points, LINE, [], None))[2] == [2, 1, 3, 0, 4]


def test_a_circle_stops_at_the_first_place_that_breaks_a_limit():
    heavy = windows.Limit(np.array([1.0, 1, 5, 1, 1]), 3.0)
    assert rows(windows.circles(LINE.points, LINE, [heavy], None)) == [[0, 1], [1, 0], [], [3], [4, 3]]
    assert rows(windows.circles(LINE.points, LINE, [], 1.0))[2] == [2, 1, 3]


def test_an_ellipse_takes_in_places_along_its_axis_first():
    cross = Places(("c", "e", "n"), np.array([[0.0, 0], [3, 0], [0, 2]]), "cartesian")
    found = windows.ellipses(cross.points[:1], cross, [], None, shapes=[2.0], angles=[2], penalty=1.0)
    assert rows(found) == [[0, 1, 2], [0, 2, 1]]
    assert found.angle.tolist() == [0.0, 90.0]
    assert found.penalty == pytest.approx([8 / 9, 8 / 9])
    assert windows.reach(found, 0, 2, cross.points, cross.points) == pytest.approx(1.5)
    assert windows.reach(found, 0, 3, cross.points, cross.points) == pytest.approx(2.0)


def test_lists_keep_their_own_order():
    found = windows.listed_neighbours([[3, 0, 1], [4]], [windows.Limit(EACH, 2.0)])
    assert rows(found) == [[3, 0], [4]]


def test_shortened_windows():
    found = windows.circles(LINE.points, LINE, [], None)
    assert rows(windows.shortened(found, EACH, 2.0)) == [[0, 1], [1, 0], [2, 1], [3, 2], [4, 3]]


def test_distances_on_the_globe():
    quarter = on_sphere(np.array([[0.0, 0.0], [0.0, 90.0]]))
    chord = float(np.linalg.norm(quarter[0] - quarter[1]))
    assert chord == pytest.approx(6367 * np.sqrt(2))
    assert arc(chord) == pytest.approx(6367 * np.pi / 2)
