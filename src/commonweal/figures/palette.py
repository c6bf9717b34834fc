"""Colours and shapes of comparisons: the same on pages, charts and slides. Never colour alone."""

from __future__ import annotations

from dataclasses import dataclass

INK = "#14213d"
ACCENT = "#0b7a75"
HIGHLIGHT = "#ffd166"
WASH = "#f3f5f4"
LINE = "#d5dbd9"
MUTED = "#5a6572"
QUIET = "#aab3b8"
FONT = "Inter, Arial, sans-serif"


@dataclass(frozen=True)
class Style:
    """`ground` is the soft fill, `ink` the strong colour on it, `shape` the mark on charts, `symbol` the mark in
    text."""

    ground: str
    ink: str
    shape: str
    symbol: str


BETTER = Style("#d3ece9", "#0b6e69", "circle", "▲")
SIMILAR = Style("#f6efcf", "#6b5a12", "square", "●")
WORSE = Style("#fbdfda", "#a3281c", "diamond", "▼")
HIGHER = Style("#d6e4f5", "#1f4e8c", "triangle-up", "▲")
LOWER = Style("#e8f0fa", "#2f6096", "triangle-down", "▼")
HIGHEST = Style("#b9d0ec", "#173c6d", "triangle-up", "▲")
LOWEST = Style("#dbe7f5", "#204a78", "triangle-down", "▼")
NOT_COMPARED = Style("#eceff1", "#4a5560", "circle", "")

COMPARISONS: dict[str, Style] = {
    "best": Style("#b5ddd8", "#07514d", "circle", "▲"),
    "better": BETTER,
    "similar": SIMILAR,
    "worse": WORSE,
    "worst": Style("#f5c3ba", "#7f1a10", "diamond", "▼"),
    "highest": HIGHEST,
    "higher": HIGHER,
    "lower": LOWER,
    "lowest": LOWEST,
    "quintile 1": BETTER,
    "quintile 2": Style("#e6f4f2", "#0b6e69", "circle", "2"),
    "quintile 3": SIMILAR,
    "quintile 4": Style("#fdeeea", "#a3281c", "diamond", "4"),
    "quintile 5": WORSE,
    "fifth 1": LOWEST,
    "fifth 2": LOWER,
    "fifth 3": NOT_COMPARED,
    "fifth 4": HIGHER,
    "fifth 5": HIGHEST,
    "met": BETTER,
    "not met": WORSE,
    "not compared": NOT_COMPARED,
}


def style(comparison: str | None) -> Style:
    """The style of a comparison; the neutral one for an unknown or absent word."""
    return COMPARISONS.get(comparison or "not compared", NOT_COMPARED)
