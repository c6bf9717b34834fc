"""Areas ranked by value, with intervals, against a benchmark."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from commonweal.figures.figure import Figure
from commonweal.figures.numbers import format_number
from commonweal.figures.palette import INK, MUTED
from commonweal.figures.scales import (
    NARROW,
    WIDTH,
    axis_format,
    colour,
    needs,
    printed,
    shape,
    specification,
    unit_suffix,
    values,
)

MANY = 25
ABSENT = {"suppressed": "suppressed", "missing": "no value given", "empty": "no figure"}


def ranked_areas(
    frame: pl.DataFrame,
    *,
    title: str,
    unit: str,
    decimals: int,
    benchmark_name: str,
    benchmark_value: float | None,
    highlighted: str | None,
    source: str,
) -> Figure:
    """One row an area, the greatest value on top; areas without a value are listed at the foot with the reason.

    Args:
        frame: columns area, value, lower, upper, comparison, status.
        highlighted: the area in bold.

    Raises:
        FigureError: a column is absent or there is no row.
    """
    needs(frame, ("area", "value", "lower", "upper", "comparison", "status"), "The ranked chart")
    ranked = frame.sort("value", "area", descending=[True, False], nulls_last=True)
    reason = pl.col("status").replace_strict(ABSENT, default="no value given")
    absent_text = pl.when(pl.col("value").is_null()).then(reason)
    rows = ranked.with_columns(printed("value", decimals)).with_columns(
        text=absent_text.fill_null(pl.col("text")),
        bold=pl.col("area") == (highlighted or ""),
    )
    order = rows["area"].to_list()
    if benchmark_value is not None:
        place = int((rows["value"] > benchmark_value).sum())
        order.insert(place, benchmark_name)
    return Figure(
        title,
        _description(rows, unit, decimals, benchmark_name, benchmark_value),
        f"Dot with 95% confidence interval · {source}",
        _chart(rows, order, unit, decimals, benchmark_name, benchmark_value, highlighted, WIDTH - 200, 13),
        frame,
        "ranked",
        _chart(rows, order, unit, decimals, benchmark_name, benchmark_value, highlighted, NARROW - 170, 12),
    )


def _chart(
    rows: pl.DataFrame,
    order: list[str],
    unit: str,
    decimals: int,
    benchmark_name: str,
    benchmark_value: float | None,
    highlighted: str | None,
    width: int,
    letters: int,
) -> dict[str, Any]:
    many = len(order) > MANY
    step = 11 if many else 31
    size = 9 if many else letters
    value_space = 5 * size
    y = alt.Y(
        "area:N",
        sort=order,
        title=None,
        axis=alt.Axis(
            labelFontSize=size,
            labelColor=INK,
            labelLimit=220 if width > NARROW else 110,
            labelFontWeight=alt.condition(  # type: ignore[arg-type]
                alt.FieldOneOfPredicate("value", [name for name in (highlighted, benchmark_name) if name]),
                alt.value("bold"),
                alt.value("normal"),
            ),
            grid=False,
        ),
    )
    scale = alt.Scale(zero=False, nice=True)
    axis = alt.Axis(grid=True, tickCount=6 if width > NARROW else 3, **axis_format(unit, decimals))
    drawn = rows.filter(pl.col("value").is_not_null())
    base = alt.Chart(values(drawn.select("area", "value", "lower", "upper", "comparison", "text", "bold")))
    layers: list[alt.Chart] = [
        base.mark_rule(strokeWidth=2 if many else 3.5, opacity=0.45, strokeCap="round").encode(
            x=alt.X("lower:Q", scale=scale, axis=axis), x2="upper:Q", y=y, color=colour()
        ),
        base.mark_point(filled=True, opacity=1, size=36 if many else 130).encode(
            x=alt.X("value:Q", scale=scale, axis=axis), y=y, color=colour(), shape=shape()
        ),
    ]
    if benchmark_value is not None:
        line = alt.Chart(values(pl.DataFrame({"value": [float(benchmark_value)]})))
        layers.insert(0, line.mark_rule(strokeDash=[4, 3], color=INK, strokeWidth=1.5).encode(x="value:Q"))
        dot = alt.Chart(values(pl.DataFrame({"area": [benchmark_name], "value": [float(benchmark_value)]})))
        layers.append(dot.mark_point(filled=True, color=INK, opacity=1, size=130).encode(x="value:Q", y=y))
    printed_rows = rows.select("area", "text", "bold")
    if benchmark_value is not None:
        extra = pl.DataFrame(
            {"area": [benchmark_name], "text": [format_number(benchmark_value, decimals)], "bold": [True]}
        )
        printed_rows = pl.concat([printed_rows, extra])
    for bold in (True, False):
        part = printed_rows.filter(pl.col("bold") == bold)
        if part.is_empty():
            continue
        text = alt.Chart(values(part)).mark_text(
            align="right",
            baseline="middle",
            fontSize=size,
            fontWeight="bold" if bold else "normal",
            dx=value_space,
            color=INK if bold else MUTED,
        )
        layers.append(text.encode(x=alt.value(width), y=y, text="text:N"))
    return specification(alt.layer(*layers).properties(width=width, height=alt.Step(step)))


def _description(
    rows: pl.DataFrame, unit: str, decimals: int, benchmark_name: str, benchmark_value: float | None
) -> str:
    suffix = unit_suffix(unit)
    drawn = rows.filter(pl.col("value").is_not_null())
    if drawn.is_empty():
        return "No area has a value."
    first, last = drawn.row(0, named=True), drawn.row(-1, named=True)
    told = f"{drawn.height} areas ranked from {first['area']} ({first['text']}{suffix}) to {last['area']} "
    told += f"({last['text']}{suffix})"
    if benchmark_value is not None:
        told += f"; {benchmark_name} is {format_number(benchmark_value, decimals)}{suffix}"
    absent = rows.height - drawn.height
    return told + (f"; {absent} without a value." if absent else ".") + " The table below has every figure."
