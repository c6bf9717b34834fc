from datetime import date

from commonweal.places import Catalogue, Collaborative
from commonweal.places.composition import composition

TODAY = date(2025, 4, 1)


def test_a_combined_authority_is_made_up_of_its_members():
    made_of = composition(Catalogue.england(), [TODAY])
    assert made_of["E47000004"] == [("E06000006", "E08000011", "E08000012", "E08000013", "E08000014", "E08000015")] * 1


def test_a_county_is_made_up_of_its_districts_and_england_of_each_tier():
    made_of = composition(Catalogue.england(), [TODAY])
    assert [len(members) for members in made_of["E10000017"]] == [12]
    sizes = {len(members) for members in made_of["E92000001"]}
    assert {9, 153, 296} <= sizes


def test_areas_are_those_of_the_day():
    made_of = composition(Catalogue.england(), [date(2022, 6, 1), TODAY])
    sizes = {len(members) for members in made_of["E92000001"]}
    assert {152, 153} <= sizes  # Cumbria became two in 2023


def test_a_collaborative_and_its_groups_stand_under_their_ids():
    ours = Collaborative.shipped("cheshire_and_merseyside")
    made_of = composition(Catalogue.england(), [TODAY], ours)
    assert made_of[ours.id] == [tuple(ours.areas)]
    assert len(made_of["cheshire_and_warrington"][0]) == 3
