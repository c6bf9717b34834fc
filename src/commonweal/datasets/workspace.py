"""The workspace: one folder that holds everything an installation of Commonweal keeps."""

from __future__ import annotations

import difflib
import logging
import os
import tomllib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from commonweal.datasets.store import Store
from commonweal.errors import CommonwealError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from commonweal.datasets.mapping import Mapping
    from commonweal.places import Catalogue, Collaborative

logger = logging.getLogger(__name__)

ENVIRONMENT_VARIABLE = "COMMONWEAL_WORKSPACE"
DEFAULT = Path("workspace")


class WorkspaceError(CommonwealError):
    """The workspace folder is absent or its settings are wrong."""


class Settings(BaseModel):
    """`settings.toml` of a workspace. Every key may be left out."""

    model_config = ConfigDict(extra="forbid")

    public_pages: bool = True
    licence: str = "Open Government Licence v3.0"


def _settings(path: Path) -> Settings:
    if not path.exists():
        return Settings()
    try:
        return Settings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WorkspaceError(f"{path}: this is not TOML: {error}.") from error
    except ValidationError as error:
        raise WorkspaceError(f"{path}: {'; '.join(_fault(each) for each in error.errors())}.") from error


def _fault(error: ErrorDetails) -> str:
    key = ".".join(map(str, error["loc"]))
    if error["type"] != "extra_forbidden":
        return f"{key}: {error['msg']}"
    near = difflib.get_close_matches(key, list(Settings.model_fields), n=1)
    hint = f"; did you mean '{near[0]}'?" if near else f"; there are {', '.join(Settings.model_fields)}"
    return f"{key}: there is no such key{hint}"


class Workspace:
    """A folder with the store, the areas, the collaborative, its packs and the site's database."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path).resolve()
        self._settings: Settings | None = None
        self._settings_written = 0

    @classmethod
    def default_path(cls) -> Path:
        """The folder named by the environment variable COMMONWEAL_WORKSPACE, else ./workspace."""
        return Path(os.environ.get(ENVIRONMENT_VARIABLE) or DEFAULT)

    @classmethod
    def open(cls, path: Path | str | None = None) -> Workspace:
        """The workspace at `path`.

        Raises:
            WorkspaceError: there is no such folder.
        """
        workspace = cls(path or cls.default_path())
        if not workspace.path.is_dir():
            raise WorkspaceError(
                f"There is no workspace at {workspace.path}. Make one with: commonweal init --workspace "
                f"{workspace.path}"
            )
        return workspace

    @classmethod
    def create(cls, path: Path | str, *, collaborative_toml: str) -> Workspace:
        """Make the folder, or complete one that exists; a collaborative already chosen is kept."""
        workspace = cls(path)
        workspace.path.mkdir(parents=True, exist_ok=True)
        for name in ("boundaries", "cache", "mappings", "rejected"):
            (workspace.path / name).mkdir(exist_ok=True)
        if not workspace.collaborative_path.exists():
            workspace.collaborative_path.write_text(collaborative_toml, encoding="utf-8")
        return workspace

    @property
    def collaborative_path(self) -> Path:
        return self.path / "collaborative.toml"

    @property
    def settings(self) -> Settings:
        """The settings as they stand; where the file was spoilt since it was last read, as they stood then.

        Raises:
            WorkspaceError: the file is wrong and was never right; names the key.
        """
        path = self.path / "settings.toml"
        written = path.stat().st_mtime_ns if path.exists() else 0
        if self._settings is None or written != self._settings_written:
            try:
                self._settings = _settings(path)
            except WorkspaceError as error:
                if self._settings is None:
                    raise
                logger.warning("%s The settings read before are kept.", error)
            self._settings_written = written
        return self._settings

    def verify(self) -> None:
        """Make sure that everything a site reads can be read, before people come.

        Raises:
            CommonwealError: names the file and what is wrong in it.
        """
        _settings(self.path / "settings.toml")
        self.collaborative.verify(self.catalogue)
        self.mappings  # noqa: B018

    @cached_property
    def store(self) -> Store:
        return Store(self.path / "store")

    @property
    def mappings(self) -> dict[str, Mapping]:
        """The mappings saved here, by name."""
        from commonweal.datasets.mapping import saved_mappings

        return saved_mappings(self.path / "mappings")

    @cached_property
    def collaborative(self) -> Collaborative:
        from commonweal.places import Collaborative

        if not self.collaborative_path.exists():
            raise WorkspaceError(f"{self.collaborative_path} is missing: choose a collaborative with commonweal init.")
        return Collaborative.read(self.collaborative_path)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The areas of England together with those of `areas.csv`, which win where both name a code."""
        from commonweal.places import Catalogue

        england = Catalogue.england()
        own = self.path / "areas.csv"
        return england.merged(Catalogue.read(own)) if own.exists() else england
