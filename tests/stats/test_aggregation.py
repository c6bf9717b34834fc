"""Areas brought together."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_tables import banded, lives
from polars.testing import assert_frame_equal

from commonweal import stats

few = settings(max_examples=15, deadline=None)
SEEDS = st.integers(0, 10**6)
COUNTED = {"area": "area", "count": "count", "denominator": "population"}
TYPES = {
    "proportion": {},
    "crude rate": {},
    "directly standardised rate": {"age_band": "band", "standard": "standard"},
    "indirectly standardised rate": {
        "age_band": "band", "reference_count": "reference_count", "reference_population": "reference_population",
    },
    "indirectly standardised ratio": {
        "age_band": "band", "reference_count": "reference_count", "reference_population": "reference_population",
    },
}  # fmt: skip


def by_area(table):
    return table.group_by("area", maintain_order=True).agg(pl.col("count", "population").sum())


@pytest.mark.parametrize("value_type", TYPES)
@few
@given(SEEDS)
def test_one_area_alone_is_itself(value_type, seed):
    table = banded(1, seed)
    alone = stats.aggregate(
        table if TYPES[value_type] else by_area(table), value_type=value_type, **COUNTED, **TYPES[value_type]
    )
    from made_up_tables import METHODS

    name = "rate" if value_type == "crude rate" else value_type.replace(" ", "_")
    expected = METHODS[name][1](table)
    assert_frame_equal(alone.drop("areas"), expected.drop("area"), rel_tol=1e-12)


@pytest.mark.parametrize("value_type", ["proportion", "crude rate"])
@few
@given(SEEDS)
def test_the_aggregate_lies_among_its_areas_and_is_surer_than_each(value_type, seed):
    table = by_area(banded(5, seed))
    method = (
        stats.proportion(table, count="count", denominator="population", by="area")
        if value_type == "proportion"
        else stats.rate(table, count="count", population="population", by="area")
    )
    found = stats.aggregate(table, value_type=value_type, **COUNTED)
    assert method["value"].min() <= found["value"][0] * (1 + 1e-12)
    assert found["value"][0] <= method["value"].max() * (1 + 1e-12)
    weighted = (method["value"] * table["population"]).sum() / table["population"].sum()
    assert found["value"][0] == pytest.approx(weighted)


@few
@given(SEEDS)
def test_parts_brought_together_twice_are_the_whole(seed):
    table = by_area(banded(6, seed)).with_columns(part=pl.Series(["north"] * 3 + ["south"] * 3))
    parts = stats.aggregate(table, value_type="crude rate", by="part", **COUNTED)
    twice = stats.aggregate(
        parts.select("part", "count", "population"), value_type="crude rate", **(COUNTED | {"area": "part"})
    )
    once = stats.aggregate(table, value_type="crude rate", **COUNTED)
    assert_frame_equal(twice.drop("areas"), once.drop("areas"))


def test_life_expectancy_of_areas_together():
    table = lives(3, 2)
    found = stats.aggregate(
        table, area="area", value_type="life expectancy", count="deaths", denominator="population", age_band="band"
    )
    summed = table.group_by("band", maintain_order=True).agg(pl.col("deaths", "population").sum())
    expected = stats.life_expectancy(summed, deaths="deaths", population="population", age_start="band")
    assert_frame_equal(found.drop("areas"), expected)
    assert found["areas"].unique().to_list() == [3]


def test_an_area_without_a_figure_makes_the_value_missing_and_is_named():
    table = pl.DataFrame(
        {"area": ["A", "B", "A", "B", "A"], "year": [1, 1, 2, 2, 3], "x": [5, 6, 7, None, 8], "n": [100] * 5}
    )
    found = stats.aggregate(table, area="area", value_type="proportion", count="x", denominator="n", by="year")
    assert found["value"].is_null().to_list() == [False, True, True]
    assert found["lower_95"].is_null().to_list() == [False, True, True]
    assert found["reason"].to_list() == [None, *["no figure of 1 of 2 areas (the first: B)"] * 2]
    assert found["areas"].to_list() == [2, 2, 1]


def test_a_band_that_one_area_lacks_is_noticed():
    table = banded(3, 1)
    found = stats.aggregate(
        table.head(11), value_type="directly standardised rate", **COUNTED, **TYPES["directly standardised rate"]
    )
    assert found["value"].to_list() == [None]
    assert found["reason"].to_list() == ["no figure of 1 of 3 areas (the first: area 2)"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"count": None}, "not the average of theirs, because areas differ in size"),
        ({"denominator": None}, "not the average of theirs"),
        ({"value_type": "score"}, "A 'score' cannot be aggregated"),
        ({"value_type": "directly standardised rate"}, "give `age_band`"),
        ({"value_type": "indirectly standardised ratio", "age_band": "band"}, "needs `reference_count`"),
        ({"by": ["area", "band"]}, "cannot be in `by`"),
        ({}, "area 'area 0' stands more than once, so that it would count more than once, in 8 rows, first at row 1"),
    ],
)
def test_what_is_wrong_is_said(more, message):
    with pytest.raises(stats.ColumnError, match=message):
        stats.aggregate(banded(2, 1), **({"value_type": "proportion"} | COUNTED | more))


def test_standards_that_differ_between_areas():
    table = banded(2, 1).with_columns(standard=pl.int_range(8).cast(pl.Float64))
    with pytest.raises(stats.ColumnError, match="'standard' differs between areas"):
        stats.aggregate(
            table, value_type="directly standardised rate", **COUNTED, **TYPES["directly standardised rate"]
        )
