"""Funnel plots: do areas differ from their average by more than chance? See docs/methods/funnels.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from narwhals.typing import IntoDataFrameT
from numpy.typing import NDArray
from scipy.special import ndtri

from commonweal.errors import CommonwealError
from commonweal.stats import intervals
from commonweal.stats.columns import ROUNDING, number
from commonweal.stats.frames import ColumnError, as_polars, like
from commonweal.stats.groups import groups
from commonweal.stats.results import Confidence, grouping, levels, refuse, suffix

STATISTICS = ("proportion", "crude rate", "directly standardised rate", "count", "indirectly standardised ratio")
RATES = ("crude rate", "directly standardised rate")
MULTIPLIERS = {"crude rate": 100_000.0, "directly standardised rate": 100_000.0}
POINTS = 100
FEWEST_EVENTS = 10
"""Below this a directly standardised rate is not given, so that it is neither drawn nor compared."""
NOT_COMPARED = "not compared"
WITHIN = "within the limits"

Floats = NDArray[np.float64]


def funnel_limits(
    data: IntoDataFrameT,
    *,
    count: str,
    statistic: str,
    denominator: str | None = None,
    rate: str | None = None,
    by: str | Sequence[str] | None = None,
    per: float | None = None,
    years: float = 1,
    confidence: Confidence = (0.95, 0.998),
) -> IntoDataFrameT:
    """The lines of a funnel: a hundred points of each limit around the average of all rows.

    For a proportion a limit is where an area of that denominator would lie if Wilson's interval just touched the
    average. For rates and ratios the points are counts 1, 2, 3 ..., and each line says at what denominator that count
    would lie exactly at the limit (exact Poisson by chi-square), and the value there; so each line has its own x.

    Args:
        count: column of events.
        statistic: "proportion", "crude rate", "directly standardised rate", "count" (observed over expected events,
            less one) or "indirectly standardised ratio" (observed over expected, times the multiplier).
        denominator: column; people at risk, or expected events for the two ratios. For rates it is used where there is
            no rate or no event; else the denominator is the one that gives the rate from the count.
        rate: column of rates, with the multiplier; needed for directly standardised rates.
        by: columns that tell funnels apart; without it all rows are one.
        per: multiplier; 100,000 for rates, else 1.
        years: how many years of data a rate is of; its x axis is of one year.
        confidence: a level or several.

    Returns:
        A hundred rows a funnel: `by`; `denominator` (proportion) or `count` (others), the axis; for each level
        `lower_95` and `upper_95`, and for others than proportions `denominator_lower_95` and `denominator_upper_95`,
        the x of that point (people in a year, or expected events); `baseline`, the average; `method`.

    Raises:
        ColumnError: a column is absent or not of numbers; a count is negative or above its denominator; a denominator,
            or the rate of an area with events, is not above 0; an area without events has no denominator.
        CommonwealError: the statistic is unknown or lacks its columns; `per` or `years` is not above 0.

    Source: Spiegelhalter DJ (2005), Statistics in Medicine 24; APHO Technical Briefing 2 (2008); OHID, Public health
    technical guidance, "Funnel plots".
    """
    asked = _asked(data, count, statistic, denominator, rate, by, per, years)
    rows, keys = asked.rows, asked.keys
    funnels = (
        rows.with_columns(pl.when(pl.col("counts_")).then(pl.col("x_", "n_")))
        .group_by("funnel_", *keys, maintain_order=True)
        .agg(pl.col("x_").sum(), total=pl.col("n_").sum(), low=pl.col("n_").min(), high=pl.col("n_").max())
    )
    sums = funnels.select("low", "high", "x_", "total").cast(pl.Float64).to_numpy()
    low, high, events, total = (column[:, None] for column in sums.T)
    with np.errstate(divide="ignore", invalid="ignore"):
        average = events / total
    axis = _axis(asked, low, high, average)
    columns: dict[str, Floats] = {"denominator" if statistic == "proportion" else "count": axis}
    for level in levels(confidence):
        name = suffix(level)
        if statistic == "proportion":
            lower, upper = _proportion_limits(average, axis, level)
            columns |= {f"lower_{name}": lower * asked.per, f"upper_{name}": upper * asked.per}
            continue
        # The fewer events an area of a given count was to expect, the higher it lies: the lower limit of the count is
        # the x of the upper line.
        fewest, most = intervals.poisson_exact(axis, level)
        for side, expected in (("lower", most), ("upper", fewest)):
            x, y = _line(asked, axis, expected, average)
            columns |= {f"denominator_{side}_{name}": x, f"{side}_{name}": y}
    columns["baseline"] = np.broadcast_to(asked.baseline(average), axis.shape)
    empty = ~(total > 0) | ((statistic in RATES) & ~(events > 0))
    known = ~np.broadcast_to(empty, axis.shape).ravel()
    told = np.where(known, asked.method, "No limits: no events or no denominators")
    lines = pl.DataFrame({column: np.where(known, values.ravel(), np.nan) for column, values in columns.items()})
    lines = lines.fill_nan(None).with_columns(method=pl.Series(told))
    repeated = funnels[np.repeat(np.arange(funnels.height), POINTS)]
    result = pl.DataFrame([*repeated.select(keys), *lines])
    return like(data, result)


def funnel_points(
    data: IntoDataFrameT,
    *,
    count: str,
    statistic: str,
    denominator: str | None = None,
    rate: str | None = None,
    by: str | Sequence[str] | None = None,
    per: float | None = None,
    years: float = 1,
) -> IntoDataFrameT:
    """Where each row lies on its funnel plot. Arguments and errors are those of `funnel_limits`.

    Returns:
        The table with `funnel_denominator` (x: the denominator, of one year for rates; expected events for ratios) and
        `funnel_value` (y: the rate where one is given); both missing where a number is, and for a directly standardised
        rate of fewer than 10 events.
    """
    asked = _asked(data, count, statistic, denominator, rate, by, per, years)
    x, n = (asked.rows[name].to_numpy() for name in ("x_", "n_"))
    with np.errstate(divide="ignore", invalid="ignore"):
        value = x / n * asked.per - (statistic == "count")
    if rate is not None:
        given = asked.rows["rate_"].to_numpy()
        value = np.where(np.isnan(given), value, given)
    drawn = ~np.isnan(x + n) & ~((statistic == "directly standardised rate") & (x < FEWEST_EVENTS))
    places = {"funnel_denominator": n / asked.years, "funnel_value": value}
    columns = {name: pl.Series(np.where(drawn, place, np.nan)).fill_nan(None) for name, place in places.items()}
    return like(data, asked.frame.with_columns(**columns))


def funnel_significance(
    data: IntoDataFrameT,
    *,
    count: str,
    statistic: str,
    denominator: str | None = None,
    rate: str | None = None,
    by: str | Sequence[str] | None = None,
    per: float | None = None,
    years: float = 1,
    confidence: Confidence = (0.95, 0.998),
) -> IntoDataFrameT:
    """Whether each row lies beyond the limits of its funnel. Arguments and errors are those of `funnel_limits`.

    A proportion is compared with the limits at its denominator; the interval of a rate (exact below 10 events, Byar's
    from 10) with the average; that of a ratio with 1, so that areas are judged against the standard, not each other. A
    point exactly at a limit is within it.

    Returns:
        The table with `significance`: "above the 99.8% limit", "above the 95% limit", "within the limits", "below the
        95% limit", "below the 99.8% limit" (of the widest limit that the point is beyond); "not compared" where a
        number is missing, or a directly standardised rate is of fewer than 10 events.
    """
    asked = _asked(data, count, statistic, denominator, rate, by, per, years)
    events, denominators = (pl.col(name).filter("counts_").sum().over("funnel_") for name in ("x_", "n_"))
    rows = asked.rows.with_columns(average_=events / denominators)
    x, n, average = (rows[name].to_numpy() for name in ("x_", "n_", "average_"))
    word = np.full(len(x), WITHIN, dtype=object)
    with np.errstate(divide="ignore", invalid="ignore"):
        for level in sorted(levels(confidence)):
            if statistic == "proportion":
                lower, upper = _proportion_limits(average, n, level)
                below, above = x / n < lower, x / n > upper
            else:
                lower, upper = intervals.poisson(np.nan_to_num(x), level)
                against = average if statistic in RATES else 1.0
                below, above = upper / n < against, lower / n > against
            percent = f"{level * 100:.10g}%"
            word[below] = f"below the {percent} limit"
            word[above] = f"above the {percent} limit"
    unknown = np.isnan(x) | np.isnan(n)
    if statistic == "directly standardised rate":
        unknown |= x < FEWEST_EVENTS
    word[unknown] = NOT_COMPARED
    return like(data, asked.frame.with_columns(significance=pl.Series(word.tolist(), dtype=pl.String)))


@dataclass(frozen=True)
class _Asked:
    """What was asked, read and checked. `rows`: x_ events, n_ denominator, funnel_, counts_ (part of the average)."""

    frame: pl.DataFrame
    rows: pl.DataFrame
    keys: list[str]
    statistic: str
    per: float
    years: float

    @property
    def method(self) -> str:
        return "Wilson" if self.statistic == "proportion" else "Exact Poisson"

    def baseline(self, average: Floats) -> Floats:
        if self.statistic in (*RATES, "proportion"):
            return average * self.per
        return np.full_like(average, 0.0 if self.statistic == "count" else self.per)


def _asked(
    data: IntoDataFrameT,
    count: str,
    statistic: str,
    denominator: str | None,
    rate: str | None,
    by: str | Sequence[str] | None,
    per: float | None,
    years: float,
) -> _Asked:
    if statistic not in STATISTICS:
        raise CommonwealError(f"'{statistic}' has no funnel. Choose one of: {', '.join(STATISTICS)}.")
    if statistic in RATES:
        if statistic == "directly standardised rate" and rate is None:
            raise CommonwealError("A funnel of directly standardised rates needs `rate`, the column of the rates.")
        if rate is None and denominator is None:
            raise CommonwealError("A funnel of rates needs `rate` or `denominator`, or both.")
    elif denominator is None:
        what = "denominators" if statistic == "proportion" else "expected events"
        raise CommonwealError(f"A funnel of this statistic needs `denominator`, the column of the {what}.")
    elif rate is not None:
        raise CommonwealError(f"`rate` is for funnels of rates; '{statistic}' takes a count and a denominator.")
    if years != 1 and statistic not in RATES:
        raise CommonwealError("`years` is for funnels of rates.")
    if statistic == "count" and per not in (None, 1):
        raise CommonwealError("`per` is not for the statistic 'count', which is a difference relative to the expected.")
    per = MULTIPLIERS.get(statistic, 1.0) if per is None else float(per)
    if not (per > 0 and np.isfinite(per)) or not (years > 0 and np.isfinite(years)):
        raise CommonwealError("`per` and `years` must be above 0.")
    keys = grouping(by)
    frame = as_polars(data, [*keys, count, *(name for name in (denominator, rate) if name)])
    if frame.is_empty():
        raise ColumnError("The table has no rows, so that there is nothing to compare.")
    rows = frame.select(*keys, number(frame, count, "x_"))
    refuse(rows, pl.col("x_") < 0, f"'{count}' {{x_}} is below 0")
    if denominator is not None:
        rows = rows.with_columns(number(frame, denominator, "n_"))
        refuse(rows, pl.col("n_") <= 0, f"'{denominator}' {{n_}} is not above 0")
        if statistic == "proportion":
            refuse(rows, pl.col("x_") > ROUNDING * pl.col("n_"), "count {x_} is above denominator {n_}")
    if rate is not None:
        rows = _derived(rows.with_columns(number(frame, rate, "rate_")), rate, statistic, per)
    known = pl.col("x_").is_not_null() & pl.col("n_").is_not_null()
    # OHID leaves directly standardised rates of no events out of the average, since their denominator is not derived.
    counts = known & (pl.col("x_") > 0) if statistic == "directly standardised rate" else known
    funnel = pl.Series(groups(frame, keys).of_rows)
    rows = rows.with_columns(counts_=counts, funnel_=funnel, n_=pl.when(known).then(pl.col("n_")))
    return _Asked(frame, rows, keys, statistic, per, float(years))


def _derived(rows: pl.DataFrame, rate: str, statistic: str, per: float) -> pl.DataFrame:
    """The denominator that gives each rate from its count; the one supplied where there is no event or no rate."""
    supplied = pl.col("n_") if "n_" in rows.columns else pl.lit(None, dtype=pl.Float64)
    eventful = pl.col("x_") > 0
    refuse(rows, pl.col("rate_") < 0, f"'{rate}' {{rate_}} is below 0")
    refuse(rows, eventful & (pl.col("rate_") == 0), f"'{rate}' is 0 though there are {{x_}} events")
    derived = pl.when(eventful & pl.col("rate_").is_not_null()).then(pl.col("x_") * per / pl.col("rate_"))
    if statistic == "directly standardised rate":
        return rows.with_columns(n_=derived.when(~eventful).then(supplied))
    refuse(
        rows,
        ~eventful & supplied.is_null(),
        f"a denominator cannot be derived from '{rate}' where there are no events: name the column `denominator`",
    )
    return rows.with_columns(n_=derived.otherwise(supplied))


def _proportion_limits(average: Floats, denominator: Floats, level: float) -> tuple[Floats, Floats]:
    z = ndtri(1 - (1 - level) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = z * np.sqrt(np.maximum(average * (1 - average), 0) / denominator)
    return np.maximum(average - spread, 0), np.minimum(average + spread, 1)


def _line(asked: _Asked, events: Floats, expected: Floats, average: Floats) -> tuple[Floats, Floats]:
    """The x and y at which `events` lie on the line when `expected` were to be expected."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if asked.statistic in RATES:
            people = expected / average
            return people / asked.years, events / people * asked.per
        return expected, events / expected * asked.per - (asked.statistic == "count")


