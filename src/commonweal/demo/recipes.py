"""How the figures of each indicator of the demonstration are invented, as data."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from commonweal.datasets.indicator import Indicator
from commonweal.packs import shipped_packs

HERE = Path(__file__).parent
SOURCE = "Synthetic data made by Commonweal"
LICENCE = "CC0: synthetic"

Kind = Literal["proportion", "rate", "standardised", "count"]
Calendar = Literal["financial", "calendar", "calendar 3", "financial quarter"]


class Step(BaseModel):
    """A break in the series: from this period on, values are shifted."""

    model_config = ConfigDict(extra="forbid")
    starts: str = Field(alias="from")
    shift: float


class Recipe(BaseModel):
    """How one indicator varies between areas, over time and between groups of people.

    Effects are on the logit scale for proportions and on the log scale for everything else.
    """

    model_config = ConfigDict(extra="forbid")

    kind: Kind = "proportion"
    level: float  # of all areas together in the last period, in the indicator's unit (a count: per 1,000 people)
    ages: tuple[int, int]  # first and last year of age of the people it is about
    sex: Literal["Persons", "Female", "Male"] = "Persons"
    age: str  # the label of those ages
    share: float = 1.0  # of those people, how many are in the denominator: the share on a register, say
    sample: int | None = None  # a survey: how many are asked in an area of average size
    spread: float  # standard deviation between areas that is nothing to do with the next two
    deprivation: float = 0.0  # for one standard deviation of deprivation
    older: float = 0.0  # for one standard deviation of an older population
    drift: float = 0.0  # a year, everywhere
    walk: float = 0.0  # standard deviation of each area's own step a year
    periods: Calendar = "financial"
    first: int | str = "2015/16"
    number: int = 10
    seasons: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)  # April to June first
    dips: dict[str, float] = Field(default_factory=dict)  # what happened to everyone in a period
    step: Step | None = None
    split_sex: float | None = None  # males less females
    # Label, first and last age, effect, and how much greater the share is than the average.
    split_ages: list[tuple[str, int, int, float, float]] = Field(default_factory=list)
    deciles: float | None = None  # most less least deprived tenth
    schedule: list[tuple[float, float]] = Field(default_factory=list)  # standardised: age and relative rate
    paths: dict[str, tuple[float, float]] = Field(default_factory=dict)  # areas that go from one value to another
    silent: dict[str, Literal["everywhere"] | list[str]] = Field(default_factory=dict)  # rows without a value
    absent: list[str] = Field(default_factory=list)  # areas without any row


@lru_cache(maxsize=1)
def recipes() -> dict[str, Recipe]:
    """Every recipe, by the identifier of its indicator."""
    text = (HERE / "recipes.toml").read_text(encoding="utf-8")
    return {identifier: Recipe.model_validate(table) for identifier, table in tomllib.loads(text).items()}


@lru_cache(maxsize=1)
def indicators() -> dict[str, Indicator]:
    """Metadata of the demonstration: those of the blood pressure pack, then its own, all marked synthetic."""
    pack = shipped_packs()["blood_pressure"].indicators
    own = tomllib.loads((HERE / "indicators.toml").read_text(encoding="utf-8"))["indicators"]
    found = [*pack, *(Indicator.model_validate(table) for table in own)]
    return {indicator.id: _marked(indicator) for indicator in found}


def _marked(indicator: Indicator) -> Indicator:
    caveats = f"Every figure is invented. {indicator.caveats}".strip()
    return indicator.model_copy(update={"source": SOURCE, "licence": LICENCE, "caveats": caveats})
