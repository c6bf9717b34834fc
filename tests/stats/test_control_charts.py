"""Control charts against published limits, the rules against their definition, and what must not matter."""

import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from published_series import (
    CIRCUIT_BOARDS,
    DYED_CLOTH,
    DYED_CLOTH_UNITS,
    FLOW_RATES,
    INFECTIONS,
    JUICE_CANS,
    MORTGAGE_COSTS,
    PLOT_THE_DOTS,
    PLOT_THE_DOTS_DRAWS,
    PURCHASE_ORDER_SAMPLES,
    PURCHASE_ORDERS,
    SHIPMENT_ERRORS,
    SURGERY_DEATHS,
    VALVE_FAILURES,
)

from commonweal import CommonwealError
from commonweal.stats import control_chart

LINES = ("lower", "centre", "upper")


def chart(values, denominators=None, **asked):
    columns = {"month": range(len(values)), "number": [None if v is None else float(v) for v in values]}
    if denominators is not None:
        columns["of"] = [float(n) for n in denominators]
        asked["denominator"] = "of"
    return control_chart(pl.DataFrame(columns), value="number", order="month", **asked)


def lines(found, point=0):
    return found.points.select(LINES).row(point)


def out(found):
    return (found.points["outside_limits"].arg_true() + 1).to_list()


# Published limits, each with its source in published_series.py


def test_xmr_limits_of_montgomery_with_a_baseline_of_20():
    found = chart(MORTGAGE_COSTS, baseline=20)
    assert lines(found) == pytest.approx((279.78, 300.5, 321.22), abs=0.01)
    assert out(found) == [39, 40]
    assert found.points["moving_range"].head(20).mean() == pytest.approx(7.79, abs=0.005)


def test_xmr_limits_of_nist():
    found = chart(FLOW_RATES)
    assert lines(found) == pytest.approx((45.8159, 50.81, 55.8041), abs=0.002)
    assert out(found) == []


@pytest.mark.parametrize(("screen", "limits"), [(True, (-0.72, 1.94, 4.6)), (False, (-3.06, 1.94, 6.95))])
def test_xmr_limits_of_plot_the_dots_with_and_without_screening(screen, limits):
    found = chart(PLOT_THE_DOTS, screen_outliers=screen, direction="high is good")
    assert [round(line, 2) for line in lines(found)] == list(limits)
    assert found.points["variation"].value_counts(sort=True).rows() == [("common cause", 17), ("improving high", 1)]


def test_xmr_limits_of_the_tests_of_plot_the_dots():
    assert lines(chart(PLOT_THE_DOTS_DRAWS, screen_outliers=True)) == pytest.approx(
        (-3.01138, 0.1416238, 3.294627), rel=1e-6
    )
    outlying = [*PLOT_THE_DOTS_DRAWS[:14], 10, *PLOT_THE_DOTS_DRAWS[15:]]
    screened, unscreened = (lines(chart(outlying, screen_outliers=screen)) for screen in (True, False))
    assert screened == pytest.approx((-2.383666, 0.6694159, 3.722497), rel=1e-6)
    assert unscreened == pytest.approx((-4.596625, 0.6694159, 5.935457), rel=1e-6)
    split = chart(PLOT_THE_DOTS_DRAWS, screen_outliers=True, rebase_at=10)
    assert lines(split, 0) == pytest.approx((-2.60, 0.0746, 2.75), abs=0.005)
    assert lines(split, 10) == pytest.approx((-3.28, 0.209, 3.70), abs=0.005)


def test_p_limits_of_montgomery():
    found = chart(JUICE_CANS, [50] * 30, kind="p")
    assert lines(found) == pytest.approx((0.0524, 0.2313, 0.4102), abs=5e-5)
    assert out(found) == [15, 23]


def test_p_limits_of_montgomery_without_the_two_samples_that_had_a_cause():
    kept = [None if sample in (15, 23) else number for sample, number in enumerate(JUICE_CANS, 1)]
    assert lines(chart(kept, [50] * 30, kind="p")) == pytest.approx((0.0407, 0.2150, 0.3893), abs=5e-5)


def test_p_limits_of_montgomery_for_samples_of_different_size():
    found = chart(PURCHASE_ORDERS, PURCHASE_ORDER_SAMPLES, kind="p", per=100)
    assert lines(found) == pytest.approx((0.7335, 9.551, 18.3686), abs=0.001)
    assert out(found) == [11]


