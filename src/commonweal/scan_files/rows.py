"""The rows of a data file: separated by white space or by a declared character, each with its line number."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from commonweal.scan_files.problems import ScanFileError

COMMENT = (";", "//")
QUOTED = re.compile(r'"((?:[^"]|"")*)"|(\S+)')
QUOTATION = re.compile(r'"(?:[^"]|"")*"')
LINE_END = re.compile(r"\r\n|\n|\r")
ONE_CASE = "onecount"
NUMBER_THE_ROWS = "generatedid"
NO_DATE = "unspecifiedpopdate"
BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True)
class Layout:
    """How the rows of a file are written.

    Attributes:
        delimiter: the character between columns; None for white space, or for the comma or semicolon that the first
            row shows.
        quote: the character around text that holds the delimiter.
        skip: lines before the data.
        header: whether the first line after those names the columns.
        columns: for each field that the kind of file needs, in its order, the number of its column (from 1), or
            "oneCount", "generatedId" or "unspecifiedPopDate"; empty where the columns stand in that order already.
    """

    delimiter: str | None = None
    quote: str = '"'
    skip: int = 0
    header: bool = False
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A data row: its line in the file and its cells, in the order of the kind of file."""

    line: int
    cells: list[str]


def read_text(path: Path) -> str:
    """The text of a file in UTF-8, UTF-16 (with its mark) or, failing that, Windows-1252.

    Raises:
        ScanFileError: the file is absent, is a folder, is empty or is not text.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ScanFileError("there is no such file.", file=path) from None
    except OSError as error:
        raise ScanFileError(f"it cannot be read ({error.strerror}).", file=path) from None
    encoding = next((name for mark, name in BYTE_ORDER_MARKS if data.startswith(mark)), "utf-8")
    if encoding != "utf-16" and b"\0" in data[:4096]:
        raise ScanFileError("it is not a text file; save it as plain text or CSV.", file=path)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if not text.strip():
        raise ScanFileError("it is empty.", file=path)
    return text


def read_rows(path: Path, layout: Layout | None = None) -> Iterator[Row]:
    """The data rows of a file; blank lines and comments (`;` or `//` at the start of a line) are passed over.

    Raises:
        ScanFileError: the file is absent, not text, or holds no data row; a row lacks a declared column.
    """
    layout = layout or Layout()
    lines = LINE_END.split(read_text(path))
    delimiter = layout.delimiter
    passed = 0
    found = False
    for number, line in enumerate(lines, 1):
        if number <= layout.skip or not line.strip() or line.lstrip().startswith(COMMENT):
            continue
        if layout.header and not passed:
            passed = number
            continue
        if not found and delimiter is None:
            delimiter = _visible_delimiter(line)
        found = True
        cells = _cells(line, delimiter, layout.quote)
        yield Row(number, _arranged(cells, layout, path, number) if layout.columns else cells)
    if not found:
        raise ScanFileError("it holds no data rows.", file=path)


def _visible_delimiter(line: str) -> str | None:
    """The comma or semicolon that parts the row into at least as many cells as white space does, if one does."""
    bare = QUOTATION.sub("x", line)
    apart = len(bare.split())
    return next((mark for mark in ",;" if mark in bare and bare.count(mark) + 1 >= apart), None)


def _cells(line: str, delimiter: str | None, quote: str) -> list[str]:
    if delimiter is not None:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter, quotechar=quote or None))]
    if '"' not in line:
        return line.split()
    return [found[1].replace('""', '"') if found[2] is None else found[2] for found in QUOTED.finditer(line)]


def _arranged(cells: list[str], layout: Layout, path: Path, line: int) -> list[str]:
    arranged = []
    for column in layout.columns:
        name = column.casefold()
        if name == ONE_CASE:
            arranged.append("1")
        elif name == NUMBER_THE_ROWS:
            arranged.append(f"location{line}")
        elif name in ("", NO_DATE):
            arranged.append("")
        elif column.isdigit() and 1 <= int(column) <= len(cells):
            arranged.append(cells[int(column) - 1])
        else:
            raise ScanFileError(f"it has {len(cells)} columns, so there is no column '{column}'.", file=path, line=line)
    return arranged
