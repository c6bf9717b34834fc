"""The face of the library: what `scan` takes and gives beside the statistic itself."""

import json

import numpy as np
import pandas as pd
import polars as pl
import pytest

from commonweal.clusters import data_sets, scan, simulation
from commonweal.clusters.candidates import spatial_windows, survey_of
from commonweal.clusters.case_table import Admission
from commonweal.clusters.gini import gini_coefficient
from commonweal.clusters.measure import log_linear_trend
from commonweal.clusters.replicates import simulate
from commonweal.clusters.settings import ScanSettings
from commonweal.clusters.study import Tables, make_study

SIDE = 5
GRID = pl.DataFrame(
    {
        "place": [f"p{number:02}" for number in range(SIDE * SIDE)],
        "x": [float(number % SIDE) for number in range(SIDE * SIDE)],
        "y": [float(number // SIDE) for number in range(SIDE * SIDE)],
    }
)
PEOPLE = GRID.select("place", population=pl.lit(100))
HOT = ("p06", "p07", "p11")


def daily_cases(seed=1, usual=60, extra=12):
    random = np.random.default_rng(seed)
    place = [f"p{number:02}" for number in random.integers(0, SIDE * SIDE, usual)]
    day = random.integers(1, 29, usual).tolist()
    return pl.DataFrame(
        {
            "place": place + [HOT[number % 3] for number in range(extra)],
            "date": [f"2026-02-{number:02}" for number in day + [25 + number % 4 for number in range(extra)]],
        }
    )


DAILY = {
    "model": "space-time permutation",
    "analysis": "prospective space-time",
    "study_period": ("2026-02-01", "2026-02-28"),
    "coordinates": "cartesian",
    "max_duration": 7,
    "replicates": 99,
    "p_value": "standard",
}
SPATIAL = {
    "model": "poisson",
    "analysis": "spatial",
    "coordinates": "cartesian",
    "population": PEOPLE,
    "replicates": 99,
    "p_value": "standard",
}


@pytest.fixture(scope="module")
def result():
    return scan(daily_cases(), GRID, **DAILY)


def test_the_planted_cluster_is_found(result):
    top = result.clusters[0]
    assert set(HOT) & set(top.location_ids)
    assert top.p_value <= 0.05
    assert sum(top.location_observed) == top.observed
    assert sum(top.location_expected) == pytest.approx(top.expected)


def test_results_do_not_depend_on_threads(result):
    alone = scan(daily_cases(), GRID, **DAILY, threads=1)
    assert np.array_equal(alone.simulated, result.simulated)
    assert alone.clusters == result.clusters


def test_the_kind_of_frame_goes_out_that_came_in():
    frame = scan(daily_cases().to_pandas(), GRID.to_pandas(), **DAILY).to_frame()
    assert isinstance(frame, pd.DataFrame)
    assert frame["cluster"].tolist() == list(range(1, len(frame) + 1))


def test_numbers_in_rows_are_as_good_as_rows(result):
    counted = daily_cases().group_by("place", "date").agg(n=pl.len())
    assert scan(counted, GRID, count="n", **DAILY).clusters == result.clusters


def test_a_result_can_be_written_and_drawn(result):
    assert json.loads(json.dumps(result.to_dict()))["clusters"][0]["observed"] == result.clusters[0].observed
    rings = [feature["geometry"]["coordinates"][0] for feature in result.to_geojson()["features"]]
    assert all(ring[0] == ring[-1] and len(ring) == 73 for ring in rings)
    centre, radius = result.clusters[0].centre, result.clusters[0].radius
    assert max(abs(np.hypot(x - centre[0], y - centre[1]) - radius) for x, y in rings[0]) < 1e-9
    assert result.plot().to_dict()["title"].startswith("Most likely cluster")


def test_progress_is_told_to_the_end():
    told = []
    scan(daily_cases(), GRID, **DAILY, progress=lambda done, asked: told.append((done, asked)))
    assert told[-1] == (99, 99)
    assert told == sorted(told)


def test_windows_grow_from_centres_of_ones_own():
    centres = pl.DataFrame({"x": [1.5], "y": [1.5]})
    clusters = scan(daily_cases(), GRID, centres=centres, **DAILY).clusters
    assert {cluster.centre for cluster in clusters} == {(1.5, 1.5)}


def test_lists_of_neighbours_replace_distances():
    lists = {"p06": ["p07", "p11"], "p00": ["p24"]}
    result = scan(daily_cases(), neighbours=lists, **DAILY, unknown_places="leave out", max_population_share=None)
    assert result.clusters[0].location_ids[0] in lists
    assert result.clusters[0].centre is None


def test_covariates_have_expectations_of_their_own():
    cases = daily_cases().with_columns(sex=pl.Series(["f", "m"] * 36))
    result = scan(cases, GRID, **DAILY, covariates=["sex"])
    top = result.clusters[0]
    inside = pl.col("place").is_in(top.location_ids)
    within = pl.col("date").is_between(pl.lit(str(top.start)), pl.lit(str(top.end)))
    expected = sum(
        of_sex.filter(inside).height * of_sex.filter(within).height / of_sex.height
        for _, of_sex in cases.group_by("sex")
    )
    assert top.expected == pytest.approx(expected)


def test_days_of_the_week_can_be_adjusted_for():
    monday = pl.DataFrame({"place": ["p00"] * 12, "date": ["2026-02-02", "2026-02-09", "2026-02-16", "2026-02-23"] * 3})
    cases = pl.concat([daily_cases(extra=0), monday])
    plain = scan(cases, GRID, **{**DAILY, "analysis": "space-time"})
    adjusted = scan(cases, GRID, **{**DAILY, "analysis": "space-time", "day_of_week_adjustment": True})
    assert adjusted.clusters[0].statistic != pytest.approx(plain.clusters[0].statistic)
    counts = {**SPATIAL, "analysis": "temporal", "study_period": DAILY["study_period"], "day_of_week_adjustment": True}
    temporal = scan(cases, GRID, **counts)
    assert temporal.locations["expected"].sum() == pytest.approx(cases.height)


def test_purely_spatial_clusters_vanish_when_places_are_adjusted_for():
    always = pl.DataFrame({"place": ["p12"] * 28, "date": [f"2026-02-{day:02}" for day in range(1, 29)]})
    cases = pl.concat([daily_cases(extra=0), always])
    choices = {**SPATIAL, "analysis": "space-time", "study_period": DAILY["study_period"]}
    assert scan(cases, GRID, **choices).clusters[0].location_ids == ("p12",)
    assert scan(cases, GRID, **choices).clusters[0].p_value == pytest.approx(0.01)
    assert scan(cases, GRID, **choices, spatial_adjustment="stratified").clusters[0].p_value > 0.05


def test_windows_beyond_the_limits_can_be_asked_for():
    always = pl.DataFrame({"place": ["p12"] * 28, "date": [f"2026-02-{day:02}" for day in range(1, 29)]})
    cases = pl.concat([daily_cases(extra=0), always])
    choices = {**SPATIAL, "analysis": "space-time", "study_period": DAILY["study_period"], "max_duration": 5}
    top = scan(cases, GRID, **choices, include_purely_spatial=True).clusters[0]
    assert (str(top.start), str(top.end)) == DAILY["study_period"]
    burst = pl.DataFrame({"place": GRID["place"], "date": ["2026-02-14"] * 25})
    top = scan(pl.concat([cases, burst]), GRID, **choices, include_purely_temporal=True).clusters[0]
    assert len(top.location_ids) == 25
    assert top.centre is None


def test_clusters_one_after_another():
    counts = pl.DataFrame({"place": GRID["place"], "n": [4] * 25}).with_columns(
        n=pl.when(pl.col("place") == "p00").then(40).when(pl.col("place") == "p24").then(30).otherwise("n")
    )
    result = scan(counts, GRID, count="n", **SPATIAL, iterative=True)
    assert [cluster.location_ids for cluster in result.clusters[:2]] == [("p00",), ("p24",)]
    assert result.clusters[1].expected == pytest.approx((4 * 23 + 30) / 24)
    assert len(result.clusters) == 2


def test_gini_prefers_two_small_clusters_to_a_large_one():
    counts = pl.DataFrame({"place": GRID["place"], "n": [4] * 25}).with_columns(
        n=pl.when(pl.col("place").is_in(["p11", "p13"])).then(30).otherwise("n")
    )
    result = scan(counts, GRID, count="n", **SPATIAL, gini=True)
    assert {cluster.location_ids for cluster in result.clusters if cluster.gini} == {("p11",), ("p13",)}
    assert max(result.gini, key=result.gini.get) < 0.1


def test_gini_coefficient_by_hand():
    assert gini_coefficient([], 10) == 0
    assert gini_coefficient([(5.0, 2.0)], 10.0) == pytest.approx(0.3)


def test_a_trend_is_found_again():
    expected = np.full(10, 50.0)
    cases = np.round(expected * np.exp(0.1 * np.arange(10)) * 10).astype(int)
    assert log_linear_trend(cases, expected) == pytest.approx(0.1, abs=1e-3)


@pytest.mark.parametrize("analysis", ["space-time", "prospective space-time"])
def test_fast_kernels_give_what_the_general_one_gives(analysis):
    settings = ScanSettings.from_choices(**{**DAILY, "analysis": analysis, "study_period": (1, 28)},
                                         interval_unit="generic")  # fmt: skip
    cases = daily_cases().with_columns(date=pl.col("date").str.tail(2).cast(pl.Int64))
    study = make_study(
        Tables(
            cases=cases, places=GRID, population=None, controls=None, centres=None, neighbours=None,
            circle_population=None, place="place", count=None, date="date", covariates=(), coordinates=("x", "y"),
            population_count="population", population_date=None, admission=Admission(),
        ),
        settings,
    )  # fmt: skip
    survey = survey_of(study, spatial_windows(study))
    general = np.concatenate(
        list(simulation.maxima(survey, study.draw(), study.simulated_time, first=1, replicates=99, threads=1))
    )
    assert simulate(study, survey, np.inf, None, 1) == pytest.approx(general, abs=1e-9)


def test_replicates_keep_what_the_null_hypothesis_keeps():
    random = np.random.default_rng(3)
    place, interval, stratum = (random.integers(0, high, 50).astype(np.int32) for high in (6, 9, 2))
    dealt_place, dealt_interval, once = data_sets.permutation(place, interval, stratum, 12345678)(1)
    assert np.bincount(dealt_place).tolist() == np.bincount(place).tolist()
    assert np.bincount(dealt_interval).tolist() == np.bincount(interval).tolist()
    assert once.sum() == 50
    measure = random.random((6, 9))
    _, _, thrown = data_sets.poisson(measure, 40, 1)(1)
    assert thrown.sum() == 40
    where, _, kept = data_sets.poisson_within_places(measure, np.array([3, 0, 5, 1, 0, 2]), 1)(1)
    assert np.bincount(where, kept, minlength=6).tolist() == [3, 0, 5, 1, 0, 2]
    points = np.ceil(measure * 4)
    where, when, drawn = data_sets.bernoulli(points, 20, 1)(1)
    assert drawn.sum() == 20
    assert (drawn <= points[where, when]).all()