def test_c_limits_of_montgomery():
    found = chart(CIRCUIT_BOARDS, kind="c")
    assert lines(found) == pytest.approx((6.48, 19.85, 33.22), abs=0.01)
    assert out(found) == [6, 20]
    kept = [None if sample in (6, 20) else number for sample, number in enumerate(CIRCUIT_BOARDS, 1)]
    assert lines(chart(kept, kind="c")) == pytest.approx((6.36, 19.67, 32.97), abs=0.005)


def test_u_limits_of_montgomery():
    assert lines(chart(SHIPMENT_ERRORS, [50] * 20, kind="u")) == pytest.approx((0, 0.0740, 0.1894), abs=5e-5)
    found = chart(DYED_CLOTH, DYED_CLOTH_UNITS, kind="u")
    assert lines(found, 0) == pytest.approx((0.29, 1.42, 2.55), abs=0.01)
    assert lines(found, 2) == pytest.approx((0.43, 1.42, 2.41), abs=0.01)
    assert out(found) == []


def test_t_limits_of_montgomery():
    found = chart(VALVE_FAILURES, kind="t")
    lower, centre, upper = lines(found)
    assert (lower, centre**0.2777, upper**0.2777) == pytest.approx((0, 5.39, 11.66), abs=0.01)
    assert (centre, upper) == pytest.approx((430.04, 6937.93), rel=5e-4)


def test_g_limits_of_qicharts2():
    found = chart(SURGERY_DEATHS, kind="g")
    mean = sum(SURGERY_DEATHS) / 67
    assert lines(found) == pytest.approx((0, 24, mean + 3 * (mean * (mean + 1)) ** 0.5))
    assert out(found) == [24]


def test_c_chart_of_infections_split_where_the_intervention_began():
    found = chart(INFECTIONS, kind="c", rebase_at=24)
    assert found.points["phase"].to_list() == [1] * 24 + [2] * 12
    assert round(lines(found, 0)[1]) == 19
    assert [round(line) for line in lines(found, -1)] == [0, 7, 15]


# Prime charts


@given(st.integers(0, 10_000))
@settings(max_examples=10, deadline=None)
def test_prime_charts_widen_limits_where_samples_vary_more_than_by_chance(seed):
    random = np.random.default_rng(seed)
    share = 0.9 + random.normal(0, 0.01, 30)
    size = random.integers(200_000, 300_000, 30)
    plain, prime = (chart(np.round(share * size), size, kind=kind) for kind in ("p", "p_prime"))
    assert lines(plain)[1] == lines(prime)[1]
    widths = [np.subtract(*found.points.select("upper", "centre").row(0)) for found in (plain, prime)]
    assert widths[1] > 5 * widths[0]
    rate_plain, rate_prime = (chart(np.round(share * size), size, kind=kind) for kind in ("u", "u_prime"))
    assert lines(rate_prime)[2] > lines(rate_plain)[2]


# The rules, against their definition point by point


def defined(values, centre, lower, upper, near_lower, near_upper, length):
    """Each rule as its sentence says it, for one phase without gaps."""
    outside = [value > upper or value < lower for value in values]
    near = [not out and (v > near_upper or v < near_lower) for v, out in zip(values, outside, strict=True)]
    flagged = {"outside_limits": outside} | {name: [False] * len(values) for name in ("trend", "two_of_three", "run")}

    def windows(size):
        for start in range(len(values) - size + 1):
            inside = values[start : start + size]
            one_side = all(v > centre for v in inside) or all(v < centre for v in inside)
            yield range(start, start + size), inside, one_side

    for places, inside, one_side in windows(length):
        steps = np.diff(inside)
        for place in places:
            flagged["run"][place] |= one_side
            flagged["trend"][place] |= bool(all(steps > 0) or all(steps < 0))
    for places, _, one_side in windows(3):
        for place in places:
            flagged["two_of_three"][place] |= near[place] and one_side and sum(near[p] for p in places) >= 2
    return flagged


# Steps of whole numbers tie, repeat and run often.
walks = st.lists(st.integers(-3, 3), min_size=2, max_size=40).flatmap(
    lambda steps: st.sampled_from([steps, list(np.cumsum(steps).tolist())])
)


@given(walks, st.sampled_from([6, 7, 8]))
@settings(max_examples=200, deadline=None)
def test_rules_flag_what_their_definition_says(values, length):
    found = chart(values, rule_length=length).points
    drawn = found.select("centre", "lower", "upper", "near_lower", "near_upper").row(0)
    expected = defined(values, *drawn, length)
    assert {name: found[name].to_list() for name in expected} == expected


