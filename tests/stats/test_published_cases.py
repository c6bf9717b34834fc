"""Every case of the peer's own tests for rates, proportions, means, standardisation, life expectancy and quantiles.

Those of the slope index and of funnels are in test_published_distribution_cases.py.
"""

import polars as pl
import pytest
from published_cases import ALL, assert_matches, cases, extra_table, fields, input_table, levels, limit_names
from shared_data import shared

from commonweal import stats

METHODS = {
    "byars_limits": 3,
    "wilson_limits": 3,
    "phe_rate": 13,
    "phe_proportion": 10,
    "calculate_dsr": 5,
    "phe_dsr": 3,
    "phe_mean": 3,
    "calculate_ISRate": 5,
    "calculate_ISRatio": 4,
    "phe_quantile": 4,
    "phe_life_expectancy": 3,
}
"""The peer's functions and how many cases each has."""
ELSEWHERE = ("phe_sii", "calculate_funnel_limits", "calculate_funnel_points", "assign_funnel_significance")
"""Those of the slope index and of funnels, in files of their own."""
WORDS = {"Exact": "Exact", "Byars": "Byar", "Wilson": "Wilson", "Dobson": "Dobson"}


def our_method(theirs):
    return "Dobson, non-independent events" if "non-independent" in theirs else WORDS[theirs.split(",")[0]]


def computed(case):
    """Our result, and the peer's names of its columns with ours."""
    rows, args, field = input_table(case), case["args"], fields(case)
    by, function = case["group_by"] or None, case["function"]
    asked = {"by": by, "confidence": levels(case)}
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
    if function in ("calculate_dsr", "phe_dsr"):
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
    if function == "phe_mean":
        found = stats.mean(rows, value=field["x"], **asked)
        return found, names | {"value_sum": "sum", "value_count": "n", "stdev": "standard_deviation"}
    if function in ("calculate_ISRate", "calculate_ISRatio"):
        rate = function == "calculate_ISRate"
        method = stats.indirectly_standardised_rate if rate else stats.indirectly_standardised_ratio
        found = method(
            referenced(rows, args),
            count=field["x"],
            population=field["n"],
            reference_count=field.get("x_ref", "reference_count"),
            reference_population=field.get("n_ref", "reference_population"),
            per=args["multiplier"] if rate else args["refvalue"],
            observed=extra_table(case, "observed_totals") if "observed_totals" in args else None,
            **asked,
        )
        return found, names | {"observed": "observed", "expected": "expected", "ref_rate": "reference_rate"}
    if function == "phe_quantile":
        first = field.get("invert", args["invert"])
        found = stats.quantiles(rows, value=field["values"], by=by, count=args["nquantiles"], highest_first=first)
        return found, {"quantile": "quantile"}
    at = None if args.get("le_age", "all") == "all" else args["le_age"]
    found = stats.life_expectancy(
        rows, deaths=field["deaths"], population=field["population"], age_start=field["startage"], at=at, **asked
    )
    found = found.rename({"age_start": field["startage"]})
    return found, names | {"pops_used": "population_from_age", "dths_used": "deaths_from_age"}


def referenced(rows, args):
    """The reference as columns: the peer takes it as a vector, which it lays beside the rows of each group."""
    if not isinstance(args["x_ref"], list):
        return rows
    times = rows.height // len(args["x_ref"])
    return rows.with_columns(
        reference_count=pl.Series(args["x_ref"] * times), reference_population=pl.Series(args["n_ref"] * times)
    )


@pytest.mark.parametrize("case", cases(*METHODS), ids=lambda case: case["id"])
def test_case(case):
    found, names = computed(case)
    assert_matches(case, found, names, words={"method": our_method})


def test_all_of_the_published_cases_are_here():
    shared("cases/indicators")
    assert {function: len(cases(function)) for function in METHODS} == METHODS
    assert sum(METHODS.values()) == 56
    assert len(cases(*METHODS, *ELSEWHERE)) == ALL
