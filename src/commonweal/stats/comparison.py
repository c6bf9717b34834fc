"""Comparison of values with a benchmark.

Source: OHID, Fingertips technical guidance, "Comparing values"; DHSC FingertipsNext for strict inequality. See
docs/methods/comparison.md.
"""

from __future__ import annotations

import polars as pl
from narwhals.typing import IntoDataFrameT

from commonweal.errors import CommonwealError
from commonweal.stats.frames import as_polars, like

METHODS = ("confidence interval 95", "confidence interval 99.8", "two levels", "goal")
POLARITIES = ("high is good", "low is good", "no judgement", "not applicable")
NOT_COMPARED = "not compared"


def compare(
    data: IntoDataFrameT,
    *,
    value: str,
    lower: str,
    upper: str,
    benchmark: str,
    polarity: str,
    method: str = "confidence interval 95",
    lower_wide: str | None = None,
    upper_wide: str | None = None,
    goal: tuple[float, float | None] | None = None,
) -> IntoDataFrameT:
    """Add the column `comparison`: where each value lies against its benchmark.

    An area whose interval lies wholly on one side of the benchmark value differs from it; the interval of the benchmark
    itself is left out of account, and an interval that ends exactly at the benchmark contains it.

    Args:
        value, lower, upper: columns of the value and its 95% limits.
        lower_wide, upper_wide: columns of its 99.8% limits, for the methods that use them.
        benchmark: column of the value compared with.
        polarity: one of `POLARITIES` for all rows, or a column of them.
        method: one of `METHODS`. "goal" compares with `goal` in place of the benchmark.
        goal: (goal, None), met when the interval does not lie on the wrong side and the value has reached it; or
            (lower, upper): below lower, between, or at and above upper.

    Returns:
        The table with `comparison`: better, similar, worse; best and worst beyond 99.8% ("two levels"); higher, lower,
        highest, lowest without judgement; met, similar, not met for a goal; "not compared" where the value, a limit or
        the benchmark is missing or nothing may be compared.

    Raises:
        CommonwealError: the method is unknown, lacks its columns, or a column is absent.
    """
    if method not in METHODS:
        raise CommonwealError(f"'{method}' is not a method of comparison. Choose one of: {', '.join(METHODS)}.")
    columns = [value, lower, upper, benchmark]
    wide_lower, wide_upper = lower_wide or "", upper_wide or ""
    wide = method in ("confidence interval 99.8", "two levels")
    if wide:
        if not (wide_lower and wide_upper):
            raise CommonwealError(f"The method '{method}' needs the columns of the 99.8% limits.")
        columns += [wide_lower, wide_upper]
    if polarity not in POLARITIES:
        columns.append(polarity)
    frame = as_polars(data, columns)
    judged_by = pl.lit(polarity) if polarity in POLARITIES else pl.col(polarity)
    if method == "goal":
        if goal is None:
            raise CommonwealError("The method 'goal' needs the goal.")
        word = _goal(pl.col(value), pl.col(lower), pl.col(upper), judged_by, goal)
    elif method == "two levels":
        narrow = _side(pl.col(value), pl.col(lower), pl.col(upper), pl.col(benchmark))
        outer = _side(pl.col(value), pl.col(wide_lower), pl.col(wide_upper), pl.col(benchmark))
        # Where 99.8% limits are missing the 95% ones still speak.
        word = _word(narrow + outer.fill_null(0), judged_by)
    else:
        limits = (wide_lower, wide_upper) if wide else (lower, upper)
        word = _word(_side(pl.col(value), pl.col(limits[0]), pl.col(limits[1]), pl.col(benchmark)), judged_by)
    return like(data, frame.with_columns(comparison=word))


def _side(value: pl.Expr, lower: pl.Expr, upper: pl.Expr, benchmark: pl.Expr) -> pl.Expr:
    """-1 below, 0 similar, 1 above; null where something is missing."""
    known = value.is_not_null() & lower.is_not_null() & upper.is_not_null() & benchmark.is_not_null()
    side = pl.when(upper < benchmark).then(-1).when(lower > benchmark).then(1).otherwise(0)
    return pl.when(known).then(side)


JUDGED = pl.Series(["worst", "worse", "similar", "better", "best"])
SIDES = pl.Series(["lowest", "lower", "similar", "higher", "highest"])


def _word(side: pl.Expr, polarity: pl.Expr) -> pl.Expr:
    judged = polarity.is_in(["high is good", "low is good"])
    good = pl.when(polarity == "low is good").then(-side).otherwise(side)
    of_judgement, of_side = (
        pl.lit(words).gather((place + 2).cast(pl.UInt32)) for place, words in ((good, JUDGED), (side, SIDES))
    )
    word = pl.when(judged).then(of_judgement).when(polarity == "no judgement").then(of_side)
    return word.fill_null(NOT_COMPARED)


def _goal(
    value: pl.Expr, lower: pl.Expr, upper: pl.Expr, polarity: pl.Expr, goal: tuple[float, float | None]
) -> pl.Expr:
    low, high = goal
    good_high = polarity == "high is good"
    if high is None:
        met = pl.when(good_high).then(value >= low).otherwise(value <= low)
        missed = pl.when(good_high).then(upper < low).otherwise(lower > low)
        word: pl.Expr = (
            pl.when(met)
            .then(pl.lit("met"))
            .when(missed.fill_null(~met))
            .then(pl.lit("not met"))
            .otherwise(pl.lit("similar"))
        )
    else:
        above, below = value >= high, value < low
        word = (
            pl.when(pl.when(good_high).then(above).otherwise(below))
            .then(pl.lit("met"))
            .when(pl.when(good_high).then(below).otherwise(above))
            .then(pl.lit("not met"))
            .otherwise(pl.lit("similar"))
        )
    known = value.is_not_null() & polarity.is_in(["high is good", "low is good"])
    return pl.when(known).then(word).otherwise(pl.lit(NOT_COMPARED))
