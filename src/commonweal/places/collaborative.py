"""A collaborative: the areas that work together, in one plain file."""

from __future__ import annotations

import difflib
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, model_validator

from commonweal.places.catalogue import Catalogue
from commonweal.places.neighbours import read_neighbours
from commonweal.places.problems import PlacesError

SHIPPED = files("commonweal.places") / "collaboratives"


class Group(BaseModel):
    """Some of the areas under a name of their own, such as a combined authority's."""

    model_config = ConfigDict(extra="forbid")
    id: str
    name: str
    areas: list[str] = Field(min_length=1)


class Neighbours(BaseModel):
    """How similar areas are found: computed over `indicators`, or listed in `file` beside the collaborative's."""

    model_config = ConfigDict(extra="forbid")
    method: Literal["computed", "listed"] = "computed"
    indicators: list[str] = Field(default_factory=list)
    n: int = Field(default=15, ge=1, le=50)
    file: str = ""

    @model_validator(mode="after")
    def a_list_needs_a_file(self) -> Neighbours:
        if self.method == "listed" and not self.file:
            raise ValueError("listed neighbours need the name of their file")
        if Path(self.file).is_absolute() or ".." in Path(self.file).parts:
            raise ValueError("the list of neighbours must stand beside the collaborative's file")
        return self


class Map(BaseModel):
    """Hexagons by area code, as axial coordinates [q, r]; a compact layout is made where none is given."""

    model_config = ConfigDict(extra="forbid")
    hex: dict[str, tuple[int, int]] = Field(default_factory=dict)


class Collaborative(BaseModel):
    """`collaborative.toml`: see docs/user/areas.md."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    name: str
    short_name: str = ""
    areas: list[str] = Field(min_length=2)
    benchmark: str
    parents: list[str] = Field(default_factory=list)
    groups: list[Group] = Field(default_factory=list)
    neighbours: Neighbours = Field(default_factory=Neighbours)
    map: Map = Field(default_factory=Map)
    demonstration: bool = False

    _folder: Path = PrivateAttr(default=Path())

    @model_validator(mode="after")
    def areas_agree(self) -> Collaborative:
        repeated = sorted({code for code in self.areas if self.areas.count(code) > 1})
        if repeated:
            raise ValueError(f"areas: '{repeated[0]}' is listed twice")
        for group in self.groups:
            strange = [code for code in group.areas if code not in self.areas]
            if strange:
                raise ValueError(f"groups: '{strange[0]}' of the group '{group.name}' is not one of the areas")
        strange = [code for code in self.map.hex if code not in self.areas]
        if strange:
            raise ValueError(f"map.hex: '{strange[0]}' is not one of the areas")
        places = list(self.map.hex.values())
        if len(set(places)) < len(places):
            raise ValueError("map.hex: two areas have the same hexagon")
        return self

    @classmethod
    def read(cls, path: Path | str) -> Collaborative:
        """A collaborative from its file.

        Raises:
            PlacesError: names the file, the key and the rule.
        """
        path = Path(path)
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise PlacesError(f"{path}: the collaborative cannot be read: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise PlacesError(f"{path.name}: the file is not UTF-8 text.") from error
        found = cls.parse(text, path.name)
        found._folder = path.parent
        return found

    @classmethod
    def parse(cls, text: str, name: str) -> Collaborative:
        """A collaborative from TOML; `name` stands in the errors."""
        try:
            return cls.model_validate(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise PlacesError(f"{name}: this is not TOML: {error}.") from error
        except ValidationError as error:
            raise PlacesError(f"{name}: {_first_fault(error)}.") from error

    def path_of(self, file: str) -> Path:
        """A file named in the collaborative, beside it."""
        return self._folder / file

    def verify(self, catalogue: Catalogue) -> None:
        """Make sure that its areas are known and the list of neighbours it names can be read.

        Raises:
            PlacesError: names the unknown codes with the nearest known ones, or what is wrong with the list.
        """
        unknown = [code for code in (*self.areas, self.benchmark) if code not in catalogue]
        if unknown:
            told = "; ".join(f"'{code}'{_nearest(code, catalogue)}" for code in unknown)
            raise PlacesError(
                f"{self.name}: no area is known with the code {told}. Areas of your own go in areas.csv "
                "beside the file."
            )
        if self.neighbours.method == "listed":
            read_neighbours(self.path_of(self.neighbours.file))

    @classmethod
    def shipped_names(cls) -> list[str]:
        """Names of the ready-made collaboratives."""
        return sorted(path.name.removesuffix(".toml") for path in SHIPPED.iterdir() if path.name.endswith(".toml"))

    @classmethod
    def shipped_toml(cls, name: str) -> str:
        """The file of a ready-made collaborative.

        Raises:
            PlacesError: there is none of that name; offers the nearest.
        """
        names = cls.shipped_names()
        wanted = name.replace("-", "_")
        if wanted not in names:
            near = difflib.get_close_matches(wanted, names, n=1)
            hint = f" Did you mean {near[0]}?" if near else f" There is {', '.join(names)}."
            raise PlacesError(f"There is no ready-made collaborative '{name}'.{hint}")
        return (SHIPPED / f"{wanted}.toml").read_text(encoding="utf-8")

    @classmethod
    def shipped(cls, name: str) -> Collaborative:
        """A ready-made collaborative."""
        return cls.parse(cls.shipped_toml(name), f"{name}.toml")


def _nearest(code: str, catalogue: Catalogue) -> str:
    in_use = sorted(catalogue.known - catalogue.retired)
    near = difflib.get_close_matches(code, in_use, n=1, cutoff=0.75)
    return f" (the nearest is {near[0]}, {catalogue[near[0]].name})" if near else ""


def _first_fault(error: ValidationError) -> str:
    fault = error.errors()[0]
    key = ".".join(str(part) for part in fault["loc"])
    rule = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(fault["loc"][-1]), list(Collaborative.model_fields), n=1)
        rule = "there is no such key" + (f"; did you mean '{near[0]}'?" if near else "")
    elif fault["type"] == "missing":
        rule = "it is missing and must be given"
    return f"{key}: {rule}" if key else rule
