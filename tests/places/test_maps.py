"""Hexagons and boundaries."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shared_data import shared

from commonweal.places import Collaborative, PlacesError, hex_polygons, read_boundaries
from commonweal.places.hexes import spiral

SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}


@given(st.integers(1, 200))
def test_a_spiral_gives_each_area_a_hexagon_of_its_own(number):
    places = spiral([str(n) for n in range(number)])
    assert len(set(places.values())) == number


def test_hexagons_do_not_overlap():
    from shapely.geometry import Polygon

    found = Collaborative.shipped("cheshire_and_merseyside")
    polygons = [Polygon(corners) for corners in hex_polygons(found, found.areas).values()]
    assert all(a is b or a.intersection(b).area < 1e-9 for a in polygons for b in polygons)


def test_a_layout_that_lacks_an_area_is_replaced_by_a_compact_one():
    found = Collaborative.shipped("cheshire_and_merseyside")
    assert len(hex_polygons(found, [*found.areas, "E09000001"])) == 10


def write(path, features):
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_the_code_is_found_under_the_names_ons_uses(tmp_path):
    features = [{"type": "Feature", "properties": {"LAD23NM": "Dunmere", "LAD23CD": "X1"}, "geometry": SQUARE}]
    found = read_boundaries(write(tmp_path / "b.geojson", features))
    assert list(found) == ["X1"]
    assert found.to_geojson("X1")["type"] == "Polygon"


def test_real_boundaries():
    found = read_boundaries(shared("realdata/geography/ctyua_dec2023_england_bsc.geojson"))
    assert len(found) == 153
    simple = found.simplified(0.01)
    assert len(simple) == 153
    assert all(not simple[code].is_empty for code in simple)


@pytest.mark.parametrize(
    ("contents", "told"),
    [
        ("<html>", "not a GeoJSON file"),
        ('{"type": "FeatureCollection", "features": []}', "holds no feature"),
        (
            '{"features": [{"properties": {"name": "A"}, "geometry": null}]}',
            "no property of the features holds an area code",
        ),
        ('{"features": [{"properties": {"code": "A"}, "geometry": null}]}', "feature 1: it has no geometry"),
    ],
)
def test_faults(tmp_path, contents, told):
    path = tmp_path / "b.geojson"
    path.write_text(contents)
    with pytest.raises(PlacesError, match=told):
        read_boundaries(path)
