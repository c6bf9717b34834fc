"""Observations written to a file that a spreadsheet or another program can read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import xlsxwriter

from commonweal.datasets.comma_separated import csv_bytes
from commonweal.datasets.store import StoreError
from commonweal.datasets.workspace import Workspace

EXCEL_ROWS = 1_048_575


def with_names(workspace: Workspace, observations: pl.DataFrame) -> pl.DataFrame:
    """The observations with `indicator_name` and `area_name` after their codes."""
    indicators = {key: indicator.name for key, indicator in workspace.store.indicators().items()}
    areas = {area.code: area.name for area in workspace.catalogue}
    return observations.select(
        "indicator",
        pl.col("indicator").replace_strict(indicators, default="", return_dtype=pl.String).alias("indicator_name"),
        "area_code",
        pl.col("area_code").replace_strict(areas, default="", return_dtype=pl.String).alias("area_name"),
        pl.exclude("indicator", "area_code"),
    )


def write_observations(
    workspace: Workspace,
    target: Path,
    *,
    indicators: Sequence[str] | None = None,
    areas: Sequence[str] | None = None,
    version: int | None = None,
) -> int:
    """Write the chosen observations as CSV, XLSX or Parquet, by the ending of the name. Returns the rows written.

    Raises:
        StoreError: nothing matches, the ending is another, or there are more rows than a sheet of Excel holds.
    """
    frame = with_names(workspace, workspace.store.read(indicators, areas=areas, version=version))
    if frame.is_empty():
        raise StoreError("Nothing in the store matches, so no file was written. See: commonweal data status")
    if target.suffix == ".csv":
        target.write_bytes(csv_bytes(frame))
    elif target.suffix == ".parquet":
        frame.write_parquet(target)
    elif target.suffix == ".xlsx":
        if frame.height > EXCEL_ROWS:
            raise StoreError(
                f"{frame.height:,} rows are more than a sheet of Excel holds ({EXCEL_ROWS:,}). Choose indicators or "
                "areas, or write a .csv or .parquet file."
            )
        with xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
            frame.write_excel(book, worksheet="Observations", freeze_panes=(1, 0))
    else:
        raise StoreError(f"{target.name}: choose a name that ends in .csv, .xlsx or .parquet.")
    return frame.height
