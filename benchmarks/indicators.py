"""Indicator statistics of many groups at two confidence levels: CPU seconds of a call, beside the peer's.

The peer is PHEindicatormethods 2.1.0. Where R and the package are installed it runs on the same rows; otherwise its
recorded figure is shown (R 4.5.0, dplyr 1.1.4, two shared cores; see docs/performance.md).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from commonweal import stats
from commonweal.stats.standard_population import EUROPEAN_2013

GROUPS = 100_000
MANY = 1_000_000
LEVELS = [0.95, 0.998]
BANDS = [*(f"{age}-{age + 4}" for age in range(0, 90, 5)), "90+"]
STARTS = [0, 1, *range(5, 91, 5)]
RECORDED = {"dsr": 22.6, "rate": 52.5, "proportion": 17.0, "life expectancy": 263.0}
"""CPU seconds of the peer at 100,000 groups."""
PEER = {
    "dsr": "calculate_dsr(group_by(d, area), count, population, stdpop = standard, confidence = c(0.95, 0.998))",
    "rate": "phe_rate(group_by(d, area), count, population, confidence = c(0.95, 0.998))",
    "proportion": "phe_proportion(group_by(d, area), count, population, confidence = c(0.95, 0.998))",
    "life expectancy": "phe_life_expectancy(group_by(d, area), deaths, population, age, confidence = c(0.95, 0.998))",
}


def banded(groups: int, *, text: bool = False) -> pl.DataFrame:
    """Counts, populations and standards of 19 bands in each group; codes of groups are numbers, or text."""
    random = np.random.default_rng(1)
    rows = groups * len(BANDS)
    area = np.repeat(np.arange(groups, dtype=np.int32), len(BANDS))
    return pl.DataFrame(
        {
            "area": pl.Series(area) if not text else pl.Series(area).cast(pl.String).str.zfill(8),
            "count": random.poisson(3, rows),
            "population": random.integers(500, 5_000, rows),
            "standard": np.tile(np.array(EUROPEAN_2013), groups),
        }
    )


def deaths_by_age(groups: int) -> pl.DataFrame:
    """Deaths and populations of 20 bands in each group, with the mortality of an English authority."""
    random = np.random.default_rng(1)
    risk = np.array([0.004, 0.0002, *(0.0001 * 1.5**band for band in range(17)), 0.2])
    population = random.integers(1_000, 5_000, (groups, len(STARTS)))
    return pl.DataFrame(
        {
            "area": np.repeat(np.arange(groups, dtype=np.int32), len(STARTS)),
            "age": np.tile(np.array(STARTS), groups),
            "deaths": random.binomial(population, risk).ravel(),
            "population": population.ravel(),
        }
    )


def cpu_seconds(call: Callable[[], object], times: int = 5) -> float:
    """The least CPU time of several calls, because whatever else the machine does can only add to it."""
    taken = []
    for _ in range(times):
        began = time.process_time()
        call()
        taken.append(time.process_time() - began)
    return min(taken)


def peer_seconds(name: str, table: pl.DataFrame) -> tuple[float, str]:
    """CPU seconds of the peer on this table, or those recorded, and which."""
    if shutil.which("Rscript") is None:
        return RECORDED[name], "recorded"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "table.csv")
        table.write_csv(path)
        script = (
            "suppressMessages({library(dplyr); library(PHEindicatormethods)});"
            f'd <- read.csv("{path}"); t <- system.time({PEER[name]}); cat(t[["user.self"]] + t[["sys.self"]])'
        )
        done = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True, check=False)
    return (float(done.stdout), "the same rows") if done.returncode == 0 else (RECORDED[name], "recorded")


def _row(
    work: str, target: str, name: str, table: pl.DataFrame, call: Callable[[], object]
) -> tuple[str, str, str, str]:
    ours = cpu_seconds(call)
    theirs, how = peer_seconds(name, table)
    return (
        f"{work}, {GROUPS:,} groups",
        target,
        f"{ours:.3f} s CPU",
        f"peer {theirs:.1f} s ({how}): {theirs / ours:,.0f} times",
    )


def many_groups() -> None:
    """A million directly standardised rates; run in a process of its own, so that its memory can be told."""
    import resource

    table = banded(MANY)
    began = time.process_time()
    stats.directly_standardised_rate(
        table, count="count", population="population", standard="standard", by="area", confidence=LEVELS
    )
    seconds = time.process_time() - began
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)


def measure() -> list[tuple[str, str, str, str]]:
    table, named, lives = banded(GROUPS), banded(GROUPS, text=True), deaths_by_age(GROUPS)
    with_bands = named.with_columns(band=pl.Series(BANDS * GROUPS))
    common = {"by": "area", "confidence": LEVELS}

    def standardised(frame: pl.DataFrame, **more: str) -> object:
        more = more or {"standard": "standard"}
        return stats.directly_standardised_rate(frame, count="count", population="population", **more, **common)  # type: ignore[arg-type]

    rows = [
        _row("Directly standardised rate, 19 bands", "< 0.11 s", "dsr", table, lambda: standardised(table)),
        _row("The same, groups named by text", "-", "dsr", table, lambda: standardised(named)),
        _row("The same, bands read and checked", "-", "dsr", table, lambda: standardised(with_bands, age_band="band")),
        _row(
            "Grouped rate, 19 bands",
            "< 0.15 s",
            "rate",
            table,
            lambda: stats.rate(table, count="count", population="population", **common),  # type: ignore[arg-type]
        ),
        _row(
            "Grouped proportion, 19 bands",
            "-",
            "proportion",
            table,
            lambda: stats.proportion(table, count="count", denominator="population", **common),  # type: ignore[arg-type]
        ),
        _row(
            "Life expectancy at 20 ages",
            "< 0.5 s",
            "life expectancy",
            lives,
            lambda: stats.life_expectancy(lives, deaths="deaths", population="population", age_start="age", **common),  # type: ignore[arg-type]
        ),
    ]
    done = subprocess.run(
        [sys.executable, "-c", "from benchmarks.indicators import many_groups; many_groups()"],
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, gigabytes = map(float, done.stdout.split())
    rows.append(
        (
            f"Directly standardised rate, {MANY:,} groups",
            "< 2 s, < 3 GB",
            f"{seconds:.2f} s CPU, {gigabytes:.1f} GB",
            "peak memory, the table included; the peer had not finished after 420 s",
        )
    )
    return rows


if __name__ == "__main__":
    sys.exit("Run it as: python -m benchmarks indicators")
