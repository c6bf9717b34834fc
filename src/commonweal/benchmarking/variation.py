"""The control chart of one area on one indicator: natural variation, or a change with a cause?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from commonweal import stats
from commonweal.benchmarking.collaborative import CollaborativeBenchmark
from commonweal.errors import CommonwealError

CHARTS = {
    "xmr": "Values as they are (XmR)",
    "p_prime": "Proportions, by their size (p′)",
    "u_prime": "Rates, by their size (u′)",
}
SIZED = {"proportion": "p_prime", "crude rate": "u_prime"}
FEWEST_PERIODS = 4
ENOUGH_PERIODS = 12
"""Limits from fewer are on trial, as Making Data Count has it."""


class NoControlChart(CommonwealError):
    """No control chart can be drawn; the message says why."""


@dataclass(frozen=True)
class Variation:
    """`points`: one row a period, as of `stats.control_chart`, with `period`. `last`: its summary of the newest."""

    points: pl.DataFrame
    last: dict[str, Any]
    chart: str

    @property
    def are_limits_on_trial(self) -> bool:
        """The newest phase has fewer points than limits should be made from."""
        newest = self.points.filter(pl.col("phase") == pl.col("phase").max())
        return newest.filter(pl.col("in_baseline") & pl.col("value").is_not_null()).height < ENOUGH_PERIODS


def charts_of(benchmark: CollaborativeBenchmark, indicator: str) -> dict[str, str]:
    """The kinds of control chart an indicator can have: values, and where they are known by count their own kind."""
    own = SIZED.get(benchmark.indicators[indicator].value_type)
    return {name: label for name, label in CHARTS.items() if name in ("xmr", own)}


def variation(
    benchmark: CollaborativeBenchmark,
    indicator: str,
    area: str,
    *,
    sex: str | None = None,
    age: str | None = None,
    chart: str = "xmr",
    rebase_at: Sequence[str] = (),
    baseline: int | None = None,
    target: float | None = None,
) -> Variation:
    """The control chart of an area on an indicator over the periods that are as long as its newest.

    Args:
        chart: one of `charts_of`.
        rebase_at: labels of the periods from which a user says that limits begin anew.
        baseline: how many first points of each phase its limits come from; all of them when None.
        target: in the unit of the value.

    Raises:
        NoControlChart: there are too few periods, they overlap, or what the chart needs is not held.
    """
    about = benchmark.indicators[indicator]
    series = benchmark.series(indicator, sex=sex, age=age, areas=[area])
    rows = _alike(series.filter(pl.col("area_code") == area).sort("period_end"))
    known = rows.filter(pl.col("value").is_not_null()).height
    if known < FEWEST_PERIODS:
        raise NoControlChart(
            f"A control chart needs at least {FEWEST_PERIODS} periods with a value (12 or more are better), and "
            f"{known or 'none'} {'is' if known == 1 else 'are'} held."
        )
    if (rows["period_start"].shift(-1) <= rows["period_end"]).any():
        raise NoControlChart(
            "The periods overlap: each shares years with the next, so that neighbouring values are alike whatever "
            "happens, and limits made from them would be too narrow. No control chart is drawn."
        )
    direction = about.polarity if about.polarity in ("high is good", "low is good") else "no judgement"
    columns: dict[str, Any] = {"value": "value"}
    if chart != "xmr":
        rows = rows.with_columns(
            pl.when(pl.col("value").is_not_null() & (pl.col("denominator") > 0)).then(pl.col("count", "denominator"))
        )
        if rows["count"].drop_nulls().len() < FEWEST_PERIODS:
            raise NoControlChart("This kind of chart is made from counts and denominators, and too few are held.")
        columns = {"value": "count", "denominator": "denominator", "per": about.per}
    made = stats.control_chart(
        rows.select("period_end", *{name for name in columns.values() if isinstance(name, str)}),
        order="period_end",
        kind=chart,
        target=target,
        direction=direction,
        baseline=baseline,
        rebase_at=rows.filter(pl.col("period").is_in(list(rebase_at)))["period_end"].to_list() or None,
        **columns,
    )
    points = made.points.join(rows.select("period_end", "period"), on="period_end", maintain_order="left", how="left")
    return Variation(points, made.summary.row(0, named=True), chart)


def _alike(rows: pl.DataFrame) -> pl.DataFrame:
    """The periods as long as the newest: years are not mixed with quarters."""
    if rows.is_empty():
        return rows
    months = ((pl.col("period_end") - pl.col("period_start")).dt.total_days() / 30.44).round()
    return rows.filter(months == months.last())
