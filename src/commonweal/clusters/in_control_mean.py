"""What counts to expect while nothing is wrong: a constant, or a seasonal log-linear regression on a training."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from narwhals.typing import IntoDataFrameT
from scipy import optimize, special

from commonweal.clusters.count_series import CountSeries
from commonweal.stats.frames import ColumnError, as_polars

MOST_ITERATIONS = 100
LARGEST_DISPERSION = 1e4


@dataclass(frozen=True)
class Season:
    """A model log mu = a + b t + sum over s of c_s sin(2 pi s t / frequency) + d_s cos(2 pi s t / frequency).

    Attributes:
        harmonics: how many s; 0 leaves the season out.
        trend: whether there is b.
        frequency: time points in a year.
    """

    harmonics: int = 1
    trend: bool = True
    frequency: float = 52

    def design(self, time: np.ndarray) -> np.ndarray:
        angle = 2 * np.pi * np.arange(1, self.harmonics + 1) * time[:, None] / self.frequency
        columns = [np.ones((len(time), 1)), np.sin(angle), np.cos(angle)]
        return np.hstack([*columns, *([time[:, None] / self.frequency] if self.trend else [])])

    def fit(self, counts: np.ndarray, dispersion: float | None) -> tuple[np.ndarray, float]:
        """The mean of every time point of one series, of which those with a count are the training.

        Args:
            counts: NaN where there is no count or it is not to be used.
            dispersion: of the negative binomial, variance mean + dispersion x mean^2; 0 Poisson; None to estimate it.

        Returns:
            The mean, and the dispersion.

        Raises:
            ColumnError: the training has no case, or fewer counts than the model has coefficients.
        """
        design = self.design(np.arange(len(counts), dtype=float))
        used = ~np.isnan(counts)
        if used.sum() <= design.shape[1]:
            raise ColumnError(
                f"The training has {used.sum()} counts, but the model has {design.shape[1]} coefficients: give more "
                "time points as 'training', or fewer harmonics and no trend."
            )
        y, x = counts[used], design[used]
        if not y.any():
            raise ColumnError("There is no case in the training, so there is nothing to estimate: give 'expected'.")
        if dispersion is not None:
            return np.exp(design @ _coefficients(y, x, dispersion)), dispersion

        def unlikeliness(log_dispersion: float) -> float:
            alpha = np.exp(log_dispersion)
            mean = np.exp(x @ _coefficients(y, x, alpha))
            return -float(_log_likelihood(y, mean, alpha).sum())

        best = optimize.minimize_scalar(
            unlikeliness, bounds=(np.log(1e-8), np.log(LARGEST_DISPERSION)), method="bounded", options={"xatol": 1e-9}
        )
        found = float(np.exp(best.x))
        return np.exp(design @ _coefficients(y, x, found)), found


def _log_likelihood(y: np.ndarray, mean: np.ndarray, alpha: float) -> np.ndarray:
    size = 1 / alpha
    return (
        special.gammaln(y + size)
        - special.gammaln(size)
        - (y + size) * np.log1p(alpha * mean)
        + y * np.log(alpha * mean)
    )


def _coefficients(y: np.ndarray, x: np.ndarray, alpha: float) -> np.ndarray:
    """Maximum likelihood by iteratively reweighted least squares; Poisson where `alpha` is 0."""
    linear = np.log(y + 0.5)
    coefficients = np.zeros(x.shape[1])
    for _ in range(MOST_ITERATIONS):
        mean = np.exp(np.clip(linear, -30, 30))
        weight = np.sqrt(mean / (1 + alpha * mean))
        before = coefficients
        coefficients = np.linalg.lstsq(weight[:, None] * x, weight * (linear + (y - mean) / mean), rcond=None)[0]
        linear = x @ coefficients
        if np.max(np.abs(coefficients - before)) < 1e-12 * (1 + np.max(np.abs(coefficients))):
            break
    return coefficients


@dataclass(frozen=True)
class InControl:
    """Means of the monitored time points.

    Attributes:
        mean: series by time point; NaN where not monitored.
        dispersion: of each series.
    """

    mean: np.ndarray
    dispersion: np.ndarray

    @classmethod
    def find(
        cls,
        data: IntoDataFrameT,
        series: CountSeries,
        *,
        expected: str | None,
        training: int | None,
        season: Season | None,
        dispersion: float | None,
    ) -> InControl:
        """From the column `expected`, or from the first `training` time points of each series.

        Raises:
            ColumnError: neither or both are given, or one breaks its rule.
        """
        if (expected is None) == (training is None):
            raise ColumnError(
                "Say what to expect by one of two: 'expected', a column, or 'training', how many of the first time "
                "points of each series to learn it from."
            )
        if dispersion is not None and dispersion < 0:
            raise ColumnError(f"'dispersion' is 0 (Poisson) or more; {dispersion} was given.")
        if expected is not None:
            if dispersion is None:
                raise ColumnError("A dispersion cannot be estimated where 'expected' is given: say what it is.")
            values = as_polars(data, [expected])[expected]
            if not values.dtype.is_numeric():
                raise ColumnError(f"The column '{expected}' holds {values.dtype}, not numbers.")
            wrong = np.flatnonzero(~(values.cast(float).to_numpy() > 0))
            if len(wrong):
                raise ColumnError(
                    f"'{expected}' is missing or not above 0 in {len(wrong):,} rows, first at row {wrong[0] + 1}."
                )
            mean = np.full_like(series.counts, np.nan)
            mean[series.row_series, series.row_time] = values.cast(float).to_numpy()
            return cls(mean, np.full(len(mean), float(dispersion)))
        assert training is not None
        if training < 1:
            raise ColumnError(f"'training' is 1 time point or more; {training} was given.")
        mean = np.full_like(series.counts, np.nan)
        found = np.full(len(mean), np.nan)
        for row, counts in enumerate(series.counts):
            first, last = series.first[row], series.last[row]
            learnt = counts[first : last + 1].copy()
            learnt[training:] = np.nan
            if len(learnt) <= training:
                continue
            if season is None:
                if np.isnan(learnt).all():
                    raise ColumnError("No count of the training is known, so there is nothing to expect.")
                level, found[row] = np.full(len(learnt), np.nanmean(learnt)), dispersion or 0.0
                if not level[0] > 0:
                    raise ColumnError(
                        "There is no case in the training, so there is nothing to expect: give 'expected'."
                    )
            else:
                level, found[row] = season.fit(learnt, dispersion)
            level[:training] = np.nan
            mean[row, first : last + 1] = level
        return cls(mean, found)


def why_not_monitored(series: CountSeries, tested: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """The reason of each tested row that has no judgement, else empty."""
    row, column = series.row_series[tested], series.row_time[tested]
    reason = np.full(len(row), "", dtype=object)
    reason[np.isnan(series.counts[row, column])] = "the count is missing"
    reason[np.isnan(mean[row, column])] = "in the training period"
    return reason


def checked_season(harmonics: int, trend: bool, frequency: float) -> Season:
    """The model, its options checked.

    Raises:
        ColumnError: an option breaks its rule.
    """
    if harmonics < 0 or harmonics != int(harmonics):
        raise ColumnError(f"'harmonics' is a whole number from 0; {harmonics} was given.")
    if frequency < 2 * max(harmonics, 1):
        raise ColumnError(f"'frequency' is how many time points make a year; {frequency} does not bear {harmonics}.")
    return Season(int(harmonics), trend, float(frequency))
