"""Write places/england.csv: the areas of England, from open lists of codes and the orders that changed them.

    python tools/england_areas.py ../shared/realdata/geography

Codes, names and membership are facts published by the Office for National Statistics (Open Geography, Open Government
Licence v3.0). What each retired authority became is from the structural changes orders of 2008 to 2023.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

TARGET = Path(__file__).parents[1] / "src/commonweal/places/england.csv"
TYPES = {
    "E06": "unitary authority",
    "E07": "county district",
    "E08": "metropolitan district",
    "E09": "London borough",
    "E10": "county",
    "E12": "region",
    "E38": "sub-ICB location",
    "E40": "NHS region",
    "E54": "integrated care board",
}
COMBINED_AUTHORITIES = {
    ("E47000001", "Greater Manchester"): [f"E080000{n:02d}" for n in range(1, 11)],
    ("E47000002", "South Yorkshire"): [f"E080000{n}" for n in range(16, 20)],
    ("E47000003", "West Yorkshire"): [f"E080000{n}" for n in range(32, 37)],
    ("E47000004", "Liverpool City Region"): [
        "E06000006", "E08000011", "E08000012", "E08000013", "E08000014", "E08000015",
    ],
    ("E47000006", "Tees Valley"): [f"E0600000{n}" for n in range(1, 6)],
    ("E47000007", "West Midlands"): [f"E080000{n}" for n in range(25, 32)],
    ("E47000008", "Cambridgeshire and Peterborough"): ["E06000031", "E10000003"],
    ("E47000009", "West of England"): ["E06000022", "E06000023", "E06000025"],
    ("E47000012", "York and North Yorkshire"): ["E06000014", "E06000065"],
    ("E47000013", "East Midlands"): ["E06000015", "E06000018", "E10000007", "E10000024"],
    ("E47000014", "North East"): [
        "E06000047", "E06000057", "E08000021", "E08000022", "E08000023", "E08000024", "E08000037",
    ],
}  # fmt: skip
# Last day, then what each retired code became and its name.
RETIRED: dict[str, dict[str, list[tuple[str, str]]]] = {
    "2013-03-31": {
        "E06000057": [("E06000048", "Northumberland")],
        "E08000037": [("E08000020", "Gateshead")],
        "E07000240": [("E07000100", "St Albans")],
        "E07000241": [("E07000104", "Welwyn Hatfield")],
        "E07000242": [("E07000097", "East Hertfordshire")],
        "E07000243": [("E07000101", "Stevenage")],
    },
    "2019-03-31": {
        "E06000058": [("E06000028", "Bournemouth"), ("E06000029", "Poole"), ("E07000048", "Christchurch")],
        "E06000059": [
            ("E10000009", "Dorset County"), ("E07000049", "East Dorset"), ("E07000050", "North Dorset"),
            ("E07000051", "Purbeck"), ("E07000052", "West Dorset"), ("E07000053", "Weymouth and Portland"),
        ],
        "E07000244": [("E07000205", "Suffolk Coastal"), ("E07000206", "Waveney")],
        "E07000245": [("E07000201", "Forest Heath"), ("E07000204", "St Edmundsbury")],
        "E07000246": [("E07000190", "Taunton Deane"), ("E07000191", "West Somerset")],
    },
    "2020-03-31": {
        "E06000060": [
            ("E10000002", "Buckinghamshire County"), ("E07000004", "Aylesbury Vale"), ("E07000005", "Chiltern"),
            ("E07000006", "South Bucks"), ("E07000007", "Wycombe"),
        ],
    },
    "2021-03-31": {
        "E06000061": [
            ("E10000021", "Northamptonshire"), ("E07000150", "Corby"), ("E07000152", "East Northamptonshire"),
            ("E07000153", "Kettering"), ("E07000156", "Wellingborough"),
        ],
        "E06000062": [
            ("E10000021", "Northamptonshire"), ("E07000151", "Daventry"), ("E07000154", "Northampton"),
            ("E07000155", "South Northamptonshire"),
        ],
    },
    "2023-03-31": {
        "E06000063": [
            ("E10000006", "Cumbria"), ("E07000026", "Allerdale"), ("E07000028", "Carlisle"), ("E07000029", "Copeland"),
        ],
        "E06000064": [
            ("E10000006", "Cumbria"), ("E07000027", "Barrow-in-Furness"), ("E07000030", "Eden"),
            ("E07000031", "South Lakeland"),
        ],
        "E06000065": [
            ("E10000023", "North Yorkshire County"), ("E07000163", "Craven"), ("E07000164", "Hambleton"),
            ("E07000165", "Harrogate"), ("E07000166", "Richmondshire"), ("E07000167", "Ryedale"),
            ("E07000168", "Scarborough"), ("E07000169", "Selby"),
        ],
        "E06000066": [
            ("E10000027", "Somerset County"), ("E07000187", "Mendip"), ("E07000188", "Sedgemoor"),
            ("E07000189", "South Somerset"), ("E07000246", "Somerset West and Taunton"),
        ],
    },
}  # fmt: skip


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _features(path: Path) -> dict[str, str]:
    found = json.loads(path.read_text(encoding="utf-8"))["features"]
    return {feature["properties"]["code"]: feature["properties"]["name"] for feature in found}


def main(folder: Path) -> None:
    names = {"E92000001": "England"}
    names |= _features(folder / "regions_dec2023_buc.geojson")
    names |= _features(folder / "ctyua_dec2023_england_bsc.geojson")
    names |= _features(folder / "lad_may2024_england_bsc.geojson")
    hierarchy = _rows(folder / "area_hierarchy.csv")
    for row in hierarchy:
        if row["area_code"][:3] in ("E38", "E40", "E54"):
            names.setdefault(row["area_code"], row["area_name"])
    parents: dict[str, list[str]] = {code: [] for code in names}

    def join(child: str, parent: str) -> None:
        if child in parents and parent in names and parent not in parents[child]:
            parents[child].append(parent)

    for row in _rows(folder / "lookup_ltla21_utla21.csv"):
        if row["ltla21_code"] != row["utla21_code"]:
            join(row["ltla21_code"], row["utla21_code"])
    for row in _rows(folder / "lookup_ltla24_region24.csv"):
        join(row["ltla24_code"], row["region24_code"])
    for found in list(parents.values()):
        for county in [code for code in found if code.startswith("E10")]:
            for region in [code for code in found if code.startswith("E12")]:
                join(county, region)
    for row in _rows(folder / "lookup_ltla22_icb22.csv"):
        join(row["ltla22_code"], row["icb22_code"])
        for retirements in RETIRED.values():
            for successor, gone in retirements.items():
                if row["ltla22_code"] in [code for code, _ in gone]:
                    join(successor, row["icb22_code"])
    for row in hierarchy:
        if row["area_code"][:3] in ("E40", "E54"):
            for child in row["child_codes"].replace(";", " ").replace(",", " ").replace("|", " ").split():
                if child[:3] in ("E38", "E54"):
                    join(child, row["area_code"])
    for (code, name), members in COMBINED_AUTHORITIES.items():
        names[code], parents[code] = name, []
        for member in members:
            assert member in names, member
            join(member, code)
    for code in parents:
        if code != "E92000001":
            join(code, "E92000001")

    began = {successor: str(int(last[:4])) + "-04-01" for last, changes in RETIRED.items() for successor in changes}
    records = {
        code: {
            "code": code,
            "name": name,
            "type": "country" if code == "E92000001" else TYPES.get(code[:3], "combined authority"),
            "valid_from": began.get(code, ""),
            "valid_to": "",
            "parents": ";".join(parents[code]),
            "successors": "",
        }
        for code, name in names.items()
    }
    for last, changes in RETIRED.items():
        for successor, gone in changes.items():
            for code, name in gone:
                record = records.setdefault(code, {"code": code, "name": name, "valid_from": began.get(code, "")})
                held = [found for found in str(record.get("successors", "")).split(";") if found]
                regions = [parent for parent in parents.get(successor, []) if parent[:3] in ("E12", "E92")]
                record |= {
                    "type": TYPES[code[:3]],
                    "valid_to": last,
                    "parents": ";".join(regions) or "E92000001",
                    "successors": ";".join([*held, successor]),
                }
    order = ("code", "name", "type", "valid_from", "valid_to", "parents", "successors")
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, order, lineterminator="\n")
        writer.writeheader()
        for code in sorted(records):
            writer.writerow(records[code])
    print(f"{len(records)} areas written to {TARGET}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
