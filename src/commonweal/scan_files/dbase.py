"""dBase III tables (*.dbf), which R and geographical information systems read."""

from __future__ import annotations

import datetime as dt
import struct

from commonweal.scan_files.cluster_tables import LOGICAL, NUMBER, Column, Table

VERSION = 0x03
HEADER_END = b"\x0d"
FILE_END = b"\x1a"
LIVE = b" "


def dbase_bytes(table: Table) -> bytes:
    """The table in dBase III; text in Latin-1, cut to the width of its column."""
    fields = b"".join(_field(column) for column in table.columns)
    header_length = 32 + len(fields) + 1
    row_length = 1 + sum(column.width for column in table.columns)
    today = dt.date.today()
    header = struct.pack(
        "<BBBBIHH20x", VERSION, today.year - 1900, today.month, today.day, len(table.rows), header_length, row_length
    )
    rows = b"".join(
        LIVE + b"".join(_cell(column, value) for column, value in zip(table.columns, row, strict=True))
        for row in table.rows
    )
    return header + fields + HEADER_END + rows + FILE_END


def _field(column: Column) -> bytes:
    return struct.pack("<11sc4xBB14x", column.name.encode("ascii"), column.kind.encode(), column.width, column.decimals)


def _cell(column: Column, value: object) -> bytes:
    if column.kind == LOGICAL:
        return b"T" if value else b"F"
    if column.kind == NUMBER:
        assert isinstance(value, int | float)
        text = f"{value:.{column.decimals}f}"
        if len(text) > column.width and column.decimals:
            text = f"{value:.{max(0, column.decimals - (len(text) - column.width))}f}"
        return text.rjust(column.width).encode("ascii")[: column.width]
    return str(value).encode("latin-1", errors="replace").ljust(column.width)[: column.width]
