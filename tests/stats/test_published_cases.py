"""Every case of the peer's own tests for the methods that exist here.

Source of the expected values: the tests of PHEindicatormethods 2.1.0 (OHID), most of them from published spreadsheets.
"""

import json
from pathlib import Path

import polars as pl
import pytest
from shared_data import SHARED, shared

from commonweal import stats

FUNCTIONS = ("byars_limits", "wilson_limits", "phe_rate", "phe_proportion", "calculate_dsr", "phe_dsr")
INDEX = SHARED / "cases/indicators/index.json"
CASES = (
    [case for case in json.loads(INDEX.read_text())["cases"] if case["function"] in FUNCTIONS] if INDEX.exists() else []
)
METHODS = {"Exact": "Exact", "Byars": "Byar", "Wilson": "Wilson", "Dobson": "Dobson"}


def levels(case):
    asked = case["args"].get("confidence", 0.95)
    asked = asked if isinstance(asked, list) else [asked]
    return [level / 100 if level > 1 else level for level in asked]


def columns(case):
    """The peer's names of columns and ours."""
    names = {"value": "value", "total_count": "count", "total_pop": "population"}
    many = len(levels(case)) > 1
    for level in levels(case):
        ours = f"{level * 100:.10g}".replace(".", "_")
        theirs = {"95": "95_0", "99_8": "99_8"}[ours] if many else ""
        names[f"lower{theirs}cl"], names[f"upper{theirs}cl"] = f"lower_{ours}", f"upper_{ours}"
    return names


def computed(case, rows):
    args, by = case["args"], case["group_by"] or None
    field = {name: value["field"] for name, value in args.items() if isinstance(value, dict)}
    common = {"by": by, "confidence": levels(case)}
    if case["function"] == "byars_limits":
        lower, upper = stats.intervals.byar(rows[field["x"]].to_numpy(), levels(case)[0])
        return pl.DataFrame({"lower": lower, "upper": upper})
    if case["function"] == "wilson_limits":
        x, n = rows[field["x"]].to_numpy(), rows[field["n"]].to_numpy()
        lower, upper = stats.intervals.wilson(x, n, levels(case)[0])
        return pl.DataFrame({"lower": lower, "upper": upper})
    if case["function"] == "phe_rate":
        per = args.get("multiplier", 100_000)
        return stats.rate(rows, count=field["x"], population=field["n"], per=per, **common)
    if case["function"] == "phe_proportion":
        per = args.get("multiplier", 1)
        return stats.proportion(rows, count=field["x"], denominator=field["n"], per=per, **common)
    return stats.directly_standardised_rate(
        rows,
        count=field["x"],
        population=field["n"],
        standard=field["stdpop"],
        per=args.get("multiplier", 100_000),
        age_band=field.get("ageband"),
        event_frequency=field.get("eventfreq"),
        **common,
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case(case):
    folder = shared("cases/indicators")
    rows = read(folder / case["input"])
    expected = read(folder / case["expected"])
    found = computed(case, rows)
    if case["match_by"] != "row_order":
        key = case["match_by"]
        found = expected.select(key).join(
            found.with_columns(pl.col(k).cast(expected[k].dtype) for k in key),
            on=key,
            how="left",
            maintain_order="left",
        )
    names = columns(case)
    if "limits" in case["function"]:
        names = {"lowercl": "lower", "uppercl": "upper"}
    compared = 0
    for theirs in case["compare"]:
        if theirs == "method":
            wanted = [None if m is None else METHODS[m.split(",")[0].split(" ")[0]] for m in expected[theirs]]
            ours = [None if w is None else m.split(",")[0] for m, w in zip(found["method"], wanted, strict=True)]
            assert ours == wanted
        elif theirs in names:
            for ours, want in zip(found[names[theirs]], expected[theirs], strict=True):
                want = None if want is None or want != want else want
                ours = None if ours is None or ours != ours else ours
                assert (ours is None) == (want is None), (theirs, ours, want)
                if want is not None:
                    tolerance = case["tolerance"]["abs"] + case["tolerance"]["rel"] * abs(want)
                    assert abs(ours - want) <= tolerance, (theirs, ours, want)
                compared += 1
    assert compared


def read(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, null_values=["", "NA"], infer_schema_length=None)


def test_all_of_the_published_cases_are_here():
    shared("cases/indicators")
    assert len(CASES) == 37
