"""Scales and marks that charts share."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from commonweal.figures.numbers import format_number
from commonweal.figures.palette import COMPARISONS, style
from commonweal.figures.problems import FigureError

WIDTH = 560
FULL_WIDTH = 880  # of a chart that has the whole page to itself
NARROW = 330  # of a telephone


def specification(chart: alt.TopLevelMixin) -> dict[str, Any]:
    """The chart as Vega-Lite, without the theme that Altair puts in: figures have their own."""
    made = chart.to_dict()
    made.pop("config", None)
    return made


def colour(field: str = "comparison") -> alt.Color:
    """The strong colour of each comparison."""
    words = list(COMPARISONS)
    return alt.Color(f"{field}:N", scale=alt.Scale(domain=words, range=[style(w).ink for w in words]), legend=None)


def ground(field: str = "comparison") -> alt.Color:
    """The soft fill of each comparison."""
    words = list(COMPARISONS)
    return alt.Color(f"{field}:N", scale=alt.Scale(domain=words, range=[style(w).ground for w in words]), legend=None)


def shape(field: str = "comparison") -> alt.Shape:
    """The mark of each comparison."""
    words = list(COMPARISONS)
    return alt.Shape(f"{field}:N", scale=alt.Scale(domain=words, range=[style(w).shape for w in words]), legend=None)


def unit_suffix(unit: str) -> str:
    return "%" if unit == "%" else ""


def axis_format(unit: str, decimals: int) -> dict[str, Any]:
    """Labels of a value axis: with % where the unit is per cent; the unit as its title otherwise."""
    if unit == "%":
        return {"labelExpr": "datum.label + '%'", "title": None}
    return {"title": unit or None}


def values(frame: pl.DataFrame) -> alt.InlineData:
    """The rows as inline data."""
    return alt.InlineData(values=frame.to_dicts())


def printed(column: str, decimals: int, name: str = "text") -> pl.Expr:
    """A column of numbers as printed text."""
    return (
        pl.col(column)
        .map_elements(lambda value: format_number(value, decimals), return_dtype=pl.String, skip_nulls=False)
        .alias(name)
    )


def needs(frame: pl.DataFrame, columns: tuple[str, ...], what: str) -> None:
    """Refuse a frame that lacks columns or rows.

    Raises:
        FigureError: says which.
    """
    absent = [name for name in columns if name not in frame.columns]
    if absent:
        raise FigureError(f"{what} needs the column {', '.join(absent)}.")
    if frame.is_empty():
        raise FigureError(f"{what} has nothing to draw: the table is empty.")
