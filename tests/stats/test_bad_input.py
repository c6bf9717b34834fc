"""What is wrong with a table is said in words: column, rule, number of rows, first row."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from made_up_tables import METHODS, banded, lives

from commonweal import stats
from commonweal.errors import CommonwealError

COUNTED = {
    name: ("deaths" if made is lives else "population" if name == "mean" else "count")
    for name, (made, _) in METHODS.items()
}
NAMES = sorted(METHODS)


def spoilt(name, cell, row=5, column=None):
    made, method = METHODS[name]
    column = column or COUNTED[name]
    table = made(3, 1).with_row_index("row_")
    dtype = pl.String if isinstance(cell, str) else pl.Float64
    changed = pl.when(pl.col("row_") == row).then(pl.lit(cell)).otherwise(pl.col(column).cast(dtype))
    return table.with_columns(changed.alias(column)).drop("row_"), method


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"mean"}))
def test_a_negative_count(name):
    table, method = spoilt(name, -1.0)
    with pytest.raises(stats.ColumnError, match=rf"'{COUNTED[name]}' -1 is below 0 in 1 row, first at row 6\."):
        method(table)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("infinite", [float("inf"), float("-inf")])
def test_an_infinite_number(name, infinite):
    table, method = spoilt(name, infinite)
    with pytest.raises(
        stats.ColumnError, match=rf"'{COUNTED[name]}' -?inf is not a finite number in 1 row, first at row 6"
    ):
        method(table)


@pytest.mark.parametrize("name", NAMES)
def test_text_in_a_column_of_numbers(name):
    table, method = spoilt(name, "n/a")
    with pytest.raises(
        stats.ColumnError, match=r"holds text, 'n/a', where a number is needed in 1 row, first at row 6"
    ):
        method(table)


def test_mixed_types_of_a_pandas_column():
    table = pd.DataFrame({"deaths": [1, "two", 3.0], "people": [10, 10, 10]})
    with pytest.raises(
        stats.ColumnError, match="'deaths' mixes text, such as 'two', with numbers in 1 row, first at row 2"
    ):
        stats.rate(table, count="deaths", population="people")


@pytest.mark.parametrize("held", [[True, False], [pd.Timestamp("2024-01-01")] * 2])
def test_columns_that_hold_no_numbers(held):
    with pytest.raises(stats.ColumnError, match="where numbers are needed"):
        stats.rate(pd.DataFrame({"deaths": held, "people": [10, 10]}), count="deaths", population="people")


def test_text_that_reads_as_numbers_is_numbers():
    table = pl.DataFrame({"deaths": ["1", " 2 ", ""], "people": ["10", "20", "30"]})
    assert stats.rate(table, count="deaths", population="people", per=1)["value"].to_list() == [0.1, 0.1, None]


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_table(name):
    made, method = METHODS[name]
    with pytest.raises(stats.ColumnError, match="no rows"):
        method(made(1, 1).head(0))


@pytest.mark.parametrize("name", NAMES)
def test_an_absent_column_suggests_the_nearest(name):
    made, method = METHODS[name]
    table = made(2, 1)
    column = COUNTED[name]
    with pytest.raises(stats.ColumnError, match=f"no column '{column}'. Did you mean '{column.title()}s'"):
        method(table.rename({column: f"{column.title()}s"}))


@pytest.mark.parametrize("table", [{"a": [1]}, [1, 2], None, np.zeros(3)])
def test_what_is_no_table(table):
    with pytest.raises(stats.ColumnError, match="is not a table"):
        stats.rate(table, count="a", population="a")


@pytest.mark.parametrize(("denominator", "rule"), [(0.0, "'population' 0 is not above 0"), (-4.0, "'population' -4")])
@pytest.mark.parametrize("name", ["rate", "proportion", "directly_standardised_rate"])
def test_a_denominator_of_nothing(name, denominator, rule):
    table, method = spoilt(name, denominator, column="population")
    with pytest.raises(stats.ColumnError, match=f"{rule}.* in 1 row, first at row 6"):
        method(table)


def test_a_missing_denominator_of_a_standardised_rate():
    table, method = spoilt("directly_standardised_rate", None, column="population")
    with pytest.raises(stats.ColumnError, match="'population' is missing in 1 row, first at row 6"):
        method(table)


def test_a_count_above_its_denominator():
    table = pl.DataFrame({"area": ["a", "b"], "x": [3, 9], "n": [5, 5]})
    with pytest.raises(stats.ColumnError, match="'x' 9 is above 'n' 5 in 1 row, first at row 2"):
        stats.proportion(table, count="x", denominator="n")
    with pytest.raises(stats.ColumnError, match="'x' 9 is above 'n' 5 for area 'b'"):
        stats.proportion(table, count="x", denominator="n", by="area")


@pytest.mark.parametrize("level", [0, 1, 1.5, 30, 100, -95, [], ["high"], [0.95, 2]])
@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_confidence_level(name, level):
    made, method = METHODS[name]
    with pytest.raises(CommonwealError, match="confidence level"):
        method(made(2, 1), confidence=level)


@pytest.mark.parametrize("per", [0, -1, float("nan"), float("inf"), "100"])
def test_what_is_no_multiplier(per):
    with pytest.raises(stats.ColumnError, match="multiplier"):
        stats.rate(banded(1, 1), count="count", population="population", per=per)


def test_a_result_that_would_hide_a_column_of_another_meaning():
    table = pl.DataFrame({"count": ["one"], "deaths": [3], "people": [100]})
    with pytest.raises(stats.ColumnError, match="has a column 'count' already"):
        stats.rate(table, count="deaths", population="people")


def test_one_row():
    table = pl.DataFrame({"deaths": [30], "people": [1000], "ref": [3], "refpeople": [100], "w": [10]})
    assert stats.rate(table, count="deaths", population="people", per=100)["value"].to_list() == [3.0]
    assert stats.directly_standardised_rate(table, count="deaths", population="people", standard="w")[
        "value"
    ].to_list() == [pytest.approx(3000.0)]
    found = stats.indirectly_standardised_ratio(
        table, count="deaths", population="people", reference_count="ref", reference_population="refpeople"
    )
    assert found["value"].to_list() == [1.0]
    assert stats.mean(table, value="deaths")["reason"].to_list() == ["one value alone has no interval"]


@pytest.mark.parametrize(
    ("bands", "message"),
    [
        (["0-4", "0-4", "5-9"], "0-4 stands 2 times"),
        (["0-4", "10-14", "15-19"], "ages 5 to 9 are missing"),
        (["0-4", "0-9", "10-14"], "0-4 and 0-9 overlap"),
        (["0-4", "5-9", "elderly"], "'elderly' is not an age band that can be read.*first at row 3"),
        (["0-4", None, "5-9"], "the age band 'band' is missing in 1 row, first at row 2"),
        (["0-3", "4-9", "10-14"], "'0-3' in column 'band' is not a band of the European Standard Population"),
    ],
)
def test_age_bands_of_a_standardised_rate(bands, message):
    table = pl.DataFrame({"area": ["a"] * 3, "band": bands, "x": [20, 20, 20], "n": [100, 100, 100]})
    with pytest.raises(stats.ColumnError, match=message):
        stats.directly_standardised_rate(table, count="x", population="n", age_band="band", by="area")


@pytest.mark.parametrize("name", NAMES)
def test_a_group_named_as_a_result_is_refused(name):
    made, method = METHODS[name]
    table = made(2, 1).rename({"area": "method"})
    with pytest.raises(stats.ColumnError, match="has a column 'method' already"):
        method(table, by="method")


def test_a_lazy_frame_is_asked_to_be_collected():
    with pytest.raises(stats.ColumnError, match="a lazy one collected"):
        stats.rate(banded(1, 1).lazy(), count="count", population="population")
