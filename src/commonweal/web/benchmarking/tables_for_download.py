"""The overview as a flat table and as a slide."""

from __future__ import annotations

import polars as pl

from commonweal import figures
from commonweal.figures import Figure
from commonweal.web.benchmarking.indicator_page import IndicatorPage
from commonweal.web.benchmarking.overview import Overview

ROWS_ON_A_SLIDE = 14


def overview_data(shown: Overview) -> pl.DataFrame:
    """One row for each indicator and area of the table, with everything the cells are made from."""
    indicators, query = shown.query.board.indicators, shown.query
    frame = shown.figures
    named = frame.with_columns(
        indicator_name=pl.Series([indicators[key].name for key in frame["indicator"]], dtype=pl.String),
        topic=pl.Series([indicators[key].topic for key in frame["indicator"]], dtype=pl.String),
        unit=pl.Series([indicators[key].unit for key in frame["indicator"]], dtype=pl.String),
        area=pl.Series([query.name(code) for code in frame["area_code"]], dtype=pl.String),
        compared_with=pl.lit(query.against_name),
    )
    return named.select(
        "topic", "indicator", "indicator_name", "area_code", "area", "period", "sex", "age", "count", "denominator",
        "value", "unit", "lower_95", "upper_95", "status", "compared_with", "benchmark_value", "comparison",
        "compared_by", "trend", "gap_rate", "gap_people", "note", "source", "extracted", "licence",
    )  # fmt: skip


def overview_slide(shown: Overview) -> pl.DataFrame:
    """The first rows of the table, as they are read on a slide."""
    rows = [row for section in shown.sections for row in section.rows][:ROWS_ON_A_SLIDE]
    table: dict[str, list[str]] = {"Indicator": [row.indicator.title for row in rows]}
    table[shown.query.against_name] = [row.benchmark for row in rows]
    for position, name in enumerate(shown.query.areas.values()):
        cells = [row.cells[position][0] for row in rows]
        table[name] = [" ".join(part for part in (c.text, c.symbol, c.arrow) if part) for c in cells]
    return pl.DataFrame(table)


def overview_grid(shown: Overview, source: str) -> Figure | None:
    """The table as one picture; None where nothing is shown."""
    names = list(shown.query.areas.values())
    cells = [
        {
            "indicator": row.indicator.title,
            "area": name,
            "text": cell.text,
            "mark": f"{cell.symbol} {cell.arrow}".strip(),
            "comparison": cell.comparison,
        }
        for section in shown.sections
        for row in section.rows
        for name, (cell, _) in zip(names, row.cells, strict=True)
    ]
    return figures.comparison_grid(pl.DataFrame(cells), title=shown.sentence, source=source) if cells else None


def ranked_slide(shown: IndicatorPage) -> pl.DataFrame:
    """The areas of one indicator, as they are read on a slide."""
    return pl.DataFrame(
        {
            "Area": [name for _, name, _, _ in shown.table],
            "Value": [cell.text for _, _, cell, _ in shown.table],
            "95% interval": [figures["interval"] for _, _, _, figures in shown.table],
            "Compared": [figures["words"] for _, _, _, figures in shown.table],
        }
    )
