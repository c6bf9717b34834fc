"""Repeated scans of the same places, and back-tests."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from commonweal.clusters import ScanError
from commonweal.clusters.backtest import backtest, scanned_days
from commonweal.clusters.scan import scan
from commonweal.clusters.scanner import NeighbourTable, Scanner

FIRST = dt.date(2025, 1, 1)
CHOICES = {"coordinates": "cartesian", "max_duration": 10, "replicates": 199, "p_value": "standard"}


def towns(days=160, seed=3):
    """Forty places and some cases; six of them in one place on days 130 to 132."""
    random = np.random.default_rng(seed)
    names = [f"E{number:03}" for number in range(40)]
    where = random.normal(size=(40, 2)).round(3)
    places = pl.DataFrame({"place": names, "x": where[:, 0], "y": where[:, 1]})
    place, day = random.integers(0, 40, 90), random.integers(0, days, 90)
    place[:6], day[:6] = 7, [130, 130, 131, 131, 132, 132]
    cases = pl.DataFrame({"place": [names[p] for p in place], "date": [FIRST + dt.timedelta(days=int(d)) for d in day]})
    return places, cases


def test_a_scanner_gives_what_scan_gives():
    places, cases = towns()
    period = (FIRST + dt.timedelta(days=40), FIRST + dt.timedelta(days=135))
    for more in ({}, {"max_distance": 0.8}, {"max_population_share": 0.2}):
        kept = Scanner(places, **CHOICES, **more).scan(cases, period)
        once = scan(
            cases,
            places,
            model="space-time permutation",
            analysis="prospective space-time",
            study_period=period,
            **CHOICES,
            **more,
        )
        assert kept.clusters == once.clusters
        np.testing.assert_array_equal(kept.simulated, once.simulated)


def test_the_neighbour_table_can_be_saved_and_given_back():
    places, cases = towns()
    period = (FIRST, FIRST + dt.timedelta(days=140))
    first = Scanner(places, **CHOICES)
    saved = NeighbourTable(first.neighbour_table.order.copy(), first.neighbour_table.length.copy())
    again = Scanner(places, neighbour_table=saved, **CHOICES)
    assert again.scan(cases, period).clusters == first.scan(cases, period).clusters
    with pytest.raises(ScanError, match="is for 40 places; there are 39"):
        Scanner(places.head(39), neighbour_table=saved, **CHOICES)


def test_a_back_test_scans_each_day_with_what_was_known_and_joins_its_signals():
    places, cases = towns()
    scanner = Scanner(places, **CHOICES)
    told = []
    first, last = FIRST + dt.timedelta(days=125), FIRST + dt.timedelta(days=138)
    found = backtest(
        scanner,
        cases,
        first_day=first,
        last_day=str(last),
        study_days=100,
        recurrence_interval_days=100,
        progress=lambda done, total: told.append((done, total)),
    )
    assert told == [(number, 14) for number in range(1, 15)]
    frame = found.to_frame()
    assert frame["day"].to_list() == [first + dt.timedelta(days=number) for number in range(14)]
    by_hand = scanner.scan(cases, (FIRST + dt.timedelta(days=33), FIRST + dt.timedelta(days=132)))
    row = frame.filter(pl.col("day") == FIRST + dt.timedelta(days=132)).row(0, named=True)
    assert row["statistic"] == by_hand.clusters[0].statistic
    assert row["p_value"] == by_hand.clusters[0].p_value
    signals = found.signals_to_frame()
    planted = signals.filter(pl.col("location_ids").list.contains("E007"))
    assert planted.height == 1
    assert planted["first_day"][0] in [FIRST + dt.timedelta(days=day) for day in (130, 131, 132)]
    assert planted["days"][0] > 1
    assert "signals" in str(found)


def test_days_come_one_by_one_so_that_an_interrupted_back_test_keeps_those_done():
    places, cases = towns()
    days = scanned_days(Scanner(places, **CHOICES), cases, first_day="2025-05-01", last_day="2025-05-30")
    done = [next(days), next(days)]
    days.close()
    assert [day.day for day in done] == [dt.date(2025, 5, 1), dt.date(2025, 5, 2)]


def test_a_period_with_fewer_than_two_cases_has_no_result_and_no_signal():
    places, cases = towns()
    day = next(scanned_days(Scanner(places, **CHOICES), cases, first_day="2030-01-01", last_day="2030-01-01"))
    assert day.result is None
    assert day.signals == ()


@pytest.mark.parametrize(
    ("choices", "arguments", "said"),
    [
        ({}, {"first_day": "2025-05-02", "last_day": "2025-05-01"}, "ends .* before it starts"),
        ({"analysis": "space-time"}, {"first_day": "2025-05-02", "last_day": "2025-05-03"}, "prospective"),
        ({}, {"first_day": "2025-05-02", "last_day": "2025-05-03", "study_days": 1}, "at least 2"),
    ],
)
def test_what_cannot_be_back_tested_is_refused_in_words(choices, arguments, said):
    places, cases = towns()
    with pytest.raises(ScanError, match=said):
        backtest(Scanner(places, **CHOICES, **choices), cases, **arguments)


def test_an_unreadable_date_is_told_with_its_row():
    places, cases = towns()
    bad = cases.with_columns(pl.col("date").cast(pl.String)).with_columns(
        date=pl.when(pl.int_range(pl.len()) == 4).then(pl.lit("soon")).otherwise("date")
    )
    with pytest.raises(ScanError, match="1 rows, first row 5"):
        backtest(Scanner(places, **CHOICES), bad, first_day="2025-05-01", last_day="2025-05-01")


def test_ellipses_are_refused():
    places, _ = towns()
    with pytest.raises(ScanError, match="ellipses"):
        Scanner(places, **CHOICES, ellipse_shapes=(2.0,))
