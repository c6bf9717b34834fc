"""The catalogue of areas: a plain table, read once."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property, lru_cache
from importlib.resources import as_file, files
from pathlib import Path

import polars as pl

from commonweal.places.area import Area
from commonweal.places.problems import PlacesError

COLUMNS = ("code", "name", "type", "valid_from", "valid_to", "parents", "successors")
REQUIRED = ("code", "name", "type")


class Catalogue:
    """Areas by code. `Catalogue.england()` ships; a workspace adds its own with `Catalogue.read` and `merged`."""

    def __init__(self, areas: Iterable[Area]) -> None:
        self._areas = {area.code: area for area in areas}

    @classmethod
    def england(cls) -> Catalogue:
        """The areas of England. Contains ONS Open Geography data, Open Government Licence v3.0."""
        return _england()

    @classmethod
    def read(cls, path: Path | str) -> Catalogue:
        """Areas from a CSV with the columns code, name, type and, where needed, valid_from, valid_to (2023-04-01),
        parents and successors (codes with semicolons between).

        Raises:
            PlacesError: the file cannot be read, lacks a column, repeats a code, or a cell breaks a rule.
        """
        path = Path(path)
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                reader = csv.DictReader(file)
                absent = [name for name in REQUIRED if name not in (reader.fieldnames or ())]
                if absent:
                    raise PlacesError(f"{path.name}: the column {', '.join(absent)} is missing from its first line.")
                rows = list(reader)
        except OSError as error:
            raise PlacesError(f"{path}: the file of areas cannot be read: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise PlacesError(f"{path.name}: the file is not UTF-8 text; save it as 'CSV UTF-8'.") from error
        areas: dict[str, Area] = {}
        for number, row in enumerate(rows, start=2):
            area = _area(path, number, row)
            if area.code in areas:
                raise PlacesError(f"{path.name}, row {number}, column 'code': '{area.code}' is already in the file.")
            areas[area.code] = area
        return cls(areas.values())

    def merged(self, other: Catalogue) -> Catalogue:
        """The areas of both; `other` wins where both have a code."""
        return Catalogue({**self._areas, **other._areas}.values())

    def get(self, code: str) -> Area | None:
        return self._areas.get(code)

    def __getitem__(self, code: str) -> Area:
        try:
            return self._areas[code]
        except KeyError:
            raise PlacesError(f"'{code}' is not the code of a known area.") from None

    def __contains__(self, code: object) -> bool:
        return code in self._areas

    def __iter__(self) -> Iterator[Area]:
        return iter(self._areas.values())

    def __len__(self) -> int:
        return len(self._areas)

    @cached_property
    def known(self) -> frozenset[str]:
        """Every code, retired ones included."""
        return frozenset(self._areas)

    @cached_property
    def retired(self) -> frozenset[str]:
        """Codes no longer in use."""
        return frozenset(code for code, area in self._areas.items() if area.valid_to is not None)

    def successors(self, code: str) -> tuple[str, ...]:
        """The codes in use today of what a retired area became, through every change since."""
        found: list[str] = []
        for successor in self[code].successors:
            further = self.successors(successor) if successor in self.retired else (successor,)
            found += [each for each in further if each not in found]
        return tuple(found)

    def children(self, code: str, type: str | None = None) -> list[Area]:
        """Areas in use today that lie in an area, of one type or any, by name."""
        inside = [a for a in self if code in a.parents and a.valid_to is None and type in (None, a.type)]
        return sorted(inside, key=lambda area: area.name)

    def parents(self, code: str) -> list[Area]:
        """The areas an area lies in."""
        return [self._areas[parent] for parent in self[code].parents if parent in self._areas]

    def tier(self, code: str, tier: str | None = None) -> set[str]:
        """Codes in use today of the same tier: the upper one where an authority stands in both, unless `tier` says."""
        wanted = tier or self[code].tiers[0]
        return {area.code for area in self if wanted in area.tiers and area.valid_to is None}

    def by_name(self, name: str, type: str | None = None) -> Area | None:
        """The area of a name, in use today before retired; None where there is none."""
        found = [area for area in self._by_name.get(_folded(name), ()) if type in (None, area.type)]
        return min(found, key=lambda area: (area.valid_to is not None, area.code), default=None)

    @cached_property
    def _by_name(self) -> dict[str, list[Area]]:
        """Areas by name, and by the part before a comma ("Bristol, City of")."""
        found: dict[str, list[Area]] = {}
        for area in self:
            for name in {_folded(area.name), _folded(area.name.split(", ")[0])}:
                found.setdefault(name, []).append(area)
        return found

    def to_frame(self) -> pl.DataFrame:
        """Columns code, name, type, tier, retired, valid_from, valid_to."""
        return pl.DataFrame(
            [
                (a.code, a.name, a.type, a.tiers[0], a.valid_to is not None, a.valid_from, a.valid_to)
                for a in self._areas.values()
            ],
            schema={
                "code": pl.String,
                "name": pl.String,
                "type": pl.String,
                "tier": pl.String,
                "retired": pl.Boolean,
                "valid_from": pl.Date,
                "valid_to": pl.Date,
            },
            orient="row",
        )


@lru_cache(maxsize=1)
def _england() -> Catalogue:
    with as_file(files("commonweal.places") / "england.csv") as path:
        return Catalogue.read(path)


def _folded(name: str) -> str:
    return " ".join(name.casefold().replace(".", "").replace("&", "and").split())


def _area(path: Path, number: int, row: dict[str, str | None]) -> Area:
    cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
    for name in REQUIRED:
        if not cells[name]:
            raise PlacesError(f"{path.name}, row {number}, column '{name}': it is empty; every area needs one.")
    days: dict[str, date | None] = {}
    for name in ("valid_from", "valid_to"):
        try:
            days[name] = date.fromisoformat(cells[name]) if cells[name] else None
        except ValueError:
            raise PlacesError(
                f"{path.name}, row {number}, column '{name}': '{cells[name]}' is not a day written like 2023-04-01."
            ) from None
    return Area(
        cells["code"],
        cells["name"],
        cells["type"],
        days["valid_from"],
        days["valid_to"],
        _codes(cells["parents"]),
        _codes(cells["successors"]),
    )


def _codes(text: str) -> tuple[str, ...]:
    return tuple(code.strip() for code in text.split(";") if code.strip())
