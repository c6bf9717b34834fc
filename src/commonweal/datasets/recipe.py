"""A recipe: how an indicator is computed from records, as a plain file. See docs/reference/recipe-format.md."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, field_validator, model_validator

from commonweal.datasets.indicator import IDENTIFIER, Indicator
from commonweal.datasets.records import PeriodKind
from commonweal.errors import CommonwealError
from commonweal.faults import faults_of

COMPUTED = ("proportion", "crude rate", "directly standardised rate", "count")
Value = str | int | float


class RecipeError(CommonwealError):
    """A recipe cannot be used. `faults` lists every rule it breaks, each as "key: rule"."""

    def __init__(self, path: Path | str, faults: list[str]) -> None:
        self.faults = faults
        listed = "\n".join(f"  {fault}" for fault in faults)
        super().__init__(f"{path} has something to put right:\n{listed}")


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Condition(Part):
    """What a column must hold for a record to count: exactly one of the tests.

    `between` keeps texts from the first to the last, comparing as many letters as each has: "X60" to "X84" keeps X84.9.
    """

    column: str
    one_of: list[Value] = Field(default_factory=list)
    not_one_of: list[Value] = Field(default_factory=list)
    starts_with: list[str] = Field(default_factory=list)
    between: tuple[Value, Value] | None = None
    at_least: float | None = None
    at_most: float | None = None

    @model_validator(mode="after")
    def one_test(self) -> Condition:
        given = [
            name
            for name in ("one_of", "not_one_of", "starts_with", "between", "at_least", "at_most")
            if getattr(self, name) not in (None, [])
        ]
        if len(given) != 1:
            raise ValueError(
                "a condition has one test: one_of, not_one_of, starts_with, between, at_least or at_most; "
                f"this one has {', '.join(given) or 'none'}"
            )
        return self


class Records(Part):
    """The file of records and its columns. `file` may be a pattern such as admissions-*.csv."""

    file: str
    area: str
    date: str
    sex: str = ""
    age: str = ""
    events: str = ""
    sexes: dict[str, Literal["Male", "Female"]] = {"1": "Male", "2": "Female"}
    where: list[Condition] = Field(default_factory=list)


class AreaLookup(Part):
    """A table that says in which area each small area lies."""

    file: str
    from_column: str = Field(alias="from")
    to: str


class Population(Part):
    """Who could have had the event: an indicator of the common data-set by age and sex, or a file of its own."""

    indicator: str = ""
    file: str = ""
    area: str = "area_code"
    year: str = "year"
    sex: str = ""
    age: str = "age"
    population: str = "population"

    @model_validator(mode="after")
    def indicator_or_file(self) -> Population:
        if bool(self.indicator) == bool(self.file):
            raise ValueError("give either the indicator or the file of the population")
        return self


class AgeGroup(Part):
    """People of some ages, both ends included; without `to` the group is open."""

    first: int = Field(alias="from", ge=0, le=120)
    last: int | None = Field(default=None, alias="to", ge=0, le=120)

    @property
    def label(self) -> str:
        """The name of the group as Fingertips writes it."""
        if self.first == 0 and self.last is None:
            return "All ages"
        return f"{self.first}+ yrs" if self.last is None else f"{self.first}-{self.last} yrs"


class Category(Part):
    """A column whose values split the result, such as a deprivation quintile."""

    column: str
    type: str


class Recipe(Part):
    """`RECIPE.toml`."""

    format: Literal[1]
    indicator: str
    metadata: dict[str, Any] = Field(default_factory=dict)
    records: Records
    denominator: list[Condition] | None = None
    area_lookup: AreaLookup | None = None
    population: Population | None = None
    period: PeriodKind = "calendar year"
    pooled: int = Field(default=1, ge=1, le=10)
    ages: list[AgeGroup] = Field(default_factory=lambda: [AgeGroup.model_validate({"from": 0})])
    by_sex: bool = False
    category: Category | None = None
    totals: list[str] = Field(default_factory=list)
    source: str
    licence: str = ""

    _folder: Path = PrivateAttr(default=Path())

    @field_validator("indicator")
    @classmethod
    def indicator_is_an_identifier(cls, value: str) -> str:
        if not IDENTIFIER.fullmatch(value):
            raise ValueError(f"'{value}' is not an identifier: use small letters, digits, dots, dashes and underscores")
        return value

    @model_validator(mode="after")
    def what_is_needed_is_there(self) -> Recipe:
        if self.by_sex and not self.records.sex:
            raise ValueError("by_sex needs records.sex, the column of the sex")
        if any(group.label != "All ages" for group in self.ages) and not self.records.age:
            raise ValueError("ages need records.age, the column of the age in years")
        if self.pooled > 1 and self.period not in ("calendar year", "financial year"):
            raise ValueError("only years are pooled")
        return self

    @classmethod
    def read(cls, path: Path | str) -> Recipe:
        """A recipe from its file.

        Raises:
            RecipeError: names the file and every key that breaks a rule.
        """
        path = Path(path)
        try:
            given = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise RecipeError(path, [f"the file cannot be read: {error.strerror}."]) from error
        except UnicodeDecodeError as error:
            raise RecipeError(path, ["the file is not UTF-8 text."]) from error
        except tomllib.TOMLDecodeError as error:
            raise RecipeError(path, [f"this is not TOML: {error}."]) from error
        try:
            recipe = cls.model_validate(given)
        except ValidationError as error:
            raise RecipeError(path, faults_of(error, cls)) from error
        recipe._folder = path.parent
        return recipe

    def path_of(self, file: str) -> Path:
        """A file named in the recipe, beside it unless the path is whole."""
        return self._folder / file

    def described(self, held: Indicator | None) -> Indicator:
        """The indicator: what the store knows of it with the recipe's own metadata over it.

        Raises:
            RecipeError: neither says what kind of value it is, or it is one that is not computed from records.
        """
        known = held.model_dump() if held else {}
        try:
            indicator = Indicator.model_validate(known | self.metadata | {"id": self.indicator})
        except ValidationError as error:
            raise RecipeError(self.indicator, faults_of(error, Indicator, within=("metadata",))) from error
        faults = []
        if indicator.value_type not in COMPUTED:
            faults.append(
                f"metadata.value_type: '{indicator.value_type}' is not computed from records; "
                f"these are: {', '.join(COMPUTED)}."
            )
        if indicator.value_type == "proportion" and self.denominator is None:
            faults.append("denominator: a proportion needs the conditions of those it is a proportion of ([] for all).")
        if self.category is not None and "rate" in indicator.value_type:
            faults.append(
                "category: who could have had the event is not known by category; use a proportion or a count."
            )
        if "rate" in indicator.value_type and self.population is None:
            faults.append("population: a rate needs the population it is a rate of.")
        if indicator.value_type == "directly standardised rate" and not self.records.age:
            faults.append("records.age: a standardised rate needs the column of the age in years.")
        if faults:
            raise RecipeError(self.indicator, faults)
        return indicator
