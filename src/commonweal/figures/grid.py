"""The grid of comparisons: every indicator and every area, each cell its figure on the colour of its comparison."""

from __future__ import annotations

import altair as alt
import polars as pl

from commonweal.figures.figure import Figure
from commonweal.figures.palette import INK
from commonweal.figures.scales import colour, ground, needs, specification, values

COLUMNS = ("indicator", "area", "text", "mark", "comparison")
CELL_WIDTH, CELL_HEIGHT, LABEL_WIDTH = 84, 24, 340


def comparison_grid(frame: pl.DataFrame, *, title: str, source: str) -> Figure:
    """A row for each indicator and a column for each area, both in the order in which they first appear.

    Args:
        frame: columns indicator, area, text (the figure as printed), mark (its symbol and arrow) and comparison.

    Raises:
        FigureError: a column is absent or there is no row.
    """
    needs(frame, COLUMNS, "The grid")
    indicators, areas = (frame[name].unique(maintain_order=True).to_list() for name in ("indicator", "area"))
    base = alt.Chart(values(frame.select(COLUMNS))).encode(
        x=alt.X(
            "area:N",
            sort=areas,
            title=None,
            axis=alt.Axis(orient="top", labelAngle=0, labelColor=INK, labelLimit=CELL_WIDTH - 4, grid=False),
        ),
        y=alt.Y(
            "indicator:N",
            sort=indicators,
            title=None,
            axis=alt.Axis(labelColor=INK, labelLimit=LABEL_WIDTH, labelFontSize=11, grid=False),
        ),
    )
    chart = alt.layer(
        base.mark_rect(stroke="white", strokeWidth=1).encode(color=ground()),
        # Apart, because a symbol that a font lacks would take the figure beside it to another font.
        base.mark_text(fontSize=11, align="right", dx=4).encode(text="text:N", color=colour()),
        base.mark_text(fontSize=11, align="left", dx=9).encode(text="mark:N", color=colour()),
    ).resolve_scale(color="independent")
    chart = chart.properties(width=alt.Step(CELL_WIDTH), height=alt.Step(CELL_HEIGHT))
    return Figure(
        title,
        f"{len(indicators)} indicators of {len(areas)} areas, each cell coloured by its comparison.",
        source,
        specification(chart),
        frame,
        "grid",
    )
