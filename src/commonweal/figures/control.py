"""The control chart: values in time, their centre and the limits of natural variation."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from commonweal.figures.figure import Figure
from commonweal.figures.numbers import format_number
from commonweal.figures.palette import ACCENT, INK, MUTED
from commonweal.figures.scales import (
    FULL_WIDTH,
    NARROW,
    axis_format,
    needs,
    periods_labelled,
    specification,
    unit_suffix,
    values,
)

HEIGHT, NARROW_HEIGHT = 320, 240
IMPROVING, CONCERNING, NEITHER, COMMON = "#1f4e8c", "#b3530b", "#6a3d8f", "#5a6572"
MARKS = {
    "improving": (IMPROVING, "triangle-up"),
    "concerning": (CONCERNING, "diamond"),
    "neither": (NEITHER, "square"),
    "common cause": (COMMON, "circle"),
    "not assessed": (COMMON, "circle"),
}
"""Colour and shape of a point: blue and orange as Making Data Count has them, and a shape for each."""


def control_plot(
    frame: pl.DataFrame,
    *,
    title: str,
    unit: str,
    decimals: int,
    source: str,
    target_name: str = "",
) -> Figure:
    """A point for each period, marked by its variation, with centre, limits and target; each phase has its own lines.

    Args:
        frame: columns period, value, centre, lower, upper, target, phase and variation (its first word one of
            `MARKS`), in order.
        target_name: what the target is, as written at its line.

    Raises:
        FigureError: a column is absent or there is no row.
    """
    columns = ("period", "value", "centre", "lower", "upper", "target", "phase", "variation")
    needs(frame, columns, "The control chart")
    nature = pl.coalesce(
        *(pl.when(pl.col("variation").str.starts_with(name)).then(pl.lit(name)) for name in MARKS),
        pl.lit("common cause"),
    )
    rows = frame.select(*columns).with_columns(nature=nature)
    axis = axis_format(unit, decimals)
    return Figure(
        title,
        _description(rows, unit, decimals, target_name),
        "Centre line solid, limits of natural variation dashed; triangle improving, diamond concerning, square "
        f"a change not judged · {source}",
        _chart(rows, axis, target_name, FULL_WIDTH - 130, HEIGHT, 12),
        frame,
        "control",
        _chart(rows, axis, target_name, NARROW - 70, NARROW_HEIGHT, 4),
    )


def _chart(
    rows: pl.DataFrame, value_axis: dict[str, Any], target_name: str, width: int, height: int, labels: int
) -> dict[str, Any]:
    order = rows["period"].to_list()
    shown = periods_labelled(order, width, labels)
    x = alt.X(
        "period:O",
        sort=order,
        title=None,
        scale=alt.Scale(padding=0.3),
        axis=alt.Axis(values=shown, labelAngle=0, grid=False, labelOverlap=True),
    )
    scale = alt.Scale(zero=False, nice=True)

    def y(column: str) -> alt.Y:
        return alt.Y(f"{column}:Q", scale=scale, axis=alt.Axis(tickCount=5, **value_axis))

    base = alt.Chart(values(rows))
    layers: list[alt.Chart] = []
    # Limits of a phase end with it, so each phase is a line of its own.
    for column, dash, colour in (("centre", [1, 0], INK), ("lower", [5, 4], MUTED), ("upper", [5, 4], MUTED)):
        layers.append(
            base.mark_line(strokeDash=dash, color=colour, strokeWidth=1.4).encode(x=x, y=y(column), detail="phase:N")
        )
    if rows["target"].is_not_null().any():
        layers.append(base.mark_line(color=ACCENT, strokeWidth=1.6, strokeDash=[2, 2]).encode(x=x, y=y("target")))
        named = alt.Chart(values(rows.tail(1).with_columns(text=pl.lit(target_name or "target"))))
        layers.append(
            named.mark_text(
                align="right", baseline="bottom", dy=-3, fontSize=11, fontWeight="bold", color=ACCENT
            ).encode(x=alt.value(width), y=y("target"), text="text:N")
        )
    layers.append(base.mark_line(color=MUTED, strokeWidth=1.6).encode(x=x, y=y("value")))
    marks = list(MARKS)
    layers.append(
        base.mark_point(filled=True, opacity=1, size=95).encode(
            x=x,
            y=y("value"),
            color=alt.Color("nature:N", scale=alt.Scale(domain=marks, range=[MARKS[m][0] for m in marks]), legend=None),
            shape=alt.Shape("nature:N", scale=alt.Scale(domain=marks, range=[MARKS[m][1] for m in marks]), legend=None),
        )
    )
    return specification(alt.layer(*layers).properties(width=width, height=height))


def _description(rows: pl.DataFrame, unit: str, decimals: int, target_name: str) -> str:
    suffix = unit_suffix(unit)

    def printed(value: float | None) -> str:
        return f"{format_number(value, decimals)}{suffix}"

    last = rows.filter(pl.col("value").is_not_null()).row(-1, named=True)
    told = f"{rows.height} periods to {last['period']}: {printed(last['value'])}, centre {printed(last['centre'])}"
    if last["lower"] is not None:
        told += f", limits {printed(last['lower'])} to {printed(last['upper'])}"
    if last["target"] is not None:
        told += f", {target_name or 'target'} {printed(last['target'])}"
    special = rows.filter(~pl.col("nature").is_in(["common cause", "not assessed"]))
    marked = "; ".join(f"{period}: {nature}" for period, nature in special.select("period", "nature").iter_rows())
    return f"{told}. " + (f"Special causes: {marked}." if marked else "No special cause.")
