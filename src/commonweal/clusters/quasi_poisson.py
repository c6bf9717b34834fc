"""The weighted quasi-Poisson regressions of Farrington's methods, all series and weeks in one call.

The model of one week is log mu_i = log population_i + a[level_i] + b t_i. Given b, the best a[level] is known in closed
form, so that the fit is a Newton search for b alone: no matrix is formed or inverted, and every other quantity
(information, leverages, standard error of the prediction) is a sum over levels. Without trend there is no search.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit, prange

MOST_ITERATIONS = 60
TOLERANCE = 1e-11
FITTED, TOO_FEW = 0, 1


@njit(cache=True, nogil=True)
def _grow(growth, slope, t, n):  # type: ignore[no-untyped-def]
    """exp(slope t): a product from one time point to the next, afresh where time points are left out."""
    step = math.exp(slope)
    for i in range(n):
        if i > 0 and abs(t[i] - t[i - 1] - 1.0) < 1e-9:
            growth[i] = growth[i - 1] * step
        else:
            growth[i] = math.exp(slope * t[i])


@njit(cache=True, nogil=True)
def _fit(
    y, people, t, level, weight, n, levels, trend, growth, mu, leverage, at, people_at, now, start, reweighted, peer
):  # type: ignore[no-untyped-def]
    """Fit one model on the first `n` values; fills `mu` and `leverage`.

    Returns whether it converged, mean and variance of the linear predictor now (for a dispersion of 1), the slope and
    its information, the dispersion, the dispersion that standard errors are scaled by and the degrees of freedom.
    """
    total = np.zeros(levels)
    size = np.zeros(levels)
    first = np.zeros(levels)
    second = np.zeros(levels)
    seen = np.zeros(levels, dtype=np.int64)
    moment = 0.0
    widest = abs(now)
    for i in range(n):
        total[level[i]] += weight[i] * y[i]
        seen[level[i]] += 1
        moment += weight[i] * y[i] * t[i]
        widest = max(widest, abs(t[i]))
    slope = start if trend else 0.0
    information = 0.0
    converged = True
    if trend:
        converged = False
        for _ in range(MOST_ITERATIONS):
            size[:] = 0.0
            first[:] = 0.0
            second[:] = 0.0
            _grow(growth, slope, t, n)
            for i in range(n):
                grown = weight[i] * people[i] * growth[i]
                size[level[i]] += grown
                first[level[i]] += grown * t[i]
                second[level[i]] += grown * t[i] * t[i]
            score = moment
            information = 0.0
            for g in range(levels):
                if total[g] > 0.0:
                    centre = first[g] / size[g]
                    score -= total[g] * centre
                    information += total[g] * (second[g] / size[g] - centre * centre)
            if information <= 1e-9:
                break
            step = score / information
            limit = 2.0 / widest
            step = min(max(step, -limit), limit)
            slope += step
            if abs(step) * widest < TOLERANCE:
                converged = True
                break
            if abs(slope) * widest > 500.0:
                break
        if not converged:
            return False, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0
    size[:] = 0.0
    first[:] = 0.0
    if trend:
        _grow(growth, slope, t, n)
    else:
        growth[:n] = 1.0
    for i in range(n):
        growth[i] *= people[i]
        size[level[i]] += weight[i] * growth[i]
        first[level[i]] += weight[i] * growth[i] * t[i]
    rank = 1 if trend else 0
    for g in range(levels):
        if seen[g] > 0:
            rank += 1
    freedom = n - rank
    pearson = 0.0
    working = 0.0
    for i in range(n):
        g = level[i]
        mu[i] = growth[i] * total[g] / size[g]
        # A level without a case has mu 0: its leverage is the limit as mu goes to 0, its residuals are 0.
        leverage[i] = weight[i] * growth[i] / size[g]
        if trend:
            leverage[i] += weight[i] * mu[i] * (t[i] - first[g] / size[g]) ** 2 / information
        if mu[i] > 0.0:
            pearson += weight[i] * (y[i] - mu[i]) ** 2 / mu[i]
            working += weight[i] * (y[i] / mu[i] - 1.0) ** 2
        else:
            working += weight[i]
    dispersion = pearson / freedom if freedom > 0 else math.nan
    scale = dispersion
    if peer and reweighted and freedom > 0:
        scale = working / freedom
    expected = people_at * total[at] / size[at]
    variance = 1.0 / total[at] if total[at] > 0.0 else math.inf
    if trend:
        expected *= math.exp(slope * now)
        variance += (now - first[at] / size[at]) ** 2 / information
    return True, expected, variance, slope, information, dispersion, scale, freedom


@njit(cache=True, nogil=True)
def _reweighted(y, people, t, level, n, levels, trend, reweight, threshold, at, people_at, now, peer):  # type: ignore[no-untyped-def]
    """Fit, weigh down past outbreaks by their Anscombe residuals, fit again."""
    weight = np.ones(n)
    mu = np.empty(n)
    growth = np.empty(n)
    leverage = np.empty(n)
    found = _fit(
        y, people, t, level, weight, n, levels, trend, growth, mu, leverage, at, people_at, now, 0.0, False, peer
    )
    if not reweight or not found[0] or found[7] <= 0:
        return found
    dispersion = max(found[5], 1.0)
    total = 0.0
    for i in range(n):
        if mu[i] > 0.0 and leverage[i] < 1.0:
            residual = 1.5 * (y[i] ** (2.0 / 3.0) * mu[i] ** (-1.0 / 6.0) - math.sqrt(mu[i]))
            residual /= math.sqrt(dispersion * (1.0 - leverage[i]))
            if residual > threshold:
                weight[i] = residual**-2.0
        total += weight[i]
    for i in range(n):
        weight[i] *= n / total
    return _fit(
        y, people, t, level, weight, n, levels, trend, growth, mu, leverage, at, people_at, now, found[3], True, peer
    )


@njit(cache=True, nogil=True, parallel=True)
def fit_weeks(  # type: ignore[no-untyped-def]
    counts,
    population,
    series,
    week,
    baseline,
    level,
    levels,
    trend,
    reweight,
    threshold,
    critical,
    extrapolate,
    peer,
):
    """Expected count of each tested week of each series, from its baseline.

    Args:
        counts, population: series by time point; NaN counts are left out of the baseline.
        series, week: the row and column of `counts` of each of the N tested weeks.
        baseline, level: for each column of `counts`, the columns that form its baseline (-1 pads) and their level.
        levels: number of levels; the tested week is at the last.
        trend: whether to try a trend; it is kept when |t| is above `critical[degrees of freedom]` and, unless
            `extrapolate`, the expected count is not above the greatest count of the baseline.
        peer: whether standard errors are scaled as R surveillance scales them.
        reweight, threshold: whether, and above which Anscombe residual, past counts are weighed down.

    Returns:
        An N by 8 matrix: expected, variance of its logarithm, dispersion (not below 1), slope a time
        point, whether the trend is kept, t of the trend that was tried, number of baseline values, status.
    """
    result = np.full((len(series), 8), np.nan)
    for task in prange(len(series)):
        row = series[task]
        now = week[task]
        y = np.empty(baseline.shape[1])
        people = np.empty(baseline.shape[1])
        t = np.empty(baseline.shape[1])
        g = np.empty(baseline.shape[1], dtype=np.int64)
        n = 0
        here = 0
        greatest = 0.0
        centre = 0.0
        for j in range(baseline.shape[1]):
            column = baseline[now, j]
            if column >= 0 and not math.isnan(counts[row, column]):
                y[n] = counts[row, column]
                people[n] = population[row, column]
                t[n] = column
                g[n] = level[now, j]
                centre += column
                greatest = max(greatest, y[n])
                here += g[n] == levels - 1
                n += 1
        result[task, 6] = n
        if here == 0:
            result[task, 7] = TOO_FEW
            continue
        centre /= n
        for i in range(n):
            t[i] -= centre
        at = levels - 1
        people_now = population[row, now]
        kept = False
        if trend:
            found = _reweighted(
                y, people, t, g, n, levels, True, reweight, threshold, at, people_now, now - centre, peer
            )
            if found[0] and found[7] > 0:
                size = math.sqrt(found[6] / found[4])
                statistic = found[3] / size if size > 0.0 else math.inf
                result[task, 5] = statistic
                kept = abs(statistic) > critical[found[7]] and (extrapolate or found[1] <= greatest)
        if not kept:
            found = _reweighted(
                y, people, t, g, n, levels, False, reweight, threshold, at, people_now, now - centre, peer
            )
        if found[7] <= 0:
            result[task, 7] = TOO_FEW
            continue
        result[task, 0] = found[1]
        result[task, 1] = found[2] * (found[6] if peer else max(found[6], 1.0))
        result[task, 2] = max(found[5], 1.0)
        result[task, 3] = found[3] if kept else math.nan
        result[task, 4] = kept
        result[task, 7] = FITTED
    return result
