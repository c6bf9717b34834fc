"""Errors in a data file as a whole. A fault in one row is a rejection (see `reading`), not an error."""

from __future__ import annotations

from pathlib import Path

from commonweal.errors import CommonwealError


class DataFileError(CommonwealError):
    """A file cannot be read at all: names the file, the column or row where there is one, and the rule."""

    def __init__(self, rule: str, *, file: Path | str = "", column: str | None = None, row: int | None = None) -> None:
        self.rule, self.file, self.column, self.row = rule, str(file), column, row
        place = Path(self.file).name if self.file else "the data"
        if row is not None:
            place += f", row {row}"
        if column:
            place += f", column '{column}'"
        super().__init__(f"{place}: {rule}")
