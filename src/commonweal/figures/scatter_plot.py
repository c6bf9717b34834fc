"""Two indicators over areas."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from commonweal.figures.figure import Figure
from commonweal.figures.palette import ACCENT, INK, QUIET
from commonweal.figures.scales import FULL_WIDTH, NARROW, needs, specification, values

HEIGHT = 440
NARROW_HEIGHT = 330


def scatter(
    frame: pl.DataFrame,
    *,
    title: str,
    x_title: str,
    y_title: str,
    x_benchmark: float | None,
    y_benchmark: float | None,
    source: str,
    highlighted: str | None = None,
) -> Figure:
    """A dot for each area, those of the collaborative named; dashed lines at the benchmark.

    Args:
        frame: columns area, x, y, in_collaborative.

    Raises:
        FigureError: a column is absent or there is no row.
    """
    needs(frame, ("area", "x", "y", "in_collaborative"), "The scatter chart")
    ours = frame.filter(pl.col("in_collaborative")).height
    return Figure(
        title,
        f"{frame.height} areas. Across: {x_title}, {_range(frame['x'])}. Upwards: {y_title}, {_range(frame['y'])}. "
        f"{ours} areas of the collaborative are named.",
        f"Each dot is an area; dashed lines are the benchmark · {source}",
        _chart(frame, x_title, y_title, x_benchmark, y_benchmark, FULL_WIDTH - 90, HEIGHT),
        frame,
        "scatter",
        _chart(frame, x_title, y_title, x_benchmark, y_benchmark, NARROW - 80, NARROW_HEIGHT),
    )


def _chart(
    frame: pl.DataFrame,
    x_title: str,
    y_title: str,
    x_benchmark: float | None,
    y_benchmark: float | None,
    width: int,
    height: int,
) -> dict[str, Any]:
    narrow = width < NARROW
    axis = alt.Axis(tickCount=4, titleLimit=height) if narrow else alt.Axis(tickCount=8, titleLimit=width)
    x = alt.X("x:Q", title=x_title, scale=alt.Scale(zero=False, nice=True), axis=axis)
    y = alt.Y("y:Q", title=y_title, scale=alt.Scale(zero=False, nice=True), axis=axis)
    ours = frame.filter(pl.col("in_collaborative"))
    layers: list[alt.Chart] = []
    if x_benchmark is not None:
        line = alt.Chart(values(pl.DataFrame({"x": [float(x_benchmark)]})))
        layers.append(line.mark_rule(strokeDash=[4, 3], color=INK).encode(x=x))
    if y_benchmark is not None:
        line = alt.Chart(values(pl.DataFrame({"y": [float(y_benchmark)]})))
        layers.append(line.mark_rule(strokeDash=[4, 3], color=INK).encode(y=y))
    others = frame.filter(~pl.col("in_collaborative"))
    if others.height:
        layers.append(
            alt.Chart(values(others))
            .mark_point(filled=True, size=16 if narrow else 36, opacity=0.55, color=QUIET)
            .encode(x=x, y=y)
        )
    if ours.height:
        base = alt.Chart(values(ours))
        layers.append(
            base.mark_point(filled=True, size=50 if narrow else 110, opacity=1, color=ACCENT, shape="diamond").encode(
                x=x, y=y
            )
        )
        layers.append(
            base.mark_text(
                align="left", dx=6 if narrow else 9, fontSize=10 if narrow else 12, fontWeight="bold", color=INK
            ).encode(x=x, y=y, text="area:N")
        )
    return specification(alt.layer(*layers).properties(width=width, height=height))


def _range(values_: pl.Series) -> str:
    numbers = values_.to_numpy()
    return f"from {numbers.min():g} to {numbers.max():g}"
