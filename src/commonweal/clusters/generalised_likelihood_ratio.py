"""Generalised likelihood ratio detectors for Poisson and negative binomial counts with a seasonal mean.

Source: Höhle M, Paul M. Count data regression charts for the monitoring of surveillance time series. Comput Stat Data
Anal 2008;52:4357-68. See docs/methods/clusters/likelihood-ratio.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from narwhals.typing import IntoDataFrameT
from numba import njit

from commonweal.clusters.count_series import CountSeries, optional_flags
from commonweal.clusters.in_control_mean import InControl, checked_season, why_not_monitored
from commonweal.stats.frames import ColumnError

INTERCEPT, EPIDEMIC = 0, 1
CHANGES = {"intercept": INTERCEPT, "epidemic": EPIDEMIC}
DIRECTIONS = {"increase": 1, "decrease": -1}
MOST_CASES = 1e9


def generalised_likelihood_ratio(
    data: IntoDataFrameT,
    *,
    count: str,
    time: str,
    by: str | Sequence[str] | None = None,
    expected: str | None = None,
    training: int | None = None,
    harmonics: int = 1,
    trend: bool = True,
    frequency: float = 52,
    dispersion: float | None = 0.0,
    change: str = "intercept",
    direction: str = "increase",
    shift: float | None = None,
    threshold: float = 5.0,
    furthest_back: int | None = None,
) -> IntoDataFrameT:
    """Ask at each time point whether counts have changed since some earlier one.

    GLR[n] = max over k <= n of the greatest log likelihood ratio of a change from k to n on; an alarm when it reaches
    `threshold`, after which the search starts afresh.

    Args:
        data: one row a series and time point, in any order; any eager frame Narwhals knows.
        count: column of whole numbers; a missing count says nothing and is passed over.
        time: column of dates an equal number of days apart, or of consecutive whole numbers.
        by: columns that tell series apart.
        expected: column of the mean while nothing is wrong; else
        training: so many of the first time points of each series, to which a regression with `harmonics` and `trend`
            is fitted.
        frequency: time points in a year.
        dispersion: alpha of the negative binomial, variance mean + alpha mean^2; 0 Poisson; None to estimate it from
            the training.
        change: "intercept", the mean is multiplied by exp(kappa); "epidemic", lambda times the count before is added
            (Poisson only).
        direction: "increase", or "decrease" (of the intercept).
        shift: a known kappa: then the likelihood ratio CUSUM, quicker, without search for its size.
        threshold: c, about the logarithm of how unlikely a change must be.
        furthest_back: most time points to look back; all since the last alarm where not given.

    Returns:
        The rows, in the order given, with `expected` (`mu0` where that is the name of the column given),
        `statistic`, `upperbound` (least count of this time point that would have been an alarm; for a decrease the
        greatest, missing where even 0 would not), `alarm`, `reason` (why there is no judgement, else empty), `method`.

    Raises:
        ColumnError: a column or an option breaks its rule; see `CountSeries`.
    """
    if change not in CHANGES:
        raise ColumnError(f"'change' is one of {', '.join(CHANGES)}; {change!r} is not.")
    if direction not in DIRECTIONS:
        raise ColumnError(f"'direction' is one of {', '.join(DIRECTIONS)}; {direction!r} is not.")
    if change == "epidemic" and (direction == "decrease" or dispersion != 0 or shift is not None):
        raise ColumnError(
            "An epidemic change is a Poisson increase of unknown size: leave direction, dispersion, shift."
        )
    if threshold <= 0:
        raise ColumnError(f"'threshold' is above 0; {threshold} was given.")
    if shift is not None and shift * DIRECTIONS[direction] <= 0:
        raise ColumnError(f"'shift' is above 0 for an increase and below 0 for a decrease; {shift} was given.")
    if furthest_back is not None and furthest_back < 1:
        raise ColumnError(f"'furthest_back' is 1 time point or more; {furthest_back} was given.")
    season = checked_season(harmonics, trend, frequency)
    series = CountSeries.read(data, count=count, time=time, by=by)
    control = InControl.find(data, series, expected=expected, training=training, season=season, dispersion=dispersion)
    statistic = np.full_like(series.counts, np.nan)
    upper = np.full_like(series.counts, np.nan)
    alarm = np.zeros(series.counts.shape, dtype=bool)
    for row, (counts, mean) in enumerate(zip(series.counts, control.mean, strict=True)):
        _monitor(
            counts, mean, control.dispersion[row], CHANGES[change], DIRECTIONS[direction],
            math.nan if shift is None else float(shift), float(threshold), furthest_back or len(counts),
            statistic[row], upper[row], alarm[row],
        )  # fmt: skip
    tested = series.tested(None)
    rows, columns = series.row_series, series.row_time
    known = ~np.isnan(statistic[rows, columns])
    law = "Poisson" if dispersion == 0 else "negative binomial"
    return series.result(
        data,
        tested,
        {
            ("mu0" if expected == "expected" else "expected"): control.mean[rows, columns],
            "statistic": statistic[rows, columns],
            "upperbound": upper[rows, columns],
            "alarm": optional_flags(alarm[rows, columns], known),
            "reason": list(why_not_monitored(series, tested, control.mean)),
            "method": f"{law} {'generalised ' if shift is None else ''}likelihood ratio",
        },
    )


@njit(cache=True, nogil=True)
def _gain(x, mean, alpha, kappa):  # type: ignore[no-untyped-def]
    """Log likelihood ratio of one count for a mean multiplied by exp(kappa)."""
    if alpha == 0.0:
        return kappa * x - (math.exp(kappa) - 1.0) * mean
    return kappa * x - (x + 1.0 / alpha) * (math.log1p(alpha * mean * math.exp(kappa)) - math.log1p(alpha * mean))


@njit(cache=True, nogil=True)
def _best_kappa(x, mean, alpha, start, stop, direction, kappa):  # type: ignore[no-untyped-def]
    """The likeliest kappa of that direction for the counts from `start` to `stop`, sought from the Poisson's."""
    if kappa == -30.0:
        return 0.0 if direction > 0 else kappa
    # The score falls with kappa: bracket its root, then Newton within the bracket.
    low, high = -30.0, 30.0
    for _ in range(100):
        score = 0.0
        slope = 0.0
        for i in range(start, stop):
            grown = mean[i] * math.exp(kappa)
            score += (x[i] - grown) / (1.0 + alpha * grown)
            slope -= grown * (1.0 + alpha * x[i]) / (1.0 + alpha * grown) ** 2
        if score > 0.0:
            low = kappa
        else:
            high = kappa
        after = kappa - score / slope
        if not low < after < high:
            after = (low + high) / 2.0
        done = abs(after - kappa) < 1e-12
        kappa = after
        if done:
            break
    return max(kappa, 0.0) if direction > 0 else min(kappa, 0.0)


