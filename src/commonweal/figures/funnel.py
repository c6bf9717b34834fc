"""The funnel plot: areas by size and value, and the limits of what chance alone does."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from commonweal.figures.figure import Figure
from commonweal.figures.numbers import format_number
from commonweal.figures.palette import INK, MUTED, QUIET
from commonweal.figures.scales import (
    FULL_WIDTH,
    NARROW,
    axis_format,
    colour,
    needs,
    shape,
    specification,
    unit_suffix,
    values,
)

HEIGHT, NARROW_HEIGHT = 420, 330
DASHES = {"95%": [4, 3], "99.8%": [1, 0]}


def funnel_plot(
    points: pl.DataFrame,
    limits: pl.DataFrame,
    *,
    baseline: float,
    baseline_name: str,
    title: str,
    unit: str,
    decimals: int,
    size_title: str,
    highlighted: str | None,
    source: str,
) -> Figure:
    """A point for each area, those of the collaborative coloured and named, the highlighted one large.

    Args:
        points: columns area, x (its size), y (its value), comparison, significance (in words), in_collaborative.
        limits: columns limit ("95%", "99.8%"), side ("lower", "upper"), x, y, in the order of each line.
        size_title: what x is, such as "People in the denominator".

    Raises:
        FigureError: a column is absent or there is no row.
    """
    needs(points, ("area", "x", "y", "comparison", "significance", "in_collaborative"), "The funnel")
    needs(limits, ("limit", "side", "x", "y"), "The funnel")
    shown = _within_reach(points, limits)
    drawn = (points, shown, baseline, baseline_name, axis_format(unit, decimals), size_title, highlighted)
    return Figure(
        title,
        _description(points, baseline, baseline_name, unit, decimals, highlighted),
        f"Solid line 99.8% limit, dashed 95%; middle line {baseline_name} · {source}",
        _chart(*drawn, FULL_WIDTH - 110, HEIGHT),
        points,
        "funnel",
        _chart(*drawn, NARROW - 70, NARROW_HEIGHT),
    )


def _within_reach(points: pl.DataFrame, limits: pl.DataFrame) -> pl.DataFrame:
    """The limits where there are areas: near no denominator they run to infinity and would flatten the rest."""
    least, most = points["x"].min(), points["x"].max()
    return limits.filter((pl.col("x") >= 0.8 * least) & (pl.col("x") <= 1.1 * most))  # type: ignore[operator]


def _chart(
    points: pl.DataFrame,
    limits: pl.DataFrame,
    baseline: float,
    baseline_name: str,
    value_axis: dict[str, Any],
    size_title: str,
    highlighted: str | None,
    width: int,
    height: int,
) -> dict[str, Any]:
    narrow = width < NARROW
    x = alt.X(
        "x:Q",
        title=size_title,
        scale=alt.Scale(zero=False, nice=True),
        axis=alt.Axis(format=",", tickCount=3 if narrow else 8),
    )
    y = alt.Y("y:Q", scale=alt.Scale(zero=False, nice=True), axis=alt.Axis(tickCount=6, **value_axis))
    layers: list[alt.Chart] = []
    for (limit, _side), part in limits.partition_by("limit", "side", as_dict=True, maintain_order=True).items():
        layers.append(
            alt.Chart(values(part.select("x", "y").with_row_index("n")))
            .mark_line(color=MUTED, strokeWidth=1.4, strokeDash=DASHES[str(limit)])
            .encode(x=x, y=y, order="n:Q")
        )
    middle = alt.Chart(values(pl.DataFrame({"y": [baseline]})))
    layers.append(middle.mark_rule(color=INK, strokeWidth=1.4).encode(y=y))
    others = points.filter(~pl.col("in_collaborative"))
    if others.height:
        layers.append(
            alt.Chart(values(others.select("x", "y")))
            .mark_point(filled=True, size=16 if narrow else 34, opacity=0.6, color=QUIET)
            .encode(x=x, y=y)
        )
    for own in (False, True):
        part = points.filter(pl.col("in_collaborative") & ((pl.col("area") == (highlighted or "")) == own))
        if part.is_empty():
            continue
        base = alt.Chart(values(part.select("area", "x", "y", "comparison")))
        dot: dict[str, Any] = {
            "size": 170 if own else 80,
            "stroke": INK if own else "white",
            "strokeWidth": 2 if own else 0.6,
        }
        layers.append(base.mark_point(filled=True, opacity=1, **dot).encode(x=x, y=y, color=colour(), shape=shape()))
        letters = 10 if narrow else 12 if own else 11
        layers.append(
            base.mark_text(
                align="left",
                dx=9 if own else 7,
                dy=-7,
                color=INK,
                fontSize=letters,
                fontWeight="bold" if own else "normal",
            ).encode(x=x, y=y, text="area:N")
        )
    named = alt.Chart(values(pl.DataFrame({"y": [baseline], "text": [baseline_name]})))
    layers.append(
        named.mark_text(align="right", baseline="bottom", dy=-3, fontSize=11, color=INK).encode(
            x=alt.value(width), y=y, text="text:N"
        )
    )
    return specification(alt.layer(*layers).properties(width=width, height=height))


def _description(
    points: pl.DataFrame, baseline: float, baseline_name: str, unit: str, decimals: int, highlighted: str | None
) -> str:
    suffix = unit_suffix(unit)
    told = [f"{points.height} areas by size and value; {baseline_name} is {format_number(baseline, decimals)}{suffix}"]
    ours = points.filter(pl.col("in_collaborative")).sort(pl.col("area") != (highlighted or ""), "area")
    told += [
        f"{row['area']} {format_number(row['y'], decimals)}{suffix}, {row['significance']}"
        for row in ours.iter_rows(named=True)
    ]
    return "; ".join(told) + "."
