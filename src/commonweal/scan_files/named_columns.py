"""Tables with headings: which column holds what, guessed by its name or given."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from commonweal.scan_files.problems import ScanFileError
from commonweal.scan_files.rows import LINE_END, Row, read_text

NAMES: dict[str, tuple[str, ...]] = {
    "place": (
        "place",
        "place_id",
        "location",
        "location_id",
        "loc_id",
        "area",
        "area_code",
        "areacode",
        "lsoa",
        "msoa",
        "ward",
        "postcode",
        "zip",
        "zipcode",
        "district",
        "county",
        "id",
        "code",
        "name",
    ),
    "date": ("date", "event_date", "date_of_event", "date_of_death", "onset", "onset_date", "day", "period", "year"),
    "count": ("count", "cases", "number", "number_of_cases", "n", "events", "deaths", "controls"),
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "long", "lon", "lng"),
    "x": ("x", "easting", "eastings", "oseast1m", "bng_e"),
    "y": ("y", "northing", "northings", "osnrth1m", "bng_n"),
    "population": ("population", "pop", "denominator", "persons"),
}
"""What columns are called, the most telling name first."""
PARTS = {
    "place": ("lsoa", "msoa", "ward", "postcode", "area", "location", "place"),
    "date": ("date", "onset"),
    "population": ("population",),
}
"""A heading that holds such a part will do where no heading is one of the names."""
DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class NamedTable:
    """A table with headings, each row with its line."""

    path: Path
    headings: tuple[str, ...]
    rows: list[Row]

    def index(self, heading: str) -> int:
        """The place of a column, whatever the case of its name.

        Raises:
            ScanFileError: there is no such column.
        """
        folded = [name.casefold() for name in self.headings]
        if heading.casefold() not in folded:
            raise ScanFileError(
                f"it has no column '{heading}'. Its columns are {_listed(self.headings)}.", file=self.path, line=1
            )
        return folded.index(heading.casefold())

    def guess(self, role: str) -> str | None:
        """The heading of the column that seems to hold a role of `NAMES`, or None."""
        plain = {re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_"): name for name in reversed(self.headings)}
        for name in NAMES[role]:
            if name in plain:
                return plain[name]
        for part in PARTS.get(role, ()):
            held = [heading for name, heading in reversed(plain.items()) if part in name]
            coded = [heading for heading in held if re.search(r"(cd|code|id)$", heading.casefold())]
            if held:
                return (coded or held)[0]
        return None

    def chosen(self, role: str, given: str | None, *, what: str) -> str:
        """The heading given for a role, or else guessed.

        Raises:
            ScanFileError: the given column is absent, or none was given and none can be guessed.
        """
        if given is not None:
            return self.headings[self.index(given)]
        found = self.guess(role)
        if found is None:
            raise ScanFileError(
                f"no column looks like {what}. Its columns are {_listed(self.headings)}. Say which one it is with "
                f"--{role}-column.",
                file=self.path,
                line=1,
            )
        return found


def read_named_table(path: Path) -> NamedTable:
    """A CSV file (commas, semicolons, tabs or bars) with headings in its first line.

    Raises:
        ScanFileError: the file is absent, not text, has no rows, an empty or repeated heading, or a row with another
            number of cells.
    """
    if path.suffix.lower() in (".xlsx", ".xls", ".ods"):
        raise ScanFileError("it is a workbook; save the sheet as CSV.", file=path)
    text = read_text(path)
    first = next(line for line in LINE_END.split(text) if line.strip())
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    headings: tuple[str, ...] = ()
    rows = []
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if not headings:
            headings = tuple(cell.strip() for cell in cells)
            continue
        if len(cells) != len(headings):
            raise ScanFileError(
                f"it has {len(cells)} cells, but there are {len(headings)} headings.", file=path, line=reader.line_num
            )
        rows.append(Row(reader.line_num, [cell.strip() for cell in cells]))
    if not rows:
        raise ScanFileError("it has headings but no rows below them.", file=path)
    twice = {name for name in headings if name and headings.count(name) > 1}
    if twice:
        raise ScanFileError(f"two columns are called {_listed(sorted(twice))}.", file=path, line=1)
    return NamedTable(path, headings, rows)


def _listed(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
