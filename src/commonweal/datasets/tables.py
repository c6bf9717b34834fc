"""Reading the table of a file as text: CSV in any usual encoding, or the first sheet of an Excel workbook."""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import fastexcel
import polars as pl
from charset_normalizer import from_bytes

from commonweal.datasets.problems import DataFileError

DELIMITERS = ",;\t|"
SAMPLE = 256 * 1024
ROW = "row_"
"""The column of the number each row has in the file; the headings are row 1."""
CELL = "cell_"
"""The column that numbers what one observation is read from: a row, or a cell where columns are turned into rows."""
PIECE = 50_000
"""Rows that are read and checked at a time."""
LARGEST_UNPACKED = 4 * 1024**3
GREATEST_RATIO = 400
"""A real sheet packs 5 to 50 times smaller; a zip bomb thousands of times."""
NOT_TABLES = {b"%PDF": "a PDF", b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture", b"\x1f\x8b": "a gzip archive"}


@dataclass(frozen=True)
class Layout:
    """How the file is written: `kind` csv or xlsx, and the headings as they stand."""

    kind: str
    encoding: str
    delimiter: str
    headings: list[str]


def read_layout(path: Path) -> Layout:
    """The headings of a file and how it is written, without reading the rest.

    Raises:
        DataFileError: the file is missing, empty, not a table, a zip bomb, or its headings are absent or repeat.
    """
    try:
        with path.open("rb") as file:
            start = file.read(SAMPLE)
    except OSError as error:
        raise DataFileError(f"the file cannot be read: {error.strerror or error}.", file=path) from error
    if not start.strip(b"\xef\xbb\xbf\x00\r\n\t "):
        raise DataFileError("the file is empty.", file=path)
    if start.startswith(b"PK\x03\x04"):
        return Layout("xlsx", "", "", _checked(path, _sheet_headings(path)))
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise DataFileError("this is an old Excel file (.xls). Save it as .xlsx or CSV and load that.", file=path)
    for mark, kind in NOT_TABLES.items():
        if start.startswith(mark):
            raise DataFileError(f"this is {kind}, not a CSV or Excel file.", file=path)
    encoding = _encoding(path, start)
    text = start.decode(encoding, errors="ignore")
    if text.lstrip().lower().startswith(("<!doctype", "<html", "<?xml", "{", "[")):
        raise DataFileError(
            "this is a web page or another kind of document, not a CSV or Excel file. If you downloaded it, the "
            "address may have answered with an error page.",
            file=path,
        )
    if "\x00" in text or sum(not c.isprintable() and c not in "\r\n\t" for c in text[:4000]) > 20:
        raise DataFileError("this is not a text file, so not a CSV.", file=path)
    delimiter, headings = _headings(text)
    if len(headings) < 2:
        raise DataFileError(
            "this is not a CSV: its first line has one column only. The first line must hold the headings, with commas "
            "between.",
            file=path,
        )
    return Layout("csv", encoding, delimiter, _checked(path, headings))


def read_columns(path: Path, layout: Layout, columns: list[str]) -> pl.DataFrame:
    """Some columns of the file as text, blanks trimmed, with the row number in `row_`.

    Rows that hold nothing at all are left out. A row with more or fewer cells than headings is refused, because its
    cells may stand under the wrong headings.

    Raises:
        DataFileError: a row is ragged, or the file ends in the middle of a quoted cell.
    """
    return pl.concat(read_pieces(path, layout, columns))


def read_pieces(path: Path, layout: Layout, columns: list[str]) -> Iterator[pl.DataFrame]:
    """The same in pieces of at most `PIECE` rows, at least one, so that a file may be larger than memory."""
    text = pl.col(columns).str.strip_chars()
    blank = pl.all_horizontal(pl.col(columns).is_null() | (pl.col(columns) == ""))
    first_row = 2
    for piece in _xlsx_pieces(path, columns) if layout.kind == "xlsx" else _csv_pieces(path, layout, columns):
        yield piece.with_row_index(ROW, offset=first_row).with_columns(text).filter(~blank)
        first_row += piece.height


def _encoding(path: Path, start: bytes) -> str:
    if start.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    decoder_end = (
        len(start) if len(start) < SAMPLE else len(start) - 4
    )  # a character may be cut at the end of the sample
    try:
        start[:decoder_end].decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < decoder_end - 4:
            return _guessed(path, start)
    if len(start) > 3 and start[1::2].count(0) > len(start) // 4:
        return "utf-16-le"
    return _of_the_rest(path)


def _of_the_rest(path: Path) -> str:
    """UTF-8, unless a character beyond the sample is none: the first accent may stand in the last row."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        while piece := file.read(4 * 1024**2):
            try:
                decoder.decode(piece)
            except UnicodeDecodeError:
                return _guessed(path, piece)
    return "utf-8"


def _guessed(path: Path, start: bytes) -> str:
    """Windows Excel writes cp1252; anything else is asked of the detector."""
    try:
        start.decode("cp1252")
    except UnicodeDecodeError:
        best = from_bytes(start).best()
        if best is None:
            raise DataFileError(
                "its text is in no encoding that could be recognised. Save it from Excel as 'CSV UTF-8'.", file=path
            ) from None
        return best.encoding
    return "cp1252"


def _headings(text: str) -> tuple[str, list[str]]:
    line = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=line.count)
    return delimiter, [cell.strip() for cell in next(csv.reader(io.StringIO(line), delimiter=delimiter), [])]


def _checked(path: Path, headings: list[str]) -> list[str]:
    while headings and not headings[-1]:
        headings = headings[:-1]
    if not headings:
        raise DataFileError("its first row is empty. The first row must hold the headings.", file=path, row=1)
    repeated = [name for name, times in Counter(headings).items() if times > 1 and name]
    if repeated:
        raise DataFileError("the heading stands twice; every heading must be different.", file=path, column=repeated[0])
    return headings


def _csv_pieces(path: Path, layout: Layout, columns: list[str]) -> Iterator[pl.DataFrame]:
    source: Path | io.BytesIO = path
    if layout.encoding not in ("utf-8", "utf-8-sig"):
        try:
            source = io.BytesIO(path.read_text(encoding=layout.encoding, errors="strict").encode("utf-8"))
        except UnicodeDecodeError as error:
            raise DataFileError(
                f"its text cannot be read as {layout.encoding.upper()} to the end: the file may have been cut off. "
                "Save it again, from Excel as 'CSV UTF-8'.",
                file=path,
            ) from error
    try:
        scan = pl.scan_csv(
            source,
            separator=layout.delimiter,
            infer_schema=False,
            raise_if_empty=False,
            with_column_names=lambda names: _names(layout, len(names)),
        ).select(columns)
        some = False
        for piece in scan.collect_batches(chunk_size=PIECE):
            some = True
            yield piece
        if not some:
            yield pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    except (pl.exceptions.ComputeError, pl.exceptions.NoDataError) as error:
        raise _ragged(path, layout, error) from error


def _names(layout: Layout, columns: int) -> list[str]:
    """The headings, and a name for each nameless column, as a sheet saved from Excel has at its right."""
    named = [name or f" nameless {number}" for number, name in enumerate(layout.headings)]
    return [*named, *(f" nameless {number}" for number in range(len(named), columns))]


def _ragged(path: Path, layout: Layout, error: Exception) -> DataFileError:
    """The first row whose cells do not match the headings."""
    with path.open(encoding=layout.encoding, errors="replace", newline="") as file:
        try:
            for number, cells in enumerate(csv.reader(file, delimiter=layout.delimiter, strict=True), start=1):
                if cells and len(cells) != len(layout.headings):
                    return DataFileError(
                        f"it has {len(cells)} cells where the headings are {len(layout.headings)}. A comma inside a "
                        'cell needs quotation marks round the cell: "Bath, North East".',
                        file=path,
                        row=number,
                    )
        except csv.Error:
            pass
    told = str(error).splitlines()[0][:120]
    return DataFileError(f"its rows cannot be told apart; a quotation mark may be missing ({told}).", file=path)


def _sheet_headings(path: Path) -> list[str]:
    _refuse_bomb(path)
    try:
        sheet = fastexcel.read_excel(path).load_sheet(0, header_row=None, n_rows=1, dtypes="string")
        frame = sheet.to_polars()
    except fastexcel.FastExcelError as error:
        raise DataFileError("this is not an Excel workbook that can be read, or it is damaged.", file=path) from error
    return ["" if cell is None else str(cell).strip() for cell in frame.row(0)] if frame.height else []


def _xlsx_pieces(path: Path, columns: list[str]) -> Iterator[pl.DataFrame]:
    frame = fastexcel.read_excel(path).load_sheet(0, header_row=0, dtypes="string").to_polars()
    frame.columns = [name.strip() for name in frame.columns]
    yield from frame.select(pl.col(name).cast(pl.String).fill_null("") for name in columns).iter_slices(PIECE)
    if frame.is_empty():
        yield pl.DataFrame(schema=dict.fromkeys(columns, pl.String))


def _refuse_bomb(path: Path) -> None:
    """Refuse a workbook that unpacks to far more than its size.

    The sizes a zip declares can lie, so the parts are unpacked, in pieces that are thrown away, until a limit.
    """
    packed = max(path.stat().st_size, 1)
    limit = min(LARGEST_UNPACKED, max(packed * GREATEST_RATIO, 50 * 1024**2))
    try:
        with zipfile.ZipFile(path) as archive:
            if "[Content_Types].xml" not in archive.namelist():
                raise DataFileError(
                    "this is a zip archive, not an Excel workbook. Unpack it and load what is inside.", file=path
                )
            unpacked = 0
            for part in archive.infolist():
                if unpacked + part.file_size > limit:
                    unpacked = limit + 1
                    break
                with archive.open(part) as stream:
                    while piece := stream.read(1024**2):
                        unpacked += len(piece)
                        if unpacked > limit:
                            break
                if unpacked > limit:
                    break
    except zipfile.BadZipFile as error:
        raise DataFileError("this Excel file is damaged and cannot be opened.", file=path) from error
    if unpacked > limit:
        raise DataFileError(
            f"this Excel file is {packed / 1e6:.1f} MB but unpacks to more than {limit / 1e6:,.0f} MB, as a file made "
            "to do harm does. It was not opened. Save the table as CSV if it is genuine.",
            file=path,
        )
