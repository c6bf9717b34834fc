import datetime as dt

import polars as pl
import pytest
from made_up_store import HALTON, WARRINGTON, observations

from commonweal import stats
from commonweal.benchmarking import NoControlChart, charts_of, variation
from commonweal.datasets.indicator import Indicator

RISING = [50.0, 51.0, 50.0, 51.0, 50.0, 51.0, 50.0, 51.0, 50.0, 51.0, 50.0, 51.0, 60.0]
YEARS = range(2012, 2025)


@pytest.fixture
def board(store, make_board):
    rows = observations("rising", {HALTON: RISING}, years=YEARS)
    overlapping = observations("pooled", {HALTON: RISING}, years=YEARS).with_columns(
        period_start=pl.col("period_start").dt.offset_by("-2y")
    )
    store.upsert(pl.concat([rows, overlapping]), {"load": "rising", "source": "made up"})
    about = {"unit": "%", "per": 100.0, "value_type": "proportion", "polarity": "high is good"}
    store.save_indicators([Indicator(id=i, name=i, **about) for i in ("rising", "pooled")])
    return make_board()


def test_limits_and_variation_are_those_of_the_statistics(board):
    found = variation(board, "rising", HALTON, target=55.0)
    expected = stats.control_chart(
        pl.DataFrame({"year": list(YEARS), "value": RISING}),
        value="value",
        order="year",
        target=55.0,
        direction="high is good",
    )
    assert found.points["upper"].to_list() == pytest.approx(expected.points["upper"].to_list())
    assert found.last["variation"] == "improving high"
    assert found.last["special_cause"] == "above the upper limit"
    assert found.last["assurance"] == expected.summary["assurance"][0] != "no target"
    assert found.points["period"].to_list() == [str(year) for year in YEARS]
    assert not found.are_limits_on_trial


def test_limits_begin_anew_only_where_the_person_says(board):
    assert variation(board, "rising", HALTON).points["phase"].max() == 1
    found = variation(board, "rising", HALTON, rebase_at=["2018"])
    assert found.points.filter(phase=2)["period"].to_list() == [str(year) for year in range(2018, 2025)]
    assert found.are_limits_on_trial  # seven points


def test_limits_of_the_first_points(board):
    found = variation(board, "rising", HALTON, baseline=12)
    assert found.points["centre"][0] == pytest.approx(50.5)
    assert found.points["in_baseline"].sum() == 12


def test_a_chart_by_size_is_offered_where_counts_are_known(board):
    assert list(charts_of(board, "rising")) == ["xmr", "p_prime"]
    found = variation(board, "rising", HALTON, chart="p_prime")
    assert found.points["value"].to_list() == pytest.approx(RISING)


@pytest.mark.parametrize(
    ("indicator", "area", "words"),
    [
        ("rising", WARRINGTON, "none are held"),
        ("smoking", HALTON, "1 is held"),
        ("pooled", HALTON, "The periods overlap"),
    ],
)
def test_why_there_is_none(board, indicator, area, words):
    with pytest.raises(NoControlChart, match=words):
        variation(board, indicator, area)


def test_years_are_not_mixed_with_quarters(store, board, make_board):
    quarters = observations("rising", {HALTON: [50.0] * 3}, years=range(2020, 2023)).with_columns(
        period_end=pl.col("period_start").dt.offset_by("3mo").dt.offset_by("-1d"), period=pl.col("period") + " Q1"
    )
    store.upsert(quarters, {"load": "quarters", "source": "made up"})
    found = variation(make_board(), "rising", HALTON)
    assert found.points.height == len(RISING)
    assert found.points["period_end"].to_list()[-1] == dt.date(2024, 12, 31)
