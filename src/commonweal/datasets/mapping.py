"""A mapping: how the columns of a kind of file are read as observations. One TOML file each; users save their own."""

from __future__ import annotations

import difflib
import hashlib
import re
import tomllib
from collections.abc import Iterable
from collections.abc import Mapping as Table
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from commonweal.errors import CommonwealError

FIELDS = (
    "indicator", "indicator_name", "area_code", "area_name", "period", "sex", "age", "category_type", "category",
    "count", "denominator", "value", "lower_95", "upper_95", "lower_99_8", "upper_99_8", "note", "published_trend",
    "published_comparison", "measure",
)  # fmt: skip
LONGEST_SLUG = 90
SYNONYMS: dict[str, tuple[str, ...]] = {
    "indicator": ("indicator id", "indicator", "indicatorid", "measure id", "metric"),
    "indicator_name": ("indicator name", "indicator title", "measure name", "measure"),
    "area_code": (
        "area code",
        "areacode",
        "code",
        "ons code",
        "gss code",
        "la code",
        "local authority code",
        "lad code",
    ),
    "area_name": ("area name", "area", "areaname", "local authority", "authority", "name"),
    "period": ("time period", "period", "timeperiod", "year", "date", "quarter", "month", "financial year"),
    "sex": ("sex", "gender"),
    "age": ("age", "age group", "age band"),
    "category_type": ("category type",),
    "category": ("category",),
    "count": ("count", "numerator", "number", "n", "events", "cases"),
    "denominator": ("denominator", "population", "out of", "base", "eligible"),
    "value": ("value", "rate", "percentage", "percent", "%", "proportion", "score"),
    "lower_95": ("lower ci 95.0 limit", "lower ci", "lower_ci", "lower", "lowerci", "lower 95", "lcl"),
    "upper_95": ("upper ci 95.0 limit", "upper ci", "upper_ci", "upper", "upperci", "upper 95", "ucl"),
    "lower_99_8": ("lower ci 99.8 limit", "lower 99.8"),
    "upper_99_8": ("upper ci 99.8 limit", "upper 99.8"),
    "note": ("value note", "note", "notes", "comment"),
}


class MappingError(CommonwealError):
    """A mapping file is wrong: names the file, the key and the rule."""


class Measure(BaseModel):
    """What a word in the column `measure` says of the indicator."""

    model_config = ConfigDict(extra="forbid")
    unit: str = ""
    per: float = 1.0
    value_type: str = "other"


class Melt(BaseModel):
    """Columns that each hold the values of one thing, turned into rows.

    `columns` says what each stands for, by field; `others` names a field that every column not otherwise used stands
    for, and `template` how its heading is written there ("{}" is the heading, with each of `words` replaced in turn).
    """

    model_config = ConfigDict(extra="forbid")
    columns: dict[str, dict[str, str]] = Field(default_factory=dict)
    others: str = ""
    template: str = "{}"
    words: dict[str, str] = Field(default_factory=dict)
    leave_out: list[str] = Field(default_factory=list)


class Companion(BaseModel):
    """Fields that stand in another file beside this one, found by a column that both have.

    The other file's name is this one's without `suffix`; `take` names its columns by field.
    """

    model_config = ConfigDict(extra="forbid")
    suffix: str
    key: str
    companion_key: str
    take: dict[str, str]


class Aggregate(BaseModel):
    """Rows counted by area: how many of an area's rows have `column` equal to `equals`."""

    model_config = ConfigDict(extra="forbid")
    column: str
    equals: str


class LocalIndicator(BaseModel):
    """Metadata that a file without its own needs; fields of `commonweal.datasets.indicator.Indicator`."""

    model_config = ConfigDict(extra="allow")


class Mapping(BaseModel):
    """How a kind of file is read.

    `columns` gives the heading, or headings of which the first with a usable cell counts, of each field of `FIELDS`;
    `constants` the fields the file does not hold (also source and licence); `codings` other words for the same thing
    by field; `years` the kind of year by indicator where the file gives a year only ("" for all others).
    """

    model_config = ConfigDict(extra="forbid")

    name: str
    title: str
    recognised_by: list[str] = Field(default_factory=list)
    columns: dict[str, str | list[str]] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)
    codings: dict[str, dict[str, str]] = Field(default_factory=dict)
    years: dict[str, str] = Field(default_factory=dict)
    measures: dict[str, Measure] = Field(default_factory=dict)
    indicator_prefix: str = ""
    melt: Melt | None = None
    companion: Companion | None = None
    aggregate: Aggregate | None = None
    suppressed: list[str] = Field(default_factory=lambda: ["*", "c", "[c]", "suppressed", "supp", "$"])
    missing: list[str] = Field(default_factory=lambda: ["", "NA", "N/A", "n/a", "NaN", ":", "-", "..", "[x]", "null"])
    indicators: dict[str, LocalIndicator] = Field(default_factory=dict)
    ignored: list[str] = Field(default_factory=list)

    def headings(self, field: str) -> list[str]:
        """The headings that may hold a field, best first."""
        found = self.columns.get(field, [])
        return [found] if isinstance(found, str) else found

    @property
    def used(self) -> list[str]:
        """Every heading the mapping reads, without those it melts."""
        named = [heading for field in self.columns for heading in self.headings(field)]
        named += [self.companion.key] if self.companion else []
        named += [self.aggregate.column] if self.aggregate else []
        return list(dict.fromkeys(named))


