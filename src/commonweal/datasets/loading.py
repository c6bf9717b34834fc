"""A load: one file read, checked and put in the store in a single commit, with what was refused beside it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from commonweal import __version__
from commonweal.datasets.admission import admit
from commonweal.datasets.comma_separated import csv_bytes
from commonweal.datasets.problems import DataFileError
from commonweal.datasets.reading import Reading, read_observations
from commonweal.datasets.workspace import Workspace

if TYPE_CHECKING:
    from commonweal.datasets.mapping import Mapping

Progress = Callable[[str], None]
REJECTED_HEADINGS = "row,column,value,reason"


@dataclass(frozen=True)
class LoadReport:
    """What became of every row of a file."""

    file: str
    mapping: str
    rows_in: int
    rows_rejected: int
    rows_collapsed: int
    observations: int
    added: int
    updated: int
    unchanged: int
    kept_newer: int
    version: int | None
    rejected_file: Path | None
    notices: list[str]
    reasons: list[tuple[str, int]]
    new_indicators: list[str]


def load_file(
    workspace: Workspace,
    path: Path | str,
    *,
    mapping: Mapping | str | None = None,
    constants: dict[str, str] | None = None,
    strict: bool = False,
    replace_newer: bool = False,
    user: str = "",
    progress: Progress = lambda _: None,
) -> LoadReport:
    """Read a file into the store of the workspace.

    Rows that break a rule are left out and written to `<file>.rejected.csv` beside the input (or to `rejected/` of
    the workspace where that folder cannot be written). Everything else goes in as one commit.

    Args:
        replace_newer: replace also what is held from a file extracted later, where both days are known.
        strict: refuse the whole file when any row breaks a rule.
        progress: told the name of each step as it begins.

    Raises:
        DataFileError: the file cannot be read, no row is usable, or `strict` and some row breaks a rule.
    """
    path = Path(path)
    reading = read_observations(
        path,
        mapping=mapping,
        catalogue=workspace.catalogue,
        indicators=workspace.store.indicators(),
        constants=constants,
        saved=workspace.mappings,
        ours=workspace.collaborative.areas,
        progress=progress,
    )
    rejected_file = _write_rejected(workspace, path, reading)
    if strict and reading.rows_rejected:
        raise DataFileError(
            f"{reading.rows_rejected:,} of {reading.rows_in:,} rows break a rule and you asked for all or nothing. "
            f"Nothing was loaded; the rows are listed in {rejected_file}.",
            file=path,
        )
    if reading.observations.is_empty():
        first = _reasons(reading)[0][0] if reading.rows_rejected else "it has no rows below the headers"
        raise DataFileError(
            f"none of its {reading.rows_in:,} rows could be used, so nothing was loaded. Most often: {first}.",
            file=path,
        )
    progress("Storing")
    digest = _digest(path)
    load = f"{dt.datetime.now(tz=dt.UTC):%Y%m%dT%H%M%S}-{digest[:8]}"
    workspace.store.save_indicators(reading.indicators, replace=False)
    change = admit(
        workspace,
        reading.observations.with_columns(load=pl.lit(load)),
        {
            "load": load,
            "source": path.name,
            "sha256": digest,
            "mapping": reading.mapping.title,
            "rows_in": reading.rows_in,
            "rows_rejected": reading.rows_rejected,
            "rows_collapsed": reading.collapsed,
            "user": user,
            "program": f"commonweal {__version__}",
        },
        keep_newer=not replace_newer,
    )
    if change.kept_newer:
        reading.notices.append(
            f"For {change.kept_newer:,} of its rows other figures are held that were extracted later: they are kept. "
            "To replace them load the file with --replace-newer."
        )
    if rejected_file is None:
        _remove_stale(workspace, path)
    return LoadReport(
        file=str(path),
        mapping=reading.mapping.title,
        rows_in=reading.rows_in,
        rows_rejected=reading.rows_rejected,
        rows_collapsed=reading.collapsed,
        observations=reading.observations.height,
        added=change.added,
        updated=change.updated,
        unchanged=change.unchanged,
        kept_newer=change.kept_newer,
        version=change.version,
        rejected_file=rejected_file,
        notices=reading.notices,
        reasons=_reasons(reading),
        new_indicators=[indicator.id for indicator in reading.indicators],
    )


def _reasons(reading: Reading) -> list[tuple[str, int]]:
    counted = reading.rejected.group_by("reason").len().sort("len", "reason", descending=[True, False])
    return [(str(reason), int(rows)) for reason, rows in counted.iter_rows()]


def _places(workspace: Workspace, path: Path) -> tuple[Path, Path]:
    """Where the rejected rows of a file are written: the first that can be."""
    name = path.name + ".rejected.csv"
    return path.with_name(name), workspace.path / "rejected" / name


def _remove_stale(workspace: Workspace, path: Path) -> None:
    """Rejected rows of an earlier load of the file are of no use after a clean one; other people's files stay."""
    for target in _places(workspace, path):
        try:
            with target.open(encoding="utf-8-sig", errors="replace") as file:
                is_ours = file.readline().strip() == REJECTED_HEADINGS
            if is_ours:
                target.unlink()
        except OSError:
            continue


def _write_rejected(workspace: Workspace, path: Path, reading: Reading) -> Path | None:
    if reading.rejected.is_empty():
        return None
    contents = csv_bytes(reading.rejected)
    for target in _places(workspace, path):
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(contents)
        except OSError:
            continue
        return target
    return None


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
