"""The store: one commit a load, nothing changed by the same load twice, every version readable."""

import datetime as dt
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from commonweal.datasets.schema import SCHEMA
from commonweal.datasets.store import Store, StoreError


def observations(values: dict[str, float], indicator: str = "smoking", load: str = "first") -> pl.DataFrame:
    blank = {name: "" for name, kind in SCHEMA.items() if kind == pl.String}
    rows = [
        {
            **blank,
            "indicator": indicator,
            "area_code": area,
            "period": "2024",
            "period_start": dt.date(2024, 1, 1),
            "period_end": dt.date(2024, 12, 31),
            "sex": "Persons",
            "age": "18+ yrs",
            "value": value,
            "status": "published",
            "load": load,
        }
        for area, value in values.items()
    ]
    return pl.DataFrame(rows, schema=SCHEMA)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def test_an_empty_store_has_no_version_and_no_rows(store):
    assert store.version is None
    assert store.read().is_empty()
    assert store.indicator_ids() == []
    assert store.history() == []


def test_what_is_loaded_is_read_back(store):
    rows = observations({"E06000006": 12.5, "E06000007": 10.0})
    change = store.upsert(rows, {"load": "first", "source": "a.csv"})
    assert (change.added, change.updated, change.unchanged) == (2, 0, 0)
    assert store.read("smoking").sort("area_code").equals(rows.sort("area_code"))


def test_the_same_load_twice_changes_nothing(store):
    store.upsert(observations({"E06000006": 12.5}), {"load": "first"})
    version = store.version
    change = store.upsert(observations({"E06000006": 12.5}, load="second"), {"load": "second"})
    assert change.is_empty
    assert change.unchanged == 1
    assert store.version == version
    assert store.read("smoking")["load"].to_list() == ["first"]


def test_a_correction_replaces_the_row_and_the_earlier_version_stays(store):
    store.upsert(observations({"E06000006": 12.5, "E06000007": 10.0}), {"load": "first"})
    change = store.upsert(observations({"E06000006": 13.0}, load="second"), {"load": "second"})
    assert (change.added, change.updated) == (0, 1)
    assert sorted(store.read("smoking")["value"]) == [10.0, 13.0]
    assert sorted(store.read("smoking", version=0)["value"]) == [10.0, 12.5]
    assert [entry.load for entry in store.history()] == ["second", "first"]


def test_other_indicators_are_untouched_by_a_load(store):
    store.upsert(observations({"E06000006": 12.5}), {"load": "first"})
    store.upsert(observations({"E06000006": 70.0}, indicator="checks"), {"load": "second"})
    assert store.indicator_ids() == ["checks", "smoking"]
    assert store.read("smoking")["value"].to_list() == [12.5]


def test_a_repeated_key_is_refused_and_nothing_is_written(store):
    rows = pl.concat([observations({"E06000006": 1.0}), observations({"E06000006": 2.0})])
    with pytest.raises(StoreError, match="repeat the key"):
        store.upsert(rows, {"load": "first"})
    assert store.version is None


def test_a_missing_column_is_named(store):
    with pytest.raises(StoreError, match="area_code"):
        store.upsert(observations({"E06000006": 1.0}).drop("area_code"), {"load": "first"})


def test_two_loads_at_once_both_get_in(tmp_path):
    """Each in a process of its own, of the same indicator: neither undoes the other."""
    code = (
        "import sys; from test_store import observations; from commonweal.datasets.store import Store\n"
        "area = sys.argv[2]\n"
        "for n in range(5):\n"
        "    Store(sys.argv[1]).upsert(observations({f'{area}{n}': 1.0}), {'load': area, 'source': area})\n"
    )
    here = str(Path(__file__).parent)
    started = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "store"), area], cwd=here) for area in ("A", "B")
    ]
    assert [process.wait(60) for process in started] == [0, 0]
    store = Store(tmp_path / "store")
    assert sorted(store.read()["area_code"]) == [f"{area}{n}" for area in "AB" for n in range(5)]
    assert store.version == 9


def test_a_load_killed_while_it_holds_the_lock_frees_it(tmp_path):
    code = (
        "import sys, time; from commonweal.datasets.store import Store\n"
        "with Store(sys.argv[1])._lock():\n"
        "    print('held', flush=True); time.sleep(60)\n"
    )
    holder = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "store")], stdout=subprocess.PIPE)
    assert holder.stdout.readline() == b"held\n"
    holder.kill()
    holder.wait()
    assert Store(tmp_path / "store").upsert(observations({"A": 1.0}), {"load": "l", "source": "s"}).added == 1
