"""A store of 30 million observations: one page's data, and every series compared and trended."""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import polars as pl

from commonweal import stats
from commonweal.datasets.indicator import Indicator
from commonweal.datasets.schema import SCHEMA
from commonweal.datasets.store import Store
from commonweal.places import Catalogue

INDICATORS, GROUPS, YEARS = 1000, 20, 10
BATCH = 50


def build(store: Store, codes: list[str], benchmark: str) -> int:
    """Fill the store with yearly proportions, `BATCH` indicators a commit. Returns the rows."""
    random = np.random.default_rng(1)
    areas = [*codes, benchmark]
    years = pl.DataFrame({"year": range(2014, 2014 + YEARS)}).select(
        period=pl.col("year").cast(pl.String),
        period_start=pl.date(pl.col("year"), 1, 1),
        period_end=pl.date(pl.col("year"), 12, 31),
    )
    groups = pl.DataFrame(
        {"sex": ["Persons", "Male"] * (GROUPS // 2), "age": [f"{5 * (g // 2)}+ yrs" for g in range(GROUPS)]}
    )
    skeleton = groups.join(pl.DataFrame({"area_code": areas}), how="cross").join(years, how="cross")
    rows = 0
    for first in range(0, INDICATORS, BATCH):
        ids = [f"synthetic-{number:04d}" for number in range(first, first + BATCH)]
        frame = pl.DataFrame({"indicator": ids}).join(skeleton, how="cross")
        denominator = random.integers(2_000, 90_000, frame.height).astype(float)
        count = random.binomial(denominator.astype(int), 0.3).astype(float)
        lower, upper = stats.intervals.wilson(count, denominator, 0.95)
        frame = frame.with_columns(
            category_type=pl.lit(""), category=pl.lit(""), count=count, denominator=denominator,
            value=count / denominator * 100, lower_95=lower * 100, upper_95=upper * 100,
            lower_99_8=pl.lit(None, dtype=pl.Float64), upper_99_8=pl.lit(None, dtype=pl.Float64),
            status=pl.lit("published"), note=pl.lit(""), published_trend=pl.lit(""), published_comparison=pl.lit(""),
            source=pl.lit("Synthetic"), extracted=pl.lit(None, dtype=pl.Date), licence=pl.lit(""), load=pl.lit("b"),
        )  # fmt: skip
        store.upsert(frame.select(SCHEMA.names()), {"load": "benchmark", "source": "benchmark"})
        store.save_indicators(
            Indicator(id=i, name=i, unit="%", per=100, value_type="proportion", polarity="high is good") for i in ids
        )
        rows += frame.height
    return rows


COLUMNS = [
    *("indicator", "sex", "age", "area_code", "period_start", "period_end"),
    *("value", "count", "denominator", "lower_95", "upper_95"),
]


def _compared(store: Store, ids: list[str], benchmark: str) -> pl.DataFrame:
    frame = stats.beside_benchmark(
        store.read(ids, columns=COLUMNS), by=["indicator", "sex", "age"], area="area_code", benchmark=benchmark,
        value="value", period=["period_start", "period_end"], name="benchmark",
    )  # fmt: skip
    return stats.compare(
        frame, value="value", lower="lower_95", upper="upper_95", benchmark="benchmark", polarity="high is good",
        method="confidence interval 95",
    )  # fmt: skip


def _trended(frame: pl.DataFrame) -> int:
    trends = stats.recent_trend(
        frame.with_columns(polarity=pl.lit("high is good"), value_type=pl.lit("proportion")),
        by=["indicator", "sex", "age", "area_code"], period_start="period_start", period_end="period_end",
        value="value", count="count", denominator="denominator", lower="lower_95", upper="upper_95",
        polarity="polarity", value_type="value_type",
    )  # fmt: skip
    return trends.height


def compare_and_trend_everything(store: Store, benchmark: str) -> tuple[int, float, float]:
    """Series, and the seconds taken to compare every observation, and to do that and trend every series.

    As many batches at a time as there are cores.
    """
    ids = store.indicator_ids()
    batches = [ids[first : first + BATCH] for first in range(0, len(ids), BATCH)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        began = time.perf_counter()
        sum(pool.map(lambda some: _compared(store, some, benchmark).height, batches))
        compared = time.perf_counter() - began
        began = time.perf_counter()
        series = sum(pool.map(lambda some: _trended(_compared(store, some, benchmark)), batches))
        both = time.perf_counter() - began
    return series, compared, both


def measure() -> list[tuple[str, str, str, str]]:
    catalogue = Catalogue.england()
    codes = sorted(catalogue.tier("E08000012"))
    folder = Path(tempfile.mkdtemp())
    try:
        store = Store(folder / "store")
        began = time.perf_counter()
        rows = build(store, codes, "E92000001")
        building = time.perf_counter() - began
        times = []
        for number in range(20):
            began = time.perf_counter()
            store.read(f"synthetic-{number * 37 % INDICATORS:04d}")
            times.append(time.perf_counter() - began)
        series, compared, both = compare_and_trend_everything(store, "E92000001")
    finally:
        shutil.rmtree(folder)
    return [
        (f"Write a store of {rows:,} observations", "-", f"{building:.0f} s", "with Wilson limits, 20 commits"),
        (
            "Read one indicator of it",
            "< 50 ms",
            f"{statistics.median(times) * 1000:.0f} ms",
            f"slowest {max(times) * 1000:.0f} ms of 20",
        ),
        ("Compare every observation", "< 5 s", f"{compared:.1f} s", "reading included"),
        (f"Compare every observation and trend every one of {series:,} series", "< 10 s", f"{both:.1f} s", ""),
    ]


if __name__ == "__main__":
    sys.exit("Run it as: python -m benchmarks store")
