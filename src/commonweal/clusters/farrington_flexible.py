"""Farrington's method as improved by Noufaily and others, for weekly counts of many series at once.

Sources: Noufaily A, Enki DG, Farrington P, et al. An improved algorithm for outbreak detection in multiple surveillance
systems. Stat Med 2013;32:1206-22. Salmon M, Schumacher D, Höhle M. Monitoring count time series in R. J Stat Softw
2016;70(10). See docs/methods/clusters/farrington.md.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from narwhals.typing import IntoDataFrameT
from scipy import stats

from commonweal.clusters.count_series import Columns, CountSeries, optional_flags
from commonweal.clusters.prediction_threshold import POWERS, delta_bound, negative_binomial_bound
from commonweal.clusters.quasi_poisson import TOO_FEW, fit_weeks
from commonweal.clusters.reference_weeks import reference_weeks
from commonweal.stats.frames import ColumnError

THRESHOLD_METHODS = ("delta", "nbPlugin", "muan")
STANDARD_ERRORS = ("weighted", "surveillance")
YEARS_FOR_TREND = 3


def farrington_flexible(
    data: IntoDataFrameT,
    *,
    count: str,
    time: str,
    by: str | Sequence[str] | None = None,
    population: str | None = None,
    newest: int | None = None,
    years: int = 5,
    half_window: int = 3,
    reweight: bool = True,
    weights_threshold: float = 2.58,
    trend: bool = True,
    trend_p_threshold: float = 1.0,
    extrapolate: bool = False,
    periods: int = 10,
    weeks_excluded: int | None = 26,
    alpha: float = 0.005,
    threshold_method: str = "nbPlugin",
    power: str = "2/3",
    least_cases: tuple[int, int] = (5, 4),
    frequency: int = 52,
    standard_errors: str = "weighted",
    method: str = "Farrington flexible",
) -> IntoDataFrameT:
    """Judge each week's count against what past years lead one to expect.

    The defaults are those that Noufaily and others recommend. A quasi-Poisson regression (intercept, a level for each
    part of the year, a trend) is fitted to the baseline, past outbreaks are weighed down, and it is fitted again; the
    count is an alarm when it is above the 1 - `alpha` quantile of what is expected.

    Args:
        data: one row a series and week, in any order; any eager frame Narwhals knows.
        count: column of whole numbers; a missing count is left out of baselines and gets no judgement.
        time: column of dates a week apart, or of consecutive whole numbers.
        by: columns that tell series apart.
        population: column; where named its logarithm is an offset, so that rates are compared.
        newest: judge only so many of the last time points of each series, and return only those.
        years: past years of the baseline (b).
        half_window: weeks on each side of the same week of past years (w).
        reweight, weights_threshold: weigh down counts whose Anscombe residual is above the threshold.
        trend: whether to try a trend. It is kept if there are at least three years, its p-value is below
            `trend_p_threshold` (1: whatever it is) and, unless `extrapolate`, the expected count is not above the
            greatest count of the baseline.
        periods: levels of the season (noPeriods); 1 uses only the windows, 10 the whole of past years.
        weeks_excluded: newest weeks left out of the baseline, so that an outbreak under way does not hide itself
            (pastWeeksNotIncluded); None for `half_window`.
        alpha: one-sided probability beyond the bound.
        threshold_method: "delta" (normal on the scale of `power`), "nbPlugin" (negative binomial around the
            expected count) or "muan" (negative binomial around the 1 - `alpha` quantile of that estimate).
        power: "none", "1/2" or "2/3", for "delta".
        least_cases: (cases, weeks): no alarm with fewer cases in the last so many weeks, this one included (limit54).
        frequency: time points in a year, where time is a number.
        standard_errors: "weighted", scaled by the dispersion of the weighted fit, or "surveillance", scaled as R
            surveillance 1.20 does, which is too small after reweighting: for exact comparison with it.
        method: the name in the column `method`.

    Returns:
        The rows judged, in the order given, with `expected`, `upperbound`, `alarm`, `score` (excess over the excess
        that alarms: above 1 is an alarm), `p_value`, `mu0` (mean of the distribution the bound is a quantile of),
        `dispersion` (phi), `trend` (whether kept), `trend_coefficient` (a time point, of the logarithm), `reason`
        (why there is no judgement or no alarm, else empty) and `method`.

    Raises:
        ColumnError: a column or an option breaks its rule; see `CountSeries`.
    """
    _check(years, half_window, periods, alpha, weights_threshold, trend_p_threshold, least_cases, frequency)
    if threshold_method not in THRESHOLD_METHODS:
        raise ColumnError(f"'threshold_method' is one of {', '.join(THRESHOLD_METHODS)}; {threshold_method!r} is not.")
    if power not in POWERS:
        raise ColumnError(f"'power' is one of {', '.join(POWERS)}; {power!r} is not.")
    if standard_errors not in STANDARD_ERRORS:
        raise ColumnError(f"'standard_errors' is one of {', '.join(STANDARD_ERRORS)}; {standard_errors!r} is not.")
    excluded = half_window if weeks_excluded is None else weeks_excluded
    if excluded < 0:
        raise ColumnError(f"'weeks_excluded' is 0 or more; {excluded} was given.")
    series = CountSeries.read(data, count=count, time=time, by=by, population=population)
    tested = series.tested(newest)
    fitted = fitted_weeks(
        series, tested, years=years, half_window=half_window, levels=periods, excluded=excluded, frequency=frequency,
        trend=trend, trend_p_threshold=trend_p_threshold, extrapolate=extrapolate, reweight=reweight,
        weights_threshold=weights_threshold, standard_errors=standard_errors,
    )  # fmt: skip
    expected, log_variance, dispersion, counts = (
        fitted[name] for name in ("expected", "log_variance", "dispersion", "counts")
    )
    mean = expected
    if threshold_method == "delta":
        upper, p_value = delta_bound(expected, log_variance, dispersion, counts, alpha, power)
    else:
        if threshold_method == "muan":
            with np.errstate(invalid="ignore"):
                mean = np.where(
                    expected > 0, expected * np.exp(stats.norm.isf(alpha) * np.sqrt(log_variance)), expected
                )
        upper, p_value = negative_binomial_bound(mean, dispersion, counts, alpha)
    return series.result(data, tested, judged(series, tested, fitted, upper, p_value, mean, least_cases, method))


def fitted_weeks(
    series: CountSeries,
    tested: np.ndarray,
    *,
    years: int,
    half_window: int,
    levels: int,
    excluded: int,
    frequency: int,
    trend: bool,
    trend_p_threshold: float,
    extrapolate: bool,
    reweight: bool,
    weights_threshold: float,
    standard_errors: str,
) -> dict[str, np.ndarray]:
    """The regressions of the tested rows, a column an entry; `reason` says where there is none."""
    baseline, level, earliest = reference_weeks(
        series, years=years, half_window=half_window, levels=levels, excluded=excluded, frequency=frequency
    )
    row, week = series.row_series[tested], series.row_time[tested]
    enough = earliest[week] >= series.first[row]
    with np.errstate(invalid="ignore"):
        critical = stats.t.isf(min(trend_p_threshold, 1.0) / 2, np.arange(baseline.shape[1] + 1))
    critical[:] = -1.0 if trend_p_threshold >= 1 else critical
    found = np.full((len(row), 8), np.nan)
    found[enough] = fit_weeks(
        series.counts, series.population, row[enough], week[enough], baseline, level, levels,
        trend and years >= YEARS_FOR_TREND, reweight, float(weights_threshold), critical, extrapolate,
        standard_errors == "surveillance",
    )  # fmt: skip
    counts = series.counts[row, week]
    reason = np.full(len(row), "", dtype=object)
    reason[found[:, 7] == TOO_FEW] = "too few counts are known in the baseline"
    reason[~enough] = f"fewer than {years} years and {half_window} time points of history"
    reason[np.isnan(counts)] = "the count is missing"
    return {
        "expected": found[:, 0], "log_variance": found[:, 1], "dispersion": found[:, 2], "slope": found[:, 3],
        "trend": found[:, 4], "counts": counts, "reason": reason,
    }  # fmt: skip


def judged(
    series: CountSeries,
    tested: np.ndarray,
    fitted: dict[str, np.ndarray],
    upper: np.ndarray,
    p_value: np.ndarray,
    mean: np.ndarray,
    least_cases: tuple[int, int],
    method: str,
) -> Columns:
    """The result columns that both of Farrington's methods have."""
    counts, expected, reason = fitted["counts"], fitted["expected"], fitted["reason"]
    reason[np.isinf(upper)] = "the expected count is too uncertain for an upper bound"
    known = np.isfinite(upper) & ~np.isnan(counts)
    cases, weeks = least_cases
    recent = _recent(series.counts, weeks)[series.row_series[tested], series.row_time[tested]]
    scarce = known & (recent < cases)
    with np.errstate(invalid="ignore", divide="ignore"):
        score = np.where(upper > expected, (counts - expected) / (upper - expected), np.nan)
    alarm = known & ~scarce & (counts > upper)
    reason[scarce] = f"fewer than {cases} cases in the last {weeks} time points, so no alarm is raised"
    return {
        "expected": expected,
        "upperbound": upper,
        "alarm": optional_flags(alarm, known),
        "score": np.where(known, score, np.nan),
        "p_value": np.where(known, p_value, np.nan),
        "mu0": mean,
        "dispersion": fitted["dispersion"],
        "trend": optional_flags(fitted["trend"] == 1, np.isfinite(fitted["trend"])),
        "trend_coefficient": fitted["slope"],
        "reason": list(reason),
        "method": method,
    }  # fmt: skip


