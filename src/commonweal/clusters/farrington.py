"""Farrington's original method of 1996, for weekly counts of many series at once.

Source: Farrington CP, Andrews NJ, Beale AD, Catchpole MA. A statistical algorithm for the early detection of outbreaks
of infectious disease. J R Stat Soc A 1996;159:547-63. See docs/methods/clusters/farrington.md.
"""

from __future__ import annotations

from collections.abc import Sequence

from narwhals.typing import IntoDataFrameT

from commonweal.clusters.farrington_flexible import farrington_flexible


def farrington(
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
    trend: bool = True,
    alpha: float = 0.01,
    power: str = "2/3",
    least_cases: tuple[int, int] = (5, 4),
    frequency: int = 52,
    standard_errors: str = "weighted",
) -> IntoDataFrameT:
    """Judge each week's count against the same weeks of past years.

    The baseline is a window around the same week of each past year; nothing of the present season is in it. Past counts
    with an Anscombe residual above 1 are weighed down. A trend is kept if there are three years or more, its p-value is
    below 0.05 and it does not carry the expected count above the greatest one of the baseline.

    Args:
        alpha: *two-sided*: the bound is the 1 - `alpha` / 2 quantile.
        power: "2/3" corrects skewness, "1/2" stabilises the variance, "none".
        data, count, time, by, population, newest, years, half_window, reweight, trend, least_cases, frequency,
            standard_errors: as of `farrington_flexible`.

    Returns:
        The columns of `farrington_flexible`.

    Raises:
        ColumnError: a column or an option breaks its rule.
    """
    return farrington_flexible(
        data, count=count, time=time, by=by, population=population, newest=newest, years=years, half_window=half_window,
        reweight=reweight, weights_threshold=1.0, trend=trend, trend_p_threshold=0.05, periods=1, weeks_excluded=None,
        alpha=alpha / 2, threshold_method="delta", power=power, least_cases=least_cases, frequency=frequency,
        standard_errors=standard_errors, method="Farrington",
    )  # fmt: skip
