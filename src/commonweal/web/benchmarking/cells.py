"""One cell of a comparison table: the figure, and its comparison and trend as colour, symbol and words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from commonweal.figures.numbers import format_number
from commonweal.web.benchmarking.wording import ABSENCES, TRENDS, comparison_style, comparison_words, side

SYMBOLS = {"above": "▲", "below": "▼", "level with": "●"}


@dataclass(frozen=True)
class Cell:
    """`style` names the colours, `words` says all of it for someone who sees none of them."""

    comparison: str
    text: str
    style: str
    symbol: str
    arrow: str
    words: str


def cell(row: dict[str, Any], *, benchmark: str, decimals: int) -> Cell:
    """The cell of one row of `CollaborativeBenchmark.latest`."""
    if row["value"] is None:
        text, words = ABSENCES.get(row["status"], ABSENCES["missing"])
        return Cell("not compared", text, row["status"], "", "", words)
    comparison = row["comparison"]
    where = side(row["value"], row["benchmark_value"])
    if comparison in ("not compared",):
        symbol = ""
    elif comparison == "similar":
        symbol = "●"
    elif comparison.startswith(("quintile", "fifth")):
        symbol = comparison[-1]
    elif comparison in ("met", "not met"):
        symbol = "✓" if comparison == "met" else "✗"
    else:
        symbol = SYMBOLS[where]
    trend = row.get("trend")
    told = comparison_words(comparison, benchmark)
    if symbol in ("▲", "▼"):
        told = f"{told[:-1]}, {where})" if told.endswith(")") else f"{told} ({where})"
    if trend in TRENDS:
        told += f", {trend}"
    return Cell(
        comparison,
        format_number(row["value"], decimals),
        comparison_style(comparison),
        symbol,
        TRENDS.get(str(trend), ""),
        told,
    )