def parse_mapping(text: str, name: str) -> Mapping:
    """A mapping from TOML; `name` stands in the errors.

    Raises:
        MappingError: names the key and the rule.
    """
    try:
        found = Mapping.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"{name}: this is not TOML: {error}.") from error
    except ValidationError as error:
        fault = error.errors()[0]
        raise MappingError(f"{name}: {'.'.join(map(str, fault['loc']))}: {fault['msg']}.") from error
    for field in (*found.columns, *found.codings):
        if field not in FIELDS:
            near = difflib.get_close_matches(field, FIELDS, n=1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            raise MappingError(f"{name}: columns.{field}: there is no such field{hint}")
    return found


def read_mapping(path: Path | str) -> Mapping:
    """A mapping from its file.

    Raises:
        MappingError: the file cannot be read, or names the key and the rule.
    """
    path = Path(path)
    try:
        return parse_mapping(path.read_text(encoding="utf-8"), path.name)
    except OSError as error:
        raise MappingError(f"{path}: the mapping cannot be read: {error.strerror}.") from error


def write_mapping(mapping: Mapping, path: Path) -> None:
    """Save a mapping as TOML."""
    path.parent.mkdir(parents=True, exist_ok=True)
    chosen = mapping.model_dump(mode="json", exclude_defaults=True)
    path.write_text(tomli_w.dumps(chosen), encoding="utf-8")


@lru_cache(maxsize=1)
def shipped_mappings() -> dict[str, Mapping]:
    """The mappings that ship, by name."""
    folder = files("commonweal.datasets") / "mappings"
    found = [parse_mapping(p.read_text(encoding="utf-8"), p.name) for p in folder.iterdir() if p.name.endswith(".toml")]
    return {mapping.name: mapping for mapping in sorted(found, key=lambda m: m.name)}


def saved_mappings(folder: Path) -> dict[str, Mapping]:
    """The mappings saved in a folder, by name."""
    found = [read_mapping(path) for path in sorted(folder.glob("*.toml"))]
    return {mapping.name: mapping for mapping in found}


def recognise(headings: Iterable[str], saved: Table[str, Mapping] | None = None) -> Mapping | None:
    """The mapping whose `recognised_by` headings are all there, the one with most of them; saved ones win."""
    present = set(headings)
    for mappings in (saved or {}, shipped_mappings()):
        fitting = [m for m in mappings.values() if m.recognised_by and present >= set(m.recognised_by)]
        if fitting:
            return max(fitting, key=lambda m: len(m.recognised_by))
    return None


def nearest(headings: Iterable[str]) -> tuple[Mapping, list[str], dict[str, str]] | None:
    """The mapping that would be recognised but for a few headings: which are absent, and what each may have become."""
    present = list(headings)
    ordinary = {_folded(word) for words in SYNONYMS.values() for word in words}
    best: tuple[float, Mapping, list[str]] | None = None
    for mapping in shipped_mappings().values():
        absent = [name for name in mapping.recognised_by if name not in present]
        share = 1 - len(absent) / max(len(mapping.recognised_by), 1)
        # Anybody's table has a column "value": only headings that nobody else would choose tell a file by its maker.
        telling = [name for name in mapping.recognised_by if _folded(name) not in ordinary]
        told = len(telling) - len(set(telling) & set(absent))
        alike = len(mapping.recognised_by) >= 4 and share >= 0.6 and 2 * told >= len(telling)
        if alike and (best is None or share > best[0]):
            best = (share, mapping, absent)
    if best is None:
        return None
    _, mapping, absent = best
    spare = [name for name in present if name not in mapping.recognised_by]
    guesses = {}
    for name in absent:
        folded = {other.casefold(): other for other in spare}
        near = difflib.get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.5)
        if near:
            guesses[name] = folded[near[0]]
    return mapping, absent, guesses


def proposal(headings: Iterable[str]) -> dict[str, str]:
    """For a file nobody has mapped: the heading that most likely holds each field."""
    found: dict[str, str] = {}
    folded = {_folded(heading): heading for heading in headings}
    for field, words in SYNONYMS.items():
        for word in words:
            heading = folded.get(_folded(word))
            if heading is not None and heading not in found.values():
                found[field] = heading
                break
    return found


def tidy_mapping(name: str, columns: dict[str, str], constants: dict[str, Any], headings: list[str]) -> Mapping:
    """The mapping of a tidy table from the choices of a person."""
    return Mapping(
        name=slug(name) or "own",
        title=name,
        recognised_by=headings,
        columns={field: heading for field, heading in columns.items() if heading},
        constants={field: str(text) for field, text in constants.items() if text},
    )


def slug(text: str) -> str:
    """Small letters, digits and dashes: the local part of an identifier.

    A long text is cut and ended with a digest of all of it, so that two long texts do not become one identifier.
    """
    made = re.sub(r"[^a-z0-9.]+", "-", text.casefold()).strip("-.")
    if len(made) <= LONGEST_SLUG:
        return made
    digest = hashlib.sha256(made.encode()).hexdigest()[:8]
    return f"{made[: LONGEST_SLUG - 9].rstrip('-.')}-{digest}"


def _folded(text: str) -> str:
    return re.sub(r"[^a-z0-9%]+", "", text.casefold())
