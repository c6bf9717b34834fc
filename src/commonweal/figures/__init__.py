"""Figures: frames in, charts and maps out, each with its finding, its text alternative and its table."""

from commonweal.figures.control import control_plot
from commonweal.figures.figure import Figure
from commonweal.figures.funnel import funnel_plot
from commonweal.figures.grid import comparison_grid
from commonweal.figures.inequality import inequality_bars
from commonweal.figures.maps import area_map, hex_map
from commonweal.figures.problems import FigureError
from commonweal.figures.ranked import ranked_areas
from commonweal.figures.scatter import scatter
from commonweal.figures.spine import spine
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