def test_a_trend_flags_all_of_its_points_and_its_turn_belongs_to_the_next():
    values = [5, 1, 2, 3, 4, 5, 6, 7, 6, 5, 4, 3, 2, 1, 5]
    causes = chart(values).points["special_cause"].to_list()
    assert causes[1:7] == ["rising trend"] * 6
    assert causes[7:14] == ["falling trend"] * 7
    assert causes[0] == causes[14] == "common cause"


def test_equal_values_break_a_trend():
    assert not chart([1, 2, 3, 3, 4, 5, 6]).points["trend"].any()
    assert chart([1, 2, 3, 4, 5, 6, 7]).points["trend"].all()


def test_two_of_three_near_a_limit_are_flagged_only_on_one_side_of_the_centre():
    alternating = [1, -1] * 7
    one_side = chart([*alternating, 4.5, 2, 4.5], baseline=14).points
    assert one_side["two_of_three"].to_list() == [False] * 14 + [True, False, True]
    assert one_side["special_cause"].to_list()[-1] == "two of three near the upper limit"
    # The published test of NHSRplotthedots: two in succession, on opposite sides, are common cause.
    assert chart([*alternating, 5.5, -5.5]).points["special_cause"].to_list()[-2:] == ["common cause"] * 2


def test_a_point_out_of_the_limits_is_named_so_whatever_else_flags_it():
    found = chart([*([1.0, 2.0] * 10), 2, 2, 2, 2, 2, 2, 9], baseline=20).points
    assert found.select("special_cause", "run").row(-1) == ("above the upper limit", True)
    assert found.select("special_cause").row(-2) == ("run above the centre line",)


# Variation and assurance


@pytest.mark.parametrize(
    ("direction", "last", "variation"),
    [
        ("high is good", 99, "improving high"),
        ("high is good", -99, "concerning low"),
        ("low is good", 99, "concerning high"),
        ("low is good", -99, "improving low"),
        ("no judgement", 99, "neither high"),
        (None, -99, "neither low"),
        ("high is good", 1, "common cause"),
    ],
)
def test_variation_is_that_of_the_last_point(direction, last, variation):
    found = chart([*([1, 2] * 7), last], baseline=14, direction=direction)
    assert found.summary["variation"].to_list() == [variation]


@pytest.mark.parametrize(
    ("direction", "target", "assurance"),
    [
        ("high is good", -5, "pass"),
        ("high is good", 9, "fail"),
        ("low is good", -5, "fail"),
        ("low is good", 9, "pass"),
        ("low is good", 1.5, "hit and miss"),
        ("no judgement", 9, "no direction"),
        ("high is good", None, "no target"),
    ],
)
def test_assurance_sets_the_target_against_the_limits(direction, target, assurance):
    found = chart([1, 2] * 10, direction=direction, target=target)
    assert found.summary["assurance"].to_list() == [assurance]


def test_assurance_takes_the_limits_of_the_last_phase():
    values = [1, 2] * 7 + [101, 102] * 7
    assert chart(values, direction="high is good", target=50).summary["assurance"].to_list() == ["hit and miss"]
    rebased = chart(values, direction="high is good", target=50, rebase_at=14)
    assert rebased.summary["assurance"].to_list() == ["pass"]
    assert rebased.summary["phases"].to_list() == [2]


def test_a_target_exactly_at_a_limit_is_hit_and_missed():
    upper = lines(chart([1, 2] * 10))[2]
    assert chart([1, 2] * 10, direction="high is good", target=upper).summary["assurance"][0] == "hit and miss"


def test_a_column_of_targets_and_of_directions_is_judged_by_the_last_point_of_each_series():
    data = pl.DataFrame(
        {
            "area": ["a"] * 14 + ["b"] * 14,
            "month": [*range(14)] * 2,
            "number": [1, 2] * 14,
            "aim": [0.0] * 13 + [9.0] + [9.0] * 13 + [0.0],
            "polarity": ["high is good"] * 14 + ["low is good"] * 14,
        }
    )
    found = control_chart(data, value="number", order="month", by="area", target="aim", direction="polarity").summary
    assert found.select("area", "target", "assurance").rows() == [("a", 9.0, "fail"), ("b", 0.0, "hit and miss")]


# Phases


values = st.lists(st.floats(-1e3, 1e3), min_size=4, max_size=30)


@given(values)
@settings(max_examples=30, deadline=None)
def test_rebasing_at_the_first_point_is_no_rebasing_and_a_baseline_of_all_points_is_none(numbers):
    plain = chart(numbers).points
    assert plain.equals(chart(numbers, rebase_at=0).points)
    assert plain.equals(chart(numbers, baseline=len(numbers)).points)


