"""Every row of section 4 of reference/clusters.md: what SaTScan 10.3.2 answers on its sample data.

Statistics, windows and places are equal to the printed digit; so are the p-values of the space-time permutation model,
whose replicates are the same. Poisson and Bernoulli replicates are not, so their p-values agree within Monte Carlo
error.
"""

import math
from datetime import date

import pytest
from clusters.sample_data import new_mexico, new_york, north_humberside

from commonweal.clusters import scan

POISSON = {"model": "poisson", "p_value": "standard"}
STANDARD = {"p_value": "standard"}
THREE_KM = {"max_distance": 3.0, "max_duration": 7}
PROSPECTIVE = "prospective space-time"


def check(cluster, *, size, cases, expected, statistic, risk=None, centre=None, radius=None, start=None, end=None):
    if size is not None:
        assert len(cluster.location_ids) == size
    assert cluster.observed == cases
    assert round(cluster.expected, 2) == expected
    assert round(cluster.statistic, 6) == statistic
    if risk is not None:
        assert round(cluster.relative_risk, 2) == risk
    if centre is not None:
        assert cluster.centre == centre
        assert round(cluster.radius, 2) == radius
    if start is not None:
        assert (cluster.start, cluster.end) == (start, end)


def assert_within_monte_carlo_error(found, reference, replicates=999):
    error = math.sqrt(2 * reference * (1 - reference) / replicates)
    assert abs(found - reference) < 4 * error + 1 / replicates


TORRANCE = (34.764079, -106.003634)
SAN_MIGUEL = (35.501494, -105.077987)
NEW_MEXICO = {
    "a": (
        {"analysis": "spatial"},
        {"size": 6, "cases": 576, "expected": 512.66, "risk": 1.24, "statistic": 6.890841, "centre": TORRANCE,
         "radius": 113.54},
        0.012,
    ),
    "a2": (
        {"analysis": "spatial", "max_population_share": 0.25, "rates": "both"},
        {"size": 2, "cases": 72, "expected": 98.29, "risk": 0.72, "statistic": 4.196940,
         "centre": (32.527170, -104.262035), "radius": 90.25},
        0.262,
    ),
    "b": (
        {"analysis": "space-time"},
        {"size": 9, "cases": 236, "expected": 176.22, "risk": 1.42, "statistic": 10.979758, "centre": TORRANCE,
         "radius": 125.60, "start": date(1985, 1, 1), "end": date(1989, 12, 31)},
        0.014,
    ),
    "b2": (
        {"analysis": "space-time", "time_adjustment": "stratified"},
        {"size": 5, "cases": 42, "expected": 22.90, "risk": 1.86, "statistic": 6.532128, "centre": SAN_MIGUEL,
         "radius": 116.05, "start": date(1986, 1, 1), "end": date(1988, 12, 31)},
        0.455,
    ),
    "b3": (
        {"analysis": "space-time", "time_adjustment": "log-linear"},
        {"size": 5, "cases": 54, "expected": 29.92, "risk": 1.84, "statistic": 8.062448, "centre": SAN_MIGUEL,
         "radius": 116.05, "start": date(1986, 1, 1), "end": date(1989, 12, 31)},
        0.163,
    ),
    "e": (
        {"analysis": "temporal"},
        {"size": None, "cases": 552, "expected": 495.69, "risk": 1.21, "statistic": 5.485618,
         "start": date(1985, 1, 1), "end": date(1991, 12, 31)},
        0.030,
    ),
    "e2": (
        {"analysis": "prospective temporal"},
        {"size": None, "cases": 552, "expected": 495.69, "risk": 1.21, "statistic": 5.485618,
         "start": date(1985, 1, 1), "end": date(1991, 12, 31)},
        0.001,
    ),
    "f": (
        {"analysis": PROSPECTIVE},
        {"size": 9, "cases": 313, "expected": 252.84, "risk": 1.32, "statistic": 8.654067, "centre": TORRANCE,
         "radius": 125.60, "start": date(1985, 1, 1), "end": date(1991, 12, 31)},
        0.009,
    ),
    "f2": (
        {"analysis": PROSPECTIVE, "max_distance": 150.0, "adjust_for_earlier_analyses": True,
         "prospective_start": "1988"},
        {"size": 9, "cases": 313, "expected": 252.84, "risk": 1.32, "statistic": 8.654067, "centre": TORRANCE,
         "radius": 125.60, "start": date(1985, 1, 1), "end": date(1991, 12, 31)},
        0.020,
    ),
}  # fmt: skip


