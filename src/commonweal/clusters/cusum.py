"""Cumulative sums of transformed counts, one-sided, for small lasting rises.

Source: Rossi G, Lampugnani L, Marchi M. An approximate CUSUM procedure for surveillance of health events. Stat Med
1999;18:2111-22. See docs/methods/clusters/cusum.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from narwhals.typing import IntoDataFrameT

from commonweal.clusters.count_series import CountSeries, optional_flags
from commonweal.clusters.in_control_mean import InControl, checked_season, why_not_monitored
from commonweal.stats.frames import ColumnError

Transform = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
TRANSFORMS: dict[str, Transform] = {
    "standard": lambda x, m, a: (x - m) / np.sqrt(m),
    "rossi": lambda x, m, a: (x - 3 * m + 2 * np.sqrt(x * m)) / (2 * np.sqrt(m)),
    "anscombe": lambda x, m, a: 1.5 * (x ** (2 / 3) - m ** (2 / 3)) / m ** (1 / 6),
    "anscombe second order": lambda x, m, a: 1.5 * (x ** (2 / 3) - (m ** (2 / 3) - m ** (-1 / 3) / 9)) / m ** (1 / 6),
    "negative binomial": lambda x, m, a: (x - m) / np.sqrt(m + a * m**2),
    "none": lambda x, m, a: x - m * 0,
}
MEANS = ("constant", "seasonal")
HIGHEST = 2.0**40


def cusum(
    data: IntoDataFrameT,
    *,
    count: str,
    time: str,
    by: str | Sequence[str] | None = None,
    expected: str | None = None,
    training: int | None = None,
    mean: str = "constant",
    harmonics: int = 1,
    trend: bool = True,
    frequency: float = 52,
    transform: str = "rossi",
    dispersion: float = 0.0,
    reference: float = 1.04,
    decision: float = 2.26,
    reset: bool = False,
) -> IntoDataFrameT:
    """Add up how much transformed counts exceed a reference value; an alarm when the sum reaches the decision value.

    S[t] = max(0, S[t-1] + z(count[t]) - `reference`), an alarm when S[t] >= `decision`. The values 1.04 and 2.26 give
    an average of 500 time points to a false alarm for a standard normal z.

    Args:
        data: one row a series and time point, in any order; any eager frame Narwhals knows.
        count: column of whole numbers; a missing count leaves the sum as it is.
        time: column of dates an equal number of days apart, or of consecutive whole numbers.
        by: columns that tell series apart.
        expected: column of the counts expected, above 0; else
        training: so many of the first time points of each series, from which it is learnt.
        mean: "constant", their mean, or "seasonal", a log-linear Poisson regression with `harmonics` and `trend`.
        frequency: time points in a year.
        transform: "standard" (x - m) / sqrt m; "rossi", nearer to normal for small counts; "anscombe" and "anscombe
            second order" residuals; "negative binomial", standard with variance m + `dispersion` m^2; "none".
        reference, decision: k and h, in standard deviations (in cases with "none").
        reset: whether the sum starts from 0 after an alarm.

    Returns:
        The rows, in the order given, with `expected` (`mu0` where that is the name of the column given),
        `statistic` (S), `upperbound` (least count that would have been an alarm), `alarm`, `reason` (why there is no
        judgement, else empty) and `method`.

    Raises:
        ColumnError: a column or an option breaks its rule; see `CountSeries`.
    """
    if transform not in TRANSFORMS:
        raise ColumnError(f"'transform' is one of {', '.join(TRANSFORMS)}; {transform!r} is not.")
    if mean not in MEANS:
        raise ColumnError(f"'mean' is one of {', '.join(MEANS)}; {mean!r} is not.")
    if decision <= 0:
        raise ColumnError(f"'decision' is above 0; {decision} was given.")
    season = checked_season(harmonics, trend, frequency) if mean == "seasonal" else None
    series = CountSeries.read(data, count=count, time=time, by=by)
    control = InControl.find(
        data, series, expected=expected, training=training, season=season, dispersion=float(dispersion)
    )
    counts, level = series.counts, control.mean
    standardise = TRANSFORMS[transform]
    alpha = np.full_like(counts, dispersion)
    sums = np.zeros_like(counts)
    before = np.zeros_like(counts)
    running = np.zeros(len(counts))
    with np.errstate(invalid="ignore", divide="ignore"):
        steps = standardise(counts, level, alpha) - reference
    for column in range(counts.shape[1]):
        before[:, column] = running
        running = np.where(np.isnan(steps[:, column]), running, np.maximum(0, running + steps[:, column]))
        sums[:, column] = running
        if reset:
            running = np.where(running >= decision, 0.0, running)
    tested = series.tested(None)
    rows, columns = series.row_series, series.row_time
    monitored = ~np.isnan(level[rows, columns])
    known = monitored & ~np.isnan(counts[rows, columns])
    upper = np.full(len(rows), np.nan)
    need = (decision + reference - before)[rows, columns][monitored]
    upper[monitored] = _least_count(
        lambda x: standardise(x, level[rows, columns][monitored], alpha[rows, columns][monitored]), need
    )
    return series.result(
        data,
        tested,
        {
            ("mu0" if expected == "expected" else "expected"): level[rows, columns],
            "statistic": np.where(monitored, sums[rows, columns], np.nan),
            "upperbound": upper,
            "alarm": optional_flags(sums[rows, columns] >= decision, known),
            "reason": list(why_not_monitored(series, tested, level)),
            "method": f"CUSUM, {transform}",
        },
    )


def _least_count(standardised: Callable[[np.ndarray], np.ndarray], need: np.ndarray) -> np.ndarray:
    """The least whole count that standardises to at least `need`, by bisection."""
    low, high = np.full(len(need), -1.0), np.full(len(need), HIGHEST)
    while np.any(high - low > 1):
        middle = np.floor((low + high) / 2)
        enough = (standardised(np.maximum(middle, 0)) >= need) & (middle > low)
        high = np.where(enough, middle, high)
        low = np.where(enough, low, middle)
    return high
