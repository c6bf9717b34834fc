"""Indirect standardisation: totals given apart, and what is refused. Published values are in test_published_cases."""

import polars as pl
import pytest
from made_up_tables import banded

from commonweal import stats

COLUMNS = {
    "count": "count", "population": "population", "reference_count": "reference_count",
    "reference_population": "reference_population", "by": "area",
}  # fmt: skip


def ratio(table, **more):
    return stats.indirectly_standardised_ratio(table, **(COLUMNS | more))


def totals(table):
    return table.group_by("area", maintain_order=True).agg(pl.col("count").sum())


def test_the_reference_itself_is_as_expected():
    table = banded(1, 1).with_columns(count="reference_count", population="reference_population")
    found = stats.indirectly_standardised_rate(table, **COLUMNS)
    assert found["value"][0] == pytest.approx(found["reference_rate"][0])
    assert ratio(table, per=100)["value"][0] == pytest.approx(100)


@pytest.mark.parametrize("by", ["area", ["area"]])
def test_totals_given_apart_are_the_same_as_bands(by):
    table = banded(4, 2)
    apart = ratio(table.drop("count"), observed=totals(table).reverse(), by=by)
    assert apart.equals(ratio(table))


def test_totals_of_a_table_without_groups():
    table = banded(1, 2)
    total = pl.DataFrame({"count": [table["count"].sum()]})
    assert ratio(table.drop("count"), observed=total, by=None)["value"].equals(ratio(table, by=None)["value"])


def test_keys_of_the_totals_may_be_of_another_kind():
    table = banded(2, 2).with_columns(area=pl.col("area").str.slice(5).cast(pl.Int64))
    apart = ratio(table.drop("count"), observed=totals(table).with_columns(pl.col("area").cast(pl.String)))
    assert apart.equals(ratio(table))


def test_missing_counts_and_populations_are_nothing():
    table = banded(1, 3).with_columns(
        count=pl.Series([None, 5.0, 6.0, 7.0]), population=pl.Series([0.0, None, 100.0, 100.0])
    )
    known = table.with_columns(pl.col("count", "population").fill_null(0))
    assert ratio(table).equals(ratio(known))


def test_where_nobody_is_expected_there_is_no_ratio():
    found = ratio(banded(1, 3).with_columns(population=pl.lit(0.0)))
    assert found["value"].to_list() == [None]
    assert found["lower_95"].to_list() == [None]
    assert found["reason"].to_list() == ["no events are expected"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.head(2), "no total of area 'area 2' .1 without."),
        (lambda t: pl.concat([t, t.head(1)]), "more than one total of a group in 2 rows, first at row 1"),
        (
            lambda t: t.with_columns(area=pl.col("area").replace("area 1", "elsewhere")),
            "a group that the table does not",
        ),
        (lambda t: t.with_columns(count=-pl.col("count") - 1), "'count' -.* is below 0"),
        (lambda t: t.with_columns(count=pl.lit(None, dtype=pl.Float64)), "'count' is missing in 3 rows"),
    ],
)
def test_totals_that_do_not_fit(change, message):
    table = banded(3, 4)
    with pytest.raises(stats.ColumnError, match=message):
        ratio(table.drop("count"), observed=change(totals(table)))


def test_a_group_that_lacks_a_band():
    with pytest.raises(
        stats.ColumnError, match="Every group needs the same bands, but area 'area 2' has 3 rows where most have 4"
    ):
        ratio(banded(3, 4).head(11))


def test_a_reference_of_nobody():
    table = banded(2, 5).with_columns(reference_population=pl.lit(0.0))
    with pytest.raises(stats.ColumnError, match="'reference_population' 0 is not above 0 in 8 rows, first at row 1"):
        ratio(table)