def _recent(counts: np.ndarray, weeks: int) -> np.ndarray:
    """Cases of the last so many time points, the present one included; missing counts add nothing."""
    total = np.cumsum(np.nan_to_num(counts), axis=1)
    before = np.zeros_like(total)
    before[:, weeks:] = total[:, :-weeks] if weeks else total
    return total - before


def _check(
    years: int,
    half_window: int,
    periods: int,
    alpha: float,
    weights_threshold: float,
    trend_p_threshold: float,
    least_cases: tuple[int, int],
    frequency: int,
) -> None:
    rules = [
        (years >= 1, f"'years' is 1 or more; {years} was given."),
        (half_window >= 0, f"'half_window' is 0 or more; {half_window} was given."),
        (periods >= 1, f"'periods' is 1 or more; {periods} was given."),
        (0 < alpha < 1, f"'alpha' lies between 0 and 1, such as 0.005; {alpha} was given."),
        (weights_threshold > 0, f"'weights_threshold' is above 0; {weights_threshold} was given."),
        (trend_p_threshold >= 0, f"'trend_p_threshold' is a probability; {trend_p_threshold} was given."),
        (len(least_cases) == 2 and least_cases[1] >= 1, "'least_cases' is (cases, time points), such as (5, 4)."),
        (frequency >= 2, f"'frequency' is how many time points make a year; {frequency} was given."),
    ]
    for holds, rule in rules:
        if not holds:
            raise ColumnError(rule)
