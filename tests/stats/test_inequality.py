"""The slope index: its line, its limits, what must not matter, and what is refused."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonweal import CommonwealError
from commonweal.stats import slope_index

REPETITIONS = 20_000


def deciles(seed=1, areas=("a",), number=10):
    random = np.random.default_rng(seed)
    frames = []
    for area in areas:
        value = np.sort(random.uniform(0.1, 0.6, number))[::-1]
        frames.append(
            pl.DataFrame(
                {
                    "area": [area] * number,
                    "tenth": range(1, number + 1),
                    "people": random.integers(1_000, 9_000, number),
                    "value": value,
                    "error": random.uniform(0.01, 0.05, number),
                }
            ).with_columns(low=pl.col("value") * 0.95, high=pl.col("value") * 1.06)
        )
    return pl.concat(frames)


def asked(value_type, **more):
    columns = {"quantile": "tenth", "population": "people", "value": "value", "lower": "low", "upper": "high"}
    return columns | {"value_type": value_type, "repetitions": REPETITIONS} | more


every_kind = pytest.mark.parametrize(
    ("value_type", "transform"),
    [("other", False), ("rate", False), ("rate", True), ("proportion", False), ("proportion", True)],
)


def test_values_on_a_line_give_back_the_line():
    data = pl.DataFrame({"tenth": range(1, 11), "people": [100] * 10})
    data = data.with_columns(value=80 - 30 * (pl.col("tenth") - 0.5) / 10, error=pl.lit(1.0))
    found = slope_index(
        data, quantile="tenth", population="people", value="value", standard_error="error", value_type="other"
    )
    assert found.select("sii", "rii", "intercept").row(0) == pytest.approx((-30, 50 / 80, 80))
    # Ten equal tenths: the slope's variance is 1 over the sum of squares about the middle, times ten for the weights.
    deviation = (1 / sum((tenth - 5.5) ** 2 / 100 for tenth in range(1, 11))) ** 0.5
    assert found["sii_upper_95"][0] == pytest.approx(-30 + 1.959964 * deviation)
    assert found["method"][0] == "Closed form, RII by Fieller"


@every_kind
@given(seed=st.integers(0, 10_000))
@settings(max_examples=5, deadline=None)
def test_limits_enclose_the_index_and_widen_with_confidence(value_type, transform, seed):
    found = slope_index(deciles(seed), **asked(value_type, transform=transform, confidence=[0.95, 0.998]))
    for index in ("sii", "rii"):
        names = [f"{index}_lower_99_8", f"{index}_lower_95", index, f"{index}_upper_95", f"{index}_upper_99_8"]
        assert (np.diff(found.select(names).to_numpy()[0]) > 0).all()


@pytest.mark.parametrize("value_type", ["rate", "proportion"])
def test_closed_limits_are_those_of_many_draws_with_transform(value_type):
    """By drawing here, and holding the line at its middle as OHID does."""
    data = deciles(2)
    found = slope_index(data, **asked(value_type, transform=True)).row(0, named=True)
    onto = np.log if value_type == "rate" else (lambda p: np.log(p / (1 - p)))
    back = np.exp if value_type == "rate" else (lambda y: 1 / (1 + np.exp(-y)))
    value, low, high = (onto(data[name].to_numpy()) for name in ("value", "low", "high"))
    share = (data["people"] / data["people"].sum()).to_numpy()
    middle = np.cumsum(share) - share / 2
    fitted = np.polynomial.polynomial.polyfit(middle, value, 1, w=np.sqrt(share))
    drawn = np.random.default_rng(3).normal(value, (high - low) / 3.919928, (100_000, 10))
    slopes = np.polynomial.polynomial.polyfit(middle, drawn.T, 1, w=np.sqrt(share))[1]
    for end, slope in zip(("lower", "upper"), np.quantile(slopes, [0.025, 0.975]), strict=True):
        centre = fitted[0] + fitted[1] / 2
        most, least = back(centre + slope / 2), back(centre - slope / 2)
        assert found[f"sii_{end}_95"] == pytest.approx(most - least, rel=0.01)
        assert found[f"rii_{end}_95"] == pytest.approx(most / least, rel=0.01)


def test_fieller_limits_are_those_of_many_draws():
    data = deciles(4)
    found = slope_index(data, **asked("other")).row(0, named=True)
    share = (data["people"] / data["people"].sum()).to_numpy()
    middle = np.cumsum(share) - share / 2
    error = ((data["high"] - data["low"]) / 3.919928).to_numpy()
    drawn = np.random.default_rng(5).normal(data["value"].to_numpy(), error, (200_000, 10))
    intercept, slope = np.polynomial.polynomial.polyfit(middle, drawn.T, 1, w=np.sqrt(share))
    expected = np.quantile((intercept + slope) / intercept, [0.025, 0.975])
    assert (found["rii_lower_95"], found["rii_upper_95"]) == pytest.approx(tuple(expected), rel=0.01)


@every_kind
@pytest.mark.parametrize("per", [0.01, 0.5, 100])
def test_a_multiplier_scales_the_slope_index_and_leaves_the_ratio(value_type, transform, per):
    """The reference swaps limits where a rate is transformed and the multiplier is between 0 and 1."""
    one, scaled = (slope_index(deciles(6), **asked(value_type, transform=transform, per=p)) for p in (1, per))
    for name in one.columns:
        if name.startswith(("sii", "intercept")):
            assert scaled[name][0] == pytest.approx(one[name][0] * per)
        elif name.startswith("rii"):
            assert scaled[name][0] == one[name][0]


@every_kind
def test_a_negative_multiplier_turns_the_comparison_round(value_type, transform):
    one, turned = (slope_index(deciles(7), **asked(value_type, transform=transform, per=p)) for p in (1, -1))
    assert turned["sii"][0] == -one["sii"][0]
    assert turned["rii"][0] == pytest.approx(1 / one["rii"][0])
    assert turned["sii_lower_95"][0] == -one["sii_upper_95"][0]
    assert turned["rii_upper_95"][0] == pytest.approx(1 / one["rii_lower_95"][0])
    assert turned["intercept"][0] == one["intercept"][0]


@every_kind
def test_rows_in_any_order_and_areas_alone_or_together_give_the_same(value_type, transform):
    data = deciles(8, ("a", "b", "c"))
    given_ = asked(value_type, transform=transform)
    together = slope_index(data, by="area", **given_)
    for area in ("a", "b", "c"):
        alone = slope_index(data.filter(area=area), **given_)
        assert alone.equals(together.filter(area=area).drop("area"))
    shuffled = slope_index(data.sample(fraction=1, shuffle=True, seed=1), by="area", **given_)
    assert shuffled.sort("area").equals(together)


@every_kind
def test_column_names_are_the_same_for_every_kind(value_type, transform):
    found = slope_index(deciles(9), **asked(value_type, transform=transform))
    assert found.columns == [
        *("sii", "rii", "intercept", "sii_lower_95", "sii_upper_95", "rii_lower_95", "rii_upper_95", "method", "note"),
    ]


def test_the_same_seed_gives_the_same_limits_and_another_nearly():
    data = deciles(10)
    first, again, other = (slope_index(data, **asked("rate", seed=seed)) for seed in (None, 1, 2))
    assert first.equals(again)
    assert first["sii_lower_95"][0] != other["sii_lower_95"][0]
    assert first["sii_lower_95"][0] == pytest.approx(other["sii_lower_95"][0], rel=0.02)
    assert first["method"][0] == "Simulation, 20000 repetitions, seed 1"


def test_errors_are_the_same_from_limits_and_given():
    data = deciles(11).with_columns(error=(pl.col("high").log() - pl.col("low").log()) / (2 * 1.959963984540054))
    limits = slope_index(data, **asked("rate", transform=True))
    given_ = asked("rate", transform=True, lower=None, upper=None, standard_error="error")
    errors = slope_index(data, **given_)
    for name in limits.columns[:7]:
        assert errors[name][0] == pytest.approx(limits[name][0])


def test_pandas_and_arrow_give_what_polars_gives():
    data = deciles(12, ("a", "b"))
    expected = slope_index(data, by="area", **asked("rate"))
    assert pl.from_pandas(slope_index(data.to_pandas(), by="area", **asked("rate"))).equals(expected)
    assert pl.from_arrow(slope_index(data.to_arrow(), by="area", **asked("rate"))).equals(expected)


def test_an_area_that_lacks_a_quantile_has_no_index_and_the_note_says_which():
    data = deciles(13, ("a", "b", "c")).filter(~((pl.col("area") == "b") & pl.col("tenth").is_in([3, 7])))
    gap = (pl.col("area") == "c") & (pl.col("tenth") == 2)
    data = data.with_columns(value=pl.when(~gap).then(pl.col("value")))
    found = slope_index(data, by="area", **asked("other"))
    assert found["note"].to_list() == [
        "",
        "no index: quantiles 3, 7 are absent",
        "no index: quantile 2 is without a number",
    ]
    assert found["sii"].is_null().to_list() == [False, True, True]
    assert found["method"].to_list() == ["Closed form, RII by Fieller", None, None]


def test_many_quantiles_and_a_line_near_nothing_are_noted():
    assert slope_index(deciles(14, number=20), **asked("other"))["note"][0].startswith("20 quantiles")
    data = deciles(15).with_columns(value=pl.col("tenth") - 5.4, low=pl.col("tenth") - 9.0, high=pl.col("tenth") + 0.0)
    found = slope_index(data, **asked("other")).row(0, named=True)
    assert found["note"] == "no limits of the RII: the line may pass through 0 at the least advantaged end"
    assert found["rii_lower_95"] is None
    assert found["sii_lower_95"] is not None


@pytest.mark.parametrize(
    ("change", "given_", "message"),
    [
        ({"tenth": pl.lit(1)}, {}, "'tenth' goes up to 1; a slope index needs 5 to 100 quantiles"),
        ({"tenth": pl.when(pl.col("tenth") == 2).then(3).otherwise(pl.col("tenth"))}, {}, "'tenth' 3 occurs twice"),
        ({"tenth": pl.col("tenth") + 0.5}, {}, "'tenth' 1.5 is not a whole number from 1 in 10 rows, first at row 1"),
        ({"people": pl.col("people") * 0}, {}, "'people' 0 is not above 0 in 10 rows"),
        ({"low": pl.col("value") * 2}, {}, "do not enclose their value .* in 10 rows, first at row 1"),
        ({"low": pl.lit(0.0)}, {"value_type": "rate"}, "'low' 0 is not above 0, so that it has no logarithm in 10"),
        ({"high": pl.lit(1.0)}, {"value_type": "proportion"}, "'high' 1 is not between 0 and 1"),
        ({"value": pl.lit(None, dtype=pl.Float64)}, {}, "No area has a value for each of its 10 quantiles"),
        ({}, {"value_type": "mean"}, "'mean' is not a type of value"),
        ({}, {"value": None}, "either `value` or, for a proportion, `count`"),
        ({}, {"value": None, "count": "value"}, "`count` is for proportions"),
        ({}, {"upper": None}, "either `standard_error` or both `lower` and `upper`"),
        ({}, {"standard_error": "error"}, "either `standard_error` or both `lower` and `upper`"),
        ({}, {"transform": True}, "`transform` is for rates and proportions"),
        ({}, {"per": 0}, "cannot be 0"),
        ({}, {"repetitions": 10}, "at least 1,000 repetitions, not 10"),
        ({}, {"population": "persons"}, "no column 'persons'"),
    ],
)
def test_bad_input_is_refused_in_words(change, given_, message):
    with pytest.raises(CommonwealError, match=message):
        slope_index(deciles(16).with_columns(**change), **asked("other") | given_)


def test_an_empty_table_is_refused():
    with pytest.raises(CommonwealError, match="The table has no rows"):
        slope_index(deciles(17).clear(), **asked("other"))
