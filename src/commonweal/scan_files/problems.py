"""Errors in the files of a scan: data files and parameter files."""

from __future__ import annotations

from pathlib import Path

from commonweal.errors import CommonwealError

SHOWN_FAULTS = 5


class ScanFileError(CommonwealError):
    """A file of a scan cannot be used: names the file, the line and column where there is one, and the rule."""

    def __init__(
        self, rule: str, *, file: Path | str = "", line: int | None = None, column: int | None = None, field: str = ""
    ) -> None:
        self.rule, self.file, self.line, self.column = rule, str(file), line, column
        place = Path(self.file).name if self.file else "the scan"
        if line is not None:
            place += f", line {line}"
        if column is not None:
            place += f", column {column}" + (f" ({field})" if field else "")
        super().__init__(f"{place}: {rule}")


class ParameterError(ScanFileError):
    """A parameter is unknown, has a value it cannot have, or asks for what Commonweal does not do."""


class Faults:
    """The faults of one file, gathered so that one message tells them all: by rule, how many rows, the first."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._first: dict[str, tuple[int, int | None, str, str]] = {}
        self._rows: dict[str, int] = {}

    def add(self, rule: str, *, line: int, column: int | None = None, field: str = "", value: str = "") -> None:
        """Note that a row breaks a rule."""
        self._first.setdefault(rule, (line, column, field, value))
        self._rows[rule] = self._rows.get(rule, 0) + 1

    def __bool__(self) -> bool:
        return bool(self._rows)

    def refuse(self) -> None:
        """Raise the faults as one error, if there are any.

        Raises:
            ScanFileError: at least one row breaks a rule.
        """
        if not self._rows:
            return
        told = []
        for rule, rows in list(self._rows.items())[:SHOWN_FAULTS]:
            line, column, field, value = self._first[rule]
            at = f"line {line}"
            if column is not None:
                at += f", column {column}" + (f" ({field})" if field else "")
            many = "1 row," if rows == 1 else f"{rows:,} rows, first"
            told.append(f"{rule} in {many} at {at}" + (f": '{value}'" if value else ""))
        if len(self._rows) > SHOWN_FAULTS:
            told.append(f"and {len(self._rows) - SHOWN_FAULTS} other faults")
        line, column, _, _ = next(iter(self._first.values()))
        error = ScanFileError("; ".join(told) + ".", file=self.file)
        error.line, error.column = line, column
        raise error
