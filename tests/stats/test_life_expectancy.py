"""Life expectancy against what is known, and its documented missing values."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_tables import LIFE, lives
from published_cases import cases, input_table
from shared_data import shared

from commonweal import stats


def life(table, **more):
    more = {"deaths": "deaths", "population": "population", "age_start": "band", "by": "area"} | more
    return stats.life_expectancy(table, **more)


def healthy(table, **more):
    more = {"deaths": "deaths", "population": "population", "age_start": "band", "by": "area"} | more
    return stats.healthy_life_expectancy(table, prevalence="healthy", **more)


@given(st.floats(0.04, 0.5))
@settings(deadline=None, max_examples=20)
def test_the_open_band_lives_one_over_its_death_rate(rate):
    table = pl.DataFrame(
        {"area": "a", "band": ["65-74", "75+"], "deaths": [50.0, rate * 1e5], "population": [9e4, 1e5]}
    )
    assert life(table, at=75)["value"].to_list() == pytest.approx([1 / rate])


def test_an_abridged_table_is_near_the_complete_one():
    """One hazard of every age (Gompertz), in single years and in bands with each open band that users ask for."""
    ages = np.arange(120)
    survivors = 1e5 * np.exp(-0.00003 / 0.1 * (np.exp(0.1 * ages) - 1))
    dead = survivors - np.append(survivors[1:], 0)
    lived = np.append(survivors[1:], 0) + dead / 2
    truth = lived.sum() / survivors[0]

    def value(starts):
        groups = np.searchsorted(starts, ages, side="right") - 1
        table = pl.DataFrame(
            {
                "area": "a",
                "band": [*map(int, starts[:-1]), int(starts[-1])],
                "deaths": np.bincount(groups, dead),
                "population": np.bincount(groups, lived),
            }
        )
        return life(table, at=0)["value"][0]

    assert value(np.arange(0, 101)) == pytest.approx(truth, abs=0.01)
    for oldest in (80, 85, 90, 95):
        assert value(np.array([0, 1, *range(5, oldest + 1, 5)])) == pytest.approx(truth, abs=0.15)


def test_labels_and_first_ages_say_the_same():
    table = lives(3, 1)
    starts = table.with_columns(band=pl.Series([stats.parse_age_band(label).start for label in LIFE] * 3))
    labelled = life(table)
    with pytest.raises(stats.ColumnError, match="between 15 and 65 a band seems to be missing"):
        life(starts)
    assert labelled["age_start"].unique().sort().to_list() == [0, 1, 5, 15, 65, 85]


def test_rows_may_come_in_any_order_of_age():
    table = lives(4, 2)
    assert life(table).equals(life(table.sort("area", "band", descending=[False, True])))


def test_everyone_healthy_lives_all_life_in_health():
    table = lives(3, 3)
    well = healthy(table.with_columns(healthy=pl.lit(1.0)))
    whole = life(table)
    assert well["value"].to_list() == pytest.approx(whole["value"].to_list())
    assert well["lower_95"].to_list() == pytest.approx(whole["lower_95"].to_list())
    assert well["proportion_of_life"].to_list() == pytest.approx([1.0] * well.height)


def test_sullivan_as_published():
    """Hauet E (1997), Practical guide on health expectancy calculation, Euro-REVES, table 1: France 1991, males.

    The guide takes survivors and years lived from a complete life table, whose years differ by up to 1% from those that
    deaths and years give here; it prints one decimal.
    """
    survivors = np.array([89_367, 84_968, 78_012, 66_625, 48_532])
    years = np.array([436_589, 408_793, 364_013, 290_533, 289_068])
    share = [0.804, 0.714, 0.630, 0.487, 0.290]
    table = pl.DataFrame(
        {
            "area": "France",
            "band": ["65-69", "70-74", "75-79", "80-84", "85+"],
            "deaths": survivors - np.append(survivors[1:], 0),
            "population": years,
            "healthy": share,
        }
    )
    found = healthy(table)
    assert found["value"].to_list() == pytest.approx([12.3, 8.8, 5.8, 3.4, 1.7], abs=0.1)


def test_a_survey_adds_to_the_interval_and_its_error_may_be_given():
    table = lives(2, 4)
    census, survey = healthy(table), healthy(table, sample="asked")
    error = (pl.col("healthy") * (1 - pl.col("healthy")) / pl.col("asked")).sqrt()
    given_error = healthy(table.with_columns(error=error), standard_error="error")
    assert census["value"].equals(survey["value"])
    assert (survey["upper_95"] > census["upper_95"]).all()
    assert survey["upper_95"].to_list() == pytest.approx(given_error["upper_95"].to_list())


def test_the_variance_of_healthy_life_is_that_of_simulated_deaths_and_surveys():
    table = lives(1, 5)
    told = healthy(table, sample="asked", at=[0, 65])
    random = np.random.default_rng(7)
    times = 4000
    deaths = random.binomial(
        table["population"].cast(int), table["deaths"] / table["population"], (times, table.height)
    )
    share = random.binomial(150, table["healthy"], (times, table.height)) / 150
    many = pl.DataFrame(
        {
            "area": np.repeat(np.arange(times), table.height),
            "band": LIFE * times,
            "deaths": np.maximum(deaths, 1).ravel(),
            "population": np.tile(table["population"].to_numpy(), times),
            "healthy": share.ravel(),
        }
    )
    spread = healthy(many, at=[0, 65]).group_by("age_start").agg(pl.col("value").std()).sort("age_start")["value"]
    error = ((told["upper_95"] - told["lower_95"]) / 2 / 1.959964).to_list()
    assert error == pytest.approx(spread.to_list(), rel=0.06)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"population": 0.0}, "a band has no population"),
        ({"deaths": 1e6}, "a band has more deaths than people"),
        ({"deaths": None}, "'deaths' is missing in a band"),
        ({"population": None}, "'population' is missing in a band"),
    ],
)
def test_a_group_without_a_life_table_says_why(change, reason):
    table = lives(3, 6).with_row_index("row_")
    first = pl.col("row_") == 7
    table = table.with_columns(pl.when(first).then(v).otherwise(pl.col(k)).alias(k) for k, v in change.items())
    found = life(table)
    assert found.filter(area="area 1")["reason"].unique().to_list() == [reason]
    assert found.filter(area="area 1").select("value", "lower_95", "upper_95").null_count().sum_horizontal()[0] == 18
    assert found.filter(pl.col("area") != "area 1")["value"].null_count() == 0


def test_small_populations_open_bands_without_deaths_and_absent_bands():
    table = lives(2, 7)
    small = table.with_columns(pl.col("deaths", "population") / pl.col("population").sum().over("area") * 4_999)
    assert set(life(small)["reason"]) == {"a population of 5,000 or fewer"}
    none_old = table.with_columns(deaths=pl.when(pl.col("band") == "85+").then(0.0).otherwise("deaths"))
    assert set(life(none_old)["reason"]) == {"no deaths in the open band 85+"}
    absent = table.filter(~((pl.col("area") == "area 1") & (pl.col("band") == "5-14")))
    told = life(absent).filter(area="area 1")["reason"].unique().to_list()
    assert told == ["lacks a band that other groups have (one of 5-14)"]


def test_a_value_with_a_wide_interval_is_not_given_but_its_limits_are():
    shared("cases/indicators")
    case = next(case for case in cases("phe_life_expectancy") if case["id"] == "le_wide_ci")
    found = stats.life_expectancy(
        input_table(case), deaths="deaths", population="pops", age_start="startage", by="area", confidence=[0.8, 0.95]
    ).filter(area="Area 2")
    wide = found["upper_95"] - found["lower_95"] > 20
    assert wide.any()
    assert found["value"].is_null().to_list() == wide.to_list()
    assert found.filter(wide)["reason"].unique().to_list() == ["its 95% interval is wider than 20 years"]


@pytest.mark.parametrize(
    ("bands", "message"),
    [
        (["0-4", "5-64", "65+"], "0-4 must be two bands, <1 and 1-4"),
        (["<1", "1-64", "65-84"], r"the oldest band, 65-84, must be open, such as 65\+"),
        (["<1", "5-64", "65+"], "ages 1 to 4 are missing"),
        (["<1", "0-64", "65+"], "0 and 0-64 overlap"),
        (["<1", "<1", "1+"], "The band 0 stands 2 times in area 'a'"),
        (["<1", "1-64", "old"], "'old' is not an age band"),
    ],
)
def test_bands_that_make_no_life_table(bands, message):
    table = pl.DataFrame({"area": "a", "band": bands, "deaths": [9, 9, 9], "population": [9000, 9000, 9000]})
    with pytest.raises(stats.ColumnError, match=message):
        life(table)


@pytest.mark.parametrize(
    ("at", "message"), [(66, "No band begins at age 66"), ("old", "`at` holds ages"), ([], "no age")]
)
def test_an_age_that_begins_no_band(at, message):
    with pytest.raises(stats.ColumnError, match=message):
        life(lives(1, 1), at=at)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"sample": "asked", "standard_error": "asked"}, "not both"),
        ({"sample": "nobody"}, "'nobody' 0 is not above 0"),
    ],
)
def test_what_is_wrong_with_a_survey(more, message):
    with pytest.raises(stats.ColumnError, match=message):
        healthy(lives(1, 1).with_columns(nobody=pl.lit(0)), **more)
    with pytest.raises(stats.ColumnError, match=r"above 1 \(a share, not a percentage\)"):
        healthy(lives(1, 1).with_columns(healthy=pl.lit(85.0)))
