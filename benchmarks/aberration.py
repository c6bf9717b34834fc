"""Farrington flexible for 500 weekly series of ten years, beside what R surveillance was measured to take."""

from __future__ import annotations

import os
import time

import numpy as np
import polars as pl

from commonweal import clusters

SERIES, WEEKS, JUDGED = 500, 522, 260
PEER = "R surveillance 1.20.3: about 15 min, 5-10 ms CPU a series-week"


def synthetic() -> pl.DataFrame:
    """Negative binomial counts with season and trend, from rare to common."""
    random = np.random.default_rng(1)
    week = np.arange(WEEKS)
    level = random.gamma(1, 5, (SERIES, 1))
    season = 0.4 * np.sin(2 * np.pi * week / 52 + random.uniform(0, 2 * np.pi, (SERIES, 1)))
    mean = level * np.exp(season + random.normal(0, 0.0005, (SERIES, 1)) * week)
    return pl.DataFrame(
        {
            "series": np.repeat(np.arange(SERIES), WEEKS),
            "week": np.tile(week, SERIES),
            "count": random.negative_binomial(mean / 0.5, 1 / 1.5).ravel(),
        }
    )


def measure() -> list[tuple[str, str, str, str]]:
    table = synthetic()
    columns = {"count": "count", "time": "week", "by": "series"}
    began = time.perf_counter()
    clusters.farrington_flexible(table.filter(pl.col("series") < 2), **columns, newest=2)
    first = time.perf_counter() - began
    rows = []
    for newest, target in ((1, "-"), (JUDGED, "< 9 s")):
        began, cpu = time.perf_counter(), time.process_time()
        found = clusters.farrington_flexible(table, **columns, newest=newest)
        wall, cpu = time.perf_counter() - began, time.process_time() - cpu
        rows.append(
            (
                f"Farrington flexible, {SERIES} series x {newest} weeks",
                target,
                f"{wall:.1f} s",
                f"CPU {cpu:.1f} s, {cpu / found.height * 1e6:.0f} µs a series-week"
                + (f"; {PEER}" if newest == JUDGED else "; R 3-5 s CPU")
                + f"; load {os.getloadavg()[0]:.0f}",
            )
        )
    began = time.perf_counter()
    clusters.ears(table, **columns)
    rows.append(
        (f"EARS C1, {SERIES} series x {WEEKS} weeks", "-", f"{time.perf_counter() - began:.1f} s", "R 3.6-3.8 s")
    )
    rows.append(("First call of Farrington", "-", f"{first:.1f} s", "compilation, once a machine; then from its cache"))
    return rows