@pytest.mark.parametrize("row", NEW_MEXICO)
def test_poisson_in_new_mexico(row):
    choices, answer, p_value = NEW_MEXICO[row]
    result = scan(**new_mexico(), **POISSON, **choices)
    check(result.clusters[0], **answer)
    assert_within_monte_carlo_error(result.clusters[0].p_value, p_value)


QUEENS = {"size": 9, "cases": 4, "expected": 0.67, "statistic": 3.845418, "centre": (40.699240, -73.831760),
          "radius": 2.90, "start": date(2001, 11, 22), "end": date(2001, 11, 24)}  # fmt: skip
BRONX = {"size": 8, "cases": 5, "expected": 0.40, "statistic": 8.119521, "centre": (40.805490, -73.917000),
         "radius": 2.70, "start": date(2001, 11, 8), "end": date(2001, 11, 8)}  # fmt: skip
NEW_YORK = {
    "c": ({"analysis": PROSPECTIVE, **THREE_KM, **STANDARD}, QUEENS, 0.216, "5 days"),
    "c2": ({"analysis": PROSPECTIVE, "max_duration": 7, **STANDARD}, QUEENS, 0.338, "3 days"),
    "c3": ({"analysis": PROSPECTIVE, **THREE_KM, "p_value": "default"}, QUEENS, 0.242, "4 days"),
    "c4": ({"analysis": "space-time", "max_duration": 7, **STANDARD}, BRONX, 0.020, None),
    "c5": (
        {"analysis": PROSPECTIVE, **THREE_KM, **STANDARD, "adjust_for_earlier_analyses": True,
         "prospective_start": "2001-11-20"},
        QUEENS, 0.627, "6 days",
    ),
    "c6": ({"analysis": PROSPECTIVE, **THREE_KM, **STANDARD, "min_duration": 2}, QUEENS, 0.128, "8 days"),
}  # fmt: skip


@pytest.mark.parametrize("row", NEW_YORK)
def test_permutation_in_new_york(row):
    choices, answer, p_value, recurrence = NEW_YORK[row]
    result = scan(**new_york(), **choices)
    cluster = result.clusters[0]
    check(cluster, **answer)
    assert cluster.relative_risk is None
    assert round(cluster.p_value, 3) == p_value
    assert cluster.recurrence_interval == recurrence


def test_a_sequential_run_stops_at_the_replicate_where_the_reference_does():
    result = scan(**new_york(), analysis=PROSPECTIVE, **THREE_KM)
    assert result.replicates == 207


def test_bernoulli_in_north_humberside():
    result = scan(**north_humberside(), p_value="standard")
    check(result.clusters[0], size=4, cases=4, expected=1.22, risk=3.43, statistic=4.836516, centre=(5176.0, 4669.0),
          radius=5.83)  # fmt: skip
    assert_within_monte_carlo_error(result.clusters[0].p_value, 0.674)


def test_bernoulli_of_high_and_low_rates_in_north_humberside():
    result = scan(**north_humberside(), p_value="standard", rates="both")
    check(result.clusters[0], size=11, cases=0, expected=4.28, risk=0.0, statistic=5.327243, centre=(5047.0, 4300.0),
          radius=14.87)  # fmt: skip
    assert not result.clusters[0].is_high
    assert_within_monte_carlo_error(result.clusters[0].p_value, 0.581)


def test_more_replicates_give_a_finer_p_value():
    result = scan(**new_mexico(), **POISSON, analysis="space-time", replicates=1999)
    assert_within_monte_carlo_error(result.clusters[0].p_value, 0.0118, 1999)