def _axis(asked: _Asked, low: Floats, high: Floats, average: Floats) -> Floats:
    """A hundred whole numbers for each funnel, closer together where they are small.

    They begin at 1 where the largest denominator is more than twice the smallest, and else a little below the
    smallest; they end a little above the largest. Each step multiplies by what would reach the end in equal ratios,
    but is at least 1. A funnel of a ratio stops one step before the end, as OHID's does.
    """
    wide = high > 2 * low
    start = np.where(wide, 0.0, _round_down(0.95 * low / asked.years) * asked.years)
    end = _round_up(1.05 * high / asked.years) * asked.years
    if asked.statistic in RATES:
        start, end = np.floor(start * average), np.ceil(end * average)
    steps = POINTS - 1 if asked.statistic in (*RATES, "proportion") else POINTS
    points = [np.maximum(start, 1.0)]
    with np.errstate(divide="ignore", invalid="ignore"):
        for step in range(POINTS - 1):
            last = points[-1]
            points.append(np.maximum(np.round((end / last) ** (1 / (steps - step)) * last), last + 1))
    return np.concatenate(points, axis=1)


def _digits(whole: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.floor(np.log10(np.maximum(whole, 1))) + 1


def _round_down(x: Floats) -> Floats:
    """To one significant digit."""
    unit = 10.0 ** (_digits(np.floor(x)) - 1)
    return np.floor(x / unit) * unit


def _round_up(x: Floats) -> Floats:
    """To two significant digits."""
    unit = 10.0 ** (_digits(np.ceil(x)) - 2)
    return np.ceil(x / unit) * unit
