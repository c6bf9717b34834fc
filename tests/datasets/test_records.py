"""One aggregation, the same on every engine and the same as counting by hand."""

import datetime as dt
import shutil
from collections import Counter

import ibis
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonweal.datasets.records import MONTHS, RecordsError, aggregate, left_out

SEXES = {"1": "Male", "2": "Female"}
BANDS = [0, 5, 10, 65, 90]
OPTIONS = {"area": "area", "date": "day", "sex": "sex", "sexes": SEXES, "age": "age", "age_bands": BANDS}

record = st.fixed_dictionaries(
    {
        "area": st.sampled_from(["E06000006", "E06000007", None]),
        "day": st.one_of(st.none(), st.dates(dt.date(2019, 1, 1), dt.date(2021, 12, 31))),
        "sex": st.sampled_from(["1", "2", "9", None]),
        "age": st.one_of(st.none(), st.integers(0, 104)),
        "group": st.sampled_from(["a", "b"]),
        "times": st.integers(1, 3),
    }
)
SCHEMA = {
    "area": pl.String,
    "day": pl.Date,
    "sex": pl.String,
    "age": pl.Int64,
    "group": pl.String,
    "times": pl.Int64,
}


@pytest.fixture(scope="module")
def duckdb():
    return ibis.duckdb.connect()


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java, which is not here")
    pytest.importorskip("pyspark")
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", False)
        .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
        .config("spark.sql.shuffle.partitions", 1)
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .getOrCreate()
    )
    yield ibis.pyspark.connect(session)
    session.stop()


def by_hand(rows, period):
    """The same counts by a loop that hides nothing."""
    counts = Counter()
    for row in rows:
        if None in (row["area"], row["day"], row["age"]):
            continue
        day = row["day"]
        year = day.year - (day.month < 4 and period.startswith("financial"))
        start = {
            "calendar year": dt.date(day.year, 1, 1),
            "financial year": dt.date(year, 4, 1),
            "quarter": dt.date(day.year, (day.month - 1) // 3 * 3 + 1, 1),
            "financial quarter": dt.date(day.year, (day.month - 1) // 3 * 3 + 1, 1),
            "month": dt.date(day.year, day.month, 1),
        }[period]
        band = max(first for first in BANDS if first <= row["age"])
        for sex in ("Persons", SEXES.get(row["sex"])):
            if sex:
                counts[row["area"], start, sex, band, row["group"]] += row["times"]
    return counts


def counted(frame):
    keys = ("area_code", "period_start", "sex", "age_start", "group")
    return {tuple(row[key] for key in keys): row["count"] for row in frame.iter_rows(named=True)}


@settings(max_examples=30, deadline=None)
@given(st.lists(record, max_size=40), st.sampled_from(sorted(MONTHS)))
def test_counts_are_those_of_a_loop(duckdb, rows, period):
    table = ibis.memtable(pl.DataFrame(rows, schema=SCHEMA))
    found = duckdb.to_polars(aggregate(table, period=period, categories=["group"], events="times", **OPTIONS))
    assert counted(found) == by_hand(rows, period)


def made_up(size=3_000):
    random = pl.Series(range(size))
    return pl.DataFrame(
        {
            "area": (random % 7).cast(pl.String),
            "day": [dt.date(2018, 1, 1) + dt.timedelta(days=int(n) * 7919 % 1900) for n in random],
            "sex": (random % 3).cast(pl.String),
            "age": random * 104_729 % 101,
            "group": (random % 5).cast(pl.String),
            "times": random % 2 + 1,
        }
    )


def test_spark_counts_the_same(duckdb, spark):
    rows = made_up()
    on_spark = spark.create_table("records", rows.to_pandas(), overwrite=True)
    for period in MONTHS:
        options = {"period": period, "categories": ["group"], "events": "times", **OPTIONS}
        found = spark.to_polars(aggregate(on_spark, **options))
        assert counted(found) == counted(duckdb.to_polars(aggregate(ibis.memtable(rows), **options)))


def test_what_is_left_out_is_counted(duckdb):
    rows = pl.DataFrame(
        [
            {"area": None, "day": dt.date(2024, 1, 1), "sex": "1", "age": 3},
            {"area": "x", "day": None, "sex": "2", "age": 40},
            {"area": "x", "day": dt.date(2024, 1, 1), "sex": "0", "age": None},
        ],
        schema={name: SCHEMA[name] for name in ("area", "day", "sex", "age")},
    )
    told = duckdb.to_polars(left_out(ibis.memtable(rows), period="month", **OPTIONS)).row(0, named=True)
    assert told == {"all_records": 3, "no_area": 1, "no_date": 1, "no_age": 1, "no_sex": 1}


def test_without_sex_or_age_all_are_persons_of_all_ages(duckdb):
    table = ibis.memtable(pl.DataFrame({"area": ["x", "x"], "day": [dt.date(2024, 5, 1)] * 2}))
    found = duckdb.to_polars(aggregate(table, area="area", date="day", period="financial year"))
    assert found.to_dicts() == [
        {"area_code": "x", "period_start": dt.date(2024, 4, 1), "sex": "Persons", "age_start": 0, "count": 2.0}
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"area": "place"}, "no column 'place'. Their columns are 'area', 'day'"),
        ({"date": "sex"}, "'sex' holds string, not dates"),
        ({"age_bands": [5, 0]}, "begin at rising ages"),
    ],
)
def test_what_cannot_be_aggregated_is_said(change, words):
    with pytest.raises(RecordsError, match=words):
        aggregate(ibis.memtable(made_up(5)), period="month", **OPTIONS | change)


def test_the_pin_of_sqlglot_lets_a_table_be_replaced(duckdb):
    rows = pl.DataFrame({"a": [1]})
    for _ in range(2):
        duckdb.create_table("replaced", rows, overwrite=True)
    assert duckdb.to_polars(duckdb.table("replaced")).height == 1