@given(values, st.data())
@settings(max_examples=30, deadline=None)
def test_each_phase_is_charted_as_if_it_stood_alone(numbers, data):
    at = data.draw(st.integers(1, len(numbers) - 1))
    both = chart(numbers, rebase_at=at, baseline=5).points.drop("phase", "month")
    before, after = (chart(part, baseline=5).points.drop("phase", "month") for part in (numbers[:at], numbers[at:]))
    assert both.equals(pl.concat([before, after]))


def test_phases_may_begin_at_dates_between_points_and_at_marked_rows():
    data = pl.DataFrame(
        {
            "month": pl.date_range(dt.date(2024, 1, 1), dt.date(2024, 12, 1), "1mo", eager=True),
            "number": range(12),
            "new": [False] * 5 + [True] + [False] * 6,
        }
    )
    expected = [1] * 5 + [2] * 7
    for at in (dt.date(2024, 5, 15), "2024-06-01", ["2024-05-02"], "new"):
        found = control_chart(data, value="number", order="month", rebase_at=at)
        assert found.points["phase"].to_list() == expected


def test_nothing_is_rebased_unless_the_user_asks():
    assert chart([1, 2] * 10 + [101, 102] * 10).points["phase"].unique().to_list() == [1]


# What must not matter


@given(values, st.floats(-100, 100), st.floats(0.1, 100))
@settings(max_examples=50, deadline=None)
def test_limits_move_and_stretch_with_the_values(numbers, shift, scale):
    plain = chart(numbers).points.select(LINES).to_numpy()
    moved = chart([number * scale + shift for number in numbers]).points.select(LINES).to_numpy()
    assert np.allclose(plain * scale + shift, moved, atol=1e-6)


@given(st.lists(st.integers(-5, 5), min_size=3, max_size=30))
@settings(max_examples=50, deadline=None)
def test_upside_down_good_and_bad_change_places(numbers):
    above = chart(numbers, direction="high is good").points["variation"].to_list()
    below = chart([-number for number in numbers], direction="low is good").points["variation"].to_list()
    swapped = {"high": "low", "low": "high"}
    assert [" ".join(swapped.get(word, word) for word in variation.split(" ")) for variation in above] == below


@given(st.integers(0, 1_000))
@settings(max_examples=10, deadline=None)
def test_rows_in_any_order_and_series_alone_or_together_give_the_same(seed):
    random = np.random.default_rng(seed)
    data = pl.DataFrame(
        {"area": np.repeat(["a", "b", "c"], 20), "month": [*range(20)] * 3, "number": random.normal(size=60)}
    )
    asked = {"value": "number", "order": "month", "by": "area", "target": 0.5, "direction": "low is good"}
    together = control_chart(data, **asked)
    shuffled = control_chart(data.sample(fraction=1, shuffle=True, seed=seed), **asked)
    assert together.points.equals(shuffled.points.sort("area", "month"))
    for area in ("a", "b", "c"):
        alone = control_chart(data.filter(area=area), **asked)
        assert alone.points.equals(together.points.filter(area=area))
        assert alone.summary.equals(together.summary.filter(area=area))


def test_pandas_and_arrow_give_what_polars_gives():
    data = pl.DataFrame({"month": range(20), "number": [float(n % 5) for n in range(20)], "of": [10] * 20})
    asked = {"value": "number", "order": "month", "kind": "p", "denominator": "of", "rebase_at": 10}
    expected = control_chart(data, **asked)
    of_pandas = control_chart(data.to_pandas(), **asked)
    of_arrow = control_chart(data.to_arrow(), **asked)
    assert isinstance(of_pandas.points, pd.DataFrame)
    assert pl.from_pandas(of_pandas.points).equals(expected.points)
    assert pl.from_arrow(of_arrow.points).equals(expected.points)
    assert pl.from_arrow(of_arrow.summary).equals(expected.summary)


# Gaps and short series


def test_a_missing_value_stays_and_no_range_run_or_trend_goes_across_it():
    found = chart([1, 2, 3, 4, None, 5, 6, 7, 8]).points
    assert found.height == 9
    assert found.row(4, named=True)["special_cause"] is None
    assert found["moving_range"].null_count() == 3
    assert not found["trend"].any()


def test_one_point_has_no_limits_and_says_so():
    found = chart([3])
    assert found.summary.select("variation", "assurance", "note").row(0) == (
        "not assessed",
        "no target",
        "no limits: they need two points in succession that have a value",
    )
    assert "no limits" in repr(found)


