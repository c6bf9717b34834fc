"""Excel workbooks."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence

import polars as pl
import xlsxwriter

NOTES = "Notes"
NOTES_WIDTH = 110
SHEET_NAME_LENGTH = 31
WIDEST = 44


def workbook(sheets: Mapping[str, pl.DataFrame], *, notes: Sequence[str] = ()) -> bytes:
    """An .xlsx with a sheet for each table, headings frozen and filterable, and a last sheet of notes.

    Text is written as text: a cell that begins with = or + is never run as a formula, and an address never made a link.
    """
    buffer = io.BytesIO()
    settings = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, settings) as book:
        heading = book.add_format(
            {"bold": True, "bg_color": "#f3f5f4", "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for name, frame in sheets.items():
            sheet = book.add_worksheet(_sheet_name(name))
            frame.write_excel(
                book,
                worksheet=sheet,
                header_format={"bold": True, "bg_color": "#f3f5f4"},
                table_style=None,
                autofilter=frame.height > 0,
                float_precision=4,
                dtype_formats={pl.Date: "yyyy-mm-dd"},
            )
            for column, title in enumerate(frame.columns):
                sheet.write_string(0, column, title, heading)
                lengths = frame[title].cast(pl.String).str.len_chars().drop_nulls().to_list()
                sheet.set_column(column, column, min(max([len(title), *lengths]) + 2, WIDEST))
            sheet.freeze_panes(1, 0)
        if notes:
            sheet = book.add_worksheet(NOTES)
            sheet.set_column(0, 0, NOTES_WIDTH)
            for row, note in enumerate(filter(None, notes)):
                sheet.write_string(row, 0, note, wrapped)
    return buffer.getvalue()


def _sheet_name(name: str) -> str:
    """A name Excel allows: without []:*?/\\ and not too long."""
    return re.sub(r"[\[\]:*?/\\]", " ", name)[:SHEET_NAME_LENGTH] or "Sheet"
