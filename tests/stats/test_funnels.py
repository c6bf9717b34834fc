"""What must hold of every funnel, and what is refused. Published cases are in test_published_distribution_cases.py."""

import time

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import poisson

from commonweal import CommonwealError
from commonweal.stats import funnel_limits, funnel_points, funnel_significance

SIDES = ("lower_99_8", "lower_95", "baseline", "upper_95", "upper_99_8")
RATES = ("crude rate", "directly standardised rate")
RATIOS = ("count", "indirectly standardised ratio")


def areas(seed, number=12):
    random = np.random.default_rng(seed)
    people = random.integers(200, 20_000, number)
    events = random.binomial(people, random.uniform(0.05, 0.2, number))
    return pl.DataFrame(
        {
            "area": [f"E{n:02}" for n in range(number)],
            "region": ["north", "south"] * (number // 2),
            "events": events + 10,
            "people": people + 10,
            "rate": (events + 10) / (people + 10) * 100_000,
        }
    )


def asked(statistic, **more):
    columns = {"count": "events", "statistic": statistic, "denominator": "people"}
    return columns | ({"rate": "rate"} if statistic == "directly standardised rate" else {}) | more


every_statistic = pytest.mark.parametrize("statistic", ["proportion", *RATES, *RATIOS])


@every_statistic
@given(seed=st.integers(0, 10_000))
@settings(max_examples=10, deadline=None)
def test_limits_enclose_the_average_and_widen_with_confidence(statistic, seed):
    found = funnel_limits(areas(seed), **asked(statistic))
    assert found.height == 100
    lines = found.select(SIDES).to_numpy()
    assert (np.diff(lines, axis=1) >= 0).all()
    axis = found["denominator" if statistic == "proportion" else "count"].to_numpy()
    assert (np.diff(axis) >= 1).all()
    assert (axis == np.round(axis)).all()


@given(st.integers(0, 10_000))
@settings(max_examples=10, deadline=None)
def test_at_a_limit_of_a_ratio_the_exact_tail_is_the_level(seed):
    found = funnel_limits(areas(seed), **asked("count"))
    count = found["count"].to_numpy()
    for level, tail in (("95", 0.025), ("99_8", 0.001)):
        as_many = poisson.sf(count - 1, found[f"denominator_upper_{level}"].to_numpy())
        as_few = poisson.cdf(count, found[f"denominator_lower_{level}"].to_numpy())
        assert np.allclose(as_many, tail, rtol=1e-8)
        assert np.allclose(as_few, tail, rtol=1e-8)


@every_statistic
@given(seed=st.integers(0, 10_000))
@settings(max_examples=5, deadline=None)
def test_rows_in_any_order_and_groups_alone_or_together_give_the_same(statistic, seed):
    data = areas(seed)
    for function in (funnel_limits, funnel_points, funnel_significance):
        together = function(data, **asked(statistic, by="region"))
        for region in ("north", "south"):
            alone = function(data.filter(region=region), **asked(statistic))
            found = together.filter(region=region)
            assert found.drop("region").equals(alone.select(found.drop("region").columns))
    shuffled = data.sample(fraction=1, shuffle=True, seed=seed)
    assert funnel_limits(shuffled, **asked(statistic)).select(SIDES).to_numpy() == pytest.approx(
        funnel_limits(data, **asked(statistic)).select(SIDES).to_numpy()
    )
    judged = funnel_significance(shuffled, **asked(statistic)).sort("area")
    assert judged.equals(funnel_significance(data, **asked(statistic)))


@every_statistic
def test_pandas_and_arrow_give_what_polars_gives(statistic):
    data = areas(1)
    for function in (funnel_limits, funnel_points, funnel_significance):
        expected = function(data, **asked(statistic))
        assert pl.from_pandas(function(data.to_pandas(), **asked(statistic))).equals(expected)
        assert pl.from_arrow(function(data.to_arrow(), **asked(statistic))).equals(expected)


@pytest.mark.parametrize("per", [1, 100, 1000])
def test_a_limit_of_a_proportion_ends_at_everybody_whatever_the_multiplier(per):
    """The reference caps at 100 for any multiplier."""
    data = pl.DataFrame({"events": [5, 500], "people": [10, 1000]})
    found = funnel_limits(data, **asked("proportion", per=per))
    assert found["upper_99_8"].max() == per
    assert found["lower_99_8"].min() == 0


def test_a_point_of_a_proportion_is_beyond_the_line_drawn_when_it_is_said_to_be():
    data = areas(3, 40)
    judged = funnel_significance(data, **asked("proportion"))["significance"].to_list()
    drawn = funnel_limits(data, **asked("proportion"))
    points = funnel_points(data, **asked("proportion"))
    at = points["funnel_denominator"].to_numpy()
    for level, word in (("95", "95%"), ("99_8", "99.8%")):
        upper, lower = (np.interp(at, drawn["denominator"], drawn[f"{side}_{level}"]) for side in ("upper", "lower"))
        for value, low, high, said in zip(points["funnel_value"], lower, upper, judged, strict=True):
            if min(abs(value - low), abs(value - high)) > 1e-4 and word in said:
                assert (value > high) == ("above" in said)
                assert (value < low) == ("below" in said)


def test_a_rate_needs_no_denominator_and_a_denominator_no_rate():
    """The reference fails to judge rates without the optional denominator."""
    data = areas(5)
    from_rate = {"count": "events", "statistic": "crude rate", "rate": "rate"}
    for function in (funnel_limits, funnel_points, funnel_significance):
        by_rate = function(data, **from_rate).select(pl.selectors.float() | pl.selectors.string())
        by_people = function(data, **asked("crude rate")).select(pl.selectors.float() | pl.selectors.string())
        for ours, theirs in zip(by_rate, by_people, strict=True):
            assert ours.to_list() == (pytest.approx(theirs.to_list()) if ours.dtype.is_float() else theirs.to_list())


def test_several_years_draw_the_denominators_of_one():
    data = areas(6)
    one, three = (funnel_points(data, **asked("crude rate", years=years)) for years in (1, 3))
    assert (one["funnel_denominator"] / three["funnel_denominator"]).to_list() == pytest.approx([3] * 12)
    assert one["funnel_value"].equals(three["funnel_value"])


def test_a_standardised_rate_of_few_events_is_neither_drawn_nor_judged():
    data = pl.DataFrame({"events": [9, 100, 0], "rate": [90.0, 100.0, None]})
    given_ = {"count": "events", "rate": "rate", "statistic": "directly standardised rate"}
    assert funnel_significance(data, **given_)["significance"].to_list() == [
        "not compared",
        "within the limits",
        "not compared",
    ]
    assert funnel_points(data, **given_)["funnel_value"].to_list() == [None, 100, None]
    assert funnel_limits(data, **given_)["baseline"][0] == pytest.approx(109 / (9 / 90 + 1))


def test_a_missing_number_leaves_its_row_and_the_others_as_without_it():
    data = areas(7)
    gap = data.with_columns(events=pl.when(pl.col("area") == "E03").then(None).otherwise(pl.col("events")))
    judged = funnel_significance(gap, **asked("proportion"))
    assert judged["significance"][3] == "not compared"
    without = funnel_significance(data.filter(pl.col("area") != "E03"), **asked("proportion"))
    assert judged.filter(pl.col("area") != "E03")["significance"].equals(without["significance"])
    assert funnel_limits(gap, **asked("proportion")).equals(
        funnel_limits(data.filter(pl.col("area") != "E03"), **asked("proportion"))
    )


def test_a_group_without_events_says_why_it_has_no_limits():
    data = pl.DataFrame({"region": ["a", "b"], "events": [0, 50], "people": [100, 1000]})
    found = funnel_limits(data, **asked("crude rate", by="region"))
    assert found.filter(region="a")["method"].unique().to_list() == ["No limits: no events or no denominators"]
    assert found.filter(region="a")["upper_95"].null_count() == 100
    assert found.filter(region="b")["method"].unique().to_list() == ["Exact Poisson"]


def test_regions_with_a_missing_name_are_a_group_of_their_own():
    data = areas(8).with_columns(region=pl.lit(None, dtype=pl.String))
    assert funnel_limits(data, **asked("proportion", by="region")).height == 100


def test_a_count_above_its_denominator_by_rounding_only_is_taken():
    data = pl.DataFrame({"events": [10 + 1e-13, 5.0], "people": [10.0, 10.0]})
    assert funnel_points(data, **asked("proportion"))["funnel_value"][0] == pytest.approx(1)


def test_large_counts_cost_nothing():
    data = pl.DataFrame({"events": [20_000, 50_000], "people": [21_000, 52_000]})
    funnel_limits(data, **asked("count"))
    began = time.process_time()
    funnel_limits(data, **asked("count"))
    assert time.process_time() - began < 0.1


@pytest.mark.parametrize(
    ("columns", "given_", "message"),
    [
        ({"events": [5, -1]}, {}, "'events' -1 is below 0 in 1 row, first at row 2"),
        ({"people": [0, 10]}, {}, "'people' 0 is not above 0 in 1 row, first at row 1"),
        ({"events": [11, 12]}, {}, "count 11 is above denominator 10 in 2 rows, first at row 1"),
        ({"events": ["5", "x"]}, {}, "'events' holds text, 'x', where a number is needed in 1 row, first at row 2"),
        ({"people": [10.0, float("inf")]}, {}, "'people' inf is not a finite number in 1 row, first at row 2"),
        ({}, {"statistic": "mean"}, "'mean' has no funnel"),
        ({}, {"denominator": None}, "needs `denominator`"),
        ({}, {"statistic": "crude rate", "denominator": None}, "needs `rate` or `denominator`"),
        ({}, {"statistic": "directly standardised rate"}, "needs `rate`, the column"),
        ({}, {"rate": "rate"}, "`rate` is for funnels of rates"),
        ({}, {"years": 3}, "`years` is for funnels of rates"),
        ({}, {"per": 0}, "must be above 0"),
        ({}, {"statistic": "count", "per": 100}, "`per` is not for the statistic 'count'"),
        ({}, {"count": "event"}, "no column 'event'"),
        ({"events": [0, 5]}, {"statistic": "crude rate", "rate": "rate", "denominator": None}, "where there are no"),
        ({"rate": [0.0, 1.0]}, {"statistic": "crude rate", "rate": "rate"}, "'rate' is 0 though there are 5 events"),
        ({"events": [], "people": [], "rate": []}, {}, "The table has no rows"),
    ],
)
def test_bad_input_is_refused_in_words(columns, given_, message):
    data = pl.DataFrame({"events": [5, 6], "people": [10, 10], "rate": [50.0, 60.0]} | columns)
    for function in (funnel_limits, funnel_points, funnel_significance):
        with pytest.raises(CommonwealError, match=message):
            function(data, **asked("proportion") | given_)
