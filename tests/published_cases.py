"""The cases published with the peer's own tests, and their comparison with what Commonweal finds.

Source of the expected values: the tests of PHEindicatormethods 2.1.0 (OHID), most of them from published spreadsheets.
Conventions, tolerances and the columns compared are in the index beside the cases.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl
from shared_data import SHARED, shared

FOLDER = "cases/indicators"
ALL = 91
"""How many cases are published; the test files that use this module share them out."""


def cases(*functions: str) -> list[dict]:
    """The cases of the peer's functions named; none where the shared folder is absent."""
    index = SHARED / FOLDER / "index.json"
    if not index.exists():
        return []
    return [case for case in json.loads(index.read_text())["cases"] if case["function"] in functions]


def input_table(case: dict) -> pl.DataFrame:
    return read(shared(FOLDER) / case["input"])


def extra_table(case: dict, name: str) -> pl.DataFrame:
    """A second input of the case, such as totals given apart."""
    return read(shared(FOLDER) / case["extra_inputs"][name].removeprefix("fixture/"))


def read(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, null_values=["", "NA"], infer_schema_length=None)


def fields(case: dict) -> dict[str, str]:
    """The arguments of the case that name a column."""
    return {name: given["field"] for name, given in case["args"].items() if isinstance(given, dict)}


def levels(case: dict) -> list[float]:
    """Confidence levels as the case gives them: fractions or percentages."""
    asked = case["args"].get("confidence", 0.95)
    return asked if isinstance(asked, list) else [asked]


def limit_names(case: dict, *, before: str = "") -> dict[str, str]:
    """The peer's names of limit columns and ours: `lower95_0cl`, or `lowercl` of one level, and `lower_95`."""
    names = {}
    for level in levels(case):
        percentage = f"{level * 100 if level < 1 else level:.10g}"
        theirs = {"95": "95_0", "99.8": "99_8"}[percentage] if len(levels(case)) > 1 else ""
        for end in ("lower", "upper"):
            names[f"{before}{end}{theirs}cl"] = f"{before}{end}_{percentage.replace('.', '_')}"
    return names


def assert_matches(
    case: dict,
    found: pl.DataFrame,
    names: Mapping[str, str],
    *,
    words: Mapping[str, Callable[[str], str]] | None = None,
    left_out: tuple[str, ...] = ("statistic",),
) -> None:
    """Every column that the case compares agrees within its tolerance, missing where the peer's is missing.

    Args:
        found: our result.
        names: the peer's columns and ours; every compared column is here or in `left_out`.
        words: for a column of text, the peer's word in our words.
        left_out: columns that we do not have.
    """
    expected = read(shared(FOLDER) / case["expected"])
    assert expected.height == case["rows"]
    if case["match_by"] != "row_order":
        found = laid_beside(expected, found, case["match_by"])
    assert found.height == expected.height
    unspoken = [column for column in case["compare"] if column not in names and column not in left_out]
    assert not unspoken, f"{unspoken} are compared by the case but not by the test"
    columns = [column for column in case["compare"] if column in names]
    assert columns
    loose = case.get("stochastic", {"columns": []})
    for column in columns:
        rule = loose if column in loose["columns"] else case["tolerance"]
        word = (words or {}).get(column, str)
        ours, theirs = found[names[column]].to_list(), expected[column].to_list()
        for row, (got, want) in enumerate(zip(ours, theirs, strict=True)):
            assert agrees(got, want, rule, word), f"{case['id']}, row {row + 1}, {column}: ours {got}, theirs {want}"


def laid_beside(expected: pl.DataFrame, found: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Our rows in the order of the expected ones of the same key; rows of one key in the order they come."""
    keyed = found.with_columns(pl.col(column).cast(expected[column].dtype) for column in key)
    nth = pl.int_range(pl.len()).over(key).alias("nth_")
    on = [*key, "nth_"]
    return expected.select(*key, nth).join(keyed.with_columns(nth), on=on, how="left", maintain_order="left")


def agrees(got, want, rule: Mapping[str, float], word: Callable[[str], str]) -> bool:
    if missing(got) or missing(want):
        return missing(got) and missing(want)
    if isinstance(want, str):
        return got == word(want)
    if math.isinf(want):
        return got == want
    return abs(got - want) <= rule.get("abs", 0) + rule.get("rel", 0) * abs(want)


def missing(value) -> bool:
    return value is None or value != value
