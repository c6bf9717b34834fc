"""Run charts with the Anhøj rules, of many series at once. See docs/methods/run-charts.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic

import numpy as np
import polars as pl
from narwhals.typing import IntoDataFrameT
from numpy.typing import NDArray

from commonweal.errors import CommonwealError
from commonweal.stats.columns import number, rows_of
from commonweal.stats.control_limits import median
from commonweal.stats.frames import ColumnError, as_polars, like
from commonweal.stats.ordered_series import RebaseAt, ordered
from commonweal.stats.results import grouping
from commonweal.stats.special_causes import stretch

FEWEST_USEFUL = 10
"""The rules have been studied from 10 useful points on (Anhøj 2014)."""
NO_SIGNAL = "no signal"
RESERVED = ("value", "phase", "in_baseline", "centre", "side", "run_length", "in_long_run")
OF_PHASES = (
    "points",
    "useful",
    "longest_run",
    "longest_run_limit",
    "crossings",
    "crossings_limit",
    "signal",
    "note",
)


@dataclass(frozen=True, repr=False)
class RunChart(Generic[IntoDataFrameT]):
    """What `run_chart` found. It prints as a few lines of words.

    Attributes:
        points: one row a point, in order: the `by` columns, the order, `value`, `phase` (from 1), `in_baseline`,
            `centre`, `side` ("above", "below", "on" the centre), `run_length` (of the run that the point belongs to; 0
            on the centre), `in_long_run`.
        summary: one row a phase of a series: the `by` columns, `phase`, `points`, `useful` (not on the centre),
            `centre`, `longest_run` and `longest_run_limit` (more is a signal), `crossings` and `crossings_limit` (fewer
            is a signal), `signal`, `note`.
    """

    points: IntoDataFrameT
    summary: IntoDataFrameT
    value: str
    order: str
    by: tuple[str, ...]

    def __repr__(self) -> str:
        rows = rows_of(self.summary)
        shown = [self._words(row) for row in rows[:10]]
        left = len(rows) - len(shown)
        return "\n\n".join(shown) + (f"\n\n... and {left:,} more phases: see .summary" if left else "")

    def _words(self, row: dict) -> str:
        series = "".join(f", {row[name]}" for name in self.by)
        text = f"Run chart of {self.value}{series}, phase {row['phase']}: {row['points']} points"
        if row["centre"] is not None:
            text += f" around a median of {row['centre']:.4g}, {row['useful']} of them useful"
        if row["longest_run"] is not None:
            text += (
                f"\n  longest run {row['longest_run']} (limit {row['longest_run_limit']}), "
                f"crossings {row['crossings']} (limit {row['crossings_limit']}): {row['signal']}"
            )
        return text + (f"\n  {row['note']}" if row["note"] else "")


def run_chart(
    data: IntoDataFrameT,
    *,
    value: str,
    order: str,
    by: str | Sequence[str] | None = None,
    baseline: int | None = None,
    rebase_at: RebaseAt = None,
) -> RunChart[IntoDataFrameT]:
    """The median of each series, and whether its points shift about it more or less than by chance.

    Points on the median neither break a run nor count in one; nor do rows without a value. A phase signals where its
    longest run is above round(log2 n) + 3, or its median is crossed fewer times than the 5% point of a binomial of
    n - 1 trials and probability one half, n being the useful points.

    Args:
        value: column of values.
        order: column of dates, numbers, or text that sorts in time; it need not be sorted.
        by: columns that tell series apart.
        baseline: how many first points of each phase the median comes from; all of them without it.
        rebase_at: where the user has a new phase begin: values of `order`, or a column that is true at these points.

    Raises:
        ColumnError: a column is absent, not of numbers, or named as a column of the result; the order is missing or
            occurs twice in a series.
        CommonwealError: the baseline is below 1.

    Source: Anhøj J, Olesen AV (2014), PLoS ONE 9(11): e113825; Anhøj J (2015), PLoS ONE 10(3): e0121349.
    """
    if baseline is not None and not (isinstance(baseline, int | np.integer) and baseline >= 1):
        raise CommonwealError(f"`baseline` is the number of first points that the median comes from, not {baseline}.")
    keys = grouping(by)
    if order in keys:
        raise ColumnError(f"The column '{order}' cannot be both the order and what tells series apart.")
    frame = as_polars(data, [*keys, order, value])
    taken = sorted({*keys, order} & {*RESERVED, *OF_PHASES})
    if taken:
        raise ColumnError(f"The column '{taken[0]}' has a name that the result needs. Rename it first.")
    marks = [rebase_at] if isinstance(rebase_at, str) and rebase_at in frame.columns else []
    rows = frame.select(*dict.fromkeys([*keys, order, *marks]), number(frame, value, "value_"))
    series = ordered(rows, keys, order, rebase_at)
    values = series.frame["value_"].to_numpy()
    known = ~np.isnan(values)
    in_baseline = series.first_points(baseline, known)
    centre = median(values, series.segment, in_baseline)
    side = np.nan_to_num(np.sign(values - centre)).astype(np.int64)
    run_length, phases = _runs(side, series.segment)
    in_long_run = run_length > phases["longest_run_limit"].fill_null(len(side)).to_numpy()[series.segment]
    words = np.array(["below", "on", "above"], dtype=object)[side + 1]
    words[np.isnan(values - centre)] = None
    points = series.frame.select(
        *keys,
        order,
        value="value_",
        phase=pl.Series(series.phase),
        in_baseline=pl.Series(in_baseline),
        centre=pl.Series(centre),
        side=pl.Series(words.tolist(), dtype=pl.String),
        run_length=pl.Series(run_length),
        in_long_run=pl.Series(in_long_run),
    ).with_columns(pl.selectors.float().fill_nan(None))
    count = pl.Series("points", np.bincount(series.segment, known).astype(np.int64))
    of_phase = points.select(*keys, "phase", "centre").filter(pl.Series(series.begins)).hstack([count, *phases])
    summary = of_phase.select(
        *keys, "phase", "points", "useful", "centre", *OF_PHASES[2:6], signal=_signal(), note=_note()
    )
    return RunChart(like(data, points), like(data, summary), value, order, tuple(keys))


def _runs(side: NDArray[np.int64], segment: NDArray[np.int64]) -> tuple[NDArray[np.int64], pl.DataFrame]:
    """The length of the run of each point, and one row a phase: what the rules compare."""
    useful = side != 0
    sides, of = side[useful], segment[useful]
    begins = np.diff(of, prepend=-1) != 0
    lengths = stretch(sides, begins)
    run_length = np.zeros(len(side), dtype=np.int64)
    run_length[useful] = lengths
    phases = int(segment[-1]) + 1
    number = np.bincount(of, minlength=phases)
    longest = np.zeros(phases, dtype=np.int64)
    np.maximum.at(longest, of, lengths)
    crossings = np.bincount(of[(np.diff(sides, prepend=0) != 0) & ~begins], minlength=phases)
    unique, place = np.unique(np.maximum(number, 1), return_inverse=True)
    longest_limit = (np.round(np.log2(unique)) + 3).astype(np.int64)[place]
    # With one point there is no trial, and so no crossing to be expected.
    # scipy.stats takes a second to import, which everything else here would pay.
    from scipy.stats import binom

    fewest = np.where(unique > 1, binom.ppf(0.05, np.maximum(unique - 1, 1), 0.5), 0).astype(np.int64)[place]
    columns = {
        "longest_run": longest,
        "longest_run_limit": longest_limit,
        "crossings": crossings,
        "crossings_limit": fewest,
    }
    some = pl.col("useful") > 0
    return run_length, pl.DataFrame({"useful": number, **columns}).with_columns(pl.when(some).then(pl.col(columns)))


def _signal() -> pl.Expr:
    long = pl.col("longest_run") > pl.col("longest_run_limit")
    few = pl.col("crossings") < pl.col("crossings_limit")
    return (
        pl.when(pl.col("useful") == 0)
        .then(pl.lit("not assessed"))
        .when(long & few)
        .then(pl.lit("unusually long run and unusually few crossings"))
        .when(long)
        .then(pl.lit("unusually long run"))
        .when(few)
        .then(pl.lit("unusually few crossings"))
        .otherwise(pl.lit(NO_SIGNAL))
    )


def _note() -> pl.Expr:
    return (
        pl.when(pl.col("points") == 0)
        .then(pl.lit("no point has a value"))
        .when(pl.col("useful") < FEWEST_USEFUL)
        .then(pl.lit("fewer than 10 useful points: the rules are not yet dependable"))
        .otherwise(pl.lit(""))
    )
