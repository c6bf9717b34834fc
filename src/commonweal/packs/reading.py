"""A pack read from its folder, with every fault found in one pass."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from commonweal.datasets.indicator import Indicator
from commonweal.faults import faults_of, guess
from commonweal.packs.consistency import inconsistencies
from commonweal.packs.contents import Dashboard, Heading, Objectives, Pack
from commonweal.packs.problems import PackError

HEADING, OBJECTIVES, DASHBOARD, INDICATORS, NARRATIVE = (
    "pack.toml",
    "objectives.toml",
    "dashboard.toml",
    "indicators.toml",
    "README.md",
)
KNOWN = (HEADING, OBJECTIVES, DASHBOARD, INDICATORS, NARRATIVE, "indicators")

Model = TypeVar("Model", bound=BaseModel)


@dataclass
class _Folder:
    """The files of a pack as they are read, and what is wrong with them."""

    path: Path
    faults: list[str] = field(default_factory=list)

    def text(self, name: str) -> str | None:
        path = self.path / name
        if not path.is_file():
            self.faults.append(f"{name}: this file is needed.")
            return None
        try:
            return path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            self.faults.append(f"{name}: this is not UTF-8 text (byte {error.start + 1}); save it as UTF-8.")
        except OSError as error:
            self.faults.append(f"{name}: this file cannot be read: {error.strerror}.")
        return None

    def table(self, name: str) -> dict[str, Any] | None:
        text = self.text(name)
        if text is None:
            return None
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            self.faults.append(f"{name}: this is not TOML: {error}.")
        except RecursionError:
            self.faults.append(f"{name}: this is not TOML: brackets are nested too deeply.")
        return None

    def model(self, name: str, kind: type[Model]) -> Model | None:
        table = self.table(name)
        if table is None:
            return None
        try:
            return kind.model_validate(table)
        except ValidationError as error:
            self.faults += [f"{name}: {fault}" for fault in faults_of(error, kind)]
            return None


def read_pack(folder: Path | str) -> Pack:
    """The pack in a folder: see docs/reference/pack-format.md.

    Raises:
        PackError: any file is missing or breaks a rule; its `faults` name each file, key and rule.
    """
    pack, faults = _read(Path(folder))
    if pack is None or faults:
        raise PackError(folder, faults)
    return pack


def check_pack(folder: Path | str) -> list[str]:
    """Everything wrong with the pack in a folder, each as "file: key: rule"; empty when it is sound.

    Lists are counted from 1: `objectives[2]` is the second objective of the file.
    """
    return _read(Path(folder))[1]


def _read(path: Path) -> tuple[Pack | None, list[str]]:
    if not path.is_dir():
        return None, [f"{path}: there is no such folder."]
    if not (path / HEADING).exists() and not (path / OBJECTIVES).exists():
        return None, [f"{path}: this folder is not a pack: it has no {HEADING}."]
    folder = _Folder(path)
    _strange_files(folder)
    heading = folder.model(HEADING, Heading)
    objectives = folder.model(OBJECTIVES, Objectives)
    indicators, places = _indicators(folder)
    dashboard = folder.model(DASHBOARD, Dashboard)
    narrative = folder.text(NARRATIVE)
    if narrative is not None and not narrative.strip():
        folder.faults.append(f"{NARRATIVE}: say in it what the programme is; it is empty.")
    # An indicator file that could not be read would make every mention of its indicator a second, false fault.
    if indicators is not None:
        folder.faults += inconsistencies(
            objectives.objectives if objectives else [],
            indicators,
            dashboard,
            places,
            objectives_file=OBJECTIVES,
            dashboard_file=DASHBOARD,
        )
    if folder.faults or heading is None or objectives is None or dashboard is None or indicators is None:
        return None, folder.faults
    pack = Pack(
        **heading.model_dump(),
        objectives=objectives.objectives,
        indicators=indicators,
        dashboard=dashboard,
        narrative=narrative or "",
    )
    return pack, []


def _strange_files(folder: _Folder) -> None:
    for path in sorted(folder.path.iterdir()):
        name = path.name
        if name in KNOWN or name.startswith((".", "__")):
            continue
        folder.faults.append(f"{name}: this is not a file of a pack.{guess(name, KNOWN)}")


def _indicators(folder: _Folder) -> tuple[list[Indicator] | None, dict[str, str]]:
    """Every indicator, and the place that defines it; None where some file or indicator could not be read."""
    sources: list[tuple[str, str, Any]] = []  # file, key within it, table
    whole = True
    names = [INDICATORS] if (folder.path / INDICATORS).exists() else []
    subfolder = folder.path / "indicators"
    if subfolder.is_dir():
        for path in sorted(subfolder.iterdir()):
            if path.suffix == ".toml":
                names.append(f"indicators/{path.name}")
            elif not path.name.startswith((".", "__")):
                folder.faults.append(f"indicators/{path.name}: indicators are kept in files that end in .toml.")
    if not names:
        folder.faults.append(f"{INDICATORS}: this file is needed (or a folder 'indicators').")
        return None, {}
    for name in names:
        table = folder.table(name)
        if table is None:
            whole = False
        elif name != INDICATORS and "indicators" not in table:
            sources.append((name, "", table))
        else:
            listed = table.pop("indicators", None)
            for key in table:
                folder.faults.append(
                    f"{name}: {key}: '{key}' is not a key that belongs here.{guess(key, ['indicators'])}"
                )
                whole = False
            if not isinstance(listed, list):
                folder.faults.append(f"{name}: indicators: this list is needed: begin each with [[indicators]].")
                whole = False
            else:
                sources += [(name, f"indicators[{n}]", one) for n, one in enumerate(listed, start=1)]
    found: list[Indicator] = []
    places: dict[str, str] = {}
    for name, key, table in sources:
        try:
            indicator = Indicator.model_validate(table)
        except ValidationError as error:
            folder.faults += [
                f"{name}: {'.'.join(part for part in (key, fault) if part)}" for fault in faults_of(error, Indicator)
            ]
            whole = False
            continue
        here = f"{name}: {key}" if key else name
        if indicator.id in places:
            folder.faults.append(f"{here}: '{indicator.id}' is already defined by {places[indicator.id]}.")
        else:
            places[indicator.id] = here
            found.append(indicator)
    return (found if whole else None), places
