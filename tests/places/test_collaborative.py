"""The ready-made collaborative, and files that break the rules."""

import pytest

from commonweal.places import Catalogue, Collaborative, PlacesError

GOOD = """
id = "two"
name = "Two"
areas = ["A", "B"]
benchmark = "E92000001"
"""


def test_cheshire_and_merseyside_is_ready_made():
    found = Collaborative.shipped("cheshire_and_merseyside")
    england = Catalogue.england()
    assert len(found.areas) == 9
    assert [england[code].name for code in found.areas] == sorted(england[code].name for code in found.areas)
    assert sum(len(group.areas) for group in found.groups) == 9
    assert set(found.map.hex) == set(found.areas)
    assert not found.demonstration


def test_every_ready_made_collaborative_names_known_areas():
    england = Catalogue.england()
    for name in Collaborative.shipped_names():
        found = Collaborative.shipped(name)
        assert all(code in england for code in [*found.areas, found.benchmark, *found.parents]), name


def test_an_unknown_name_offers_the_nearest():
    with pytest.raises(PlacesError, match="Did you mean cheshire_and_merseyside"):
        Collaborative.shipped("cheshire_merseyside")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD.replace('name = "Two"\n', ""), "c.toml: name: it is missing"),
        (GOOD + "bencmark = 1\n", "c.toml: bencmark: there is no such key; did you mean 'benchmark'"),
        (GOOD.replace('["A", "B"]', '["A", "A"]'), "'A' is listed twice"),
        (GOOD.replace('["A", "B"]', '["A"]'), "areas: "),
        (GOOD + '[[groups]]\nid="g"\nname="G"\nareas=["C"]\n', "'C' of the group 'G' is not one of the areas"),
        (GOOD + "[map.hex]\nA=[0,0]\nB=[0,0]\n", "two areas have the same hexagon"),
        (GOOD + '[neighbours]\nmethod="listed"\n', "need the name of their file"),
        ("id = ", "c.toml: this is not TOML"),
    ],
)
def test_faults_name_file_key_and_rule(tmp_path, text, told):
    path = tmp_path / "c.toml"
    path.write_text(text)
    with pytest.raises(PlacesError, match=told):
        Collaborative.read(path)
