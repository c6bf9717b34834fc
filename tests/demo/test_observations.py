"""The figures of the demonstration hang together, and hold everything a page has to show."""

from __future__ import annotations

import polars as pl
import pytest

from commonweal import stats
from commonweal.datasets.schema import KEY, SCHEMA, STATUSES
from commonweal.demo.areas import COLLABORATIVE, COUNTRY, REGIONS, fictional_areas, region_code
from commonweal.demo.observations import TOO_FEW, observations
from commonweal.demo.recipes import indicators, recipes

SEED = 2016
NINE = [area.code for area in COLLABORATIVE]


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return observations(fictional_areas(SEED), SEED)


def digest(frame: pl.DataFrame) -> int:
    return int(frame.hash_rows(seed=1).sum())


def headline(rows: pl.DataFrame, indicator: str) -> pl.DataFrame:
    recipe = recipes()[indicator]
    return rows.filter(
        pl.col("indicator") == indicator,
        pl.col("category_type") == "",
        pl.col("sex") == recipe.sex,
        pl.col("age") == recipe.age,
    )


def test_the_seed_decides_every_figure(rows: pl.DataFrame) -> None:
    again = observations(fictional_areas(SEED), SEED)
    other = observations(fictional_areas(SEED + 1), SEED + 1)
    assert digest(again) == digest(rows)
    assert digest(other) != digest(rows)


