"""Intervals are cut backwards from the last day; windows in time follow the settings."""

from datetime import date

import numpy as np
import pytest

from commonweal.clusters.settings import ScanSettings
from commonweal.clusters.study_period import StudyPeriod, time_windows


def daily(**choices):
    return ScanSettings.from_choices(
        model="space-time permutation",
        analysis="space-time",
        **{"study_period": (date(2026, 1, 1), date(2026, 1, 31)), **choices},
    )


def test_the_first_interval_may_be_short():
    period = StudyPeriod.of(daily(interval_length=7))
    assert np.diff(period.boundaries).tolist() == [3, 7, 7, 7, 7]
    assert period.last_day(4) == date(2026, 1, 31)


def test_months_are_calendar_months():
    period = StudyPeriod.of(daily(study_period=(date(2023, 11, 15), date(2024, 3, 31)), interval_unit="month"))
    assert [period.first_day(number) for number in range(period.intervals)] == [
        date(2023, 11, 15),
        date(2023, 12, 1),
        date(2024, 1, 1),
        date(2024, 2, 1),
        date(2024, 3, 1),
    ]


def test_months_may_end_on_any_day():
    period = StudyPeriod.of(daily(study_period=(date(2024, 1, 1), date(2024, 3, 30)), interval_unit="month"))
    assert [period.first_day(number) for number in range(period.intervals)] == [
        date(2024, 1, 1),
        date(2024, 1, 31),
        date(2024, 2, 29),
    ]


def test_days_outside_have_no_interval():
    period = StudyPeriod.of(daily())
    days = period.boundaries[0] + np.array([-1, 0, 30, 31])
    assert period.interval_of(days).tolist() == [-1, 0, 30, -1]


@pytest.mark.parametrize(
    ("choices", "shortest", "longest"),
    [
        ({}, 1, 15),
        ({"max_duration_share": 1.0}, 1, 31),
        ({"max_duration": 7}, 1, 7),
        ({"max_duration": 14, "interval_length": 7}, 1, 2),
        ({"max_duration": 20, "min_duration": 8, "interval_length": 7}, 2, 2),
    ],
)
def test_limits_in_time(choices, shortest, longest):
    settings = daily(**choices)
    found, _ = time_windows(settings, StudyPeriod.of(settings))
    assert (found.shortest, found.longest, found.first_end) == (shortest, longest, 0)


def test_replicates_of_an_adjusted_scan_end_on_or_after_the_first_analysis():
    settings = ScanSettings.from_choices(
        model="space-time permutation",
        analysis="prospective space-time",
        study_period=(date(2026, 1, 1), date(2026, 1, 31)),
        adjust_for_earlier_analyses=True,
        prospective_start=date(2026, 1, 27),
    )
    observed, simulated = time_windows(settings, StudyPeriod.of(settings))
    assert (observed.first_end, simulated.first_end) == (30, 26)
