"""Any table in a file: CSV, Excel or Parquet, read with its columns as numbers, dates or text, and written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import xlsxwriter

from commonweal.datasets.comma_separated import csv_bytes
from commonweal.datasets.problems import DataFileError
from commonweal.datasets.tables import ROW, read_columns, read_layout

EXCEL_ROWS = 1_048_575
MISSING = ("", "na", "n/a", "nan", "null", "none")
"""How other programs write that a cell holds nothing."""
WHOLE = r"^[+\-]?\d+$"
DECIMAL = r"^[+\-]?(\d+\.?\d*|\.\d+)([eE][+\-]?\d+)?$"
THOUSANDS = r"^[+\-]?\d{1,3}(,\d{3})+(\.\d+)?$"
CODE = r"^0\d"
"""A number does not begin with a needless nought; a code does, and would lose it."""
DATES = ((r"^\d{4}-\d{2}-\d{2}$", "%Y-%m-%d"), (r"^\d{1,2}/\d{1,2}/\d{4}$", "%d/%m/%Y"))


@dataclass(frozen=True)
class TableFile:
    """A table and where each of its rows stands in the file.

    Attributes:
        rows: the number of each row in the file, whose headings are row 1; for Parquet, rows counted from 1.
    """

    path: Path
    frame: pl.DataFrame
    rows: pl.Series


def read_table(path: Path) -> TableFile:
    """The table of a file. A column whose every cell is a number or a date is read so; codes such as 0123 stay text.

    Raises:
        DataFileError: the file is missing, empty or no table; a row is ragged; a heading stands twice.
    """
    if path.suffix.lower() in (".parquet", ".pq"):
        try:
            frame = pl.read_parquet(path)
        except OSError as error:
            raise DataFileError(f"the file cannot be read: {error.strerror or error}.", file=path) from error
        except pl.exceptions.PolarsError as error:
            raise DataFileError("this is not a Parquet file that can be read.", file=path) from error
        return TableFile(path, frame, pl.int_range(1, frame.height + 1, eager=True))
    layout = read_layout(path)
    headings = [name for name in layout.headings if name]
    text = read_columns(path, layout, headings)
    return TableFile(path, text.select(_typed(text[name]) for name in headings), text[ROW])


def _typed(cells: pl.Series) -> pl.Series:
    """A column of text as whole numbers, decimals or dates where every cell that holds something is one."""
    held = cells.set(cells.str.to_lowercase().is_in(MISSING), None)
    known = held.drop_nulls()
    if not len(known):
        return held
    plain = held.str.replace_all(",", "") if known.str.contains(THOUSANDS).any() else held
    if (known.str.contains(DECIMAL) | known.str.contains(THOUSANDS)).all() and not known.str.contains(CODE).any():
        whole = plain.drop_nulls().str.contains(WHOLE).all()
        numbers = plain.str.strip_prefix("+").cast(pl.Int64 if whole else pl.Float64, strict=False)
        if numbers.null_count() == held.null_count():
            return numbers
    for pattern, form in DATES:
        if known.str.contains(pattern).all():
            dates = held.str.to_date(form, strict=False)
            if dates.null_count() == held.null_count():
                return dates
    return held


def write_table(tables: Mapping[str, pl.DataFrame], target: Path) -> int:
    """Write a table as CSV, XLSX or Parquet, by the ending of the name. Returns its rows.

    Args:
        tables: by name; an Excel workbook has a sheet of each, another file holds the first alone.

    Raises:
        DataFileError: the ending is another, the folder cannot be written to, or an Excel sheet cannot hold the rows.
    """
    first = next(iter(tables.values()))
    try:
        if target.suffix == ".csv":
            target.write_bytes(csv_bytes(first))
        elif target.suffix == ".parquet":
            first.write_parquet(target)
        elif target.suffix == ".xlsx":
            _write_workbook(tables, target)
        else:
            raise DataFileError("choose a name that ends in .csv, .xlsx or .parquet.", file=target)
    except OSError as error:
        raise DataFileError(f"the file cannot be written: {error.strerror or error}.", file=target) from error
    return first.height


def _write_workbook(tables: Mapping[str, pl.DataFrame], target: Path) -> None:
    for frame in tables.values():
        if frame.height > EXCEL_ROWS:
            raise DataFileError(
                f"{frame.height:,} rows are more than a sheet of Excel holds ({EXCEL_ROWS:,}). "
                "Write a .csv or .parquet file.",
                file=target,
            )
    if not target.parent.is_dir():
        raise DataFileError("the folder does not exist.", file=target)
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        for name, frame in tables.items():
            frame.write_excel(book, worksheet=name[:31].capitalize(), freeze_panes=(1, 0))
