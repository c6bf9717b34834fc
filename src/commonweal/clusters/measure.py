"""What each window is compared with: expected cases, or cases and controls, by place and interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import brentq

from commonweal.clusters.population import Population
from commonweal.clusters.problems import ScanError
from commonweal.clusters.settings import ScanSettings
from commonweal.clusters.study_period import DAYS_OF_UNIT, StudyPeriod

Floats = NDArray[np.float64]
DAYS_A_WEEK = 7
FIRST_THURSDAY = 3


@dataclass(frozen=True)
class Measure:
    """A measure whose share is the share of cases to be expected.

    Attributes:
        by_interval: shape (places, intervals).
        total: of all places and intervals; kept apart so that whole numbers stay exact.
        size: what the spatial limit counts, by place, shape (places,).
    """

    by_interval: Floats
    total: float
    size: Floats


def poisson_measure(
    cases: pl.DataFrame, population: Population, period: StudyPeriod, settings: ScanSettings, identifiers: list[str]
) -> Measure:
    """Expected cases by indirect standardisation: of each stratum the study's own rate times the place's person-time.

    Adjusted, where the settings ask for it, for time (every interval, a log-linear trend, a fixed percentage a year),
    for places and for days of the week: expected cases are multiplied so that those totals agree, and then so that all
    expected cases are the cases.

    Args:
        cases: columns `place`, `interval`, `day`, `count`, `stratum`.

    Raises:
        ScanError: cases in a stratum or a place without population.
    """
    weights = population.weights(period)
    person_days = np.einsum("lsd,d->ls", population.people, weights.sum(axis=1))
    of_stratum = person_days.sum(axis=0)
    known = cases["stratum"].is_in(list(population.strata))
    _refuse(cases.filter(~known), identifiers, "cases have a combination of covariates that the population lacks")
    stratum = cases["stratum"].replace_strict(population.strata, return_dtype=pl.Int64).to_numpy()
    place, count = cases["place"].to_numpy(), cases["count"].to_numpy()
    _refuse(
        cases.filter(pl.Series(person_days.sum(axis=1)[place] <= 0)),
        identifiers,
        "cases lie in places without population",
    )
    _refuse(cases.filter(pl.Series(of_stratum[stratum] <= 0)), identifiers, "cases have covariates without population")
    in_stratum = np.bincount(stratum, count, minlength=len(of_stratum))
    rate = np.divide(in_stratum, of_stratum, out=np.zeros_like(in_stratum), where=of_stratum > 0)
    standardised = np.einsum("lsd,s->ld", population.people, rate)
    expected = standardised @ weights
    size = expected.sum(axis=1)
    adjusted = _adjusted(expected, cases, period, settings)
    total = float(count.sum())
    return Measure(adjusted * (total / adjusted.sum()), total, size)


def constant_measure(cases: pl.DataFrame, period: StudyPeriod, settings: ScanSettings) -> Measure:
    """Expected cases of a purely temporal scan without populations: the same every day."""
    expected = np.diff(period.boundaries)[None, :].astype(float)
    adjusted = _adjusted(expected, cases, period, settings)
    total = float(cases["count"].sum())
    return Measure(adjusted * (total / adjusted.sum()), total, adjusted.sum(axis=1))


def bernoulli_measure(cases: pl.DataFrame, controls: pl.DataFrame, places: int, period: StudyPeriod) -> Measure:
    """Cases and controls by place and interval."""
    points = count_table(cases, places, period.intervals) + count_table(controls, places, period.intervals)
    return Measure(points.astype(float), float(points.sum()), points.sum(axis=1).astype(float))


def permutation_measure(cases: pl.DataFrame, places: int, period: StudyPeriod) -> Measure:
    """Of each stratum (cases of the place over all time) x (cases of the interval in all places) / cases.

    With one stratum the products themselves are kept, and the total is the square of the cases, so that the measure of
    a window is a whole number and equal windows have equal statistics to the last bit.

    Source: Kulldorff M and others. A space-time permutation scan statistic for disease outbreak detection. PLoS
    Medicine 2005;2:e59.
    """
    strata = cases["stratum"].unique().sort()
    table = np.zeros((places, period.intervals))
    for stratum in strata:
        counts = count_table(cases.filter(pl.col("stratum") == stratum), places, period.intervals)
        product = np.outer(counts.sum(axis=1), counts.sum(axis=0)).astype(float)
        table += product if len(strata) == 1 else product / counts.sum()
    total = float(cases["count"].sum())
    size = count_table(cases, places, period.intervals).sum(axis=1).astype(float)
    return Measure(table, total**2 if len(strata) == 1 else total, size)


def count_table(cases: pl.DataFrame, places: int, intervals: int) -> NDArray[np.int64]:
    """Cases by place and interval."""
    table = np.zeros((places, intervals), dtype=np.int64)
    np.add.at(table, (cases["place"].to_numpy(), cases["interval"].to_numpy()), cases["count"].to_numpy())
    return table


def weekday(days: NDArray[np.int64]) -> NDArray[np.int64]:
    """Day of the week of a day number, Monday 0."""
    return (days + FIRST_THURSDAY) % DAYS_A_WEEK


def _adjusted(expected: Floats, cases: pl.DataFrame, period: StudyPeriod, settings: ScanSettings) -> Floats:
    by_interval = np.bincount(cases["interval"].to_numpy(), cases["count"].to_numpy(), minlength=period.intervals)
    of_interval = expected.sum(axis=0)
    if settings.time_adjustment == "stratified":
        expected = expected * _ratio(by_interval, of_interval)
    elif settings.time_adjustment == "log-linear":
        trend = log_linear_trend(by_interval, of_interval)
        expected = expected * np.exp(trend * np.arange(period.intervals))
    elif settings.time_adjustment == "fixed percentage":
        assert settings.annual_trend_percent is not None
        years = np.arange(period.intervals) * period.interval_length * DAYS_OF_UNIT[period.unit] / DAYS_OF_UNIT["year"]
        expected = expected * (1 + settings.annual_trend_percent / 100) ** years
    if settings.day_of_week_adjustment:
        of_week = weekday(period.boundaries[:-1])
        observed = np.bincount(of_week, by_interval, minlength=DAYS_A_WEEK)
        awaited = np.bincount(of_week, expected.sum(axis=0), minlength=DAYS_A_WEEK)
        expected = expected * _ratio(observed, awaited)[of_week]
    if settings.spatial_adjustment == "stratified":
        by_place = np.bincount(cases["place"].to_numpy(), cases["count"].to_numpy(), minlength=len(expected))
        expected = expected * _ratio(by_place, expected.sum(axis=1))[:, None]
    return expected


def log_linear_trend(cases: NDArray, expected: Floats) -> float:
    """The slope of a Poisson regression of the cases of each interval on its number, with expected cases as offset.

    Raises:
        ScanError: all cases fall in the first or in the last interval, so that there is no finite trend.
    """
    at = np.arange(len(cases), dtype=float)
    mean = (cases * at).sum() / cases.sum()

    def beyond(slope: float) -> float:
        weight = expected * np.exp(slope * (at - at[-1] if slope > 0 else at))
        return float((weight * at).sum() / weight.sum() - mean)

    steepest = 50.0
    if len(cases) < 2 or beyond(-steepest) > 0 or beyond(steepest) < 0:
        raise ScanError("No trend can be estimated: all cases fall in the first or in the last interval.")
    return float(brentq(beyond, -steepest, steepest, xtol=1e-14))


def _ratio(observed: NDArray[Any], expected: NDArray[Any]) -> Floats:
    out: Floats = np.zeros(len(expected))
    return np.divide(observed, expected, out=out, where=expected > 0)


def _refuse(cases: pl.DataFrame, identifiers: list[str], rule: str) -> None:
    if cases.is_empty():
        return
    first = cases.row(0, named=True)
    covariates = f", covariates {first['stratum'].replace('|', ', ')}" if first["stratum"] else ""
    number = f"{int(cases['count'].sum()):,} cases"
    raise ScanError(f"Some {rule}: {number}; the first in place '{identifiers[first['place']]}'{covariates}.")
