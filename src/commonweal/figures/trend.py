"""Trend lines of areas and their benchmark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt
import polars as pl

from commonweal.figures.figure import Figure
from commonweal.figures.numbers import format_number
from commonweal.figures.palette import ACCENT, INK, MUTED, QUIET
from commonweal.figures.scales import FULL_WIDTH, NARROW, axis_format, needs, specification, unit_suffix, values

LABEL_GAP = 14


@dataclass(frozen=True)
class _Size:
    """Of the plot, without labels; `labels` periods on its axis, `names` lines named beside the two that matter."""

    width: int
    height: int
    labels: int
    names: int


FULL = _Size(FULL_WIDTH - 170, 340, 11, 9)
TELEPHONE = _Size(NARROW - 110, 230, 4, 2)
CARD = _Size(190, 150, 3, 2)


def trend_lines(
    frame: pl.DataFrame,
    *,
    title: str,
    unit: str,
    decimals: int,
    benchmark_name: str,
    highlighted: str | None,
    source: str,
    breaks: Sequence[tuple[str, str]] = (),
    compact: bool = False,
) -> Figure:
    """A line for each area: the highlighted one thick with its interval, the benchmark dashed, the others thin.

    Lines break where a value is missing; series are named at their end.

    Args:
        frame: columns area, period, period_end, value, lower, upper; the benchmark is one of the areas.
        breaks: dates from which values are not comparable with those before, and why.
        compact: small, for a card beside another chart: only the highlighted area and the benchmark are named.

    Raises:
        FigureError: a column is absent or there is no row.
    """
    needs(frame, ("area", "period", "period_end", "value", "lower", "upper"), "The trend chart")
    rows = frame.sort("area", "period_end").with_columns(pl.col("period_end").cast(pl.String))
    periods = frame.sort("period_end").unique("period_end", keep="first", maintain_order=True)
    order = periods["period"].to_list()
    axis = axis_format(unit, decimals)
    notes = "".join(f" · Series break {date}: {reason}" for date, reason in breaks)
    return Figure(
        title,
        _description(rows, unit, decimals, benchmark_name, highlighted, order),
        f"Line with 95% confidence interval; {benchmark_name} dashed · {source}{notes}",
        _chart(rows, periods, axis, benchmark_name, highlighted, breaks, CARD if compact else FULL),
        frame,
        "trend",
        None if compact else _chart(rows, periods, axis, benchmark_name, highlighted, breaks, TELEPHONE),
    )


def _chart(
    rows: pl.DataFrame,
    periods: pl.DataFrame,
    value_axis: dict[str, Any],
    benchmark_name: str,
    highlighted: str | None,
    breaks: Sequence[tuple[str, str]],
    size: _Size,
) -> dict[str, Any]:
    order = periods["period"].to_list()
    every = max(1, -(-len(order) // size.labels))
    shown = [label for number, label in enumerate(reversed(order)) if number % every == 0]
    # A series with a gap must not be joined over it, so every area has every period.
    grid = rows.select("area").unique().join(periods.select("period"), how="cross")
    full = grid.join(rows.drop("period_end"), on=["area", "period"], how="left")
    x = alt.X(
        "period:O",
        sort=order,
        title=None,
        scale=alt.Scale(padding=0.2),
        axis=alt.Axis(values=shown, labelAngle=0, grid=False, labelOverlap=True),
    )
    axis = alt.Axis(tickCount=5, **value_axis)
    y = alt.Y("value:Q", scale=alt.Scale(zero=False, nice=True), axis=axis)
    own, national = pl.col("area") == (highlighted or ""), pl.col("area") == benchmark_name
    others = full.filter(~own & ~national)
    layers: list[alt.Chart] = []
    if others.filter(pl.col("value").is_not_null()).height:
        layers.append(
            alt.Chart(values(others)).mark_line(strokeWidth=1.2, color=QUIET).encode(x=x, y=y, detail="area:N")
        )
    mine = full.filter(own)
    if mine["lower"].is_not_null().any():
        layers.append(
            alt.Chart(values(mine.filter(pl.col("lower").is_not_null())))
            .mark_area(opacity=0.16, color=ACCENT)
            .encode(x=x, y=alt.Y("lower:Q", scale=alt.Scale(zero=False, nice=True)), y2="upper:Q")
        )
    layers.append(
        alt.Chart(values(full.filter(national)))
        .mark_line(strokeDash=[5, 4], strokeWidth=1.8, color=INK)
        .encode(x=x, y=y)
    )
    layers.append(
        alt.Chart(values(mine))
        .mark_line(strokeWidth=3, color=ACCENT, point=alt.OverlayMarkDef(filled=True, size=36, color=ACCENT))
        .encode(x=x, y=y)
    )
    for date, _reason in breaks:
        after = periods.filter(pl.col("period_end").cast(pl.String) >= date)["period"].to_list()
        if after:
            layers.append(
                alt.Chart(values(pl.DataFrame({"period": after[:1]})))
                .mark_rule(strokeDash=[2, 2], color=MUTED)
                .encode(x=x)
            )
    layers += _end_labels(rows, benchmark_name, highlighted, size)
    return specification(alt.layer(*layers).properties(width=size.width, height=size.height))


def _end_labels(rows: pl.DataFrame, benchmark_name: str, highlighted: str | None, size: _Size) -> list[alt.Chart]:
    """Names at the end of their lines, moved apart where they would touch."""
    ends = rows.filter(pl.col("value").is_not_null()).group_by("area", maintain_order=True).last()
    spread = rows["value"].max(), rows["value"].min()
    if ends.is_empty() or spread[0] is None or spread[1] is None:
        return []
    gap = (float(spread[0]) - float(spread[1])) * LABEL_GAP / size.height  # type: ignore[arg-type]
    important = [name for name in (highlighted, benchmark_name) if name]
    ends = ends.with_columns(first=pl.col("area").is_in(important)).sort("value", descending=True)
    if ends.height > size.names + 1:
        ends = ends.filter("first")
    ends = ends.with_columns(at=pl.Series(apart(ends["value"].to_list(), gap)))
    layers = []
    for name, part in ends.partition_by("area", as_dict=True).items():
        colour: str = MUTED
        weight: Literal["normal", "bold"] = "normal"
        if name[0] == highlighted:
            colour, weight = ACCENT, "bold"
        elif name[0] == benchmark_name:
            colour, weight = INK, "bold"
        layers.append(
            alt.Chart(values(part.select("area", "at")))
            .mark_text(align="left", dx=0, fontSize=11, color=colour, fontWeight=weight)
            .encode(x=alt.value(size.width + 4), y=alt.Y("at:Q"), text="area:N")
        )
    return layers


def apart(places: Sequence[float], gap: float) -> list[float]:
    """The nearest places, in least squares, that are at least `gap` apart; from the greatest to the least.

    Pooling adjacent violators: names that would touch spread about their own middle, the others stay where they are.
    """
    pools: list[tuple[float, int]] = []
    for number, place in enumerate(places):
        mean, size = place + number * gap, 1
        while pools and pools[-1][0] < mean:
            before, count = pools.pop()
            mean, size = (before * count + mean * size) / (count + size), count + size
        pools.append((mean, size))
    spread = [mean for mean, size in pools for _ in range(size)]
    return [place - number * gap for number, place in enumerate(spread)]


def _description(
    rows: pl.DataFrame, unit: str, decimals: int, benchmark_name: str, highlighted: str | None, order: list[str]
) -> str:
    suffix = unit_suffix(unit)
    told = []
    for name in (highlighted, benchmark_name):
        own = rows.filter((pl.col("area") == (name or "")) & pl.col("value").is_not_null())
        if own.height:
            first, last = own.row(0, named=True), own.row(-1, named=True)
            told.append(
                f"{name} went from {format_number(first['value'], decimals)}{suffix} in {first['period']} to "
                f"{format_number(last['value'], decimals)}{suffix} in {last['period']}"
            )
    lines = rows["area"].n_unique()
    return f"{lines} lines over {len(order)} periods. " + "; ".join(told) + ("." if told else "")
