"""p-values and recurrence intervals by hand."""

import math
from datetime import date

import numpy as np
import pytest

from commonweal.clusters.settings import ScanSettings
from commonweal.clusters.significance import (
    gumbel_p_value,
    recurrence_interval_days,
    significance,
    until_stopped,
)
from commonweal.clusters.study_period import TimeWindows

MAXIMA = np.arange(1.0, 1000.0)


def prospective(**choices):
    return ScanSettings.from_choices(
        model="space-time permutation",
        analysis="prospective space-time",
        study_period=(date(2026, 1, 1), date(2026, 12, 31)),
        **choices,
    )


def test_rank_counts_equal_maxima():
    found = significance(990.0, MAXIMA, prospective(p_value="standard"))
    assert found.p_value == pytest.approx(11 / 1000)
    assert not found.is_gumbel


def test_sequential_runs_stop_with_the_maximum_that_makes_fifty():
    kept, stopped = until_stopped(np.tile([1.0, 3.0], 200), 2.0, 50)
    assert stopped
    assert len(kept) == 100
    assert significance(2.0, kept, prospective(p_value="sequential")).p_value == pytest.approx(0.5)
    assert not until_stopped(MAXIMA, 990.0, 50)[1]


def test_by_default_gumbel_replaces_ranks_below_ten():
    assert significance(991.0, MAXIMA, prospective()).p_value == pytest.approx(10 / 1000)
    found = significance(992.0, MAXIMA, prospective())
    assert found.is_gumbel
    assert found.p_value == found.gumbel_p_value


def test_gumbel_has_the_moments_of_the_maxima():
    random = np.random.default_rng(1)
    maxima = random.gumbel(5.0, 2.0, 200_000)
    at = 5.0 - 2.0 * math.log(-math.log(0.99))
    assert gumbel_p_value(at, maxima) == pytest.approx(0.01, rel=0.03)
    assert gumbel_p_value(1e6, maxima) == 0.0


def test_few_replicates_give_no_p_value():
    assert significance(5.0, MAXIMA[:98], prospective(replicates=98)).p_value is None


def test_recurrence_interval_of_one_scan_and_of_several():
    now = TimeWindows(365, 1, 30, 364)
    assert recurrence_interval_days(0.001, now, prospective()) == pytest.approx(1000)
    assert recurrence_interval_days(0.02, now, prospective(recurrence_unit_days=7.0)) == pytest.approx(350)
    since = TimeWindows(365, 1, 30, 355)
    adjusted = prospective(adjust_for_earlier_analyses=True, prospective_start=date(2026, 12, 22), max_distance=5.0)
    assert recurrence_interval_days(0.02, since, adjusted) == pytest.approx(1 / (1 - 0.98**0.1))