def test_an_indicator_more_changes_no_figure_of_the_others(rows: pl.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    fewer = {identifier: recipe for identifier, recipe in recipes().items() if identifier != "219"}
    monkeypatch.setattr("commonweal.demo.observations.recipes", lambda: fewer)
    part = observations(fictional_areas(SEED), SEED)
    assert digest(part) == digest(rows.filter(pl.col("indicator") != "219"))


def test_every_indicator_has_its_recipe_and_metadata() -> None:
    assert set(recipes()) == set(indicators())
    assert 55 <= len(recipes()) <= 70
    topics = {indicator.topic for indicator in indicators().values()}
    assert topics == {
        "Blood pressure",
        "Suicide prevention",
        "Children and young people's mental health",
        "Employment and skills",
        "Collaborative commissioning",
    }
    for indicator in indicators().values():
        for key in ("definition", "rationale", "numerator", "denominator", "unit", "method", "caveats"):
            assert getattr(indicator, key), f"{indicator.id}: {key}"
        assert indicator.source == "Synthetic data made by Commonweal"
        assert "invented" in indicator.caveats
        kind = recipes()[indicator.id].kind
        expected = {"rate": "crude rate", "standardised": "directly standardised rate"}.get(kind, kind)
        assert indicator.value_type == expected


def test_the_frame_is_that_of_the_store(rows: pl.DataFrame) -> None:
    assert rows.schema == SCHEMA
    assert rows.select(KEY).n_unique() == rows.height
    assert set(rows["status"]) == set(STATUSES) - {"suppressed"}
    assert rows["source"].unique().to_list() == ["Synthetic"]


def test_nine_areas_stand_in_a_distribution_of_150(rows: pl.DataFrame) -> None:
    for identifier in recipes():
        held = headline(rows, identifier).filter(pl.col("value").is_not_null())
        newest = held.filter(pl.col("period_end") == pl.col("period_end").max())
        areas = set(newest["area_code"])
        assert COUNTRY[0] in areas, identifier
        assert len(areas) >= 140, identifier
        assert len(areas & set(NINE)) >= 6, identifier


def test_history_is_ten_years_or_twenty_four_quarters(rows: pl.DataFrame) -> None:
    periods = {identifier: headline(rows, identifier)["period"].n_unique() for identifier in recipes()}
    assert sum(number == 10 for number in periods.values()) >= 35
    assert sum(number == 24 for number in periods.values()) >= 8


def test_values_lie_within_limits_and_counts_within_denominators(rows: pl.DataFrame) -> None:
    held = rows.filter(pl.col("status") == "published")
    assert held["value"].null_count() == 0
    limited = held.filter(pl.col("lower_95").is_not_null())
    for lower, upper in (("lower_95", "upper_95"), ("lower_99_8", "upper_99_8")):
        outside = limited.filter((pl.col("value") < pl.col(lower)) | (pl.col("value") > pl.col(upper)))
        assert outside.height == 0
    assert limited.filter(pl.col("lower_99_8") > pl.col("lower_95")).height == 0
    proportions = [i.id for i in indicators().values() if i.value_type == "proportion"]
    shares = held.filter(pl.col("indicator").is_in(proportions))
    assert shares.filter(pl.col("count") > pl.col("denominator")).height == 0
    for name in ("value", "lower_95", "upper_95", "lower_99_8", "upper_99_8"):
        assert shares.filter(~pl.col(name).is_between(-1e-9, 100 + 1e-9)).height == 0


def test_published_proportions_recompute_from_their_counts(rows: pl.DataFrame) -> None:
    proportions = [i.id for i in indicators().values() if i.value_type == "proportion"]
    held = rows.filter(pl.col("indicator").is_in(proportions), pl.col("status") == "published")
    again = stats.proportion(held.select("count", "denominator"), count="count", denominator="denominator", per=100)
    assert (again["value"] - held["value"]).abs().max() < 1e-9  # type: ignore[operator]
    assert (again["lower_95"] - held["lower_95"]).abs().max() < 1e-9  # type: ignore[operator]


def test_the_country_and_its_regions_are_the_sums_of_their_areas(rows: pl.DataFrame) -> None:
    areas = fictional_areas(SEED)
    members = {COUNTRY[0]: [area.code for area in areas]}
    for number in range(len(REGIONS)):
        members[region_code(number)] = [area.code for area in areas if area.region == number]
    for identifier in ("cvdprevent.007hyp", "92313", "work.claimants"):
        held = headline(rows, identifier)
        assert (held["status"] == "published").all()
        for whole, parts in members.items():
            of_parts = held.filter(pl.col("area_code").is_in(parts)).group_by("period")
            sums = of_parts.agg(pl.col("count", "denominator").sum()).sort("period")
            of_whole = held.filter(pl.col("area_code") == whole)
            assert sums.equals(of_whole.select("period", "count", "denominator").sort("period"))


def test_groups_add_up_to_everyone(rows: pl.DataFrame) -> None:
    held = rows.filter(pl.col("indicator") == "cvdprevent.007hyp", pl.col("area_code").is_in([*NINE, COUNTRY[0]]))
    keys = ["area_code", "period"]
    everyone = headline(held, "cvdprevent.007hyp").select(*keys, "count", "denominator").sort(keys)
    sexes = held.filter(pl.col("sex") != "Persons")
    ages = held.filter((pl.col("age") != "18+ yrs") & (pl.col("category_type") == ""))
    tenths = held.filter(pl.col("category_type") == "Deprivation tenth")
    for parts in (sexes, ages, tenths):
        assert parts.group_by(keys).agg(pl.col("count", "denominator").sum()).sort(keys).equals(everyone)


def test_rows_without_a_value_say_why(rows: pl.DataFrame) -> None:
    absent = rows.filter(pl.col("status") != "published")
    assert absent["value"].null_count() == absent.height
    assert (absent["note"] != "").all()
    few = rows.filter(pl.col("note") == TOO_FEW)
    assert few.height > 0
    assert set(few["indicator"]) <= {i.id for i in indicators().values() if "standardised" in i.value_type}


def test_pooled_periods_overlap_and_yearly_ones_follow_on(rows: pl.DataFrame) -> None:
    suicide = headline(rows, "41001").filter(pl.col("area_code") == COUNTRY[0]).sort("period_end")
    assert (suicide["period_end"].dt.year() - suicide["period_start"].dt.year() == 2).all()
    assert suicide["period"].to_list()[-1] == "2022 - 24"
    treated = headline(rows, "cvdprevent.007hyp").filter(pl.col("area_code") == COUNTRY[0]).sort("period_end")
    starts, ends = treated["period_start"].to_list(), treated["period_end"].to_list()
    assert all((start - end).days == 1 for start, end in zip(starts[1:], ends[:-1], strict=True))


def test_there_is_something_of_every_kind_to_show() -> None:
    found = indicators().values()
    assert {"high is good", "low is good", "no judgement", "not applicable"} == {i.polarity for i in found}
    assert {"confidence interval 95", "confidence interval 99.8", "two levels", "quintiles", "goal", "none"} == {
        i.comparison for i in found
    }
    assert any(i.goal and i.goal.upper for i in found)
    assert any(i.goal and not i.goal.upper for i in found)
    assert any(i.series_breaks for i in found)
    assert {"proportion", "crude rate", "directly standardised rate", "count"} == {i.value_type for i in found}


def test_the_story_of_treated_to_target(rows: pl.DataFrame) -> None:
    held = headline(rows, "cvdprevent.007hyp").sort("period_end")
    codes = {"Dunmere": NINE[3], "Garstone": NINE[6], "Brackwater": NINE[1], "England": COUNTRY[0]}
    values = {name: held.filter(pl.col("area_code") == code)["value"] for name, code in codes.items()}
    assert values["England"][-1] == pytest.approx(67, abs=0.5)
    assert values["Dunmere"][-1] == pytest.approx(63, abs=1)
    assert values["Dunmere"][-1] > values["Dunmere"][0] + 3
    assert values["Garstone"][-1] > values["England"][-1] > values["Garstone"][0] + 5
    assert values["Brackwater"][-1] < values["Brackwater"][0]


def test_garstone_is_found_as_an_improver(rows: pl.DataFrame) -> None:
    held = headline(rows, "cvdprevent.007hyp").filter(pl.col("area_code").str.starts_with("X06"))
    found = stats.improvers(
        held.with_columns(polarity=pl.lit("high is good")),
        by=["indicator", "sex", "age"],
        area="area_code",
        period_end="period_end",
        value="value",
        count="count",
        polarity="polarity",
    )
    assert NINE[6] in found["area_code"].to_list()


def test_the_break_in_the_series_can_be_seen(rows: pl.DataFrame) -> None:
    held = headline(rows, "90813").filter(pl.col("area_code") == COUNTRY[0]).sort("period_end")
    change = held["value"].pct_change().to_list()
    labels = held["period"].to_list()
    assert change[labels.index("2023/24")] == pytest.approx(-0.19, abs=0.04)
    assert indicators()["90813"].series_breaks[0].date == "2023-04-01"
    others = [value for label, value in zip(labels[1:], change[1:], strict=True) if label != "2023/24"]
    assert max(abs(value) for value in others) < 0.05


def test_deprivation_shows_in_the_tenths(rows: pl.DataFrame) -> None:
    held = rows.filter(
        pl.col("indicator") == "tobacco.pregnancy",
        pl.col("area_code") == COUNTRY[0],
        pl.col("category_type") == "Deprivation tenth",
        pl.col("period") == "2024/25",
    ).sort("category")
    values = held["value"].to_list()
    assert len(values) == 10
    assert values == sorted(values, reverse=True)
    assert values[0] > 2 * values[-1]


def test_nothing_is_said_of_methods_in_suicide_prevention() -> None:
    """Samaritans' Media Guidelines: no detail of methods, and not the words of a crime or of success."""
    for indicator in indicators().values():
        words = " ".join(str(value) for value in indicator.model_dump().values()).casefold()
        for unwanted in (
            "commit",
            "successful suicide",
            "hanging",
            "overdose",
            "poison",
            "jump",
            "epidemic",
            "hotspot",
        ):
            assert unwanted not in words, f"{indicator.id}: {unwanted}"
