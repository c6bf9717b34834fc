"""What every method on series of counts asks of its table."""

from datetime import date

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from clusters.count_tables import weekly

from commonweal import CommonwealError, clusters

METHODS = {
    "ears": lambda table, **names: clusters.ears(table, **names),
    "farrington": lambda table, **names: clusters.farrington(table, **names),
    "farrington_flexible": lambda table, **names: clusters.farrington_flexible(table, newest=3, **names),
    "cusum": lambda table, **names: clusters.cusum(table, training=52, **names),
    "generalised_likelihood_ratio": lambda table, **names: clusters.generalised_likelihood_ratio(
        table, training=52, **names
    ),
}
NAMES = {"count": "count", "time": "week", "by": "area"}


@pytest.fixture(params=METHODS)
def method(request):
    return METHODS[request.param]


def test_any_kind_of_frame(method):
    table = weekly(1, series=2, weeks=275)
    found = method(table, **NAMES)
    for kind, back in ((table.to_pandas(), pl.from_pandas), (table.to_arrow(), pl.from_arrow)):
        same = method(kind, **NAMES)
        assert isinstance(same, pd.DataFrame if isinstance(kind, pd.DataFrame) else pa.Table)
        assert back(same).with_columns(pl.selectors.float().fill_nan(None)).to_dicts() == found.to_dicts()


def test_dates_and_numbers_agree_on_short_series():
    table = weekly(2, series=1, weeks=30)
    dated = table.with_columns(week=pl.date(2024, 1, 1) + pl.duration(weeks=pl.col("week")))
    assert clusters.ears(table, **NAMES).drop("week").equals(clusters.ears(dated, **NAMES).drop("week"))


def test_series_of_different_length_share_a_calendar():
    table = weekly(3, series=2, weeks=40).filter((pl.col("area") == "area 0") | (pl.col("week") >= 25))
    found = clusters.ears(table, **NAMES)
    late = found.filter((pl.col("area") == "area 1") & (pl.col("week") < 32))
    assert (late["reason"] == "fewer than 7 time points of history").all()


ROWS = {"area": ["a"] * 4, "week": [1, 2, 3, 4], "count": [1, 2, 3, 4]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"week": [1, 2, 4, 5]}, "Time points are not 1 apart in 1 places, first after row 2: week 2 of area a"),
        ({"week": [1, 2, 2, 3]}, "'week' is there more than once in 1 rows, first at row 3: week 2 of area a"),
        ({"week": ["1", "2", "3", "4"]}, "'week' holds String, such as '1'; it must hold dates or whole numbers"),
        ({"week": [1, None, 3, 4]}, "'week' is missing in 1 row, first at row 2"),
        ({"count": [1, -2, 3, -4]}, "'count' -2 is below 0 in 2 rows, first at row 2"),
        ({"count": [1, 2.5, 3, 4]}, "'count' 2.5 is not a whole number in 1 row, first at row 2"),
        ({"count": ["1", "2", "3", "*"]}, "'count' holds String, not numbers, such as '1'"),
        ({"count": [1, float("inf"), 3, 4]}, "'count' is infinite in 1 row, first at row 2"),
        (
            {"week": [date(2024, 1, 1), date(2024, 1, 8), date(2024, 1, 22), date(2024, 1, 29)]},
            "Time points are not 7 days apart in 1 places, first after row 2: week 2024-01-08 of area a",
        ),
        (
            {
                "area": ["a", "a", "b", "b"],
                "week": [date(2024, 1, 1), date(2024, 1, 8), date(2024, 1, 2), date(2024, 1, 9)],
            },
            "Series do not share one calendar: 2 rows are not a multiple of 7 days .* first at row 3",
        ),
    ],
)
def test_a_broken_rule_says_which_row(method, change, message):
    with pytest.raises(CommonwealError, match=message):
        method(pl.DataFrame(ROWS | change, strict=False), **NAMES)


def test_an_empty_table_is_refused(method):
    with pytest.raises(CommonwealError, match="no rows"):
        method(pl.DataFrame(ROWS).clear(), **NAMES)


def test_an_absent_column_is_named(method):
    with pytest.raises(CommonwealError, match="no column 'cases'"):
        method(pl.DataFrame(ROWS), count="cases", time="week")


def test_a_column_that_would_be_overwritten_is_refused(method):
    with pytest.raises(CommonwealError, match="already has a column 'alarm'"):
        method(weekly(1, series=1, weeks=275).with_columns(alarm=1), **NAMES)


def test_a_population_must_be_there():
    table = weekly(1, series=1).with_columns(people=pl.when(pl.col("week") == 7).then(0).otherwise(5))
    with pytest.raises(CommonwealError, match="'people' 0 is missing or not above 0 in 1 row, first at row 8"):
        clusters.farrington(table, **NAMES, population="people")


def test_farrington_wants_weeks():
    days = pl.DataFrame({"week": pl.date_range(date(2018, 1, 1), date(2024, 1, 1), eager=True)}).with_columns(count=1)
    with pytest.raises(CommonwealError, match="Dates are 1 days apart; this method wants weeks"):
        clusters.farrington(days, count="count", time="week")