def test_a_chart_of_pandas_prints_as_one_of_polars():
    data = pl.DataFrame({"month": range(15), "number": [1, 2] * 7 + [None]})
    asked = {"value": "number", "order": "month"}
    assert repr(control_chart(data.to_pandas(), **asked)) == repr(control_chart(data, **asked))


def test_nobody_at_every_point_has_limits_at_nobody():
    assert lines(chart([0] * 12, [10] * 12, kind="p_prime")) == (0, 0, 0)


def test_a_series_without_a_value_says_so():
    found = chart([None, None])
    assert found.summary.select("points", "variation", "assurance").row(0) == (0, "not assessed", "no limits")
    assert "no point has a value" in repr(found)


def test_limits_from_few_points_are_on_trial():
    assert "trial limits, from 11 points" in chart([1, 2, 3] * 4, baseline=11).summary["note"][0]
    assert chart([1, 2, 3] * 4).summary["note"][0] == ""


def test_a_series_that_never_varies_has_limits_at_its_value():
    assert lines(chart([4] * 12, screen_outliers=True)) == (4, 4, 4)


def test_the_chart_prints_its_finding():
    shown = repr(chart([*([1, 2] * 7), 99], baseline=14, direction="low is good", target=50))
    assert "XmR chart of number, 15 points" in shown
    assert "special cause, concerning, higher values: above the upper limit" in shown
    assert "the target will be met consistently (target 50)" in shown


# Bad input


@pytest.mark.parametrize(
    ("columns", "asked", "message"),
    [
        ({"number": [1.0, float("inf")]}, {}, "'number' inf is not a finite number in 1 row, first at row 2"),
        ({"number": ["1", "two"]}, {}, "'number' holds text, 'two', where a number is needed in 1 row, first at row 2"),
        ({"month": [1, 1]}, {}, "'month' 1 occurs a second time in the same series in 1 row, first at row 2"),
        ({"month": [1, None]}, {}, "'month' is missing in 1 row, first at row 2"),
        ({"month": ["Jan", "Feb"]}, {}, "sorts by alphabet and not in time"),
        ({"number": [1, -1]}, {"kind": "c"}, "'number' -1 is below 0 in 1 row, first at row 2"),
        ({"number": [1, 0]}, {"kind": "t"}, "'number' 0 is a time between events and not above 0"),
        ({"of": [5, 0]}, {"kind": "u", "denominator": "of"}, "'of' 0 is not above 0 in 1 row, first at row 2"),
        ({"of": [5, 1]}, {"kind": "p", "denominator": "of"}, "count 2 is above denominator 1 in 1 row, first at row 2"),
        ({}, {"kind": "p"}, "The p chart needs `denominator`"),
        ({}, {"kind": "xmr", "denominator": "of"}, "The XmR chart has no `denominator`"),
        ({}, {"kind": "cusum"}, "'cusum' is not a kind of control chart"),
        ({}, {"value": "nunber"}, "no column 'nunber'"),
        ({}, {"baseline": 1}, "2 or more, not 1"),
        ({}, {"rule_length": 5}, "6, 7 or 8 points, not 5"),
        ({}, {"rebase_at": 9}, "is after every point of column 'month'"),
        ({}, {"rebase_at": "June"}, "cannot be compared with column 'month'"),
        ({}, {"direction": "up"}, "`direction` 'up' is neither a column nor one of"),
        ({}, {"target": float("inf")}, "The target is infinite"),
        ({}, {"baseline": 2.5}, "2 or more, not 2.5"),
        ({}, {"by": "month"}, "cannot be both the order and what tells series apart"),
        ({}, {"direction": "area"}, "direction 'a' is none of: high is good"),
        ({"value": [1, 2]}, {"by": "value"}, "The column 'value' has a name that the result needs"),
        ({"area": [], "month": [], "number": [], "of": []}, {}, "The table has no rows"),
    ],
)
def test_bad_input_is_refused_in_words(columns, asked, message):
    data = {"area": ["a", "a"], "month": [1, 2], "number": [1, 2], "of": [5, 5]} | columns
    with pytest.raises(CommonwealError, match="(?s)" + message):
        control_chart(pl.DataFrame(data), **{"value": "number", "order": "month"} | asked)


def test_text_that_sorts_in_time_and_numbers_as_text_are_an_order():
    text = control_chart(pl.DataFrame({"m": ["2024-02", "2024-01"], "v": [2, 1]}), value="v", order="m")
    assert text.points["m"].to_list() == ["2024-01", "2024-02"]
    number = control_chart(pl.DataFrame({"m": ["10", "9"], "v": [2, 1]}), value="v", order="m")
    assert number.points["m"].to_list() == ["9", "10"]
