"""The fictional areas are plausible, distinct and nobody's."""

from __future__ import annotations

import numpy as np
import pytest

from commonweal.demo.areas import COLLABORATIVE, COUNTRY, REGIONS, areas_csv, fictional_areas, region_code
from commonweal.demo.population import AGE_SHARES, population, years_of

REAL = ["Halton", "Knowsley", "Liverpool", "St. Helens", "Sefton", "Warrington", "Wirral", "Selby", "Dover"]


@pytest.mark.parametrize("seed", [1, 2016, 99])
def test_150_areas_the_nine_first_with_names_of_their_own(seed: int) -> None:
    areas = fictional_areas(seed)
    assert len(areas) == 150
    assert [area.name for area in areas[:9]] == [
        "Ashmere",
        "Brackwater",
        "Calderfell",
        "Dunmere",
        "Eastholme",
        "Fellgate",
        "Garstone",
        "Harrowdale",
        "Ivelmouth",
    ]
    assert [area.code for area in areas] == [f"X06{number:06d}" for number in range(1, 151)]
    assert len({area.name.casefold() for area in areas}) == 150
    assert not {area.name for area in areas} & set(REAL)


def test_a_name_to_avoid_is_avoided_in_any_case_of_letters() -> None:
    taken = [area.name.upper() for area in fictional_areas(5)[9:60]]
    assert not {area.name.upper() for area in fictional_areas(5, avoid=taken)} & set(taken)


def test_sizes_are_those_of_authorities() -> None:
    people = np.array([area.people for area in fictional_areas(2016)])
    assert people.min() >= 40_000
    assert people.max() <= 900_000
    assert 200_000 < np.median(people) < 400_000


def test_seed_decides_the_areas_behind_the_nine() -> None:
    assert fictional_areas(3) == fictional_areas(3)
    assert fictional_areas(3)[9:] != fictional_areas(4)[9:]
    assert fictional_areas(3)[:9] == list(COLLABORATIVE)


def test_every_area_has_a_region_and_a_country_in_the_file() -> None:
    lines = areas_csv(fictional_areas(2016)).splitlines()
    assert lines[0] == "code,name,type,valid_from,valid_to,parents"
    assert len(lines) == 1 + 1 + len(REGIONS) + 150
    regions = {region_code(number) for number in range(len(REGIONS))}
    for line in lines[2 + len(REGIONS) :]:
        region, country = line.split(",")[-1].split(";")
        assert region in regions
        assert country == COUNTRY[0]


def test_people_add_up_and_older_areas_are_older() -> None:
    areas = fictional_areas(2016)
    people = population(areas)
    assert people.shape == (150, 13, 2, 19)
    sizes = np.array([area.people for area in areas])
    assert np.abs(people[:, -1].sum(axis=(1, 2)) / sizes - 1).max() < 0.001
    aged = people[:, -1, :, 13:].sum(axis=(1, 2)) / sizes
    assert np.corrcoef(aged, [area.older for area in areas])[0, 1] > 0.99
    assert 0.47 < people[:, :, 1].sum() / people.sum() < 0.52


def test_ages_within_bands() -> None:
    assert years_of(0, 100).sum() == 19
    assert years_of(16, 17).tolist()[:5] == [0, 0, 0, 0.4, 0]
    assert years_of(0, 74).sum() == 15
    assert AGE_SHARES.sum() == pytest.approx(100, abs=0.2)
