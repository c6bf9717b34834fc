"""Nearest neighbours, computed and listed."""

import polars as pl
import pytest

from commonweal.places import PlacesError, nearest_neighbours_of, read_neighbours

VALUES = pl.DataFrame(
    {
        "area_code": ["A", "B", "C", "D"] * 2,
        "indicator": ["x"] * 4 + ["y"] * 4,
        "value": [1.0, 1.1, 5.0, 9.0, 10.0, 11.0, 30.0, 90.0],
    }
)


def test_the_nearest_come_first():
    found = nearest_neighbours_of(VALUES, "A", n=2)
    assert [(n.code, n.rank) for n in found] == [("B", 1), ("C", 2)]
    assert found[0].distance < found[1].distance


def test_among_leaves_others_out():
    assert [n.code for n in nearest_neighbours_of(VALUES, "A", n=3, among=["C", "D"])] == ["C", "D"]


def test_an_area_without_figures():
    with pytest.raises(PlacesError, match="No figure of the area 'Z'"):
        nearest_neighbours_of(VALUES, "Z", n=2)


def test_a_list(tmp_path):
    path = tmp_path / "n.csv"
    path.write_text("area_code,neighbour_code,rank\nA,C,2\nA,B,1\n")
    assert read_neighbours(path) == {"A": ["B", "C"]}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("area_code,neighbour_code\nA,B\n", "the column rank is missing"),
        ("area_code,neighbour_code,rank\nA,B,first\n", "row 2, column 'rank': 'first' is not a whole number"),
    ],
)
def test_faults_in_a_list(tmp_path, text, told):
    path = tmp_path / "n.csv"
    path.write_text(text)
    with pytest.raises(PlacesError, match=told):
        read_neighbours(path)
