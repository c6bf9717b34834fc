"""Every case of the peer's own tests for rates, proportions, means, standardisation, life expectancy and quantiles.

Those of the slope index and of funnels are in test_published_distribution_cases.py.
"""

import polars as pl
import pytest
from published_cases import assert_matches, cases, fields, input_table, levels, limit_names
from shared_data import shared

from commonweal import stats

METHODS = {
    "byars_limits": 3,
    "wilson_limits": 3,
    "phe_rate": 13,
    "phe_proportion": 10,
    "calculate_dsr": 5,
    "phe_dsr": 3,
}
"""The peer's functions and how many cases each has."""
WORDS = {"Exact": "Exact", "Byars": "Byar", "Wilson": "Wilson", "Dobson": "Dobson"}


def as_fractions(case):
    return [level / 100 if level > 1 else level for level in levels(case)]


def our_method(theirs):
    return "Dobson, non-independent events" if "non-independent" in theirs else WORDS[theirs.split(",")[0]]


def computed(case):
    """Our result, and the peer's names of its columns with ours."""
    rows, args, field = input_table(case), case["args"], fields(case)
    by, function = case["group_by"] or None, case["function"]
    asked = {"by": by, "confidence": as_fractions(case)}
    names = {"value": "value", "method": "method"} | limit_names(case)
    if function == "byars_limits":
        lower, upper = stats.intervals.byar(rows[field["x"]].to_numpy(), asked["confidence"][0])
        return pl.DataFrame({"lower": lower, "upper": upper}), {"lowercl": "lower", "uppercl": "upper"}
    if function == "wilson_limits":
        x, n = rows[field["x"]].to_numpy(), rows[field["n"]].to_numpy()
        lower, upper = stats.intervals.wilson(x, n, asked["confidence"][0])
        return pl.DataFrame({"lower": lower, "upper": upper}), {"lowercl": "lower", "uppercl": "upper"}
    if function == "phe_rate":
        per = args.get("multiplier", 100_000)
        found = stats.rate(rows, count=field["x"], population=field["n"], per=per, **asked)
        return found, names | {"Numerator": "count", "Denominator": "population"}
    if function == "phe_proportion":
        per = args.get("multiplier", 1)
        found = stats.proportion(rows, count=field["x"], denominator=field["n"], per=per, **asked)
        return found, names | {"Numerator": "count", "Denominator": "denominator"}
    found = stats.directly_standardised_rate(
        rows,
        count=field["x"],
        population=field["n"],
        standard=field["stdpop"],
        per=args.get("multiplier", 100_000),
        age_band=field.get("ageband"),
        event_frequency=field.get("eventfreq"),
        **asked,
    )
    return found, names | {"total_count": "count", "total_pop": "population"}


@pytest.mark.parametrize("case", cases(*METHODS), ids=lambda case: case["id"])
def test_case(case):
    found, names = computed(case)
    assert_matches(case, found, names, words={"method": our_method})


def test_all_of_the_published_cases_are_here():
    shared("cases/indicators")
    assert {function: len(cases(function)) for function in METHODS} == METHODS
    assert sum(METHODS.values()) == 37
