import polars as pl
import pytest
from made_up_store import ENGLAND, HALTON, KNOWSLEY, LIVERPOOL, OUTSIDE, WARRINGTON, observations

from commonweal.benchmarking import CollaborativeBenchmark, NoSuchIndicator
from commonweal.errors import CommonwealError


def cell(benchmark, indicator, area, method="indicator"):
    rows = benchmark.latest(method).filter(indicator=indicator, area_code=area)
    assert rows.height == 1
    return rows.row(0, named=True)


def test_every_indicator_meets_every_area_once(benchmark):
    latest = benchmark.latest()
    assert latest.height == 6 * 4
    assert latest.select("indicator", "area_code").n_unique() == 24
    assert latest.filter(indicator="smoking")["area_code"].to_list() == [HALTON, WARRINGTON, KNOWSLEY, LIVERPOOL]


@pytest.mark.parametrize(
    ("indicator", "area", "word"),
    [
        ("treated", KNOWSLEY, "worse"),
        ("treated", WARRINGTON, "better"),
        ("treated", HALTON, "similar"),
        ("smoking", HALTON, "worst"),
        ("smoking", WARRINGTON, "best"),
        ("smoking", KNOWSLEY, "similar"),
        ("screened", HALTON, "met"),
        ("screened", WARRINGTON, "not met"),
        ("screened", KNOWSLEY, "similar"),
        ("ranked", HALTON, "quintile 1"),
        ("sized", HALTON, "fifth 1"),
        ("counted", HALTON, "not compared"),
    ],
)
def test_each_indicator_is_compared_by_its_own_method(benchmark, indicator, area, word):
    assert cell(benchmark, indicator, area)["comparison"] == word


def test_another_method_can_be_asked_for(benchmark):
    assert cell(benchmark, "smoking", HALTON, "confidence interval 95")["comparison"] == "worse"
    assert cell(benchmark, "treated", KNOWSLEY, "two levels")["comparison"] == "worst"
    with pytest.raises(CommonwealError, match="not a method"):
        benchmark.latest("by eye")


def test_an_area_without_figures_is_empty_not_missing_from_the_page(benchmark):
    found = cell(benchmark, "treated", LIVERPOOL)
    assert (found["status"], found["value"], found["comparison"]) == ("empty", None, "not compared")


def test_gap_in_rate_and_in_people(benchmark):
    found = cell(benchmark, "treated", KNOWSLEY)
    assert found["gap_rate"] == pytest.approx(10)
    assert found["gap_people"] == pytest.approx(1000)
    assert cell(benchmark, "treated", WARRINGTON)["gap_people"] == 0
    assert cell(benchmark, "counted", HALTON)["gap_people"] is None


def test_trends(benchmark):
    assert cell(benchmark, "treated", HALTON)["trend"] == "increasing and getting better"
    assert cell(benchmark, "treated", KNOWSLEY)["trend"] == "no significant change"
    assert cell(benchmark, "smoking", HALTON)["trend"] == "cannot be calculated"


def test_no_trend_is_drawn_across_a_break_in_the_series(store, benchmark):
    years = range(2019, 2025)
    rising = {HALTON: [10.0, 12, 14, 16, 18, 20]}
    store.upsert(observations("smoking", rising, years=years), {"load": "second"})
    held = store.indicators()["smoking"]
    fresh = CollaborativeBenchmark(store, benchmark.catalogue, benchmark.areas, ENGLAND)
    assert cell(fresh, "smoking", HALTON)["trend"] == "cannot be calculated"
    store.save_indicators([held.model_copy(update={"series_breaks": []})])
    fresh = CollaborativeBenchmark(store, benchmark.catalogue, benchmark.areas, ENGLAND)
    assert cell(fresh, "smoking", HALTON)["trend"] == "increasing and getting worse"


def test_everyone_is_the_headline_not_one_sex(benchmark):
    assert benchmark.group("treated") == ("Persons", "18+ yrs")
    assert benchmark.group("treated", "Male") == ("Male", "18+ yrs")
    assert benchmark.group("treated", "Nobody") == ("Persons", "18+ yrs")


def test_each_period_and_group_meets_its_own_benchmark(benchmark):
    men = benchmark.series("treated", sex="Male")
    row = men.filter(area_code=KNOWSLEY).row(0, named=True)
    assert (row["value"], row["benchmark_value"], row["comparison"]) == (45.0, pytest.approx(58), "worse")


def test_the_benchmark_is_not_compared_with_itself(benchmark):
    assert set(benchmark.series("treated").filter(area_code=ENGLAND)["comparison"]) == {"not compared"}


def test_unknown_indicator(benchmark):
    with pytest.raises(NoSuchIndicator, match="'unheard-of'"):
        benchmark.series("unheard-of")


def test_the_distribution_is_of_areas_of_the_same_kind(benchmark):
    rows = benchmark.distribution.filter(indicator="treated")
    assert set(rows["area_code"]) == {HALTON, WARRINGTON, KNOWSLEY, *OUTSIDE}
    spread = benchmark.spread.filter(indicator="treated").row(0, named=True)
    assert (spread["minimum"], spread["maximum"], spread["areas"]) == (40, 70, 9)


def test_inequalities_compare_parts_with_the_whole_of_the_area(benchmark):
    parts = benchmark.inequalities("treated", KNOWSLEY)
    told = {(r["split"], r["part"]): r["comparison"] for r in parts.iter_rows(named=True)}
    assert told == {("Sex", "Male"): "worse", ("Sex", "Female"): "better", ("Deprivation", "Most deprived"): "worse"}
    assert set(parts["benchmark_value"]) == {50.0}


def test_nothing_changes_when_a_later_load_comes(store, benchmark):
    before = benchmark.latest()
    pinned = CollaborativeBenchmark(store, benchmark.catalogue, benchmark.areas, ENGLAND, version=store.version)
    store.upsert(observations("treated", {KNOWSLEY: 99.0}), {"load": "second"})
    assert pinned.latest().drop("load").equals(before.drop("load"))
    fresh = CollaborativeBenchmark(store, benchmark.catalogue, benchmark.areas, ENGLAND)
    assert cell(fresh, "treated", KNOWSLEY)["value"] == 99.0


def test_an_empty_store(tmp_path, benchmark):
    from commonweal.datasets.store import Store

    empty = CollaborativeBenchmark(Store(tmp_path / "none"), benchmark.catalogue, benchmark.areas, ENGLAND)
    assert empty.latest().is_empty()
    assert empty.indicators == {}


def test_a_suppressed_value_is_not_compared(store, benchmark):
    nothing = [pl.lit(None, dtype=pl.Float64).alias(name) for name in ("value", "count", "lower_95", "upper_95")]
    hidden = observations("treated", {KNOWSLEY: 50.0}).with_columns(pl.lit("suppressed").alias("status"), *nothing)
    store.upsert(hidden, {"load": "second"})
    fresh = CollaborativeBenchmark(store, benchmark.catalogue, benchmark.areas, ENGLAND)
    found = cell(fresh, "treated", KNOWSLEY)
    assert (found["status"], found["comparison"], found["gap_rate"]) == ("suppressed", "not compared", None)