@njit(cache=True, nogil=True)
def _best_epidemic(x, mean, before, start, stop):  # type: ignore[no-untyped-def]
    """The greatest log likelihood ratio for a mean with lambda times the count before added, lambda >= 0."""
    low = 0.0
    high = 1.0
    size = 0.0
    for bracket in range(200):
        size = 0.0 if bracket == 0 else high
        score = 0.0
        for i in range(start, stop):
            score += before[i] * (x[i] / (mean[i] + size * before[i]) - 1.0)
        if score <= 0.0:
            break
        low = size
        if bracket > 0:
            high *= 2.0
    if size == 0.0:
        return 0.0
    high = size
    size = (low + high) / 2.0
    for _ in range(200):
        score = 0.0
        slope = 0.0
        for i in range(start, stop):
            grown = mean[i] + size * before[i]
            score += before[i] * (x[i] / grown - 1.0)
            slope -= before[i] ** 2 * x[i] / grown**2
        if score > 0.0:
            low = size
        else:
            high = size
        after = size - score / slope if slope < 0.0 else (low + high) / 2.0
        if not low < after < high:
            after = (low + high) / 2.0
        done = abs(after - size) < 1e-13 * (1.0 + size)
        size = after
        if done:
            break
    total = 0.0
    for i in range(start, stop):
        grown = mean[i] + size * before[i]
        total += x[i] * math.log(grown / mean[i]) - size * before[i]
    return max(total, 0.0)


