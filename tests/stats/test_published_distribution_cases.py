"""Every case of the peer's own tests for the slope index and for funnels.

Those of rates, proportions, means, standardisation, life expectancy and quantiles are in test_published_cases.py.
"""

import pytest
from published_cases import assert_matches, cases, fields, input_table
from shared_data import shared

from commonweal import stats

FUNCTIONS = {
    "phe_sii": 17,
    "calculate_funnel_limits": 7,
    "calculate_funnel_points": 3,
    "assign_funnel_significance": 8,
}
"""The peer's functions and how many cases each has."""
VALUE_TYPES = {0: "other", 1: "rate", 2: "proportion"}
STATISTICS = {
    "proportion": "proportion",
    "crude": "crude rate",
    "dsr": "directly standardised rate",
    "count": "count",
    "isr": "indirectly standardised ratio",
}
BISECTION = {"rel": 2e-4, "abs": 1e-9}
"""The peer seeks Poisson limits by bisection, which is right to 1e-4 at one event; ours are exact."""
SIGNIFICANCE = {
    "High (0.001)": "above the 99.8% limit",
    "High (0.025)": "above the 95% limit",
    "Not significant": "within the limits",
    "Low (0.025)": "below the 95% limit",
    "Low (0.001)": "below the 99.8% limit",
    "Not applicable for events less than 10 for dsrs": "not compared",
}


def slope_arguments(case):
    args, field = case["args"], fields(case)
    names = {"x": "count", "lower_cl": "lower", "upper_cl": "upper", "se": "standard_error"}
    asked = {names.get(name, name): column for name, column in field.items()}
    asked |= {"value_type": VALUE_TYPES[args["value_type"]], "transform": args.get("transform", False)}
    level = args["confidence"]
    return asked | {
        "by": case["group_by"],
        "per": args.get("multiplier", 1),
        "confidence": level / 100 if level > 1 else level,
    }


@pytest.mark.parametrize("case", cases("phe_sii"), ids=lambda case: case["id"])
def test_slope_index(case):
    asked = slope_arguments(case)
    found = stats.slope_index(input_table(case), **asked)
    names = {"sii": "sii", "rii": "rii", "intercept": "intercept"}
    for index in ("sii", "rii"):
        for side in ("lower", "upper"):
            names[f"{index}_{side}"] = f"{index}_{side}_{asked['confidence'] * 100:.10g}"
    assert_matches(case, found, names)


def funnel_arguments(case):
    args, field = case["args"], fields(case)
    kind = args.get("rate_type") or args.get("ratio_type") or args["statistic"]
    statistic = STATISTICS.get(kind, "indirectly standardised ratio")
    asked = {"count": field["numerator"], "statistic": statistic}
    asked |= {name: field[name] for name in ("denominator", "rate") if name in field}
    if statistic != "count" and "multiplier" in args:
        asked["per"] = args["multiplier"]
    return asked | ({"years": args["years_of_data"]} if "years_of_data" in args else {})


@pytest.mark.parametrize("case", cases("calculate_funnel_limits"), ids=lambda case: case["id"])
def test_funnel_limits(case):
    asked = funnel_arguments(case)
    found = stats.funnel_limits(input_table(case), **asked)
    names = {"Population": "denominator", "Observed_events": "count", "Events": "count", "baseline": "baseline"}
    for sigma, level in (("2s", "95"), ("3s", "99_8")):
        for side in ("lower", "upper"):
            names[f"{side}_{sigma}_limit"] = f"{side}_{level}"
            for what in ("exp_events", "population_1_year"):
                names[f"{side}_{sigma}_{what}"] = f"denominator_{side}_{level}"
    if asked["statistic"] != "proportion":
        case = case | {"tolerance": BISECTION}
    words = {"method": {"Wilson": "Wilson", "Poisson": "Exact Poisson"}.__getitem__}
    assert_matches(case, found, names | {"method": "method"}, words=words)


@pytest.mark.parametrize("case", cases("calculate_funnel_points"), ids=lambda case: case["id"])
def test_funnel_points(case):
    found = stats.funnel_points(input_table(case), **funnel_arguments(case))
    assert_matches(case, found, {"rate_chart": "funnel_value", "denominator_derived": "funnel_denominator"})


@pytest.mark.parametrize("case", cases("assign_funnel_significance"), ids=lambda case: case["id"])
def test_funnel_significance(case):
    found = stats.funnel_significance(input_table(case), **funnel_arguments(case))
    words = {"significance": SIGNIFICANCE.__getitem__}
    assert_matches(case, found, {"significance": "significance"}, words=words)


def test_all_of_the_published_cases_are_here():
    shared("cases/indicators")
    assert {function: len(cases(function)) for function in FUNCTIONS} == FUNCTIONS
