"""Change between two periods, with its interval. See docs/methods/rate-of-change.md."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import polars as pl
from narwhals.typing import IntoDataFrameT

from commonweal.stats.frames import ColumnError, like, numbers, selected
from commonweal.stats.intervals import Limits
from commonweal.stats.results import Confidence, grouping, in_order, levels, limit_columns, reasons, suffix
from commonweal.stats.rules import keep_to, refuse_rows

MEASURES = ("percentage change", "annual percentage change", "ratio", "difference")


def rate_of_change(
    data: IntoDataFrameT,
    *,
    value: str = "value",
    period: str = "period",
    by: str | Sequence[str] | None = None,
    measure: str = "percentage change",
    lower: str | None = None,
    upper: str | None = None,
    first: str | float | None = None,
    last: str | float | None = None,
    years: float | None = None,
    confidence: Confidence = 0.95,
) -> IntoDataFrameT:
    """How much a value changed from one period to another, with limits found from the limits of both values.

    It takes the result of any method that gives limits: proportions, crude and standardised rates, ratios, means, life
    expectancy. The two periods must be of different people or events: pooled periods that share years share them too,
    and their change looks surer than it is.

    Args:
        value, period: columns of values and of their periods.
        by: columns that tell series apart, one row each a period.
        measure: "percentage change", "annual percentage change" (compound), "ratio" or "difference". All but the
            difference need a value above 0 in the first period.
        lower, upper: columns of the limits; without them `lower_95`, `upper_95` and so on, for each level asked for.
        first, last: the two periods, where the table holds more than two.
        years: years from the first to the last, for the annual change; found from the periods where they are numbers or
            dates.
        confidence: the level of the limits, or several.

    Returns:
        `by`, `first_period`, `last_period`, `first_value`, `last_value`, `value` (the change), limits, `method`,
        `reason` (why it is missing).

    Raises:
        ColumnError: a column is absent or holds text; there are not two periods; a series has two rows of one period; a
            value lies outside its limits; a value is negative in a ratio; the years are unknown or not above 0.

    Source: differences: Newcombe RG (1998), Statistics in Medicine 17:873-890, method 10, and Zou GY, Donner A (2008),
    Statistics in Medicine 27:1693-1702, for limits of any kind; ratios: Donner A, Zou GY (2012), Statistical Methods in
    Medical Research 21:347-359, equation 9.
    """
    if measure not in MEASURES:
        raise ColumnError(f"'{measure}' is not a measure of change. Choose one of: {', '.join(MEASURES)}.")
    asked = levels(confidence)
    if (lower or upper) and (len(asked) > 1 or not (lower and upper)):
        raise ColumnError("Name both `lower` and `upper` and one confidence level, or none of them for `lower_95` ...")
    names = {level: (lower or f"lower_{suffix(level)}", upper or f"upper_{suffix(level)}") for level in asked}
    keys = grouping(by)
    frame = selected(data, [*keys, period, value, *(name for pair in names.values() for name in pair)])
    both = _periods(frame[period], first, last)
    series, rows = _sides(frame, keys, period, both)
    there = rows >= 0

    def sides(name: str) -> tuple[np.ndarray, np.ndarray]:
        given = numbers(frame, name).astype(float)
        keep_to(name, given)
        found = np.where(there, given[np.where(there, rows, 0)], np.nan)
        return found[:, 0], found[:, 1]

    before, after = sides(value)
    compared = measure != "difference"
    if compared:
        keep_to(value, numbers(frame, value), at_least=0)
    power = 1.0
    if measure == "annual percentage change":
        power = 1 / _years(both, years)
    scale, shift = (100.0, 1.0) if "percentage" in measure else (1.0, 0.0)

    def change(ratio: np.ndarray) -> np.ndarray:
        return (np.maximum(ratio, 0) ** power - shift) * scale

    def limits(level: float) -> Limits:
        low, high = (sides(name) for name in names[level])
        _refuse_outside(frame, value, names[level])
        if not compared:
            return _difference(before, low[0], high[0], after, low[1], high[1])
        ends = _ratio(before, low[0], high[0], after, low[1], high[1])
        return change(ends[0]), change(ends[1])

    with np.errstate(divide="ignore", invalid="ignore"):
        found = change(np.where(before > 0, after / before, np.nan)) if compared else after - before
        ends = limit_columns(asked, limits)
    unbounded = ends[f"upper_{suffix(asked[0])}"].is_null().to_numpy() & ~np.isnan(found)
    columns = {
        "first_period": pl.Series([both[0]] * len(before)),
        "last_period": pl.Series([both[1]] * len(before)),
        "first_value": pl.Series(before).fill_nan(None),
        "last_value": pl.Series(after).fill_nan(None),
        "value": pl.Series(found).fill_nan(None),
        **ends,
        "method": pl.repeat("MOVER, ratio" if compared else "MOVER, difference", len(before), eager=True),
        "reason": reasons(
            len(before),
            (np.isnan(before), "no value in the first period"),
            (np.isnan(after), "no value in the last period"),
            (np.isnan(found), "the first value is 0"),
            (unbounded, "a limit is missing, or the first value could be 0"),
        ),
    }
    return like(data, in_order(series, columns))


def _periods(column: pl.Series, first: str | float | None, last: str | float | None) -> tuple[object, object]:
    there = column.drop_nulls().unique().sort().to_list()
    words = [str(period) for period in there]
    if first is None and last is None:
        if len(there) != 2:
            raise ColumnError(
                f"A change is between two periods, but '{column.name}' holds {len(there)}: {', '.join(words[:20])}. "
                "Name them with `first` and `last`."
            )
        return there[0], there[1]
    found = []
    for name, asked in (("first", first), ("last", last)):
        if str(asked) not in words:
            raise ColumnError(f"`{name}` is {asked!r}, but '{column.name}' holds {', '.join(words[:20])}.")
        found.append(there[words.index(str(asked))])
    if found[0] == found[1]:
        raise ColumnError(f"`first` and `last` are both {first!r}: a change is between two periods.")
    return found[0], found[1]


def _sides(
    frame: pl.DataFrame, keys: list[str], period: str, both: tuple[object, object]
) -> tuple[pl.DataFrame, np.ndarray]:
    """The series, and the rows of the first and last period of each; -1 where there is none."""
    rows = frame.select(*keys, side_=pl.col(period).is_in([both[1]]).cast(pl.Int8), period_=pl.col(period))
    rows = rows.with_row_index("row_").filter(pl.col("period_").is_in(list(both)))
    repeated = rows.select([*keys, "side_"]).is_duplicated()
    if repeated.any():
        row = int(rows["row_"].gather(repeated.arg_true())[0]) + 1
        raise ColumnError(
            "a series has more than one row of a period (name what tells them apart in `by`)",
            rows=int(repeated.sum()),
            row=row,
        )
    sides = rows.group_by([pl.lit(0).alias("all_"), *keys], maintain_order=True).agg(
        pl.col("row_").filter(pl.col("side_") == side).first().alias(f"side_{side}") for side in (0, 1)
    )
    table = sides.select(pl.col("side_0", "side_1").cast(pl.Int64).fill_null(-1)).to_numpy()
    return sides.select(keys), table


def _refuse_outside(frame: pl.DataFrame, value: str, pair: tuple[str, str]) -> None:
    v, low, high = (numbers(frame, name).astype(float) for name in (value, *pair))
    slack = 1e-9 * np.maximum(np.abs(v), 1)
    with np.errstate(invalid="ignore"):
        refuse_rows(
            (v < low - slack) | (v > high + slack), f"'{value}' lies outside its limits '{pair[0]}', '{pair[1]}'"
        )


def _years(both: tuple[object, object], years: float | None) -> float:
    if years is None:
        start, end = both
        if isinstance(start, dt.date) and isinstance(end, dt.date):
            years = (end - start).days / 365.25
        elif isinstance(start, int | float) and isinstance(end, int | float):
            years = float(end) - float(start)
        else:
            raise ColumnError(f"How many `years` are there from {start} to {end}? The annual change needs to know.")
    if not years > 0:
        raise ColumnError(f"The annual change needs a number of years above 0 from first to last; {years:g} is not.")
    return years


def _difference(v1, l1, u1, v2, l2, u2) -> Limits:  # type: ignore[no-untyped-def]
    change = v2 - v1
    return change - np.sqrt((v2 - l2) ** 2 + (u1 - v1) ** 2), change + np.sqrt((u2 - v2) ** 2 + (v1 - l1) ** 2)


def _ratio(v1, l1, u1, v2, l2, u2) -> Limits:  # type: ignore[no-untyped-def]
    """Limits of v2 / v1. Written so that nothing cancels: the quadratic's other root divides its constant."""
    product = v1 * v2
    l1, l2 = np.maximum(l1, 0), np.maximum(l2, 0)
    below, above = l2 * (2 * v2 - l2), u2 * (2 * v2 - u2)
    beneath, over = u1 * (2 * v1 - u1), l1 * (2 * v1 - l1)
    lower = below / (product + np.sqrt(np.maximum(product**2 - below * beneath, 0)))
    upper = (product + np.sqrt(np.maximum(product**2 - above * over, 0))) / over
    # Nobody in the last period: the least that it could be is nothing.
    lower = np.where(below == 0, 0.0, lower)
    return np.where(v1 > 0, lower, np.nan), np.where((v1 > 0) & (over > 0), upper, np.nan)
