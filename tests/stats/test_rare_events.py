"""Days between events, and their way into t and g charts."""

import datetime as dt

import polars as pl
import pytest

from commonweal import CommonwealError
from commonweal.stats import control_chart, days_between

DATES = [dt.date(2024, 3, 1), dt.date(2024, 1, 1), dt.date(2024, 1, 11), dt.date(2024, 3, 1)]


def test_days_are_counted_from_event_to_event_in_order_of_time():
    found = days_between(pl.DataFrame({"day": DATES}), date="day")
    assert found["event"].to_list() == [1, 2, 3, 4]
    assert found["days_between"].to_list() == [None, 10, 50, 0]
    assert found["day"].is_sorted()


def test_times_give_parts_of_days_and_text_is_read():
    text = pl.DataFrame({"day": ["2024-01-01 00:00", "2024-01-02 12:00"]})
    assert days_between(text, date="day")["days_between"].to_list() == [None, 1.5]
    plain = pl.DataFrame({"day": ["2024-01-03", "2024-01-01"]})
    assert days_between(plain, date="day")["days_between"].to_list() == [None, 2]


def test_series_are_counted_apart_and_alike_in_every_kind_of_frame():
    data = pl.DataFrame({"place": ["b", "a", "b", "a"], "day": DATES})
    found = days_between(data, date="day", by="place")
    assert found.select("place", "event", "days_between").rows() == [
        ("b", 1, None),
        ("b", 2, 50),
        ("a", 1, None),
        ("a", 2, 60),
    ]
    assert pl.from_arrow(days_between(data.to_arrow(), date="day", by="place")).equals(found)
    of_pandas = pl.from_pandas(days_between(data.to_pandas(), date="day", by="place"))
    assert of_pandas["days_between"].equals(found["days_between"])


def test_the_result_is_charted():
    events = pl.DataFrame({"day": [dt.date(2024, 1, 1) + dt.timedelta(days=5 * n + n % 3) for n in range(20)]})
    days = days_between(events, date="day")
    for kind in ("t", "g"):
        chart = control_chart(days, value="days_between", order="event", kind=kind, direction="high is good")
        assert chart.summary["variation"].to_list() == ["common cause"]
        assert chart.summary["points"].to_list() == [19]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"day": ["2024-01-01", "soon"]}, "'day' 'soon' is no date such as 2024-03-01 in 1 row, first at row 2"),
        ({"day": [DATES[0], None]}, "'day' is missing in 1 row, first at row 2"),
        ({"day": [1, 2]}, "'day' should hold dates; it holds Int64"),
        ({"day": []}, "no rows"),
        ({"date": DATES}, "no column 'day'"),
    ],
)
def test_bad_input_is_refused_in_words(columns, message):
    with pytest.raises(CommonwealError, match=message):
        days_between(pl.DataFrame(columns), date="day")
