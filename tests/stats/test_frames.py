"""Any eager frame in, the same kind out."""

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from commonweal import stats

ROWS = {"area": ["a", "b"], "cases": [5.0, 40.0], "people": [1000.0, 2000.0]}
KINDS = {pl.DataFrame: lambda t: t, pd.DataFrame: pl.from_pandas, pa.Table: pl.from_arrow}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__module__.split(".")[0])
def test_rate_keeps_the_kind_of_frame(kind):
    given = pa.table(ROWS) if kind is pa.Table else kind(ROWS)
    found = stats.rate(given, count="cases", population="people")
    assert isinstance(found, kind)
    table = KINDS[kind](found)
    assert table["value"].to_list() == [500.0, 2000.0]
    assert table["method"].to_list() == ["Exact", "Byar"]


def test_nan_is_missing():
    given = pd.DataFrame({"cases": [float("nan"), 5], "people": [10, 10]})
    found = stats.proportion(given, count="cases", denominator="people")
    assert found["value"].isna().to_list() == [True, False]


def test_the_table_is_not_changed():
    given = pd.DataFrame(ROWS)
    stats.rate(given, count="cases", population="people")
    assert list(given.columns) == list(ROWS)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cases": [-1.0, 2.0]}, "'cases' -1 is below 0 in 1 row, first at row 1"),
        ({"people": [0.0, 2.0]}, "'people' 0 is not above 0 in 1 row, first at row 1"),
        ({"cases": [5.0, 4000.0]}, "'cases' 4000 is above 'people' 2000 in 1 row, first at row 2"),
    ],
)
def test_a_broken_rule_says_which_row(change, message):
    with pytest.raises(stats.ColumnError, match=message):
        stats.proportion(pl.DataFrame(ROWS | change), count="cases", denominator="people")


def test_absent_column_lists_those_there_are():
    with pytest.raises(stats.ColumnError, match=r"no column 'deaths'.*'area', 'cases', 'people'"):
        stats.rate(pl.DataFrame(ROWS), count="deaths", population="people")
