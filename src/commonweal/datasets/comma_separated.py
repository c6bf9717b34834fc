"""CSV that a spreadsheet opens safely."""

from __future__ import annotations

import polars as pl

FORMULA_STARTS = r"^[=+\-@\t\r]"
"""A text cell that begins so would be run as a formula by a spreadsheet (OWASP, CSV injection)."""
NUMBER = r"^[+\-]?[\d.,]+%?$"
"""A number is only a number, whatever its sign."""


def safe_text(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with an apostrophe before every text cell that a spreadsheet would run; numbers stay numbers."""
    text = [name for name, kind in frame.schema.items() if kind == pl.String]
    return frame.with_columns(
        pl.when(pl.col(name).str.contains(FORMULA_STARTS) & ~pl.col(name).str.contains(NUMBER))
        .then(pl.lit("'") + pl.col(name))
        .otherwise(pl.col(name))
        .alias(name)
        for name in text
    )


def csv_bytes(frame: pl.DataFrame) -> bytes:
    """UTF-8 with a byte-order mark, which Excel needs to read accents, and no cell that starts a formula."""
    return b"\xef\xbb\xbf" + safe_text(frame).write_csv().encode("utf-8")
