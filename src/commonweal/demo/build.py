"""The demonstration: a workspace with a fictional collaborative, made once and kept until the program changes."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
from pathlib import Path

import polars as pl
from filelock import FileLock

from commonweal import __version__, stats
from commonweal.datasets.admission import admit
from commonweal.datasets.workspace import Workspace
from commonweal.demo.areas import areas_csv, fictional_areas
from commonweal.demo.observations import observations
from commonweal.demo.recipes import indicators
from commonweal.errors import CommonwealError
from commonweal.packs import shipped_folder
from commonweal.places import Catalogue

HERE = Path(__file__).parent
STAMP = "demonstration.json"
MADE = ("store", "cache", "areas.csv", "collaborative.toml")

# What was published by each date, as a collaborative loads figures twice a year.
RELEASES = (
    ("June 2023", dt.date(2023, 6, 14), dt.date(2022, 12, 31)),
    ("June 2024", dt.date(2024, 6, 12), dt.date(2023, 12, 31)),
    ("June 2025", dt.date(2025, 6, 11), dt.date(2024, 12, 31)),
    ("November 2025", dt.date(2025, 11, 12), dt.date(2025, 12, 31)),
)
REVISED = {"indicator": "cvdprevent.007hyp", "area_code": "X06000008", "period": "2023/24", "in": "November 2025"}
"""A figure first loaded too low, because one practice had returned nothing, and put right in a later release."""
UNREPORTED = 0.94


class DemonstrationError(CommonwealError):
    """The demonstration cannot be made in the folder."""


def build(folder: Path | str, *, seed: int = 2016) -> Workspace:
    """Make the demonstration's workspace in a folder, or answer with the one already there.

    The same program and seed always give the same figures. A build that was broken off, or one by another program or
    seed, is made again; of the folder only what the build itself wrote is replaced.

    Raises:
        DemonstrationError: the folder holds a workspace that is not a demonstration.
    """
    folder = Path(folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "demonstration.lock"):
        stamp = {"program": __version__, "contents": _contents(), "seed": seed}
        held = _stamp_of(folder)
        if held == stamp | {"complete": True}:
            return Workspace.open(folder)
        if held is None and any((folder / name).exists() for name in MADE):
            raise DemonstrationError(
                f"{folder} holds a workspace that is not a demonstration, and nothing was changed. "
                "Choose another folder."
            )
        _write_stamp(folder, stamp | {"complete": False})
        for name in MADE:
            _remove(folder / name)
        workspace = _make(folder, seed)
        _write_stamp(folder, stamp | {"complete": True})
    return workspace


def _make(folder: Path, seed: int) -> Workspace:
    real_names = {area.name for area in Catalogue.england()}
    areas = fictional_areas(seed, avoid=real_names)
    (folder / "areas.csv").write_text(areas_csv(areas), encoding="utf-8")
    workspace = Workspace.create(folder, collaborative_toml=(HERE / "mereside.toml").read_text(encoding="utf-8"))
    workspace.store.save_indicators(indicators().values())
    rows = observations(areas, seed)
    before: dt.date | None = None
    for number, (name, day, last) in enumerate(RELEASES, start=1):
        released = rows.filter(pl.col("period_end") <= last)
        if before is not None:
            released = released.filter((pl.col("period_end") > before) | _is_revised(name))
        before = last
        load = f"{day:%Y%m%d}T090000-release{number}"
        # Added after the figures, so that they do not depend on when they were loaded.
        released = _as_first_returned(released, name).with_columns(extracted=pl.lit(day), load=pl.lit(load))
        admit(
            workspace,
            released,
            {
                "load": load,
                "source": f"Synthetic figures, release of {name}",
                "mapping": "Demonstration",
                "released": day.isoformat(),
                "rows_in": released.height,
                "rows_rejected": 0,
                "rows_collapsed": 0,
                "user": "Demonstration",
                "program": f"commonweal {__version__}",
            },
        )
    return workspace


def _is_revised(release: str) -> pl.Expr:
    row = (
        (pl.col("indicator") == REVISED["indicator"])
        & (pl.col("area_code") == REVISED["area_code"])
        & (pl.col("period") == REVISED["period"])
    )
    return row & pl.lit(release == REVISED["in"])


def _as_first_returned(rows: pl.DataFrame, release: str) -> pl.DataFrame:
    """The rows with the revised figure as it was before its revision."""
    if release == REVISED["in"]:
        return rows
    early = _is_revised(REVISED["in"])
    part = rows.filter(early)
    if part.is_empty():
        return rows
    part = part.with_columns(
        count=(pl.col("count") * UNREPORTED).floor(), note=pl.lit("Provisional: one practice has not returned figures")
    )
    figures = stats.proportion(
        part.select("count", "denominator"),
        count="count",
        denominator="denominator",
        per=100,
        confidence=[0.95, 0.998],
    )
    changed = part.with_columns(figures.select("value", "lower_95", "upper_95", "lower_99_8", "upper_99_8"))
    return pl.concat([rows.filter(~early), changed])


# The stamp ---


def _contents() -> str:
    """A digest of everything the figures are made from, so that a changed recipe is noticed without a new version."""
    digest = hashlib.sha256()
    for path in sorted([*HERE.glob("*.py"), *HERE.glob("*.toml"), *shipped_folder("blood_pressure").glob("*.toml")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _stamp_of(folder: Path) -> dict[str, object] | None:
    try:
        held = json.loads((folder / STAMP).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:
        return {}
    return held if isinstance(held, dict) else {}


def _write_stamp(folder: Path, stamp: dict[str, object]) -> None:
    beside = folder / f"{STAMP}.part"
    beside.write_text(json.dumps(stamp), encoding="utf-8")
    beside.replace(folder / STAMP)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
