"""A Fingertips CSV export of a million rows, loaded by the command into an empty workspace, and again."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

from commonweal.places import Catalogue

ROWS = 1_000_000
PERIODS = [f"{year}/{(year + 1) % 100:02d}" for year in range(2014, 2024)]


def write_fingertips_csv(path: Path, rows: int, seed: int = 1) -> None:
    """A file with the columns of the public export: proportions of every upper-tier authority and England."""
    areas = [a for a in Catalogue.england() if a.code in Catalogue.england().tier("E08000012")]
    codes = [area.code for area in areas]
    names = [area.name for area in areas]
    series = len(codes) * len(PERIODS) * 2
    indicators = -(-rows // series)
    random = np.random.default_rng(seed)
    grid = (
        pl.DataFrame({"Indicator ID": range(90000, 90000 + indicators)})
        .with_columns(pl.format("Synthetic proportion {}", "Indicator ID").alias("Indicator Name"))
        .join(pl.DataFrame({"Sex": ["Male", "Female"]}), how="cross")
        .join(pl.DataFrame({"Area Code": codes, "Area Name": names}), how="cross")
        .join(pl.DataFrame({"Time period": PERIODS}), how="cross")
        .head(rows)
    )
    denominator = random.integers(2_000, 90_000, grid.height)
    count = random.binomial(denominator, 0.3)
    value = count / denominator * 100
    error = 1.96 * np.sqrt(value * (100 - value) / denominator)
    frame = grid.with_columns(
        pl.lit("E92000001").alias("Parent Code"),
        pl.lit("England").alias("Parent Name"),
        pl.lit("UA and counties").alias("Area Type"),
        pl.lit("18+ yrs").alias("Age"),
        pl.lit(None, dtype=pl.String).alias("Category Type"),
        pl.lit(None, dtype=pl.String).alias("Category"),
        pl.Series("Value", value),
        pl.Series("Lower CI 95.0 limit", value - error),
        pl.Series("Upper CI 95.0 limit", value + error),
        pl.lit(None, dtype=pl.Float64).alias("Lower CI 99.8 limit"),
        pl.lit(None, dtype=pl.Float64).alias("Upper CI 99.8 limit"),
        pl.Series("Count", count),
        pl.Series("Denominator", denominator),
        pl.lit(None, dtype=pl.String).alias("Value note"),
        pl.lit("No significant change").alias("Recent Trend"),
        pl.lit("Similar").alias("Compared to England value or percentiles"),
        pl.lit("Not compared").alias("Compared to Regions (statistical) value or percentiles"),
        (pl.col("Time period").str.slice(0, 4) + "0000").alias("Time period Sortable"),
        pl.lit(None, dtype=pl.String).alias("New data"),
        pl.lit(None, dtype=pl.String).alias("Compared to goal"),
        pl.lit("Financial year").alias("Time period range"),
    )
    order = [
        "Indicator ID",
        "Indicator Name",
        "Parent Code",
        "Parent Name",
        "Area Code",
        "Area Name",
        "Area Type",
        "Sex",
        "Age",
        "Category Type",
        "Category",
        "Time period",
        "Value",
        "Lower CI 95.0 limit",
        "Upper CI 95.0 limit",
        "Lower CI 99.8 limit",
        "Upper CI 99.8 limit",
        "Count",
        "Denominator",
        "Value note",
        "Recent Trend",
        "Compared to England value or percentiles",
        "Compared to Regions (statistical) value or percentiles",
        "Time period Sortable",
        "New data",
        "Compared to goal",
        "Time period range",
    ]
    frame.select(order).write_csv(path)


def _timed(command: list[str]) -> tuple[float, float]:
    """Seconds, and the greatest resident memory in megabytes, of a command."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    if status:
        raise subprocess.CalledProcessError(os.waitstatus_to_exitcode(status), command)
    return seconds, usage.ru_maxrss / 1024


def measure() -> list[tuple[str, str, str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        file, workspace = Path(folder, "fingertips.csv"), Path(folder, "workspace")
        write_fingertips_csv(file, ROWS)
        command = [str(Path(sys.executable).with_name("commonweal")), "data", "load", str(file)]
        command += ["--workspace", str(workspace), "--collaborative", "cheshire_and_merseyside"]
        first, memory = _timed(command)
        again, memory_again = _timed(command)
        size = file.stat().st_size / 1e6
    return [
        (
            "Load a Fingertips CSV of 1,000,000 rows",
            "< 10 s, < 1 GB",
            f"{first:.1f} s, {memory:,.0f} MB",
            f"{size:,.0f} MB file",
        ),
        ("The same file again (nothing changes)", "-", f"{again:.1f} s, {memory_again:,.0f} MB", ""),
    ]