@njit(cache=True, nogil=True)
def _ratio(x, mean, before, alpha, change, direction, start, stop, back):  # type: ignore[no-untyped-def]
    """GLR of the counts from `start` (not more than `back` of them) to `stop`."""
    best = 0.0
    cases = 0.0
    expected = 0.0
    kappa = 0.0
    for k in range(stop - 1, max(start, stop - back) - 1, -1):
        cases += x[k]
        expected += mean[k]
        if change == EPIDEMIC:
            found = _best_epidemic(x, mean, before, k, stop)
        elif alpha == 0.0:
            kappa = math.log(cases / expected) if cases > 0.0 else -30.0
            found = kappa * cases - (math.exp(kappa) - 1.0) * expected if kappa * direction > 0.0 else 0.0
        else:
            kappa = _best_kappa(
                x, mean, alpha, k, stop, direction, math.log(cases / expected) if cases > 0.0 else -30.0
            )
            found = 0.0
            for i in range(k, stop):
                found += _gain(x[i], mean[i], alpha, kappa)
        best = max(best, found)
    return best


@njit(cache=True, nogil=True)
def _bound(x, mean, before, alpha, change, direction, shift, threshold, start, stop, back, earlier):  # type: ignore[no-untyped-def]
    """The last count that would have been an alarm, in the direction of fewer alarms; NaN where none would."""
    observed = x[stop - 1]
    low, high = -1.0, 1.0
    while True:
        # For an increase, low never alarms and high does; for a decrease the other way round.
        x[stop - 1] = high
        if math.isnan(shift):
            reached = _ratio(x, mean, before, alpha, change, direction, start, stop, back)
        else:
            reached = max(0.0, earlier + _gain(high, mean[stop - 1], alpha, shift))
        if (reached >= threshold) == (direction > 0) or high > MOST_CASES:
            break
        low = high
        high *= 2.0
    while high - low > 1.0:
        middle = math.floor((low + high) / 2.0)
        x[stop - 1] = middle
        if math.isnan(shift):
            reached = _ratio(x, mean, before, alpha, change, direction, start, stop, back)
        else:
            reached = max(0.0, earlier + _gain(middle, mean[stop - 1], alpha, shift))
        if (reached >= threshold) == (direction > 0):
            high = middle
        else:
            low = middle
    x[stop - 1] = observed
    if direction > 0:
        return high if high <= MOST_CASES else math.nan
    return low if low >= 0.0 else math.nan


@njit(cache=True, nogil=True)
def _monitor(counts, means, alpha, change, direction, shift, threshold, back, statistic, upper, alarm):  # type: ignore[no-untyped-def]
    """One series; fills the last three arguments."""
    x = np.empty(len(counts))
    mean = np.empty(len(counts))
    before = np.empty(len(counts))
    start = 0
    stop = 0
    running = 0.0
    last = 0.0
    for time in range(len(counts)):
        if math.isnan(counts[time]):
            continue
        if math.isnan(means[time]):
            last = counts[time]
            continue
        x[stop] = counts[time]
        mean[stop] = means[time]
        before[stop] = last
        last = counts[time]
        stop += 1
        upper[time] = _bound(x, mean, before, alpha, change, direction, shift, threshold, start, stop, back, running)
        if math.isnan(shift):
            statistic[time] = _ratio(x, mean, before, alpha, change, direction, start, stop, back)
        else:
            running = max(0.0, running + _gain(x[stop - 1], mean[stop - 1], alpha, shift))
            statistic[time] = running
        if statistic[time] >= threshold:
            alarm[time] = True
            start = stop
            running = 0.0
