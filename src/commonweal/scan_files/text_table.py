"""Tables as text in columns of fixed width (*.col.txt and its like)."""

from __future__ import annotations

from commonweal.scan_files.cluster_tables import NUMBER, TEXT, Column, Table


def table_text(table: Table, *, headings: bool) -> str:
    """The rows, each cell padded to the width of its column; the names of the columns first, if asked for."""
    lines = []
    if headings:
        lines.append("".join(column.name.ljust(_width(column)) for column in table.columns))
    for row in table.rows:
        cells = zip(table.columns, row, strict=True)
        lines.append("".join(_padded(column, _written(column, value)) for column, value in cells))
    return "".join(f"{line}\n" for line in lines)


def _written(column: Column, value: object) -> str:
    text = column.text(value)
    # A space inside an identifier would make two columns of one.
    return f'"{text}"' if column.kind == TEXT and (" " in text or not text) else text


def _padded(column: Column, text: str) -> str:
    padded = text.ljust(_width(column))
    return padded if padded.endswith(" ") else f"{padded} "


def _width(column: Column) -> int:
    return max(column.width, len(column.name)) + (1 if column.kind == NUMBER else 2) if column.kind != "L" else 2
