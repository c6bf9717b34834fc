"""The catalogue of England: facts of the Office for National Statistics, and files that break its rules."""

import csv
from datetime import date

import pytest
from shared_data import shared

from commonweal.places import Catalogue, PlacesError

ENGLAND = Catalogue.england()
NINE = {
    "E06000006": "Halton",
    "E06000007": "Warrington",
    "E06000049": "Cheshire East",
    "E06000050": "Cheshire West and Chester",
    "E08000011": "Knowsley",
    "E08000012": "Liverpool",
    "E08000013": "St. Helens",
    "E08000014": "Sefton",
    "E08000015": "Wirral",
}


def test_numbers_of_authorities_since_april_2023():
    # ONS: 153 counties and unitary authorities, 296 lower-tier authorities in England from 1 April 2023.
    assert len(ENGLAND.tier("E08000012")) == 153
    assert len(ENGLAND.tier("E08000012", "lower tier local authority")) == 296
    assert len(ENGLAND.tier("E12000002")) == 9
    assert sum(area.type == "London borough" for area in ENGLAND) == 33


@pytest.mark.parametrize("code", NINE)
def test_the_nine_authorities(code):
    area = ENGLAND[code]
    assert area.name == NINE[code]
    assert {"E12000002", "E54000008", "E92000001"} <= set(area.parents)


def test_liverpool_city_region():
    found = {area.name for area in ENGLAND.children("E47000004")}
    assert found == {"Halton", "Knowsley", "Liverpool", "Sefton", "St. Helens", "Wirral"}


def test_the_integrated_care_board_has_all_nine():
    assert {area.code for area in ENGLAND.children("E54000008") if not area.code.startswith("E38")} == set(NINE)


@pytest.mark.parametrize(
    ("retired", "today", "last_day"),
    [
        ("E07000026", ("E06000063",), date(2023, 3, 31)),  # Allerdale: Cumberland
        ("E10000006", ("E06000063", "E06000064"), date(2023, 3, 31)),  # Cumbria: two authorities
        ("E07000191", ("E06000066",), date(2019, 3, 31)),  # West Somerset: Somerset, after two changes
        ("E10000021", ("E06000061", "E06000062"), date(2021, 3, 31)),  # Northamptonshire
        ("E06000028", ("E06000058",), date(2019, 3, 31)),  # Bournemouth
        ("E07000004", ("E06000060",), date(2020, 3, 31)),  # Aylesbury Vale
    ],
)
def test_what_retired_areas_became(retired, today, last_day):
    assert retired in ENGLAND.retired
    assert ENGLAND[retired].valid_to == last_day
    assert ENGLAND.successors(retired) == today


def test_a_code_is_valid_within_its_days():
    somerset_west = ENGLAND["E07000246"]
    assert somerset_west.is_valid_on(date(2020, 1, 1))
    assert not somerset_west.is_valid_on(date(2019, 3, 31))
    assert not somerset_west.is_valid_on(date(2023, 4, 1))


def test_every_parent_and_successor_is_known():
    for area in ENGLAND:
        assert all(code in ENGLAND for code in (*area.parents, *area.successors)), area


def test_names_are_found_however_they_are_written():
    assert ENGLAND.by_name("St Helens").code == "E08000013"
    assert ENGLAND.by_name("cheshire west & chester").code == "E06000050"
    assert ENGLAND.by_name("Atlantis") is None


def test_every_local_authority_of_the_real_files_is_known():
    folder = shared("realdata")
    unknown = set()
    for path in folder.glob("*/*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.reader(file):
                unknown |= {c for c in row if len(c) == 9 and c[:3] in {"E06", "E07", "E08", "E09", "E10", "E12", "E54"}
                            and c[3:].isdigit()} - ENGLAND.known  # fmt: skip
    assert unknown == set()


def test_own_areas_win(tmp_path):
    path = tmp_path / "areas.csv"
    path.write_text("code,name,type,parents\nX1,Dunmere,unitary authority,E92000001\nE08000012,Lpool,county,\n")
    merged = ENGLAND.merged(Catalogue.read(path))
    assert merged["X1"].parents == ("E92000001",)
    assert merged["E08000012"].name == "Lpool"
    assert len(merged) == len(ENGLAND) + 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("code,name\nX1,A\n", "areas.csv: the column type is missing"),
        ("code,name,type\nX1,A,county\nX1,B,county\n", "row 3, column 'code': 'X1' is already in the file"),
        ("code,name,type\nX1,,county\n", "row 2, column 'name': it is empty"),
        ("code,name,type,valid_to\nX1,A,county,31/03/2023\n", "row 2, column 'valid_to': '31/03/2023' is not a day"),
        ("", "areas.csv: the column code, name, type is missing"),
    ],
)
def test_faults_name_file_row_and_column(tmp_path, text, told):
    path = tmp_path / "areas.csv"
    path.write_text(text)
    with pytest.raises(PlacesError, match=told):
        Catalogue.read(path)


def test_a_file_in_another_encoding_is_refused(tmp_path):
    path = tmp_path / "areas.csv"
    path.write_bytes("code,name,type\nX1,Môn,county\n".encode("cp1252"))
    with pytest.raises(PlacesError, match="not UTF-8"):
        Catalogue.read(path)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(PlacesError, match="cannot be read"):
        Catalogue.read(tmp_path / "areas.csv")


def test_an_unknown_code():
    with pytest.raises(PlacesError, match="'E99' is not the code of a known area"):
        ENGLAND["E99"]
    assert ENGLAND.get("E99") is None
