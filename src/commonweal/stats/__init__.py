"""Indicator statistics: frames or arrays in, the same kind of frame out. No files, no network, no web."""

from commonweal.stats import intervals
from commonweal.stats.benchmark_values import beside_benchmark
from commonweal.stats.comparison import compare
from commonweal.stats.frames import ColumnError
from commonweal.stats.gaps import Gap, gap_to_benchmark, gaps_to_benchmark
from commonweal.stats.improvement import improvers
from commonweal.stats.neighbours import nearest_neighbours
from commonweal.stats.proportions import proportion
from commonweal.stats.quintiles import quintiles
from commonweal.stats.rates import rate
from commonweal.stats.recent_trend import recent_trend
from commonweal.stats.standardisation import directly_standardised_rate

__all__ = [
    "ColumnError",
    "Gap",
    "beside_benchmark",
    "compare",
    "directly_standardised_rate",
    "gap_to_benchmark",
    "gaps_to_benchmark",
    "improvers",
    "intervals",
    "nearest_neighbours",
    "proportion",
    "quintiles",
    "rate",
    "recent_trend",
]
