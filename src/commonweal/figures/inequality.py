"""Groups within one area beside the area as a whole."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from commonweal.figures.figure import Figure
from commonweal.figures.numbers import format_number
from commonweal.figures.palette import INK
from commonweal.figures.scales import (
    FULL_WIDTH,
    NARROW,
    axis_format,
    colour,
    needs,
    printed,
    shape,
    specification,
    unit_suffix,
    values,
)


def inequality_bars(
    frame: pl.DataFrame,
    *,
    title: str,
    unit: str,
    decimals: int,
    whole_name: str,
    whole_value: float | None,
    source: str,
) -> Figure:
    """A dot with its interval for each group, by kind of group, and a dashed line for the whole area.

    Args:
        frame: columns split (the kind of group), part, value, lower, upper, comparison; in the order to be drawn.

    Raises:
        FigureError: a column is absent or there is no row.
    """
    needs(frame, ("split", "part", "value", "lower", "upper", "comparison"), "The chart of groups")
    rows = frame.with_columns(printed("value", decimals))
    return Figure(
        title,
        _description(rows, unit, decimals, whole_name, whole_value),
        f"Dot with 95% confidence interval; the dashed line is {whole_name} as a whole · {source}",
        _chart(rows, unit, decimals, whole_value, FULL_WIDTH - 270, 190),
        frame,
        "groups",
        _chart(rows, unit, decimals, whole_value, NARROW - 180, 110),
    )


def _chart(
    rows: pl.DataFrame, unit: str, decimals: int, whole_value: float | None, width: int, name_width: int
) -> dict[str, Any]:
    scale = alt.Scale(zero=False, nice=True)
    axis = alt.Axis(grid=True, tickCount=6 if width > NARROW else 3, **axis_format(unit, decimals))
    panels = []
    for (split,), part in rows.partition_by("split", as_dict=True, maintain_order=True).items():
        y = alt.Y(
            "part:N",
            sort=part["part"].to_list(),
            title=None,
            axis=alt.Axis(labelFontSize=12, labelColor=INK, labelLimit=name_width, minExtent=name_width, grid=False),
        )
        base = alt.Chart(values(part.select("part", "value", "lower", "upper", "comparison", "text")))
        layers: list[alt.Chart] = [
            base.mark_rule(strokeWidth=3.5, opacity=0.45).encode(
                x=alt.X("lower:Q", scale=scale, axis=axis), x2="upper:Q", y=y, color=colour()
            ),
            base.mark_point(filled=True, opacity=1, size=120).encode(
                x=alt.X("value:Q", scale=scale, axis=axis), y=y, color=colour(), shape=shape()
            ),
            base.mark_text(align="right", dx=50, color=INK).encode(x=alt.value(width), y=y, text="text:N"),
        ]
        if whole_value is not None:
            line = alt.Chart(values(pl.DataFrame({"value": [float(whole_value)]})))
            layers.insert(0, line.mark_rule(strokeDash=[4, 3], color=INK).encode(x="value:Q"))
        title_of = alt.TitleParams(str(split), anchor="start", fontSize=13, color=INK)
        panels.append(alt.layer(*layers).properties(width=width, height=alt.Step(27), title=title_of))
    return specification(alt.vconcat(*panels, spacing=18).resolve_scale(x="shared"))


def _description(rows: pl.DataFrame, unit: str, decimals: int, whole_name: str, whole_value: float | None) -> str:
    suffix = unit_suffix(unit)
    whole = f"{whole_name} as a whole is {format_number(whole_value, decimals)}{suffix}."
    if rows["value"].is_null().all():
        return f"{rows.height} groups, none with a value; {whole}"
    lowest = rows.filter(pl.col("value") == pl.col("value").min()).row(0, named=True)
    highest = rows.filter(pl.col("value") == pl.col("value").max()).row(0, named=True)
    return (
        f"{rows.height} groups; lowest {lowest['part']} ({lowest['text']}{suffix}), highest {highest['part']} "
        f"({highest['text']}{suffix}); {whole}"
    )
