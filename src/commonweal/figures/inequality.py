"""Groups within one area beside the area as a whole."""

from __future__ import annotations

import altair as alt
import polars as pl

from commonweal.figures.figure import Figure
from commonweal.figures.numbers import format_number
from commonweal.figures.palette import INK
from commonweal.figures.scales import WIDTH, axis_format, colour, needs, printed, shape, unit_suffix, values


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
    scale = alt.Scale(zero=False, nice=True)
    axis = alt.Axis(grid=True, tickCount=6, **axis_format(unit, decimals))
    panels = []
    for (split,), part in rows.partition_by("split", as_dict=True, maintain_order=True).items():
        y = alt.Y(
            "part:N",
            sort=part["part"].to_list(),
            title=None,
            axis=alt.Axis(labelFontSize=12, labelColor=INK, labelLimit=240, minExtent=190, grid=False),
        )
        base = alt.Chart(values(part.select("part", "value", "lower", "upper", "comparison", "text")))
        layers: list[alt.Chart] = [
            base.mark_rule(strokeWidth=3.5, opacity=0.45).encode(
                x=alt.X("lower:Q", scale=scale, axis=axis), x2="upper:Q", y=y, color=colour()
            ),
            base.mark_point(filled=True, opacity=1, size=120).encode(
                x=alt.X("value:Q", scale=scale, axis=axis), y=y, color=colour(), shape=shape()
            ),
            base.mark_text(align="right", dx=50, color=INK).encode(x=alt.value(WIDTH - 220), y=y, text="text:N"),
        ]
        if whole_value is not None:
            line = alt.Chart(values(pl.DataFrame({"value": [float(whole_value)]})))
            layers.insert(0, line.mark_rule(strokeDash=[4, 3], color=INK).encode(x="value:Q"))
        title_of = alt.TitleParams(str(split), anchor="start", fontSize=13, color=INK)
        panels.append(alt.layer(*layers).properties(width=WIDTH - 220, height=alt.Step(27), title=title_of))
    chart = alt.vconcat(*panels, spacing=18).resolve_scale(x="shared")
    specification = chart.to_dict()
    specification.pop("config", None)
    lowest = rows.filter(pl.col("value") == pl.col("value").min()).row(0, named=True)
    highest = rows.filter(pl.col("value") == pl.col("value").max()).row(0, named=True)
    suffix = unit_suffix(unit)
    return Figure(
        title,
        f"{rows.height} groups; lowest {lowest['part']} ({lowest['text']}{suffix}), highest {highest['part']} "
        f"({highest['text']}{suffix}); {whole_name} as a whole is {format_number(whole_value, decimals)}{suffix}.",
        f"Dot with 95% confidence interval; the dashed line is {whole_name} as a whole · {source}",
        specification,
        frame,
        "groups",
    )
