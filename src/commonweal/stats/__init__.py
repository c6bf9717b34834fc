"""Indicator statistics: frames or arrays in, the same kind of frame out. No files, no network, no web."""

from commonweal.stats import intervals
from commonweal.stats.age_bands import AgeBand, age_bands, parse_age_band
from commonweal.stats.aggregation import aggregate
from commonweal.stats.benchmark_values import beside_benchmark
from commonweal.stats.comparison import compare
from commonweal.stats.control_charts import ControlChart, control_chart
from commonweal.stats.frames import ColumnError
from commonweal.stats.funnels import funnel_limits, funnel_points, funnel_significance
from commonweal.stats.gaps import Gap, gap_to_benchmark, gaps_to_benchmark
from commonweal.stats.improvement import improvers
from commonweal.stats.indirect_standardisation import indirectly_standardised_rate, indirectly_standardised_ratio
from commonweal.stats.inequality import slope_index
from commonweal.stats.life_expectancy import healthy_life_expectancy, life_expectancy
from commonweal.stats.means import mean
from commonweal.stats.neighbours import nearest_neighbours
from commonweal.stats.proportions import proportion
from commonweal.stats.quantiles import quantiles
from commonweal.stats.quintiles import quintiles
from commonweal.stats.rare_events import days_between
from commonweal.stats.rate_of_change import rate_of_change
from commonweal.stats.rates import rate
from commonweal.stats.recent_trend import recent_trend
from commonweal.stats.run_charts import RunChart, run_chart
from commonweal.stats.standardisation import directly_standardised_rate

__all__ = [
    "AgeBand",
    "ColumnError",
    "ControlChart",
    "Gap",
    "RunChart",
    "age_bands",
    "aggregate",
    "beside_benchmark",
    "compare",
    "control_chart",
    "days_between",
    "directly_standardised_rate",
    "funnel_limits",
    "funnel_points",
    "funnel_significance",
    "gap_to_benchmark",
    "gaps_to_benchmark",
    "healthy_life_expectancy",
    "improvers",
    "indirectly_standardised_rate",
    "indirectly_standardised_ratio",
    "intervals",
    "life_expectancy",
    "mean",
    "nearest_neighbours",
    "parse_age_band",
    "proportion",
    "quantiles",
    "quintiles",
    "rate",
    "rate_of_change",
    "recent_trend",
    "run_chart",
    "slope_index",
]
