"""The Early Aberration Reporting System: C1, C2 and C3, for counts with little history.

Sources: Hutwagner L, Thompson W, Seeman GM, Treadwell T. The bioterrorism preparedness and response Early Aberration
Reporting System (EARS). J Urban Health 2003;80(2 Suppl 1):i89-96. Fricker RD, Hegler BL, Dunfee DA. Comparing syndromic
surveillance detection methods. Stat Med 2008;27:3407-29. See docs/methods/clusters/ears.md.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from narwhals.typing import IntoDataFrameT
from scipy import stats

from commonweal.clusters.count_series import CountSeries, optional_flags
from commonweal.stats.frames import ColumnError

LAG = {"C1": 0, "C2": 2, "C3": 2}
ALPHA = {"C1": 0.001, "C2": 0.001, "C3": 0.025}


def ears(
    data: IntoDataFrameT,
    *,
    count: str,
    time: str,
    by: str | Sequence[str] | None = None,
    newest: int | None = None,
    variant: str = "C1",
    baseline: int = 7,
    least_deviation: float = 0.0,
    alpha: float | None = None,
) -> IntoDataFrameT:
    """Judge each count against the mean and standard deviation of the few time points before it.

    C1 uses the `baseline` time points just before, C2 those before the last two, so that an outbreak that builds up
    does not raise its own bar. C3 adds up the excess of C2 over 1 of three time points.

    Args:
        data: one row a series and time point, in any order; any eager frame Narwhals knows.
        count: column of whole numbers; a time point with a missing count in reach gets no judgement.
        time: column of dates an equal number of days apart, or of consecutive whole numbers.
        by: columns that tell series apart.
        newest: judge only so many of the last time points of each series, and return only those.
        variant: "C1", "C2" or "C3".
        baseline: time points of the baseline, 2 or more.
        least_deviation: the standard deviation is never taken as less (minSigma); 0.5 or 1 suits sparse counts.
        alpha: one-sided probability beyond the bound; 0.001 for C1 and C2, 0.025 for C3, if not given.

    Returns:
        The rows judged, in the order given, with `expected` (mean of the baseline), `upperbound`, `alarm`, `statistic`
        (C1, C2 or C3; infinite where the baseline does not vary and the count is above it), `reason` (why there is no
        judgement, else empty) and `method`.

    Raises:
        ColumnError: a column or an option breaks its rule; see `CountSeries`.
    """
    if variant not in LAG:
        raise ColumnError(f"'variant' is one of {', '.join(LAG)}; {variant!r} is not.")
    if baseline < 2:
        raise ColumnError(f"'baseline' is 2 time points or more, for a standard deviation; {baseline} was given.")
    if least_deviation < 0:
        raise ColumnError(f"'least_deviation' is 0 or more; {least_deviation} was given.")
    alpha = ALPHA[variant] if alpha is None else alpha
    if not 0 < alpha < 1:
        raise ColumnError(f"'alpha' lies between 0 and 1, such as 0.001; {alpha} was given.")
    limit = float(stats.norm.isf(alpha))
    series = CountSeries.read(data, count=count, time=time, by=by)
    tested = series.tested(newest)
    counts = series.counts
    mean, deviation = _moving(counts, baseline, LAG[variant])
    deviation = np.maximum(deviation, least_deviation)
    standardised = _standardised(counts, mean, deviation)
    statistic, upper = standardised, mean + limit * deviation
    reach = baseline + LAG[variant]
    if variant == "C3":
        reach += 2
        excess = np.maximum(0, standardised - 1)
        earlier = _back(excess, 1) + _back(excess, 2)
        statistic = excess + earlier
        slack = limit - earlier + 1
        with np.errstate(invalid="ignore"):
            upper = np.maximum(0, mean + np.where(deviation > 0, deviation * slack, 0))
        upper = np.where(earlier > limit, 0.0, upper)
    alarm = statistic > limit if variant == "C3" else counts > upper
    row, column = series.row_series[tested], series.row_time[tested]
    known = np.isfinite(upper[row, column]) & ~np.isnan(statistic[row, column])
    reason = np.full(len(row), "", dtype=object)
    reason[~known] = f"a count of the {reach} time points before is missing"
    reason[column - series.first[row] < reach] = f"fewer than {reach} time points of history"
    reason[np.isnan(counts[row, column])] = "the count is missing"
    return series.result(
        data,
        tested,
        {
            "expected": mean[row, column],
            "upperbound": np.where(known, upper[row, column], np.nan),
            "alarm": optional_flags(alarm[row, column], known),
            "statistic": statistic[row, column],
            "reason": list(reason),
            "method": f"EARS {variant}",
        },
    )


def _back(values: np.ndarray, steps: int) -> np.ndarray:
    """The values of so many time points before; NaN where there are none."""
    moved = np.full_like(values, np.nan)
    moved[:, steps:] = values[:, : values.shape[1] - steps]
    return moved


def _moving(counts: np.ndarray, baseline: int, lag: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation (n - 1) of the baseline of each time point; NaN where a count of it is missing."""
    mean, deviation = np.full_like(counts, np.nan), np.full_like(counts, np.nan)
    if counts.shape[1] > baseline + lag:
        windows = np.lib.stride_tricks.sliding_window_view(counts, baseline, axis=1)
        judged = counts.shape[1] - baseline - lag
        mean[:, baseline + lag :] = windows.mean(axis=2)[:, :judged]
        deviation[:, baseline + lag :] = windows.std(axis=2, ddof=1)[:, :judged]
    return mean, deviation


def _standardised(counts: np.ndarray, mean: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        found = (counts - mean) / deviation
    same = (deviation == 0) & (counts == mean)
    return np.where(same, 0.0, found)
