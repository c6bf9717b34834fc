"""Figures: frames in, charts and maps out, each with its finding, its text alternative and its table.

A chart is imported when it is first drawn: Altair takes seconds, which no page without a chart and no start should pay.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from commonweal.figures.figure import Figure
from commonweal.figures.problems import FigureError

if TYPE_CHECKING:
    from commonweal.figures.control import control_plot
    from commonweal.figures.funnel import funnel_plot
    from commonweal.figures.grid import comparison_grid
    from commonweal.figures.inequality import inequality_bars
    from commonweal.figures.maps import area_map, hex_map
    from commonweal.figures.ranked import ranked_areas
    from commonweal.figures.scatter_plot import scatter
    from commonweal.figures.spine_chart import spine
    from commonweal.figures.trend import trend_lines

__all__ = [
    "Figure",
    "FigureError",
    "area_map",
    "comparison_grid",
    "control_plot",
    "funnel_plot",
    "hex_map",
    "inequality_bars",
    "ranked_areas",
    "scatter",
    "spine",
    "trend_lines",
]
MODULES = {
    "area_map": "maps",
    "comparison_grid": "grid",
    "control_plot": "control",
    "funnel_plot": "funnel",
    "hex_map": "maps",
    "inequality_bars": "inequality",
    "ranked_areas": "ranked",
    "scatter": "scatter_plot",
    "spine": "spine_chart",
    "trend_lines": "trend",
}


def __getattr__(name: str) -> Any:
    if name not in MODULES:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    found = getattr(import_module(f"{__name__}.{MODULES[name]}"), name)
    globals()[name] = found
    return found
