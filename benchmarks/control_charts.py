"""How many XmR charts with rules a second, and how long funnels and slope indices take."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import polars as pl

from commonweal import stats

RUNS = 5
CHARTS, POINTS = 10_000, 36
PEER_CHART = "R NHSRplotthedots: 40-90 ms a chart"
PEER_FUNNEL = "R PHEindicatormethods: 31 s"


def measure() -> list[tuple[str, str, str, str]]:
    random = np.random.default_rng(1)
    series = pl.DataFrame(
        {
            "area": np.repeat(np.arange(CHARTS), POINTS),
            "month": np.tile(np.arange(POINTS), CHARTS),
            "value": random.normal(100, 10, CHARTS * POINTS),
            "of": random.integers(200, 400, CHARTS * POINTS),
        }
    )
    asked = {"order": "month", "by": "area", "direction": "low is good", "target": 110.0}
    xmr = _seconds(lambda: stats.control_chart(series, value="value", screen_outliers=True, **asked))
    one = series.filter(area=0)
    single = _seconds(lambda: stats.control_chart(one, value="value", order="month"))
    shares = _seconds(lambda: stats.control_chart(series, value="value", kind="p", denominator="of", **asked))
    runs = _seconds(lambda: stats.run_chart(series, value="value", order="month", by="area"))
    counts = pl.DataFrame({"observed": [20_000, 50_000], "expected": [21_000.0, 52_000.0]})
    funnel = _seconds(lambda: stats.funnel_limits(counts, count="observed", denominator="expected", statistic="count"))
    quantiles = pl.DataFrame(
        {
            "area": np.repeat(np.arange(150), 10),
            "tenth": np.tile(np.arange(1, 11), 150),
            "people": random.integers(10_000, 20_000, 1500),
            "value": np.tile(np.arange(1000, 500, -50), 150) * random.uniform(0.9, 1.1, 1500),
        }
    ).with_columns(low=pl.col("value") * 0.95, high=pl.col("value") * 1.06)
    columns = {"quantile": "tenth", "population": "people", "value": "value", "lower": "low", "upper": "high"}
    slope = _seconds(lambda: stats.slope_index(quantiles, value_type="rate", by="area", **columns), runs=1)
    exact = _seconds(lambda: stats.slope_index(quantiles, value_type="other", by="area", **columns))
    size = f"{CHARTS:,} series x {POINTS} points, {xmr:.2f} s CPU; {PEER_CHART}"
    return [
        ("XmR charts with rules", "1,000 a second", f"{CHARTS / xmr:,.0f} a second", size),
        ("one XmR chart", "-", f"{single * 1000:.1f} ms", "36 points; CPU"),
        ("p charts with rules", "1,000 a second", f"{CHARTS / shares:,.0f} a second", "the same series; CPU"),
        ("run charts", "1,000 a second", f"{CHARTS / runs:,.0f} a second", "the same series; CPU"),
        ("funnel limits at 50,000 events", "< 0.01 s", f"{funnel:.4f} s", f"CPU; {PEER_FUNNEL}"),
        ("slope index, 150 areas, simulated", "-", f"{slope:.2f} s", "rates, 100,000 repetitions; CPU"),
        ("slope index, 150 areas, exact", "-", f"{exact:.4f} s", "CPU"),
    ]


def _seconds(work: Callable[[], object], runs: int = RUNS) -> float:
    """CPU seconds of the quickest run, all threads together, since the machine may have other work."""
    work()
    times = []
    for _ in range(runs):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)
