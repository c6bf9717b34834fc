"""Control charts (statistical process control) of many series at once. See docs/methods/control-charts.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic

import numpy as np
import polars as pl
from narwhals.typing import IntoDataFrameT
from numpy.typing import NDArray

from commonweal.errors import CommonwealError
from commonweal.stats.columns import ROUNDING, number, rows_of
from commonweal.stats.comparison import POLARITIES
from commonweal.stats.control_limits import MOVING_RANGE, lines
from commonweal.stats.frames import ColumnError, as_polars, like
from commonweal.stats.ordered_series import OrderedSeries, RebaseAt, ordered
from commonweal.stats.results import grouping, refuse
from commonweal.stats.special_causes import SpecialCauses, special_causes

KINDS = {
    "xmr": "XmR chart",
    "p": "p chart",
    "p_prime": "p′ chart",
    "u": "u chart",
    "u_prime": "u′ chart",
    "c": "c chart",
    "t": "t chart",
    "g": "g chart",
}
WITH_DENOMINATOR = ("p", "p_prime", "u", "u_prime")
RULE_LENGTHS = (6, 7, 8)
TRIAL_BELOW = 12
"""Limits from fewer points than this are on trial (NHSRplotthedots; Making Data Count asks for 12 or more)."""
COMMON_CAUSE = "common cause"
NOT_ASSESSED = "not assessed"
CAUSES = {
    ("outside", 1): "above the upper limit",
    ("outside", -1): "below the lower limit",
    ("trend", 1): "rising trend",
    ("trend", -1): "falling trend",
    ("two_of_three", 1): "two of three near the upper limit",
    ("two_of_three", -1): "two of three near the lower limit",
    ("run", 1): "run above the centre line",
    ("run", -1): "run below the centre line",
}
RESERVED = (
    "count",
    "denominator",
    "value",
    "phase",
    "in_baseline",
    "centre",
    "lower",
    "upper",
    "near_lower",
    "near_upper",
    "moving_range",
    "moving_range_upper",
    "target",
    "special_cause",
    "variation",
    "points",
    "phases",
    "assurance",
    "special_causes",
    "note",
)
FLAGS = {"outside": "outside_limits", "trend": "trend", "two_of_three": "two_of_three", "run": "run"}
NATURES = {"improving": "improving", "concerning": "concerning", "neither": "neither improving nor concerning"}
ASSURANCE = {
    "pass": "the target will be met consistently",
    "fail": "the target will be missed consistently",
    "hit and miss": "the target will be met and missed by chance",
}


@dataclass(frozen=True, repr=False)
class ControlChart(Generic[IntoDataFrameT]):
    """What `control_chart` found. It prints as a few lines of words.

    Attributes:
        points: one row a point, in order: the `by` columns, the order, `count` and `denominator` (p and u charts),
            `value`, `phase` (from 1), `in_baseline`, `centre`, `lower`, `upper`, `near_lower`, `near_upper` (two thirds
            of the way), `moving_range` and `moving_range_upper` (XmR), `target`; whether each rule flags it
            (`outside_limits`, `trend`, `two_of_three`, `run`); `special_cause`, the first of these in words, or "common
            cause"; `variation` as below.
        summary: one row a series: the `by` columns, `points`, `phases`, then of the last point that has a value: the
            order, `value`, `centre`, `lower`, `upper`, `target`, `special_cause`, `variation` ("common cause";
            "improving", "concerning" or "neither", followed by "high" or "low"; "not assessed" without limits) and
            `assurance` ("pass", "fail", "hit and miss", or why there is none: "no target", "no direction", "no
            limits"); `special_causes`, how many points are flagged; and `note`.
    """

    points: IntoDataFrameT
    summary: IntoDataFrameT
    kind: str
    value: str
    order: str
    by: tuple[str, ...]

    def __repr__(self) -> str:
        rows = rows_of(self.summary)
        shown = [self._words(row) for row in rows[:10]]
        left = len(rows) - len(shown)
        return "\n\n".join(shown) + (f"\n\n... and {left:,} more series: see .summary" if left else "")

    def _words(self, row: dict) -> str:
        series = ", ".join(str(row[name]) for name in self.by)
        phases = f" in {row['phases']} phases" if row["phases"] > 1 else ""
        head = f"{KINDS[self.kind]} of {self.value}{': ' if series else ''}{series}, {row['points']} points{phases}"
        if row["value"] is None:
            return f"{head}\n  {row['note']}"
        limits = "no limits" if row["lower"] is None else f"limits {row['lower']:.4g} to {row['upper']:.4g}"
        variation = row["variation"]
        nature, _, height = variation.partition(" ")
        if nature in NATURES:
            height = {"high": "higher", "low": "lower"}[height]
            variation = f"special cause, {NATURES[nature]}, {height} values: {row['special_cause']}"
        target = "" if row["target"] is None else f" (target {row['target']:.4g})"
        text = [
            head,
            f"  last point  {row[self.order]}: {row['value']:.4g} (centre {row['centre']:.4g}, {limits})",
            f"  variation   {variation}",
            f"  assurance   {ASSURANCE.get(row['assurance'], row['assurance'])}{target}",
        ]
        return "\n".join([*text, *([f"  note        {row['note']}"] if row["note"] else [])])


def control_chart(
    data: IntoDataFrameT,
    *,
    value: str,
    order: str,
    by: str | Sequence[str] | None = None,
    kind: str = "xmr",
    denominator: str | None = None,
    target: str | float | None = None,
    direction: str | None = None,
    baseline: int | None = None,
    rebase_at: RebaseAt = None,
    rule_length: int = 7,
    screen_outliers: bool = False,
    per: float = 1,
) -> ControlChart[IntoDataFrameT]:
    """Limits of natural variation of each series, and the points and patterns that are special causes.

    Args:
        value: column of values (xmr); of counts (p, u: out of `denominator`; c); of times between rare events, above 0
            (t); of cases, or days, between rare events (g). A row without a value stays, and no range, run or trend
            goes across it.
        order: column of dates, numbers, or text that sorts in time; it need not be sorted.
        by: columns that tell series apart.
        kind: xmr; p or u, with varying limits, or p_prime or u_prime, with Laney's correction where denominators are
            large; c; t; g.
        denominator: column, for p and u charts.
        target: a number or a column, in the unit that is drawn; that of the last point is judged.
        direction: "high is good", "low is good" or "no judgement", or a column of them.
        baseline: how many first points of each phase its limits come from; all of them without it.
        rebase_at: where the user has found that the process changed and limits begin anew: values of `order`, or a
            column that is true at these points. Nothing is ever rebased without it.
        rule_length: how many points make a run or a trend: 6, 7 or 8.
        screen_outliers: leave moving ranges above 3.267 times their mean out of the mean (Nelson), as NHSRplotthedots
            does and NHS England's workbook does not.
        per: multiplier of the proportions and rates of p and u charts, such as 100.

    Raises:
        ColumnError: a column is absent, of the wrong kind or named as a column of the result; the order is missing or
            occurs twice in a series; a count is negative or above its denominator; a denominator or a time is not above
            0; a target or direction is unknown.
        CommonwealError: an argument is not one of those named.

    Source: Shewhart WA (1931); Wheeler DJ, Understanding Variation (2000); Montgomery DC, Statistical Quality Control
    (p, u, c); Nelson LS (1982, 1994), Journal of Quality Technology 14 and 26 (screening, t); Kaminsky FC et al (1992),
    Journal of Quality Technology 24 (g); Laney DB (2002), Quality Engineering 14 (p_prime, u_prime); NHS England,
    Making Data Count (rules, variation, assurance).
    """
    _check_arguments(kind, denominator, baseline, rule_length, per)
    keys = grouping(by)
    frame = _read(data, keys, value, order, kind, denominator, target, direction, rebase_at)
    series = ordered(frame, keys, order, rebase_at)
    count, people = (series.frame[name].to_numpy() for name in ("count_", "people_"))
    drawn = count / people if kind in WITH_DENOMINATOR else count
    known = ~np.isnan(drawn)
    in_baseline = series.first_points(baseline, known)
    found = lines(kind, drawn, people, series.segment, series.begins, in_baseline, screen_outliers)
    causes = special_causes(
        drawn,
        found.centre,
        found.lower,
        found.upper,
        found.near_lower,
        found.near_upper,
        series.begins,
        rule_length,
    )
    assessed = ~np.isnan(found.lower)
    height, cause = _named(causes, known, assessed)
    good = _good(series.frame["direction_"])
    nature = np.select([good == 0, height == good], ["neither", "improving"], "concerning")
    variation = np.char.add(np.char.add(nature, " "), np.where(height > 0, "high", "low")).astype(object)
    variation[height == 0] = COMMON_CAUSE
    variation[~assessed] = NOT_ASSESSED
    variation[~known] = None
    ours = {
        "value": drawn * per,
        "phase": series.phase,
        "in_baseline": in_baseline,
        "centre": found.centre * per,
        "lower": found.lower * per,
        "upper": found.upper * per,
        "near_lower": found.near_lower * per,
        "near_upper": found.near_upper * per,
        "moving_range": found.moving_range * per,
        "moving_range_upper": found.moving_range_mean * MOVING_RANGE * per,
    }
    if kind != "xmr":
        del ours["moving_range"], ours["moving_range_upper"]
    counts = {"count_": "count", "people_": "denominator"} if kind in WITH_DENOMINATOR else {}
    points = series.frame.select(
        *keys,
        order,
        *(pl.col(read).alias(name) for read, name in counts.items()),
        *(pl.Series(name, column) for name, column in ours.items()),
        pl.col("target_").alias("target"),
        *(pl.Series(FLAGS[rule], flag != 0) for rule, flag in causes.in_order),
        pl.Series("special_cause", cause.tolist(), dtype=pl.String),
        pl.Series("variation", variation.tolist(), dtype=pl.String),
    ).with_columns(pl.selectors.float().fill_nan(None))
    summary = _summary(points, keys, order, series, good, kind)
    return ControlChart(like(data, points), like(data, summary), kind, value, order, tuple(keys))


def _check_arguments(kind: str, denominator: str | None, baseline: int | None, rule_length: int, per: float) -> None:
    if kind not in KINDS:
        raise CommonwealError(f"'{kind}' is not a kind of control chart. Choose one of: {', '.join(KINDS)}.")
    if (kind in WITH_DENOMINATOR) != (denominator is not None):
        needs = "needs" if kind in WITH_DENOMINATOR else "has no"
        raise CommonwealError(f"The {KINDS[kind]} {needs} `denominator`.")
    if baseline is not None and not (isinstance(baseline, int | np.integer) and baseline >= 2):
        raise CommonwealError(
            f"`baseline` is the number of first points that limits come from: 2 or more, not {baseline}."
        )
    if rule_length not in RULE_LENGTHS:
        raise CommonwealError(f"`rule_length` is 6, 7 or 8 points, not {rule_length}.")
    if not (per > 0 and np.isfinite(per)) or (per != 1 and kind not in WITH_DENOMINATOR):
        raise CommonwealError("`per` is a multiplier above 0, for p and u charts only.")


def _read(
    data: IntoDataFrameT,
    keys: list[str],
    value: str,
    order: str,
    kind: str,
    denominator: str | None,
    target: str | float | None,
    direction: str | None,
    rebase_at: RebaseAt,
) -> pl.DataFrame:
    """The columns needed, in the order of the table, checked."""
    if order in keys:
        raise ColumnError(f"The column '{order}' cannot be both the order and what tells series apart.")
    columns = [*keys, order, value, *([denominator] if denominator else [])]
    columns += [target] if isinstance(target, str) else []
    frame = as_polars(data, columns)
    if direction is not None and direction not in (*POLARITIES, *frame.columns):
        raise CommonwealError(f"`direction` '{direction}' is neither a column nor one of: {', '.join(POLARITIES)}.")
    if isinstance(target, float) and np.isinf(target):
        raise CommonwealError("The target is infinite.")
    taken = sorted({*keys, order} & {*RESERVED, *FLAGS.values()})
    if taken:
        raise ColumnError(f"The column '{taken[0]}' has a name that the result needs. Rename it first.")
    marks = [rebase_at] if isinstance(rebase_at, str) and rebase_at in frame.columns else []
    rows = frame.select(
        *dict.fromkeys([*keys, order, *marks]),
        number(frame, value, "count_"),
        number(frame, denominator, "people_") if denominator else pl.lit(None, dtype=pl.Float64).alias("people_"),
        number(frame, target, "target_")
        if isinstance(target, str)
        else pl.lit(target, dtype=pl.Float64).alias("target_"),
        (pl.lit(direction or "no judgement") if direction in (None, *POLARITIES) else pl.col(direction)).alias(
            "direction_"
        ),
    )
    if kind == "t":
        refuse(rows, pl.col("count_") <= 0, f"'{value}' {{count_}} is a time between events and not above 0")
    elif kind != "xmr":
        refuse(rows, pl.col("count_") < 0, f"'{value}' {{count_}} is below 0")
    refuse(rows, pl.col("people_") <= 0, f"'{denominator}' {{people_}} is not above 0")
    if kind in ("p", "p_prime"):
        refuse(rows, pl.col("count_") > ROUNDING * pl.col("people_"), "count {count_} is above denominator {people_}")
    refuse(
        rows,
        ~pl.col("direction_").is_in(POLARITIES).fill_null(False),
        f"direction '{{direction_}}' is none of: {', '.join(POLARITIES)}",
    )
    return rows


def _named(
    causes: SpecialCauses, known: NDArray[np.bool_], assessed: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """Whether the first rule that flags a point says high or low, and the rule in words."""
    height, cause = np.zeros(len(known), dtype=np.int64), np.full(len(known), COMMON_CAUSE, dtype=object)
    for rule, flag in reversed(causes.in_order):
        for sign in (1, -1):
            cause[flag == sign] = CAUSES[rule, sign]
        height[flag != 0] = flag[flag != 0]
    cause[~assessed] = NOT_ASSESSED
    cause[~known] = None
    height[~assessed] = 0
    return height, cause


def _good(direction: pl.Series) -> NDArray[np.int64]:
    """1 where high is good, -1 where low is, 0 where neither is."""
    written = direction.cast(pl.String)
    return (written == "high is good").cast(pl.Int64).to_numpy() - (written == "low is good").cast(pl.Int64).to_numpy()


def _summary(
    points: pl.DataFrame, keys: list[str], order: str, series: OrderedSeries, good: NDArray[np.int64], kind: str
) -> pl.DataFrame:
    """One row a series: its last point that has a value."""
    rows = points.with_columns(
        series_=pl.Series(series.series),
        good_=pl.Series(good),
        judged_=pl.Series(good != 0),
        row_=pl.int_range(pl.len()),
    )
    last = pl.col("value").is_not_null().arg_true().last()
    of_last = [order, "value", "centre", "lower", "upper", "target", "special_cause", "variation", "good_", "phase"]
    found = rows.group_by("series_", *keys, maintain_order=True).agg(
        pl.col("value").count().alias("points"),
        pl.col("phase").max().alias("phases"),
        *(pl.col(name).get(last, null_on_oob=True) for name in of_last),
        pl.col("special_cause").is_in(list(CAUSES.values())).sum().alias("special_causes"),
        pl.col("in_baseline")
        .filter(pl.col("phase") == pl.col("phase").get(last, null_on_oob=True))
        .sum()
        .alias("base_"),
    )
    assurance = (
        pl.when(pl.col("target").is_null())
        .then(pl.lit("no target"))
        .when(pl.col("good_") == 0)
        .then(pl.lit("no direction"))
        .when(pl.col("lower").is_null())
        .then(pl.lit("no limits"))
        .when(pl.col("target") > pl.col("upper"))
        .then(pl.when(pl.col("good_") > 0).then(pl.lit("fail")).otherwise(pl.lit("pass")))
        .when(pl.col("target") < pl.col("lower"))
        .then(pl.when(pl.col("good_") > 0).then(pl.lit("pass")).otherwise(pl.lit("fail")))
        .otherwise(pl.lit("hit and miss"))
    )
    note = (
        pl.when(pl.col("points") == 0)
        .then(pl.lit("no point has a value"))
        .when(pl.col("lower").is_null())
        .then(pl.lit("no limits: they need two points in succession that have a value"))
        .when(pl.col("base_") < TRIAL_BELOW)
        .then(pl.format("trial limits, from {} points: fewer than 12", pl.col("base_")))
        .otherwise(pl.lit(""))
    )
    return found.select(
        *keys,
        "points",
        "phases",
        *of_last[:-2],
        assurance=pl.when(pl.col("points") > 0).then(assurance).otherwise(pl.lit("no limits")),
        special_causes="special_causes",
        note=note,
    ).with_columns(pl.col("variation").fill_null(NOT_ASSESSED))
