"""The spine chart: one area on every indicator, the benchmark in the middle."""

from __future__ import annotations

import altair as alt
import polars as pl

from commonweal.figures.figure import Figure
from commonweal.figures.palette import INK
from commonweal.figures.scales import WIDTH, colour, needs, shape, specification, values

COLUMNS = ("indicator", "comparison", "at_value", "at_minimum", "at_q25", "at_q75", "at_maximum")


def spine(frame: pl.DataFrame, *, title: str, benchmark_name: str, source: str) -> Figure:
    """A row for each indicator: the range of all areas, its middle half, and the area's dot, better to the right.

    Args:
        frame: columns indicator, comparison, at_value, at_minimum, at_q25, at_q75 and at_maximum, places from -1 to 1.

    Raises:
        FigureError: a column is absent or there is no row.
    """
    needs(frame, COLUMNS, "The spine chart")
    order = frame["indicator"].to_list()
    y = alt.Y(
        "indicator:N",
        sort=order,
        title=None,
        axis=alt.Axis(labelColor=INK, labelLimit=300, labelFontSize=11, grid=False),
    )
    x = alt.Scale(domain=[-1, 1], nice=False)
    axis = alt.Axis(
        values=[-1, 0, 1],
        labelExpr=f"datum.value == 0 ? {benchmark_name!r} : datum.value < 0 ? 'worst' : 'best'",
        grid=False,
        title=None,
    )
    ranged = alt.Chart(values(frame.filter(pl.col("at_minimum").is_not_null()).select(COLUMNS)))
    dots = alt.Chart(values(frame.filter(pl.col("at_value").is_not_null()).select(COLUMNS)))
    middle = alt.Chart(values(pl.DataFrame({"at": [0.0]})))
    chart = alt.layer(
        ranged.mark_bar(height=9, color="#e3e8e7").encode(
            x=alt.X("at_minimum:Q", scale=x, axis=axis), x2="at_maximum:Q", y=y
        ),
        ranged.mark_bar(height=9, color="#b9c3c2").encode(x=alt.X("at_q25:Q", scale=x, axis=axis), x2="at_q75:Q", y=y),
        middle.mark_rule(color=INK, strokeWidth=1.5).encode(x=alt.X("at:Q", scale=x, axis=axis)),
        dots.mark_point(filled=True, opacity=1, size=70).encode(
            x=alt.X("at_value:Q", scale=x, axis=axis), y=y, color=colour(), shape=shape()
        ),
    ).properties(width=WIDTH - 180, height=alt.Step(17))
    return Figure(
        title,
        f"{frame.height} indicators, each a bar from the worst to the best area with {benchmark_name} in the middle.",
        f"Bar: all areas; darker: the middle half; line: {benchmark_name} · {source}",
        specification(chart),
        frame,
        "spine",
    )
